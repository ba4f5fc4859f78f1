"""Answers to the exercises of lesson 8."""

import random
from itertools import combinations

import numpy as np
from scipy import stats
from sklearn import ensemble, linear_model, metrics, model_selection, neighbors, pipeline, utils
from sklearn.base import clone
from sklearn.feature_selection import SelectKBest, f_classif

from helpers import four_folders
from tests.wrong_answers import Bank
from tools import five_faults, notebooks

GUESS = {"north": ["copies", "shortcut"], "east": ["nothing"], "south": ["groups"], "west": ["wrong labels"]}

EXERCISE_8_1 = Bank(
    wrong={
        "untouched": (GUESS | {"west": ...}, "blank"),
        "blank in a list": (GUESS | {"west": [...]}, "blank"),
        "text": (GUESS | {"south": "groups"}, '["groups"]'),
        "one folder less": ({name: GUESS[name] for name in ("north", "west")}, "for east and south"),
        "one folder more": (GUESS | {"center": ["copies"]}, "no folder 'center'"),
        "capital": ({name.title(): words for name, words in GUESS.items()}, 'Did you mean "north"?'),
        "misspelt": (GUESS | {"north": ["copys"]}, 'Did you mean "copies"?'),
        "singular": (GUESS | {"west": ["wrong label"]}, 'Did you mean "wrong labels"?'),
        "own words": (GUESS | {"west": ["bad microscope"]}, "the words are"),
        "empty": (GUESS | {"east": []}, '["nothing"]'),
        "nothing and more": (GUESS | {"east": ["nothing", "copies"]}, '"copies" as well'),
        "number": (GUESS | {"east": 1}, "expected a list"),
        "numbers": (GUESS | {"east": [1, 2]}, "expected words"),
        "nested": (GUESS | {"east": [["copies"]]}, "expected words"),
        "None": (GUESS | {"east": None}, "expected a list"),
        "generator": (GUESS | {"east": (word for word in ["copies"])}, "expected a list"),
        "list": (list(GUESS.values()), "expected a dictionary"),
        "names only": (set(GUESS), "expected a dictionary"),
    },
    right={
        "as meant": GUESS,
        "nothing everywhere": {name: ["nothing"] for name in four_folders.NAMES},
        "tuples and sets": {
            "west": ("two classes are one",),
            "south": {"groups"},
            "east": {"nothing"},
            "north": ("copies",),
        },
        "array": GUESS | {"north": np.array(["shortcut", "copies"])},
        "everything": dict.fromkeys(four_folders.NAMES, four_folders.FAULTS[:-1]),
        "twice": GUESS | {"west": ["wrong labels", "wrong labels"]},
    },
)


# --- new days -------------------------------------------------------------------------------------


def by_day(parts=None, take=np.array, **options):
    """A function for Exercise 8.2, or a wrong turn of it."""

    def day_by_day(classifier, features, labels, days):
        cv = parts or model_selection.LeaveOneGroupOut()
        return take(model_selection.cross_val_score(classifier, features, labels, groups=days, cv=cv, **options))

    return day_by_day


def each_day(train=lambda is_day: ~is_day, test=lambda is_day: is_day, order=np.unique, collect=list):
    """A function for Exercise 8.2, as a loop."""

    def day_by_day(classifier, features, labels, days):
        scores = []
        for day in order(days):
            is_day = days == day
            model = clone(classifier).fit(features[train(is_day)], labels[train(is_day)])
            scores.append(model.score(features[test(is_day)], labels[test(is_day)]))
        return collect(scores)

    return day_by_day


def _met(days):
    return list(dict.fromkeys(days.tolist()))


def _everything(is_day):
    return np.ones(len(is_day), bool)


def _said(classifier, features, labels, days):
    return model_selection.cross_val_predict(
        classifier, features, labels, groups=days, cv=model_selection.LeaveOneGroupOut()
    )


def _from_predictions(classifier, features, labels, days):
    right = _said(classifier, features, labels, days) == labels
    member = np.unique(days, return_inverse=True)[1]
    return np.bincount(member, weights=right) / np.bincount(member)


def _as_dictionary(classifier, features, labels, days):
    return dict(zip(np.unique(days), by_day()(classifier, features, labels, days), strict=True))


def _validated(classifier, features, labels, days):
    return model_selection.cross_validate(
        classifier, features, labels, groups=days, cv=model_selection.LeaveOneGroupOut()
    )


def _by_group_k_fold(classifier, features, labels, days):
    """As many parts as days, put into the days' order afterwards."""
    names = np.unique(days)
    splitter = model_selection.GroupKFold(len(names))
    scores = model_selection.cross_val_score(classifier, features, labels, groups=days, cv=splitter)
    held = [days[inside][0] for _, inside in splitter.split(features, labels, days)]
    return scores[np.argsort(held)]


def _largest_first(classifier, features, labels, days):
    return by_day(model_selection.GroupKFold(len(np.unique(days))))(classifier, features, labels, days)


