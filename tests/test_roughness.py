"""Estimators against the bound, and the best possible scores against those that were measured before."""

import numpy as np
import pytest

from helpers import interfaces, roughness

CLASSES = np.arange(1, 21) / 20


@pytest.mark.parametrize(("length", "over"), [(64, 1.08), (128, 1.05), (256, 1.03), (512, 1.03)])
@pytest.mark.parametrize("known", [True, False])
def test_maximum_likelihood_reaches_the_bound(length, over, known):
    zeta = np.random.default_rng(1).uniform(0.05, 1, 12_000)
    heights = interfaces.heights(zeta, length, np.random.default_rng(2))
    error = roughness.maximum_likelihood(heights, 1.0 if known else None) - zeta
    ratio = np.sqrt(np.mean(error**2)) / roughness.cramer_rao(length, known)
    assert 0.98 < ratio < over
    assert abs(error.mean()) < 0.02


#: Accuracy with 20 classes, amplitude known and unknown.
CEILINGS = {64: (0.227, 0.221), 128: (0.314, 0.312), 256: (0.435, 0.430), 512: (0.583, 0.578)}


@pytest.mark.parametrize("length", CEILINGS)
def test_the_best_accuracy_of_a_classifier(length):
    classes = np.random.default_rng(3).integers(0, 20, 40_000)
    heights = interfaces.heights(CLASSES[classes], length, np.random.default_rng(4))
    for amplitude, expected in zip((1.0, None), CEILINGS[length], strict=True):
        right = np.mean(roughness.most_probable(heights, CLASSES, amplitude) == classes)
        assert abs(right - expected) < 0.01


def test_the_best_accuracy_on_the_published_interfaces():
    """With phases of their own; its one part for each mode carries half the information."""
    length = 128
    heights, classes = interfaces.published(CLASSES, 2000, length, np.random.default_rng(5), shared_phases=False)
    q = interfaces.wavenumbers(length) + 2 * np.pi / length
    right = np.mean(roughness.most_probable(heights, CLASSES, length / 16, q, parts=1) == classes)
    assert abs(right - 0.227) < 0.01
    assert roughness.fisher_information(length, parts=1) == roughness.fisher_information(length) / 2


def test_the_posterior_mean_beats_the_bound_by_knowing_the_range():
    zeta = np.random.default_rng(6).uniform(0.05, 1, 20_000)
    heights = interfaces.heights(zeta, 128, np.random.default_rng(7))
    error = np.sqrt(np.mean((roughness.posterior_mean(heights) - zeta) ** 2))
    assert abs(error - 0.067) < 0.001
    assert error < roughness.cramer_rao(128) == pytest.approx(0.070, abs=0.0005)
    assert np.sqrt(np.mean((roughness.posterior_mean(heights, amplitude=1.0) - zeta) ** 2)) < error


def test_rounding_to_pixels_costs_little_if_it_is_known():
    zeta = np.random.default_rng(13).uniform(0.05, 1, 4000)
    heights = interfaces.scaled(interfaces.heights(zeta, 128, np.random.default_rng(14)), 10.0)

    def rms(answers):
        return np.sqrt(np.mean((answers - zeta) ** 2))

    exact, pixels = rms(roughness.posterior_mean(heights)), np.rint(heights)
    assert exact < rms(roughness.posterior_mean(pixels, noise=1 / 12)) < 1.08 * exact
    assert rms(roughness.posterior_mean(pixels)) > 1.2 * exact, "taken for exact, they mislead"
    # Next to no noise changes next to nothing.
    few = heights[:200]
    assert np.allclose(roughness.posterior_mean(few, noise=1e-9), roughness.posterior_mean(few), atol=2e-3)


def test_an_estimate_does_not_depend_on_its_neighbours():
    heights = interfaces.heights(np.full(5, 0.5), 128, np.random.default_rng(15))
    loud = np.concatenate([heights, 1e4 * heights])
    alone, among = (roughness.posterior_mean(lines, noise=1 / 12)[:5] for lines in (heights, loud))
    assert np.allclose(alone, among, atol=1e-3)


