"""The pictures of lesson 7 are drawn without a warning, and their text alternatives state what they show."""

import numpy as np
import pytest

from helpers import crystal_plots
from tests.figures import strict  # noqa: F401

PICTURE = np.arange(64.0).reshape(8, 8)
EVEN = np.ones((6, 6))
RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: crystal_plots.photographs([PICTURE] * 2, ["one", "two"]), "Photographs of crystals: one, two."),
        (
            lambda: crystal_plots.sizes([(5, 5), (5, 5), (7, 9), (8, 9)], [0, 0, 1, 1], ["cex", "pg"]),
            "cex has 1 sizes, 5x5 in 100%; pg has 2 sizes, 7x9 in 50%.",
        ),
        (
            lambda: crystal_plots.rates({1e-4: [(0.1, 0.0), (0.5, 0.2)], 1e-1: [(0.9, 0.8)]}),
            "by learning rate: 0.0001 0.20, 0.1 0.80.",
        ),
        (
            lambda: crystal_plots.leak({"forest": (0.9, 0.6), "network": (0.8, 0.5)}, 0.85),
            "forest 90% and 60%, network 80% and 50%. The best honest score is 85%.",
        ),
        (lambda: crystal_plots.heat_maps([PICTURE], [EVEN], ["one"]), "in the middle half of each side: one 25%."),
        (
            lambda: crystal_plots.groups(RNG.normal(size=(30, 2)), np.arange(30) % 4, [PICTURE] * 30, shown=5),
            "30 pictures in the plane of their two principal components, in groups of 8, 8, 7, 7.",
        ),
    ],
)
def test_pictures(draw, words, capsys):
    draw()
    assert words in capsys.readouterr().out


def test_a_heat_map_without_heat_is_drawn():
    crystal_plots.heat_maps([PICTURE], [np.zeros((6, 6))], ["none"])


def test_thumbnails_are_spread_out():
    points = np.array([(0.0, 0.0), (0.1, 0.0), (10.0, 0.0), (10.1, 0.0), (5.0, 9.0)])
    assert sorted(crystal_plots._spread_out(points, 3)) == [0, 3, 4]
