"""What each of the five faults of lesson 08's analysis is worth on images that hold nothing: `make five-faults`."""

import sys

import numpy as np
from sklearn.feature_selection import SelectKBest
from sklearn.metrics import accuracy_score, balanced_accuracy_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.neighbors import KNeighborsClassifier

from tools import measure

#: In the order in which the lesson's text mends them.
FAULTS = (
    "repeated before the split",
    "pixels chosen by all",
    "neighbours chosen by the test",
    "accuracy",
    "samples divided",
)
NEIGHBOURS = (1, 3, 5, 9, 15, 25)
#: Pixels that are kept.
KEPT = 30
#: Data sets of which the mean score is taken, for each seed.
SETS = 40


def nothing(rng, samples=40, each=4, rare=0.25, side=24, alike=1.0):
    """Images of samples that differ, and of classes that do not.

    Parameters
    ----------
    rng : numpy.random.Generator
    samples, each : int
        Samples, and images of each.
    rare : float
        The share of samples of class 1.
    side : int
        Pixels.
    alike : float
        The standard deviation of what the images of a sample share; that of what they don't is 1.

    Returns
    -------
    images : ndarray of float, shape (samples * each, side, side)
    labels, sample : ndarray of int, shape (samples * each,)
    """
    sample = np.repeat(np.arange(samples), each)
    labels = (rng.permutation(samples) < round(rare * samples)).astype(int)[sample]
    shared = alike * rng.normal(size=(samples, side, side))
    return shared[sample] + rng.normal(size=(samples * each, side, side)), labels, sample


def divided(rows, labels, samples, seed):
    """Two parts of some rows, three quarters and one, both classes in either, with samples kept together."""
    parts = StratifiedGroupKFold(4, shuffle=True, random_state=seed)
    one, other = next(parts.split(rows, labels[rows], samples[rows]))
    return rows[one], rows[other]


def repeated(rows, labels, rng):
    """Rows of which some of the rarer class come again, so that there are as many of either class."""
    counts = np.bincount(labels[rows], minlength=2)
    rare = rows[labels[rows] == counts.argmin()]
    return np.concatenate([rows, rng.choice(rare, np.ptp(counts))])


def score(images, labels, samples, seed, faults=()):
    """The score of the lesson's analysis, with some of its faults.

    Parameters
    ----------
    images : ndarray of float, shape (n, side, side)
    labels, samples : ndarray of int, shape (n,)
        Class, 0 or 1, and what each image is of.
    seed : int
    faults : sequence of str
        Out of `FAULTS`.

    Returns
    -------
    float
    """
    if not set(faults) <= set(FAULTS):
        raise ValueError(f"The faults are {faults}; expected some of {FAULTS}.")
    rng = np.random.default_rng(seed)
    rows, features = np.arange(len(labels)), images.reshape(len(images), -1)
    early = "repeated before the split" in faults
    if early:
        rows = repeated(rows, labels, rng)
    # What comes again is drawn into a part like any other, which is the fault; all else stays with its sample.
    alone = np.arange(len(rows))
    together = alone if "samples divided" in faults else np.append(samples, samples.max() + 1 + alone[len(labels) :])
    learn, test = divided(alone, labels[rows], together, seed)
    train, valid = (
        (learn, test) if "neighbours chosen by the test" in faults else divided(learn, labels[rows], together, seed)
    )
    train, valid, test = rows[train], rows[valid], rows[test]
    chosen = rows if "pixels chosen by all" in faults else train
    features = features[:, SelectKBest(k=KEPT).fit(features[chosen], labels[chosen]).get_support()]
    if not early:
        train = repeated(train, labels, rng)
    judge = accuracy_score if "accuracy" in faults else balanced_accuracy_score

    def judged(neighbours, part):
        model = KNeighborsClassifier(neighbours).fit(features[train], labels[train])
        return judge(labels[part], model.predict(features[part]))

    best = max(NEIGHBOURS, key=lambda neighbours: judged(neighbours, valid))
    return judged(best, test)


def main():
    kept = [FAULTS[mended:] for mended in range(len(FAULTS) + 1)]
    runs = {"mended": {"seed": list(measure.SEEDS)}, "alone": {"seed": list(measure.SEEDS)}}
    for seed in measure.SEEDS:
        sets = [nothing(np.random.default_rng([seed, number])) for number in range(SETS)]

        def mean(faults, sets=sets, seed=seed):
            return round(float(np.mean([score(*data, seed + number, faults) for number, data in enumerate(sets)])), 4)

        for mended, faults in enumerate(kept):
            runs["mended"].setdefault(f"first_{mended}", []).append(mean(faults))
        for fault in FAULTS:
            runs["alone"].setdefault(fault.replace(" ", "_"), []).append(mean((fault,)))
        print(seed, {name: values[-1] for series in runs.values() for name, values in series.items()}, flush=True)
    measure.save("08_faults", measure.entry("08_faults", "make five-faults", sets=SETS, runs=runs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
