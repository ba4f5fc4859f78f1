"""Four data sets of lesson 08, from nobody in particular: some have faults, and one has none.

What is in them is said here, so do not read on before you have made your guess.
"""

from itertools import islice
from pathlib import Path

import numpy as np

from helpers import crystals, folders, interfaces, lattice_sets

NAMES = ("north", "east", "south", "west")
#: What can be wrong with a data set, for the guess; the words are those of the lesson.
FAULTS = ("copies", "shortcut", "groups", "wrong labels", "two classes are one", "nothing")
#: Goes up when a change here makes other images of the same seed.
VERSION = 1
#: Published classes of lattices: the two that are one, the one that hides in them, and one more.
PUBLISHED = ("tetragonal_c", "tetragonal_face", "tetragonal_body_center", "hexagon")
#: Of the interfaces: exponents, calls, and interfaces of each in a call.
ZETAS, CALLS, OF_CALL = (0.3, 0.5, 0.7), 5, 20
#: Classes of lattices without a fault.
REPAIRED = ("cubic_bcc", "hexagon", "tetragonal", "triclinic_rhomboh")
#: Images of each class where it can be chosen; of the published lattices twice as many, as far as there are so many.
EACH = 80


def write(folder, seed):
    """Write the four data sets, each a folder of classes with its `manifest.csv`; those that are there stay.

    Parameters
    ----------
    folder : path-like
    seed : int

    Returns
    -------
    dict of str to Path
        The folders by their names.

    Raises
    ------
    FileExistsError
        If a folder holds something else.
    """
    made = {}
    for name, make in zip(NAMES, (_north, _east, _south, _west), strict=True):
        items = list(make(seed))
        made[name] = Path(folder) / name
        folders.write(made[name], items, len(items), {"set": name, "seed": seed, "version": VERSION})
    return made


def _north(seed):
    """Crystals as they were published: copies, sizes, wrong labels."""
    for image, label, parameters in crystals.as_published(seed, crystals=30):
        yield image, label, {"crystal": parameters["crystal"], "true": parameters["true"]}


def _east(seed):
    """Lattices without a fault, four classes."""
    for image, label, _ in lattice_sets.repaired(seed, EACH):
        if label in REPAIRED:
            yield image, label, {}


def _south(seed):
    """Interfaces as they were published: those of one call share what no other call has."""
    rng = np.random.default_rng(seed)
    for call in range(CALLS):
        heights, classes = interfaces.published(ZETAS, OF_CALL, 96, rng)
        for image, number in zip(interfaces.images(heights, width=8), classes, strict=True):
            yield image, f"zeta_{round(100 * ZETAS[number]):03d}", {"call": call}


def _west(seed):
    """Lattices as they were published: two classes are one, and a quarter of one of them is mislabelled."""
    rng = np.random.default_rng(seed)
    settings = lattice_sets.published_settings()
    for name in PUBLISHED:
        own = [row for row in settings if row[0] == name]
        for place in islice(rng.permutation(len(own)), 2 * EACH):
            label, lattice, setting = own[place]
            yield lattice_sets.published_image(lattice, setting, rng), label, {}
