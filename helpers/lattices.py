"""Crystal lattices as a microscope sees them from above: thirteen classes as data, and the columns of atoms of each.

The classes and their parameters are those of
https://github.com/AliBaghizadeh/Deep-Learning-on-Synthetic-Electron-Microscopy-Images.
Lengths are in pixels, x to the right and y down. `helpers.stem` makes images of the columns.
"""

import itertools
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

#: Height of a hexagonal cell with two columns of the first kind and four of the second, in units of its width.
HEXAGONAL = 1 / np.sqrt(3)


@dataclass(frozen=True)
class Lattice:
    """One class: a rectangular cell, the places of its columns, and the parameters that were varied.

    Attributes
    ----------
    cell : (float, float)
        Width and height of the cell, in units of the cell length a.
    first, second : tuple of (float, float)
        Places (x, y) of the columns of the first and of the second sublattice, in units of a.
    looks : tuple of (float, float, float, float)
        Width σ in pixels and contrast of a column of the first sublattice, then of the second one.
    lengths : tuple of float
        Cell lengths a in pixels.
    displacements : tuple of float
        By how many pixels the second sublattice is displaced, along x and along y.
    noises : tuple of float
        Standard deviation of the published noise, in units of the brightest pixel.
    sides : tuple of int
        Sides of the published images in pixels.
    displaced : (int, int)
        Along which of x and y a displacement moves the second sublattice.
    moved : int
        How many of the last places of the first sublattice are displaced as well.
    """

    cell: tuple
    first: tuple
    second: tuple = ()
    looks: tuple = ((3, 80, 3, 80),)
    lengths: tuple = (40, 80)
    displacements: tuple = (-2, 0, 2)
    noises: tuple = (0.1, 0.3)
    sides: tuple = (600, 1000)
    displaced: tuple = (1, 1)
    moved: int = 0

    def places(self):
        """Each place of a cell: species 0 or 1, (x, y) in units of a, and whether a displacement moves it."""
        still = len(self.first) - self.moved
        for index, place in enumerate(self.first):
            yield 0, np.array(place), index >= still
        for place in self.second:
            yield 1, np.array(place), True

    def brightest(self, look):
        """The contrast of the brightest kind of column, if the lattice has this look."""
        return max(look[1], look[3]) if self.second else look[1]

    def settings(self):
        """All combinations of parameters, in the order of the published loops: a list of `Setting`."""
        values = (
            self.sides,
            self.lengths,
            self.displacements,
            self.displacements,
            self.noises,
            DISTORTIONS,
            self.looks,
        )
        return [Setting(*chosen) for chosen in itertools.product(*values)]


class Setting(NamedTuple):
    """The parameters of one published image, see `Lattice`; `distortion` is that of a row, in pixels."""

    side: int
    length: float
    dx: float
    dy: float
    noise: float
    distortion: float
    look: tuple


class Columns(NamedTuple):
    """Columns of atoms: one array of shape (n,) for each property."""

    x: np.ndarray
    y: np.ndarray
    species: np.ndarray
    width: np.ndarray
    contrast: np.ndarray


#: Standard deviations of the published row shifts in pixels.
DISTORTIONS = (0.5, 1.5)

_square = {"cell": (1, 1), "first": ((0, 0),), "second": ((1 / 2, 1 / 2),)}
_upright = {
    "cell": (1 / 2, 1),
    "first": ((0, 0),),
    "looks": tuple((3, 80, width, contrast) for width in (2, 4) for contrast in (50, 150)),
    "lengths": (50, 100),
    "displacements": (-2, 2),
}
_flat = {"cell": (1, 1 / 2), "first": ((0, 0),), "noises": (0.1, 0.4)}
_mixed = {"cell": (1, 1), "first": ((0, 0), (0, 1 / 2)), "second": ((1 / 2, 0),), "noises": (0.1, 0.4)}
_hexagonal = {
    "cell": (1, HEXAGONAL),
    "first": ((0, 0), (1 / 2, HEXAGONAL / 2)),
    "second": ((1 / 3, 0), (2 / 3, 0), (5 / 6, HEXAGONAL / 2), (1 / 6, HEXAGONAL / 2)),
    "lengths": (60, 80, 100),
    "sides": (600, 800, 1000),
    "moved": 1,
}

