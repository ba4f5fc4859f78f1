"""Neither: a picture that looks strange to a network is of none of its classes.

A network with two classes has no third answer, whatever it is shown. But what its first block makes of a picture can be
compared with what it makes of crystals: the means and spreads of its maps are taken for one Gaussian, and a picture far
from the middle of it is refused. The last block serves worse: it keeps what tells the classes apart, and has lost what
they have in common.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from helpers import crystal_network, folders

#: What belongs to the network that ships with the workshop; `make neither` makes it anew.
FAMILIAR = Path(__file__).parent / "weights" / "crystals_familiar.npz"
#: The layers whose maps are looked at.
BLOCKS = ("block1",)
#: Added to means and spreads before their logarithm; those of most maps are 0.1 to 1.
DARK = 0.01
#: The share of crystals that is refused.
FALSE_ALARMS = 0.02


class Familiar(NamedTuple):
    """What statistics of familiar pictures look like: a Gaussian.

    Attributes
    ----------
    mean : ndarray of float32, shape (d,)
    whitening : ndarray of float32, shape (d, d)
        Lower triangular. Times its own transpose it is the inverse covariance, so that ``(statistics - mean) @
        whitening`` has variance 1 in every direction.
    """

    mean: np.ndarray
    whitening: np.ndarray


def describing(network, blocks=BLOCKS):
    """A network that describes images by statistics of what another one makes of them.

    Parameters
    ----------
    network : keras.Model
        From images of shape (n, side, side, 1), with layers that have these names and whose outputs are maps.
    blocks : sequence of str

    Returns
    -------
    keras.Model
        From the same images to shape (n, d): the logarithms of the mean and of the standard deviation of every map,
        block by block, averaged over the eight rotations and flips of the image; then three numbers of the image: its
        grey level, which is its mean, its standard deviation, and its contrast, which is the second over the first.
    """
    import keras
    from keras import layers, ops

    def mean_and_spread(maps):
        return [of(maps, axis=(1, 2)) for of in (ops.mean, ops.std)]

    image = network.inputs[0]
    inside = [value for name in blocks for value in mean_and_spread(network.get_layer(name).output)]
    grey, spread = mean_and_spread(image)
    values = [*(ops.log(value + DARK) for value in inside), grey, spread, spread / (grey + 1)]
    one = keras.Model(image, ops.concatenate(values, axis=-1))
    images = keras.Input(network.input_shape[1:])
    turned = crystal_network.orientations(images)
    return keras.Model(images, layers.average([one(x) for x in turned]), name="statistics")


def statistics(network, images, blocks=BLOCKS):
    """Describe images by what a network makes of them, see `describing`.

    Parameters
    ----------
    network : keras.Model
    images : ndarray of uint8, shape (n, side, side, 1)
    blocks : sequence of str

    Returns
    -------
    ndarray of float32, shape (n, d)
    """
    return describing(network, blocks).predict(images.astype("float32"), verbose=0)


def fit(statistics):
    """Learn what is familiar.

    The covariance is shrunk a little towards one without correlations (Ledoit and Wolf), so that it can be inverted.

    Parameters
    ----------
    statistics : array_like of float, shape (n, d)
        Of familiar pictures; better many more than d.

    Returns
    -------
    Familiar

    Raises
    ------
    ValueError
        If the shape is another, or a number is NaN or infinite.

    References
    ----------
    Ledoit and Wolf, Journal of Multivariate Analysis 88 (2004) 365.
    """
    from sklearn.covariance import ledoit_wolf

    statistics = np.asarray(statistics, np.float64)
    if statistics.ndim != 2 or len(statistics) < 2 or not np.isfinite(statistics).all():
        raise ValueError(f"The statistics have shape {statistics.shape}; expected (n, d), n of 2 or more, all finite.")
    mean, spread = statistics.mean(axis=0), statistics.std(axis=0)
    spread[spread == 0] = 1  # what never changes, a map that is always dark for example
    correlation, _ = ledoit_wolf((statistics - mean) / spread)
    whitening = np.linalg.cholesky(np.linalg.inv(correlation)) / spread[:, np.newaxis]
    return Familiar(mean.astype(np.float32), whitening.astype(np.float32))


def distance(familiar, statistics):
    """How far statistics are from familiar ones: the Mahalanobis distance.

    Parameters
    ----------
    familiar : Familiar
    statistics : array_like of float, shape (n, d)

    Returns
    -------
    ndarray of float, shape (n,)
        For the pictures of a Gaussian of d dimensions, about the root of d.

    Raises
    ------
    ValueError
        If the shape is another.

    References
    ----------
    P. C. Mahalanobis, Proceedings of the National Institute of Sciences of India 2 (1936) 49.
    """
    d, shape = familiar.mean.size, np.shape(statistics)
    if len(shape) != 2 or shape[1] != d:
        raise ValueError(f"The statistics have shape {shape}; expected (n, {d}), of the blocks that were familiar.")
    return np.linalg.norm((statistics - familiar.mean) @ familiar.whitening, axis=1)


def threshold(distances, false_alarms=FALSE_ALARMS):
    """The distance above which a picture is refused.

    Parameters
    ----------
    distances : array_like of float, shape (n,)
        Of familiar pictures, others than those of `fit`, which it knows too well.
    false_alarms : float
        Which share of them is refused, above 0 and below 1.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If `false_alarms` is not between 0 and 1.
    """
    if not 0 < false_alarms < 1:
        raise ValueError(f"The share of false alarms is {false_alarms}; expected a number between 0 and 1.")
    return float(np.quantile(distances, 1 - false_alarms))


def scaled(familiar, limit):
    """The same `Familiar`, with another unit: what was at `limit` is at 1. A distance is called strangeness then."""
    return familiar._replace(whitening=familiar.whitening / np.float32(limit))


def judging(network, described, familiar):
    """Join a network's classes with the strangeness of a picture, in one network.

    Parameters
    ----------
    network : keras.Model
        Its output is a dict of probabilities by class.
    described : keras.Model
        From images of the same shape to statistics, see `describing`.
    familiar : Familiar
        In which a distance of 1 is the threshold, see `scaled`.

    Returns
    -------
    keras.Model
        Its output is a dict of one number an image, shape (n,): the classes of `network`, and `strangeness`. A picture
        with a strangeness above 1 is of none of the classes.
    """
    import keras

    images = keras.Input(network.input_shape[1:], name="image")
    white = keras.ops.matmul(described(images) - familiar.mean, familiar.whitening)
    return keras.Model(images, network(images) | {"strangeness": keras.ops.norm(white, axis=-1)}, name="classifier")


def save(familiar, path, weights):
    """Write what is familiar to an `.npz` file, which is there whole or not at all.

    Parameters
    ----------
    familiar : Familiar
    path : path-like
    weights : str
        The hash of those of the network whose statistics they are, see `crystal_network.weights_hash`.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    with folders.whole(path) as part, open(part, "wb") as file:
        np.savez_compressed(file, **familiar._asdict(), weights=np.array(weights))


