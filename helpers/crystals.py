"""Photographs of crystals in a reactor, drawn: needles of cephalexin (CEX) and agglomerates of phenylglycine (PG).

A picture is painted from the back to the front, in the pixels of the published photographs: haze, needles out of focus,
what the photograph is of, now and then needles in front. A camera then looks at it, and knows nothing of the class:
light from one side, exposure, blur, noise. Every quantity is drawn from a wide range, because the aim is variety.

What can be seen, and the ranges, were chosen by eye beside the 16 photographs of 7 crystals that are published in
`KatherineMossDeveloper/The-Georgia-Project`. Early networks were unsure of one of them, a plate under needles; so noise
lost its square pattern, plates without fine grain and narrower fields of view were added, and more needles in front.
Nothing was fitted to those photographs, and none of their pixels are in here.
"""

import math

import numpy as np
from PIL import Image

from helpers import endless
from helpers.copies import symmetries

CLASSES = ("cex", "pg")
#: Goes up when a change here makes other images of the same seed.
VERSION = 1
#: Published pixels: a photograph of cex has this side, one of pg another for each crystal.
CEX_SIDE, PG_SIDES = 151, (130, 230)
#: The field of view where the size is given, published pixels: wider and narrower than published.
FIELDS = (95, 240)
#: Sides for which a picture can be drawn.
SMALLEST = 32


class Scene:
    """A picture being painted: brightness on a dark ground, in units of an ordinary crystal's.

    Parameters
    ----------
    size : (height, width)
        Pixels of the picture.
    zoom : float
        Pixels for each published pixel. All lengths below are published pixels, (0, 0) is the middle.
    rng : numpy.random.Generator
    """

    def __init__(self, size, zoom, rng):
        self.size, self.zoom, self.rng = size, zoom, rng
        self.field = height, width = size[0] / zoom, size[1] / zoom
        self.reach = math.hypot(height, width) / 2
        self.y = ((np.arange(size[0], dtype=np.float32) + 0.5) / zoom - height / 2)[:, None]
        self.x = ((np.arange(size[1], dtype=np.float32) + 0.5) / zoom - width / 2)[None, :]
        self.light = np.zeros(size, np.float32)
        self.flow = rng.uniform(0, np.pi)  # the stirred liquid turns many needles one way

    def coarser(self, blur):
        """An empty scene of the same field, with pixels as coarse as something blurred by `blur` allows."""
        zoom = min(self.zoom, 2 / blur)
        size = tuple(max(4, round(side * zoom)) for side in self.field)
        scene = Scene(size, zoom, self.rng)
        scene.flow = self.flow
        return scene

    def enlarged(self, image):
        """A picture with coarser pixels, brought to the size of this one."""
        return np.asarray(Image.fromarray(image.astype(np.float32)).resize(self.size[::-1], Image.Resampling.BICUBIC))

    def noise(self, length):
        """Smooth noise with bumps of about that length: mean 0, standard deviation about 1."""
        cells = [round(2.5 * side / length) + 2 for side in self.field]
        return 3.6 * self.enlarged(_blurred(self.rng.standard_normal(cells, np.float32), 1))

    def out_of_focus(self, blur, paint):
        """Add what `paint(scene)` paints, blurred."""
        coarse = self.coarser(blur)
        paint(coarse)
        self.light += self.enlarged(_blurred(coarse.light, blur * coarse.zoom))

    def cover(self, opacity, light):
        """Something in front: it hides by its opacity, 0 to 1, and shines with its light."""
        self.light += opacity * (light - self.light)


def _blurred(image, sigma):
    from scipy.ndimage import gaussian_filter

    return gaussian_filter(image, sigma, truncate=3, mode="nearest")


def _step(x):
    """From 0 to 1 as x goes from -0.5 to 0.5."""
    return (x + 0.5).clip(0, 1)


def _between(rng, low, high, size=None):
    """A random number, or several, whose logarithm is uniform."""
    numbers = np.exp(rng.uniform(np.log(low), np.log(high), size))
    return numbers if size else float(numbers)


# What both classes are made of


