"""Interfaces against theory: structure factor, width, increments of sections, faults of the published generator."""

import numpy as np
import pytest

from helpers import interfaces, roughness

LENGTH = 128


def fitted(heights):
    """Slope of the logarithm of the mean structure factor."""
    q = interfaces.wavenumbers(heights.shape[-1])
    return roughness.slope(np.log(q), np.log(roughness.power(heights).mean(axis=0)))


@pytest.mark.parametrize("zeta", np.arange(1, 11) / 10)
def test_structure_factor_and_width(zeta):
    amplitude = 3.0
    heights = interfaces.heights(np.full(20_000, zeta), LENGTH, np.random.default_rng(1), amplitude)
    spectrum = amplitude * interfaces.wavenumbers(LENGTH) ** (-1 - 2 * zeta)
    assert heights.dtype == np.float32
    assert abs(fitted(heights) + 1 + 2 * zeta) < 0.02
    assert np.mean(heights.astype(float) ** 2) == pytest.approx(2 / LENGTH * spectrum.sum(), rel=0.02)
    assert np.allclose(roughness.power(heights).mean(axis=0), spectrum, rtol=0.05)


def test_real_and_imaginary_parts_are_independent_gaussians():
    noise = interfaces.modes(LENGTH, np.random.default_rng(2), (20_000,))
    assert noise.dtype == np.complex64
    parts = np.stack([noise.real, noise.imag], axis=-1).astype(float)
    assert np.allclose(parts.var(axis=0), 0.5, atol=0.03)
    assert abs(np.mean(parts[..., 0] * parts[..., 1])) < 0.002
    assert np.mean(parts**4) / np.mean(parts**2) ** 2 == pytest.approx(3, abs=0.03)


@pytest.mark.parametrize("zeta", [0.2, 0.5, 0.8])
def test_sections_have_the_increments_of_the_interface_that_they_are_cut_from(zeta):
    length, times = 64, 8
    heights = interfaces.sections(np.full(20_000, zeta), length, np.random.default_rng(3), times=times).astype(float)
    q = interfaces.wavenumbers(times * length)
    for lag in (1, 5, 20, 60):
        expected = 4 / (times * length) * np.sum(q ** (-1 - 2 * zeta) * (1 - np.cos(q * lag)))
        assert np.mean((heights[:, lag:] - heights[:, :-lag]) ** 2) == pytest.approx(expected, rel=0.04)
    assert np.mean((heights[:, 0] - heights[:, -1]) ** 2) > 4 * np.mean((heights[:, 1] - heights[:, 0]) ** 2)


def test_the_same_noise_at_another_exponent():
    noise = interfaces.modes(LENGTH, np.random.default_rng(4), (3,))
    rough, smooth = (interfaces.from_modes(noise, zeta) for zeta in (0.3, 0.8))
    spectra = [np.fft.rfft(heights)[:, 1:-1] for heights in (rough, smooth)]
    assert np.allclose(np.angle(spectra[0] / spectra[1]), 0, atol=1e-3)
    assert interfaces.heights(0.5, LENGTH, np.random.default_rng(5)).shape == (LENGTH,)
    assert interfaces.heights(np.full((2, 3), 0.5), LENGTH, np.random.default_rng(5)).shape == (2, 3, LENGTH)


def test_images_are_filled_below_the_interface():
    heights = np.array([[0, 1, -1.4, 100, -100, 0.6, 0, 0]])
    (image,) = interfaces.images(heights, rows=8)
    assert image.dtype == np.uint8
    assert set(np.unique(image)) == {0, interfaces.FILLED}
    assert (image == interfaces.FILLED).sum(axis=0).tolist() == [4, 5, 3, 8, 0, 5, 4, 4]
    assert np.all(np.diff(image.astype(int), axis=0) <= 0), "filled from row 0 upwards"


def test_an_amplitude_for_each_interface_has_its_own_noise():
    heights = interfaces.heights(0.5, LENGTH, np.random.default_rng(5), np.array([1.0, 1.0, 4.0]))
    assert heights.shape == (3, LENGTH)
    assert not np.allclose(heights[0], heights[1])


def test_tall_images_have_more_than_255_rows():
    (image,) = interfaces.images(np.array([[0.0, 149, -150, 400, 0, 0, 0, 0]]), rows=300)
    assert (image > 0).sum(axis=0).tolist() == [150, 299, 0, 300, 150, 150, 150, 150]


def test_images_that_are_scaled_say_nothing_about_the_amplitude():
    heights = interfaces.heights(np.full(50, 0.5), LENGTH, np.random.default_rng(6))
    small, large = (interfaces.images(factor * heights, width=10.0) for factor in (1.0, 8.0))
    assert np.array_equal(small, large)
    columns = (small == interfaces.FILLED).sum(axis=1)
    assert np.allclose(columns.std(axis=1), 10, atol=0.3)


