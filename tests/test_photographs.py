"""From a photograph to heights: each step on pictures whose answer is known, and what bad pictures are answered."""

import numpy as np
import pytest
from PIL import Image

from helpers import calibration, interfaces, photographs


def scene(columns=256, rows=200, low=0.3, high=0.7, noise=0.01):
    """A sine under even light: grey values, and the height of each column."""
    heights = np.rint(rows / 2 + 25 * np.sin(np.arange(columns) / 20))
    filled = np.arange(rows)[:, None] >= rows - heights
    rng = np.random.default_rng(0)
    return (low + (high - low) * filled + noise * rng.standard_normal(filled.shape)).clip(0, 1), heights


def read(image):
    return photographs.profile(photographs.largest_cluster(photographs.threshold(image)))


def test_heights_of_a_known_line():
    image, heights = scene()
    got, overhangs = read(image)
    assert np.array_equal(got, heights)
    assert overhangs == 0


def test_the_lower_phase_may_be_the_dark_one():
    image, heights = scene(low=0.8, high=0.2)
    assert np.array_equal(read(image)[0], heights)


def test_uneven_light():
    image, heights = scene()
    rows, columns = image.shape
    light = 1 - 0.35 * np.linspace(0, 1, columns) - 0.35 * np.linspace(0, 1, rows)[:, None] ** 2
    assert (image * light)[-1].min() < (image * light)[0].max(), "one limit for all would fail"
    assert np.abs(read(image * light)[0] - heights).max() <= 1


def test_dust_is_not_the_interface():
    image, heights = scene()
    image[20:26, 40:46] = 0.7  # a bright grain above
    image[180:186, 100:106] = 0.3  # a dark one below
    assert np.array_equal(read(image)[0], heights)


def test_overhangs_count_with_their_thickness():
    cluster = np.zeros((10, 6), bool)
    cluster[5:] = True
    cluster[2, 1:4] = cluster[2:5, 1] = True  # a hook over two columns
    heights, overhangs = photographs.profile(cluster)
    assert heights.tolist() == [5, 8, 6, 6, 5, 5]
    assert overhangs == 2


def test_rotate():
    image, _ = scene()
    assert photographs.rotate(image, 0) is image
    flat = np.ones((100, 300)) * 0.5
    assert np.allclose(photographs.rotate(flat, 7), 0.5, atol=1e-5), "no empty corners"
    # A straight edge that rises by one in ten to the right is level after a turn clockwise.
    rows, columns = np.mgrid[:400, :400]
    edge = (rows > 200 - 0.1 * (columns - 200)).astype(float)
    cluster = photographs.largest_cluster(photographs.rotate(edge, -np.degrees(np.arctan(0.1))) > 0.5)
    assert np.ptp(photographs.profile(cluster)[0]) <= 1
    levelled, degrees = photographs.levelled(0.3 + 0.4 * edge)
    assert degrees == pytest.approx(-np.degrees(np.arctan(0.1)), abs=0.1)
    assert levelled.shape < edge.shape


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "P", "I;16", "1"])
def test_files_of_many_kinds(tmp_path, mode):
    image, heights = scene()
    pixels = (255 * image).astype(np.uint8)
    if mode == "I;16":
        picture = Image.fromarray(257 * pixels.astype(np.uint16))
    else:
        picture = Image.fromarray(pixels).convert(mode, **({"dither": 0} if mode == "1" else {}))
    path = tmp_path / "photograph.png"
    picture.save(path)
    grey = photographs.load(path)
    assert grey.dtype == np.float32
    assert grey.shape == image.shape
    if mode != "1":
        assert np.allclose(grey, pixels / 255, atol=0.01)
    assert np.array_equal(read(grey)[0], heights)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint16", "int32", "int64"])
@pytest.mark.parametrize("highest", [255, 1023, 65535])
def test_integers_of_any_type(dtype, highest):
    """A dim camera of 10 bits as well: it is the contrast that counts."""
    if highest > np.iinfo(dtype).max:
        pytest.skip(f"{highest} does not fit into {dtype}")
    image, heights = scene()
    assert np.array_equal(read(np.rint(highest * image).astype(dtype))[0], heights)


def test_a_photograph_that_lies_on_its_side(tmp_path):
    image, heights = scene()
    exif = Image.Exif()
    exif[0x0112] = 8  # turn by 90 degrees to see it upright
    turned = np.rot90((255 * image).astype(np.uint8), -1)
    Image.fromarray(np.ascontiguousarray(turned)).save(tmp_path / "phone.png", exif=exif)
    assert np.array_equal(read(photographs.load(tmp_path / "phone.png"))[0], heights)


def test_a_bad_file_is_named(tmp_path):
    Image.fromarray(np.full((4, 4), np.nan, np.float32)).save(tmp_path / "broken.tif")
    with pytest.raises(ValueError, match=r"broken\.tif: The image has values that are NaN"):
        photographs.load(tmp_path / "broken.tif")
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(tmp_path / "rare.png", format="PCX")
    with pytest.raises(ValueError, match=r"rare\.png cannot be read as an image"):
        photographs.load(tmp_path / "rare.png")