def strip(scene, turn, width, length, level=1.0, place=None, opacity=None):
    """Paint a needle or a bundle: fibres side by side, each of them grains of several brightnesses in a row."""
    rng = scene.rng
    if place is None:
        place = rng.uniform(-0.5, 0.5, 2) * scene.field
    near = 0.5 * math.hypot(length, width) + 1
    rows = slice(*np.searchsorted(scene.y[:, 0], (place[0] - near, place[0] + near)))
    columns = slice(*np.searchsorted(scene.x[0], (place[1] - near, place[1] + near)))
    light = scene.light[rows, columns]
    down, right = scene.y[rows] - float(place[0]), scene.x[:, columns] - float(place[1])
    sine, cosine = math.sin(turn), math.cos(turn)
    along, across = down * sine + right * cosine, down * cosine - right * sine
    if rng.random() < 0.4:
        across += rng.normal(0, 0.12) / scene.reach * along**2
    if rng.random() < 0.4:
        across /= (1 - rng.uniform(0, 0.7) * (along / length + 0.5)).clip(0.25, 1)
    seen = np.nonzero((np.abs(across) < 0.5 * width + 1) & (np.abs(along) < 0.5 * length))
    along, across = along[seen] + 0.5 * length, across[seen]
    fibres = max(1, round(width / rng.uniform(2.5, 7)))
    wave = rng.uniform(0, 1.5) * np.sin(along / _between(rng, 8, 40) + rng.uniform(0, 2 * np.pi))
    fibre = ((across + wave) * (fibres / width) + 0.5 * fibres).astype(int).clip(0, fibres - 1)
    ragged = rng.uniform(0, rng.choice([0.02, 0.25]) * length, (2, fibres)).astype(np.float32)
    whole = (along > ragged[0, fibre]) & (along < length - ragged[1, fibre])
    grain = _between(rng, 3, 40)
    along /= grain
    along += rng.random(fibres, np.float32)[fibre]
    cell = along.astype(int)
    between = along - cell.astype(np.float32)
    contrast = rng.uniform(0.1, 1.2)
    table = rng.gamma(_between(rng, 0.8, 6), size=(fibres, cell.max(initial=0) + 2)).astype(np.float32)
    table = (1 + contrast * (table / table.mean() - 1)).clip(0)
    shine = table[fibre, cell] * (1 - between) + table[fibre, cell + 1] * between
    shine *= (1 + rng.uniform(-0.8, 0.6) * (2 * across / width) ** 2).clip(0.1)
    edge = ((0.5 * width - np.abs(across)) * scene.zoom + 0.5).clip(0, 1)
    covers = edge * whole * (rng.uniform(0.5, 1) if opacity is None else opacity)
    light[seen] += covers * (level * shine - light[seen])


def needles(scene, count, widths=(2.5, 11), spread=None, levels=(0.3, 1.3)):
    """Paint needles, in all directions or in nearly one, which is mostly that of the flow."""
    rng = scene.rng
    turn = scene.flow if rng.random() < 0.7 else rng.uniform(0, np.pi)
    for _ in range(count):
        strip(
            scene,
            rng.uniform(0, np.pi) if spread is None else rng.normal(turn, spread),
            _between(rng, *widths),
            scene.reach * _between(rng, 0.6, 5),
            _between(rng, *levels),
        )


def haze(scene, level):
    """Add clouds of light from far out of focus, of several sizes."""
    clouds = scene.noise(_between(scene.rng, 25, 60)) + scene.noise(_between(scene.rng, 60, 150))
    scene.light += level * np.exp(scene.rng.uniform(0.1, 0.5) * clouds)


def behind(scene, most=7):
    """Paint haze and needles behind the plane of focus."""
    rng = scene.rng
    haze(scene, rng.uniform(0, 0.25))
    spread = rng.choice([None, 0.1, 0.4])
    for blur in _between(rng, 1.5, 12, (rng.integers(0, 4),)):
        count, levels = rng.integers(1, most), (0.15, 0.25 + 0.08 * blur)
        scene.out_of_focus(blur, lambda far, count=count, levels=levels: needles(far, count, (3, 30), spread, levels))


