"""Rough interfaces: lines beside the packages `fbm` and `stochastic`, images beside a loop over their rows."""

import numpy as np

from tools.bench.units import Unit, Way

LENGTH = 128
#: Below 1, because fractional Brownian motion ends there.
ZETAS = np.arange(1, 20) / 20
#: Images and their sides; one of each grows.
SIZES = ((2_000, 128), (8_000, 128), (32_000, 128), (2_000, 64), (2_000, 256))
QUICK = ((500, 32), (1_000, 32))
LARGEST = "images_32000_of_128"


def our_lines(count):
    def make(place):
        from helpers import interfaces

        zeta = np.repeat(ZETAS, count // len(ZETAS))
        return lambda: _nothing(interfaces.heights(zeta, LENGTH, np.random.default_rng(0)))

    return make


def fbm_lines(count):
    """`fbm` as its documentation uses it, with one object for each exponent, which then keeps what it can."""

    def make(place):
        from fbm import FBM

        sources = [FBM(LENGTH - 1, float(zeta)) for zeta in ZETAS]
        return lambda: _nothing(np.array([source.fbm() for source in sources for _ in range(count // len(ZETAS))]))

    return make


def stochastic_lines(count):
    def make(place):
        from stochastic.processes.continuous import FractionalBrownianMotion

        sources = [FractionalBrownianMotion(float(zeta)) for zeta in ZETAS]
        each = count // len(ZETAS)
        return lambda: _nothing(np.array([source.sample(LENGTH - 1) for source in sources for _ in range(each)]))

    return make


def least_lines(count, length=LENGTH):
    """The random numbers, and the transform that adds the waves up."""
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((count, length // 2 - 1, 2), dtype=np.float32).view(np.complex64)[..., 0]
    return np.fft.irfft(noise, n=length)


def least_images(count, side):
    """The same, and bytes to fill."""
    least_lines(count, side)
    np.full((count, side, side), 255, np.uint8)


def _nothing(_):
    """Drops what was made."""


def _images(name, count, side):
    def make(place):
        from tools import interface_speed

        if name == "as_a_stream":
            import keras  # noqa: F401  (imports are not counted)
        return lambda: _nothing(getattr(interface_speed, name)(count, side))

    return make


def units(quick=False):
    many, some, few = (1_900, 950, 190) if quick else (38_000, 9_500, 1_900)
    found = [
        Unit(
            "interfaces",
            "lines",
            {
                "ours": Way(our_lines(many), many),
                "fbm": Way(fbm_lines(few), few, "fbm"),
                "stochastic": Way(stochastic_lines(some), some, "stochastic"),
                "floor": Way(lambda place: lambda: _nothing(least_lines(many)), many),
            },
            seconds=12,
            rounds=2 if quick else 5,
        )
    ]
    for count, side in QUICK if quick else SIZES:
        rows = max(count // 20, 400) // (5 if quick else 1)
        found.append(
            Unit(
                "interfaces",
                f"images_{count}_of_{side}",
                {
                    "ours": Way(_images("at_once", count, side), count),
                    "stream": Way(_images("as_a_stream", count, side), count),
                    "row_by_row": Way(_images("row_by_row", rows, side), rows),
                    "floor": Way(
                        lambda place, count=count, side=side: lambda: _nothing(least_images(count, side)), count
                    ),
                },
                seconds=14,
                rounds=2 if quick else 5,
            )
        )
    return found


def rows(runs):
    from tools.bench.rows import Row

    if "lines" in runs:
        run = runs["lines"]
        for package in ("fbm", "stochastic"):
            yield Row.of(run, "lines", f"a line of {LENGTH} points", "ms", package, "draws, transform")
    images = [name for name in runs if name.startswith("images_")]
    for name in [LARGEST] if LARGEST in images else images[-1:]:
        count, side = name.split("_")[1::2]
        what = f"an image of {side} x {side}, {int(count):,} at once"
        floor = "draws, transform, bytes"
        yield Row.of(runs[name], name, what, "ms", "row_by_row", floor, called="row by row")
        what = f"an image of {side} x {side}, from a stream"
        yield Row.of(runs[name], name, what, "ms", "row_by_row", floor, ours="stream", called="row by row")
        what = f"memory of {int(count):,} such images at once"
        yield Row.of(runs[name], name, what, "mb", floor="draws, transform, bytes")
        what = f"memory of a stream of {int(count):,} such images"
        yield Row.of(runs[name], name, what, "mb", "ours", ours="stream", called="ours, all at once")
