"""Labels that may be wrong, classes that cannot be told apart, and classes that are two."""

import warnings
from itertools import combinations
from typing import NamedTuple

import numpy as np

from helpers.audit import ladder, scores

#: A pair of classes that is told apart no better than this, with an interval that ends below the second number, is
#: suspicious if half of the other pairs reach the third.
HARDLY, AT_MOST, USUAL = 0.65, 0.75, 0.9
#: Of a class that is two, this share at least is told surely from the class that it is mixed up with.
SECOND, SURELY = 0.05, 0.9


class Suspects(NamedTuple):
    """Images whose labels may be wrong.

    Attributes
    ----------
    places : ndarray of int
        Those that cleanlab would look at, the most suspicious first; some are right, and only hard.
    surest : int
        How many images, one of each group of copies, are in the fifth of which the baselines are surest.
    against : int
        How many of these have another label.
    low, high : float
        The share of these with its interval of 95 %.
    """

    places: np.ndarray
    surest: int
    against: int
    low: float
    high: float


def suspects(probabilities, labels, copy_groups, groups):
    """Find labels that may be wrong, by confident learning.

    Parameters
    ----------
    probabilities : ndarray of float, shape (n, classes)
        Of images that the classifier was not trained on, nor on copies of them.
    labels, copy_groups, groups : ndarray of int, shape (n,)
        One image of each group of copies is counted. What is in one group may be misjudged together, so that the
        interval is wider, the fewer groups there are.

    Returns
    -------
    Suspects

    References
    ----------
    C. G. Northcutt, L. Jiang, I. L. Chuang, Confident learning, J. Artif. Intell. Res. 70, 1373 (2021).
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from cleanlab.filter import find_label_issues

        places = find_label_issues(labels, probabilities, return_indices_ranked_by="self_confidence", n_jobs=1)
    said = probabilities.argmax(axis=1)
    _, first = np.unique(copy_groups, return_index=True)
    surest = first[np.argsort(-probabilities[first].max(axis=1), kind="stable")[: max(1, len(first) // 5)]]
    against = said[surest] != labels[surest]
    own = np.unique(groups[surest], return_inverse=True)[1]
    low, high = scores.wilson(int(against.sum()), len(surest))
    if own.max() + 1 < len(own):
        share = scores.score(against, np.zeros(len(surest), int), own)
        low, high = min(low, share.low), max(high, share.high)
    return Suspects(np.asarray(places, int), len(surest), int(against.sum()), float(low), float(high))


def pairs(answers, labels, groups):
    """How well each pair of classes is told apart by each of several baselines.

    Parameters
    ----------
    answers : dict of str to ndarray of float, shape (n, classes)
        Probabilities.
    labels, groups : ndarray of int, shape (n,)

    Returns
    -------
    dict of (int, int) to dict of str to scores.Score
        Pairs of classes, the smaller first.
    """
    found = {}
    for pair in combinations(range(labels.max() + 1), 2):
        places = np.flatnonzero(np.isin(labels, pair))
        second = labels[places] == pair[1]
        own = np.unique(groups[places], return_inverse=True)[1]
        found[pair] = {
            name: scores.score(
                (probabilities[places, pair[1]] > probabilities[places, pair[0]]) == second, second.astype(int), own
            )
            for name, probabilities in answers.items()
        }
    return found


def alike(found):
    """Which pairs of classes no baseline tells apart, and whether that is unusual in this data set.

    Parameters
    ----------
    found : dict
        From `pairs`.

    Returns
    -------
    list of ((int, int), bool)
        A pair, and whether half of the other pairs are told apart easily; these first, the worst first.
    """
    best = {pair: max(by.values(), key=lambda score: score.value) for pair, by in found.items()}
    suspicious = []
    for pair, score in best.items():
        others = [other.value for another, other in best.items() if another != pair]
        usual = len(others) > 1 and np.median(others) >= USUAL
        unusual = usual and score.value <= HARDLY and score.high < AT_MOST
        nothing = all(other.low <= 0.5 for other in found[pair].values()) and score.high <= HARDLY
        if unusual or nothing:
            suspicious.append((pair, bool(unusual)))
    return sorted(suspicious, key=lambda found: (not found[1], best[found[0]].value))


class Second(NamedTuple):
    """The part of a class that is something else than the rest.

    Attributes
    ----------
    label, other : int
        The class, and the one that the rest of it cannot be told from.
    places : ndarray of int
        The images that can.
    like : int
        The class, other than these two, that most of them look like; -1 if there is no other.
    share : float
        How many of them.
    """

    label: int
    other: int
    places: np.ndarray
    like: int
    share: float


def seconds(suspicious, answers, features, labels, groups, seed):
    """Classes of which one part cannot be told from another class, and a second part easily can.

    Parameters
    ----------
    suspicious : list of ((int, int), bool)
        From `alike`.
    answers : dict of str to ndarray of float, shape (n, classes)
        Probabilities, of several baselines; the one that sees most of the second part counts.
    features : ndarray of float, shape (n, k)
    labels, groups : ndarray of int, shape (n,)
    seed : int

    Returns
    -------
    list of Second
    """
    found = []
    _, first = np.unique(groups, return_index=True)
    alone = np.isin(np.arange(len(labels)), first)  # one image of each group is counted
    for pair, _ in suspicious:
        for label, other in (pair, pair[::-1]):
            own = labels == label
            rest = ~own & (labels != other)
            places, excess = max(
                (
                    _surely(probabilities, own, labels == other, alone, label, other)
                    for probabilities in answers.values()
                ),
                key=lambda result: result[1],
            )
            if excess < SECOND:
                continue
            like, share = -1, 0.0
            if rest.any():
                said = ladder.forest(labels[rest], seed).fit(features[rest], labels[rest]).predict(features[places])
                counts = np.bincount(said)
                like, share = int(counts.argmax()), float(counts.max() / len(places))
            found.append(Second(label, other, places, like, share))
    return found


def _surely(probabilities, own, others, alone, label, other):
    """Which images of a class are surely told from another, and by how much, at least, they outnumber such mistakes."""
    sure = probabilities[:, label] > SURELY * (probabilities[:, label] + probabilities[:, other])
    low, _ = scores.wilson(np.sum(sure & own & alone), np.sum(own & alone))
    _, high = scores.wilson(np.sum(sure & others & alone), np.sum(others & alone))
    return np.flatnonzero(sure & own), low - high
