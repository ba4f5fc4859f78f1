"""Checks of lesson 5: the roughness exponent of interfaces."""

import numpy as np

from helpers import interfaces, roughness
from helpers.checks import NotYet, array, call, close, describe, models, number

#: The exponents of the published network's classes, and the length of its lines in the lesson.
CLASSES = np.arange(1, 21) / 20
LENGTH = 64
#: Makes a spectrum for 5.3 in which lines through some of the waves have quite other slopes than the one through all.
SPECTRUM = 1003


def check_5_1(guesses, truth):
    """Eight numbers, of which the error is told."""
    truth = array(truth, "truth")
    guesses = array(guesses, "guesses")
    if guesses.shape != truth.shape:
        raise NotYet(f"`guesses` has shape {guesses.shape}; expected {len(truth)} numbers, one for each image.")
    if guesses.min() < 0 or guesses.max() > 1.2:
        raise NotYet(
            f"The guesses run from {guesses.min():g} to {guesses.max():g}. An exponent lies between 0 and 1.2."
        )
    error = np.sqrt(np.mean((guesses - truth) ** 2))
    said = ", ".join(f"{value:.2f}" for value in truth)
    return f"your root mean square error is {error:.2f}; they were {said}"


def check_5_2(structure_factor):
    """|u|² / L for the modes between the mean and the shortest wave."""
    n, length = 3, 16
    heights = np.random.default_rng(0).normal(size=(n, length)) + 5
    result = call(structure_factor, heights, name="structure_factor")
    if np.iscomplexobj(result):
        raise NotYet("The result is complex. S is the square of the absolute value: np.abs(...) ** 2.")
    got = array(result, "the result of structure_factor")
    u = np.fft.rfft(heights, axis=-1)
    wanted = np.abs(u[:, 1:-1]) ** 2 / length
    if got.ndim == 2 and got.shape[1] in (length // 2 + 1, length // 2):
        raise NotYet(
            f"The result has shape {got.shape}; expected {wanted.shape}: k = 1 to L/2 − 1. The mean of the line, k = 0, and "
            "k = L/2, the last one of rfft, have to go."
        )
    if got.ndim == 2 and got.shape[1] == length:
        raise NotYet(f"The result has shape {got.shape}. Transform along the line: np.fft.rfft(heights, axis=-1).")
    if got.shape != wanted.shape:
        raise NotYet(
            f"From heights of shape {heights.shape} the result has shape {got.shape}; expected {wanted.shape}."
        )
    middle = u[:, 1:-1]
    wrong = [
        (wanted * length, "It is L times too large. In u there is a factor 1/√L, and in its square 1/L."),
        (wanted / length, "It is L times too small: 1/√L, squared, is 1/L, once."),
        (wanted * np.sqrt(length), "It is √L times too large: the factor 1/√L has to be squared, too."),
        (np.sqrt(wanted), "That is |u|. S is its square."),
        (np.abs(middle) / length, "That is |u| with a factor 1/L. Square the absolute value, and then divide by L."),
        (wanted * length / n, "len(heights) is the number of lines. L is the number of points in a line, heights.shape[-1]."),
        (middle.real**2 / length, "That is the square of the real part. np.abs gives the absolute value of a complex number."),
    ]  # fmt: skip
    for values, words in wrong:
        if close(got, values):
            raise NotYet(words)
    if not close(got, wanted):
        raise NotYet(f"For the first line you get {got[0, 0]:.4f} at k = 1; expected {wanted[0, 0]:.4f}.")
    return "the strength of each wave, without the mean"


def check_5_3(fit_exponent):
    """The slope in two logarithms, solved for the exponent."""
    q, zeta = interfaces.wavenumbers(64), 0.3
    s = 30 * q ** (-1 - 2 * zeta) * np.random.default_rng(SPECTRUM).exponential(size=len(q))
    got = number(call(fit_exponent, q, s, name="fit_exponent"), "the result of fit_exponent")
    x, y = np.log(q), np.log(s)
    slope = np.polyfit(x, y, 1)[0]
    wanted = -(slope + 1) / 2
    wrong = {
        slope: "That is the slope. It is −(1 + 2ζ): solve for ζ.",
        -slope: "That is the slope without its sign. It is −(1 + 2ζ): solve for ζ.",
        -slope / 2: "The 1 is missing: slope = −(1 + 2ζ).",
        (slope + 1) / 2: "The sign is wrong: slope = −(1 + 2ζ), and the slope is negative.",
        (1 - slope) / 2: "The 1 has the wrong sign: 2ζ = −slope − 1.",
        -slope - 1: "That is 2ζ.",
        -(np.polyfit(q, s, 1)[0] + 1) / 2: "Both axes are logarithmic: np.log(q) and np.log(s).",
        -(np.polyfit(q, np.log(s), 1)[0] + 1) / 2: "The wavenumbers have to be logarithms, too: np.log(q).",
        -(np.polyfit(np.log(s), np.log(q), 1)[0] + 1) / 2: "x is ln q, and y is ln S, in this order.",
        -(np.polyfit(x, y, 1)[1] + 1) / 2: "np.polyfit returns the slope first, then the intercept.",
        -((y[-1] - y[0]) / (x[-1] - x[0]) + 1)
        / 2: "That goes through the first and the last wave only. One line through all of them: np.polyfit.",
        -(x @ y / (x @ x) + 1)
        / 2: "Your line goes through the origin. It has an intercept, too, ln A: np.polyfit(x, y, 1) fits both.",
    }
    for value, words in wrong.items():
        if close(got, value):
            raise NotYet(words)
    if not abs(got - wanted) < 0.05:  # other ways to fit a line are welcome
        raise NotYet(
            f"For the spectrum of one line you get {got:.3f}; the line through all its waves gives {wanted:.3f}."
        )
    return "a straight line on two logarithmic axes"


def check_5_4(two_scores):
    """Trained once on a call, tested on the rest of it and on another call."""
    first, second = (_states_of_calls(two_scores, np.random.default_rng(seed)) for seed in (271, 828))
    if first & second:
        raise NotYet(
            "One of the calls does not depend on the `rng` that you were given. Go on with that one: make(rng). A new "
            "generator with a fixed seed makes the very same call again."
        )
    return "the same training, tested on the same call and on a new one"


def _states_of_calls(two_scores, rng):
    """The states of the generators with which `make` is called; raises `NotYet` unless the two scores are right."""
    calls, scored, states, problems = [], [], set(), []
    each, count = 5, 5

    def make(rng):
        if not isinstance(rng, np.random.Generator):
            problems.append(NotYet("make takes the generator that you were given: make(rng)."))
            raise problems[-1]
        states.add(str(rng.bit_generator.state))
        rng.random()
        calls.append(len(calls) + 1)
        place = np.arange(each * count)
        return np.stack([np.full(each * count, calls[-1]), place], axis=-1).astype(float), place // each

    def score(train, test):
        try:
            pairs = [tuple(np.asarray(part) for part in pair) for pair in (train, test)]
            for features, classes in pairs:
                if len(features) != len(classes) or not np.array_equal(features[:, 1] // each, classes):
                    raise NotYet("Features and classes don't belong together any more: use the same mask for both.")
        except (TypeError, ValueError, IndexError):
            raise NotYet("score takes two pairs, (features, classes), one to train and one to test.") from None
        scored.append(pairs)
        return 1.0 if set(pairs[0][0][:, 0]) == set(pairs[1][0][:, 0]) else 0.25

    def watched(train, test):
        try:
            return score(train, test)
        except NotYet as problem:  # `call` would take it for an error of the student's
            problems.append(problem)
            raise

    try:
        got = call(two_scores, make, watched, rng, name="two_scores")
    except NotYet:
        if problems:
            raise problems[0] from None
        raise
    if not isinstance(got, (tuple, list, np.ndarray)) or len(got) != 2:
        raise NotYet(f"The result is {describe(got)}; expected two scores: of the same call, then of a new call.")
    got = [number(value, "a score") for value in got]
    if len(scored) < 2:
        raise NotYet(f"score was called {len(scored)} times; expected twice, with the same training pair.")
    if len(calls) < 2:
        raise NotYet("make was called once. The second score needs a new call: make(rng).")
    if len(states) < len(calls):
        raise NotYet("Two calls of make have the same random numbers, and are one and the same. Go on with the `rng` as it is: make(rng).")  # fmt: skip
    (train, _), (train_2, _) = scored[0], scored[1]
    sources = set(train[0][:, 0])
    rows = [{tuple(row) for row in pair[0]} for pair in (train, train_2, scored[0][1], scored[1][1])]
    if len(sources) > 1:
        raise NotYet("The new call is in the training examples, too. Then it is no longer new: train on one call only.")
    if rows[0] != rows[1]:
        raise NotYet("The two scores come from different training examples. Train on the same ones, so that only the test differs.")  # fmt: skip
    if rows[0] & rows[2] or rows[0] & rows[3]:
        raise NotYet("Some examples are in the training and in the test. Hold them out: features[~held_out].")
    if set(train[1]) != set(range(count)):
        raise NotYet(
            "Some classes are missing in the training. The features are ordered by class: hold out every fifth."
        )
    same = [set(pair[1][0][:, 0]) == sources for pair in scored[:2]]
    if same == [True, True] or same == [False, False]:
        where = "the same call" if same[0] else "new calls"
        raise NotYet(f"Both tests are on {where}. One is held out from the same call, the other is a new call.")
    if len(train[0]) < each * count / 2:
        raise NotYet("You train on fewer examples than you hold out. Hold out every fifth, and train on the others.")
    if not (close(got[0], 1.0) and close(got[1], 0.25)):
        if close(got[0], 0.25) and close(got[1], 1.0):
            raise NotYet("The two have changed places: first the score on the same call, then that on a new one.")
        raise NotYet("Return what score returns, for the same call and for a new one.")
    return states


def check_5_5(phase_features):
    """cos 2φ and sin 2φ of each mode."""
    n, length = 4, 16
    heights = np.random.default_rng(0).normal(size=(n, length))
    got = array(call(phase_features, heights, name="phase_features"), "the result of phase_features")
    u = np.fft.rfft(heights, axis=-1)
    phi = np.angle(u[:, 1:-1])

    def pair(angle):
        return np.concatenate([np.cos(angle), np.sin(angle)], axis=-1)

    wanted = pair(2 * phi)
    if got.shape == (n, 2 * u.shape[1]):
        raise NotYet("The mean of the line, k = 0, and k = L/2 are still in it. They have no phase: [:, 1:-1].")
    if got.shape != wanted.shape:
        raise NotYet(
            f"From heights of shape {heights.shape} the result has shape {got.shape}; expected {wanted.shape}: a cosine and a sine "
            "for each k from 1 to L/2 − 1, one behind the other."
        )  # fmt: skip

    def same(values):  # in any order of the columns
        order = [np.lexsort(np.round(array.T, 6)[::-1]) for array in (got.T, values.T)]
        return close(got.T[order[0]], values.T[order[1]], 1e-3)

    if same(pair(phi)):
        raise NotYet("That is the cosine and the sine of φ. With u and −u taken for the same, it is 2φ that counts.")
    if same(np.concatenate([u[:, 1:-1].real, u[:, 1:-1].imag], axis=-1)):
        raise NotYet(
            "That is u itself, in which the strength of each wave is left. Divide by np.abs(u), or take np.angle."
        )
    if same(pair(phi / 2)):
        raise NotYet("That is half the angle. 2φ is twice.")
    if not same(wanted):
        raise NotYet(
            "The numbers are not the cosine and the sine of 2φ, where φ = np.angle(u). Which angle do you take?"
        )
    return "positions without strengths"


def check_5_6(repaired):
    """Phases of its own for each interface, and the rest as it was."""
    each = 40
    try:
        got = call(repaired, each, np.random.default_rng(0), name="repaired")
    except NotYet as problem:
        if "broadcast" in str(problem):
            raise NotYet(
                "`sizes` has the shape (each, 32), and the phases need the same, to be added wave by wave."
            ) from None
        raise
    if not isinstance(got, (tuple, list)) or len(got) != 2:
        raise NotYet(f"The result is {describe(got)}; expected the pair (heights, classes) as before.")
    heights, classes = array(got[0], "heights"), array(got[1], "classes")
    if heights.shape != (len(CLASSES) * each, LENGTH) or classes.shape != (len(heights),):
        raise NotYet(
            f"Heights and classes have shapes {heights.shape} and {classes.shape}; expected "
            f"{(len(CLASSES) * each, LENGTH)} and {(len(CLASSES) * each,)}. Only the line with the phases has to change."
        )
    if not np.array_equal(classes, np.repeat(np.arange(len(CLASSES)), each)):
        raise NotYet("The classes are no longer those of before, 0 to 19 in order. Only the phases have to change.")
    u = np.fft.rfft(heights, axis=-1)[:, 1:-1].reshape(len(CLASSES), each, -1)
    if np.any(np.abs(u) < 1e-9):
        raise NotYet("Some waves are missing altogether. Only the line with the phases has to change.")
    turns = (u / np.abs(u)) ** 2
    over_interfaces = np.abs(turns.mean(axis=1)).mean()
    over_waves = np.abs((turns * turns[..., :1].conj())[..., 1:].mean(axis=(0, 1))).mean()
    if over_interfaces > 0.9:
        if np.abs(turns.mean(axis=(1, 2))).mean() > 0.9:
            raise NotYet("All phases are the same now. Each wave of each interface needs one of its own, at random.")
        raise NotYet(
            "There is no blank here, but one line to change: all interfaces of a class still have the same phases. How "
            "many are drawn for one exponent?"
        )
    if over_interfaces > 0.3:
        raise NotYet("The phases are not spread over the whole circle. They were uniform between 0 and 2π.")
    if over_waves > 0.5:
        raise NotYet("Each interface has one phase for all its waves. Each wave needs its own: (each, 32) of them.")
    strength = np.mean(np.abs(u) ** 2, axis=1) / _strength()
    if np.abs(np.log(strength.mean(axis=0))).max() > 0.3:
        raise NotYet("The waves have another strength than before. Only the line with the phases has to change.")
    return "phases that say nothing about the class"


def _strength():
    """⟨|u|²⟩ of the published generator for each class and mode, as np.fft.rfft gives it."""
    q = interfaces.wavenumbers(LENGTH)
    return (q + q[0]) ** (-1 - 2 * CLASSES[:, None]) * (LENGTH / 4) ** 2


def check_5_7(log_likelihood):
    """The logarithm of the density of exponential variables."""
    q = interfaces.wavenumbers(32)
    observed = q**-2.0 * np.random.default_rng(0).exponential(size=len(q))
    zetas = (0.2, 0.7)
    name = "the result of log_likelihood"
    got = [number(call(log_likelihood, observed, q, zeta, name="log_likelihood"), name) for zeta in zetas]
    expected = [q ** (-1 - 2 * zeta) for zeta in zetas]
    logs = np.array([np.sum(np.log(s)) for s in expected])
    ratios = np.array([np.sum(observed / s) for s in expected])
    wanted = -logs - ratios
    wrong = [
        (-ratios, "−ln S is missing. Without it a spectrum that is too strong costs nothing."),
        (-logs, "The observed |u|² do not occur. Subtract |u|² / S."),
        (logs + ratios, "That is −ℓ. Probable exponents should have a large ℓ."),
        (logs - ratios, "ln S has the wrong sign: −ln S − |u|²/S."),
        (-logs + ratios, "|u|²/S has the wrong sign: −ln S − |u|²/S."),
        (wanted / len(q), "That is the mean over the waves. Their probabilities are multiplied, so the logarithms are summed."),
        (wanted / 2, "That is half of it. Real and imaginary part together give −ln S − |u|²/S."),
        (-logs - np.array([np.sum(observed**2 / s) for s in expected]), "`observed` is |u|² already, and is not squared again."),
        (-logs - np.array([np.sum(observed * s) for s in expected]), "|u|² is divided by S, not multiplied."),
        (np.exp(wanted), "That is the probability itself. Return its logarithm."),
    ]  # fmt: skip
    for values, words in wrong:
        if close(got, values):
            raise NotYet(words)
    s_inverse = [q ** (1 + 2 * zeta) for zeta in zetas]
    if close(got, [np.sum(-np.log(s) - observed / s) for s in s_inverse]):
        raise NotYet("The expected S falls with q: q ** (-1 - 2 * zeta).")
    if not close(got[0] - got[1], wanted[0] - wanted[1]):  # a constant does not matter
        raise NotYet(
            f"From ζ = 0.2 to 0.7 your ℓ changes by {got[1] - got[0]:.3f}; expected {wanted[1] - wanted[0]:.3f}."
        )
    return "the most probable exponent has the largest ℓ"


def check_5_8(bound):
    """One over the root of the information, for an unknown amplitude."""
    q = interfaces.wavenumbers(48)
    got = number(call(bound, q, name="bound"), "the result of bound")
    wanted, known = roughness.cramer_rao(48), roughness.cramer_rao(48, amplitude_known=True)
    wrong = {
        known: "That is the bound for a known amplitude. Subtract the mean of ln q first.",
        wanted**-2: "That is the information. The bound is one over its root.",
        wanted**2: "That is the variance, 1/I. The bound for the standard deviation is 1/√I.",
        2 * wanted: "The factor 4 is missing: ∂ ln S/∂ζ is −2 ln q, and its square has a 4.",
        wanted * np.sqrt(len(q)): "Sum over the waves, not their mean: each adds its information.",
        wanted * np.sqrt(2): "The factor is 4, not 2: ∂ ln S/∂ζ is −2 ln q, and that is squared.",
    }
    for value, words in wrong.items():
        if close(got, value):
            raise NotYet(words)
    if not close(got, wanted, 1e-3):
        raise NotYet(f"For 48 points you get {got:.4f}; expected {wanted:.4f}.")
    return f"no unbiased estimate from 48 points has an error below {wanted:.3f}"


def check_5_9(posterior_mean):
    """The mean of the posterior, safe against large negative logarithms."""
    grid = np.linspace(0.05, 1, 39)
    log_p = -2000 - 8 * (grid - 0.55) ** 2 - 5 * grid - 150_000 * np.maximum(0, 0.3 - grid) ** 2
    too_small = "exp(−2000) is 0 for a computer, and 0/0 is no number. Subtract the largest ℓ before exp."
    with np.errstate(all="ignore"):
        try:
            result = call(posterior_mean, grid, log_p, name="posterior_mean")
        except NotYet as problem:
            if "ZeroDivisionError" in str(problem):  # np.average, whose weights are all 0
                raise NotYet(too_small) from None
            raise
    weights = np.exp(log_p - log_p.max())
    wanted = np.average(grid, weights=weights)
    value = np.asarray(result)
    if value.size == 1 and value.dtype.kind in "fi" and (not np.isfinite(value).all() or value.item() == 0):
        raise NotYet(f"{too_small} With any other number instead, exp can become 0 or infinite.")
    got = number(result, "the result of posterior_mean")
    wrong = {
        grid[
            log_p.argmax()
        ]: "That is the most probable exponent. The mean over all of them has the smaller square error.",
        grid[
            np.searchsorted(weights.cumsum(), weights.sum() / 2)
        ]: "That is the median. The mean has the smallest square error.",
        grid.mean(): "That is the mean of the grid. Weigh each exponent with its probability.",
        np.sum(grid * weights): "The weights do not add up to one. Divide by their sum.",
        np.mean(grid * weights): "The weights do not add up to one. Divide by their sum, not by their number.",
        np.average(grid, weights=log_p): "The weights are probabilities, exp(ℓ), and not ℓ itself.",
        np.average(grid, weights=log_p - log_p.max()): "The weights are probabilities, exp(ℓ), and not ℓ itself.",
        weights.max() / weights.sum(): "That is a probability. Return the mean of the exponents.",
    }
    for other, words in wrong.items():
        if close(got, other):
            raise NotYet(words)
    if not close(got, wanted, 1e-3):
        raise NotYet(f"You get {got:.4f}; expected {wanted:.4f}.")
    return "the mean of what is possible, weighed by its probability"


def check_5_10(small):
    """One number from the column means of an image."""
    models.is_model(small, "small")
    if not small.built:
        raise NotYet("The network does not know its input. Begin the list with keras.Input((128, 128)).")
    heights = interfaces.heights(np.array([0.3, 0.8]), 128, np.random.default_rng(0))
    images = interfaces.images(heights, width=10.0)
    try:
        answers = np.asarray(small.predict(images, verbose=0))
    except Exception:  # a wrong input shape fails in the backend, and each has errors of its own
        raise NotYet(f"The network takes {small.input_shape[1:]}; expected images as they are, keras.Input((128, 128)).") from None  # fmt: skip
    if answers.shape not in ((2, 1), (2,)):
        raise NotYet(
            f"From two images it makes the shape {answers.shape}; expected one number for each: Dense(1) at the end."
        )
    last = models.layers(small)[-1]
    if hasattr(last, "activation") and models.activation(last) != "linear":
        raise NotYet(
            f"The last activation is {models.activation(last)!r}. An exponent is a number as it comes: none there."
        )
    kinds = [type(layer).__name__ for layer in models.layers(small)]
    if not any("Conv1D" in kind for kind in kinds):
        raise NotYet("There is no Conv1D in it. What is left after the column means is a line, with neighbours.")
    if small.count_params() > 300_000:
        raise NotYet(
            f"It has {small.count_params():,} parameters, many more than it needs. Take the numbers of the table."
        )
    shuffled = np.random.default_rng(1).permuted(images, axis=1)  # pixels within their columns
    if not close(small.predict(shuffled, verbose=0), answers, 1e-2):
        raise NotYet(
            "Its answer changes when pixels change places within their column. Take the mean of each column first: "
            "GlobalAveragePooling1D on an image of 128x128."
        )
    lines = _before_the_convolution(small, images)
    if lines is not None and not (abs(lines.mean()) < 1 and 0.3 < lines.std() < 3):
        raise NotYet(
            f"What reaches the first Conv1D has the mean {lines.mean():.2g} and the standard deviation {lines.std():.2g}; "
            "expected about 0 and 1. Rescaling(1 / 255) comes before the means, Rescaling(12.8, offset=-6.4) behind them."
        )
    if _is_linear(small, images.astype("float32")):
        raise NotYet(
            'It is linear: without activation="relu" all its layers together are one weighted sum of the column means.'
        )
    return f"{small.count_params():,} parameters, and 128 column means to look at"


def _is_linear(network, images):
    """Whether the answer for the mean of two images is the mean of the answers, for several pairs."""
    ends = np.concatenate([images, images[:, :, ::-1]])
    others = np.roll(ends, 1, axis=0)
    answers = network.predict(ends, verbose=0).ravel()
    between = network.predict((ends + others) / 2, verbose=0).ravel()
    return np.abs(between - (answers + np.roll(answers, 1)) / 2).max() < 1e-3 * np.ptp(answers)


def _before_the_convolution(network, images):
    """What the layers in front of the first Conv1D make of images, or None if they are not in a row."""
    stack = images.astype("float32")
    if type(network).__name__ != "Sequential":
        return None
    for layer in network.layers:
        if "Conv1D" in type(layer).__name__:
            break
        stack = layer(stack)
    return models.as_numpy(stack)


def check_5_11(column_heights):
    """Pixels of each column, and columns that are met more than once."""
    mask = np.zeros((12, 7), bool)
    mask[6:] = True
    mask[5:, 2] = mask[8, 5] = True
    mask[3:6, 3:5] = True
    mask[5, 3:5] = False  # two columns with an overhang
    mask[7, 5] = False  # a hole in another one
    mask[9, 3] = False  # and one in a column with an overhang
    mask[11, 0] = False  # a column without the lowest row changes twice
    got = call(column_heights, mask, name="column_heights")
    if not isinstance(got, (tuple, list)) or len(got) != 2:
        raise NotYet(f"The result is {describe(got)}; expected two things: the heights, and a number of columns.")
    heights, overhangs = array(got[0], "heights"), number(got[1], "the number of columns")
    wanted = mask.sum(axis=0)
    if heights.shape == (mask.shape[0],):
        raise NotYet("There is one number for each row. Count along the columns: axis=0.")
    if heights.shape != wanted.shape:
        raise NotYet(f"The heights have shape {heights.shape}; expected {wanted.shape}, one for each column.")
    top = mask.argmax(axis=0)
    if close(heights, top):
        raise NotYet("That is the row of the highest True, counted from the top. Count the True pixels.")
    if close(heights, len(mask) - top):
        raise NotYet("That goes by the highest True only, so that an overhang counts with all the air below it. Count the True pixels.")  # fmt: skip
    if close(heights, len(mask) - wanted):
        raise NotYet("Those are the pixels above the line. Count the True ones.")
    if not close(heights, wanted):
        raise NotYet(f"The heights are {heights.tolist()}; expected {wanted.tolist()}.")
    changes = (mask[1:] != mask[:-1]).sum(axis=0)
    right = np.count_nonzero(changes > 1)
    wrong = {
        changes.sum(): "That is the number of all changes. Count the columns with more than one.",
        np.count_nonzero(
            changes
        ): "Each column changes at least once, at the line. Count those with more than one change.",
        (changes - 1).sum(): "That counts changes. Count columns: each once, however often it changes.",
        0: f"{right} columns have more than one change, one of them because of a hole.",
        np.count_nonzero(changes > 2): "A column that changes twice counts, too: the mask need not reach the lowest row.",
        np.count_nonzero(changes == 3): "You count columns with three changes. Two are more than one, and five are, too.",
    }  # fmt: skip
    if not close(overhangs, right):
        raise NotYet(wrong.get(overhangs, f"{overhangs:g} columns with an overhang; expected {right}."))
    return "heights, and how often they are a compromise"
