"""Procedural textures: pictures of waves, dots, cells, lines and noise, to train a network on before it sees any data.

None is drawn with a class of lesson 6; three are dots on random oblique lattices. What they share with images of atoms,
or of crystals, is what pictures have in common: edges, spots, directions, repetition, several sizes at once.
"""

import numpy as np

from helpers import endless


def _grid(side, rng):
    """Coordinates in units of the side, about the middle, turned at random: two arrays of shape (side, side)."""
    y, x = np.indices((side, side), np.float32) / side - 0.5
    turn = rng.uniform(0, 2 * np.pi)
    return np.cos(turn) * x + np.sin(turn) * y, np.cos(turn) * y - np.sin(turn) * x


def _band(side, rng, low, high):
    """Noise whose waves have `low` to `high` periods on a side; mean 0, standard deviation 1."""
    k = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)) * side
    waves = np.fft.rfft2(rng.standard_normal((side, side), dtype=np.float32)) * ((k >= low) & (k <= high))
    noise = np.fft.irfft2(waves, (side, side)).astype(np.float32)
    return noise / noise.std()


def _dots(side, places, sizes, heights):
    """Gaussian spots at places in pixels, shape (n, 2), each with its size and height."""
    y, x = np.arange(side, dtype=np.float32), np.arange(side, dtype=np.float32)
    down = np.exp(-(((y[:, None] - places[:, 1]) / sizes) ** 2) / 2) * heights
    right = np.exp(-(((x[:, None] - places[:, 0]) / sizes) ** 2) / 2)
    return down.astype(np.float32) @ right.T.astype(np.float32)


def _nearest_two(side, rng, count):
    """For each pixel the distance to the nearest of some random points, to the second nearest, and which is nearest."""
    from scipy.spatial import cKDTree

    points = rng.uniform(-0.1, 1.1, (count, 2)) * side
    y, x = np.indices((side, side))
    distance, index = cKDTree(points).query(np.stack([x.ravel(), y.ravel()], axis=-1), k=2)
    shape = (side, side)
    return distance[:, 0].reshape(shape), distance[:, 1].reshape(shape), index[:, 0].reshape(shape)


def _oblique(side, rng):
    """Places of a random oblique lattice, in pixels, and its two vectors."""
    while True:
        length = side * rng.uniform(0.07, 0.25, 2)
        turn, between = rng.uniform(0, 2 * np.pi), np.deg2rad(rng.uniform(50, 130))
        a = length[0] * np.array([np.cos(turn), np.sin(turn)])
        b = length[1] * np.array([np.cos(turn + between), np.sin(turn + between)])
        if abs(a[0] * b[1] - a[1] * b[0]) > 40:
            break
    numbers = np.arange(-40, 41)
    places = (numbers[:, None, None] * a + numbers[None, :, None] * b).reshape(-1, 2) + side * rng.random(2)
    return places[((places > -0.1 * side) & (places < 1.1 * side)).all(axis=1)], a, b


def stripes(side, rng):
    x, _ = _grid(side, rng)
    return np.sin(2 * np.pi * rng.uniform(3, 20) * x)


def bars(side, rng):
    x, _ = _grid(side, rng)
    return np.sin(2 * np.pi * rng.uniform(3, 16) * x) > rng.uniform(-0.7, 0.7)


def chequers(side, rng):
    x, y = _grid(side, rng)
    f = rng.uniform(2, 10)
    return (np.sin(2 * np.pi * f * x) > 0) ^ (np.sin(2 * np.pi * f * y) > 0)


def plaid(side, rng):
    (x, _), (u, _) = _grid(side, rng), _grid(side, rng)
    return np.sin(2 * np.pi * rng.uniform(3, 16) * x) + rng.uniform(0.4, 1) * np.sin(2 * np.pi * rng.uniform(3, 16) * u)


def rosettes(side, rng):
    """Waves in five directions, as in a quasicrystal."""
    x, y = _grid(side, rng)
    f = rng.uniform(4, 14)
    turns = np.arange(5) * np.pi / 5
    return sum(np.cos(2 * np.pi * f * (np.cos(turn) * x + np.sin(turn) * y)) for turn in turns)


