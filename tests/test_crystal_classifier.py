"""The classifier's command: its table, what bad folders and files are answered, and its ONNX file."""

import csv
import errno
import importlib.util
import os
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from helpers import crystal_classifier, crystal_network, crystals

BRIGHT, DARK = np.full((40, 30), 230, np.uint8), np.full((151, 151), 20, np.uint8)
#: Half black, half white.
STRANGE = np.repeat(np.array([0, 255], np.uint8), 100 * 50).reshape(100, 100)


@pytest.fixture
def network(monkeypatch):
    """In place of the network, one that is soon there: what is bright is pg, what has contrast is strange."""
    import keras

    images = keras.Input((96, 96, 1))
    grey = keras.ops.mean(images, axis=(1, 2, 3)) / 255
    spread = keras.ops.std(images, axis=(1, 2, 3)) / 50
    model = keras.Model(images, {"pg": grey, "cex": 1 - grey, "strangeness": spread})
    monkeypatch.setattr(crystal_classifier, "build", lambda: model)
    return model


def saved(folder, **images):
    """A folder with these images, by their names without ending."""
    for name, image in images.items():
        path = folder / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path)
    return folder


@pytest.fixture
def folder(tmp_path):
    """In the layout of Kaggle."""
    names = {"cropped/cex/CEX (1)": DARK, "cropped/cex/CEX (2)": STRANGE, "cropped/pg/PG (10), left": BRIGHT}
    return saved(tmp_path / "photographs", **names)


def run(*arguments):
    return crystal_classifier.main([str(argument) for argument in arguments])


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_table_has_the_probability_of_the_class(network, folder, tmp_path, capsys):
    target = tmp_path / "new" / "found.csv"
    assert run(folder, "--table", target) == 0
    cex, strange, pg = table(target)
    assert list(cex) == ["file", "class", "probability", "cex", "pg", "strangeness"]
    assert [row["file"] for row in (cex, strange, pg)] == [
        "cropped/cex/CEX (1).png",
        "cropped/cex/CEX (2).png",
        "cropped/pg/PG (10), left.png",
    ]
    assert (cex["class"], float(cex["probability"])) == ("cex", pytest.approx(1 - 20 / 255, rel=1e-4))
    assert (pg["class"], float(pg["probability"])) == ("pg", pytest.approx(230 / 255, rel=1e-4))
    assert (strange["class"], strange["probability"]) == ("neither", "")
    assert float(strange["strangeness"]) == pytest.approx(127.5 / 50, rel=1e-3)
    for row in (cex, pg):
        assert row["probability"] == row[row["class"]]
    said = capsys.readouterr()
    assert f"{target}: 1 cex, 1 neither, 1 pg" in said.out
    assert said.err == ""


def test_unreadable_files_are_told_and_listed_and_the_others_classified(network, folder, tmp_path, monkeypatch, capsys):
    """In batches of two, so that one batch holds both kinds, and one nothing that can be read."""
    monkeypatch.setattr(crystal_classifier, "BATCH", 2)
    bad = {
        "a text.png": b"no image",
        "b empty.jpg": b"",
        "cropped/cex/cut.png": b"\x89PNG\r\n\x1a\n",
        "z.tif": b"II*\0",
    }
    for name, contents in bad.items():
        (folder / name).write_bytes(contents)
    assert run(folder, "--table", tmp_path / "found.csv") == 1
    found = {row["file"]: row["class"] for row in table(tmp_path / "found.csv")}
    good = {
        "cropped/cex/CEX (1).png": "cex",
        "cropped/cex/CEX (2).png": "neither",
        "cropped/pg/PG (10), left.png": "pg",
    }
    assert found == good | dict.fromkeys(bad, "unreadable")
    assert list(found) == sorted(found)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == len(bad)
    for line, name in zip(lines, sorted(bad), strict=True):
        assert name in line


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (700, 40)])
def test_images_of_any_shape(network, tmp_path, shape):
    saved(tmp_path / "one", one=np.full(shape, 230, np.uint8))
    assert run(tmp_path / "one", "--table", tmp_path / "found.csv") == 0
    assert table(tmp_path / "found.csv")[0]["class"] == "pg"


def test_what_is_no_picture_is_left_out(network, folder):
    for name in (".hidden.png", "notes.txt", "cropped/._CEX (1).png"):
        (folder / name).write_bytes(b"")
    for name in (".thumbnails", "__MACOSX/cropped/cex", "cropped/__old"):
        saved(folder / name, one=DARK)
    (folder / "folder.png").mkdir()
    assert [path.name for path in crystal_classifier.pictures(folder)] == [
        "CEX (1).png",
        "CEX (2).png",
        "PG (10), left.png",
    ]


def nothing(path):
    return path / "missing"


def empty(path):
    (path / "empty" / "inside").mkdir(parents=True)
    (path / "empty" / "notes.txt").write_text("no image", encoding="utf-8")
    return path / "empty"


def a_file(path):
    return saved(path, one=DARK) / "one.png"


@pytest.mark.parametrize(
    ("make", "says"), [(nothing, "is not a folder"), (empty, "hold no images"), (a_file, "is not a folder")]
)
def test_a_folder_without_pictures_gets_one_sentence(network, tmp_path, capsys, make, says):
    target = tmp_path / "found.csv"
    assert run(make(tmp_path), "--table", target) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert says in line
    assert not target.exists()


