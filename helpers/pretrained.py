"""Networks that have seen images before: ours, trained on procedural textures, and five trained on ImageNet.

Ours ships with the workshop. ImageNet weights are used from a file, and downloaded only if you ask for it, here or with
`python -m helpers.pretrained ResNet50 ResNet101`: they have 24 to 171 MB.
"""

import argparse
import hashlib
import sys
import warnings
from pathlib import Path
from typing import NamedTuple

from helpers import digits

#: Our own weights; `make texture-network` makes them anew.
TEXTURES = Path(__file__).parent / "weights" / "textures.weights.h5"
#: Kernels of our network's first layer; the blocks have two, four and eight times as many.
KERNELS = 16


class Published(NamedTuple):
    """A network of `keras.applications` and the file of its ImageNet weights without the top."""

    module: str
    url: str
    md5: str


_STORE = "https://storage.googleapis.com/tensorflow/keras-applications/"
#: By their names in `keras.applications`. Addresses and hashes are those that Keras itself uses.
IMAGENET = {
    "VGG16": Published(
        "vgg16",
        _STORE + "vgg16/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "6d6bbae143d832006294945121d1f1fc",
    ),
    "ResNet50": Published(
        "resnet",
        _STORE + "resnet/resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "4d473c1dd8becc155b73f8504c6f6626",
    ),
    "ResNet101": Published(
        "resnet",
        _STORE + "resnet/resnet101_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "88cf7a10940856eca736dc7b7e228a21",
    ),
    "InceptionV3": Published(
        "inception_v3",
        _STORE + "inception_v3/inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "bcbd6486424b2319ff4ef7d526e38f63",
    ),
    "EfficientNetV2B0": Published(
        "efficientnet_v2",
        _STORE + "efficientnet_v2/efficientnetv2-b0_notop.h5",
        "893217f2bb855e2983157299931e43ff",
    ),
}
NAMES = ("textures", *IMAGENET)


def backbone(name, side=96, weights="pretrained"):
    """A network without its last layers: from grey images to features. What has to be done to the pixels is part of it.

    Parameters
    ----------
    name : str
        "textures" (ours), or one of `IMAGENET`.
    side : int
        Rows and columns of an image, 75 or more.
    weights : "pretrained", None, or path-like
        Pretrained ones as `weights_file` finds them, random ones, or a file.

    Returns
    -------
    keras.Model
        From images of shape (n, side, side, 1), 0 to 255, to features of shape (n, features): the means of the last
        maps.

    Raises
    ------
    ValueError
        If there is no such network, or a file holds other weights.
    FileNotFoundError
        If there are no pretrained weights; the sentence says how to get them.
    """
    import keras

    _known(name)
    if side < 75:
        raise ValueError(f"The side is {side} pixels; expected 75 or more.")
    if weights == "pretrained":
        weights = weights_file(name)
        if weights is None:
            raise FileNotFoundError(
                f"There are no ImageNet weights of {name} here. With a network, pretrained.weights_file({name!r}, "
                f"download=True) gets them; or put {_file(name)} into {digits.data_folder()}."
            )
    if name == "textures":
        inner = small_residual(side)
        network = inner
    else:
        module = getattr(keras.applications, IMAGENET[name].module)
        inner = getattr(module, name)(include_top=False, weights=None, input_shape=(side, side, 3))
        grey = keras.Input((side, side, 1))
        colours = module.preprocess_input(keras.layers.Concatenate()([grey, grey, grey]))
        network = keras.Model(grey, keras.layers.GlobalAveragePooling2D()(inner(colours)), name=name.lower())
    if weights is not None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", UserWarning)  # of a file that lacks some weights, Keras only warns
                inner.load_weights(weights)
        except (ValueError, OSError, KeyError, UserWarning) as error:
            reason = str(error).strip().splitlines()[0]
            raise ValueError(f"{weights} does not hold the weights of {name}: {reason}") from error
    return network


