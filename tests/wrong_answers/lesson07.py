"""Answers to the exercises of lesson 7."""

import hashlib
import operator

import numpy as np
from scipy import stats
from scipy.spatial import distance
from sklearn import metrics, model_selection
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier

from helpers import copies, crystals
from tests.wrong_answers import Bank, Lazy

SEED = 5


def baseline(parts=None, scoring="balanced_accuracy", take=np.mean, **options):
    """A function for Exercise 7.1, or a wrong turn of it."""
    parts = parts or model_selection.StratifiedKFold(5, shuffle=True, random_state=SEED)

    def score(classifier, features, labels):
        scores = model_selection.cross_val_score(classifier, features, labels, cv=parts, scoring=scoring, **options)
        return take(scores)

    return score


def _training_score(classifier, features, labels):
    return metrics.balanced_accuracy_score(labels, classifier.fit(features, labels).predict(features))


def _training_scores(classifier, features, labels):
    parts = model_selection.StratifiedKFold(5, shuffle=True, random_state=SEED)
    return model_selection.cross_validate(
        classifier, features, labels, cv=parts, scoring="balanced_accuracy", return_train_score=True
    )["train_score"].mean()


def _together(classifier, features, labels):
    parts = model_selection.StratifiedKFold(5, shuffle=True, random_state=SEED)
    said = model_selection.cross_val_predict(classifier, features, labels, cv=parts)
    return metrics.balanced_accuracy_score(labels, said)


def _validated(classifier, features, labels):
    parts = model_selection.StratifiedKFold(5, shuffle=True, random_state=SEED)
    return model_selection.cross_validate(classifier, features, labels, cv=parts, scoring="balanced_accuracy")


def _one_split(classifier, features, labels):
    x, x_test, y, y_test = model_selection.train_test_split(features, labels, stratify=labels, random_state=SEED)
    return metrics.balanced_accuracy_score(y_test, classifier.fit(x, y).predict(x_test))


def _by_hand(classifier, features, labels):
    """Recalls of the two classes, part by part, with one classifier that is trained anew."""
    scores = []
    for train, test in model_selection.StratifiedKFold(5, shuffle=True, random_state=0).split(features, labels):
        right = clone(classifier).fit(features[train], labels[train]).predict(features[test]) == labels[test]
        scores.append(np.mean([right[labels[test] == number].mean() for number in np.unique(labels)]))
    return sum(scores) / len(scores)


def _own_forest(classifier, features, labels):
    return baseline()(RandomForestClassifier(3, random_state=0), features, labels)


def _scaled(classifier, features, labels):
    return baseline()(classifier, features / features.max(axis=0), labels)


EXERCISE_7_1 = Bank(
    wrong={
        "untouched": (lambda c, x, y: ..., "blank"),
        "no mean": (baseline(take=np.array), "the scores of the five parts"),
        "a dictionary": (_validated, "test_score"),
        "accuracy": (baseline(scoring="accuracy"), "the mean accuracy"),
        "no scoring": (baseline(scoring=None), "the mean accuracy"),
        "F1": (baseline(scoring="f1"), "an F1 score"),
        "area": (baseline(scoring="roc_auc"), "needs no probabilities"),
        "misspelt": (baseline(scoring="balanced accuracy"), "stops with"),
        "cv=5": (baseline(5), "With cv=5"),
        "not shuffled": (baseline(model_selection.StratifiedKFold(5)), "shuffle=True"),
        "KFold": (baseline(model_selection.KFold(5)), "Stratified"),
        "KFold, shuffled": (baseline(model_selection.KFold(5, shuffle=True, random_state=SEED)), "Stratified"),
        "ten parts": (baseline(model_selection.StratifiedKFold(10, shuffle=True, random_state=SEED)), "expected five"),
        "random splits": (baseline(model_selection.StratifiedShuffleSplit(5, random_state=SEED)), "several times"),
        "no random_state": (baseline(model_selection.StratifiedKFold(5, shuffle=True)), "the second time"),
        "sum": (baseline(take=np.sum), "the sum of the five"),
        "best": (baseline(take=np.max), "the best of the five"),
        "worst": (baseline(take=np.min), "the worst of the five"),
        "spread": (baseline(take=np.std), "the spread"),
        "median": (baseline(take=np.median), "the median"),
        "per cent": (baseline(take=lambda scores: 100 * scores.mean()), "per cent"),
        "error": (baseline(take=lambda scores: 1 - scores.mean()), "share that is wrong"),
        "adjusted": (
            baseline(scoring=metrics.make_scorer(metrics.balanced_accuracy_score, adjusted=True)),
            "chance gives 0",
        ),
        "two of them": (baseline(take=lambda scores: scores[:2].mean()), "and their mean is"),
        "training score": (_training_score, "trained on all the data"),
        "training scores": (_training_scores, "what the classifier was trained on"),
        "all together": (_together, "all predictions together"),
        "one split": (_one_split, "one after the other: 1"),
        "another classifier": (_own_forest, "never trained"),
        "other features": (_scaled, "other features"),
    },
    right={
        "as meant": baseline(),
        "by hand": _by_hand,
        "cross_validate": lambda c, x, y: _validated(c, x, y)["test_score"].mean(),
        "a scorer": baseline(scoring=metrics.make_scorer(metrics.balanced_accuracy_score)),
        "mean recall, repeated once": baseline(
            model_selection.RepeatedStratifiedKFold(n_splits=5, n_repeats=1, random_state=3), scoring="recall_macro"
        ),
        "in two processes": baseline(n_jobs=2),
    },
)


