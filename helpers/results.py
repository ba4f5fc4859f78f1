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
    path = FOLDER / "03_comparisons.json"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing. `git checkout -- {path.name}` in its folder brings it back.")
    return json.loads(path.read_text(encoding="utf-8"))["comparisons"]