def among_needles(scene):
    """Paint what lies behind a crystal of pg: haze, or a whole picture of needles, mostly dimmer and out of focus."""
    rng = scene.rng
    if rng.random() < 0.5:
        return behind(scene)
    paint = PAINTED[rng.choice(looks_of("cex"))]
    if rng.random() < 0.5:
        scene.out_of_focus(_between(rng, 1.5, 6), paint)
    else:
        paint(scene)
    scene.light *= rng.uniform(0.2, 0.9)


def in_front(scene):
    """Paint a few needles in front, in focus or not."""
    rng = scene.rng
    count, spread = rng.integers(1, 5), rng.choice([None, 0.15])
    if rng.random() < 0.6:
        needles(scene, count, (3, 18), spread, (0.5, 2))
    else:
        scene.out_of_focus(_between(rng, 2, 8), lambda near: needles(near, count, (4, 25), spread, (0.4, 1.5)))


def specks(scene, places, size, level):
    """Add round specks at places, shape (n, 2): where they lie dense they merge."""
    rng = scene.rng
    rows, columns = ((places + np.divide(scene.field, 2)) * scene.zoom).T.astype(int)
    inside = (rows >= 0) & (rows < scene.size[0]) & (columns >= 0) & (columns < scene.size[1])
    sigma = max(0.35 * size * scene.zoom, 0.4)
    heights = 2 * np.pi * sigma**2 * rng.gamma(2, 0.6, inside.sum())
    number = rows[inside] * scene.size[1] + columns[inside]
    canvas = np.bincount(number, heights, scene.light.size).astype(np.float32).reshape(scene.size)
    scene.light += level * (1 - np.exp(-_blurred(canvas, sigma)))


def dust(scene):
    """Add some specks anywhere: they tell nothing."""
    rng = scene.rng
    places = rng.uniform(-0.5, 0.5, (rng.integers(1, 25), 2)) * scene.field
    specks(scene, places, rng.uniform(2, 7), _between(rng, 0.2, 1.2))


# CEX


def cex_needles(scene):
    """Single needles at several depths, in all directions."""
    behind(scene)
    needles(scene, scene.rng.integers(3, 10), (2.5, 14))


def cex_tangle(scene):
    """So many thin needles that no ground is seen."""
    behind(scene, 12)
    needles(scene, scene.rng.integers(10, 22), (2.5, 9))


def cex_lone_needle(scene):
    """One needle, and fog."""
    rng = scene.rng
    haze(scene, rng.uniform(0.2, 0.6))
    if rng.random() < 0.5:
        behind(scene, 3)
    place = rng.normal(0, 0.15, 2) * scene.field
    strip(scene, rng.uniform(0, np.pi), _between(rng, 3, 14), 4 * scene.reach, _between(rng, 0.9, 2), place)


def cex_blurred_needles(scene):
    """Needles of which none is in focus, faint and mottled."""
    rng = scene.rng
    behind(scene, 10)
    blur, count, spread = _between(rng, 1.5, 5), rng.integers(3, 9), rng.choice([None, 0.15, 0.4])
    scene.out_of_focus(blur, lambda far: needles(far, count, (4, 25), spread))
    scene.light *= 1 + rng.uniform(0, 0.2) * scene.noise(rng.uniform(3, 9))


def cex_bundle(scene):
    """One to three broad bundles with grain along them, dark gaps, and thin needles."""
    rng = scene.rng
    behind(scene)
    turn, spread = scene.flow, rng.choice([0.1, 0.5])
    needles(scene, rng.integers(0, 5))
    for _ in range(rng.integers(1, 4)):
        length, place = scene.reach * rng.uniform(1, 4), rng.normal(0, 0.25, 2) * scene.field
        strip(scene, rng.normal(turn, spread), _between(rng, 20, 75), length, _between(rng, 0.5, 1.6), place, 1)
    needles(scene, rng.integers(0, 3))


def cex_sheaf(scene):
    """Needles of all widths side by side in nearly one direction."""
    rng = scene.rng
    behind(scene)
    needles(scene, rng.integers(6, 16), (4, 30), rng.uniform(0.02, 0.2))