def test_what_is_transparent_is_white():
    pixels = np.zeros((4, 4, 4), np.uint8)
    pixels[:2, :, 3] = 255
    assert photographs.grey(pixels).tolist() == [[0] * 4] * 2 + [[1] * 4] * 2


def noise_only():
    return np.random.default_rng(0).normal(0.5, 0.1, (200, 300)).clip(0, 1)


def spike(value):
    """Three columns that are of one phase from top to bottom."""
    image, _ = scene()
    image[:, 30:33] = value
    return image


def blobs():
    rows, columns = np.mgrid[:200, :300]
    return np.where((rows % 50 - 25) ** 2 + (columns % 50 - 25) ** 2 < 200, 0.8, 0.2)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: read(np.full((100, 100), 0.5)), "blank"),
        (lambda: read(np.tile(np.linspace(0.2, 0.8, 100), (100, 1))), "photograph|no interface"),
        (lambda: read(noise_only()), "blank or too noisy"),
        (lambda: read(blobs()), "no interface from left to right"),
        (lambda: read(scene()[0].T), "no interface from left to right"),
        (lambda: photographs.grey(np.full((4, 4), np.nan)), "NaN or infinite"),
        (lambda: photographs.grey(np.full((4, 4), 7.0)), "from 7 to 7; expected 0 to 1"),
        (lambda: photographs.grey(np.zeros((4, 4, 7))), "(4, 4, 7); expected an image"),
        (lambda: photographs.grey(np.zeros(4)), "expected an image"),
        (lambda: photographs.grey(np.zeros((0, 5))), "expected an image"),
        (lambda: photographs.grey(np.full((4, 4), 1j)), "complex128; expected"),
        (lambda: photographs.grey(np.full((4, 4), -5)), "from -5 to -5"),
        (lambda: photographs.grey(np.full((4, 4), 70_000)), "from 70000 to 70000"),
        (lambda: read(spike(0.7)), "In 3 columns the interface lies outside of the image"),
        (lambda: read(spike(0.3)), "no interface from left to right"),
        (lambda: photographs.levelled(scene()[0][:, :20]), "20 columns"),
        (lambda: photographs.largest_cluster(np.zeros((0, 4))), "(0, 4)"),
        (lambda: calibration.calibrate(256, np.nan, 1.0, np.random.default_rng(0)), "width=nan"),
        (lambda: calibration.raw(np.full(100, np.nan)), "NaN"),
        (lambda: calibration.raw(0.1 * np.arange(100)), "straight line"),
        (lambda: calibration.raw(np.arange(256.0), shortest=64), "There are 256 heights"),
        (lambda: photographs.rotate(np.zeros((4, 4)), 90), "expected −45 to 45"),
        (lambda: photographs.load(__file__), "test_photographs.py cannot be read"),
        (lambda: photographs.load("nowhere.png"), "nowhere.png cannot be read"),
        (lambda: calibration.raw(np.arange(10.0)), "There are 10 heights"),
        (lambda: calibration.raw(np.arange(100.0)), "straight line"),
    ],
)
def test_bad_photographs_are_one_clear_sentence(make, words):
    with pytest.raises(ValueError, match=r"[Ee]xpected") as error:
        make()
    assert any(word in str(error.value) for word in words.split("|"))
    assert "\n" not in str(error.value)


def test_a_synthetic_photograph_is_read_as_it_was_made():
    rng = np.random.default_rng(1)
    image = photographs.synthetic(0.6, rng, tilt=3.0)
    assert image.dtype == np.uint8
    turned, _ = photographs.levelled(photographs.grey(image))
    heights, _ = read(turned)
    assert abs(np.polyfit(np.arange(len(heights)), heights, 1)[0]) < 0.02, "level"
    width = photographs.levelled_heights(heights).std()
    assert 20 < width < 40
    scale = calibration.calibrate(len(heights), width, 1.2, rng)
    zeta, low, high = scale.estimate(heights)
    assert low < zeta < high
    assert abs(zeta - 0.6) < 0.15
    with pytest.raises(ValueError, match="as calibrated"):
        scale.estimate(heights[:-1])


def test_the_calibrated_estimate_covers_the_truth():
    """Sections that a camera has seen, without the photograph: unbiased, and inside the error bar nine times in ten."""
    rng = np.random.default_rng(2)
    scale = calibration.calibrate(512, 30.0, 1.2, rng)
    truth = rng.uniform(0.2, 0.9, 150)
    sections = interfaces.sections(truth, 512, rng)
    got = np.array([scale.estimate(photographs.seen(line.astype(float), 30.0, 1.2)) for line in sections])
    assert abs(np.mean(got[:, 0] - truth)) < 0.02
    assert 0.80 <= np.mean((got[:, 1] <= truth) & (truth <= got[:, 2])) <= 0.97


def test_the_periodic_likelihood_is_biased_on_sections():
    """Why it takes a calibration."""
    from helpers import roughness

    sections = interfaces.sections(np.full(300, 0.8), 512, np.random.default_rng(3))
    assert roughness.maximum_likelihood(sections).mean() < 0.6
    assert (
        abs(
            roughness.maximum_likelihood(interfaces.heights(np.full(300, 0.8), 512, np.random.default_rng(3))).mean()
            - 0.8
        )
        < 0.02
    )
