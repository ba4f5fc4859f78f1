"""The best that anybody can do: an oracle that knows everything about a lattice image but its class.

Cell length, displacement, rotation, origin, background and dose are given to it; columns stand still, rows are
straight, and the detector adds no noise. It compares the counts with what each class would look like, and names the
most probable one.
"""

from statistics import NormalDist

import numpy as np

from helpers import lattice_sets, lattices, stem
from helpers.timeleft import TimeLeft

#: All lattices by name, those with the published names and those with the repaired ones.
LATTICES = lattices.PUBLISHED | lattice_sets.REPAIRED
#: The share of wrong answers from which two classes are said to merge.
MERGED = 0.1


def candidates(setting, origin, names=tuple(lattice_sets.REPAIRED)):
    """What an image with these parameters looks like on average, if it is of this class or that.

    Parameters
    ----------
    setting : dict
        From `lattice_sets.drawn`. Its look is not used, because that belongs to a class.
    origin : (float, float)
        Of the lattice, in pixels.
    names : sequence of str
        Classes of `lattice_sets.REPAIRED` or `lattices.PUBLISHED`.

    Returns
    -------
    dict of str to ndarray of float32, shape (looks, side, side)
        For each class that has such cells one image for each of its looks: means of 2x2 pixels, of which the brightest
        has 1.
    """
    images, side = {}, round(lattice_sets.FIELD * setting["side"])
    for name in names:
        lattice = LATTICES[name]
        if not min(lattice.lengths) <= setting["length"] <= max(lattice.lengths):
            continue
        displacement, images[name] = (setting["displacement_x"], setting["displacement_y"]), []
        for look in lattice.looks if lattice.second else lattice.looks[:1]:
            columns = lattices.columns(
                lattice, setting["length"], (side, side), look, displacement, setting["rotation"], origin
            )
            image = stem.intensity(columns, (side, side), background=setting["background"] * lattice.brightest(look))
            images[name].append(stem.reduced(image / image.max(), lattice_sets.REDUCED))
    return {name: np.stack(looks) for name, looks in images.items()}


def log_likelihood(counts, mean):
    """The logarithm of the probability of Poisson counts, but for a constant that depends on the counts alone.

    Parameters
    ----------
    counts : ndarray, shape (rows, columns)
    mean : ndarray of float, shape (..., rows, columns)
        Counts to be expected.

    Returns
    -------
    ndarray of float, shape (...)
        Σ (n ln μ − μ).
    """
    mean = np.maximum(mean, 1e-9)
    return np.sum(counts * np.log(mean) - mean, axis=(-2, -1), dtype=np.float64)


def confusion(doses, each, rng, names=tuple(lattice_sets.REPAIRED)):
    """The oracle's confusion matrix at each dose: an upper bound of everybody's accuracy.

    Parameters
    ----------
    doses : sequence of float
        Electrons in the brightest unreduced pixel.
    each : int
        Images of each class, with parameters drawn at random.
    rng : numpy.random.Generator
    names : sequence of str

    Returns
    -------
    ndarray of float, shape (doses, classes, classes)
        Share of the images of one class (rows) that are called another (columns). Each row has the sum 1.
    """
    from scipy.special import logsumexp

    matrix = np.zeros((len(doses), len(names), len(names)))
    line, done = TimeLeft(len(names) * each, "asking the oracle"), 0
    for truth, name in enumerate(names):
        for _ in range(each):
            setting = lattice_sets.drawn(LATTICES[name], rng)
            images = candidates(setting, rng.uniform(0, setting["length"], 2), names)
            own = images[name][rng.integers(len(images[name]))]
            # How probable such a cell is in a class, and then each of its looks.
            prior = {other: -np.log(np.ptp(LATTICES[other].lengths) * len(looks)) for other, looks in images.items()}
            for place, dose in enumerate(doses):
                electrons = dose * lattice_sets.REDUCED**2  # in a reduced pixel
                counts = rng.poisson(electrons * own.astype(np.float64))
                score = {
                    other: prior[other] + logsumexp(log_likelihood(counts, electrons * looks))
                    for other, looks in images.items()
                }
                best = max(score.values())
                equal = [other for other in score if best - score[other] < 1e-6]  # who sees no difference tosses a coin
                for other in equal:
                    matrix[place, truth, names.index(other)] += 1 / len(equal) / each
            done += 1
            line.update(done)
    line.close()
    return matrix


def merging(each, rng, names=tuple(lattice_sets.REPAIRED)):
    """The dose below which two equally frequent classes merge: there one image in ten is taken for the other class.

    Parameters
    ----------
    each : int
        Settings of which the median is taken.
    rng : numpy.random.Generator
    names : sequence of str

    Returns
    -------
    ndarray of float, shape (classes, classes)
        Electrons in the brightest unreduced pixel; infinite for classes that are one, NaN where the two have no cell
        length in common. From d′² = Σ (μ₁ − μ₂)² / μ, see docs/stem.md, for those looks that are most alike.
    """
    needed = (2 * NormalDist().inv_cdf(1 - MERGED)) ** 2
    doses = np.full((each, len(names), len(names)), np.nan)
    for trial in range(each):
        first = names[trial % len(names)]
        setting = lattice_sets.drawn(LATTICES[first], rng)
        images = candidates(setting, rng.uniform(0, setting["length"], 2), names)
        for one, other in np.ndindex(doses.shape[1:]):
            if one != other and names[one] in images and names[other] in images:
                a, b = images[names[one]][:, None], images[names[other]][None]
                squared = lattice_sets.REDUCED**2 * np.sum((a - b) ** 2 / ((a + b) / 2 + 1e-9), axis=(-2, -1)).min()
                doses[trial, one, other] = needed / squared if squared > 1e-6 else np.inf
    unseen = np.isnan(doses).all(axis=0)
    doses[:, unseen] = -1
    middle = np.nanmedian(doses, axis=0)
    return np.where(unseen, np.nan, middle)