def cex_broken_needles(scene):
    """Short thick pieces with blunt ends."""
    rng = scene.rng
    behind(scene)
    turn, spread = scene.flow, rng.choice([0.15, 2.0])
    for _ in range(rng.integers(2, 8)):
        width = _between(rng, 6, 45)
        length = width * rng.uniform(2.5, 7)
        place = rng.normal(0, 0.3, 2) * scene.field
        strip(scene, rng.normal(turn, spread), width, length, _between(rng, 0.4, 1.6), place)


# PG


def outline(scene):
    """How far inside a crystal each pixel is: 1 in its middle, 0 at its ragged rim, negative outside.

    It is roundish or has a few straight sides, and nearly fills the photograph, which was cut out round it.
    """
    rng = scene.rng
    height, width = np.divide(scene.field, 2) * rng.uniform(0.75, 1.12, 2)
    y, x = scene.y - rng.normal(0, 0.12) * height, scene.x - rng.normal(0, 0.12) * width
    if rng.random() < 0.6:
        lean = rng.uniform(-0.5, 0.5)
        far = np.hypot(y / height - lean * x / width, x / width)
        angle = np.arctan2(y / height, x / width)
        for waves in (2, 3, 4, 6):
            far *= 1 + rng.normal(0, 0.2 / waves) * np.cos(waves * angle + rng.uniform(0, 2 * np.pi))
    else:
        sides = rng.integers(4, 8)
        turns = (np.arange(sides) + rng.uniform(-0.3, 0.3, sides)) * 2 * np.pi / sides + rng.uniform(0, 2 * np.pi)
        far = np.maximum.reduce(
            [(np.sin(turn) * y / height + np.cos(turn) * x / width) / rng.uniform(0.7, 1) for turn in turns]
        )
    ragged = _between(rng, 0.02, 0.1)
    return 1 - far + ragged * (scene.noise(rng.uniform(4, 12)) + 1.5 * scene.noise(rng.uniform(12, 40)))


def lumps(scene, spread):
    """Places of specks in lumps about the middle, shape (n, 2), denser towards it."""
    rng = scene.rng
    shape = np.divide(scene.field, 2) * rng.uniform(0.7, 1.1, 2)
    count = rng.integers(1, 9)
    middles = rng.normal(0, 0.27, (count, 2)) * shape
    sizes = _between(rng, 0.15, 0.5, count)
    dense = int(shape.prod() * _between(rng, *spread))
    lump = rng.choice(count, dense, p=sizes / sizes.sum())
    return middles[lump] + rng.standard_normal((dense, 2)) * sizes[lump, None] * shape


def pg_agglomerate(scene):
    """Bright specks heaped up, the middle often saturated."""
    rng = scene.rng
    among_needles(scene)
    places = lumps(scene, (0.05, 0.4))
    size = _between(rng, 3, 12)
    glow = _between(rng, 0.02, 1)
    scene.out_of_focus(rng.uniform(6, 15), lambda fog: specks(fog, places, 12, glow))
    some = rng.random(len(places)) < rng.uniform(0.2, 0.9)
    specks(scene, places[some], size, _between(rng, 0.5, 2))
    specks(scene, places[~some], size * rng.uniform(1, 2), _between(rng, 0.3, 1.5))


def pg_loose_specks(scene):
    """Specks that hardly touch, in heaps."""
    rng = scene.rng
    among_needles(scene)
    places = lumps(scene, (0.02, 0.08))
    some = rng.random(len(places)) < rng.uniform(0.3, 0.8)
    specks(scene, places[some], rng.uniform(3, 8), _between(rng, 0.5, 1.5))
    specks(scene, places[~some], rng.uniform(5, 12), _between(rng, 0.3, 1.2))


def pg_dull_agglomerate(scene):
    """A lumpy body somewhat out of focus."""
    rng = scene.rng
    among_needles(scene)
    inside = (outline(scene) * _between(rng, 2, 8)).clip(0, 1)
    bumps = sum(scene.noise(length) for length in _between(rng, 3, 40, 3))
    light = _between(rng, 0.4, 1.2) * (1 + rng.uniform(0.1, 0.35) * bumps).clip(0.05)
    scene.cover(inside * rng.uniform(0.7, 1), _blurred(light, rng.uniform(0.5, 2) * scene.zoom))


