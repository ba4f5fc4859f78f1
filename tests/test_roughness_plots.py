"""The pictures of lesson 5 are drawn without a warning, and their text alternatives state what they show."""

import numpy as np
import pytest

from helpers import interfaces, roughness, roughness_plots
from tests.figures import strict  # noqa: F401

RNG = np.random.default_rng(0)
ZETA = RNG.uniform(0.05, 1, 300)
HEIGHTS = interfaces.heights(ZETA, 64, RNG)
Q = interfaces.wavenumbers(64)


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: roughness_plots.profiles({"one": HEIGHTS[0], "two": HEIGHTS[1]}), "two has a width of"),
        (
            lambda: roughness_plots.images(interfaces.images(HEIGHTS[:3]), ["a", "b", "c"]),
            "dark below the line: a, b, c",
        ),
        (lambda: roughness_plots.images(interfaces.images(HEIGHTS[:7])), "7 binary images"),
        (lambda: roughness_plots.zeta_slider(lambda zeta: HEIGHTS[0]), "a slider is here"),
        (lambda: roughness_plots.spectra(Q, {"exact": Q**-2.0}, [0.5]), "exact falls with slope -2.00"),
        (lambda: roughness_plots.estimates(ZETA, {"off": ZETA + 0.1}), "off 0.100 (mean +0.100)"),
        (
            lambda: roughness_plots.estimates(ZETA, {name: f(HEIGHTS) for name, f in roughness.CLASSICAL.items()}),
            "structure factor 0.1",
        ),
        (
            lambda: roughness_plots.accuracies({"leaky": ([0.2, 0.9], 0.07)}, 0.05, 0.23),
            "leaky: validation 90%, fresh interfaces 7%; best possible 23%, chance 5%",
        ),
        (lambda: roughness_plots.ladder({"good": 0.07, "bad": 0.28}, 0.068), "bad 0.280, good 0.070. The Cramér"),
        (lambda: roughness_plots.photograph(np.eye(64), HEIGHTS[0] + 32, "Here"), "Here, 64 x 64 pixels. The line"),
    ],
)
def test_pictures(draw, words, capsys):
    draw()
    assert words in capsys.readouterr().out


def test_the_picture_of_the_slider():
    assert roughness_plots._line(HEIGHTS[0]).startswith(b"\x89PNG")