def cut(top=lambda height, width, side: (height - side) // 2, left=lambda h, w, side: (w - side) // 2):
    """A window whose first row and column come from height, width and side."""

    def window(image, side):
        row, column = top(*image.shape, side), left(*image.shape, side)
        return image[row : row + side, column : column + side]

    return window


def _trimmed(image, side):
    top, left = ((length - side) // 2 for length in image.shape)
    return image[top:-top, left:-left]


def _ends(image, side):
    top, left = ((length - side) // 2 for length in image.shape)
    return image[top:side, left:side]


def _taken(image, side):
    rows, columns = (np.arange(side) + (length - side) // 2 for length in image.shape)
    return image[np.ix_(rows, columns)]


def _rolled(image, side):
    height, width = image.shape
    moved = np.roll(image, (-((height - side) // 2), -((width - side) // 2)), axis=(0, 1))
    return moved[:side, :side]


def _by_hand_window(image, side):
    """Rows and columns are dropped in turn, first from the end."""
    for axis in (0, 1):
        last = True
        while image.shape[axis] > side:
            image = np.delete(image, -1 if last else 0, axis)
            last = not last
    return image


def _blackened(image, side):
    top, left = (length // 2 - side // 2 for length in image.shape)
    window = image[top : top + side, left : left + side].copy()
    image[:] = 0
    return window


EXERCISE_7_2 = Bank(
    wrong={
        "untouched": (lambda image, side: ..., "blank"),
        "in place": (_blackened, "changes the array"),
        "corner": (lambda image, side: image[:side, :side], "top left corner"),
        "other corner": (lambda image, side: image[-side:, -side:], "bottom right corner"),
        "from the middle on": (cut(lambda h, w, s: h // 2 - s // 4, lambda h, w, s: w // 2), "expected 7 and 11"),
        "rounded up": (
            cut(lambda h, w, s: -(-(h - s) // 2), lambda h, w, s: -(-(w - s) // 2)),
            "nearer to the bottom right",
        ),
        "halves": (cut(lambda h, w, s: h // 2 - s // 2, lambda h, w, s: w // 2 - s // 2), "From an image 14 x 9"),
        "swapped": (cut(lambda h, w, s: (w - s) // 2, lambda h, w, s: (h - s) // 2), "changed places"),
        "one for both": (cut(left=lambda h, w, s: (h - s) // 2), "expected 7 and 11"),
        "trimmed": (_trimmed, "Count from the first row"),
        "to side": (_ends, "top to top + side"),
        "squashed": (lambda image, side: crystals.squashed(image, side), "pixels that are not there"),
        "transposed": (lambda image, side: cut()(image, side).T, "Cut, and turn nothing"),
        "floats": (lambda image, side: cut()(image.astype("float32"), side), "float32 now"),
        "scaled": (lambda image, side: cut()(image, side) / 255, "pixels that are not there"),
        "rows only": (lambda image, side: image[(len(image) - side) // 2 :][:side], "expected (8, 8)"),
        "a channel": (lambda image, side: cut()(image, side)[..., np.newaxis], "(8, 8, 1)"),
    },
    right={
        "as meant": cut(),
        "taken": _taken,
        "rolled": _rolled,
        "by hand": _by_hand_window,
        "a list": lambda image, side: np.uint8([row.tolist() for row in cut()(image, side)]),
    },
)


def _normalised(x, kernels, size, strides=1, padding="same", bias=False, norm=True):
    from keras import layers

    x = layers.Conv2D(kernels, size, strides, padding=padding, use_bias=bias)(x)
    return layers.BatchNormalization(momentum=0.9)(x) if norm else x


def block(
    between=True,
    end=lambda inside, shortcut: _relu(inside + shortcut),
    needs=lambda x, inside: x.shape != inside.shape,
    first=3,
    size=1,
    around=_normalised,
    inside_strides=lambda strides: (strides, 1),
    result=lambda x: x,
    norm=True,
    order=_normalised,
):
    """A function for Exercise 7.3, or a wrong turn of it."""

    def residual_block(x, kernels, strides):
        one, two = inside_strides(strides)
        inside = order(x, kernels, first, one)
        if between:
            inside = _relu(inside)
        inside = _normalised(inside, kernels, 3, two, norm=norm)
        shortcut = around(x, kernels, size, strides) if needs(x, inside) else x
        return result(end(inside, shortcut))

    return residual_block


def _relu(x):
    from keras import layers

    return layers.ReLU()(x)


def _concatenated(inside, shortcut):
    from keras import layers

    return _relu(layers.concatenate([inside, shortcut]))


def _late_norm(x, kernels, size, strides=1):
    """ReLU before the normalisation."""
    from keras import layers

    x = layers.Conv2D(kernels, size, strides, padding="same", use_bias=False, activation="relu")(x)
    return layers.BatchNormalization()(x)


def _both_from_x(x, kernels, strides):
    inside = _normalised(_relu(_normalised(x, kernels, 3, strides)), kernels, 3)
    parallel = _normalised(x, kernels, 3, strides)
    return _relu(parallel + _relu(_normalised(x, kernels, 3, strides))) if strides == 1 else _relu(inside)


def _before(x, kernels, strides):
    """ReLU and normalisation before the convolutions."""
    from keras import layers

    inside = layers.ReLU()(layers.BatchNormalization()(x))
    inside = layers.Conv2D(kernels, 3, strides, padding="same", use_bias=False)(inside)
    inside = layers.ReLU()(layers.BatchNormalization()(inside))
    return layers.add([layers.Conv2D(kernels, 3, padding="same", use_bias=False)(inside), x])


def _a_layer(x, kernels, strides):
    from keras import layers

    return layers.ReLU()


def _a_model(x, kernels, strides):
    import keras

    return keras.Model(x, block()(x, kernels, strides))


def _elsewhere(x, kernels, strides):
    import keras

    return block()(keras.Input(x.shape[1:]), kernels, strides)


def _written_out(x, kernels, strides):
    """Layers one by one, with names of the field, operations of keras.ops, and the way round first."""
    import keras
    from keras import layers

    shortcut = x
    if strides > 1 or x.shape[-1] != kernels:
        shortcut = layers.Conv2D(kernels, (1, 1), strides=strides, padding="valid")(x)
        shortcut = layers.BatchNormalization()(shortcut)
    y = layers.Conv2D(kernels, (3, 3), strides=(strides, strides), padding="same")(x)
    y = layers.Activation("relu")(layers.BatchNormalization(epsilon=1e-5)(y))
    y = layers.BatchNormalization()(layers.Conv2D(kernels, 3, padding="same", kernel_initializer="he_normal")(y))
    return keras.ops.relu(layers.Add()([shortcut, y]))


EXERCISE_7_3 = Bank(
    wrong={
        "untouched": (lambda x, k, s: ..., "blank"),
        "no ReLU at the end": (block(end=lambda a, b: a + b), "ReLU of the sum is missing"),
        "ReLU before the sum": (block(end=lambda a, b: _relu(a) + b), "ReLU comes before the sum"),
        "ReLU of both": (block(end=lambda a, b: _relu(a) + _relu(b)), "ReLU comes before the sum"),
        "ReLU before and after": (block(end=lambda a, b: _relu(_relu(a) + b)), "before the sum, too"),
        "ReLU on the way round": (block(end=lambda a, b: _relu(a + _relu(b))), "ReLU on the way round"),
        "no ReLU between": (block(between=False), "between the two convolutions"),
        "no ReLU at all": (block(between=False, end=lambda a, b: a + b), "neither between"),
        "nothing added": (block(end=lambda a, b: _relu(a)), "is not added"),
        "way round only": (block(end=lambda a, b: _relu(b)), "sizes []"),
        "subtracted": (block(end=lambda a, b: _relu(a - b)), "is subtracted"),
        "multiplied": (block(end=lambda a, b: _relu(a * b)), "are multiplied"),
        "average": (block(end=lambda a, b: _relu(a + b) / 2), "half of it"),
        "behind each other": (block(end=_concatenated), "Add them"),
        "added twice": (block(end=lambda a, b: _relu(a + b + b)), "what comes out is not"),
        "never a convolution": (block(needs=lambda x, inside: False), "need one shape"),
        "always a convolution": (block(needs=lambda x, inside: True), "the way round is `x` itself"),
        "by kernels only": (block(needs=lambda x, inside: x.shape[-1] != inside.shape[-1]), "strides = 2"),
        "by sides only": (block(needs=lambda x, inside: x.shape[1] != inside.shape[1]), "strides = 1"),
        "no strides round": (block(around=lambda x, k, size, s: _normalised(x, k, size)), "need one shape"),
        "no strides inside": (block(inside_strides=lambda s: (1, 1)), "need one shape"),
        "strides twice": (block(inside_strides=lambda s: (s, s)), "need one shape"),
        "strides second": (block(inside_strides=lambda s: (1, s)), "have strides 1 and 2"),
        "3x3 round": (block(size=3), "On the way round it is 1x1"),
        "1x1 inside": (block(first=1), "Inside are two, both 3x3"),
        "one convolution": (lambda x, k, s: _relu(_normalised(x, k, 3, s) + x), "Inside are two"),
        "not normalised": (block(norm=False), "BatchNormalization right behind"),
        "not normalised round": (
            block(around=lambda x, k, size, s: _normalised(x, k, size, s, norm=False)),
            "BatchNormalization right behind",
        ),
        "ReLU before the normalisation": (block(between=False, order=_late_norm), "before any ReLU"),
        "side by side": (_both_from_x, "take `x`"),
        "normalised before": (_before, "BatchNormalization right behind"),
        "ReLU first": (
            lambda x, k, s: _relu(_normalised(_relu(_normalised(_relu(x), k, 3, s)), k, 3) + x),
            "as it is",
        ),
        "a layer": (_a_layer, "The result is a layer"),
        "a model": (_a_model, "expected a Keras tensor"),
        "another input": (_elsewhere, "does not depend on `x`"),
        "x": (lambda x, k, s: x, "sizes []"),
    },
    right={
        "as meant": block(),
        "written out": _written_out,
        "by numbers": block(needs=lambda x, inside: tuple(x.shape[1:]) != tuple(inside.shape[1:])),
    },
)


def _counts(true, said, positive):
    hits = sum(t == s == positive for t, s in zip(true.tolist(), said.tolist(), strict=True))
    return hits, int(np.sum(said == positive)) - hits, int(np.sum(true == positive)) - hits


def counted(formula, nothing=0):
    """A function for Exercise 7.4 from TP, FP, FN."""

    def f1(true, said, positive):
        counts = _counts(true, said, positive)
        return formula(*counts) if counts[0] else nothing

    return f1


def _unguarded(true, said, positive):
    hits = np.sum((true == positive) & (said == positive))
    return 2 * hits / (np.sum(true == positive) + np.sum(said == positive))


def _of_two(true, said, positive):
    """From precision and recall, each of which may have nothing to count."""
    hits, alarms, missed = _counts(true, said, positive)
    precision = hits / (hits + alarms) if hits + alarms else 0
    recall = hits / (hits + missed) if hits + missed else 0
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _of_two_unguarded(true, said, positive):
    hits, alarms, missed = _counts(true, said, positive)
    precision, recall = hits / (hits + alarms), hits / (hits + missed)
    return 2 * precision * recall / (precision + recall)


def _sklearn(**options):
    return lambda true, said, positive: metrics.f1_score(true, said, zero_division=0, **options)


EXERCISE_7_4 = Bank(
    wrong={
        "untouched": (lambda t, s, p: ..., "blank"),
        "precision": (counted(lambda tp, fp, fn: tp / (tp + fp)), "the precision"),
        "recall": (counted(lambda tp, fp, fn: tp / (tp + fn)), "the recall"),
        "accuracy": (lambda t, s, p: np.mean(t == s), "the accuracy"),
        "always class 1": (lambda t, s, p: _of_two(t, s, 1), "the other class"),
        "truth values": (lambda t, s, p: _of_two(t & 1, s & 1, 1), "the other class"),
        "other class": (lambda t, s, p: _of_two(t, s, 1 - p), "the other class"),
        "both classes": (_sklearn(average="macro"), "mean F1 of both"),
        "weighted": (_sklearn(average="weighted"), "a mean of both"),
        "micro": (_sklearn(average="micro"), "the accuracy"),
        "a score for each": (_sklearn(average=None), "expected one number"),
        "plain mean": (counted(lambda tp, fp, fn: (tp / (tp + fp) + tp / (tp + fn)) / 2), "harmonic mean"),
        "geometric mean": (counted(lambda tp, fp, fn: tp / np.sqrt((tp + fp) * (tp + fn))), "the geometric mean"),
        "intersection over union": (counted(lambda tp, fp, fn: tp / (tp + fp + fn)), "TP counts twice"),
        "twice above only": (counted(lambda tp, fp, fn: 2 * tp / (tp + fp + fn)), "but once below"),
        "twice below only": (counted(lambda tp, fp, fn: tp / (2 * tp + fp + fn)), "half of it"),
        "no parentheses": (counted(lambda tp, fp, fn: 2 * tp / 2 * tp + fp + fn), "Without parentheses"),
        "per cent": (counted(lambda tp, fp, fn: 200 * tp / (2 * tp + fp + fn)), "per cent"),
        "one minus": (counted(lambda tp, fp, fn: 1 - 2 * tp / (2 * tp + fp + fn)), "1 − F1"),
        "number": (lambda t, s, p: 2 * np.sum((t == p) & (s == p)), "with TP ="),
        "nothing to count": (_unguarded, "Look at what you divide by"),
        "nothing called": (_of_two_unguarded, "Look at what you divide by"),
        "nothing is perfect": (counted(lambda tp, fp, fn: 2 * tp / (2 * tp + fp + fn), nothing=1.0), "F1 is 0; you"),
    },
    right={
        "precision and recall": _of_two,
        "counted": counted(lambda tp, fp, fn: tp / (tp + (fp + fn) / 2)),
        "of one label": lambda t, s, p: metrics.f1_score(t, s, labels=[p], average=None, zero_division=0),
        "of a pair": lambda t, s, p: metrics.f1_score(t == p, s == p, zero_division=0),
        "maximum": lambda t, s, p: np.float32(
            2 * np.sum((t == p) & (s == p)) / max(np.sum(t == p) + np.sum(s == p), 1)
        ),
    },
)


def stopper(
    judge=min,
    better=operator.gt,
    keep=lambda model: model.get_weights(),
    reset=0,
    late=0,
    best=True,
    end=True,
    stop="model",
    outside=False,
    always=False,
    against="best",
    count=1,
    blank=False,
):
    """A class for Exercise 7.5, or a wrong turn of it."""

    def make():
        class StopOnF1(_callback()):
            def on_epoch_end(self, epoch, logs=None):
                scores = self.scores()
                self.history.append(scores)
                if blank:
                    return
                worst = judge(scores)
                last = judge(self.history[-2]) if len(self.history) > 1 else -1
                if better(worst, self.best if against == "best" else last):
                    if best:
                        self.best = worst
                    self.best_weights = keep(self.model)
                    self.waited = reset if reset is not None else self.waited
                    if always:
                        self.waited += 1
                else:
                    self.waited += count
                if outside:
                    self.best_weights = keep(self.model)
                if self.waited >= self.patience + late and stop:
                    (self.model if stop == "model" else self).stop_training = True

            def on_train_end(self, logs=None):
                if end:
                    self.model.set_weights(self.best_weights)

        return StopOnF1

    return Lazy(make)


def _callback():
    """The class of the lesson, without what is to be written."""
    import keras

    class StopOnF1(keras.callbacks.Callback):
        def __init__(self, images, labels, patience):
            super().__init__()
            self.images, self.labels, self.patience = images, labels, patience
            self.best, self.best_weights, self.waited, self.history = -1.0, None, 0, []

        def scores(self):
            said = self.model.predict(self.images, verbose=0).argmax(axis=1)
            return [_of_two(self.labels, said, positive) for positive in (0, 1)]

    return StopOnF1


def _early_return():
    class StopOnF1(_callback()):
        def on_epoch_end(self, epoch, logs=None):
            scores = self.scores()
            self.history.append(scores)
            if np.min(scores) > self.best:
                self.best, self.kept, self.waited = np.min(scores), [w.copy() for w in self.model.get_weights()], 0
                return
            self.waited += 1
            self.model.stop_training = self.waited == self.patience

        def on_train_end(self, logs=None):
            for weight, value in zip(self.model.weights, self.kept, strict=True):
                weight.assign(value)

    return StopOnF1


def _from_history():
    """Everything out of the history."""

    class StopOnF1(_callback()):
        def on_epoch_end(self, epoch, logs=None):
            self.history.append(self.scores())
            worst = [min(scores) for scores in self.history]
            self.best = max(worst)
            self.waited = len(worst) - 1 - worst.index(self.best)
            if not self.waited:
                self.best_weights = self.model.get_weights()
            if self.waited >= self.patience:
                self.model.stop_training = True
                self.model.set_weights(self.best_weights)

        def on_train_end(self, logs=None):
            self.model.set_weights(self.best_weights)

    return StopOnF1


def _waiting_elsewhere():
    class StopOnF1(_early_return()):
        def on_epoch_end(self, epoch, logs=None):
            super().on_epoch_end(epoch, logs)
            self.since, self.waited = self.waited, 0
            self.waited = 0 if self.model.stop_training else self.since

    return StopOnF1


def _only_when_stopped():
    class StopOnF1(stopper().make()):
        def on_train_end(self, logs=None):
            if self.model.stop_training:
                super().on_train_end(logs)

    return StopOnF1


def _restores_at_once():
    class StopOnF1(stopper().make()):
        def on_epoch_end(self, epoch, logs=None):
            super().on_epoch_end(epoch, logs)
            self.model.set_weights(self.best_weights)

    return StopOnF1


def _only_train_end():
    class StopOnF1(stopper(blank=True).make()):
        pass

    return StopOnF1


def _fixed_patience():
    class StopOnF1(stopper().make()):
        def __init__(self, images, labels, patience):
            super().__init__(images, labels, 2)

    return StopOnF1


def _from_zero():
    class StopOnF1(stopper().make()):
        def __init__(self, images, labels, patience):
            super().__init__(images, labels, patience)
            self.best = 0.0

    return StopOnF1


def _an_object():
    return stopper().make()(np.zeros((2, 4, 4, 1)), np.array([0, 1]), 2)


def _no_history():
    class StopOnF1(stopper().make()):
        def on_epoch_end(self, epoch, logs=None):
            super().on_epoch_end(epoch, logs)
            self.history.clear()

    return StopOnF1


def _single_precision():
    return stopper(lambda scores: np.float32(min(scores))).make()


EXERCISE_7_5 = Bank(
    wrong={
        "untouched": (stopper(blank=True, end=False), "blank"),
        "half untouched": (Lazy(_only_train_end), "blank"),
        "an object": (Lazy(_an_object), "the class StopOnF1 itself"),
        "mean": (stopper(np.mean), "the mean of the scores"),
        "no history": (Lazy(_no_history), "self.history.append(scores)"),
        "sum": (stopper(sum), "the sum of the scores"),
        "largest": (stopper(max), "the largest of the scores"),
        "first class": (stopper(lambda scores: scores[0]), "the first class only"),
        "second class": (stopper(lambda scores: scores[1]), "the second class only"),
        "equal is better": (stopper(better=operator.ge), "Larger is >"),
        "smaller is better": (stopper(better=operator.lt), "stays at −1"),
        "never set back": (stopper(reset=None), "Set it to 0 again"),
        "set back to one": (stopper(reset=1), "stops too early"),
        "counts always": (stopper(always=True), "stops too early"),
        "one too late": (stopper(late=1), "one epoch too late"),
        "one too early": (stopper(late=-1), "too early"),
        "never stops": (stopper(stop=None), "it never stops"),
        "stops itself": (stopper(stop="self"), "nobody looks at it"),
        "never waits": (stopper(count=0), "still 0 after"),
        "best not kept": (stopper(best=False), "stays at −1"),
        "scores kept": (
            stopper(list, better=lambda a, b: min(a) > (b if b == -1 else min(b))),
            "the scores of both classes",
        ),
        "better than the last": (stopper(against="last"), "the largest of them so far"),
        "not given back": (stopper(end=False), "nobody gives them back"),
        "references": (stopper(keep=lambda model: model.weights), "the network's own weights"),
        "a list of references": (stopper(keep=lambda model: list(model.variables)), "the network's own weights"),
        "last weights": (stopper(outside=True), "only when an epoch is the best"),
        "once given back": (Lazy(_only_when_stopped), "a training that ends by itself"),
        "given back at once": (Lazy(_restores_at_once), "while it still learns"),
        "fixed patience": (Lazy(_fixed_patience), "not for"),
        "from zero": (Lazy(_from_zero), "a first epoch with an F1 of 0"),
        "fails": (stopper(lambda scores: scores["pg"]), "on_epoch_end stops with"),
    },
    right={
        "as meant": stopper(),
        "early return": Lazy(_early_return),
        "from the history": Lazy(_from_history),
        "waited elsewhere": Lazy(_waiting_elsewhere),
        "single precision": Lazy(_single_precision),
        "the last of the sorted": stopper(lambda scores: sorted(scores)[0]),
    },
)


def rows(name=None, sure=None, row=lambda *things: things, end=lambda rows: rows, order=lambda files: files):
    """A function for Exercise 7.6, or a wrong turn of it; `name` and `sure` take the probabilities of one file."""
    name = name or (lambda of: max(of, key=of.get))
    sure = sure or (lambda of, best: float(of[best]))

    def table(files, probabilities):
        found = []
        for i, file in enumerate(order(files)):
            of = {key: values[i] for key, values in probabilities.items()}
            best = name(of)
            found.append(row(file, best, sure(of, best)))
        return end(found)

    return table


def _by_argmax(files, probabilities):
    names = list(probabilities)
    values = np.stack([probabilities[name] for name in names], axis=1)
    return [(file, names[of.argmax()], of.max().item()) for file, of in zip(files, values, strict=True)]


def _pandas_like(files, probabilities):
    names = np.array(list(probabilities))
    values = np.array(list(probabilities.values()))
    return list(zip(files, names[values.argmax(axis=0)], values.max(axis=0).tolist(), strict=True))


def _first_only(files, probabilities):
    for i, file in enumerate(files):
        best = max(probabilities, key=lambda name: probabilities[name][i])
        return (file, best, float(probabilities[best][i]))


def _largest_mean(files, probabilities):
    best = max(probabilities, key=lambda name: probabilities[name].sum())
    return [(file, best, float(p)) for file, p in zip(files, probabilities[best], strict=True)]


def _all_of_it(files, probabilities):
    return [(file, name, probabilities[name]) for (file, name, _) in rows()(files, probabilities)]


def _taken_out(files, probabilities):
    made = rows()(files, probabilities)
    probabilities.popitem()
    return made


EXERCISE_7_6 = Bank(
    wrong={
        "untouched": (lambda f, p: ..., "blank"),
        "blank in it": (rows(sure=lambda of, best: ...), "blank"),
        "swapped names": (rows(lambda of: min(of, key=of.get)), "names are swapped"),
        "swapped, and of the other": (
            rows(lambda of: min(of, key=of.get), lambda of, best: float(max(of.values()))),
            "names are swapped",
        ),
        "always of PG": (rows(sure=lambda of, best: float(of["pg"])), "probability of 'pg'"),
        "always of the first": (rows(sure=lambda of, best: float(next(iter(of.values())))), "probability of 'cex'"),
        "all PG": (rows(lambda of: "pg"), "Every file is called 'pg'"),
        "one for all": (_largest_mean, "Every file is called"),
        "by the names": (rows(max), "Every file is called 'pg'"),
        "places": (rows(lambda of: int(np.argmax(list(of.values()))), lambda of, b: 0.5), "expected its name"),
        "capitals": (rows(lambda of: "PG" if of["pg"] > 0.5 else "CEX", lambda of, b: 0.5), "no class 'CEX'"),
        "level of 0.3": (rows(lambda of: "pg" if of["pg"] > 0.3 else "cex"), "the most probable class is 'cex'"),
        "two classes only": (rows(lambda of: "pg" if of["pg"] > 0.5 else "cex"), "keys of `probabilities`"),
        "numpy float": (rows(sure=lambda of, best: of[best]), "plain float"),
        "rounded": (rows(sure=lambda of, best: round(float(of[best]), 1)), "rounded"),
        "rounded to four": (rows(sure=lambda of, best: round(float(of[best]), 4)), "rounded"),
        "taken out": (_taken_out, "Only look at it"),
        "per cent": (rows(sure=lambda of, best: 100 * float(of[best])), "per cent"),
        "of the rest": (rows(sure=lambda of, best: 1 - float(of[best])), "is *not* it"),
        "something else": (rows(sure=lambda of, best: float(of[best]) ** 2), "you say"),
        "all probabilities": (_all_of_it, "of all files or classes"),
        "text": (rows(sure=lambda of, best: f"{of[best]:.4f}"), "without quotes"),
        "first only": (_first_only, "Only the first file"),
        "two things": (rows(row=lambda file, name, sure: (name, sure)), "2 things"),
        "texts": (rows(row=lambda file, name, sure: f"{file}: {name}, {sure}"), "A row is the text"),
        "a dictionary": (rows(end=lambda rows: {row[0]: row[1:] for row in rows}), "a dict"),
        "an array": (rows(end=np.array), "makes text of the numbers"),
        "numbers of files": (rows(row=lambda file, name, sure: (0, name, sure)), "expected the file"),
        "sorted": (rows(order=sorted), "in their order"),
        "sorted rows": (rows(end=sorted), "in their order"),
        "a row less": (rows(end=lambda rows: rows[1:]), "expected one for each"),
    },
    right={
        "as meant": rows(),
        "argmax": _by_argmax,
        "columns": _pandas_like,
        "lists": rows(row=lambda *things: list(things)),
        "numpy's double": rows(sure=lambda of, best: np.float64(of[best])),
    },
)


def ranked(place=lambda recall, n: int(np.ceil(recall * n)) - 1, chosen=lambda p, is_pg: p[is_pg], down=True):
    """A function for Exercise 7.7, or a wrong turn of it."""

    def alarm_level(probabilities, is_pg, recall):
        values = np.sort(chosen(probabilities, is_pg))
        return (values[::-1] if down else values)[place(recall, len(values))]

    return alarm_level


def _tried(probabilities, is_pg, recall, reaches=operator.ge):
    """All levels are tried, from the top."""
    for level in sorted(probabilities, reverse=True):
        if np.mean(reaches(probabilities[is_pg], level)) >= recall:
            return level


def _by_curve(probabilities, is_pg, recall):
    _, recalls, levels = metrics.precision_recall_curve(is_pg, probabilities)
    return levels[recalls[:-1] >= recall].max()


def _by_precision(probabilities, is_pg, recall):
    return min(level for level in probabilities if np.mean(is_pg[probabilities >= level]) >= recall)


def _partitioned(probabilities, is_pg, recall):
    pg = probabilities[is_pg.nonzero()]
    place = len(pg) - int(np.ceil(len(pg) * recall))
    return np.partition(pg, place)[place : place + 1]


EXERCISE_7_7 = Bank(
    wrong={
        "untouched": (lambda p, is_pg, r: ..., "blank"),
        "half": (lambda p, is_pg, r: 0.5, "or more"),
        "from low to high": (ranked(down=False), "not from low to high"),
        "quantile of the wrong end": (lambda p, is_pg, r: np.quantile(p[is_pg], r), "lie below it"),
        "quantile": (lambda p, is_pg, r: np.quantile(p[is_pg], 1 - r), "between two images"),
        "all images": (ranked(chosen=lambda p, is_pg: p), "*all* images"),
        "of CEX": (ranked(chosen=lambda p, is_pg: p[~is_pg]), "CEX images"),
        "one place too far": (ranked(lambda r, n: int(r * n) - (r == 1)), "not the highest"),
        "one place too few": (ranked(lambda r, n: int(r * n) - 2), "expected at least"),
        "rounded down": (ranked(lambda r, n: int(r * n) - 1), "expected at least 80.0%"),
        "above": (lambda p, is_pg, r: _tried(p, is_pg, r, operator.gt) or 0.0, "not the highest"),
        "lowest": (lambda p, is_pg, r: p[is_pg].min(), "not the highest"),
        "highest": (lambda p, is_pg, r: p[is_pg].max(), "expected at least"),
        "fixed recall": (lambda p, is_pg, r: ranked()(p, is_pg, 0.95), "recall = 0.9 "),
        "precision": (_by_precision, "PG images"),
        "place": (lambda p, is_pg, r: int(np.ceil(r * is_pg.sum())) - 1, "a place in the ranking"),
        "number": (lambda p, is_pg, r: np.ceil(r * is_pg.sum()), "a number of images"),
        "all that reach it": (lambda p, is_pg, r: p[p >= ranked()(p, is_pg, r)], "expected one number"),
    },
    right={
        "as meant": ranked(),
        "tried": _tried,
        "by a curve": _by_curve,
        "partitioned": _partitioned,
    },
)


def _one_hash(array):
    return hashlib.sha256(str(array.shape).encode() + array.tobytes()).hexdigest()


def named(ways=copies.symmetries, name=_one_hash, join=min):
    """A function for Exercise 7.8, or a wrong turn of it."""
    return lambda image: join([name(way) for way in ways(image)])


def _shapeless(image):
    return hashlib.sha256(image.tobytes()).hexdigest()


def _by_hand_turned(image):
    """All ways by transposing and reversing, and their texts one behind the other."""
    ways = [turned[::a, ::b] for turned in (image, image.T) for a in (1, -1) for b in (1, -1)]
    return " ".join(sorted(f"{way.shape} {way.tolist()}" for way in ways))


def _summed(image):
    return hex(sum(int(_one_hash(way), 16) for way in copies.symmetries(image)))


def _by_bytes(image):
    way = min(copies.symmetries(image), key=lambda way: (way.shape, way.tobytes()))
    return hashlib.md5(repr(way.shape).encode() + way.tobytes()).hexdigest()


def _chance(image):
    return named()(image) + str(np.random.default_rng().integers(10**9))


EXERCISE_7_8 = Bank(
    wrong={
        "untouched": (lambda image: ..., "blank"),
        "the image itself": (_one_hash, "of the image itself"),
        "the first": (named(join=lambda names: names[0]), "of the image itself"),
        "joined": (named(join="".join), "of the image itself"),
        "rotations": (named(lambda image: copies.symmetries(image)[:4]), "mirrored ones haven't"),
        "flips": (named(lambda image: [image, image[::-1], image[:, ::-1], image[::-1, ::-1]]), "turned by 90°"),
        "half turn": (named(lambda image: [image, np.rot90(image, 2)]), "turned by 90°"),
        "three": (named(lambda image: [image, np.rot90(image), np.rot90(image, 2)]), "expected all eight"),
        "eight": (named(join=list), "Make one text of them"),
        "a set": (named(join=set), "Make one text of them"),
        "number": (named(join=lambda names: int(min(names), 16)), "expected a text"),
        "hash": (lambda image: min(hash(way.tobytes()) for way in copies.symmetries(image)), "expected a text"),
        "bytes": (named(join=lambda names: bytes.fromhex(min(names))), "hexdigest"),
        "no shape": (named(name=_shapeless), "their shapes are not"),
        "sorted pixels": (lambda image: _one_hash(np.sort(image.ravel())), "same pixels in other places"),
        "sum": (lambda image: f"{sorted(image.shape)} {image.sum()}", "same pixels in other places"),
        "histogram": (lambda image: str(np.bincount(image.ravel()).tolist()), "same pixels in other places"),
        "rows and columns": (
            lambda image: str(sorted([sorted(image.sum(axis=axis, dtype=int).tolist()) for axis in (0, 1)])),
            "in another order",
        ),
        "shape": (lambda image: str(sorted(image.shape)), "the same text"),
        "constant": (lambda image: "crystal", "nothing to do with each other"),
        "slopes": (
            named(name=lambda way: str(np.sort([np.diff(way.astype(int), axis=0).tobytes()]).tolist())),
            "brighter by 1",
        ),
        "coarse": (named(name=lambda way: _one_hash(way // 4)), "differs in one pixel"),
        "chance": (_chance, "the second time"),
        "two digits": (named(join=lambda names: min(names)[:2]), "Don't shorten"),
        "four digits": (named(join=lambda names: min(names)[:4]), "Don't shorten"),
    },
    right={
        "as meant": named(),
        "largest": named(join=max),
        "sorted and joined": named(join=lambda names: "-".join(sorted(names))),
        "transposed and reversed": _by_hand_turned,
        "sum of the hashes": _summed,
        "smallest bytes": _by_bytes,
        "of the package": copies.canonical_hash,
    },
)


def divided(splitter=None, start=(6, 1, 0), result=None, by=lambda y, g: (y, y, g), part=1, order=True):
    """A function for Exercise 7.9, or a wrong turn of it."""
    splitter = splitter or model_selection.StratifiedGroupKFold(20, shuffle=True, random_state=SEED)
    train, valid, test = start

    def grouped_split(labels, groups):
        parts = [pair[part] for pair in splitter.split(*by(labels, groups))]
        if order:
            parts = [parts[place] for place in np.random.default_rng(SEED).permutation(len(parts))]
        three = [
            np.concatenate(parts[train:] if train else parts[:14]),
            np.concatenate(parts[valid : valid + 5]),
            parts[test],
        ]
        return result(three, labels, groups) if result else tuple(three)

    return grouped_split


def _mixed(labels, groups):
    places = np.random.default_rng(SEED).permutation(len(labels))
    return np.split(places, [int(0.7 * len(places)), int(0.95 * len(places))])


def _shuffled_groups(labels, groups):
    """Groups at random, until a part is full."""
    part = np.zeros(len(labels), int)
    for group in np.random.default_rng(SEED).permutation(np.unique(groups)):
        part[groups == group] = 0 if np.mean(part == 2) >= 0.05 and np.mean(part == 1) >= 0.25 else 3
        if (part == 3).any():
            part[part == 3] = 2 if np.mean(part == 2) < 0.05 else 1
    return [np.flatnonzero(part == number) for number in (0, 1, 2)]


def _twice_grouped(labels, groups):
    first = model_selection.GroupShuffleSplit(1, train_size=0.7, random_state=SEED)
    train, rest = next(first.split(labels, labels, groups))
    second = model_selection.GroupShuffleSplit(1, train_size=25 / 30, random_state=SEED)
    valid, test = next(second.split(rest, labels[rest], groups[rest]))
    return train, rest[valid], rest[test]


def _numbers_of_groups(labels, groups):
    return _mixed(np.unique(groups), groups)


_IN_TURN = model_selection.StratifiedGroupKFold(20)
_BY_LABEL = model_selection.StratifiedKFold(20, shuffle=True, random_state=SEED)

EXERCISE_7_9 = Bank(
    wrong={
        "untouched": (lambda y, g: (..., ..., ...), "blank"),
        "at random": (_mixed, "the leak is still there"),
        "stratified only": (divided(_BY_LABEL), "the leak is still there"),
        "groups as labels": (divided(_BY_LABEL, by=lambda y, g: (y, g)), "takes three things"),
        "groups forgotten": (divided(by=lambda y, g: (y, y)), "takes three things"),
        "groups and labels swapped": (divided(by=lambda y, g: (y, g, y)), "takes three things"),
        "other order": (divided(result=lambda three, y, g: three[::-1]), "training comes first"),
        "validation last": (divided(result=lambda t, y, g: (t[0], t[2], t[1])), "training comes first"),
        "outside": (divided(part=0), "the second ones"),
        "train from the front": (divided(start=(0, 1, 0)), "more than once"),
        "a group cut in two": (
            divided(result=lambda t, y, g: (np.concatenate([t[0], t[1][40:]]), t[1][:40], t[2])),
            "the leak is still there",
        ),
        "seven parts": (
            divided(
                model_selection.StratifiedGroupKFold(7, shuffle=True, random_state=SEED),
                result=lambda t, y, g: t,
            ),
            "expected 70%, 25%, 5%",
        ),
        "one part for training": (divided(result=lambda t, y, g: (t[0][:26], t[1], t[2])), "are in no part"),
        "labels": (divided(result=lambda t, y, g: [y[places] for places in t]), "Those are the labels"),
        "groups": (divided(result=lambda t, y, g: [g[places] for places in t]), "Those are the groups"),
        "masks": (
            divided(result=lambda t, y, g: [np.isin(np.arange(len(y)), places) for places in t]),
            "True and False",
        ),
        "from one": (divided(result=lambda t, y, g: [places + 1 for places in t]), "expected places of"),
        "groups divided": (_numbers_of_groups, "are in no part"),
        "two parts": (divided(result=lambda t, y, g: t[:2]), "2 things"),
        "twenty parts": (lambda y, g: [part for _, part in _IN_TURN.split(y, y, g)], "20 things"),
        "not shuffled": (divided(_IN_TURN), "shuffle=True"),
        "as dealt out": (divided(order=False), "Bring them into a random order"),
        "as dealt out, from the end": (divided(start=(0, 14, 19), order=False), "Bring them into a random order"),
        "no random_state": (divided(model_selection.StratifiedGroupKFold(20, shuffle=True)), "random_state"),
        "a list of parts": (
            divided(result=lambda t, y, g: (t[0].reshape(1, -1), t[1], t[2])),
            "np.concatenate",
        ),
    },
    right={
        "as meant": divided(),
        "other parts": divided(start=(0, 14, 19)),
        "lists": divided(result=lambda three, y, g: [sorted(places.tolist()) for places in three]),
        "two splits": _twice_grouped,
        "by hand": _shuffled_groups,
    },
)


def _quadratic(new, mean, inverse):
    away = new - mean
    return np.sum(away @ inverse * away, axis=1)


def _whitened(new, mean, inverse):
    return np.linalg.norm((new - mean) @ np.linalg.cholesky(inverse), axis=1)


EXERCISE_7_10 = Bank(
    wrong={
        "untouched": (lambda x, m, s: ..., "blank"),
        "no root": (_quadratic, "the square of the distance"),
        "ordinary": (lambda x, m, s: np.linalg.norm(x - m, axis=1), "the ordinary distance"),
        "all pairs": (lambda x, m, s: np.sqrt(np.abs((x - m) @ s @ (x - m).T)), "every picture with every other"),
        "all pairs, negative": (lambda x, m, s: np.sqrt((x - m) @ s @ (x - m).T), "every picture with every other"),
        "not added up": (lambda x, m, s: np.sqrt((x - m) @ s * (x - m)), "Add up each row"),
        "other axis": (lambda x, m, s: np.sqrt(np.abs(np.sum((x - m) @ s * (x - m), axis=0))), "along the pictures"),
        "one number": (lambda x, m, s: np.sqrt(np.sum((x - m) @ s * (x - m))), "one number for all"),
        "no mean": (lambda x, m, s: np.sqrt(_quadratic(x, 0, s)), "The mean is not subtracted"),
        "mean once": (lambda x, m, s: np.sqrt(np.sum((x - m) @ s * x, axis=1)), "stands on both sides"),
        "inverted again": (lambda x, m, s: np.sqrt(_quadratic(x, m, np.linalg.inv(s))), "you invert it again"),
        "diagonal": (lambda x, m, s: np.sqrt(_quadratic(x, m, np.diag(np.diag(s)))), "Only the diagonal"),
        "average": (lambda x, m, s: np.sqrt(np.mean((x - m) @ s * (x - m), axis=1)), "a mean over the statistics"),
        "once": (lambda x, m, s: np.linalg.norm((x - m) @ s, axis=1), "not by itself"),
        "a column": (lambda x, m, s: np.sqrt(_quadratic(x, m, s))[:, None], "[:, 0]"),
        "squeezed": (lambda x, m, s: np.sqrt(_quadratic(x, m, s)).squeeze(), "also if there is only one"),
        "something else": (lambda x, m, s: 2 * np.sqrt(_quadratic(x, m, s)), "expected"),
    },
    right={
        "as meant": lambda x, m, s: np.sqrt(_quadratic(x, m, s)),
        "scipy": lambda x, m, s: distance.cdist(x, m[np.newaxis], "mahalanobis", VI=s)[:, 0],
        "one by one": lambda x, m, s: [distance.mahalanobis(row, m, s) for row in x],
        "einsum": lambda x, m, s: np.sqrt(np.einsum("ni,ij,nj->n", x - m, s, x - m)),
        "diagonal of all pairs": lambda x, m, s: np.sqrt(np.diag((x - m) @ s @ (x - m).T)),
        "whitened": _whitened,
    },
)


def warm(weights=lambda m, g: g.mean(axis=(0, 1)), what=lambda m, g: m, total=np.sum, end=lambda x: np.maximum(x, 0)):
    """A function for Exercise 7.11, or a wrong turn of it."""
    return lambda maps, gradients: end(total(what(maps, gradients) * weights(maps, gradients), axis=-1))


def _with_tensorflow(maps, gradients):
    import tensorflow as tf

    maps, gradients = tf.constant(maps, tf.float32), tf.constant(gradients, tf.float32)
    return tf.nn.relu(tf.einsum("ijk,k->ij", maps, tf.reduce_mean(gradients, axis=(0, 1))))


def _each_kernel(maps, gradients):
    total = np.zeros(maps.shape[:2])
    for kernel in range(maps.shape[-1]):
        total += maps[..., kernel] * np.average(gradients[..., kernel])
    total[total < 0] = 0
    return total


EXERCISE_7_11 = Bank(
    wrong={
        "untouched": (lambda m, g: ..., "blank"),
        "negative": (warm(end=np.array), "What is negative is still there"),
        "absolute": (warm(end=np.abs), "takes what is negative as positive"),
        "each pixel": (warm(lambda m, g: g), "Each pixel has its own weight"),
        "weights of maps": (warm(lambda m, g: m.mean(axis=(0, 1))), "The weights come from the maps"),
        "swapped": (lambda m, g: warm()(g, m), "Maps and gradients have changed places"),
        "gradients added": (warm(what=lambda m, g: g), "Weigh the *maps*"),
        "no weights": (warm(lambda m, g: 1.0), "All maps count the same"),
        "each map cut": (lambda m, g: np.maximum(m * g.mean(axis=(0, 1)), 0).sum(axis=-1), "taken from each map"),
        "maps cut": (warm(what=lambda m, g: np.maximum(m, 0), end=np.array), "taken from the maps"),
        "weights cut": (warm(lambda m, g: np.maximum(g.mean(axis=(0, 1)), 0)), "Negative weights are left out"),
        "absolute weights": (warm(lambda m, g: np.abs(g.mean(axis=(0, 1)))), "lost their signs"),
        "sums": (warm(lambda m, g: g.sum(axis=(0, 1))), "*sum* of its gradients"),
        "largest gradient": (warm(lambda m, g: g.max(axis=(0, 1))), "the largest gradient"),
        "mean over kernels": (warm(total=np.mean), "the mean over the kernels"),
        "scaled": (warm(end=lambda x: np.maximum(x, 0) / x.max()), "divided by its largest"),
        "turned round": (warm(end=lambda x: np.maximum(-x, 0)), "turned round"),
        "not added": (lambda m, g: np.maximum(m * g.mean(axis=(0, 1)), 0), "expected (6, 5)"),
        "other axis": (lambda m, g: np.maximum((m * g.mean(axis=(0, 1))).sum(axis=0), 0), "expected (6, 5)"),
        "keepdims": (lambda m, g: warm()(m, g)[..., np.newaxis], "without keepdims"),
        "mean of all": (warm(lambda m, g: g.mean()), "One weight for each kernel"),
    },
    right={
        "as meant": warm(),
        "tensors": _with_tensorflow,
        "product": lambda m, g: (m @ g.mean(axis=(0, 1))).clip(0),
        "each kernel": _each_kernel,
        "mean in two steps": lambda m, g: np.where(warm(end=np.array)(m, g) > 0, warm()(m, g.mean(0)[None]), 0),
    },
)


def exact(shares=(0.025, 0.975), low=lambda k, n: (k, n - k + 1), high=lambda k, n: (k + 1, n - k), guard=True):
    """A function for Exercise 7.12, or a wrong turn of it."""

    def interval(right, n):
        lowest = stats.beta.ppf(shares[0], *low(right, n)) if right or not guard else 0.0
        highest = stats.beta.ppf(shares[1], *high(right, n)) if right < n or not guard else 1.0
        return lowest, highest

    return interval


def _normal(right, n):
    share = right / n
    spread = np.sqrt(share * (1 - share) / n)
    return share - 1.96 * spread, share + 1.96 * spread


def _test(method):
    return lambda right, n: stats.binomtest(right, n).proportion_ci(method=method)


def _searched(right, n):
    """By halving, from the sum over all results that are at least as good, or at most."""
    ends = []
    for inside, limit in (
        (lambda p: stats.binom.sf(right - 1, n, p) > 0.025, 0.0),
        (lambda p: stats.binom.cdf(right, n, p) < 0.025, 1.0),
    ):
        a, b = 0.0, 1.0
        for _ in range(60):
            a, b = (a, (a + b) / 2) if inside((a + b) / 2) else ((a + b) / 2, b)
        ends.append(limit if right == n * limit else a)
    return ends


def _by_f(right, n):
    """From quantiles of F, as in old tables."""
    low, high = 0.0, 1.0
    if right > 0:
        low = 1 / (1 + (n - right + 1) / (right * stats.f.ppf(0.025, 2 * right, 2 * (n - right + 1))))
    if right < n:
        f = stats.f.ppf(0.975, 2 * (right + 1), 2 * (n - right))
        high = (right + 1) * f / (n - right + (right + 1) * f)
    return np.array([low, high])


EXERCISE_7_12 = Bank(
    wrong={
        "untouched": (lambda k, n: (..., ...), "blank"),
        "normal": (_normal, "the normal approximation"),
        "normal, cut off": (lambda k, n: np.clip(_normal(k, n), 0, 1), "the normal approximation"),
        "Wilson": (_test("wilson"), "Wilson"),
        "Jeffreys": (
            lambda k, n: stats.beta.ppf((0.025, 0.975), k + 0.5, n - k + 0.5),
            "Jeffreys",
        ),
        "uniform prior": (
            exact(low=lambda k, n: (k + 1, n - k + 1), high=lambda k, n: (k + 1, n - k + 1)),
            "one distribution",
        ),
        "90 %": (exact((0.05, 0.95)), "90%"),
        "99 %": (exact((0.005, 0.995)), "99%"),
        "swapped parameters": (
            exact(low=lambda k, n: (n - k, k + 1), high=lambda k, n: (n - k + 1, k)),
            "changed places",
        ),
        "crossed": (exact(low=lambda k, n: (k + 1, n - k), high=lambda k, n: (k, n - k + 1)), "too narrow"),
        "nothing added": (exact(low=lambda k, n: (k, n - k), high=lambda k, n: (k, n - k)), "Nothing is added"),
        "highest first": (lambda k, n: exact()(k, n)[::-1], "The lowest comes first"),
        "per cent": (lambda k, n: [100 * end for end in exact()(k, n)], "per cent"),
        "numbers": (lambda k, n: [n * end for end in exact()(k, n)], "numbers of trials"),
        "share": (lambda k, n: (k / n, k / n), "the share itself"),
        "rounded": (lambda k, n: np.round(exact()(k, n), 3), "Is it rounded"),
        "lowest only": (lambda k, n: exact()(k, n)[0], "expected two numbers"),
        "not guarded": (exact(guard=False), "no parameter 0"),
        "guarded below": (lambda k, n: (exact()(k, n)[0], stats.beta.ppf(0.975, k + 1, n - k)), "There it is 1"),
        "never one": (lambda k, n: (exact()(k, n)[0], exact()(min(k, n - 1), n)[1]), "expected 0.5904 to 1.0000"),
        "shares in place of numbers": (exact(low=lambda k, n: (k / n, 1), high=lambda k, n: (1, k / n)), "one by one"),
    },
    right={
        "as meant": exact(),
        "scipy's own": _test("exact"),
        "searched": _searched,
        "F": _by_f,
    },
)