def _plate(scene):
    """Paint a flat crystal with a ragged rim; returns where it is."""
    rng = scene.rng
    inner = outline(scene)
    body = (inner * _between(rng, 5, 30)).clip(0, 1)
    fine = rng.choice([0, rng.uniform(0, 0.4)])
    surface = 1 + fine * scene.noise(_between(rng, 2.5, 5))
    surface += rng.uniform(0, 0.35) * scene.noise(_between(rng, 5, 20))
    surface += rng.uniform(0, 0.45) * scene.noise(_between(rng, 15, 60))
    if rng.random() < 0.5:  # filaments
        surface += rng.uniform(0.3, 1.2) * (1 - 2 * np.abs(scene.noise(_between(rng, 5, 35)))).clip(-0.5)
    if rng.random() < 0.6:
        surface *= 1 - rng.uniform(0.3, 0.9) * _step(scene.noise(_between(rng, 6, 40)) - rng.uniform(0.6, 2))
    if rng.random() < 0.7:
        rim = np.exp(-((inner / rng.uniform(0.04, 0.15)) ** 2)) * (scene.noise(_between(rng, 4, 60)) + 0.5).clip(0)
        surface += rng.uniform(0.3, 2) * rim
    scene.cover(body * rng.uniform(0.65, 1), _between(rng, 0.4, 1.4) * surface.clip(0.03))
    return inner


def pg_plate(scene):
    """A flat crystal with a ragged rim, pits and grain."""
    rng = scene.rng
    among_needles(scene)
    inner = _plate(scene)
    if rng.random() < 0.6:
        scatter_on(scene, inner)


def scatter_on(scene, inner):
    """Add specks on a crystal, everywhere or along its rim."""
    rng = scene.rng
    places = rng.uniform(-0.5, 0.5, (rng.integers(100, 1200), 2)) * scene.field
    rows, columns = ((places + np.divide(scene.field, 2)) * scene.zoom).T.astype(int)
    depth = inner[rows.clip(0, scene.size[0] - 1), columns.clip(0, scene.size[1] - 1)]
    low, high = (-0.1, 0.2) if rng.random() < 0.5 else (-0.05, 1)
    specks(scene, places[(depth > low) & (depth < high)], rng.uniform(2.5, 7), _between(rng, 0.2, 1.2))


def pg_plate_with_streaks(scene):
    """A plate with ridges on it."""
    rng = scene.rng
    among_needles(scene)
    inner = _plate(scene)
    ridges = scene.coarser(_between(rng, 1, 3))
    needles(ridges, rng.integers(3, 14), (2, 16), rng.uniform(0.03, 0.4), (0.2, 1.4))
    scene.light += rng.uniform(0.4, 1) * scene.enlarged(ridges.light) * (6 * inner).clip(0, 1)
    if rng.random() < 0.5:
        scatter_on(scene, inner)


def pg_under_needles(scene):
    """A plate, with strong needles in front of it that go mostly one way."""
    rng = scene.rng
    among_needles(scene)
    _plate(scene)
    needles(scene, rng.integers(2, 7), (3, 20), rng.choice([0.1, 0.3, 2.0]), (0.5, 2))


def pg_facets(scene):
    """Small plates grown together in all directions."""
    rng = scene.rng
    among_needles(scene)
    scene.cover(rng.uniform(0, 1) * (5 * outline(scene)).clip(0, 1), rng.uniform(0.2, 0.7))
    spread, width = rng.uniform(0.12, 0.2), _between(rng, 8, 30)
    for _ in range(rng.integers(20, 45)):
        place = rng.normal(0, spread, 2) * scene.field
        wide = width * _between(rng, 0.5, 2)
        strip(scene, rng.uniform(0, np.pi), wide, wide * rng.uniform(1, 1.7), _between(rng, 0.3, 1.5), place)
    if rng.random() < 0.5:
        size = rng.uniform(2.5, 7)
        specks(scene, lumps(scene, (0.02, 0.1)), size, _between(rng, 0.2, 1))