def _own_forest(classifier, features, labels, days):
    return by_day()(ensemble.RandomForestClassifier(3, random_state=0), features, labels, days)


def _scaled(classifier, features, labels, days):
    return by_day()(classifier, features / features.max(axis=0), labels, days)


def _days_as_labels(classifier, features, labels, days):
    return by_day()(classifier, features, labels, labels)


EXERCISE_8_2 = Bank(
    wrong={
        "untouched": (lambda c, x, y, days: ..., "blank"),
        "mean": (by_day(take=np.mean), "Their mean hides"),
        "KFold": (by_day(model_selection.KFold(6)), "Leave out whole days"),
        "at random": (by_day(model_selection.StratifiedKFold(6, shuffle=True, random_state=0)), "Leave out whole days"),
        "five parts": (by_day(model_selection.StratifiedGroupKFold(5)), "several at a time"),
        "three parts": (by_day(model_selection.GroupKFold(3)), "several at a time"),
        "largest first": (_largest_first, "in another order"),
        "groups are labels": (_days_as_labels, "Leave out whole days"),
        "trained on all": (each_day(train=_everything), "judged by one that it knows"),
        "trained on the day": (each_day(train=lambda d: d, test=lambda d: d), "the other way round"),
        "the other way round": (each_day(train=lambda d: d, test=lambda d: ~d), "the other way round"),
        "training score": (each_day(test=lambda d: ~d), "All are 100%"),
        "as they are met": (each_day(order=_met), "in which they are met"),
        "reversed": (by_day(take=lambda scores: scores[::-1]), "in another order"),
        "sorted": (by_day(take=np.sort), "in another order"),
        "balanced": (by_day(scoring="balanced_accuracy"), "Plain accuracy is asked for"),
        "predictions": (_said, "for each image"),
        "a dictionary": (_as_dictionary, "a dictionary"),
        "cross_validate": (_validated, "test_score"),
        "a table": (each_day(collect=lambda scores: np.array(scores)[:, None]), "has the shape (6, 1)"),
        "per cent": (by_day(take=lambda scores: 100 * scores), "per cent"),
        "errors": (by_day(take=lambda scores: 1 - scores), "shares that are wrong"),
        "rounded": (by_day(take=lambda scores: scores.round(1)), "For day number"),
        "another classifier": (_own_forest, "never trained"),
        "other features": (_scaled, "other features"),
        "numbers only": (
            lambda c, x, y, days: by_day()(c, x, y, days.astype(int)),
            "They can be dates",
        ),
    },
    right={
        "as meant": by_day(),
        "a loop": each_day(),
        "from predictions": _from_predictions,
        "cross_validate's": lambda *given: _validated(*given)["test_score"],
        "GroupKFold, in order": _by_group_k_fold,
        "LeavePGroupsOut": by_day(model_selection.LeavePGroupsOut(1), scoring="accuracy"),
    },
)


# --- meaningless labels ---------------------------------------------------------------------------


def exchanged(draw=lambda of_groups, rng: rng.permutation(of_groups)):
    """A function for Exercise 8.3, or a wrong turn of it: what `draw` makes of the groups' labels."""

    def shuffled(labels, groups, rng):
        _, first, member = np.unique(groups, return_index=True, return_inverse=True)
        return np.asarray(draw(labels[first], rng))[member]

    return shuffled


def _of_first_image(labels, groups, rng):
    _, first, member = np.unique(groups, return_index=True, return_inverse=True)
    return rng.permutation(labels)[first][member]


def _of_groups(labels, groups, rng):
    _, first = np.unique(groups, return_index=True)
    return rng.permutation(labels[first])


def _in_place(labels, groups, rng):
    labels[:] = exchanged()(labels, groups, rng)
    return labels


def _names_permuted(labels, groups, rng):
    names, member = np.unique(groups, return_inverse=True)
    return rng.permutation(names)[member]


def _places_permuted(labels, groups, rng):
    names, member = np.unique(groups, return_inverse=True)
    return rng.permutation(len(names))[member]


def _within_groups(labels, groups, rng):
    result = labels.copy()
    for group in np.unique(groups):
        result[groups == group] = rng.permutation(labels[groups == group])
    return result


def _of_same_size(labels, groups, rng):
    names, first, counts = np.unique(groups, return_index=True, return_counts=True)
    result = labels.copy()
    for size in np.unique(counts):
        alike = np.flatnonzero(counts == size)
        for group, label in zip(alike, rng.permutation(labels[first[alike]]), strict=True):
            result[groups == names[group]] = label
    return result


def _sorted_groups(labels, groups, rng):
    """As if the groups came sorted, and all images of one behind each other."""
    _, counts = np.unique(groups, return_counts=True)
    ends = np.cumsum(counts)
    return np.repeat(rng.permutation(labels[ends - 1]), counts)


