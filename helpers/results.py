"""What was measured for the course, read from docs/results."""

import json
from pathlib import Path
from statistics import median

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "results"


def comparisons():
    """The comparisons of lesson 3, as `make comparisons` measured them.

    Returns
    -------
    dict of str to dict
        For each choice, and each of its values, the histories of all seeds: a list of dictionaries of lists,
        one number for each epoch, as Keras returns them.

    Raises
    ------
    OSError
        If the file is not there.
    """
    return _read("03_comparisons")["comparisons"]


def gan_curves():
    """Four games of lesson 4 that took different turns, as `make gan-curves` measured them.

    Returns
    -------
    dict of str to dict
        For the games A to D the losses ``"discriminator"`` and ``"generator"`` and the ``"spread"`` of the forged
        numbers, lists with one number for each epoch, and ``"real_spread"``, the standard deviation of the real ones.

    Raises
    ------
    OSError
        If the file is not there.
    """
    return _read("04_gan_curves")["games"]


def transfer():
    """How many lattices lesson 6's network recognises, trained in three ways on few images, by `make transfer`.

    Returns
    -------
    counts : list of int
        Training images.
    scores : dict of str to list of list of float
        For each way the accuracies on new images, by count and seed.

    Raises
    ------
    OSError
        If the file is not there.
    """
    ledger = _read("06_transfer")
    runs = [ledger["runs"][f"images{count}"] for count in ledger["counts"]]
    return ledger["counts"], {way: [run[way] for run in runs] for way in ledger["ways"]}


def pipelines():
    """How long an epoch of reading takes in four ways to feed a network, and how much memory, by `make pipelines`.

    Returns
    -------
    dict of str to dict of int to (float, float)
        For each way and number of images the median seconds of the second epoch, and of the most memory in MB beyond
        what the program had before.

    Raises
    ------
    OSError
        If the file is not there.
    """
    ledger = _read("06_pipelines")
    return {
        way: {
            count: tuple(median(ledger["runs"][f"images{count}"][f"{short}_{what}"]) for what in ("seconds", "mb"))
            for count in ledger["counts"]
        }
        for short, way in ledger["ways"].items()
    }


def _read(name):
    path = FOLDER / f"{name}.json"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing. `git checkout -- {path.name}` in its folder brings it back.")
    return json.loads(path.read_text(encoding="utf-8"))
