"""The pictures of lesson 4 are drawn without a warning, and their text alternatives state what they show."""

import numpy as np
import pytest

from helpers import device, gallery, gan_plots, results
from tests.figures import strict  # noqa: F401

RNG = np.random.default_rng(0)
REAL = RNG.normal(RNG.choice([-2.0, 2.0], 4000), 0.5)
SHARES = {"real": np.full(10, 0.1), "GAN": np.arange(10) / 45}


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: gan_plots.forged_numbers(REAL, [REAL - 9, REAL + 9, REAL]), "on the left: 100%, 0%, 4"),
        (
            lambda: gan_plots.forged_numbers(REAL, [REAL / 20, REAL * 2]),
            "Their spread: 0.1, 4.1; that of the real ones 2.1.",
        ),
        (
            lambda: gan_plots.game({"discriminator": [2, 1.4], "generator": [1, 0.7]}),
            "discriminator 1.40 (theory 1.39)",
        ),
        (lambda: gan_plots.detective(REAL, REAL, lambda numbers: numbers * 0 + 0.5), "between 0.50 and 0.50"),
        (lambda: gan_plots.four_games(results.gan_curves()), "spread of 4 games"),
        (
            lambda: gan_plots.four_games(results.gan_curves()),
            "spread 0.13 of 2.06, beyond its axis in epoch 1: 4.2, beyond its axis in epoch 8: 6.7; B",
        ),
        (lambda: gan_plots.class_shares(SHARES), "GAN from 0.0% to 20.0%"),
        (lambda: gan_plots.distances({"GAN": 20.0, "noise": 900.0, "real": 1.5}), "noise 900, GAN 20, real 1.5"),
    ],
)
def test_pictures(draw, words, capsys):
    draw()
    assert words in capsys.readouterr().out


def test_the_best_answer_of_the_detective(capsys):
    """Forged numbers on one hump only: on the other p / (p + g) is 1, on this one 1/3."""
    gan_plots.detective(REAL, RNG.normal(2, 0.5, 4000), lambda numbers: numbers * 0 + 0.5)
    text = capsys.readouterr().out.split("the best answer between ")[1]
    low, high = (float(number) for number in text.split(".]")[0].rstrip(".]\n").split(" and "))
    assert low == pytest.approx(1 / 3, abs=0.06)
    assert high == pytest.approx(1, abs=0.01)


def test_a_strip_of_moments(capsys):
    frames = gallery.Frames(columns=3)
    for step in range(10):
        frames.add(np.zeros((6, 4, 4), np.uint8), f"step {step}")
    frames.strip(3)
    assert "The same 3 points of noise at 3 moments: step 0, step 4, step 9." in capsys.readouterr().out


def test_a_lesson_for_another_backend():
    with pytest.raises(RuntimeError, match=r"written for abacus, and Keras runs on tensorflow.*KERAS_BACKEND=abacus"):
        device.start(only="abacus")