def _one_exchange(of_groups, rng):
    result = of_groups.copy()
    one, other = rng.choice(len(result), 2, replace=False)
    result[[one, other]] = result[[other, one]]
    return result


def _names_exchanged(labels, groups, rng):
    """Each group's name stands for another one, whose label it gets."""
    names = list(dict.fromkeys(groups.tolist()))
    other = dict(zip(names, rng.permutation(len(names)), strict=True))
    label_of = dict(zip(groups.tolist(), labels.tolist(), strict=True))
    return [label_of[names[other[group]]] for group in groups.tolist()]


def _sorted_by_chance(of_groups, rng):
    return of_groups[rng.random(len(of_groups)).argsort()]


def _shuffled_list(labels, groups, rng):
    result = np.empty_like(labels)
    names = np.unique(groups)
    new = [labels[groups == name][0] for name in names]
    rng.shuffle(new)
    for name, label in zip(names, new, strict=True):
        result[groups == name] = label
    return result


EXERCISE_8_3 = Bank(
    wrong={
        "untouched": (lambda y, g, rng: ..., "blank"),
        "images": (lambda y, g, rng: rng.permutation(y), "one by one"),
        "with replacement": (exchanged(lambda y, rng: rng.choice(y, len(y))), "drawn twice"),
        "a coin for each group": (exchanged(lambda y, rng: rng.integers(0, 2, len(y))), "expected as many as before"),
        "a coin for each image": (lambda y, g, rng: rng.integers(0, 2, len(y)), "of one group get different labels"),
        "of the first image": (_of_first_image, "labels of images don't come in"),
        "one for each group": (_of_groups, "one label for each of 12 groups"),
        "in place": (_in_place, "`labels` is changed"),
        "own generator": (exchanged(lambda y, rng: np.random.default_rng(0).permutation(y)), "the same each time"),
        "any generator": (exchanged(lambda y, rng: np.random.default_rng().permutation(y)), "has to come from `rng`"),
        "python's chance": (exchanged(lambda y, rng: random.sample(y.tolist(), len(y))), "has to come from `rng`"),
        "as they were": (lambda y, g, rng: y, "as they were"),
        "within groups": (_within_groups, "as they were"),
        "names of groups": (_names_permuted, "not their names"),
        "places of groups": (_places_permuted, "not their names"),
        "swapped": (lambda y, g, rng: 1 - y, "changed places"),
        "same size": (_of_same_size, "Large and small groups"),
        "reversed": (exchanged(lambda y, rng: y[::-1]), "the same each time"),
        "turned": (exchanged(lambda y, rng: np.roll(y, rng.integers(len(y)))), "arrangements"),
        "one exchange": (exchanged(_one_exchange), "arrangements"),
        "sorted groups": (_sorted_groups, "different labels"),
        "returns nothing": (lambda y, g, rng: rng.shuffle(y), "None"),
        "numbers only": (lambda y, g, rng: exchanged()(y, g + 0, rng), "names of groups"),
        "two classes only": (
            lambda y, g, rng: exchanged()(np.minimum(y, 1), g, rng),
            "With three, and names of groups",
        ),
    },
    right={
        "as meant": exchanged(),
        "names exchanged": _names_exchanged,
        "sorted by chance": exchanged(_sorted_by_chance),
        "a list, shuffled": _shuffled_list,
        "drawn without replacement": exchanged(lambda y, rng: rng.choice(y, len(y), replace=False)),
        "as floats": exchanged(lambda y, rng: rng.permuted(y.astype(float))),
    },
)


# --- p values -------------------------------------------------------------------------------------


def _z(score, others):
    return (score - np.mean(others)) / max(np.std(others), 1e-12)


def share(count=lambda score, others: np.sum(others >= score), above=1, below=1):
    """A function for Exercise 8.4, or a wrong turn of it."""
    return lambda score, others: (above + count(score, np.asarray(others))) / (below + len(others))


def _away(score, others):
    middle = np.mean(others)
    return np.sum(np.abs(others - middle) >= abs(score - middle))


def _ranked(score, others):
    """From the place of one's own score among all, the largest first."""
    everything = np.append(others, score)
    return stats.rankdata(-everything, method="max")[-1] / len(everything)


def _listed(score, others):
    everyone = others + [score]  # noqa: RUF005 (as students write it)
    return sum(other >= score for other in everyone) / len(everyone)


def _appended(score, others):
    others.append(score)
    return np.mean(np.asarray(others) >= score)


def _searched(score, others):
    ranked = sorted(others)
    return 1 - np.searchsorted(ranked, score) / (len(ranked) + 1)