def test_a_table_is_replaced_only_if_it_is_said(network, folder, tmp_path, capsys):
    target = tmp_path / "found.csv"
    target.write_text("a year's work", encoding="utf-8")
    assert run(folder, "--table", target) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert f"{target} is there already" in line
    assert target.read_text(encoding="utf-8") == "a year's work"
    assert run(folder, "--table", target, "--overwrite") == 0
    assert len(table(target)) == 3


def refused(*arguments, **options):
    raise PermissionError(errno.EACCES, "Permission denied")


def stopped(*arguments, **options):
    raise KeyboardInterrupt


@pytest.mark.parametrize("place", ["found.csv", "photographs/cropped/pg/PG (10), left.png/found.csv"])
def test_a_table_that_cannot_be_written(network, folder, tmp_path, monkeypatch, capsys, place):
    """In a place that is read-only, and inside something that is no folder."""
    monkeypatch.setattr(os, "replace", refused)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    assert run(folder, "--table", tmp_path / place) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert f"{tmp_path / place} could not be written" in line
    assert sorted(path.name for path in tmp_path.iterdir()) == ["photographs"]


def test_a_scanner_that_reads_the_new_table_is_waited_for(network, folder, tmp_path, monkeypatch):
    """On Windows a file that is being read cannot be renamed."""
    replace, waits = os.replace, []
    monkeypatch.setattr(os, "replace", lambda *paths: (replace if waits else refused)(*paths))
    monkeypatch.setattr(time, "sleep", waits.append)
    assert run(folder, "--table", tmp_path / "found.csv") == 0
    assert len(table(tmp_path / "found.csv")) == 3
    assert len(waits) == 1


def test_nothing_is_left_when_it_is_stopped(network, folder, tmp_path, monkeypatch):
    monkeypatch.setattr(crystal_classifier, "judge", stopped)
    with pytest.raises(KeyboardInterrupt):
        run(folder, "--table", tmp_path / "found.csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["photographs"]


def test_without_weights_it_says_how_to_get_them(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(crystal_network, "WEIGHTS", tmp_path / "missing.weights.h5")
    assert run(folder, "--table", tmp_path / "found.csv") == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "make crystal-network" in line


def test_strangeness_of_other_weights_is_refused(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(crystal_network, "weights_hash", lambda: "of other weights")
    assert run(folder, "--table", tmp_path / "found.csv") == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "belongs to other weights" in line
    assert "make neither" in line
    assert not (tmp_path / "found.csv").exists()


def test_with_nothing_to_do_it_says_so(capsys):
    with pytest.raises(SystemExit):
        run()
    assert "give a folder of pictures, --onnx FILE, or both" in capsys.readouterr().err


def test_the_packages_for_onnx_are_optional(network, folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    target = tmp_path / "crystals.onnx"
    assert run(folder, "--table", tmp_path / "found.csv", "--onnx", target) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "pip install -c constraints.txt -e '.[onnx]'" in line
    assert sorted(path.name for path in tmp_path.iterdir()) == ["photographs"]


def test_the_network_that_ships_in_a_fresh_process(tmp_path):
    """Crystals are crystals, noise is neither; and nothing is said that nobody asked for."""
    images = {f"drawn {number}": image for number, (image, _, _) in enumerate(crystals.drawn(5, 8))}
    noise = np.random.default_rng(0).integers(0, 256, (200, 150), np.uint8)
    saved(tmp_path / "pictures", noise=noise, one=BRIGHT[:1, :1], **images)
    command = [sys.executable, "-m", "helpers.crystal_classifier", "pictures"]
    root = os.path.dirname(os.path.dirname(crystal_classifier.__file__))
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": root}
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    found = {row["file"].removesuffix(".png"): row["class"] for row in table(tmp_path / "crystals.csv")}
    assert (found["noise"], found["one"]) == ("neither", "neither")
    assert sum(found[f"drawn {number}"] == ("cex" if number < 8 else "pg") for number in range(16)) >= 12


def test_onnx_and_keras_agree(tmp_path, capsys):
    for name in ("onnx", "tf2onnx", "onnxruntime"):
        pytest.importorskip(name, reason=f"{name} is optional: pip install -c constraints.txt -e '.[onnx]'")
    import onnxruntime

    target = tmp_path / "crystals.onnx"
    assert run("--onnx", target) == 0
    assert "cex, pg, strangeness" in capsys.readouterr().out
    session = onnxruntime.InferenceSession(target)
    [entry] = session.get_inputs()
    assert (entry.name, entry.type, entry.shape[1:]) == ("image", "tensor(float)", [96, 96, 1])
    names = [output.name for output in session.get_outputs()]
    assert names == ["cex", "pg", "strangeness"]
    drawn = [crystals.squashed(image) for image, _, _ in crystals.drawn(6, 3)]
    images = np.stack([*drawn, crystals.squashed(STRANGE)])[..., np.newaxis].astype("float32")
    expected = crystal_classifier.build().predict(images, verbose=0)
    for count in (1, len(images)):
        for name, values in zip(names, session.run(None, {"image": images[:count]}), strict=True):
            assert values.shape == (count,)
            assert np.allclose(values, expected[name][:count], rtol=1e-4, atol=1e-4), name
    assert run("--onnx", target) == 2
    assert "is there already" in capsys.readouterr().err