#: How a look is painted.
PAINTED = {
    "needles": cex_needles,
    "tangle": cex_tangle,
    "lone needle": cex_lone_needle,
    "blurred needles": cex_blurred_needles,
    "bundle": cex_bundle,
    "sheaf": cex_sheaf,
    "broken needles": cex_broken_needles,
    "agglomerate": pg_agglomerate,
    "loose specks": pg_loose_specks,
    "dull agglomerate": pg_dull_agglomerate,
    "plate": pg_plate,
    "plate with streaks": pg_plate_with_streaks,
    "plate under needles": pg_under_needles,
    "facets": pg_facets,
}
#: The class of each look.
LOOKS = {look: paint.__name__.partition("_")[0] for look, paint in PAINTED.items()}


def photograph(look, rng, size=None):
    """One photograph of a crystal.

    Parameters
    ----------
    look : str
        One of `LOOKS`.
    rng : numpy.random.Generator
    size : (height, width), optional
        Pixels, 32 or more. With it the crystals are enlarged or reduced at random, so that size tells nothing about
        class. By default as published: 151 by 151 for cex, 130 to 230 each way and never 151 by 151 for pg.

    Returns
    -------
    ndarray of uint8, shape (height, width)

    Raises
    ------
    ValueError
        If there is no such look, or the size is smaller.
    """
    _check(look)
    zoom = 1.0
    if size is None:
        size = published_size(LOOKS[look], rng)
    elif min(size) < SMALLEST:
        raise ValueError(f"The size is {size}; expected a height and a width of {SMALLEST} pixels or more.")
    else:
        zoom = math.sqrt(size[0] * size[1]) / _between(rng, *FIELDS)
    scene = Scene(tuple(size), zoom, rng)
    PAINTED[look](scene)
    if LOOKS[look] == "pg" and rng.random() < 0.65:
        in_front(scene)
    if rng.random() < 0.4:
        dust(scene)
    return _taken(scene)


def _check(look):
    if look not in LOOKS:
        raise ValueError(f"There is no look {look!r}; expected one of {', '.join(LOOKS)}.")


def published_size(label, rng):
    """Height and width of a published photograph of a class."""
    if label == "cex":
        return CEX_SIDE, CEX_SIDE
    while True:
        size = tuple(int(side) for side in rng.integers(PG_SIDES[0], PG_SIDES[1] + 1, 2))
        if size != (CEX_SIDE, CEX_SIDE):
            return size


def _taken(scene):
    """What the camera makes of a scene, uint8: the same for all classes."""
    rng = scene.rng
    light, turn = scene.light, rng.uniform(0, 2 * np.pi)
    light = light * (1 + rng.uniform(0, 0.15) * scene.noise(_between(rng, 3, 8))).clip(0)
    light = light * (1 + rng.uniform(0, 0.6) * (np.sin(turn) * scene.y + np.cos(turn) * scene.x) / scene.reach)
    place = rng.normal(0, 0.3, 2) * scene.field
    spot = ((scene.y - place[0]) ** 2 + (scene.x - place[1]) ** 2) / scene.reach**2
    light = light * np.exp(-rng.uniform(0, 1) * spot)
    light = light + rng.uniform(0, 0.06) * rng.standard_normal(light.shape, np.float32) * np.sqrt(light.clip(0.1, 4))
    light = _blurred(light, _between(rng, 0.9, 2.5) * scene.zoom)
    low, high = np.percentile(light[::3, ::3], (2, rng.uniform(88, 99)))
    light = ((light - low) / (high - low + 1e-3)).clip(0) ** rng.uniform(0.7, 1.3)
    dark, bright = rng.uniform(8, 50), _between(rng, 110, 330)
    grey = dark + (bright - dark) * light + rng.uniform(0, 2.5) * rng.standard_normal(light.shape, np.float32)
    return np.rint(grey.clip(0, 255)).astype(np.uint8)


def looks_of(label):
    """The looks of a class, a list."""
    return [look for look, name in LOOKS.items() if name == label]


def drawn(seed, each):
    """Photographs of published sizes, for `folders.write`.

    Parameters
    ----------
    seed : int
    each : int
        Photographs of each class, each of another crystal.

    Yields
    ------
    image : ndarray of uint8, shape (height, width)
    label : str
    parameters : dict
        `look`, and `crystal`, its number.
    """
    for number, label in enumerate(CLASSES):
        looks = looks_of(label)
        for index in range(each):
            rng = np.random.default_rng([seed, number, index])
            look = looks[rng.integers(len(looks))]
            yield photograph(look, rng), label, {"look": look, "crystal": number * each + index}


