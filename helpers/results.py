"""What was measured for the course, read from docs/results."""

import json
from pathlib import Path

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


def _read(name):
    path = FOLDER / f"{name}.json"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing. `git checkout -- {path.name}` in its folder brings it back.")
    return json.loads(path.read_text(encoding="utf-8"))
