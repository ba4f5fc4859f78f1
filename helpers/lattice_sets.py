"""Two data sets of lattice images: the published one with its faults, at a size for a laptop, and a repaired one.

The published images have 600 to 1000 pixels a side. These show a third of the field and are reduced by two, so that
they have 96 to 160; everything else is as published: classes, parameters, numbers of images, faults.
"""

import numpy as np

from helpers import lattices, stem

#: Which part of a published side is shown, and by how much it is reduced.
FIELD, REDUCED = 0.32, 2
#: Goes up when a change here makes other images of the same seed.
VERSION = 1
#: Images of each class of the repaired set, and what the two classes that are one are called in it.
EACH = 250
ONE = {"tetragonal_c": "tetragonal", "tetragonal_face": "tetragonal"}
REPAIRED = {ONE.get(name, name): lattice for name, lattice in lattices.PUBLISHED.items()}


def as_published(seed):
    """The published data set: 3,064 images in 13 classes, one for each combination of parameters.

    Its faults, all of them the original's: two classes are one; 64 images have the label `tetragonal_c` and are body
    centred; the second sublattice is displaced by the absolute value of a Gaussian; rows are shifted by whole pixels
    and wrap round; the noise is no Poisson noise; every image begins with a column in its corner.

    Parameters
    ----------
    seed : int

    Yields
    ------
    image : ndarray of uint8, shape (side, side)
        `side` is 96, 128 or 160.
    label : str
    parameters : dict
        Lengths in published pixels.
    """
    for index, (label, lattice, setting) in enumerate(published_settings()):
        yield (
            published_image(lattice, setting, np.random.default_rng([seed, index])),
            label,
            described(lattice, setting),
        )


def published_settings():
    """Label, lattice and setting of each published image, in order: a list of tuples."""
    labelled = [*lattices.PUBLISHED.items(), ("tetragonal_c", lattices.MISLABELLED)]
    return [(label, lattice, setting) for label, lattice in labelled for setting in lattice.settings()]


def published_image(lattice, setting, rng):
    """One image as it was published, see `as_published`.

    Parameters
    ----------
    lattice : lattices.Lattice
    setting : lattices.Setting
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of uint8, shape (side, side)
    """
    side = round(FIELD * setting.side)
    perfect = lattices.columns(lattice, setting.length, (side, side), setting.look, (setting.dx, setting.dy))
    jitter = np.abs(rng.normal(size=(2, len(perfect.x)))) * (perfect.species == 1)
    image = stem.intensity(perfect._replace(x=perfect.x + jitter[0], y=perfect.y + jitter[1]), (side, side))
    image = stem.published_noise(stem.published_rows(image, setting.distortion, rng), setting.noise, rng)
    return stem.to_bytes(stem.reduced(image, REDUCED))


def described(lattice, setting):
    """The parameters of a published image in one flat dict, for a table."""
    look = " ".join(map(str, setting.look))
    return setting._asdict() | {"look": look, "sublattices": 1 + bool(lattice.second)}


def repaired(seed, each=EACH, dose=None):
    """The repaired data set: 12 classes that can be told apart, with the physics of a microscope.

    The lattices are the published ones. New are any cell length and displacement between the published ones, a
    rotation of up to 5°, an origin anywhere, thermal displacements in all directions, vacancies and substitutions,
    shifts by parts of a pixel, drift, and a dose with Poisson statistics. The detector counts single electrons, without
    any noise.

    Parameters
    ----------
    seed : int
    each : int
        Images of each class.
    dose : float, optional
        Electrons in the brightest pixel; 2 to 50 by default, drawn for each image.

    Yields
    ------
    image : ndarray of uint8, shape (side, side)
        `side` is 96, 128 or 160.
    label : str
    parameters : dict
        Lengths in published pixels, dose in electrons in the brightest one of them, background in units of the
        brightest kind of column.
    """
    for number, (label, lattice) in enumerate(REPAIRED.items()):
        for index in range(each):
            rng = np.random.default_rng([seed, number, index])
            setting = drawn(lattice, rng) | ({"dose": dose} if dose else {})
            yield repaired_image(lattice, setting, rng), label, setting | {"look": " ".join(map(str, setting["look"]))}


def drawn(lattice, rng):
    """Parameters of a repaired image, drawn at random.

    Parameters
    ----------
    lattice : lattices.Lattice
    rng : numpy.random.Generator

    Returns
    -------
    dict
        Lengths in published pixels, the rotation in degrees, probabilities of vacancies and substitutions, the dose in
        electrons in the brightest pixel, and the background in units of the brightest kind of column.
    """
    reach = max(lattice.displacements)
    return {
        "side": int(rng.choice((600, 800, 1000))),
        "length": rng.uniform(min(lattice.lengths), max(lattice.lengths)),
        "look": lattice.looks[rng.integers(len(lattice.looks))],
        "displacement_x": rng.uniform(-reach, reach),
        "displacement_y": rng.uniform(-reach, reach),
        "rotation": rng.uniform(-5, 5),
        "thermal": 0.8,
        "vacancies": 0.02,
        "substitutions": 0.02,
        "row_shift": rng.uniform(0.5, 1.5),
        "drift_x": rng.normal(0, 2),
        "drift_y": rng.normal(0, 2),
        "dose": np.exp(rng.uniform(np.log(2), np.log(50))),
        "background": rng.uniform(0, 0.25),
    }


def repaired_image(lattice, setting, rng):
    """One image of the repaired set, see `repaired`.

    Parameters
    ----------
    lattice : lattices.Lattice
    setting : dict
        From `drawn`.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of uint8, shape (side, side)
    """
    side = round(FIELD * setting["side"])
    perfect = lattices.columns(
        lattice,
        setting["length"],
        (side, side),
        setting["look"],
        (setting["displacement_x"], setting["displacement_y"]),
        setting["rotation"],
        rng.uniform(0, setting["length"], 2),
    )
    brightest = lattice.brightest(setting["look"])
    faults = (setting[name] for name in ("thermal", "vacancies", "substitutions"))
    real = lattices.disturbed(perfect, rng, *faults, substitute=1.25 * brightest)
    scan = stem.Scan(setting["row_shift"], (setting["drift_x"], setting["drift_y"]))
    clean = stem.intensity(real, (side, side), scan, rng, setting["background"] * brightest)
    noisy = stem.counts(clean / clean.max(), setting["dose"], rng)
    return stem.to_bytes(stem.reduced(noisy, REDUCED))