def rings(side, rng):
    x, y = _grid(side, rng)
    return np.sin(2 * np.pi * rng.uniform(4, 16) * np.hypot(x - rng.uniform(-0.5, 0.5), y))


def spokes(side, rng):
    x, y = _grid(side, rng)
    turns = rng.integers(5, 24)
    return np.sin(turns * np.arctan2(y, x - rng.uniform(-0.4, 0.4)) + rng.uniform(0, 15) * np.hypot(x, y))


def clouds(side, rng):
    k = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side))
    k[0, 0] = np.inf
    waves = np.fft.rfft2(rng.standard_normal((side, side), dtype=np.float32)) * k ** -rng.uniform(1.0, 2.0)
    return np.fft.irfft2(waves, (side, side))


def speckle(side, rng):
    low = rng.uniform(3, 14)
    return _band(side, rng, low, 1.8 * low)


def labyrinth(side, rng):
    low = rng.uniform(3, 12)
    return _band(side, rng, low, 1.25 * low) > rng.uniform(-0.4, 0.4)


def ripples(side, rng):
    """Stripes that something soft has bent."""
    x, _ = _grid(side, rng)
    return np.sin(2 * np.pi * rng.uniform(4, 14) * x + rng.uniform(1, 3) * _band(side, rng, 1, 4))


def spots(side, rng):
    count = rng.integers(15, 120)
    sizes = side * rng.uniform(0.008, 0.03) * np.ones(count)
    return _dots(side, rng.uniform(0, side, (count, 2)), sizes, np.ones(count))


def bubbles(side, rng):
    count = rng.integers(8, 40)
    return _dots(
        side, rng.uniform(0, side, (count, 2)), side * rng.uniform(0.01, 0.08, count), rng.uniform(0.3, 1, count)
    )


def needles(side, rng):
    from scipy.ndimage import gaussian_filter

    canvas, count = np.zeros((side, side), np.float32), rng.integers(8, 50)
    along = np.linspace(-1, 1, side)[:, None]
    turn = rng.uniform(0, np.pi) + rng.normal(0, rng.choice([0.2, 2]), count)
    half = side * rng.uniform(0.1, 0.4, count)
    places = rng.uniform(0, side, (count, 2)) + along[..., None] * (
        half[:, None] * np.stack([np.cos(turn), np.sin(turn)], -1)
    )
    x, y = np.rint(places).astype(int).reshape(-1, 2).T
    inside = (x >= 0) & (x < side) & (y >= 0) & (y < side)
    canvas[y[inside], x[inside]] = 1
    return gaussian_filter(canvas, rng.uniform(0.5, 1.5))


def cracks(side, rng):
    first, second, _ = _nearest_two(side, rng, rng.integers(12, 70))
    return np.exp(-((second - first) / rng.uniform(1, 3)))


def grains(side, rng):
    count = rng.integers(12, 70)
    return rng.random(count)[_nearest_two(side, rng, count)[2]]


def scales(side, rng):
    return _nearest_two(side, rng, rng.integers(12, 70))[0]


def bricks(side, rng):
    x, y = _grid(side, rng)
    f, tall = rng.uniform(3, 8), rng.uniform(1.2, 2.5)
    row = np.floor(y * f * tall)
    from_joint = (
        0.5 - np.abs(np.mod(x * f + 0.5 * np.mod(row, 2), 1) - 0.5),
        0.5 - np.abs(np.mod(y * f * tall, 1) - 0.5),
    )
    return np.minimum(from_joint[0] * tall, from_joint[1]).clip(0, rng.uniform(0.1, 0.5))


def zigzag(side, rng):
    x, y = _grid(side, rng)
    f = rng.uniform(3, 9)
    fold = np.abs(np.mod(y * f, 1) - 0.5) * rng.uniform(0.5, 2)
    return np.sin(2 * np.pi * (x * f * rng.uniform(1, 2) + fold))