def squashed(image, side=96):
    """A photograph as a square, its aspect ratio lost: reduced with antialiasing.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width)
    side : int

    Returns
    -------
    ndarray of uint8, shape (side, side)
    """
    return np.asarray(Image.fromarray(image).resize((side, side), Image.Resampling.BILINEAR))


def as_published(seed, crystals=60, wrong=0.15):
    """A small data set with the faults of the published one, for `folders.write`.

    Each pg crystal is there four to six times, rotated and flipped; each cex crystal once, so that there are as many
    photographs of either. All photographs of cex have one size, which no pg has. Some crystals have the other's label.

    Parameters
    ----------
    seed : int
    crystals : int
        Of pg; with 60 there are about 600 photographs.
    wrong : float
        The share of crystals of each class with the wrong label, 0 to 1.

    Yields
    ------
    image : ndarray of uint8, shape (height, width)
    label : str
    parameters : dict
        `crystal`, its number; `look`; `symmetry`, 0 to 7, as `copies.symmetries` counts; `true`, the class.

    Raises
    ------
    ValueError
        If a number is not as described.
    """
    if crystals < 1:
        raise ValueError(f"There are to be {crystals} crystals; expected 1 or more.")
    if not 0 <= wrong <= 1:
        raise ValueError(f"The share of wrong labels is {wrong}; expected a number from 0 to 1.")
    rng = np.random.default_rng([seed, len(CLASSES)])
    copies = [rng.choice(8, count, replace=False) for count in rng.integers(4, 7, crystals)]
    ways = {"cex": [[0]] * sum(map(len, copies)), "pg": copies}
    crystal = 0
    for number, true in enumerate(CLASSES):
        looks, other = looks_of(true), CLASSES[1 - number]
        mislabelled = rng.permutation(len(ways[true])) < round(wrong * len(ways[true]))
        for index, symmetry in enumerate(ways[true]):
            own = np.random.default_rng([seed, number, index])
            look = looks[own.integers(len(looks))]
            turned = symmetries(photograph(look, own))
            label = other if mislabelled[index] else true
            for way in symmetry:
                parameters = {"crystal": crystal, "look": look, "symmetry": int(way), "true": true}
                yield np.ascontiguousarray(turned[way]), label, parameters
            crystal += 1


def stream(seed, side=96, batch=64, batches=100, looks=tuple(LOOKS)):
    """Fresh squashed photographs for ever, a data set for `fit`. Half are cex, half pg; size tells nothing.

    Parameters
    ----------
    seed : int
    side : int
        Pixels of an image.
    batch, batches : int
        Images in a batch, an even number; batches in an epoch.
    looks : sequence of str
        Those that are drawn, equally often in a class; at least one of each class.

    Returns
    -------
    keras.utils.PyDataset
        Each item is a pair: images, `uint8` of shape (batch, side, side, 1), and classes, `int` of shape (batch,), by
        their order in `CLASSES`.

    Raises
    ------
    ValueError
        If a look is unknown, a class has none, or the batch is odd.
    """
    for look in looks:
        _check(look)
    of_class = [[look for look in looks if LOOKS[look] == name] for name in CLASSES]
    for name, own in zip(CLASSES, of_class, strict=True):
        if not own:
            raise ValueError(f"The looks hold none of {name}; expected one or more of {', '.join(looks_of(name))}.")
    if batch < 2 or batch % 2:
        raise ValueError(f"The batch has {batch} images; expected an even number, half of them for each class.")

    def make(rng):
        labels = rng.permutation(np.arange(batch) % len(CLASSES))
        images = np.empty((batch, side, side, 1), np.uint8)
        for image, label in zip(images, labels, strict=True):
            look = of_class[label][rng.integers(len(of_class[label]))]
            size = tuple(int(length) for length in side * rng.uniform(1, 1.45, 2))
            image[..., 0] = symmetries(squashed(photograph(look, rng, size), side))[rng.integers(8)]
        return images, labels

    return endless.stream(make, seed, batches)
