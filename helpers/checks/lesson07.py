"""Checks of lesson 7: needles or agglomerates?"""

import operator

import numpy as np
from scipy.stats import beta, norm
from sklearn.metrics import balanced_accuracy_score, f1_score
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from helpers import copies
from helpers.checks import BLANK, NotYet, array, call, close, describe, models, number, refuse_blank
from helpers.checks.witness import observe


def _things(result, count, expected):
    """The things that an answer consists of, or a hint."""
    try:
        things = list(result)
    except TypeError:
        found = "one number" if isinstance(result, (int, float, np.number)) else describe(result)
        raise NotYet(f"The result is {found}; expected {expected}.") from None
    if len(things) != count or isinstance(result, (str, dict, set)):
        found = describe(result) if isinstance(result, (str, dict, set)) else f"{len(things)} things"
        raise NotYet(f"The result is {found}; expected {expected}.")
    for thing in things:
        refuse_blank(thing)
    return things


# --- baselines ------------------------------------------------------------------------------------


def check_7_1(baseline):
    """Mean balanced accuracy of five parts, stratified, and drawn at random."""
    labels = np.repeat([0, 1], (86, 48))  # sorted, as files in folders are
    rng = np.random.default_rng(0)
    wrong = rng.random(len(labels)) < np.where(labels == 0, 0.1, 0.45)
    said = labels ^ wrong
    features = np.stack([np.arange(len(labels)), said], axis=1).astype(float)
    got, left_out = observe(baseline, features, labels, name="baseline")
    if isinstance(got, dict) and "test_score" in got:
        raise NotYet('`cross_validate` returns a dictionary. The scores are its "test_score"; return their mean.')
    if not isinstance(got, str) and np.size(got) == 5:
        raise NotYet("Those are the scores of the five parts. Return their mean, one number.")
    if isinstance(got, (float, np.floating)) and np.isnan(got):
        raise NotYet(
            'The score is NaN, which scikit-learn gives for what it cannot compute. It is scoring="balanced_accuracy", '
            "which needs no probabilities."
        )
    got = number(got, "the result of baseline")
    _judge_parts(left_out, labels)
    _, again = observe(baseline, features, labels, name="baseline")
    if {frozenset(part.tolist()) for part in left_out} != {frozenset(part.tolist()) for part in again}:
        raise NotYet(
            "Called twice, it draws other parts the second time, so that two classifiers would be judged by different "
            "ones. Give StratifiedKFold a random_state: SEED."
        )
    _judge_score(got, labels, said, [part for part in left_out if len(part)])
    return "five parts at random, and each class counts the same"


def _judge_parts(left_out, labels):
    """Raise `NotYet` unless five parts were left out, one after the other, stratified, and drawn at random."""
    count = len(labels)
    if not left_out:
        raise NotYet(
            "The classifier that is given is never trained. cross_val_score(classifier, …) does that, once for each part."
        )
    parts = [part for part in left_out if len(part)]
    if not parts:
        raise NotYet(
            "The classifier is trained on all the data and judged by the same: it can have learned them by heart. "
            "cross_val_score judges it by what it was not trained on."
        )
    if len(parts) != 5:
        raise NotYet(f"Parts that are left out of a training, one after the other: {len(parts)}; expected five.")
    if not np.array_equal(np.sort(np.concatenate(parts)), np.arange(count)):
        raise NotYet(
            "Some rows are left out several times, and others never. In a cross-validation each has its turn once: "
            "StratifiedKFold."
        )
    of_each = np.array([np.bincount(labels[part], minlength=2) for part in parts])
    if (np.ptp(of_each, axis=0) > 1).any():
        raise NotYet(
            f"The five parts have {', '.join(map(str, of_each[:, 1]))} of the second class; expected as many of either in each. "
            "That is what the Stratified in StratifiedKFold does."
        )
    in_order = StratifiedKFold(5).split(labels, labels)
    if {frozenset(inside.tolist()) for _, inside in in_order} == {frozenset(part.tolist()) for part in parts}:
        raise NotYet(
            "The parts are cut in the order of the rows: the first fifth of each class, the second, and so on. With cv=5, or "
            "without shuffle=True, nothing is drawn at random."
        )


def _judge_score(got, labels, said, parts):
    """Raise `NotYet` unless the score is the mean of the parts' balanced accuracies."""
    scores = np.array([balanced_accuracy_score(labels[part], said[part]) for part in parts])
    right = scores.mean()
    accuracy = np.mean([np.mean(labels[part] == said[part]) for part in parts])
    f1 = {
        how: np.mean([f1_score(labels[part], said[part], average=how) for part in parts])
        for how in ("binary", "macro", "weighted")
    }
    wrong = [
        (accuracy, 'That is the mean accuracy, in which the larger class counts more. scoring="balanced_accuracy"'),
        (np.mean(labels == said), "That is the accuracy of all together, in which the larger class counts more."),
        (1.0, "That is 100%, the score on what the classifier was trained on. Judge it by the part that was left out."),
        (scores.sum(), "That is the sum of the five scores. Return their mean."),
        (scores.max(), "That is the best of the five scores. Return their mean."),
        (scores.min(), "That is the worst of the five scores. Return their mean."),
        (scores.std(), "That is the spread of the five scores. Return their mean."),
        (np.median(scores), "That is the median of the five scores. Return their mean."),
        (100 * right, "That is per cent. Return the share, a number from 0 to 1."),
        (1 - right, "That is the share that is wrong. Return the balanced accuracy itself."),
        (2 * right - 1, "That is adjusted, such that chance gives 0. Plain balanced accuracy gives half for it."),
        (
            balanced_accuracy_score(labels, said),
            "That is the balanced accuracy of all predictions together. Take that of each of the five parts, and the mean.",
        ),
        *((value, 'That is an F1 score. The name asked for is scoring="balanced_accuracy".') for value in f1.values()),
    ]
    if close(got, right, 1e-7):
        return
    for value, words in wrong:
        if close(got, value, 1e-7):
            raise NotYet(words)
    raise NotYet(
        f"The five parts have the balanced accuracies {', '.join(f'{score:.3f}' for score in scores)}, and their mean is {right:.4f}; you return {got:.4f}."
    )


