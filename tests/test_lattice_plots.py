"""The pictures of lesson 6 are drawn without a warning, and their text alternatives state what they show."""

import numpy as np
import pytest

from helpers import lattice_plots, lattices, peaks, stem
from tests.figures import strict  # noqa: F401

IMAGE = stem.intensity(lattices.columns(lattices.PUBLISHED["cubic_bcc"], 24, (96, 96)), (96, 96))
DOSES = np.array([[np.nan, 2.0, np.inf], [2.0, np.nan, 0.5], [np.inf, 0.5, np.nan]])


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: lattice_plots.images([IMAGE] * 6, list("abcdef")), "Images of lattices: a, b, c, d, e, f."),
        (lambda: lattice_plots.images([IMAGE], ["clean"], said="One"), "One: clean."),
        (
            lambda: lattice_plots.microscope(lambda dose, row_shift: IMAGE, dose=(1, 9, 5), row_shift=(0, 3, 0)),
            "Sliders stand here in a running notebook: dose, row shift.",
        ),
        (lambda: lattice_plots.spectrum(IMAGE, peaks.peaks(IMAGE)[0], "cubic"), "pairs of peaks lie on a grid"),
        (
            lambda: lattice_plots.against_images({"tuned": [[0.3, 0.4, 0.5], [0.8, 0.9, 1.0]]}, [50, 200]),
            "with 50, 200 training images: tuned 40%, 90%.",
        ),
        (
            lambda: lattice_plots.against_dose(
                [0.1, 1, 10], {"oracle": [0.5, 0.9, 1], "network": [0.1, 0.2, 0.9]}, 0.1
            ),
            "Accuracy at doses of 0.1, 1, 10 electrons: oracle 50%, 90%, 100%; network 10%, 20%, 90%.",
        ),
        (
            lambda: lattice_plots.merging(DOSES, ["a", "b", "c"]),
            "the highest finite one is 2 electrons, of a and b. No dose separates a and c.",
        ),
    ],
)
def test_pictures(draw, words, capsys):
    draw()
    assert words in capsys.readouterr().out


def test_the_picture_under_the_sliders_is_a_png():
    assert lattice_plots._png(IMAGE).startswith(b"\x89PNG")
