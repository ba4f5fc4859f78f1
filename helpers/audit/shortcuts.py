"""How well the classes are told apart by what is not the picture: its size, its kind, its file."""

from collections import Counter

import numpy as np

from helpers.audit import ladder, reading, scores

#: Metadata that at least so many images have are looked at, and so many of them.
COMMON, TAGS = 3, 100
#: Trees of a forest.
TREES = 50


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
        "time of the file": seen.times[:, np.newaxis],
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
    dict of str to (scores.Score, scores.Score or None)
        The second is there if the first is clearly above chance.
    """
    labels = seen.items.labels
    shuffled = ladder.shuffled(labels, groups, np.random.default_rng(seed))

    def score(values, labels):
        said = ladder.out_of_fold(values, labels, part, seed, trees=TREES).argmax(axis=1)
        return scores.score(said == labels, labels, groups)

    found = {}
    for name, values in numbers(seen).items():
        real = score(values, labels)
        above = real.clearly_above(1 / len(seen.items.classes))
        found[name] = (real, score(values, shuffled) if above else None)
    return found


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