def test_a_mode_may_be_missing():
    """In a line of whole pixels some can be exactly zero; that is no reason for NaN."""
    steps = np.repeat([0.0, 1.0], 32)
    assert np.isfinite(roughness.maximum_likelihood(steps))
    with pytest.raises(ValueError, match="A wave is missing"):
        roughness.structure_factor_fit(steps)


@pytest.mark.parametrize("name", ["width", "height difference", "detrended fluctuation"])
def test_short_lines_are_refused(name):
    with pytest.raises(ValueError, match="expected 32 or more"):
        roughness.CLASSICAL[name](np.random.default_rng(0).normal(size=16))


@pytest.mark.parametrize("wrong", [{"zetas": (0.9, 0.1)}, {"noise": -1.0}])
def test_a_posterior_that_cannot_be(wrong):
    heights = interfaces.heights(np.full(2, 0.5), 64, np.random.default_rng(0))
    with pytest.raises(ValueError, match="expected"):
        roughness.posterior_mean(heights, **wrong)


def test_the_amplitude_unknown_is_no_hindrance():
    heights = interfaces.heights(np.full(10, 0.4), 128, np.random.default_rng(8))
    for estimate in (roughness.maximum_likelihood, roughness.posterior_mean, *roughness.CLASSICAL.values()):
        assert np.allclose(estimate(heights), estimate(7.0 * heights), atol=1e-5)


def test_the_likelihood_is_that_of_gaussians():
    """Against the textbook's density of independent complex Gaussians, mode by mode."""
    length, zetas = 32, np.array([0.2, 0.7])
    heights = interfaces.heights(np.full(3, 0.5), length, np.random.default_rng(9))
    u = np.fft.rfft(heights.astype(float), axis=-1)[:, 1:-1] / np.sqrt(length)
    q = interfaces.wavenumbers(length)
    for column, zeta in enumerate(zetas):
        variance = q ** (-1 - 2 * zeta) / 2
        parts = np.stack([u.real, u.imag])
        expected = np.sum(-0.5 * np.log(variance) - parts**2 / (2 * variance), axis=(0, 2))
        got = roughness.log_likelihood(roughness.power(heights), zetas, 1.0)[:, column]
        assert np.allclose(expected - got, (expected - got)[0], rtol=1e-6)


def _long(zeta):
    """Interfaces so long that finite size hardly matters to the estimators of the increments."""
    return interfaces.sections(np.full(40, zeta), 8192, np.random.default_rng(10), times=4)


@pytest.mark.parametrize("zeta", [0.3, 0.5, 0.7])
@pytest.mark.parametrize(
    ("name", "within"), [("width", 0.09), ("height difference", 0.06), ("detrended fluctuation", 0.06)]
)
def test_estimators_of_the_increments_on_long_sections(name, within, zeta):
    assert abs(roughness.CLASSICAL[name](_long(zeta)).mean() - zeta) < within


@pytest.mark.parametrize("zeta", [0.2, 0.5, 0.8])
def test_the_fit_of_the_structure_factor_is_unbiased(zeta):
    heights = interfaces.heights(np.full(5000, zeta), 128, np.random.default_rng(11))
    assert abs(roughness.structure_factor_fit(heights).mean() - zeta) < 0.01


def test_detrended_fluctuation_ignores_a_tilt():
    heights = interfaces.sections(np.full(5, 0.5), 512, np.random.default_rng(12)).astype(float)
    tilted = heights + 0.5 * np.arange(512)
    assert np.allclose(roughness.detrended_fluctuation(heights), roughness.detrended_fluctuation(tilted))


@pytest.mark.parametrize(
    ("heights", "words"),
    [
        (np.zeros(64), "flat"),
        (np.full(64, np.nan), "NaN or infinite"),
        (np.arange(9.0), "9; expected an even whole"),
        (np.float64(3), "one number"),
    ],
)
def test_bad_heights_are_one_clear_sentence(heights, words):
    for estimate in (roughness.maximum_likelihood, *roughness.CLASSICAL.values()):
        with pytest.raises(ValueError, match=words):
            estimate(heights)