#: The thirteen published classes by name. Two of them are one: look closely.
PUBLISHED = {
    "cubic_bcc": Lattice(**_square),
    "cubic_bcc_2atom": Lattice(**_square, looks=((3, 80, 3, 20), (3, 80, 3, 40))),
    "hexagon": Lattice(**_hexagonal, looks=((5, 80, 5, 80),)),
    "hexagon_2atom": Lattice(**_hexagonal, looks=((5, 80, 4, 20),)),
    "ortho_body_centered": Lattice(**_upright, second=((1 / 4, 0),)),
    "ortho_face_centered": Lattice(**_upright, second=((1 / 4, 0), (1 / 4, 1 / 2))),
    "tetragonal_body_center": Lattice(
        **_flat, second=((1 / 2, 1 / 4),), looks=((3, 80, 3, 80), (3, 80, 3, 120)), displacements=(-2, 2)
    ),
    # One sublattice only: a contrast of the second one, and its displacement, change nothing.
    "tetragonal_c": Lattice(**_flat, looks=((3, 80, 3, 20), (3, 80, 3, 80), (3, 80, 3, 120)), displacements=(-2, 2)),
    "tetragonal_face": Lattice(**_flat, looks=((3, 80, 3, 80), (3, 80, 3, 50))),
    "tetragonal_face_bcc": Lattice(**_mixed),
    "tetragonal_face_bcc_2atom": Lattice(**_mixed, looks=((3, 80, 3, 50),)),
    "tetragonal_reg_2atom": Lattice(
        cell=(1, 1 / 2),
        first=((0, 0),),
        second=((1 / 2, 0),),
        looks=tuple((3, 80, width, contrast) for width in (2, 5) for contrast in (50, 150)),
        lengths=(50, 100),
        displacements=(-2, 2),
    ),
    "triclinic_rhomboh": Lattice(
        cell=(1 / 2, 1),
        first=((0, 0),),
        second=((1 / 8, 1 / 2),),
        looks=tuple((width, contrast) * 2 for width in (2, 4) for contrast in (20, 80)),
        lengths=(50, 100),
        displacements=(-2, 2),
        noises=(0.1, 0.4),
        displaced=(1, 0),
    ),
}

#: What the published loops put into the folder of `tetragonal_c` by mistake: 64 images with two sublattices.
MISLABELLED = Lattice(**_flat, second=((1 / 2, 1 / 4),), looks=((3, 80, 3, 20),), displacements=(-2, 2))


def haadf(atomic_number):
    """How bright a column of this element is in a high-angle annular dark-field (HAADF) image: Z^1.7.

    Parameters
    ----------
    atomic_number : int or array_like of int
        Z, 1 to 118.

    Returns
    -------
    float or ndarray of float
        In arbitrary units, for columns of the same thickness.

    Raises
    ------
    ValueError
        If there is no such element.

    References
    ----------
    The exponent depends on the detector and lies between 1.6 and 2; O. L. Krivanek et al., Nature 464 (2010) 571.
    """
    z = np.asarray(atomic_number)
    if not ((z >= 1) & (z <= 118)).all():
        raise ValueError(f"The atomic number is {atomic_number}; expected whole numbers from 1 to 118.")
    return z**1.7


