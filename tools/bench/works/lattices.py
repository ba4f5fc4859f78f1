"""Images of atomic lattices, one of each of the thirteen classes, beside atomap's `MakeTestData`."""

import numpy as np

from tools.bench.units import Unit, Way

SIDES, QUICK = (300, 600, 1200), (100, 150)
#: Electrons in the brightest pixel.
DOSE = 50
KINDS = {"noisy": "with noise", "clean": "without noise"}


def images(which, side, noisy):
    """All classes, by a function of `tools.lattice_speed`."""

    def make(place):
        from helpers import lattices
        from tools import lattice_speed

        draw = getattr(lattice_speed, which)

        def once():
            for lattice in lattices.PUBLISHED.values():
                draw(lattice, np.random.default_rng(0), noisy, (side, side))

        return once

    return make


def least(side, noisy):
    """A Poisson number for each pixel, given what it is on average; without noise, a number written into it."""

    def make(place):
        from helpers import lattices
        from tools import lattice_speed

        rng, shape = np.random.default_rng(0), (side, side)
        if not noisy:
            return lambda: [np.full(shape, 1, np.float32) for _ in lattices.PUBLISHED] and None
        means = [lattice_speed.ours(lattice, rng, False, shape) for lattice in lattices.PUBLISHED.values()]
        means = [np.float64(DOSE) * mean / mean.max() for mean in means]
        return lambda: [rng.poisson(mean) for mean in means] and None

    return make


def units(quick=False):
    return [
        Unit(
            "lattices",
            f"lattices_{kind}_{side}",
            {
                "ours": Way(images("ours", side, kind == "noisy"), 13),
                "atomap": Way(images("atomap", side, kind == "noisy"), 13, "atomap"),
                "floor": Way(least(side, kind == "noisy"), 13),
            },
            seconds=20,
            rounds=2 if quick else 5,
        )
        for kind in KINDS
        for side in (QUICK if quick else SIDES)
    ]


def rows(runs):
    from tools.bench.rows import Row

    for kind, called in KINDS.items():
        sides = [int(name.rpartition("_")[2]) for name in runs if name.startswith(f"lattices_{kind}_")]
        if sides:
            side = 600 if 600 in sides else max(sides)
            name = f"lattices_{kind}_{side}"
            floor = "Poisson numbers" if kind == "noisy" else "writing the pixels"
            yield Row.of(runs[name], name, f"a lattice of {side} x {side}, {called}", "ms", "atomap", floor)
