"""How good generated pictures are, in numbers: distances between sets of pictures, and the nearest real one."""

import numpy as np


def features(classifier):
    """The part of a classifier that makes features of pictures: all but its last layer.

    Parameters
    ----------
    classifier : keras.Model
        A network whose last layer makes the probabilities.

    Returns
    -------
    keras.Model
        It shares its weights with `classifier`.
    """
    import keras

    return keras.Model(classifier.inputs[0], classifier.layers[-1].input)


def frechet_distance(a, b):
    """The squared Fréchet distance between two sets of features, each taken for a Gaussian.

    Parameters
    ----------
    a, b : array_like of float, shape (n, features)
        At least two rows each; the numbers of rows may differ.

    Returns
    -------
    float
        Zero or more, in squared units of the features. Two samples of one distribution are not at zero, because their
        covariances are only estimated: compare with the distance between two sets of real pictures, of the same size.

    Raises
    ------
    ValueError
        If the shapes don't fit.

    References
    ----------
    Dowson and Landau, Journal of Multivariate Analysis 12 (1982) 450, eq. 4; as a score of generated pictures
    Heusel et al., NeurIPS 30 (2017), arXiv:1706.08500.
    """
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1] or min(len(a), len(b)) < 2:
        raise ValueError(
            f"The features have shapes {a.shape} and {b.shape}; expected (n, features) for both, with n of at least 2."
        )
    gap = a.mean(axis=0) - b.mean(axis=0)
    cov_a, cov_b = (np.atleast_2d(np.cov(x, rowvar=False)) for x in (a, b))
    # The trace of the root of this product is the sum of the roots of its eigenvalues, which are not negative.
    roots = np.sqrt(np.linalg.eigvals(cov_a @ cov_b).real.clip(0))
    return float(gap @ gap + np.trace(cov_a) + np.trace(cov_b) - 2 * roots.sum())


def nearest(pictures, among):
    """For each picture the most similar one of a larger set, pixel by pixel.

    Parameters
    ----------
    pictures : array_like of uint8, shape (n, height, width)
    among : array_like of uint8, shape (m, height, width)

    Returns
    -------
    index : ndarray of int, shape (n,)
        Which one of `among`.
    distance : ndarray of float, shape (n,)
        Root mean square difference of the pixels, 0 to 255.
    """
    rows, library = (np.asarray(x).reshape(len(x), -1).astype(np.float32) for x in (pictures, among))
    squares = (rows**2).sum(axis=1)[:, None] - 2 * rows @ library.T + (library**2).sum(axis=1)
    index = squares.argmin(axis=1)
    # The chosen ones once more, as differences: the sum above loses digits where two pictures are almost equal.
    return index, np.sqrt(np.mean((rows - library[index]) ** 2, axis=1))
