"""Answers to the exercises of lesson 5."""

import copy

import numpy as np
from scipy.special import logsumexp
from scipy.stats import siegelslopes, theilslopes

from helpers import interfaces
from tests.wrong_answers import Bank, Lazy

TRUTH = np.linspace(0.1, 0.9, 8)

EXERCISE_5_1 = Bank(
    wrong={
        "untouched": (..., "blank"),
        "one number": (0.5, "expected 8 numbers"),
        "seven": ([0.5] * 7, "expected 8 numbers"),
        "per cent": (np.full(8, 50), "between 0 and 1.2"),
        "negative": (np.full(8, -0.5), "between 0 and 1.2"),
    },
    right={"an array": np.full(8, 0.5), "the truth": TRUTH.tolist(), "a tuple of integers": ([0, 1] * 4,)},
    given=(TRUTH,),
)


def _u(heights):
    return np.fft.rfft(heights, axis=-1)[:, 1:-1]


def _by_definition(heights):
    length = heights.shape[-1]
    k, x = np.arange(1, length // 2), np.arange(length)
    waves = np.exp(-2j * np.pi * np.outer(k, x) / length)
    return [[abs(np.sum(wave * line)) ** 2 / length for wave in waves] for line in heights]


EXERCISE_5_2 = Bank(
    wrong={
        "untouched": (lambda h: ..., "blank"),
        "with the mean": (lambda h: np.abs(np.fft.rfft(h)) ** 2 / h.shape[-1], "have to go"),
        "with the last": (lambda h: np.abs(np.fft.rfft(h)[:, 1:]) ** 2 / h.shape[-1], "have to go"),
        "fft": (lambda h: np.abs(np.fft.fft(h)) ** 2 / h.shape[-1], "Transform along the line"),
        "square without absolute value": (lambda h: _u(h) ** 2 / h.shape[-1], "The result is complex"),
        "no length": (lambda h: np.abs(_u(h)) ** 2, "L times too large"),
        "length twice": (lambda h: np.abs(_u(h) / h.shape[-1]) ** 2, "L times too small"),
        "root of length": (lambda h: np.abs(_u(h)) ** 2 / np.sqrt(h.shape[-1]), "√L times too large"),
        "not squared": (lambda h: np.abs(_u(h)) / np.sqrt(h.shape[-1]), "is its square"),
        "not squared, length": (lambda h: np.abs(_u(h)) / h.shape[-1], "Square the absolute value"),
        "number of lines": (lambda h: np.abs(_u(h)) ** 2 / len(h), "len(heights) is the number of lines"),
        "real part": (lambda h: _u(h).real ** 2 / h.shape[-1], "real part"),
        "along the lines": (lambda h: np.abs(np.fft.rfft(h, axis=0)) ** 2 / h.shape[-1], "Transform along the line"),
    },
    right={
        "conjugate": lambda h: (_u(h) * _u(h).conj()).real / h.shape[-1],
        "ortho": lambda h: np.abs(np.fft.fft(h, norm="ortho")[:, 1 : h.shape[1] // 2]) ** 2,
        "by the definition": _by_definition,
    },
)


def _slope(q, s):
    return np.polyfit(np.log(q), np.log(s), 1)[0]


def _least_squares(q, s):
    design = np.stack([np.log10(q), np.ones_like(q)], axis=1)
    return (-np.linalg.lstsq(design, np.log10(s), rcond=None)[0][0] - 1) / 2


EXERCISE_5_3 = Bank(
    wrong={
        "untouched": (lambda q, s: ..., "blank"),
        "slope": (_slope, "That is the slope"),
        "minus slope": (lambda q, s: -_slope(q, s), "without its sign"),
        "no one": (lambda q, s: -_slope(q, s) / 2, "1 is missing"),
        "sign": (lambda q, s: (_slope(q, s) + 1) / 2, "sign is wrong"),
        "one added": (lambda q, s: (1 - _slope(q, s)) / 2, "wrong sign"),
        "twice": (lambda q, s: -_slope(q, s) - 1, "2ζ"),
        "no logarithms": (lambda q, s: -(np.polyfit(q, s, 1)[0] + 1) / 2, "Both axes"),
        "one logarithm": (lambda q, s: -(np.polyfit(q, np.log(s), 1)[0] + 1) / 2, "wavenumbers have to be"),
        "intercept": (lambda q, s: -(np.polyfit(np.log(q), np.log(s), 1)[1] + 1) / 2, "slope first"),
        "axes": (lambda q, s: -(_slope(s, q) + 1) / 2, "in this order"),
        "both": (lambda q, s: np.polyfit(np.log(q), np.log(s), 1), "expected one number"),
        "two points": (lambda q, s: -(np.log(s[-1] / s[0]) / np.log(q[-1] / q[0]) + 1) / 2, "the last wave only"),
        "through the origin": (lambda q, s: -(np.log(q) @ np.log(s) / np.sum(np.log(q) ** 2) + 1) / 2, "an intercept"),
        "long waves only": (lambda q, s: -(_slope(q[:15], s[:15]) + 1) / 2, "the line through all its waves"),
        "weighted": (lambda q, s: -(np.polyfit(np.log(q), np.log(s), 1, w=q**-0.5)[0] + 1) / 2, "all its waves"),
    },
    right={
        "least squares of base ten": _least_squares,
        "Polynomial": lambda q, s: -(
            np.polynomial.Polynomial.fit(np.log(q), np.log(s), 1).convert().coef[1] + 1
        ) / 2,
        "Siegel": lambda q, s: -(siegelslopes(np.log(s), np.log(q)).slope + 1) / 2,
        "Theil and Sen": lambda q, s: -(theilslopes(np.log(s), np.log(q)).slope + 1) / 2,
        "without the last waves": lambda q, s: -(_slope(q[:-2], s[:-2]) + 1) / 2,
    },
)  # fmt: skip


def _scores(make, score, rng, hold="fifth", twice=True, test="both", mixed=False, own=False, swapped=False):
    features, classes = make(rng)
    place = np.arange(len(classes))
    held_out = place >= 0.8 * len(classes) if hold == "last" else place % 5 == 0
    held_out = ~held_out if hold == "most" else held_out
    kept = np.ones_like(held_out) if hold == "none" else ~held_out
    train, same = (features[kept], classes[kept]), (features[held_out], classes[held_out])
    new = make(rng) if twice else same
    if mixed:
        train = tuple(np.concatenate(pair) for pair in zip(train, new, strict=True))
    other = (new[0][~held_out], new[1][~held_out]) if own else train
    tests = {"both": (same, new), "same": (same, same), "new": (new, new)}[test]
    results = score(train, tests[0]), score(other, tests[1])
    return results[::-1] if swapped else results


def scores(**wrong):
    return lambda make, score, rng: _scores(make, score, rng, **wrong)


def _wrong_classes(make, score, rng):
    features, classes = make(rng)
    return score((features[1:], classes[:-1]), make(rng)), 0


def _not_pairs(make, score, rng):
    features, _ = make(rng)
    return score(features[1:], features[:1]), 0


def _at_random(make, score, rng):
    new = make(rng)
    features, classes = make(rng)
    order = rng.permutation(len(classes))
    test = np.concatenate([np.flatnonzero(classes == c)[:1] for c in np.unique(classes)])
    rest = [index for index in order if index not in test]
    train = [features[rest], classes[rest]]
    return [score(train, [features[test], classes[test]]), score(train, new)]


def _the_same_call(make, score, rng):
    (features, classes), held_out = make(rng), np.arange(25) % 5 == 0
    train = features[~held_out], classes[~held_out]
    return score(train, (features[held_out], classes[held_out])), score(train, make(np.random.default_rng(1)))


def _the_same_call_again(make, score, rng):
    other = copy.deepcopy(rng)
    (features, classes), held_out = make(rng), np.arange(25) % 5 == 0
    train = features[~held_out], classes[~held_out]
    return score(train, (features[held_out], classes[held_out])), score(train, make(other))


def _spawned(make, score, rng):
    first, second = rng.spawn(2)
    features, classes = make(first)
    held_out = np.arange(len(classes)) % 5 == 4
    train = features[~held_out], classes[~held_out]
    return score(train, (features[held_out], classes[held_out])), score(train, make(second))


EXERCISE_5_4 = Bank(
    wrong={
        "untouched": (lambda make, score, rng: (..., ...), "blank"),
        "one": (lambda make, score, rng: scores()(make, score, rng)[0], "expected two scores"),
        "one call": (scores(twice=False), "make was called once"),
        "nothing held out": (scores(hold="none"), "in the training and in the test"),
        "the last fifth": (scores(hold="last"), "ordered by class"),
        "the wrong way round": (scores(hold="most"), "train on the others"),
        "mixed": (scores(mixed=True), "no longer new"),
        "trained anew": (scores(own=True), "different training examples"),
        "both on the same": (scores(test="same"), "Both tests are on the same call"),
        "both on the new": (scores(test="new"), "Both tests are on new calls"),
        "swapped": (scores(swapped=True), "changed places"),
        "a copied rng": (_the_same_call_again, "are one and the same"),
        "a seed": (lambda make, score, rng: (make(1), 0), "make takes the generator"),
        "a new rng": (_the_same_call, "does not depend on the `rng`"),
        "classes of others": (_wrong_classes, "don't belong together"),
        "no pairs": (_not_pairs, "two pairs"),
        "never scored": (lambda make, score, rng: (1.0, 0.0), "score was called 0 times"),
        "made up": (lambda make, score, rng: [value / 2 for value in scores()(make, score, rng)], "Return what score"),
    },
    right={"mask": scores(), "new call first, lists": _at_random, "two generators": _spawned},
)


def _pair(angle):
    return np.concatenate([np.cos(angle), np.sin(angle)], axis=-1)


def _phi(heights):
    return np.angle(_u(heights))


def _squared(heights):
    turned = (_u(heights) / np.abs(_u(heights))) ** 2
    return np.concatenate([turned.real, turned.imag], axis=-1)


EXERCISE_5_5 = Bank(
    wrong={
        "untouched": (lambda h: ..., "blank"),
        "phi": (lambda h: _pair(_phi(h)), "it is 2φ"),
        "u": (lambda h: np.concatenate([_u(h).real, _u(h).imag], axis=-1), "strength of each wave"),
        "half": (lambda h: _pair(_phi(h) / 2), "half the angle"),
        "with the mean": (lambda h: _pair(2 * np.angle(np.fft.rfft(h))), "have no phase"),
        "angles": (_phi, "has shape"),
        "cosine only": (lambda h: np.cos(2 * _phi(h)), "has shape"),
        "degrees": (lambda h: _pair(np.degrees(2 * _phi(h))), "Which angle"),
        "complex": (lambda h: np.exp(2j * _phi(h)), "is complex; expected real numbers"),
    },
    right={
        "square of a unit": _squared,
        "sine first": lambda h: np.concatenate([np.sin(2 * _phi(h)), np.cos(2 * _phi(h))], axis=-1),
        "by turns": lambda h: np.stack([np.cos(2 * _phi(h)), np.sin(2 * _phi(h))], axis=-1).reshape(len(h), -1),
    },
)


def generator(shape=lambda each: (each, 32), spread=2 * np.pi, power=0.5, classes=20, constant=False):
    """The published generator of the lesson, with phases of some shape."""

    def generate(each, rng):
        lines = []
        for zeta in np.arange(1, classes + 1) / 20:
            q = 2 * np.pi * np.arange(1, 33) / 64
            sizes = rng.normal(size=(each, 32)) * q ** (-power - zeta)
            phases = np.full(32, 1.0) if constant else rng.uniform(0, spread, shape(each))
            u = np.fft.ifft(sizes * np.exp(1j * phases), n=64).real * 32
            lines.append(u - u.mean(axis=1, keepdims=True))
        return np.concatenate(lines), np.repeat(np.arange(classes), each)

    return generate


def _one_by_one(each, rng):
    """A call of the old generator for each interface."""
    made = [generator(lambda each: 32)(1, rng)[0] for _ in range(each)]
    return np.stack(made, axis=1).reshape(-1, 64), np.repeat(np.arange(20), each)


EXERCISE_5_6 = Bank(
    wrong={
        "untouched": (generator(lambda each: 32), "There is no blank here"),
        "nothing": (lambda each, rng: ..., "blank"),
        "one row": (generator(lambda each: (1, 32)), "all interfaces of a class still have"),
        "a column": (generator(lambda each: (each, 1)), "one phase for all its waves"),
        "too few": (generator(lambda each: each), "(each, 32)"),
        "no phases": (generator(constant=True), "All phases are the same"),
        "one radian": (generator(spread=1.0), "whole circle"),
        "other strength": (generator(power=0.8), "another strength"),
        "ten classes": (generator(classes=10), "have shapes"),
        "heights only": (lambda each, rng: generator()(each, rng)[0], "expected the pair"),
    },
    right={
        "phases of its own": generator(),
        "half the circle, as the sign is random": generator(spread=np.pi),
        "one call for each": _one_by_one,
        "the helper": lambda each, rng: interfaces.published(
            np.arange(1, 21) / 20, each, 64, rng, shared_phases=False
        ),
    },
)  # fmt: skip


def _s(q, zeta):
    return q ** (-1 - 2 * zeta)


EXERCISE_5_7 = Bank(
    wrong={
        "untouched": (lambda o, q, z: ..., "blank"),
        "no logarithm": (lambda o, q, z: -np.sum(o / _s(q, z)), "−ln S is missing"),
        "logarithm only": (lambda o, q, z: -np.sum(np.log(_s(q, z))), "do not occur"),
        "minus": (lambda o, q, z: np.sum(np.log(_s(q, z)) + o / _s(q, z)), "That is −ℓ"),
        "sign of the first": (lambda o, q, z: np.sum(np.log(_s(q, z)) - o / _s(q, z)), "wrong sign"),
        "sign of the second": (lambda o, q, z: np.sum(-np.log(_s(q, z)) + o / _s(q, z)), "wrong sign"),
        "mean": (lambda o, q, z: np.mean(-np.log(_s(q, z)) - o / _s(q, z)), "That is the mean"),
        "half": (lambda o, q, z: np.sum(-np.log(_s(q, z)) - o / _s(q, z)) / 2, "half of it"),
        "squared": (lambda o, q, z: np.sum(-np.log(_s(q, z)) - o**2 / _s(q, z)), "not squared again"),
        "times": (lambda o, q, z: np.sum(-np.log(_s(q, z)) - o * _s(q, z)), "not multiplied"),
        "rising": (lambda o, q, z: np.sum(np.log(_s(q, z)) - o * _s(q, z)), "S falls with q"),
        "for each wave": (lambda o, q, z: -np.log(_s(q, z)) - o / _s(q, z), "expected one number"),
        "other slope": (lambda o, q, z: np.sum(2 * z * np.log(q) - o * q ** (2 * z)), "changes by"),
    },
    right={
        "with the constant": lambda o, q, z: np.sum(-np.log(np.pi * _s(q, z)) - o / _s(q, z)),
        "a loop": lambda o, q, z: sum(
            (1 + 2 * z) * np.log(k) - v * k ** (1 + 2 * z) for v, k in zip(o, q, strict=True)
        ),
    },
)  # fmt: skip


def _d(q):
    return np.log(q) - np.log(q).mean()


EXERCISE_5_8 = Bank(
    wrong={
        "untouched": (lambda q: ..., "blank"),
        "known amplitude": (lambda q: 1 / np.sqrt(4 * np.sum(np.log(q) ** 2)), "known amplitude"),
        "information": (lambda q: 4 * np.sum(_d(q) ** 2), "That is the information"),
        "variance": (lambda q: 1 / (4 * np.sum(_d(q) ** 2)), "That is the variance"),
        "no four": (lambda q: 1 / np.sqrt(np.sum(_d(q) ** 2)), "factor 4 is missing"),
        "two": (lambda q: 1 / np.sqrt(2 * np.sum(_d(q) ** 2)), "4, not 2"),
        "mean": (lambda q: 1 / np.sqrt(4 * np.mean(_d(q) ** 2)), "not their mean"),
        "no logarithm": (lambda q: 1 / np.sqrt(4 * np.sum((q - q.mean()) ** 2)), "expected 0."),
    },
    right={
        "variance times number": lambda q: (4 * len(q) * np.var(np.log(q))) ** -0.5,
        "norm": lambda q: 0.5 / np.linalg.norm(_d(q)),
    },
)

EXERCISE_5_9 = Bank(
    wrong={
        "untouched": (lambda g, p: ..., "blank"),
        "the largest": (lambda g, p: g[np.argmax(p)], "most probable"),
        "plain mean": (lambda g, p: np.mean(g), "mean of the grid"),
        "exp of all": (lambda g, p: np.sum(g * np.exp(p)) / np.sum(np.exp(p)), "Subtract the largest"),
        "exp of all, no sum": (lambda g, p: np.sum(g * np.exp(p)), "Subtract the largest"),
        "average of exp": (lambda g, p: np.average(g, weights=np.exp(p)), "Subtract the largest"),
        "the smallest": (lambda g, p: np.average(g, weights=np.exp(p - p.min())), "Subtract the largest"),
        "the mean": (lambda g, p: np.average(g, weights=np.exp(p - p.mean())), "Subtract the largest"),
        "median": (lambda g, p: g[np.searchsorted(np.cumsum(w := np.exp(p - p.max())), w.sum() / 2)], "the median"),
        "not divided": (lambda g, p: np.sum(g * np.exp(p - p.max())), "Divide by their sum"),
        "by the number": (lambda g, p: np.mean(g * np.exp(p - p.max())), "not by their number"),
        "logarithms as weights": (lambda g, p: np.average(g, weights=p), "not ℓ itself"),
        "a probability": (lambda g, p: np.max(np.exp(p - p.max())) / np.sum(np.exp(p - p.max())), "a probability"),
    },
    right={
        "average": lambda g, p: np.average(g, weights=np.exp(p - p.max())),
        "logsumexp": lambda g, p: np.exp(logsumexp(p, b=g) - logsumexp(p)),
        "softmax": lambda g, p: (np.exp(p - p[20] - 200) / np.exp(p - p[20] - 200).sum()) @ g,
    },
)


def small(
    means=True,
    side=128,
    end=None,
    out=1,
    wide=8,
    convolution=True,
    axis=None,
    first=1,
    by=12.8,
    offset=-6.4,
    relu="relu",
):
    """The network of Exercise 5.10, or a wrong turn of it."""

    def make():
        import keras
        from keras import layers

        stack = [keras.Input((side, side))] + [layers.Rescaling(1 / 255) for _ in range(first)]
        if axis:
            stack.append(layers.Permute((2, 1)))
        if means:
            stack += [layers.GlobalAveragePooling1D()] + [layers.Rescaling(by, offset=offset)] * bool(by)
            stack.append(layers.Reshape((side, 1)))
        if convolution:
            stack += [layers.Conv1D(wide, 5, activation=relu), layers.GlobalAveragePooling1D()]
        else:
            stack.append(layers.Flatten())
        return keras.Sequential([*stack, layers.Dense(out, activation=end)])

    return Lazy(make)


def _normalised():
    import keras
    from keras import layers

    images = keras.Input((128, 128))
    means = keras.ops.mean(keras.ops.cast(images, "float32"), axis=1)
    x = layers.Reshape((128, 1))(layers.LayerNormalization()(means))
    x = layers.Flatten()(layers.SeparableConv1D(8, 7, activation="gelu")(x))
    return keras.Model(images, layers.Dense(1)(x))


def _no_input():
    import keras

    return keras.Sequential([keras.layers.Dense(1)])


def _a_list():
    return small().make().layers


EXERCISE_5_10 = Bank(
    wrong={
        "untouched": (..., "blank"),
        "a list": (Lazy(_a_list), "list of layers"),
        "no input": (Lazy(_no_input), "keras.Input((128, 128))"),
        "another size": (small(side=64), "expected images as they are"),
        "classes": (small(out=20, end="softmax"), "one number for each"),
        "sigmoid": (small(end="sigmoid"), "none there"),
        "no convolution": (small(convolution=False), "no Conv1D"),
        "no means": (small(means=False), "Take the mean of each column"),
        "means of rows": (small(axis=True), "Take the mean of each column"),
        "not scaled": (small(by=None), "offset=-6.4"),
        "wrong sign": (small(offset=6.4), "offset=-6.4"),
        "no offset": (small(offset=0.0), "expected about 0 and 1"),
        "divided twice": (small(first=2), "expected about 0 and 1"),
        "not divided": (small(first=0), "expected about 0 and 1"),
        "linear": (small(relu=None), "It is linear"),
        "huge": (small(wide=100_000), "many more than it needs"),
    },
    right={
        "narrow": small(),
        "scaled in one": small(first=0, by=12.8 / 255),
        "normalised, separable": Lazy(_normalised),
    },
)


def _changes(mask):
    return np.abs(np.diff(mask.astype(int), axis=0)).sum(axis=0)


EXERCISE_5_11 = Bank(
    wrong={
        "untouched": (lambda m: (..., ...), "blank"),
        "heights only": (lambda m: m.sum(axis=0), "expected two things"),
        "rows": (lambda m: (m.sum(axis=1), 3), "one number for each row"),
        "all": (lambda m: (m.sum(), 3), "have shape"),
        "top from above": (lambda m: (m.argmax(axis=0), 3), "counted from the top"),
        "by the top": (lambda m: (len(m) - m.argmax(axis=0), 3), "all the air below"),
        "above": (lambda m: ((~m).sum(axis=0), 3), "above the line"),
        "all changes": (lambda m: (m.sum(axis=0), _changes(m).sum()), "number of all changes"),
        "all columns": (lambda m: (m.sum(axis=0), (_changes(m) > 0).sum()), "at least once"),
        "more changes": (lambda m: (m.sum(axis=0), (_changes(m) - 1).sum()), "That counts changes"),
        "none": (lambda m: (m.sum(axis=0), 0), "because of a hole"),
        "another number": (lambda m: (m.sum(axis=0), 17), "expected 4"),
        "more than two": (lambda m: (m.sum(axis=0), (_changes(m) > 2).sum()), "changes twice counts, too"),
        "exactly three": (lambda m: (m.sum(axis=0), (_changes(m) == 3).sum()), "and five are, too"),
    },
    right={
        "diff": lambda m: (m.sum(axis=0), (_changes(m) > 1).sum()),
        "lists": lambda m: [[int(column.sum()) for column in m.T], len([c for c in m.T if (c[1:] ^ c[:-1]).sum() > 1])],
    },
)  # fmt: skip
