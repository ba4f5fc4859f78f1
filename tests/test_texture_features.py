"""Texture numbers are what theory says for pictures with a known answer, and blind to what must not matter."""

import numpy as np
import pytest

from helpers import texture_features

COLUMNS = np.indices((96, 120), float)[1]
STRIPES = np.sin(2 * np.pi * COLUMNS / 9)
DIRECTION = [name.startswith("direction") for name in texture_features.NAMES]


def noise(seed=0):
    return np.random.default_rng(seed).normal(size=(96, 120))


def test_stripes_run_in_one_direction_and_noise_in_none():
    stripes, grains = texture_features.features(STRIPES), texture_features.features(noise())
    np.testing.assert_allclose(stripes[DIRECTION], 1, atol=0.02)
    assert np.all(grains[DIRECTION] < 0.4)


def test_neither_turning_nor_light_nor_contrast_matters():
    picture = np.random.default_rng(1).gamma(2.0, size=(64, 80))
    before = texture_features.features(picture)
    for changed in (np.rot90(picture), picture[:, ::-1], 40 * picture - 7):
        np.testing.assert_allclose(texture_features.features(changed), before, rtol=1e-3, atol=1e-3)


def test_bright_specks_are_lopsided_upwards_and_dark_ones_downwards():
    specks = np.zeros((96, 96))
    specks[10::20, 10::20] = 1
    lopsided = [name.startswith("lopsidedness") for name in texture_features.NAMES]
    assert np.all(texture_features.features(specks)[lopsided][:2] > 2)
    assert np.all(texture_features.features(-specks)[lopsided][:2] < -2)


def test_an_image_of_one_grey_has_nothing():
    np.testing.assert_array_equal(texture_features.features(np.full((40, 40), 7, np.uint8)), 0)


@pytest.mark.parametrize("shape", [(31, 100), (64, 64, 3), (64,)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match=r"expected \(height, width\), 32 or more"):
        texture_features.features(np.zeros(shape))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_pixels_that_are_no_numbers_are_refused(bad):
    image = np.zeros((40, 40))
    image[3, 5] = bad
    with pytest.raises(ValueError, match="NaN or infinite; expected grey levels"):
        texture_features.features(image)