EXERCISE_8_4 = Bank(
    wrong={
        "untouched": (lambda s, o: ..., "blank"),
        "without one's own": (share(above=0, below=0), "Add 1 above and below"),
        "a mean": (lambda s, o: np.mean(np.asarray(o) >= s), "Add 1 above and below"),
        "own below only": (share(above=0), "counted below, but not above"),
        "own above only": (share(below=0), "counted above, but not below"),
        "higher only": (share(lambda s, o: np.sum(o > s)), ">=, not >"),
        "higher, without one's own": (share(lambda s, o: np.sum(o > s), above=0, below=0), ">=, not >"),
        "lower": (share(lambda s, o: np.sum(o <= s)), "as *low* or lower"),
        "one minus": (lambda s, o: 1 - share()(s, o), "1 − p"),
        "share that is lower": (share(lambda s, o: np.sum(o < s), above=0, below=0), "that are lower"),
        "per cent": (lambda s, o: 100 * share()(s, o), "per cent"),
        "number": (lambda s, o: 1 + np.sum(np.asarray(o) >= s), "Return their share"),
        "parentheses": (lambda s, o: 1 + share(above=0)(s, o), "Mind the parentheses"),
        "both sides": (share(_away), "on either side"),
        "twice": (lambda s, o: 2 * share()(s, o), "for both sides"),
        "normal": (lambda s, o: stats.norm.sf(_z(s, o)), "a normal distribution"),
        "distance": (_z, "in standard deviations"),
        "lowest possible": (lambda s, o: 1 / (1 + len(o)), "the lowest p value"),
        "twenty": (lambda s, o: (1 + np.sum(np.asarray(o) >= s)) / 20, "You divide by 20"),
        "which ones": (lambda s, o: np.asarray(o) >= s, "expected one number"),
        "something else": (lambda s, o: 0.05, "expected (1 + 4)"),
        "arrays only": (lambda s, o: (1 + np.sum(o >= s)) / (1 + len(o)), "come as a list"),
        "arrays' methods": (lambda s, o: (1 + (o.copy() >= s).sum()) / (1 + o.size), "come as a list"),
        "appended": (_appended, "another list after the call"),
    },
    right={
        "as meant": share(),
        "counted one by one": share(lambda s, o: sum(other >= s for other in o)),
        "a longer list": _listed,
        "own among them": lambda s, o: np.mean(np.append(o, s) >= s),
        "rank": _ranked,
        "searched": _searched,
        "an array of one": lambda s, o: np.array([share()(s, o)]),
    },
)


# --- an interval ----------------------------------------------------------------------------------


def drawn(
    unit=lambda groups: groups,
    draws=1000,
    ends=(0.025, 0.975),
    of=lambda sums, counts: sums.sum(axis=1) / counts.sum(axis=1),
    number=lambda count, images: count,
    places=lambda rng, count, size: rng.integers(count, size=size),
    end=np.quantile,
):
    """A function for Exercise 8.5, or a wrong turn of it."""

    def interval(gain, groups, rng):
        _, member = np.unique(unit(groups), return_inverse=True)
        sums, counts = np.bincount(member, weights=gain), np.bincount(member)
        chosen = places(rng, len(sums), (draws, number(len(sums), len(gain))))
        return end(of(sums[chosen], counts[chosen]), ends)

    return interval


def _by_loop(gain, groups, rng):
    names = np.unique(groups)
    own = {name: gain[groups == name] for name in names}
    means = [np.concatenate([own[name] for name in rng.choice(names, len(names))]).mean() for _ in range(1000)]
    return np.percentile(means, 2.5), np.percentile(means, 97.5)


def _by_weights(gain, groups, rng):
    """How often each group is drawn is multinomial."""
    names, member = np.unique(groups, return_inverse=True)
    times = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=1500)[:, member]
    return np.quantile(times @ gain / times.sum(axis=1), [0.025, 0.975]).tolist()


def _sorted_means(gain, groups, rng):
    means = drawn(end=lambda means, ends: np.sort(means))(gain, groups, rng)
    return means[25], means[974]


def _symmetric(width):
    def interval(gain, groups, rng):
        spread = drawn(end=lambda means, ends: means.std())(gain, groups, rng)
        return gain.mean() - width * spread, gain.mean() + width * spread

    return interval


def _by_formula(gain, groups, rng):
    """Without any draw: the spread of the groups' sums about what their sizes let expect."""
    _, member = np.unique(groups, return_inverse=True)
    sums, counts = np.bincount(member, weights=gain), np.bincount(member)
    rest = sums - gain.mean() * counts
    spread = np.sqrt(np.sum(rest**2)) / counts.sum()
    return gain.mean() - 1.96 * spread, gain.mean() + 1.96 * spread


def _images_anew(gain, groups, rng):
    """Images are drawn anew within each of the groups that were drawn."""
    own = [gain[groups == name] for name in np.unique(groups)]
    means = []
    for _ in range(1000):
        chosen = [own[place] for place in rng.integers(len(own), size=len(own))]
        means.append(np.concatenate([rng.choice(images, len(images)) for images in chosen]).mean())
    return np.quantile(means, [0.025, 0.975])


def _centred_in_place(gain, groups, rng):
    middle = gain.mean()
    gain -= middle
    return drawn()(gain, groups, rng) + middle


