"""Distances from what is familiar, against what theory says of Gaussians, and what the network that ships refuses."""

import re

import numpy as np
import pytest

from helpers import crystal_network, crystals, digits, interfaces, lattice_sets, neither


def gaussian(count, d=6, seed=0):
    """Numbers of known mean and covariance, and both: correlated, and of very different sizes."""
    rng = np.random.default_rng(seed)
    mixed = (np.eye(d) + 0.5 * np.eye(d, k=1)) * 10.0 ** np.arange(-3, d - 3)
    return rng.normal(size=(count, d)) @ mixed + 5, np.full(d, 5), mixed.T @ mixed


def test_the_distance_is_that_of_mahalanobis():
    """Squared, it is (x − μ)ᵀ Σ⁻¹ (x − μ), and for a Gaussian of d dimensions chi squared with d degrees of freedom."""
    numbers, mean, covariance = gaussian(40_000)
    familiar = neither.fit(numbers[:20_000])
    away = numbers[20_000:] - mean
    expected = np.sqrt(np.einsum("ni,ij,nj->n", away, np.linalg.inv(covariance), away))
    found = neither.distance(familiar, numbers[20_000:])
    assert np.allclose(found, expected, rtol=0.02, atol=0.02)
    assert np.mean(found**2) == pytest.approx(6, rel=0.03)
    assert np.var(found**2) == pytest.approx(12, rel=0.1)


def test_units_do_not_matter():
    numbers, _, _ = gaussian(500)
    units = np.array([1e-3, 1, 1e3, 7, -2, 1e5])
    one, other = (neither.distance(neither.fit(x), x) for x in (numbers, numbers * units))
    assert np.allclose(one, other, rtol=1e-3)


def test_few_pictures_and_maps_that_are_always_dark():
    numbers = np.random.default_rng(0).normal(size=(30, 50))
    numbers[:, 7] = 0
    found = neither.distance(neither.fit(numbers), numbers)
    assert np.isfinite(found).all()
    assert found.min() > 0


def test_the_threshold_is_the_share_of_false_alarms():
    numbers, _, _ = gaussian(40_000)
    familiar = neither.fit(numbers[:20_000])
    distances = neither.distance(familiar, numbers[20_000:])
    limit = neither.threshold(distances, 0.05)
    assert np.mean(distances > limit) == pytest.approx(0.05, abs=1e-3)
    assert np.allclose(
        neither.distance(neither.scaled(familiar, limit), numbers), neither.distance(familiar, numbers) / limit
    )


@pytest.fixture(scope="module")
def tiny():
    """A network with one block: the image, and its double."""
    import keras

    convolution = keras.layers.Conv2D(2, 1, use_bias=False, name="block1")
    network = keras.Sequential([keras.Input((8, 8, 1)), convolution])
    convolution.set_weights([np.array([1, 2], np.float32).reshape(1, 1, 1, 2)])
    return network


def images(count=5, side=8, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, side, side, 1), np.uint8)


def test_statistics_are_means_and_spreads(tiny):
    made = images()
    grey, spread = made.mean(axis=(1, 2, 3)), made.std(axis=(1, 2, 3))
    maps = np.log([grey, 2 * grey, spread, 2 * spread])
    expected = np.stack([*maps, grey, spread, spread / (grey + 1)], axis=-1)
    assert np.allclose(neither.statistics(tiny, made), expected, rtol=1e-3)


def test_statistics_do_not_change_when_a_picture_is_turned():
    body = crystal_network.body(32)
    for block in ("block1", "block3"):
        turned = np.stack(crystals.symmetries(images(1, 32)[0]))
        found = neither.statistics(body, turned, [block])
        assert np.allclose(found, found[0], rtol=1e-4, atol=1e-5)
        assert not np.allclose(found[0], neither.statistics(body, images(1, 32, seed=1), [block])[0], rtol=1e-2)


def test_one_network_says_both(tiny):
    import keras

    made = images(50)
    described = neither.describing(tiny)
    familiar = neither.fit(described.predict(made, verbose=0))
    picture = keras.Input((8, 8, 1))
    classes = keras.Model(picture, {"a": keras.ops.mean(picture, axis=(1, 2, 3)) / 255})
    answer = neither.judging(classes, described, familiar).predict(made, verbose=0)
    assert list(answer) == ["a", "strangeness"]
    assert np.allclose(answer["a"], made.mean(axis=(1, 2, 3)) / 255)
    expected = neither.distance(familiar, described.predict(made, verbose=0))
    assert np.allclose(answer["strangeness"], expected, rtol=1e-3)


