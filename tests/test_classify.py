"""The final model's commands: train and save, load in another process, read a picture, refuse what is none."""

import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from helpers import classify, drawing, final_model
from tests.test_drawing import THREE, refusals
from tools import offline


@pytest.fixture(scope="module")
def model_file(tmp_path_factory):
    """A final model trained by its own command, for a moment, on the digits that need no download."""
    folder = tmp_path_factory.mktemp("models")
    file = folder / "digits.keras"
    command = [sys.executable, "-m", "helpers.final_model", file, "--epochs", "2"]
    (folder / "empty").mkdir()
    variables = {**os.environ, **offline.environment(folder / "empty")}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=variables)
    assert "of the test images of 8x8 digits are right" in done.stdout
    assert (folder / "digits.weights.h5").is_file()
    return file


@pytest.fixture
def picture(tmp_path):
    Image.fromarray(255 - drawing.strokes(THREE)).save(tmp_path / "three.png")
    return tmp_path / "three.png"


def test_a_picture_is_read_in_a_fresh_process(model_file, picture):
    command = [sys.executable, "-m", "helpers.classify", model_file, picture]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f"{picture}: 3 (" in done.stdout
    assert "% sure; next " in done.stdout
    assert done.stderr == ""


def test_weights_alone_give_the_same_answers(model_file):
    pictures = np.random.default_rng(0).integers(0, 256, (5, 28, 28)).astype(np.uint8)
    again = final_model.build()
    again.load_weights(model_file.with_suffix(".weights.h5"))
    assert np.allclose(
        classify.classify(classify.load(model_file), pictures), classify.classify(again, pictures), atol=1e-5
    )


def test_bad_pictures_get_one_sentence_and_the_others_are_read(model_file, picture, tmp_path, capsys):
    bad = refusals(tmp_path)
    paths = [str(tmp_path / name) for name in bad]
    assert classify.main([str(model_file), *paths, str(picture)]) == 1
    said = capsys.readouterr()
    lines = said.err.splitlines()
    assert len(lines) == len(bad)
    for line, (name, words) in zip(lines, bad.items(), strict=True):
        assert name in line
        assert words in line
    assert f"{picture}: 3 (" in said.out


def test_bad_models_get_one_sentence(tmp_path, picture, capsys):
    import keras

    (tmp_path / "text.keras").write_text("no model", encoding="utf-8")
    (tmp_path / "model.h5").write_bytes(b"\x89HDF")
    keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]).save(tmp_path / "other.keras")
    dangerous = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Lambda(lambda x: x)])
    dangerous.save(tmp_path / "dangerous.keras")
    words = {
        "missing.keras": "There is no model",
        "text.keras": "not a Keras model",
        "model.h5": "not a Keras model",
        "other.keras": "expected a network that takes pictures",
        "dangerous.keras": "not a Keras model that can be loaded",
    }
    for name, expected in words.items():
        assert classify.main([str(tmp_path / name), str(picture)]) == 2
        [line] = capsys.readouterr().err.splitlines()
        assert expected in line
        assert name in line


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["digits.h5"], "has to end in .keras"),
        (["no such folder/digits.keras"], "its folder has to be there"),
        (["digits.keras", "--epochs", "0"], "expected 1 or more"),
    ],
)
def test_bad_arguments_of_the_training(arguments, words, capsys):
    with pytest.raises(SystemExit):
        final_model.main(arguments)
    assert words in capsys.readouterr().err