def small_residual(side=96):
    """Our network, see `residual_features`, for grey values that are scaled to −1 to 1. 0.3 million parameters.

    Parameters
    ----------
    side : int
        Rows and columns of an image.

    Returns
    -------
    keras.Model
        From images of shape (n, side, side, 1), 0 to 255, to 128 features.
    """
    import keras

    images = keras.Input((side, side, 1))
    scaled = keras.layers.Rescaling(1 / 127.5, offset=-1)(images)
    return keras.Model(images, residual_features(scaled), name="textures")


def residual_features(images):
    """A convolution, three residual blocks, and the mean of each map, to build a network of.

    The outputs of the blocks are those of the layers `block1`, `block2` and `block3`.

    Parameters
    ----------
    images : keras.KerasTensor, shape (n, side, side, 1)

    Returns
    -------
    keras.KerasTensor, shape (n, 128)

    References
    ----------
    K. He et al., Deep residual learning for image recognition, CVPR 2016, arXiv:1512.03385.
    """
    from keras import layers

    def normalised(x, kernels, size, strides=1):
        x = layers.Conv2D(kernels, size, strides, padding="same", use_bias=False)(x)
        return layers.BatchNormalization(momentum=0.9)(x)  # few steps have to be enough for its means

    x = layers.ReLU()(normalised(images, KERNELS, 5, strides=2))
    for number in (1, 2, 3):
        kernels = 2**number * KERNELS
        inside = layers.ReLU()(normalised(x, kernels, 3, strides=2))
        inside = normalised(inside, kernels, 3)
        x = layers.ReLU(name=f"block{number}")(layers.add([inside, normalised(x, kernels, 1, strides=2)]))
    return layers.GlobalAveragePooling2D()(x)


def weights_file(name, download=False):
    """Where the pretrained weights of a network are, if they are anywhere.

    Ours are part of the workshop. Those of ImageNet are looked for in the folder that `WORKSHOP_DATA` names (or `data/`
    beside the README), then in Keras's cache.

    Parameters
    ----------
    name : str
        See `backbone`.
    download : bool
        Get them into Keras's cache, if they are in neither place.

    Returns
    -------
    Path or None

    Raises
    ------
    ValueError
        If a file of that name has another hash.
    OSError
        If a download fails; the sentence says why.
    """
    _known(name)
    if name == "textures":
        return TEXTURES
    cache = digits.keras_cache().parent / "models"
    for folder in (digits.data_folder(), cache):
        path = folder / _file(name)
        if path.is_file():
            _refuse_other_hash(path, IMAGENET[name].md5)
            return path
    if not download:
        return None
    path = cache / _file(name)
    digits.download(IMAGENET[name].url, path, IMAGENET[name].md5, algorithm="md5")
    return path


def _file(name):
    return IMAGENET[name].url.rpartition("/")[2]


def _known(name):
    if name not in NAMES:
        raise ValueError(f"There is no network {name!r} here; expected one of {', '.join(NAMES)}.")


def _refuse_other_hash(path, md5):
    with open(path, "rb") as file:
        found = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    if found != md5:
        raise ValueError(
            f"{path} has the MD5 hash {found}, not {md5}: it is damaged, or another file. Delete it; without it the "
            "lesson goes on with other weights."
        )


#: What the command ends with if some weights could not be had; 1 is Python's own, for a program that fails.
MISSING = 3


def main():
    parser = argparse.ArgumentParser(prog="python -m helpers.pretrained", description="Get ImageNet weights.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(IMAGENET))
    names = parser.parse_args().names
    if unknown := [name for name in names if name not in IMAGENET]:
        parser.error(f"there is no network {unknown[0]!r} here; expected names among {', '.join(IMAGENET)}")
    status = 0
    for name in names:
        try:
            print(f"The weights of {name} are in {weights_file(name, download=True)}.")
        except (OSError, ValueError) as error:
            print(f"No weights of {name}: {getattr(error, 'reason', error)}", file=sys.stderr)
            status = MISSING
    return status


if __name__ == "__main__":
    sys.exit(main())