def test_a_stream_never_repeats_itself_and_can_be_repeated():
    stream = interfaces.stream(seed=1, length=32, batch=16, batches=3)
    first, exponents = stream[0]
    assert first.shape == (16, 32, 32)
    assert first.dtype == np.uint8
    assert exponents.dtype == np.float32
    assert len(stream) == 3
    assert not np.array_equal(first, stream[1][0])
    stream.on_epoch_end()
    assert not np.array_equal(first, stream[0][0])
    assert np.array_equal(first, interfaces.stream(seed=1, length=32, batch=16, batches=3)[0][0])


@pytest.mark.parametrize(("zeta", "slope"), [(0.2, -1.25), (0.5, -1.80), (0.8, -2.34)])
def test_the_published_generator_has_its_faults(zeta, slope):
    heights, classes = interfaces.published([zeta], 4000, LENGTH, np.random.default_rng(7))
    assert heights.shape == (4000, LENGTH)
    assert not classes.any()
    assert abs(fitted(heights) - slope) < 0.02
    repaired, _ = interfaces.published([zeta], 4000, LENGTH, np.random.default_rng(7), False, False, False)
    assert abs(fitted(repaired) + 1 + 2 * zeta) < 0.02
    # What its notes say: A = length / 16.
    spectrum = LENGTH / 16 * interfaces.wavenumbers(LENGTH) ** (-1 - 2 * zeta)
    assert np.allclose(roughness.power(repaired).mean(axis=0), spectrum, rtol=0.12)


def test_each_fault_is_a_switch_of_its_own():
    def made(**switches):
        off = dict.fromkeys(("shared_phases", "real_amplitude", "off_by_one"), False)
        return interfaces.published([0.5], 4000, LENGTH, np.random.default_rng(8), **(off | switches))[0]

    def phases(heights):
        return np.angle(np.fft.rfft(heights, axis=-1)[:, 1:-1])

    def kurtosis(heights):
        sizes = np.abs(np.fft.rfft(heights, axis=-1)[:, 1:-1]) ** 2
        return np.mean(np.mean(sizes**2, axis=0) / np.mean(sizes, axis=0) ** 2)

    clean, shared, real, shifted = made(), made(shared_phases=True), made(real_amplitude=True), made(off_by_one=True)
    # The phases of one mode over the interfaces: spread evenly, or all the same (a real amplitude adds π to half).
    concentration = {
        name: np.abs(np.exp(2j * phases(heights)).mean(axis=0)).mean()
        for name, heights in (
            ("clean", clean),
            ("shared", shared),
            ("real", real),
            ("both", made(shared_phases=True, real_amplitude=True)),
        )
    }
    assert concentration["clean"] < 0.05 > concentration["real"]
    assert concentration["shared"] > 0.99 < concentration["both"]
    # ⟨|z|⁴⟩ / ⟨|z|²⟩² is 2 for a complex Gaussian, 3 for a real one.
    assert kurtosis(clean) == pytest.approx(2, abs=0.05)
    assert kurtosis(shared) == pytest.approx(2, abs=0.05)
    assert kurtosis(real) == pytest.approx(3, abs=0.1)
    assert fitted(shifted) > fitted(clean) + 0.1


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda rng: interfaces.heights(0.5, 127, rng), "127; expected an even whole"),
        (lambda rng: interfaces.heights(0.5, 4, rng), "8 or more"),
        (lambda rng: interfaces.heights(1.3, 64, rng), "1.3; expected 0 to 1.2"),
        (lambda rng: interfaces.heights([0.5, -0.1], 64, rng), "-0.1; expected 0 to 1.2"),
        (lambda rng: interfaces.heights(np.nan, 64, rng), "nan; expected 0 to 1.2"),
        (lambda rng: interfaces.heights(0.5, 64, rng, 0.0), "amplitude is 0; expected a positive"),
        (lambda rng: interfaces.heights(0.5, 64, rng, np.inf), "amplitude is inf"),
        (lambda rng: interfaces.sections(0.5, 64, rng, times=1), "times is 1"),
        (lambda rng: interfaces.images(np.full((2, 8), np.nan)), "NaN or infinite"),
        (lambda rng: interfaces.images(np.zeros((2, 8)), width=3.0), "flat"),
        (lambda rng: interfaces.heights(0.5, 64.0, rng), "64.0; expected an even"),
        (lambda rng: interfaces.heights(0.5, None, rng), "None; expected an even"),
        (lambda rng: interfaces.sections(0.5, 63, rng), "63; expected an even"),
        (lambda rng: interfaces.images(np.eye(8), width=-3.0), "width is -3"),
        (lambda rng: interfaces.images(np.eye(8), width=np.nan), "width is nan"),
        (lambda rng: interfaces.images(np.eye(8), rows=0), "0 rows; expected"),
        (lambda rng: interfaces.stream(1, zetas=(0.9, 0.1)), "smaller one first"),
        (lambda rng: interfaces.stream(1, batch=0), "expected 1 or more"),
        (lambda rng: interfaces.published([2.0], 3, 64, rng), "2; expected 0 to 1.2"),
    ],
)
def test_bad_input_is_one_clear_sentence(make, words):
    with pytest.raises(ValueError, match="expected") as error:
        make(np.random.default_rng(0))
    assert words in str(error.value)
    assert "\n" not in str(error.value)