def load(path=FAMILIAR):
    """Read what `save` wrote.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    Familiar

    Raises
    ------
    OSError
        If there is no such file, it may not be read, or the weights of the network are missing.
    ValueError
        If it holds anything else, or belongs to other weights than those that ship with the workshop.
    """
    try:
        with np.load(path) as file:
            familiar = Familiar(*(file[name].astype(np.float32) for name in Familiar._fields))
            weights = str(file["weights"])
    except FileNotFoundError:
        raise FileNotFoundError(f"There is no {path}; `make neither` makes it.") from None
    except OSError as error:
        raise OSError(f"{path} could not be read ({error}); mend that, and run this again.") from error
    except Exception as error:  # NumPy fails in a dozen ways on a file that is spoilt
        raise ValueError(
            f"{path} does not hold a mean, a whitening and the hash of weights ({error}); `make neither` makes it."
        ) from None
    d = familiar.mean.size
    if familiar.mean.shape != (d,) or familiar.whitening.shape != (d, d):
        shapes = familiar.mean.shape, familiar.whitening.shape
        raise ValueError(f"{path} holds arrays of shapes {shapes}; expected (d,) and (d, d); run: make neither")
    if not all(np.isfinite(numbers).all() for numbers in familiar):
        raise ValueError(f"{path} holds numbers that are NaN or infinite; run: make neither")
    if weights != crystal_network.weights_hash():
        raise ValueError(f"{path} belongs to other weights than {crystal_network.WEIGHTS}; run: make neither")
    return familiar
