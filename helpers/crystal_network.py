"""A network that tells cephalexin needles from phenylglycine agglomerates, trained on drawn photographs alone.

Its answer is a dict by class, so that nothing can swap the names.
"""

import hashlib
from pathlib import Path

from helpers import pretrained
from helpers.crystals import CLASSES

#: Our own weights; `make crystal-network` makes them anew.
WEIGHTS = Path(__file__).parent / "weights" / "crystals.weights.h5"


def body(side=96):
    """A small residual network, see `pretrained.residual_features`, from photographs to features.

    Each photograph is standardised first, so that exposure and contrast count for nothing. 0.3 million parameters.

    Parameters
    ----------
    side : int
        Rows and columns of a photograph.

    Returns
    -------
    keras.Model
        From images of shape (n, side, side, 1), 0 to 255, to 128 features.
    """
    import keras

    images = keras.Input((side, side, 1))
    standardised = keras.layers.LayerNormalization(axis=(1, 2, 3), center=False, scale=False)(images)
    return keras.Model(images, pretrained.residual_features(standardised), name="crystals")


def classifier(side=96, dropout=0.3):
    """The network as it is trained: on integer labels, by their order in `CLASSES`.

    Parameters
    ----------
    side : int
    dropout : float
        Of the features.

    Returns
    -------
    keras.Model
        From images of shape (n, side, side, 1), 0 to 255, to probabilities of shape (n, 2).
    """
    import keras
    from keras import layers

    return keras.Sequential([body(side), layers.Dropout(dropout), layers.Dense(len(CLASSES), activation="softmax")])


def network(side=96, trained=None):
    """The network as it is used: its answer carries the names of the classes.

    Parameters
    ----------
    side : int
    trained : keras.Model, optional
        A `classifier`; without it, one with random weights.

    Returns
    -------
    keras.Model
        From images of shape (n, side, side, 1), 0 to 255, to {"cex": probabilities of shape (n,), "pg": ...}.
    """
    import keras

    images = keras.Input((side, side, 1))
    return keras.Model(images, _named((trained or classifier(side))(images)))


def averaged(side=96, trained=None):
    """As `network`, with the mean of the probabilities for the eight rotations and flips of each photograph."""
    import keras
    from keras import layers

    trained = trained or classifier(side)
    images = keras.Input((side, side, 1))
    # Without the subtraction, which changes no answer, TensorFlow would turn the bytes, and complain on some machines.
    turned = orientations(layers.Rescaling(1.0, offset=-128)(images))
    return keras.Model(images, _named(layers.average([trained(x) for x in turned])))


def orientations(images):
    """The eight rotations and flips of each photograph, to build a network of.

    Parameters
    ----------
    images : keras.KerasTensor, shape (n, side, side, 1)

    Returns
    -------
    list of eight keras.KerasTensor
        Of the same shape, the photographs themselves first; the order is another than that of `copies.symmetries`.
    """
    from keras import layers, ops

    transposed = layers.Permute((2, 1, 3))(images)
    return [ops.flip(x, axes) if axes else x for x in (images, transposed) for axes in ((), (1,), (2,), (1, 2))]


def _named(probabilities):
    return {name: probabilities[:, number] for number, name in enumerate(CLASSES)}


def load_classifier():
    """The classifier with the weights that ship with the workshop.

    Returns
    -------
    keras.Model
        See `classifier`; the side is 96, and its first layer is the `body`.

    Raises
    ------
    FileNotFoundError
        If the file of weights is missing.
    """
    require_weights()
    trained = classifier()
    trained.load_weights(WEIGHTS)
    return trained


def require_weights():
    """Refuse to go on without the weights that ship with the workshop."""
    if not WEIGHTS.is_file():
        raise FileNotFoundError(f"{WEIGHTS} is missing; get it again from the repository, or run: make crystal-network")


def weights_hash():
    """The SHA-256 of the file of weights that ships with the workshop, 64 hexadecimal digits."""
    require_weights()
    return hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()


def load():
    """The averaged network with the weights that ship with the workshop, see `averaged` and `load_classifier`."""
    return averaged(trained=load_classifier())