def _without_replacement(rng, count, size):
    return np.array([rng.permutation(count) for _ in range(size[0])])


EXERCISE_8_5 = Bank(
    wrong={
        "untouched": (lambda gain, groups, rng: (..., ...), "blank"),
        "images": (drawn(unit=lambda groups: np.arange(len(groups))), "as if each image were news"),
        "mean of means": (drawn(of=lambda sums, counts: (sums / counts).mean(axis=1)), "the mean of the groups' means"),
        "90 %": (drawn(ends=(0.05, 0.95)), "holds 90%"),
        "99 %": (drawn(ends=(0.005, 0.995)), "holds 99%"),
        "one tail": (drawn(ends=(0, 0.95)), "all of them at the top"),
        "quartiles": (drawn(ends=(0.25, 0.75)), "quartiles"),
        "wrong order": (drawn(ends=(0.975, 0.025)), "wrong order"),
        "extremes": (drawn(end=lambda means, ends: (means.min(), means.max()), draws=1000), "lowest and the highest"),
        "percentile of shares": (drawn(end=np.percentile), "np.percentile takes per cent"),
        "without replacement": (drawn(places=_without_replacement), "*with* replacement"),
        "own generator": (
            lambda gain, groups, rng: drawn()(gain, groups, np.random.default_rng(0)),
            "Draw the groups with the `rng`",
        ),
        "any generator": (
            lambda gain, groups, rng: drawn()(gain, groups, np.random.default_rng()),
            "has to come from `rng`",
        ),
        "formula": (_by_formula, "with the `rng`"),
        "lower end": (lambda *given: drawn()(*given)[0], "expected two"),
        "means": (drawn(end=lambda means, ends: means), "the 1000 means"),
        "half as many": (drawn(number=lambda count, images: count // 2), "fewer groups are drawn"),
        "as many as images": (drawn(number=lambda count, images: images), "as many groups as there are images"),
        "one standard error": (_symmetric(1), "one standard error"),
        "of the distance": (lambda gain, *given: drawn()(gain, *given) - gain.mean(), "distance from the mean"),
        "per cent": (lambda *given: 100 * drawn()(*given), "per cent"),
        "of the images": (lambda gain, groups, rng: np.quantile(gain, (0.025, 0.975)), "where single images lie"),
        "sums": (drawn(of=lambda sums, counts: sums.sum(axis=1)), "Divide the sum"),
        "groups' sums": (drawn(of=lambda sums, counts: sums.mean(axis=1)), "Divide the sum"),
        "numbers only": (lambda gain, groups, rng: drawn()(gain, groups + 0, rng), "They can have names"),
        "images anew": (_images_anew, "drawn anew within"),
        "a hundred draws": (drawn(draws=100), "Draw a thousand times"),
        "in place": (_centred_in_place, "changes the array"),
    },
    right={
        "as meant": drawn(),
        "a loop": _by_loop,
        "multinomial": _by_weights,
        "sorted": _sorted_means,
        "more draws": drawn(draws=9999),
        "symmetric": _symmetric(1.96),
        "999 draws": drawn(draws=999),
    },
)


# --- suspects -------------------------------------------------------------------------------------


def _own_limits(p, y):
    return np.array([p[y == k, k].mean() for k in range(p.shape[1])])


def doubted(
    limits=_own_limits,
    reaches=np.greater_equal,
    best=lambda reached, p: np.where(reached, p, 0).argmax(axis=1),
    some=lambda reached: reached.any(axis=1),
    end=np.flatnonzero,
):
    """A function for Exercise 8.6, or a wrong turn of it."""

    def suspects(p, y):
        reached = reaches(p, limits(p, y))
        return end(some(reached) & (best(reached, p) != y))

    return suspects


def _below_own(p, y):
    return np.flatnonzero(p[np.arange(len(y)), y] < _own_limits(p, y)[y])


def _any_other(p, y):
    reached = p >= _own_limits(p, y)
    reached[np.arange(len(y)), y] = False
    return np.flatnonzero(reached.any(axis=1))


def _neither_own(p, y):
    reached = p >= _own_limits(p, y)
    own = reached[np.arange(len(y)), y]
    return np.flatnonzero(reached.any(axis=1) & ~own)


def _most_probable_reaches(p, y):
    best = p.argmax(axis=1)
    return np.flatnonzero((p.max(axis=1) >= _own_limits(p, y)[best]) & (best != y))


def _by_predictions(p, y):
    best = p.argmax(axis=1)
    return np.array([p[best == k, k].mean() if (best == k).any() else 1 for k in range(p.shape[1])])


def _in_place_of_zeros(p, y):
    p[p < _own_limits(p, y)] = 0
    return np.flatnonzero(p.any(axis=1) & (p.argmax(axis=1) != y))


def _least_sure_first(p, y):
    places = doubted()(p, y)
    return places[p[places, y[places]].argsort()]


def _image_by_image(p, y):
    limits, listed = _own_limits(p, y), []
    for place, (row, label) in enumerate(zip(p, y, strict=True)):
        reached = {k: row[k] for k in range(len(row)) if row[k] >= limits[k]}
        if reached and max(reached, key=reached.get) != label:
            listed.append(place)
    return listed


def _masked(p, y):
    limits = [np.mean(p[:, k], where=y == k) for k in range(p.shape[1])]
    reached = np.ma.masked_less(p, limits)
    return np.nonzero(~np.all(reached.mask, axis=1) & (reached.filled(-1).argmax(axis=1) != y))[0]


def _class_by_class(p, y):
    limits = _own_limits(p, y)
    found = set()
    for k in range(p.shape[1]):
        others = np.where(p >= limits, p, -np.inf)
        found |= set(np.flatnonzero((y != k) & (p[:, k] >= limits[k]) & (p[:, k] == others.max(axis=1))).tolist())
    return np.array(sorted(found), dtype=np.int32)


EXERCISE_8_6 = Bank(
    wrong={
        "untouched": (lambda p, y: ..., "blank"),
        "most probable is another": (
            lambda p, y: np.flatnonzero(p.argmax(axis=1) != y),
            "also where the classifier is unsure",
        ),
        "one half": (doubted(lambda p, y: 0.5), "One limit of 0.5"),
        "mean over all": (doubted(lambda p, y: p.mean(axis=0)), "*with its label*"),
        "mean of the limits": (doubted(lambda p, y: _own_limits(p, y).mean()), "the mean of the limits"),
        "one mean": (doubted(lambda p, y: p[np.arange(len(y)), y].mean()), "the mean over all images"),
        "of predictions": (doubted(_by_predictions), "that the classifier calls so"),
        "medians": (doubted(lambda p, y: np.array([np.median(p[y == k, k]) for k in range(p.shape[1])])), "medians"),
        "largest": (doubted(lambda p, y: np.array([p[y == k].max() for k in range(p.shape[1])])), "The limits are"),
        "above": (doubted(reaches=np.greater), ">=, not >"),
        "below its own": (_below_own, "of their *own* label"),
        "first that is reached": (doubted(best=lambda reached, p: reached.argmax(axis=1)), "the first class"),
        "any other": (_any_other, "it is no suspect"),
        "not its own": (_neither_own, "are left out"),
        "the most probable only": (_most_probable_reaches, "the second one may"),
        "reaches none": (doubted(some=lambda reached: True), "reach no limit"),
        "the others": (lambda p, y: np.setdiff1d(np.arange(len(y)), doubted()(p, y)), "all the others"),
        "mask": (doubted(end=np.array), "True and False"),
        "np.where": (doubted(end=np.where), "a tuple"),
        "np.argwhere": (doubted(end=np.argwhere), "one column"),
        "least sure first": (_least_sure_first, "rising order"),
        "number": (doubted(end=np.sum), "expected places"),
        "probabilities": (lambda p, y: p[doubted()(p, y)].max(axis=1), "whole numbers"),
        "from one": (lambda p, y: doubted()(p, y) + 1, "The limits are"),
        "in place": (_in_place_of_zeros, "changes the array"),
    },
    right={
        "as meant": doubted(),
        "image by image": _image_by_image,
        "masked": _masked,
        "class by class": _class_by_class,
    },
)


# --- an analysis that looks fine ------------------------------------------------------------------

NEIGHBOURS = (1, 3, 5, 9, 15, 25)


def _as_it_was_sent():
    """The analysis that is to be mended, as the lesson has it."""
    [cell] = [
        cell for cell in notebooks.solution("08_your_own_data").cells if "to-mend" in cell.metadata.get("tags", [])
    ]
    names = {"np": np}
    exec(cell.source, names)
    return names["looks_fine"]


def _group_shuffled(rows, labels, samples, seed):
    parts = model_selection.GroupShuffleSplit(1, test_size=0.25, random_state=seed)
    one, other = next(parts.split(rows, labels[rows], samples[rows]))
    return rows[one], rows[other]


def _last_fold(rows, labels, samples, seed):
    """The first quarter is the test, of four that were not asked to be at random."""
    parts = model_selection.StratifiedGroupKFold(4)
    one, other = list(parts.split(rows, labels[rows], samples[rows]))[-1]
    return rows[one], rows[other]


def _samples_in_turn(rows, labels, samples, seed):
    """Samples of each class shuffled, and the first quarter of each for the second part."""
    rng = np.random.default_rng([seed, len(rows)])
    out = []
    for label in (0, 1):
        names = rng.permutation(np.unique(samples[rows[labels[rows] == label]]))
        out.extend(names[: max(1, round(len(names) / 4))].tolist())
    inside = np.isin(samples[rows], out)
    return rows[~inside], rows[inside]


def _ungrouped(rows, labels, samples, seed):
    return model_selection.train_test_split(rows, test_size=0.25, stratify=labels[rows], random_state=seed)


def _places_divided(rows, labels, samples, seed):
    """Places in `rows`, taken for numbers of photographs."""
    return five_faults.divided(np.arange(len(rows)), labels[rows], samples[rows], seed)


def _places_looked_up(rows, labels, samples, seed):
    one, other = _places_divided(rows, labels, samples, seed)
    return rows[one], rows[other]


def _shuffled_and_cut(rows, labels, samples, seed):
    mixed = np.random.default_rng(seed).permutation(rows)
    return mixed[len(rows) // 4 :], mixed[: len(rows) // 4]


def _resampled(rows, labels, rng):
    counts = np.bincount(labels[rows], minlength=2)
    one, other = (rows[labels[rows] == label] for label in (counts.argmin(), counts.argmax()))
    if len(one) == len(other):
        return rows
    more = utils.resample(one, n_samples=len(other), random_state=int(rng.integers(10**6)))
    return np.concatenate([other, more])


def _fewer(rows, labels, rng):
    """As many of either, by leaving some of the larger class out."""
    fewest = np.bincount(labels[rows], minlength=2).min()
    return np.concatenate([rng.permutation(rows[labels[rows] == label])[:fewest] for label in (0, 1)])


def analysis(
    divide=five_faults.divided,
    inner=None,
    even=five_faults.repeated,
    pixels="train",
    refit=False,
    judge=metrics.balanced_accuracy_score,
    returns="test",
    weights="uniform",
    early=None,
    end=float,
    shuffle=False,
):
    """A function for Exercise 8.7, or a wrong turn of it, with each step as wanted."""

    def mended(images, labels, samples, seed):
        rng = np.random.default_rng(seed)
        if shuffle:
            labels = rng.permutation(labels)
        features = images.reshape(len(images), -1)
        rows = np.arange(len(labels))
        if early:
            rows = early(rows, labels, rng)
        learn, test = divide(rows, labels, samples, seed)
        train, valid = (inner or divide)(learn, labels, samples, seed)
        where = {"train": train, "learn": learn}[pixels]
        features = features[:, SelectKBest(k=30).fit(features[where], labels[where]).get_support()]
        last = even(learn, labels, rng) if refit else None
        train = even(train, labels, rng)

        def score(neighbours, part, known=train):
            model = neighbors.KNeighborsClassifier(neighbours, weights=weights).fit(features[known], labels[known])
            return judge(labels[part], model.predict(features[part]))

        scores = {neighbours: score(neighbours, valid) for neighbours in NEIGHBOURS}
        best = max(scores, key=scores.get)
        if returns == "valid":
            return scores[best]
        if returns == "train":
            return score(best, train)
        if returns == "all tests":
            return [score(neighbours, test) for neighbours in NEIGHBOURS]
        return end(score(best, test, last if refit else train))

    return mended


def _searched_for(
    class_of=neighbors.KNeighborsClassifier, grid=None, scores=False, divide=five_faults.divided, **options
):
    """A pipeline whose setting is searched for by cross-validation within `learn`."""

    def mended(images, labels, samples, seed):
        features = images.reshape(len(images), -1)
        rows = np.arange(len(labels))
        learn, test = (rows, rows) if scores else divide(rows, labels, samples, seed)
        search = model_selection.GridSearchCV(
            pipeline.make_pipeline(SelectKBest(f_classif, k=30), class_of(**options)),
            grid or {"kneighborsclassifier__n_neighbors": (1, 3, 5, 9, 15, 25)},
            scoring="balanced_accuracy",
            cv=model_selection.StratifiedGroupKFold(4, shuffle=True, random_state=seed),
        )
        search.fit(features[learn], labels[learn], groups=samples[learn])
        return search.best_score_ if scores else search.score(features[test], labels[test])

    return mended


def _nested(images, labels, samples, seed):
    """Each quarter is the test once, and the mean of the four scores is returned."""
    parts = model_selection.StratifiedGroupKFold(4, shuffle=True, random_state=seed)
    folds = list(parts.split(images, labels, samples))

    def one_of(number):
        return lambda rows, labels, samples, seed: folds[number]

    return np.mean([analysis(one_of(n), five_faults.divided)(images, labels, samples, seed) for n in range(4)])


def _early_with_samples(images, labels, samples, seed):
    """Repeated at first, but copies are kept together like any photographs of a sample; balanced accuracy."""
    rows = five_faults.repeated(np.arange(len(labels)), labels, np.random.default_rng(seed))
    return analysis(even=lambda rows, labels, rng: rows)(images[rows], labels[rows], samples[rows], seed)


def _by_inner_folds(images, labels, samples, seed):
    """The number of neighbours by the mean of three parts of `learn`, by hand."""
    rng = np.random.default_rng(seed)
    features = images.reshape(len(images), -1)
    learn, test = five_faults.divided(np.arange(len(labels)), labels, samples, seed)

    def score(neighbours, known, part):
        chosen = SelectKBest(k=30).fit(features[known], labels[known])
        known = five_faults.repeated(known, labels, rng)
        model = neighbors.KNeighborsClassifier(neighbours).fit(chosen.transform(features[known]), labels[known])
        said = model.predict(chosen.transform(features[part]))
        return np.mean([np.mean(said[labels[part] == label] == label) for label in np.unique(labels[part])])

    parts = model_selection.StratifiedGroupKFold(3, shuffle=True, random_state=seed)
    folds = [(learn[a], learn[b]) for a, b in parts.split(learn, labels[learn], samples[learn])]
    means = [np.mean([score(neighbours, a, b) for a, b in folds]) for neighbours in NEIGHBOURS]
    return score(NEIGHBOURS[int(np.argmax(means))], learn, test)


def _with(*faults):
    return lambda images, labels, samples, seed: five_faults.score(images, labels, samples, seed, faults)


def _places(rows, labels, rng):
    """Places in `rows`, taken for numbers of photographs."""
    counts = np.bincount(labels[rows], minlength=2)
    rare = np.flatnonzero(labels[rows] == counts.argmin())
    return np.concatenate([rows, rng.choice(rare, np.ptp(counts))])


#: Of each fault, words that its hint has, in the order in which the check looks for them.
WORDS = {
    "samples divided": "on both sides of the split",
    "pixels chosen by all": "are chosen with labels of the test",
    "repeated before the split": "repeated before the split",
    "neighbours chosen by the test": "chosen by the photographs that give the score",
    "accuracy": "the plain accuracy",
}

EXERCISE_8_7 = Bank(
    wrong={
        "untouched": (lambda x, y, samples, seed: ..., "blank"),
        "as it was sent": (_as_it_was_sent(), WORDS["samples divided"]),
        **{
            " and ".join(faults): (_with(*faults), WORDS[faults[0]])
            for number in (1, 2, 5)
            for faults in combinations(WORDS, number)
        },
        "accuracy, nothing repeated": (
            analysis(even=lambda rows, labels, rng: rows, judge=metrics.accuracy_score),
            WORDS["accuracy"],
        ),
        "F1": (analysis(judge=metrics.f1_score), "Balanced accuracy is 0.5 there"),
        "repeated before": (
            analysis(_ungrouped, early=five_faults.repeated, even=lambda rows, labels, rng: rows),
            WORDS["samples divided"],
        ),
        "not grouped": (analysis(_ungrouped), WORDS["samples divided"]),
        "test not grouped": (analysis(_ungrouped, inner=five_faults.divided), WORDS["samples divided"]),
        "test shuffled and cut": (analysis(_shuffled_and_cut, inner=five_faults.divided), WORDS["samples divided"]),
        "test not grouped, a grid search": (_searched_for(divide=_ungrouped), WORDS["samples divided"]),
        "places taken for photographs": (analysis(even=_places), "are places in `train`"),
        "places divided": (analysis(inner=_places_divided), "places in `learn`"),
        "constant": (lambda x, y, samples, seed: 0.5, "no longer finds"),
        "always one": (lambda x, y, samples, seed: 1.0, "trained on"),
        "labels shuffled": (analysis(shuffle=True), "no longer finds"),
        "training score": (analysis(returns="train"), "trained on"),
        "validation score": (analysis(returns="valid"), WORDS["neighbours chosen by the test"]),
        "six scores": (analysis(returns="all tests"), "all six numbers"),
        "best of six": (lambda *given: max(analysis(returns="all tests")(*given)), "luck is counted as skill"),
        "best of a grid search": (_searched_for(scores=True), "luck is counted as skill"),
        "per cent": (analysis(end=lambda score: 100 * score), "per cent"),
        "error": (analysis(end=lambda score: 1 - score), "share that is wrong"),
        "score and number": (analysis(end=lambda score: (score, 5)), "expected one number"),
        "text": (analysis(end=lambda score: f"{score:.0%}"), "without quotes"),
    },
    right={
        "as meant": _with(),
        "GroupShuffleSplit": analysis(_group_shuffled),
        "always the same parts": analysis(_last_fold),
        "samples in turn": analysis(_samples_in_turn),
        "pixels chosen by learn": analysis(pixels="learn"),
        "places looked up": analysis(inner=_places_looked_up),
        "fitted again": analysis(refit=True),
        "resample": analysis(even=_resampled),
        "fewer of the larger class": analysis(even=_fewer),
        "nothing repeated": analysis(even=lambda rows, labels, rng: rows),
        "by distance": analysis(even=lambda rows, labels, rng: rows, weights="distance"),
        "validation not grouped": analysis(inner=_ungrouped),
        "repeated in whole samples": _early_with_samples,
        "inner folds": _by_inner_folds,
        "four tests": _nested,
        "a grid search": _searched_for(),
        "a straight line": _searched_for(
            linear_model.LogisticRegression,
            {"logisticregression__C": (0.01, 1)},
            class_weight="balanced",
        ),
    },
)