def terraces(side, rng):
    return np.floor(rng.uniform(1.5, 4) * _band(side, rng, 0.5, 3))


def moire(side, rng):
    x, y = _grid(side, rng)
    f, turn = rng.uniform(8, 20), rng.uniform(0.03, 0.25)
    return np.sin(2 * np.pi * f * x) * np.sin(
        2 * np.pi * f * rng.uniform(0.85, 1.15) * (np.cos(turn) * x + np.sin(turn) * y)
    )


def pearls(side, rng):
    """Dots on a random oblique lattice."""
    places, _, _ = _oblique(side, rng)
    return _dots(side, places, np.full(len(places), side * rng.uniform(0.008, 0.03)), np.ones(len(places)))


def pairs(side, rng):
    """Dots on a random oblique lattice, and smaller or dimmer ones somewhere between."""
    places, a, b = _oblique(side, rng)
    where = rng.uniform(0.15, 0.85, 2) @ np.stack([a, b])
    size = side * rng.uniform(0.008, 0.025)
    ones = np.ones(len(places))
    return _dots(side, places, size * ones, ones) + _dots(
        side, places + where, size * rng.uniform(0.5, 1.2) * ones, rng.uniform(0.25, 0.9) * ones
    )


def gaps(side, rng):
    """Dots on a random oblique lattice, many of which are missing."""
    places, _, _ = _oblique(side, rng)
    places = places[rng.random(len(places)) > rng.uniform(0.25, 0.6)]
    return _dots(side, places, np.full(len(places), side * rng.uniform(0.008, 0.03)), np.ones(len(places)))


#: All families by name. From a side in pixels and a numpy.random.Generator each makes an ndarray of shape (side, side),
#: floats of any range or bool.
FAMILIES = {
    make.__name__: make
    for make in (stripes, bars, chequers, plaid, rosettes, rings, spokes, clouds, speckle, labyrinth, ripples, spots,
                 bubbles, needles, cracks, grains, scales, bricks, zigzag, terraces, moire, pearls, pairs, gaps)
}  # fmt: skip


def texture(family, side, rng):
    """One picture of a family, unevenly lit, blurred and noisy.

    Parameters
    ----------
    family : str
        One of `FAMILIES`.
    side : int
        Pixels, 32 or more.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of uint8, shape (side, side)
        From 0 to 255, both of which occur.

    Raises
    ------
    ValueError
        If there is no such family, or the side is smaller.
    """
    if family not in FAMILIES:
        raise ValueError(f"There is no family {family!r}; expected one of {', '.join(FAMILIES)}.")
    if side < 32:
        raise ValueError(f"The side is {side} pixels; expected 32 or more.")
    image = FAMILIES[family](side, rng).astype(np.float32)
    image = (image - image.mean()) / (image.std() + 1e-6) * rng.choice([-1, 1], p=[0.3, 0.7])
    x, y = _grid(side, rng)
    image += rng.uniform(0, 1.5) * x + rng.uniform(0, 0.5) * y**2
    image += np.exp(rng.uniform(np.log(0.05), np.log(1.5))) * rng.standard_normal(image.shape, dtype=np.float32)
    low, high = image.min(), image.max()
    return np.rint((image - low) * (255 / (high - low))).astype(np.uint8)


def stream(seed, side=96, batch=64, batches=200):
    """Fresh textures for ever, a data set for `fit`.

    Parameters
    ----------
    seed : int
    side : int
        Pixels of an image.
    batch, batches : int
        Images in a batch, and batches in an epoch.

    Returns
    -------
    keras.utils.PyDataset
        Each item is a pair: images, `uint8` of shape (batch, side, side, 1), and families, `int` of shape (batch,), by
        their order in `FAMILIES`.
    """
    names = list(FAMILIES)

    def make(rng):
        families = rng.integers(len(names), size=batch)
        return np.stack([texture(names[family], side, rng) for family in families])[..., np.newaxis], families

    return endless.stream(make, seed, batches)
