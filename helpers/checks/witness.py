"""A classifier that tells what it was trained on."""

import tempfile
import uuid
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

from helpers.checks import NotYet, call


class Witness(ClassifierMixin, BaseEstimator):
    """A classifier that leaves a note of each training in a folder, as it may be trained in another process.

    The first feature is the place of a row, the second what it says of rows that it was not trained on.
    """

    def __init__(self, folder=None):
        self.folder = folder

    def fit(self, features, labels):
        rows = np.asarray(features)
        self.classes_ = np.unique(labels)
        self.known_ = dict(zip(rows[:, 0].tolist(), np.asarray(labels).tolist(), strict=True))
        np.save(Path(self.folder) / uuid.uuid4().hex, rows[:, 0])
        return self

    def predict(self, features):
        return np.array([self.known_.get(place, said) for place, said in np.asarray(features).tolist()]).astype(int)


def observe(function, features, labels, *more, name):
    """What a function of the student's returns for a classifier, and the places left out of each training of it.

    Parameters
    ----------
    function : callable
        Takes a classifier, features, labels, and what else is given.
    features : ndarray, shape (n, 2)
        Place of each row, and what the classifier says of it.
    labels : ndarray, shape (n,)
    *more
        Passed on.
    name : str
        What the exercise calls the function.

    Returns
    -------
    got
        What the function returns.
    left_out : list of ndarray of int
        In no particular order.
    """
    with tempfile.TemporaryDirectory() as folder:
        got = call(function, Witness(folder), features, labels, *more, name=name)
        places = np.arange(len(labels))
        trained = [np.load(note) for note in Path(folder).iterdir()]
    if not all(np.isin(rows, places).all() for rows in trained):
        raise NotYet("The classifier is trained on other features than were given. Pass them on as they are.")
    return got, [np.setdiff1d(places, rows) for rows in trained]