def check_7_2(window):
    """The pixels in the middle, and no others."""
    rng = np.random.default_rng(0)
    for height, width, side in ((23, 30, 8), (30, 21, 8), (17, 17, 6), (14, 9, 9), (12, 12, 12)):
        image = rng.integers(0, 256, (height, width)).astype(np.uint8)
        result = call(window, image, side, name="window")
        got = array(result, "the result of window")
        top, left = (height - side) // 2, (width - side) // 2
        said = f"From an image {height} x {width} and side = {side} you cut "
        if got.shape != (side, side):
            more = (
                " Count from the first row: they are top to top + side; -top is none if top is 0."
                if got.ndim == 2
                else ""
            )
            raise NotYet(f"{said}the shape {got.shape}; expected {(side, side)}.{more}")
        place = _place(got, image)
        if place is None and _place(got.T, image):
            raise NotYet("Rows and columns of the window have changed places. Cut, and turn nothing.")
        if place is None:
            raise NotYet(
                f"{said}pixels that are not there. A window changes none, and makes nothing smaller: cut it out by "
                "image[rows, columns]."
            )
        wrong = {
            (0, 0): "the top left corner",
            (height - side, width - side): "the bottom right corner",
            (left, top): "as if rows and columns had changed places: image.shape is height, width",
            (
                -(-(height - side) // 2),
                -(-(width - side) // 2),
            ): "half a pixel nearer to the bottom right: // rounds down",
            (height // 2, width // 2): "with its first pixel in the middle of the image, instead of its own middle",
        }
        if place != (top, left):
            why = f", {wrong[place]}" if place in wrong else ""
            raise NotYet(f"{said}from row {place[0]} and column {place[1]} on{why}; expected {top} and {left}.")
        if got.dtype != image.dtype:
            raise NotYet(f"The pixels are right, but are {got.dtype} now; the image has {image.dtype}. Leave them so.")
    return "everything at the same scale, and no size to be seen"


def _place(window, image):
    """Row and column of an image where a window was cut from it, or None."""
    if any(part > whole for part, whole in zip(window.shape, image.shape, strict=True)):
        return None
    cuts = np.lib.stride_tricks.sliding_window_view(image, window.shape)
    found = np.argwhere((cuts == window).all(axis=(2, 3)))
    return tuple(found[0].tolist()) if len(found) else None


# --- the residual block ---------------------------------------------------------------------------


def check_7_3(residual_block):
    """Two convolutions, a way round them, and ReLU of the sum."""
    rng = np.random.default_rng(0)
    for channels, kernels, strides in ((6, 6, 1), (6, 10, 2), (6, 10, 1), (6, 6, 2)):
        _judge_block(residual_block, channels, kernels, strides, rng)
    return "two convolutions say what to change, and the rest goes past them"


def _judge_block(residual_block, channels, kernels, strides, rng):
    """Raise `NotYet` unless the block for these numbers is as it should be."""
    import keras

    x = keras.Input((12, 8, channels))
    asked = f"From the shape (n, 12, 8, {channels}), with kernels = {kernels} and strides = {strides}, "
    try:
        result = call(residual_block, x, kernels, strides, name="residual_block")
    except NotYet as problem:
        if "incompatible shapes" in str(problem) or "Cannot broadcast" in str(problem):
            raise NotYet(
                f"{asked}{problem.args[0]} To be added, both need one shape. If x has another shape than `inside`, "
                "in its kernels or its sides, the way round is a convolution that makes it so."
            ) from None
        raise
    if isinstance(result, keras.layers.Layer) and not isinstance(result, keras.Model):
        raise NotYet("The result is a layer. Call it on a tensor: layers.ReLU()(x).")
    if not isinstance(result, keras.KerasTensor):
        raise NotYet(f"The result is {describe(result)}; expected a Keras tensor, what comes out of the last layer.")
    wanted = (-(-12 // strides), -(-8 // strides), kernels)
    if tuple(result.shape[1:]) == (*wanted[:2], 2 * kernels):
        raise NotYet(f"{asked}you make {2 * kernels} maps: one set behind the other. Add them, layers.add.")
    if tuple(result.shape[1:]) != wanted:
        raise NotYet(f"{asked}you make {tuple(result.shape[1:])}; expected {wanted}.")
    try:
        block = keras.Model(x, result)
    except ValueError:
        raise NotYet("The result does not depend on `x`. Begin with normalised(x, …).") from None
    changes = strides != 1 or kernels != channels
    first, second, round_ = _convolutions(block, x, strides, changes, asked)
    _judge_sum(block, first, second, round_, rng)


def _convolutions(block, x, strides, changes, asked):
    """The three pairs of a convolution and what normalises it: first, second, and of the way round, or None."""
    found = models.layers(block)
    convolutions = [layer for layer in found if type(layer).__name__ == "Conv2D"]
    sizes = sorted(layer.kernel_size[0] for layer in convolutions)
    expected = [1, 3, 3] if changes else [3, 3]
    if sizes != expected:
        said = f"{asked}there are convolutions of the sizes {sizes}; expected {expected}."
        if sizes == [1, 3, 3]:
            raise NotYet(f"{said} Here `x` has the shape of `inside` already, so the way round is `x` itself.")
        if changes and sizes == [3, 3, 3]:
            raise NotYet(f"{said} On the way round it is 1x1: that changes the shape, and looks at no neighbours.")
        if changes and sizes == [3, 3]:
            raise NotYet(f"{said} On the way round `x` needs one that makes its shape that of `inside`.")
        raise NotYet(f"{said} Inside are two, both 3x3.")
    behind = {
        layer.input._keras_history.operation.name: layer
        for layer in found
        if type(layer).__name__ == "BatchNormalization"
    }
    if any(layer.name not in behind or models.activation(layer) != "linear" for layer in convolutions):
        raise NotYet(
            f"{asked}not every convolution has its BatchNormalization right behind it, before any ReLU. `normalised` does both."
        )
    inside = [layer for layer in convolutions if layer.kernel_size[0] == 3]
    starts = [layer for layer in inside if layer.input is x]
    if len(starts) == 2:
        raise NotYet("Both convolutions 3x3 take `x`. The second one goes on with what the first one has made.")
    if len(starts) != 1:
        raise NotYet("The first convolution 3x3 should take `x` as it is: normalised(x, …).")
    first = starts[0]
    second = inside[1 - inside.index(first)]
    around = next((layer for layer in convolutions if layer.kernel_size[0] == 1), None)
    if around is not None and around.input is not x:
        raise NotYet("The way round begins at `x`, and not behind a convolution: normalised(x, …) with size 1.")
    if (first.strides[0], second.strides[0]) != (strides, 1):
        raise NotYet(
            f"{asked}the two convolutions 3x3 have strides {first.strides[0]} and {second.strides[0]}; expected {strides} and 1."
        )
    return [layer and (layer, behind[layer.name]) for layer in (first, second, around)]


def _judge_sum(block, first, second, around, rng):
    """Raise `NotYet` unless the block computes ReLU(inside + way round), with weights of any kind."""
    for weight in block.weights:
        values = rng.normal(0, 0.5, weight.shape)
        weight.assign(np.abs(values) + 0.3 if "variance" in weight.name else values)
    x = rng.normal(0, 1, (3, *block.input_shape[1:])).astype("float32")

    def passed(values, pair):
        return models.as_numpy(pair[1](pair[0](values), training=False))

    def relu(values):
        return np.maximum(values, 0)

    got = models.as_numpy(block(x, training=False))
    before = passed(x, first)
    inside = passed(relu(before), second)
    shortcut = passed(x, around) if around else x
    no_relu = passed(before, second)
    wrong = [
        (inside + shortcut, "ReLU of the sum is missing at the end."),
        (relu(inside), "What went round the convolutions is not added. layers.add([inside, shortcut])"),
        (inside, "What went round the convolutions is not added. layers.add([inside, shortcut])"),
        (relu(shortcut), "Only the way round comes out. Add what the two convolutions make: layers.add([inside, shortcut])"),
        (shortcut, "Only the way round comes out. Add what the two convolutions make: layers.add([inside, shortcut])"),
        (relu(inside) + shortcut, "ReLU comes before the sum, so that the block could only ever add. First the sum, then ReLU of it."),
        (relu(inside) + relu(shortcut), "ReLU comes before the sum, so that the block could only ever add. First the sum, then ReLU of it."),
        (relu(relu(inside) + shortcut), "There is a ReLU before the sum, too, so that the block could only ever add. One behind the sum is enough."),
        (relu(inside + relu(shortcut)), "There is a ReLU on the way round. It should pass `x` on as it is; only the sum goes through ReLU."),
        (relu(no_relu + shortcut), "There is no ReLU between the two convolutions, and without it two are hardly more than one."),
        (no_relu + shortcut, "There is no ReLU, neither between the two convolutions nor behind the sum."),
        (relu(inside - shortcut), "The way round is subtracted. Add it: layers.add."),
        (relu(shortcut - inside), "What the convolutions make is subtracted. Add it: layers.add."),
        (relu(inside * shortcut), "The two are multiplied. Add them: layers.add."),
        (relu(inside + shortcut) / 2, "That is half of it, the average of the two. Add them: layers.add."),
        (relu(np.maximum(inside, shortcut)), "That is the larger of the two. Add them: layers.add."),
    ]  # fmt: skip

    def same(values):
        return np.allclose(got, values, rtol=1e-2, atol=1e-3)

    if same(relu(inside + shortcut)):
        return
    for values, words in wrong:
        if same(values):
            raise NotYet(words)
    raise NotYet(
        "The layers are there, but what comes out is not ReLU(inside + way round). Compare with the three steps: inside is "
        "convolution, normalisation, ReLU, convolution, normalisation."
    )


# --- scores ---------------------------------------------------------------------------------------


def check_7_4(f1):
    """F1 of a class, from what was hit, missed and called wrongly."""
    rng = np.random.default_rng(3)
    true = (rng.random(60) < 0.35).astype(int)
    said = np.where(rng.random(60) < 0.25, 1 - true, true)

    def result(true, said, positive):
        with np.errstate(all="ignore"):
            return number(call(f1, true, said, positive, name="f1"), "the result of f1")

    for positive in (1, 0):
        got = result(true, said, positive)
        _judge_f1(got, true == positive, said == positive, positive)
    for is_it, called in (([0] * 4, [0, 1, 0, 1]), ([0, 1, 1, 0], [0] * 4), ([1, 1, 0], [0, 0, 1]), ([0] * 3, [0] * 3)):
        case = f"If {sum(is_it)} of {len(is_it)} images are of the class, {sum(called)} are called it, and none of these is right, F1 is 0"
        try:
            got = result(np.array(is_it), np.array(called), 1)
        except NotYet as problem:
            raise NotYet(f"{case}. {problem.args[0]} Look at what you divide by before you do.") from None
        if abs(got) > 1e-9:
            raise NotYet(f"{case}; you return {got:.4f}.")
    return "found and not called wrongly, in one number"


def _judge_f1(got, is_it, called, positive):
    """Raise `NotYet` unless the F1 score is right; the two arrays tell of each image whether it is it, and was called it."""
    hits, missed, alarms, rest = (
        int(np.sum(pair)) for pair in (is_it & called, is_it & ~called, ~is_it & called, ~is_it & ~called)
    )
    precision, recall = hits / (hits + alarms), hits / (hits + missed)
    right = 2 * hits / (2 * hits + alarms + missed)
    other = 2 * rest / (2 * rest + alarms + missed)
    share = is_it.mean()
    wrong = [
        (precision, "That is the precision: of those called it, how many are. F1 also counts those that were missed."),
        (recall, "That is the recall: of those that are it, how many were found. F1 also counts the false alarms."),
        ((hits + rest) / len(is_it), "That is the accuracy. TP / n and TN / n don't occur in F1."),
        (other, f"That is the F1 of the other class. Count what is class {positive}: true == positive, said == positive."),
        ((right + other) / 2, "That is the mean F1 of both classes. Only that of `positive` is asked for."),
        (share * right + (1 - share) * other, "That is a mean of both classes. Only that of `positive` is asked for."),
        ((precision + recall) / 2, "That is the plain mean of precision and recall. F1 is their harmonic mean."),
        (np.sqrt(precision * recall), "That is the geometric mean of precision and recall. F1 is their harmonic mean."),
        (hits / (hits + alarms + missed), "That is TP / (TP + FP + FN). TP counts twice, above and below."),
        (2 * hits / (hits + alarms + missed), "TP counts twice above, but once below. Mind the parentheses: 2 TP / (2 TP + FP + FN)."),
        (hits / (2 * hits + alarms + missed), "That is half of it: 2 TP above as well."),
        (2 * hits / 2 * hits + alarms + missed, "Without parentheses only the first term is divided by: 2 TP / (2 TP + FP + FN)."),
        (100 * right, "That is per cent. Return a number from 0 to 1."),
        (1 - right, "That is 1 − F1. The best score is 1."),
    ]  # fmt: skip
    if close(got, right, 1e-6):
        return
    for value, words in wrong:
        if close(got, value, 1e-6):
            raise NotYet(words)
    raise NotYet(
        f"For class {positive} with TP = {hits}, FP = {alarms} and FN = {missed} you return {got:.4f}; expected {right:.4f}."
    )


#: F1 of both classes after each epoch, on which wrong rules stop elsewhere. With a patience of 2, training stops after
#: the sixth, and the fourth is the best.
WATCHED = [(0.55, 0.50), (0.68, 0.60), (0.77, 0.55), (0.72, 0.65), (0.64, 0.92), (0.93, 0.65), (0.87, 0.62), (0.66, 0.63), (0.64, 0.82)]  # fmt: skip


def _stopped(scores, patience, judge=min, better=operator.gt, reset=True, always=False):
    """What a rule for Exercise 7.5 does: epochs, whether it stopped, the best score and its epoch."""
    best, kept, waited = -1.0, None, 0
    for epoch, pair in enumerate(scores, 1):
        if better(judge(pair), best):
            best, kept, waited = judge(pair), epoch, waited if not reset else 0
        else:
            waited += 1
        if waited >= patience and (kept != epoch or always):
            return epoch, True, best, kept
    return len(scores), False, best, kept


class _Run:
    """A training without any training: scores as given, and weights that say which epoch it is, counted from 1."""

    def __init__(self, StopOnF1, scores, patience):
        import keras

        class Driven(StopOnF1):
            given = None

            def scores(self):
                return list(self.given)

        self.model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
        images, labels = np.zeros((4, 8, 8, 1), np.uint8), np.array([0, 1, 0, 1])
        self.callback = call(Driven, images, labels, patience, name="StopOnF1(images, labels, patience)")
        self.callback.set_model(self.model)
        self.model.stop_training = False
        self._do("on_train_begin", {})
        self.epochs = 0
        for pair in scores:
            self.epochs += 1
            self.model.set_weights([np.full((1, 1), self.epochs), np.full(1, self.epochs)])
            self.callback.given = pair
            self._do("on_epoch_end", self.epochs - 1, {})
            if self.model.stop_training:
                break
            if self.weights() != self.epochs:
                raise NotYet(
                    f"on_epoch_end changes the weights of the network while it still learns (after epoch {self.epochs}). Only "
                    "on_train_end puts the best ones back."
                )
        self.is_stopped = bool(self.model.stop_training)
        self.kept = getattr(self.callback, "best_weights", None)

    def end(self):
        """The end of the training, after which the best weights are back."""
        self._do("on_train_end", {})

    def _do(self, name, *arguments):
        call(getattr(self.callback, name), *arguments, name=name, copy=False, may_return_none=True)

    def weights(self):
        """The epoch of which the network has the weights, or None if they are of none."""
        kernel, bias = (value.ravel()[0] for value in self.model.get_weights())
        return int(kernel) if kernel == bias else None

    def told(self, name):
        return number(getattr(self.callback, name, None), f"self.{name}")


def check_7_5(StopOnF1):
    """Keeps the weights of the best epoch, stops when patience is over, and puts them back."""
    import keras

    if not (isinstance(StopOnF1, type) and issubclass(StopOnF1, keras.callbacks.Callback)):
        raise NotYet(f"Expected the class StopOnF1 itself, a keras.callbacks.Callback, and not {describe(StopOnF1)}.")
    run = _Run(StopOnF1, WATCHED, 2)
    _judge_stop(run, WATCHED, 2)
    run.end()
    _judge_restored(run, WATCHED, 2)
    for scores, patience, what in (
        (
            [(0.3, 0.9), (0.8, 0.7), (0.9, 0.5), (0.6, 0.6)],
            3,
            "a training that ends by itself, before patience is over",
        ),
        ([(0.4, 0.5), (0.4, 0.6), (0.7, 0.7)], 1, "patience = 1"),
        ([(0.0, 0.6), (0.0, 0.7), (0.8, 0.0), (0.9, 0.9)], 3, "a first epoch with an F1 of 0"),
        ([(0.7, 0.7), *[(0.6, 0.6)] * 4, (0.8, 0.8), (0.5, 0.5)], 5, "patience = 5"),
    ):
        run = _Run(StopOnF1, scores, patience)
        epochs, is_stopped, best, kept = _stopped(scores, patience)
        worse = ", ".join(f"{min(pair):g}" for pair in scores)
        if (run.epochs, run.is_stopped) != (epochs, is_stopped) or not close(run.told("best"), best):
            ends = ["it ends by itself", "it is stopped"]
            raise NotYet(
                f"It works with patience = 2, but not for {what}. Of the worse scores {worse} the best is {best:g}, and {ends[is_stopped]} after "
                f"epoch {epochs}; with you the best is {run.told('best'):g}, and {ends[run.is_stopped]} after epoch {run.epochs}."
            )
        run.end()
        if run.weights() != kept:
            raise NotYet(
                f"It works if training is stopped, but not for {what}: the worse scores are {worse}, and at the end the "
                f"network should have the weights of epoch {kept}."
            )
    return "the worse class decides, and the best weights come back"


def _judge_stop(run, scores, patience):
    """Raise `NotYet` unless the best score is kept and the training stopped when it should be."""
    callback = run.callback
    epochs, is_stopped, best, _ = _stopped(scores, patience)
    held = getattr(callback, "best", None)
    if held == -1 and not run.is_stopped and run.kept is None and getattr(callback, "waited", 0) == 0:
        raise NotYet(f"{BLANK} After {run.epochs} epochs on_epoch_end has changed nothing.")
    if isinstance(held, (list, tuple)):
        raise NotYet(
            "`self.best` holds the scores of both classes. Keep the smallest of them, one number: min(scores)."
        )
    held = run.told("best")
    if len(getattr(callback, "history", ())) != run.epochs:
        raise NotYet("`self.history` does not hold the scores of each epoch. Leave the line self.history.append(scores) as it is.")  # fmt: skip
    if getattr(callback, "stop_training", False) and not run.is_stopped:
        raise NotYet(
            "`self.stop_training` is set, and nobody looks at it. It is the network's: self.model.stop_training."
        )
    if held == -1:
        raise NotYet(
            "`self.best` stays at −1, whatever the scores are. If the smallest of them is larger than it, keep it there."
        )
    got = run.epochs, run.is_stopped, held
    if got[:2] == (epochs, is_stopped) and close(held, best):
        return
    larger = "The smallest of them counts: min(scores)."
    wrong = [
        ({"judge": np.mean}, f"That goes by the mean of the scores, in which the better class hides the worse. {larger}"),
        ({"judge": max}, f"That goes by the largest of the scores, the better class. {larger}"),
        ({"judge": lambda pair: pair[0]}, f"That looks at the first class only. {larger}"),
        ({"judge": lambda pair: pair[1]}, f"That looks at the second class only. {larger}"),
        ({"judge": sum}, f"That goes by the sum of the scores. {larger}"),
        ({"better": operator.ge}, "An epoch that is as good as the best counts as better, and it could wait for ever. Larger is >, not >=."),
        ({"reset": False}, "`self.waited` goes on counting after a better epoch, so that patience is over too soon. Set it to 0 again."),
        ({"reset": False, "always": True}, "`self.waited` goes on counting after a better epoch, so that patience is over too soon. Set it to 0 again."),
    ]  # fmt: skip
    for rule, words in wrong:
        expected = _stopped(scores, patience, **rule)
        if got[:2] == expected[:2] and close(held, expected[2]):
            raise NotYet(words)
    worse = ", ".join(f"{min(pair):g}" for pair in scores[: max(run.epochs, epochs)])
    said = f"With patience = {patience} and the worse scores {worse} "
    largest = max(min(pair) for pair in scores[: run.epochs])
    if not close(held, largest):
        raise NotYet(
            f"{said}`self.best` is {held:g} after epoch {run.epochs}; expected {largest:g}, the largest of them so far. Compare each with "
            "`self.best`, and change it only then."
        )
    if not run.is_stopped and getattr(callback, "waited", None) == 0:
        raise NotYet(
            f"{said}`self.waited` is still 0 after {run.epochs} epochs. Add 1 to it whenever an epoch is not better."
        )
    if not run.is_stopped:
        raise NotYet(
            f"{said}it never stops; expected after epoch {epochs}. When `self.waited` has reached `self.patience`, "
            "self.model.stop_training becomes True."
        )
    if run.epochs == _stopped(scores, patience + 1)[0]:
        raise NotYet(f"{said}it stops one epoch too late, after {run.epochs}: as soon as `self.waited` *has reached* `self.patience`, >=.")  # fmt: skip
    if run.epochs == _stopped(scores, patience - 1)[0]:
        raise NotYet(f"{said}it stops too early, after epoch {run.epochs}; expected {epochs}, when {patience} epochs in a row were no better.")  # fmt: skip
    raise NotYet(
        f"{said}the best is {best:g}, and it stops after epoch {epochs}; with you the best is {held:g}, and it stops after "
        f"epoch {run.epochs}. `self.waited` counts the epochs since the best one."
    )


def _judge_restored(run, scores, patience):
    """Raise `NotYet` unless the network has the weights of the best epoch in the end."""
    import keras

    epochs, _, _, kept = _stopped(scores, patience)
    got = run.weights()
    if isinstance(run.kept, (list, tuple)) and any(isinstance(value, keras.Variable) for value in run.kept):
        raise NotYet(
            "`self.best_weights` holds the network's own weights, which change while it goes on learning, and not their "
            "values. self.model.get_weights() gives a copy."
        )
    if got != kept:
        said = f"At the end the network has the weights of epoch {got}; the best was epoch {kept}"
        if got == epochs and isinstance(run.kept, (list, tuple)) and np.ravel(run.kept[0])[0] == kept:
            raise NotYet(
                f"{said}. They are in `self.best_weights`, but nobody gives them back: on_train_end, set_weights."
            )
        if got == epochs:
            raise NotYet(f"{said}. Keep `self.model.get_weights()` only when an epoch is the best so far, and give them back in on_train_end.")  # fmt: skip
        raise NotYet(f"{said}. Keep the weights in the same `if` as the best score.")


# --- what leaves the network ----------------------------------------------------------------------


def check_7_6(table):
    """File, most probable class, and the probability of that class."""
    pg = np.array([0.03127, 0.81341, 0.62518, 0.27463, 0.96152, 0.41936], "float32")
    two = {"cex": 1 - pg, "pg": pg}
    _judge_table(table, ["cex (17).png", "pg (4).png", "pg (12).png", "cex (3).png", "pg (1).png", "a.png"], two)
    _judge_table(table, ["b.png", "a.png", "c.png"], {"pg": pg[:3], "cex": 1 - pg[:3]})
    three = np.array([[0.2, 0.5, 0.3], [0.1, 0.45, 0.45 - 1e-3], [0.7, 0.05, 0.25], [0.3, 0.3, 0.4]], "float32").T
    other = dict(zip(("needles", "plates", "neither"), three, strict=True))
    try:
        _judge_table(table, ["1.png", "2.png", "3.png", "4.png"], other)
    except NotYet as problem:
        raise NotYet(
            f"It works for cex and pg. With the classes needles, plates and neither: {problem.args[0]} "
            "The names are the keys of `probabilities`."
        ) from None
    return "a name, and the probability of what it names"


def _judge_table(table, files, probabilities):
    """Raise `NotYet` unless the table of these files is right."""
    given = {name: values.copy() for name, values in probabilities.items()}
    rows = call(table, list(files), given, name="table")
    expected = "a list of tuples (file, class, probability)"
    if isinstance(rows, np.ndarray) and rows.dtype.kind in "US":
        raise NotYet(f"An array of NumPy makes text of the numbers, too; expected {expected}.")
    if not isinstance(rows, (list, tuple)):
        raise NotYet(f"`table` returns {describe(rows)}; expected {expected}.")
    if len(rows) == 3 and len(files) != 3 and rows[0] == files[0]:
        raise NotYet("Only the first file is there. Collect a tuple for each, and return behind the loop.")
    if len(rows) != len(files):
        raise NotYet(f"For {len(files)} files there are {len(rows)} rows; expected one for each.")
    for row in rows:
        if not isinstance(row, (list, tuple)) or len(row) != 3:
            found = f"{len(row)} things" if isinstance(row, (list, tuple)) else describe(row)
            raise NotYet(f"A row is {found}; expected three: file, class, probability.")
    told, names, sure = (list(column) for column in zip(*rows, strict=True))
    for column in (told, names, sure):
        for value in column:
            refuse_blank(value)
    if told != list(files):
        if any(not isinstance(file, str) for file in told):
            raise NotYet(f"The first thing in a row is {describe(told[0])}; expected the file, as it is given.")
        raise NotYet("The files are not those that were given, in their order. One row for each file, in turn.")
    if given.keys() != probabilities.keys():
        raise NotYet("`table` takes classes out of the dict that it is given, and the next file finds them gone. Only look at it.")  # fmt: skip
    _judge_classes(names, files, probabilities)
    _judge_sure(names, sure, files, probabilities)


def _judge_classes(names, files, probabilities):
    """Raise `NotYet` unless each file has the name of its most probable class."""
    for name in names:
        if not isinstance(name, str):
            raise NotYet(f"The class is {describe(name)}; expected its name, one of {', '.join(probabilities)}.")
        if name not in probabilities:
            raise NotYet(f"There is no class {name[:30]!r} in `probabilities`, only {', '.join(probabilities)}.")
    classes = list(probabilities)
    values = np.array([probabilities[name] for name in classes])
    best, least = ([classes[place] for place in places] for places in (values.argmax(axis=0), values.argmin(axis=0)))
    if names == best:
        return
    if names == least:
        raise NotYet(
            "Every file has the *least* probable class: the names are swapped, as in the project's first list."
        )
    if len(set(names)) == 1:
        raise NotYet(
            f"Every file is called {names[0]!r}. Which class is the most probable one for *this* file, number i?"
        )
    index = next(i for i in range(len(files)) if names[i] != best[i])
    told = ", ".join(f"{name} {probabilities[name][index]:.2f}" for name in classes)
    raise NotYet(f"With {told} you call it {names[index]!r}; the most probable class is {best[index]!r}.")


def _judge_sure(names, sure, files, probabilities):
    """Raise `NotYet` unless the probabilities are those of the classes that are named, as floats."""
    for value in sure:
        if np.size(value) != 1:
            raise NotYet("In a row are the probabilities of all files or classes. Take one: of the named class, for file number i.")  # fmt: skip
        number(value, "the probability")
    got = np.array([float(np.ravel(value)[0]) for value in sure])
    right = np.array([probabilities[name][index] for index, name in enumerate(names)])
    if not close(got, right, 1e-6):
        for name, values in probabilities.items():
            if close(got, values):
                raise NotYet(
                    f"In every row is the probability of {name!r}, also where another class is named, as in the project's first "
                    "list. Look it up under the name that you say."
                )
        if close(got, 100 * right):
            raise NotYet("Those are per cent. The probability goes from 0 to 1.")
        if close(got, 1 - right):
            raise NotYet("That is the probability that the named class is *not* it.")
        if np.allclose(got, right, atol=0.051):
            raise NotYet("The probabilities are rounded. Leave that to whoever prints them.")
        index = int(np.abs(got - right).argmax())
        raise NotYet(
            f"File number {index} is called {names[index]!r}, of which the probability is {right[index]:.2f}; you say {got[index]:.2f}."
        )
    if not all(isinstance(value, float) for value in sure):
        odd = next(value for value in sure if not isinstance(value, float))
        raise NotYet(f"The numbers are right, but of the kind {type(odd).__name__}; expected a plain float: float(…).")


def check_7_7(alarm_level):
    """The highest level that enough of the PG images reach."""
    rng = np.random.default_rng(1)
    for count, of_pg, recall in ((90, 40, 0.95), (70, 30, 0.9), (30, 7, 0.8), (50, 20, 1.0), (60, 20, 0.01)):
        is_pg = rng.permutation(np.arange(count) < of_pg)
        probabilities = 1 / (1 + np.exp(-rng.normal(np.where(is_pg, 1.5, -1.0), 1.3)))
        result = call(alarm_level, probabilities, is_pg, recall, name="alarm_level")
        got = number(result, "the result of alarm_level")
        _judge_level(got, probabilities, is_pg, recall)
    return "a bell that rings as often as it has to, and not more"


def _judge_level(got, probabilities, is_pg, recall):
    """Raise `NotYet` unless the level is right."""
    pg, cex = (np.sort(probabilities[chosen])[::-1] for chosen in (is_pg, ~is_pg))
    ranked = np.sort(probabilities)[::-1]
    place = int(np.ceil(recall * len(pg))) - 1
    if close(got, pg[place], 1e-6):
        return
    share = np.mean(pg >= got)
    said = f"With recall = {recall:g} you return the level {got:.4g}. "
    middle = np.quantile(pg, [1 - recall, recall])
    wrong = [
        (pg[::-1][place] if recall > 0.5 else np.nan, "Few of the PG images have so much. Sort them from high to low, not from low to high."),
        (middle[1], "Few of the PG images have so much: *recall* of them lie below it. They should be at or above it."),
        (ranked[int(np.ceil(recall * len(ranked))) - 1], "That share of *all* images reaches it. Rank those of PG only: probabilities[is_pg]."),
        (cex[int(np.ceil(recall * len(cex))) - 1], "That share of the CEX images reaches it. Rank those of PG: probabilities[is_pg]."),
        (place, "That is a place in the ranking. Return the probability that stands there."),
        (place + 1, "That is a number of images. Return the probability of the last of them, from the highest down."),
    ]  # fmt: skip
    for value, words in wrong:
        if close(got, value, 1e-6):
            raise NotYet(said + words)
    if close(got, middle[0], 1e-6) and share >= recall:
        raise NotYet(f"{said}np.quantile puts it between two images; {pg[place]:.4g}, which is higher, is still reached by enough.")  # fmt: skip
    reached = f"{np.sum(pg >= got)} of {len(pg)} PG images ({share:.1%}) have this or more"
    if share < recall:
        raise NotYet(f"{said}Only {reached}; expected at least {recall:.1%}. Which place from the top is the last one that you need?")  # fmt: skip
    raise NotYet(
        f"{said}{reached}, which is enough, but not the highest such level: {pg[place]:.4g}, at place {place + 1} from the top. Count from 0 in "
        "an array, and round up what is no whole number."
    )


# --- copies ---------------------------------------------------------------------------------------


def check_7_8(invariant_hash):
    """One text for all eight ways of an image, and another one for any other image."""
    rng = np.random.default_rng(0)
    names = {}

    def name(image):
        got = call(invariant_hash, image, name="invariant_hash")
        if isinstance(got, str):
            return str(got)
        if isinstance(got, (list, tuple, set, dict)) and len(got) == 8:
            raise NotYet(
                "Those are the hashes of the eight ways. Make one text of them that doesn't depend on their order."
            )
        if isinstance(got, bytes):
            raise NotYet("The result is bytes; expected a text, as one_hash gives: hexdigest, not digest.")
        raise NotYet(f"The result is {describe(got)}; expected a text, as one_hash gives.")

    for height, width in ((5, 7), (6, 6), (1, 9)):
        image = rng.integers(0, 256, (height, width)).astype(np.uint8)
        first = names.setdefault(name(image), image)
        if first is not image:
            raise NotYet(
                "Two images that have nothing to do with each other get the same text. It has to depend on the pixels."
            )
        if name(image) not in names:
            raise NotYet("The same image gets another text the second time. Nothing in it should be left to chance.")
        _judge_ways(name, image)
    _judge_others(name, rng)
    return "one name for all eight ways to lay a photograph down"


def _judge_ways(name, image):
    """Raise `NotYet` unless the eight ways of an image have one name."""
    ways = copies.symmetries(image)
    same = [name(np.ascontiguousarray(way)) == name(image) for way in ways]
    if all(same):
        return
    if not any(same[1:]):
        raise NotYet(
            "A turned copy gets another text: that is the hash of the image itself. Hash all eight that copies.symmetries "
            "gives, and make one of them."
        )
    if same == [True] * 4 + [False] * 4:
        raise NotYet("Turned copies have the same text, mirrored ones haven't. Take all eight: copies.symmetries.")
    if not any(same[1::2]):
        raise NotYet("Copies that are turned by 90° get another text. Take all eight: copies.symmetries.")
    raise NotYet(
        f"Of the eight ways of an image {sum(same)} get the same text; expected all eight. What doesn't depend on the "
        "order in which they come: the first, or the smallest?"
    )


def _judge_others(name, rng):
    """Raise `NotYet` if another image gets the same text as an image."""
    for _ in range(3):
        image = rng.integers(1, 255, (6, 10)).astype(np.uint8)
        one = image.copy()
        one[2, 3] += 1
        moved = image[:, rng.permutation(10)]
        others = [
            (rng.permuted(image, axis=None), "has the same pixels in other places. Their sum or their sorted values are no name: hash the arrays, one_hash"),
            (moved, "has the same columns in another order. Hash each of the eight arrays as a whole: one_hash"),
            (image[rng.permutation(6)], "has the same rows in another order. Hash each of the eight arrays as a whole: one_hash"),
            (image + np.uint8(1), "is brighter by 1. Hash the pixels as they are: one_hash"),
            (one, "differs in one pixel. Hash all pixels as they are: one_hash"),
            (image[:, :-1], "has a column less. Hash all pixels: one_hash"),
        ]  # fmt: skip
        for other, words in others:
            if name(np.ascontiguousarray(other)) == name(image):
                raise NotYet(f"An image gets the same text as another one, which {words}.")
    for grey in (0, 255):
        narrow, wide = np.full((2, 18), grey, np.uint8), np.full((4, 9), grey, np.uint8)
        if name(narrow) == name(wide):
            raise NotYet(
                "Two images of one grey, of 2 x 18 and 4 x 9 pixels, get the same text: their bytes are the same, their shapes are not. "
                "one_hash takes the shape in."
            )
    few = {name(rng.integers(0, 256, (4, 5)).astype(np.uint8)) for _ in range(400)}
    if len(few) < 400:
        raise NotYet(f"400 images get {len(few)} texts; expected one for each. Don't shorten the hash.")


def check_7_9(grouped_split):
    """Three parts of the right sizes, and no group in two of them."""
    rng = np.random.default_rng(0)
    count = 140
    sizes = rng.integers(1, 7, count)
    labels = np.repeat(np.arange(count) >= 95, sizes).astype(int)
    groups = np.repeat(rng.permutation(count), sizes)
    order = rng.permutation(len(labels))
    labels, groups = labels[order], groups[order]

    def split():
        try:
            result = call(grouped_split, labels, groups, name="grouped_split")
        except NotYet as problem:
            if "n_splits" in str(problem):
                raise NotYet(
                    f"{problem.args[0]} `split` takes three things: images, their labels, their groups."
                ) from None
            raise
        names = ("the training part", "the validation part", "the test part")
        things = _things(result, 3, "three arrays of places: training, validation, test")
        return [array(thing, name) for thing, name in zip(things, names, strict=True)]

    parts = split()
    _judge_places(parts, labels, groups)
    _judge_shares(parts, labels, groups)
    again = split()
    if any(not np.array_equal(np.sort(a), np.sort(b)) for a, b in zip(parts, again, strict=True)):
        raise NotYet("Called twice, it divides them otherwise the second time, and scores can't be compared. Give a random_state: SEED.")  # fmt: skip
    in_order = StratifiedGroupKFold(20).split(labels, labels, groups)
    if any(np.array_equal(np.sort(parts[2]), np.sort(inside)) for _, inside in in_order):
        raise NotYet("Nothing is drawn at random: the largest groups are dealt out first. Add shuffle=True, and random_state=SEED.")  # fmt: skip
    valid = np.sort(parts[1])
    for seed in (*range(10), 42):  # the notebook's SEED is 1, and some have their own
        dealt = StratifiedGroupKFold(20, shuffle=True, random_state=seed).split(labels, labels, groups)
        dealt = [inside for _, inside in dealt]
        fives = (np.sort(np.concatenate(dealt[start : start + 5])) for start in range(16))
        if any(np.array_equal(valid, five) for five in fives):
            raise NotYet("The twenty parts are as they were dealt out, so that the first are not like the last. Bring them into a random order first: np.random.default_rng(SEED).permutation(20).")  # fmt: skip
    return "no crystal is on both sides"


def _judge_places(parts, labels, groups):
    """Raise `NotYet` unless three parts are places of images, each there once."""
    count = len(labels)
    for part in parts:
        if part.dtype.kind == "b":
            raise NotYet("A part is an array of True and False; expected places, whole numbers: np.flatnonzero makes them of it.")  # fmt: skip
        if part.ndim != 1:
            raise NotYet(f"A part has shape {part.shape}; expected places, (n,). np.concatenate makes one array of several.")  # fmt: skip
        if part.size and (part.dtype.kind == "f" or part.min() < 0 or part.max() >= count):
            raise NotYet(f"A part holds such numbers as {part.max():g}; expected places of {count} images, from 0 to {count - 1}.")  # fmt: skip
    together = np.concatenate(parts).astype(int)
    for values, what in ((labels, "labels"), (groups, "groups")):
        if np.array_equal(np.sort(together), np.sort(values)):
            raise NotYet(f"Those are the {what} of the images in the three parts. Return the places of the images.")
    twice = len(together) - len(np.unique(together))
    if twice > count:
        raise NotYet("Images are there many times over. Each pair that `split` yields is (outside, inside): the parts are the second ones.")  # fmt: skip
    if twice:
        raise NotYet(
            f"{twice} images are there more than once. Each of the twenty parts goes into one of the three only."
        )
    if len(together) < count:
        raise NotYet(
            f"{count - len(together)} of {count} images are in no part. There are twenty parts: one for the test, five for validation, "
            "fourteen for training."
        )


def _judge_shares(parts, labels, groups):
    """Raise `NotYet` unless no group is divided and the parts have the sizes that they should have."""
    held = [set(groups[part.astype(int)].tolist()) for part in parts]
    divided = (held[0] & held[1]) | (held[0] & held[2]) | (held[1] & held[2])
    if divided:
        raise NotYet(
            f"{len(divided)} of {len(np.unique(groups))} groups are in more than one part: the leak is still there. Only a splitter with Group in "
            "its name keeps them together, if it gets `groups` as the third argument of `split`."
        )
    shares = np.array([len(part) for part in parts]) / len(labels)
    wanted = np.array([0.7, 0.25, 0.05])
    if np.allclose(shares, wanted, atol=0.035):
        return
    said = f"Training, validation and test have {', '.join(f'{share:.0%}' for share in shares)} of the images; expected 70%, 25%, 5%"
    if np.allclose(np.sort(shares), np.sort(wanted), atol=0.035):
        raise NotYet(f"{said}. The parts are right, in another order: training comes first, the test last.")
    raise NotYet(f"{said}. Of twenty parts, the first is for the test, the next five for validation, the rest for training.")  # fmt: skip


# --- strangers, heat maps, intervals --------------------------------------------------------------


def check_7_10(strangeness):
    """Mahalanobis distances, one for each row."""
    rng = np.random.default_rng(0)
    for n, d in ((9, 4), (1, 4), (3, 6)):
        mixed = rng.normal(size=(d, d))
        covariance = mixed @ mixed.T + 0.3 * np.eye(d)
        inverse, mean, new = np.linalg.inv(covariance), rng.normal(2, 1, d), rng.normal(0, 2, (n, d))
        with np.errstate(all="ignore"):
            got = call(strangeness, new, mean, inverse, name="strangeness")
        away = new - mean
        if hasattr(got, "shape"):
            _judge_distance_shape(got, n, d)
            if np.asarray(got).dtype.kind == "f" and np.isnan(got).any():
                raise NotYet("Some distances are NaN, as of the root of a negative number. x − μ stands on both sides of Σ⁻¹, and the sum is never negative.")  # fmt: skip
        got = array(got, "the result of strangeness")
        _judge_distance_shape(got, n, d)
        right = np.sqrt(np.sum(away @ inverse * away, axis=1))
        wrong = [
            (right**2, "That is the square of the distance. Its root is asked for."),
            (np.linalg.norm(away, axis=1), "That is the ordinary distance, which does not know how much crystals differ. Σ⁻¹ stands between the two (x − μ)."),
            (np.sqrt(np.sum(away**2 * np.diag(inverse), axis=1)), "Only the diagonal of Σ⁻¹ counts. @ multiplies by the whole matrix."),
            (np.sqrt(np.abs(np.sum(away * inverse.sum(axis=0) * away, axis=1))), "The matrix is multiplied element by element. @ is the product of matrices."),
            (np.sqrt(np.sum(away @ covariance * away, axis=1)), "`inverse` is Σ⁻¹ already, and you invert it again."),
            (np.sqrt(np.sum(new @ inverse * new, axis=1)), "The mean is not subtracted: away = new − mean."),
            (np.sqrt(np.mean(away @ inverse * away, axis=1)), "That is a mean over the statistics. The product of matrices is a sum."),
            (np.linalg.norm(away @ inverse, axis=1), "That is the length of Σ⁻¹ (x − μ). Multiply by x − μ once more, not by itself."),
            (np.abs(away @ inverse).sum(axis=1), "x − μ stands on both sides of Σ⁻¹: multiply by it once more, add up, and take the root."),
        ]  # fmt: skip
        if close(got, right, 1e-3):
            continue
        for values, words in wrong:
            if close(got, values, 1e-3):
                raise NotYet(words)
        raise NotYet(
            f"For the first of {n} pictures you get {got[0]:.4g}; expected {right[0]:.4g}, the root of (x − μ)ᵀ Σ⁻¹ (x − μ)."
        )
    return "how far from the crystals, in units of their own spread"


def _judge_distance_shape(got, n, d):
    """Raise `NotYet` unless there is one distance for each of n rows."""
    if tuple(got.shape) == (n,):
        return
    said = f"From {n} pictures with {d} statistics each you make the shape {got.shape}; expected {(n,)}. "
    if got.shape == (n, n) and n > 1:
        raise NotYet(f"{said}That compares every picture with every other. Multiply element by element, and add up each row.")  # fmt: skip
    if got.shape == (n, d):
        raise NotYet(f"{said}Add up each row: axis=1.")
    if got.shape == (d,):
        raise NotYet(f"{said}You add up along the pictures. One row is one picture: axis=1.")
    if got.shape == () and n > 1:
        raise NotYet(f"{said}That is one number for all together. Add up each row by itself: axis=1.")
    if got.shape == (n, 1):
        raise NotYet(f"{said}The column is right, but as a matrix: [:, 0] is the column itself.")
    raise NotYet(f"{said}One number for each picture, also if there is only one.")


def check_7_11(heat_map):
    """The weighted sum of the maps, without what is negative."""
    rng = np.random.default_rng(0)
    for rows, columns, kernels in ((6, 5, 4), (4, 4, 7)):
        maps, gradients = rng.normal(0.3, 1, (rows, columns, kernels)), rng.normal(0.1, 1, (rows, columns, kernels))
        got = array(call(heat_map, maps, gradients, name="heat_map"), "the result of heat_map")
        if got.shape == (rows, columns, 1):
            raise NotYet(f"The heat map has shape {got.shape}; expected {(rows, columns)}, without keepdims.")
        if got.shape != (rows, columns):
            raise NotYet(
                f"From maps of shape {maps.shape} you make {got.shape}; expected {(rows, columns)}. The gradients are averaged over rows and "
                "columns, the weighted maps are added up over the kernels."
            )
        weights = gradients.mean(axis=(0, 1))
        total = (maps * weights).sum(axis=-1)
        right = np.maximum(total, 0)
        wrong = [
            (total, "What is negative is still there. It speaks against the class: np.maximum(…, 0)."),
            (np.abs(total), "That takes what is negative as positive. It speaks against the class, and becomes 0: np.maximum(…, 0)."),
            (np.maximum((maps * gradients).sum(axis=-1), 0), "Each pixel has its own weight. Average the gradient over each map first: one weight for a kernel."),
            (np.maximum((maps * maps.mean(axis=(0, 1))).sum(axis=-1), 0), "The weights come from the maps. They are the mean gradients."),
            (np.maximum((gradients * maps.mean(axis=(0, 1))).sum(axis=-1), 0), "Maps and gradients have changed places."),
            (np.maximum((gradients * weights).sum(axis=-1), 0), "It is the gradients that are added up. Weigh the *maps*."),
            (np.maximum(maps.sum(axis=-1), 0), "All maps count the same. Weigh each by its mean gradient."),
            (np.maximum(maps.mean(axis=-1), 0), "All maps count the same. Weigh each by its mean gradient."),
            (np.maximum(maps * weights, 0).sum(axis=-1), "What is negative is taken from each map. Add them up first, and then np.maximum(…, 0)."),
            ((np.maximum(maps, 0) * weights).sum(axis=-1), "What is negative is taken from the maps. Add them up with their weights first."),
            ((maps * np.maximum(weights, 0)).sum(axis=-1), "What is negative is taken from the weights. Add the maps up first, and then np.maximum(…, 0)."),
            (np.maximum((maps * np.maximum(weights, 0)).sum(axis=-1), 0), "Negative weights are left out. They count, too; only the sum loses what is negative."),
            (np.maximum((maps * np.abs(weights)).sum(axis=-1), 0), "The weights have lost their signs. Maps that speak against the class count negative."),
            (np.maximum((maps * gradients.max(axis=(0, 1))).sum(axis=-1), 0), "Each map's weight is the largest gradient. Take the mean."),
            (right * rows * columns, "Each map's weight is the *sum* of its gradients. Take the mean."),
            (right / kernels, "That is the mean over the kernels. Add the weighted maps up."),
            (right / right.max(), "That is divided by its largest number. Leave it as it is; the picture takes care of that."),
            (np.maximum(-total, 0), "The sign is turned round: that shows what speaks against the class."),
        ]  # fmt: skip
        if close(got, right, 1e-3):
            continue
        for values, words in wrong:
            if close(got, values, 1e-3):
                raise NotYet(words)
        row, column = np.unravel_index(np.abs(got - right).argmax(), right.shape)
        raise NotYet(
            f"In row {row} and column {column} you get {got[row, column]:.4g}; expected {right[row, column]:.4g}. One weight for each kernel, "
            "its mean gradient; then the sum of the weighted maps, and 0 where that is negative."
        )
    return "where the maps are strong that speak for the class"


def _clopper_pearson(right, n, outside=0.05):
    low = beta.ppf(outside / 2, right, n - right + 1) if right else 0.0
    high = beta.ppf(1 - outside / 2, right + 1, n - right) if right < n else 1.0
    return low, high


def check_7_12(interval):
    """Clopper and Pearson's interval at 95 %."""

    def result(right, n):
        with np.errstate(all="ignore"):
            got = call(interval, right, n, name="interval")
        pair = _things(got, 2, "two numbers: the lowest and the highest accuracy")
        for value, name, edge, limit in zip(pair, ("lowest", "highest"), (0, n), (0, 1), strict=True):
            if isinstance(value, (float, np.floating)) and np.isnan(value):
                if right == edge:
                    raise NotYet(
                        f"With {right} right of {n} the {name} accuracy is NaN: a beta distribution has no parameter 0. There it is {limit}."
                    )
                raise NotYet(
                    f"With {right} right of {n} the {name} accuracy is NaN. Both parameters have to be above 0."
                )
        return [number(value, f"the {name} accuracy") for value, name in zip(pair, ("lowest", "highest"), strict=True)]

    for right, n in ((13, 16), (0, 6), (7, 7), (90, 120), (1, 1), (1228, 1228)):
        got, wanted = result(right, n), _clopper_pearson(right, n)
        if np.allclose(got, wanted, atol=2e-5, rtol=0):
            continue
        if np.allclose(got, wanted, atol=6e-4, rtol=0):
            raise NotYet(
                f"For {right} right of {n} you get {got[0]:g} to {got[1]:g}, near {wanted[0]:.6f} to {wanted[1]:.6f}, but not near "
                "enough. Is it rounded, or did a search stop early?"
            )
        for values, words in _other_intervals(right, n):
            if close(got, values, 1e-3):
                raise NotYet(words)
        raise NotYet(
            f"For {right} right of {n} you get {got[0]:.4f} to {got[1]:.4f}; expected {wanted[0]:.4f} to {wanted[1]:.4f}. Compare the "
            "quantiles and the parameters with the text, one by one."
        )
    return f"7 of 7 means {_clopper_pearson(7, 7)[0]:.0%} or better, and not 100%"


def _other_intervals(right, n):
    """Intervals that are not asked for, with what to say of them."""
    low, high = _clopper_pearson(right, n)
    share, z = right / n, norm.ppf(0.975)
    about = z * np.sqrt(share * (1 - share) / n)
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    wide = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    inner = (beta.ppf(0.025, right, n - right), beta.ppf(0.975, right, n - right)) if 0 < right < n else (-1, -1)
    crossed = [beta.ppf(share, a, b) for share, a, b in ((0.025, right + 1, n - right), (0.975, right, n - right + 1))]
    normal = "That is the normal approximation, which fails where it matters: for 7 of 7 it has no width. Take quantiles of a beta distribution."
    return [
        ((high, low), "The lowest comes first, then the highest."),
        ((1 - high, 1 - low), "That is the interval for the share that is wrong. `right` and `n − right` have changed places."),
        ((100 * low, 100 * high), "Those are per cent. Return shares, from 0 to 1."),
        ((low * n, high * n), "Those are numbers of trials. Return shares, from 0 to 1."),
        ((share - about, share + about), normal),
        (np.clip((share - about, share + about), 0, 1), normal),
        ((share - about / z, share + about / z), normal),
        ((middle - wide, middle + wide), "That is Wilson's interval, a good one, but another. Asked for is the exact one, by Clopper and Pearson."),
        (beta.ppf((0.025, 0.975), right + 0.5, n - right + 0.5), "That is Jeffreys's interval, a good one, but another. Asked for is the exact one: its two parameters differ from the lowest to the highest."),
        (beta.ppf((0.025, 0.975), right + 1, n - right + 1), "Both ends come from one distribution. For the lowest, 1 is added to the second parameter only; for the highest, to the first only."),
        (_clopper_pearson(right, n, 0.1), "That holds in 90% of all cases. For 95% leave out 2.5% on either side: 0.025 and 0.975."),
        (_clopper_pearson(right, n, 0.01), "That holds in 99% of all cases. For 95% leave out 2.5% on either side: 0.025 and 0.975."),
        (inner, "Nothing is added to the parameters. For the lowest they are right and n − right + 1, for the highest right + 1 and n − right."),
        (crossed, "The parameters of the lowest and the highest have changed places, and the interval is too narrow."),
        ((share, share), "That is the share itself, twice. How low, and how high, could the true one be?"),
    ]  # fmt: skip
