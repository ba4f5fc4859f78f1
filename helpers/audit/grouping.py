"""Which images belong together: copies of each other, and what those who made them put into groups."""

from typing import NamedTuple

import numpy as np
from scipy import sparse

from helpers import copies, folders

#: A recommended split.
FRACTIONS = (0.7, 0.25, 0.05)


class Copies(NamedTuple):
    """The copies in a data set.

    Attributes
    ----------
    groups : ndarray of int, shape (n,)
        Which images are copies of each other, exact or near.
    exact : ndarray of int, shape (n,)
        Which are exact copies, turned or not.
    examples : list of ndarray of int
        Groups of two images or more, as places: those with several labels first, then the largest.
    """

    groups: np.ndarray
    exact: np.ndarray
    examples: list

    def copied(self):
        """Which images have a copy, bool of shape (n,)."""
        return np.bincount(self.groups)[self.groups] > 1

    def exactly(self):
        """Which images have an exact copy, bool of shape (n,)."""
        return np.bincount(self.exact)[self.exact] > 1

    def crossing(self, values, exactly=False):
        """Which images have a copy (an exact one) with another value, bool of shape (n,); values have that shape."""
        groups = self.exact if exactly else self.groups
        return mixed(groups, values)[groups]


def mixed(groups, values):
    """Which groups have several values, bool of shape (groups,)."""
    _, values = np.unique(values, return_inverse=True)
    pairs = np.unique(np.stack([groups, values]), axis=1)
    return np.bincount(pairs[0], minlength=groups.max() + 1) > 1


def find_copies(prints, labels):
    """The copies in a data set.

    Parameters
    ----------
    prints : copies.Fingerprints
    labels : ndarray of int, shape (n,)

    Returns
    -------
    Copies
    """
    groups = copies.joined(prints)
    several = mixed(groups, labels)
    examples = [group for group in copies.members(groups) if len(group) > 1]
    examples.sort(key=lambda group: (not several[groups[group[0]]], -len(group)))
    return Copies(groups, np.unique(prints.exact, return_inverse=True)[1], examples)


def united(*groupings):
    """Groups that divide none of the given ones: images that belong together in one of them belong together.

    Parameters
    ----------
    *groupings : ndarrays of int, shape (n,), or None

    Returns
    -------
    ndarray of int, shape (n,)
        Counted from 0.
    """
    groupings = [np.unique(groups, return_inverse=True)[1] for groups in groupings if groups is not None]
    count, start, links = len(groupings[0]), len(groupings[0]), []
    for groups in groupings:  # each group is a node that its images are linked to
        links.append(np.stack([np.arange(count), start + groups]))
        start += groups.max() + 1
    rows, columns = np.concatenate(links, axis=1)
    graph = sparse.coo_array((np.ones(len(rows), bool), (rows, columns)), (start, start))
    found = sparse.csgraph.connected_components(graph, directed=False)[1][:count]
    return np.unique(found, return_inverse=True)[1]


def split(labels, groups, rng):
    """A split into train, valid and test, 70 to 25 to 5, that divides classes alike and groups not at all.

    Parameters
    ----------
    labels, groups : ndarray of int, shape (n,)
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of str, shape (n,)
        A part of `folders.PARTS`.
    """
    return np.array(folders.PARTS)[folders.divided(labels, groups, FRACTIONS, rng)]
