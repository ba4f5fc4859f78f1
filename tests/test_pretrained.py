"""Networks that have seen images before: where their weights come from, and what is refused."""

import hashlib
import re
import sys
import urllib.error

import numpy as np
import pytest

from helpers import digits, pretrained, textures


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    """Empty folders in place of the data and of Keras's cache."""
    for name in ("data", "keras"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("WORKSHOP_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return tmp_path


def pictures(count=8, side=96):
    return np.random.default_rng(0).integers(0, 256, (count, side, side, 1), np.uint8)


def test_our_weights_ship_with_the_workshop_and_know_textures():
    """Textures of one family lie closer together in the features than those of different families."""
    network = pretrained.backbone("textures")
    families = ["stripes", "cracks", "spots", "chequers"]
    made = [textures.texture(name, 96, np.random.default_rng(seed)) for name in families for seed in range(6)]
    features = network.predict(np.stack(made)[..., np.newaxis], verbose=0).reshape(4, 6, -1)
    inside = features.std(axis=1).mean()
    assert features.mean(axis=1).std(axis=0).mean() > 1.5 * inside


@pytest.mark.parametrize("name", pretrained.IMAGENET)
def test_features_and_preprocessing_are_those_of_keras(name):
    import keras

    module = getattr(keras.applications, pretrained.IMAGENET[name].module)
    inner = getattr(module, name)(include_top=False, weights=None, input_shape=(96, 96, 3), pooling="avg")
    network = pretrained.backbone(name, weights=None)
    own = next(layer for layer in network.layers if len(layer.weights) > 10)
    own.set_weights(inner.get_weights())
    colours = np.repeat(pictures(2), 3, axis=-1).astype("float32")
    expected = inner.predict(module.preprocess_input(colours.copy()), verbose=0)
    assert np.allclose(network.predict(pictures(2), verbose=0), expected, rtol=1e-3, atol=1e-4)


def stand_in(path, name, monkeypatch):
    """A weights file of the right shape under the published name, whose hash is taken for the published one."""
    import h5py
    import keras
    from keras.src.legacy.saving import legacy_h5_format

    module = getattr(keras.applications, pretrained.IMAGENET[name].module)
    inner = getattr(module, name)(include_top=False, weights=None, input_shape=(96, 96, 3))
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:  # the published files are in the format of Keras 2
        legacy_h5_format.save_weights_to_hdf5_group(file, inner)
    digest = hashlib.md5(path.read_bytes()).hexdigest()
    monkeypatch.setitem(pretrained.IMAGENET, name, pretrained.IMAGENET[name]._replace(md5=digest))
    return inner


@pytest.mark.parametrize("folder", ["data", "keras/models"])
def test_imagenet_weights_are_found_and_loaded(places, monkeypatch, folder):
    name = "EfficientNetV2B0"
    path = places / folder / "efficientnetv2-b0_notop.h5"
    inner = stand_in(path, name, monkeypatch)
    assert pretrained.weights_file(name) == path
    loaded = next(layer for layer in pretrained.backbone(name).layers if len(layer.weights) > 10)
    assert all(np.array_equal(a, b) for a, b in zip(loaded.get_weights(), inner.get_weights(), strict=True))


def test_another_file_of_that_name_is_refused(places):
    path = places / "data" / "efficientnetv2-b0_notop.h5"
    path.write_bytes(b"a login page")
    with pytest.raises(ValueError, match=r"has the MD5 hash .* another file"):
        pretrained.weights_file("EfficientNetV2B0")


def test_without_weights_it_says_how_to_get_them():
    assert pretrained.weights_file("VGG16") is None
    with pytest.raises(FileNotFoundError, match="download=True"):
        pretrained.backbone("VGG16")


@pytest.mark.parametrize(("contents", "good"), [(b"weights", True), (b"a login page", False)])
def test_downloads_are_checked(places, monkeypatch, contents, good):
    """From a local address; what arrives has to have the hash."""
    source = places / "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5"
    source.write_bytes(contents)
    published = pretrained.Published("vgg16", source.as_uri(), hashlib.md5(b"weights").hexdigest())
    monkeypatch.setitem(pretrained.IMAGENET, "VGG16", published)
    target = places / "keras" / "models" / source.name
    if good:
        assert pretrained.weights_file("VGG16", download=True) == target
    else:
        with pytest.raises(OSError, match="another hash"):
            pretrained.weights_file("VGG16", download=True)
        assert not target.exists()


def test_other_weights_are_refused(places):
    wrong = pretrained.small_residual(96)
    path = places / "wrong.weights.h5"
    wrong.save_weights(path)
    with pytest.raises(ValueError, match=re.escape(f"{path} does not hold the weights of EfficientNetV2B0")):
        pretrained.backbone("EfficientNetV2B0", weights=path)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: pretrained.backbone("ResNet18"), "no network 'ResNet18'"),
        (lambda: pretrained.backbone("textures", side=64), "The side is 64"),
        (lambda: textures.texture("wool", 96, np.random.default_rng(0)), "no family 'wool'"),
        (lambda: textures.texture("stripes", 16, np.random.default_rng(0)), "The side is 16"),
    ],
)
def test_what_cannot_be_is_refused(call, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        call()


@pytest.mark.parametrize("family", textures.FAMILIES)
def test_textures_use_all_greys_and_differ(family):
    one, other = (textures.texture(family, 96, np.random.default_rng(seed)) for seed in (1, 2))
    assert one.dtype == np.uint8
    assert (one.min(), one.max()) == (0, 255)
    assert not np.array_equal(one, other)
    assert np.array_equal(one, textures.texture(family, 96, np.random.default_rng(1)))


def test_the_stream_makes_new_textures_in_every_epoch():
    stream = textures.stream(seed=1, side=32, batch=4, batches=2)
    first, families = stream[0]
    assert first.shape == (4, 32, 32, 1)
    assert families.shape == (4,)
    assert np.array_equal(first, stream[0][0])
    stream.on_epoch_end()
    assert not np.array_equal(first, stream[0][0])


@pytest.mark.parametrize("names", [["ResNet50", "ResNet101"], []])
def test_the_command_says_what_is_missing(places, monkeypatch, capsys, names):
    def no_network(*request, **options):
        raise urllib.error.URLError("no network")

    monkeypatch.setattr(digits.urllib.request, "urlopen", no_network)
    monkeypatch.setattr(sys, "argv", ["pretrained", *names])
    assert pretrained.main() == (pretrained.MISSING if names else 0)
    said = capsys.readouterr().err
    assert all(f"No weights of {name}: no network" in said for name in names)


def test_the_command_refuses_an_unknown_name(monkeypatch, capsys):
    """With another exit code than for a network that is missing, so that an image is not built without them."""
    monkeypatch.setattr(sys, "argv", ["pretrained", "ResNet5O"])
    with pytest.raises(SystemExit, match="2"):
        pretrained.main()
    assert "there is no network 'ResNet5O' here; expected names among" in capsys.readouterr().err
