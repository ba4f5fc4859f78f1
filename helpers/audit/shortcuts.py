"""How well the classes are told apart by what is not the picture: its size, its kind, its file."""

from collections import Counter
from math import factorial
from typing import NamedTuple

import numpy as np

from helpers.audit import ladder, reading, scores

#: Metadata that at least so many images have are looked at, and so many of them.
COMMON, TAGS = 3, 100
#: Trees of a forest.
TREES = 50
#: With fewer groups in a class, labels are exchanged between groups in every way, or so many ways, with forests of so
#: few trees each; what chance does in more than this share of them is not serious.
FEW_GROUPS, WAYS, FEW_TREES, RARE = 12, 400, 10, 0.005


class Shortcut(NamedTuple):
    """What is reached without a picture.

    Attributes
    ----------
    score : scores.Score
    shuffled : scores.Score or None
        The same with shuffled labels, if the score is clearly above chance.
    few : bool
        Whether a class has fewer than 12 groups.
    p : float or None
        With few groups: how often as much is reached if groups exchange their labels; if the score is clearly above
        chance.
    """

    score: scores.Score
    shuffled: scores.Score | None
    few: bool = False
    p: float | None = None


def numbers(seen):
    """What a classifier may see of each image, without its content.

    Parameters
    ----------
    seen : reading.Seen

    Returns
    -------
    dict of str to ndarray of float, shape (n, k)
        What does not differ between images is left out.
    """
    height, width = seen.shapes.T
    found = {
        "height and width": np.stack([height, width, height / width], axis=1),
        "format and mode": _columns([[kind] for kind in seen.kinds]),
        "metadata": _columns([[f"{name}: {value}" for name, value in tags.items()] for tags in seen.tags]),
        "brightness and contrast": seen.greys,
        "bytes on disk": seen.sizes[:, np.newaxis],
        "number in the name": np.nan_to_num([[reading.number(path)] for path in seen.items.files], nan=-1),
    }
    return {name: values for name, values in found.items() if values.size and np.ptp(values, axis=0).any()}


def _columns(words):
    """One column for each common word: 1 where it is, else 0."""
    counts = Counter(word for row in words for word in set(row))
    common = [word for word, count in counts.most_common(TAGS) if count >= COMMON]
    return np.array([[word in row for word in common] for row in map(set, words)], float)


def scored(seen, groups, part, seed):
    """Balanced accuracy of a small forest that sees such numbers alone, and of the same with shuffled labels.

    Parameters
    ----------
    seen : reading.Seen
    groups, part : ndarray of int, shape (n,)
        From `grouping` and `scores.folds`.
    seed : int

    Returns
    -------
    dict of str to Shortcut
    """
    labels = seen.items.labels
    shuffled = ladder.shuffled(labels, groups, np.random.default_rng(seed))

    def score(values, labels):
        said = ladder.out_of_fold(values, labels, part, seed, trees=TREES).argmax(axis=1)
        return scores.score(said == labels, labels, groups)

    few = min(scores.groups_of(labels, groups)) < FEW_GROUPS
    found = {}
    for name, values in numbers(seen).items():
        real = score(values, labels)
        above = real.clearly_above(1 / len(seen.items.classes))
        p = probability(values, labels, groups, seed) if above and few else None
        found[name] = Shortcut(real, score(values, shuffled) if above else None, few, p)
    return found


def probability(values, labels, groups, seed):
    """How often a small forest reaches as much as it does if groups exchange their labels.

    Groups of one class each exchange with each other; where a group has several classes, these exchange within it.
    Every way counts if there are few, else 400 drawn at random, until it is clear that chance does it too often.

    Parameters
    ----------
    values : ndarray of float, shape (n, k)
    labels, groups : ndarray of int, shape (n,)
    seed : int

    Returns
    -------
    float
    """

    def reached(labels):
        part = scores.folds(labels, groups, seed)
        said = ladder.out_of_fold(values, labels, part, seed, trees=FEW_TREES).argmax(axis=1)
        return scores.shares((said == labels).astype(float), labels, groups)[1]

    units, unit = np.unique(np.stack([groups, labels]), axis=1, return_inverse=True)
    own, unit = units[1], unit.ravel()
    several = np.bincount(units[0])[units[0]] > 1
    among = [np.flatnonzero(~several), *(np.flatnonzero(units[0] == group) for group in np.unique(units[0][several]))]
    ways = np.prod([_ways(own[places]) for places in among if len(places)])
    real, rng = reached(labels), np.random.default_rng(seed)
    if ways <= WAYS and not several.any():
        drawn = (np.array(way) for way in _distinct(own.tolist()))
        as_good = [reached(way[unit]) >= real - 1e-9 for way in drawn]
        return float(np.mean(as_good))
    as_good, tried = 1, 1  # as it is
    while tried <= WAYS and as_good <= RARE * (WAYS + 1):
        way = own.copy()
        for places in among:
            way[places] = rng.permutation(own[places])
        as_good += reached(way[unit]) >= real - 1e-9
        tried += 1
    return as_good / tried


def _ways(labels):
    """In how many ways labels can be put in order."""
    return factorial(len(labels)) / np.prod([float(factorial(count)) for count in np.bincount(labels)])


def _distinct(labels):
    """All orders of labels, each once: tuples."""
    if not labels:
        yield ()
    for label in sorted(set(labels)):
        rest = labels.copy()
        rest.remove(label)
        for way in _distinct(rest):
            yield (label, *way)


def typical(values, labels, classes):
    """What the two most frequent values of each class are, in words.

    Parameters
    ----------
    values : sequence of hashable
    labels : ndarray of int, shape (n,)
    classes : list of str

    Returns
    -------
    str
    """
    said = []
    for label, name in enumerate(classes[:6]):
        own = Counter(value for value, other in zip(values, labels, strict=True) if other == label)
        most = ", ".join(f"{value} ({count / own.total():.0%})" for value, count in own.most_common(2))
        said.append(f"{name}: {most}")
    return "; ".join(said) + ("; …" if len(classes) > 6 else "")