def columns(lattice, length, shape, look=None, displacement=(0, 0), rotation=0.0, origin=(0, 0)):
    """The columns of a perfect crystal, as far as an image shows them.

    Parameters
    ----------
    lattice : Lattice
    length : float
        Cell length a in pixels.
    shape : (int, int)
        Rows and columns of the image in pixels. Columns of atoms up to half a cell outside of it are returned, too.
    look : tuple of four floats, optional
        Width and contrast of both sublattices, see `Lattice`; the first of `lattice.looks` by default.
    displacement : (float, float)
        Of the second sublattice, along x and y, in pixels.
    rotation : float
        Of the crystal about the middle of the image, in degrees; positive turns x towards y.
    origin : (float, float)
        Where a column of the first sublattice lies, in pixels, before the rotation.

    Returns
    -------
    Columns
        Positions x and y in pixels, (0, 0) is the middle of the first pixel; species 0 or 1; width σ in pixels;
        contrast as in `look`.

    Raises
    ------
    ValueError
        If the cell length is less than 2 pixels, or infinite.
    """
    if not 2 <= length < np.inf:
        raise ValueError(f"The cell length is {length:g} pixels; expected 2 or more.")
    look = lattice.looks[0] if look is None else look
    rows, width = shape
    middle = np.array([(width - 1) / 2, (rows - 1) / 2])
    matrix = _turned_by(rotation)
    margin = length / 2
    corners = np.array(list(itertools.product((-margin, width + margin), (-margin, rows + margin))))
    corners = (corners - middle) @ matrix + middle - origin  # turned back: there the cells lie straight
    cell = np.array(lattice.cell) * length
    low, high = np.floor(corners.min(axis=0) / cell), np.ceil(corners.max(axis=0) / cell)
    cells = np.stack(np.meshgrid(*(np.arange(a, b + 1) for a, b in zip(low, high, strict=True))), axis=-1).reshape(
        -1, 2
    )

    shift = np.array(displacement) * lattice.displaced
    parts = []
    for species, place, moves in lattice.places():
        xy = cells * cell + place * length + moves * shift + origin
        parts.append(np.column_stack([(xy - middle) @ matrix.T + middle, np.full(len(xy), species)]))
    x, y, species = np.concatenate(parts).T
    seen = (x >= -margin) & (x <= width - 1 + margin) & (y >= -margin) & (y <= rows - 1 + margin)
    species = species[seen].astype(np.intp)
    return Columns(
        x[seen], y[seen], species, np.array(look[0::2], float)[species], np.array(look[1::2], float)[species]
    )


def _turned_by(degrees):
    """The matrix that turns x towards y."""
    turn = np.deg2rad(degrees)
    return np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])


def disturbed(columns, rng, thermal=0.0, vacancies=0.0, substitutions=0.0, substitute=0.0):
    """The same columns as they are in a real crystal.

    Parameters
    ----------
    columns : Columns
    rng : numpy.random.Generator
    thermal : float
        Standard deviation of each coordinate about its place, in pixels. (A column is an average over its atoms; its
        own displacement is what is left of theirs.)
    vacancies, substitutions : float
        Probability of a column of the second sublattice (of the first, if there is only one) to be missing, or to have
        the contrast `substitute`.
    substitute : float
        Contrast of a substituted column, in the units of the others.

    Returns
    -------
    Columns
        A missing column stays in the list, with contrast 0.

    Raises
    ------
    ValueError
        If a probability is negative, or their sum is above 1.
    """
    if not (min(vacancies, substitutions) >= 0 and vacancies + substitutions <= 1):
        raise ValueError(
            f"The probabilities are {vacancies:g} (vacancies) and {substitutions:g} (substitutions); expected 0 or "
            "more, and no more than 1 together."
        )
    shape = columns.x.shape
    jitter, chance = rng.normal(0, thermal, (2, *shape)), rng.random(shape)
    concerned = columns.species == columns.species.max(initial=0)
    contrast = np.where(concerned & (chance < vacancies + substitutions), substitute, columns.contrast)
    contrast = np.where(concerned & (chance < vacancies), 0.0, contrast)
    return columns._replace(x=columns.x + jitter[0], y=columns.y + jitter[1], contrast=contrast)
