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
#: How often chance does that, in words: answers drawn by chance, of 40 to 400 images in 2 to 10 classes, alone or in
#: groups that are right or wrong as one, did it in up to 17 of 10,000 cases.
BY_CHANCE = "one look in 500 at most"


class Score(NamedTuple):
    """Balanced accuracy with its interval of 95 %.

    Attributes
    ----------
    value, low, high : float
        From 0 to 1.
    error : float
        Standard error.
    count : float
        Of how many independent answers the score is worth, at least; see `score`.
    """

    value: float
    low: float
    high: float
    error: float
    count: float = np.inf

    def clearly_above(self, level):
        """Whether chance would hardly do it: 3 standard errors, also of a score that is `level`, and 5 points above."""
        error = max(self.error, np.sqrt(max(level * (1 - level), 0) / self.count))
        return bool(self.value - level > max(ERRORS * error, MORE))

    def __str__(self):
        return f"{self.value:.1%} ({self.low:.1%} to {self.high:.1%})"


def folds(labels, groups, seed, count=None):
    """The part of a cross-validation that each image is in. Groups are never divided, classes divided alike.

    Parameters
    ----------
    labels, groups : ndarray of int, shape (n,)
        Groups count from 0.
    seed : int
    count : int, optional
        Of parts; by default as many as `parts_of` says.

    Returns
    -------
    ndarray of int, shape (n,)
        From 0 to 4; with fewer than 5 groups in a class, there are fewer parts. None where a class has only one group.
    """
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    count = count or parts_of(labels, groups)
    if count < 2:
        return None
    single = groups.max() + 1 == len(groups)
    how = (StratifiedKFold if single else StratifiedGroupKFold)(count, shuffle=True, random_state=seed)
    part = np.empty(len(labels), int)
    for number, (_, inside) in enumerate(how.split(labels, labels, None if single else groups)):
        part[inside] = number
    return part


def parts_of(labels, groups):
    """Into how many parts the groups of each class can be divided, 5 at most."""
    return min(FOLDS, *groups_of(labels, groups))


def groups_of(labels, groups):
    """How many groups each class has: a list of int."""
    return [len(np.unique(groups[labels == label])) for label in np.unique(labels)]


def shares(hits, labels, groups):
    """What each group adds to a balanced accuracy above its mean, shape (groups,), and the balanced accuracy."""
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
    narrower than Wilson's for as many single answers as there are groups of one class, so that six groups that are all
    right are not a certainty, however many images they have. Of unequal groups the large ones count: see `worth`.

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
    low, high, error = _interval(value, added, labels, groups)
    own = worth(labels, groups)
    count = len(own) ** 2 / np.sum(1 / own)
    middle, reach = _wilson(value, count)
    return Score(
        value,
        max(0.0, min(low, middle - reach)),
        min(1.0, max(high, middle + reach)),
        max(error, reach / 1.96),
        float(count),
    )


def worth(labels, groups):
    """How many groups of one size the images of each class are worth (L. Kish, Survey Sampling, 1965): shape (k,).

    That is the square of their number, divided by the sum of squares of the numbers in each group.
    """
    pairs, sizes = np.unique(np.stack([labels, groups]), axis=1, return_counts=True)
    _, own = np.unique(pairs[0], return_inverse=True)
    return np.bincount(own, sizes) ** 2 / np.bincount(own, sizes.astype(float) ** 2)


def _wilson(share, count):
    z = 1.96
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    return middle, z * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2)) / (1 + z**2 / count)


def wilson(hits, count):
    """The interval of 95 % of a share: low and high, from 0 to 1 (E. B. Wilson, J. Am. Stat. Assoc. 22, 209, 1927)."""
    middle, reach = _wilson(hits / count, count)
    return max(0.0, float(middle - reach)), min(1.0, float(middle + reach))


def _interval(value, added, labels, groups):
    from scipy.stats import t

    added = added[np.bincount(groups, minlength=len(added)) > 0]
    # What groups add has the sum 0; if each is of one class, in each class.
    pairs = np.unique(np.stack([groups, labels]), axis=1)
    free = max(len(added) - (len(np.unique(labels)) if pairs.shape[1] == len(added) else 1), 1)
    error = float(np.sqrt(len(added) / free * np.sum(added**2)))
    reach = float(t.ppf(0.975, free) * error)
    # In small samples Student's t has wide tails; what counts as three standard errors grows with them.
    wide = t.ppf(0.99865, free) / ERRORS
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
    return Score(value, *_interval(value, added, labels, groups))
