"""The long run goes on where it was stopped, writes its results whole, and says what is wrong with its arguments."""

import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from helpers import long_gan
from tools import notebooks, offline

EPOCHS = 10  # one in the arguments is ten of the 8x8 digits


def start(folder, empty):
    command = [sys.executable, "-m", "helpers.long_gan", str(folder), "--epochs", "1"]
    environment = {**os.environ, **offline.environment(empty)}
    return subprocess.Popen(
        command, env=environment, cwd=notebooks.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def epochs_done(folder):
    try:
        return json.loads((folder / "checkpoint" / "training_metadata.json").read_text())["epoch"]
    except (OSError, ValueError, KeyError):
        return 0


def test_killed_and_resumed(tmp_path):
    folder, empty = tmp_path / "run", tmp_path / "empty"
    first = start(folder, empty)
    deadline = time.monotonic() + 200
    while epochs_done(folder) < 3 and first.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    first.kill()
    first.communicate()
    kept = epochs_done(folder)
    assert 3 <= kept < EPOCHS, "it was killed in the middle"
    assert not (folder / "generator.keras").exists()
    # Killed while it wrote the last checkpoint: the one before is taken.
    weights = folder / "checkpoint" / "latest.weights.h5"
    weights.write_bytes(weights.read_bytes()[:1000])

    second = start(folder, empty)
    output, errors = second.communicate(timeout=300)
    assert second.returncode == 0, errors
    assert "Skipping variable" not in errors  # the optimizers are restored as well
    assert any(f"going on after epoch {last} of {EPOCHS}" in output for last in (kept - 1, kept))
    assert f"epoch {EPOCHS} of {EPOCHS}" in output
    assert epochs_done(folder) == EPOCHS
    assert np.asarray(Image.open(folder / "digits.png")).shape == (300, 300)
    assert sorted(path.name for path in folder.iterdir()) == ["checkpoint", "digits.png", "generator.keras"]

    third = start(folder, empty)  # nothing is left to do
    output, errors = third.communicate(timeout=300)
    assert third.returncode == 0, errors
    assert "are written" in output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["here", "--epochs", "0"], "expected 1 or more"), ([__file__], "is a file"), ([], "folder")],
)
def test_arguments_that_cannot_be(arguments, words, capsys):
    with pytest.raises(SystemExit):
        long_gan.main(arguments)
    assert words in capsys.readouterr().err
