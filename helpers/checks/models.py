"""What the checks of several lessons ask of a network."""

import numpy as np

from helpers.checks import NotYet, describe, number, one_line


def is_model(value, name):
    """Raise `NotYet` unless the answer is a Keras model."""
    if isinstance(value, (list, tuple)):
        raise NotYet(f"`{name}` is a list of layers. keras.Sequential(...) makes a network of it.")
    if not hasattr(value, "layers") or not hasattr(value, "predict"):
        raise NotYet(f"`{name}` is {describe(value)}; expected a Keras model.")


def layers(model):
    """All layers of a network, those of networks inside it included, without the inputs."""
    found = []
    for layer in model.layers:
        if hasattr(layer, "layers"):
            found += layers(layer)
        elif type(layer).__name__ != "InputLayer":
            found.append(layer)
    return found


def activation(layer):
    """The name of a layer's activation."""
    return getattr(layer.activation, "__name__", str(layer.activation))


def predict(model, images):
    """Ten numbers for each image, or a hint if the network cannot take the images."""
    try:
        answers = np.asarray(model.predict(images.astype("float32"), verbose=0, batch_size=512))
    except Exception as error:  # the network is the student's own, and each backend fails in its own way
        shape = "rows of 784 numbers" if images.ndim == 2 else f"arrays of shape {images.shape[1:]}"
        raise NotYet(f"The network cannot take images as {shape} ({one_line(error)}).") from None
    if answers.shape != (len(images), 10):
        raise NotYet(
            f"From {len(images)} images the network makes the shape {answers.shape}; expected ten numbers for each."
        )
    return answers


def accuracy(model, images, labels):
    """The share of the images on which the network is right."""
    if len(images) == 0:
        raise NotYet("There are no images to judge by. Did the cell that cuts them off run?")
    return float(np.mean(predict(model, images).argmax(axis=1) == labels))


def share(value, name):
    """An accuracy that the student gives, as a share."""
    if isinstance(value, (list, tuple)) and len(value) == 2:
        raise NotYet(f"evaluate returns two numbers, the loss and the accuracy. `{name}` is the second.")
    got = number(value, name)
    if 1 < got <= 100:
        raise NotYet(f"Got {got:g}. Give the share, a number from 0 to 1, and not the percentage.")
    return got


def as_numpy(tensor):
    """A tensor of any backend as an array."""
    import keras

    return np.asarray(keras.ops.convert_to_numpy(tensor))