def test_what_is_saved_is_read(tmp_path):
    familiar = neither.fit(gaussian(100)[0])
    neither.save(familiar, tmp_path / "familiar.npz", crystal_network.weights_hash())
    again = neither.load(tmp_path / "familiar.npz")
    assert all(np.array_equal(a, b) for a, b in zip(familiar, again, strict=True))


def test_other_weights_are_refused(tmp_path, monkeypatch):
    path, weights = tmp_path / "familiar.npz", tmp_path / "crystals.weights.h5"
    weights.write_bytes(b"some weights")
    monkeypatch.setattr(crystal_network, "WEIGHTS", weights)
    neither.save(neither.fit(gaussian(100)[0]), path, crystal_network.weights_hash())
    neither.load(path)
    weights.write_bytes(b"other weights")
    with pytest.raises(ValueError, match=r"belongs to other weights than .*; run: make neither$"):
        neither.load(path)
    weights.unlink()
    with pytest.raises(FileNotFoundError, match="make crystal-network"):
        neither.load(path)


GOOD = {"mean": np.zeros(2, np.float32), "whitening": np.eye(2, dtype=np.float32), "weights": np.array("0123")}
SPOILT = {
    "a pickle": {"mean": np.array([{}])},
    "other shapes": {"mean": np.zeros(3, np.float32)},
    "words": {"mean": np.array(["a", "b"])},
    "NaN": {"whitening": np.full((2, 2), np.nan, np.float32)},
    "infinite": {"mean": np.array([0, np.inf], np.float32)},
}


@pytest.mark.parametrize("kind", ["text", "empty", *GOOD, *SPOILT])
def test_another_file_is_refused(tmp_path, kind):
    path = tmp_path / "familiar.npz"
    if kind in ("text", "empty"):
        path.write_text("a login page" if kind == "text" else "", encoding="utf-8")
    else:  # one array is spoilt, or it is left out
        arrays = GOOD | SPOILT.get(kind, {})
        np.savez(path, **{name: array for name, array in arrays.items() if name != kind})
    with pytest.raises(ValueError, match=re.escape(str(path)) + ".*make neither") as raised:
        neither.load(path)
    assert "other weights" not in str(raised.value)


def test_a_file_that_may_not_be_read_is_not_called_spoilt(tmp_path, monkeypatch):
    def refused(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(np, "load", refused)
    with pytest.raises(OSError, match=r"could not be read \(.*Permission denied\)"):
        neither.load(tmp_path / "familiar.npz")


def test_a_missing_file_says_how_to_make_it(tmp_path):
    with pytest.raises(FileNotFoundError, match="make neither"):
        neither.load(tmp_path / "familiar.npz")


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: neither.fit(np.zeros(5)), "shape (5,)"),
        (lambda: neither.fit(np.full((5, 2), np.nan)), "all finite"),
        (lambda: neither.distance(neither.fit(gaussian(9)[0]), np.zeros((4, 5))), "shape (4, 5); expected (n, 6)"),
        (lambda: neither.distance(neither.fit(gaussian(9)[0]), np.zeros(6)), "shape (6,); expected (n, 6)"),
        (lambda: neither.threshold([1, 2], 0), "false alarms is 0"),
        (lambda: neither.threshold([1, 2], 5), "false alarms is 5"),
    ],
)
def test_what_cannot_be_is_refused(call, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        call()


def test_the_network_that_ships_knows_strangers():
    """New crystals are let through, whatever is no photograph is not; `make neither` measures it with many more."""
    body = crystal_network.load_classifier().layers[0]
    familiar = neither.load()
    rng = np.random.default_rng(0)
    strangers = {
        "digits": digits.enlarged_digits().x_test[:60],
        "interfaces": interfaces.stream(0, batch=40, batches=1)[0][0],
        "lattices": [image for image, _, _ in lattice_sets.repaired(0, 3)],
        "noise": rng.integers(0, 256, (20, 96, 96), np.uint8),
        "plain": [np.full((96, 96), grey, np.uint8) for grey in range(0, 256, 17)],
    }
    pictures = {"crystals": [image for image, _, _ in crystals.drawn(987, 150)]} | strangers
    squashed = [crystals.squashed(np.ascontiguousarray(image)) for images in pictures.values() for image in images]
    found = neither.distance(familiar, neither.statistics(body, np.stack(squashed)[..., np.newaxis])) > 1
    refused = np.split(found, np.cumsum([len(images) for images in pictures.values()])[:-1])
    shares = {name: np.mean(own) for name, own in zip(pictures, refused, strict=True)}
    assert shares.pop("crystals") <= 0.05
    assert min(shares.values()) > 0.9, shares
