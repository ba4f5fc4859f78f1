"""Balanced accuracy, how sure it is when images come in groups, and the parts of a cross-validation.

Balanced accuracy is the mean over classes of the share of their images that are called right: 1 divided by the number
of classes is what one gets for nothing, however unequal the classes are.
"""

from typing import NamedTuple

import numpy as np

#: Parts of a cross-validation.
FOLDS = 5
#: A score is clearly above another from this many standard errors and this much more on.
ERRORS, MORE = 3.0, 0.05


class Score(NamedTuple):
    """Balanced accuracy with its interval of 95 %.

    Attributes
    ----------
    value, low, high : float
        From 0 to 1.
    error : float
        Standard error.
    """

    value: float
    low: float
    high: float
    error: float

    def clearly_above(self, level):
        """Whether chance would hardly do it: 3 standard errors and 5 points above `level`."""
        return self.value - level > max(ERRORS * self.error, MORE)

    def __str__(self):
        return f"{self.value:.1%} ({self.low:.1%} to {self.high:.1%})"


def folds(labels, groups, seed):
    """The part of a cross-validation that each image is in. Groups are never divided, classes divided alike.

    Parameters
    ----------
    labels, groups : ndarray of int, shape (n,)
        Groups count from 0.
    seed : int

    Returns
    -------
    ndarray of int, shape (n,)
        From 0 to 4; with fewer than 5 groups in a class, there are fewer parts. None where a class has only one group.
    """
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    count = min(FOLDS, *(len(np.unique(groups[labels == label])) for label in np.unique(labels)))
    if count < 2:
        return None
    single = groups.max() + 1 == len(groups)
    how = (StratifiedKFold if single else StratifiedGroupKFold)(count, shuffle=True, random_state=seed)
    part = np.empty(len(labels), int)
    for number, (_, inside) in enumerate(how.split(labels, labels, None if single else groups)):
        part[inside] = number
    return part


def shares(hits, labels, groups):
    """What each group adds to a balanced accuracy above its mean: shape (groups,), and the balanced accuracy."""
    counts = np.bincount(labels)
    present = counts > 0
    weights = 1 / (counts[labels] * present.sum())
    means = np.bincount(labels, hits)[present] / counts[present]
    recall = np.zeros(len(counts))
    recall[present] = means
    return np.bincount(groups, (hits - recall[labels]) * weights), float(means.mean())


def score(hits, labels, groups):
    """Balanced accuracy of answers.

    The interval allows for groups that are right or wrong together (Student's t over the groups), and is never
    narrower than Wilson's for single images, so that 20 right answers of 20 are not a certainty.

    Parameters
    ----------
    hits : ndarray of bool, shape (n,)
        Which answers are right.
    labels, groups : ndarray of int, shape (n,)

    Returns
    -------
    Score
    """
    added, value = shares(hits.astype(float), labels, groups)
    low, high, error = _interval(value, added, groups)
    counts = np.bincount(labels)
    count = np.sum(counts > 0) ** 2 / np.sum(1 / counts[counts > 0])
    middle, reach = _wilson(value, count)
    return Score(
        value, max(0.0, min(low, middle - reach)), min(1.0, max(high, middle + reach)), max(error, reach / 1.96)
    )


def _wilson(share, count):
    z = 1.96
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    return middle, z * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2)) / (1 + z**2 / count)


def wilson(hits, count):
    """The interval of 95 % of a share: low and high, from 0 to 1 (E. B. Wilson, J. Am. Stat. Assoc. 22, 209, 1927)."""
    middle, reach = _wilson(hits / count, count)
    return max(0.0, float(middle - reach)), min(1.0, float(middle + reach))


def _interval(value, added, groups):
    from scipy.stats import t

    added = added[np.bincount(groups, minlength=len(added)) > 0]
    error = float(np.sqrt(len(added) / max(len(added) - 1, 1) * np.sum(added**2)))
    reach = float(t.ppf(0.975, max(len(added) - 1, 1)) * error)
    # In small samples Student's t has wide tails; what counts as three standard errors grows with them.
    wide = t.ppf(0.99865, max(len(added) - 1, 1)) / ERRORS
    return value - reach, value + reach, float(wide * error)


def difference(hits, others, labels, groups):
    """By how much the balanced accuracy of some answers is above that of others to the same images.

    Parameters
    ----------
    hits, others : ndarray of bool, shape (n,)
    labels, groups : ndarray of int, shape (n,)

    Returns
    -------
    Score
        Of the difference, from -1 to 1.
    """
    added, value = shares(hits.astype(float) - others.astype(float), labels, groups)
    return Score(value, *_interval(value, added, groups))
