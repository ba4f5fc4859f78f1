from functools import cache

import numpy as np

from helpers.digits import Digits
from tests.wrong_answers import Bank, Lazy


@cache
def toy_digits():
    """A small set in which the digit k is a bright bar in row 2k: any network learns it in a second."""
    rng = np.random.default_rng(0)

    def pictures(n):
        labels = rng.integers(0, 10, n).astype(np.uint8)
        images = rng.integers(0, 40, (n, 28, 28)).astype(np.uint8)
        for image, label in zip(images, labels, strict=True):
            image[4 + 2 * label] = 255
        return images, labels

    return Digits(*pictures(300), *pictures(100), name="8x8 digits")


DATA = toy_digits()
X, Y = DATA.x_train, DATA.y_train
N = len(X)
ROWS = X.reshape(N, -1).astype("float32") / 255

EXERCISE_1_1 = Bank(
    given=(DATA,),
    wrong={
        "untouched": ((..., ...), "blank"),
        "everything": ((X, Y), "all the pictures"),
        "counted from one": ((X[6], Y[6]), "starts at zero"),
        "slice": ((X[7:8], Y[7:8]), "stack of one"),
        "another picture": ((X[70], Y[70]), "another picture"),
        "another label": ((X[7], (Y[7] + 1) % 10), "not its own"),
        "a row of pixels": ((X[0][7], Y[7]), "expected (28, 28)"),
    },
    right={
        "as floats": (X[7].astype(float), float(Y[7])),
        "take": (np.take(X, 7, axis=0), np.take(Y, 7)),
        "label in an array": (X[7], Y[7:8]),
    },
)

EXERCISE_1_2 = Bank(
    given=(DATA,),
    wrong={
        "untouched": (..., "blank"),
        "reshape not kept": (X, "did you keep it"),
        "one long line": (X.reshape(-1), "one long line"),
        "transposed": (X.reshape(N, -1).T, "first axis"),
        "mixed pictures": (X.reshape(784, N).T, "mixed"),
        "columns first": (X.transpose(0, 2, 1).reshape(N, -1), "another order"),
        "scaled": (ROWS, "the scale comes next"),
        "half a picture": (X.reshape(2 * N, -1), "expected"),
        "float32": (X.reshape(N, -1).astype("float32"), "keeps the type"),
    },
    right={
        "-1": X.reshape(-1, 784),
        "flatten each": np.array([image.flatten() for image in X]),
        "a list of rows": [image.ravel() for image in X],
    },
)


def _in_place(pictures):
    rows = pictures.reshape(len(pictures), -1)
    result = rows.astype("float32") / 255
    rows[:] = 0
    return result


def _divide_in_place(pictures):
    rows = pictures.reshape(len(pictures), -1)
    rows /= 255
    return rows


def _own_maximum(pictures):
    rows = pictures.reshape(len(pictures), -1).astype("float32")
    return rows / rows.max()


def _tensor(pictures):
    import keras

    return keras.ops.reshape(keras.ops.cast(pictures, "float32") / 255, (-1, 784))


def _tensor_as_array(pictures):
    return np.asarray(_tensor(pictures))


EXERCISE_1_3 = Bank(
    wrong={
        "untouched": (lambda p: ..., "blank"),
        "whole division": (lambda p: (p.reshape(len(p), -1) // 255).astype("float32"), "grey values are lost"),
        "float64": (lambda p: p.reshape(len(p), -1) / 255, "float64"),
        "not scaled": (lambda p: p.reshape(len(p), -1).astype("float32"), "largest value is 255"),
        "256": (lambda p: p.reshape(len(p), -1).astype("float32") / 256, "255, not 256"),
        "shape kept": (lambda p: p.astype("float32") / 255, "Make rows"),
        "in place": (_divide_in_place, "First the type"),
        "spoils its input": (_in_place, "changes the pictures"),
        "own maximum": (_own_maximum, "not by their own maximum"),
        "inverted": (lambda p: 1 - p.reshape(len(p), -1).astype("float32") / 255, "changed places"),
        "fixed number": (lambda p: p.reshape(N, 784).astype("float32") / 255, "another number of pictures"),
        "no return": (lambda p: None, "None"),
        "Keras tensor": (_tensor, "a NumPy array, please"),
        "list of rows": (lambda p: list(p.reshape(len(p), -1).astype("float32") / 255), "a NumPy array, please"),
    },
    right={
        "made of a tensor": _tensor_as_array,
        "divide, then change the type": lambda p: (p.reshape(-1, 784) / 255).astype(np.float32),
        "multiply": lambda p: np.float32(1 / 255) * p.reshape(len(p), 784),
        "picture by picture": lambda p: np.stack([image.ravel() / np.float32(255) for image in p]).astype("f4"),
    },
)

EYE = np.eye(10)
EXERCISE_1_4 = Bank(
    given=(DATA,),
    wrong={
        "untouched": (..., "blank"),
        "plain labels": (Y, "plain labels"),
        "transposed": (EYE[Y].T, "transpose"),
        "shifted": (EYE[(Y + 1) % 10], "not in the place"),
        "inverted": (1 - EYE[Y], "exactly one 1"),
        "eleven classes": (np.eye(11)[Y], "ten digits"),
        "label as value": (EYE[Y] * Y[:, None], "other numbers than 0 and 1"),
    },
    right={
        "rows of the unit matrix": EYE[Y],
        "truth values": Y[:, None] == np.arange(10),
        "whole numbers": np.array([[int(digit == place) for place in range(10)] for digit in Y]),
    },
)

CUT = N - N // 6
SHUFFLED = np.random.default_rng(1).permutation(N)
EXERCISE_1_5 = Bank(
    given=(ROWS, Y),
    wrong={
        "untouched": ((..., ..., ..., ...), "blank"),
        "overlap": ((ROWS, Y, ROWS[CUT:], Y[CUT:]), "on both sides"),
        "changed places": ((ROWS[CUT:], Y[CUT:], ROWS[:CUT], Y[:CUT]), "larger part"),
        "labels not cut": ((ROWS[:CUT], Y, ROWS[CUT:], Y), "Cut both"),
        "labels shuffled": ((ROWS[:CUT], Y[SHUFFLED][:CUT], ROWS[CUT:], Y[SHUFFLED][CUT:]), "come apart"),
        "some lost": ((ROWS[: CUT - 20], Y[: CUT - 20], ROWS[CUT:], Y[CUT:]), "got lost"),
        "half": ((ROWS[: N // 2], Y[: N // 2], ROWS[N // 2 :], Y[N // 2 :]), "expected a sixth"),
        "a fifth": ((ROWS[N // 5 :], Y[N // 5 :], ROWS[: N // 5], Y[: N // 5]), "expected a sixth"),
        "off by one": ((ROWS[: CUT - 1], Y[: CUT - 1], ROWS[CUT - 1 :], Y[CUT - 1 :]), "expected a sixth"),
        "the first sixth": ((ROWS[N // 6 :], Y[N // 6 :], ROWS[: N // 6], Y[: N // 6]), "is the first sixth"),
        "shuffled together": (
            (ROWS[SHUFFLED[:CUT]], Y[SHUFFLED[:CUT]], ROWS[SHUFFLED[CUT:]], Y[SHUFFLED[CUT:]]),
            "the same writer",
        ),
        "pictures, not rows": ((X[:CUT], Y[:CUT], X[CUT:], Y[CUT:]), "rows of the prepared"),
        "the same sixth twice": (
            (np.concatenate([ROWS[: CUT - 50], ROWS[CUT:]]), Y[:CUT], ROWS[CUT:], Y[CUT:]),
            "appear twice",
        ),
    },
    right={
        "counted from the front": (ROWS[:CUT], Y[:CUT], ROWS[CUT:], Y[CUT:]),
        "each part shuffled afterwards": (ROWS[:CUT][::-1], Y[:CUT][::-1], ROWS[CUT:][::-1], Y[CUT:][::-1]),
        "by np.split": tuple(
            part for pair in zip(np.split(ROWS, [CUT]), np.split(Y, [CUT]), strict=True) for part in pair
        ),
    },
)

EXERCISE_1_6 = Bank(
    wrong={
        "untouched": (lambda predicted, true: ..., "blank"),
        "count": (lambda predicted, true: np.sum(predicted == true), "how many are right"),
        "one by one": (lambda predicted, true: predicted == true, "for each image"),
        "error rate": (lambda predicted, true: np.mean(predicted != true), "share of mistakes"),
        "percent": (lambda predicted, true: 100 * np.mean(predicted == true), "percent"),
        "one minus the distance": (lambda predicted, true: 1 - np.mean(np.abs(predicted - true)), "expected 0.8"),
        "all or nothing": (lambda predicted, true: float((predicted == true).all()), "expected 0.8"),
        "fixed number": (lambda predicted, true: (predicted == true).sum() / 5, "not for three"),
        "rounded": (lambda predicted, true: round(np.mean(predicted == true), 2), "that is rounded"),
    },
    right={
        "loop": lambda predicted, true: sum(p == t for p, t in zip(predicted, true, strict=True)) / len(true),
        "0-d array": lambda predicted, true: np.asarray((predicted == true).mean()),
        "float32": lambda predicted, true: np.float32((predicted == true).sum() / true.size),
    },
)


def _distances(images, means):
    return ((images[:, None] - means) ** 2).sum(axis=2)


EXERCISE_1_7 = Bank(
    wrong={
        "untouched": (lambda images, means: ..., "blank"),
        "farthest": (lambda images, means: _distances(images, means).argmax(axis=1), "farthest"),
        "wrong axis": (lambda images, means: _distances(images, means).argmin(axis=0), "along the images"),
        "distances": (_distances, "argmin"),
        "smallest distance": (lambda images, means: _distances(images, means).min(axis=1), "not digits"),
        "scalar product": (lambda images, means: (images @ means.T).argmax(axis=1), "scalar product"),
        "largest difference": (
            lambda images, means: np.abs(images[:, None] - means).max(axis=2).argmin(axis=1),
            "the largest difference alone",
        ),
        "city-block": (lambda images, means: np.abs(images[:, None] - means).sum(axis=2).argmin(axis=1), "city-block"),
        "cosine": (lambda images, means: (images @ means.T / np.linalg.norm(means, axis=1)).argmax(axis=1), "cosine"),
        "roots of the differences": (
            lambda images, means: (np.abs(images[:, None] - means) ** 0.5).sum(axis=2).argmin(axis=1),
            "Euclidean",
        ),
        "sum of differences": (
            lambda images, means: (images[:, None] - means).sum(axis=2).argmin(axis=1),
            "both signs",
        ),
    },
    right={
        "square root": lambda images, means: np.argmin(np.sqrt(_distances(images, means)), axis=1),
        "by scalar products": lambda images, means: np.argmin((means**2).sum(axis=1) - 2 * images @ means.T, axis=1),
        "a list": lambda images, means: [int(((means - image) ** 2).sum(axis=1).argmin()) for image in images],
    },
)


def network(*layers, input_shape=(784,)):
    """A sequential network; each layer is (units, activation)."""
    import keras

    stack = [] if input_shape is None else [keras.Input(input_shape)]
    return keras.Sequential(stack + [keras.layers.Dense(units, activation=activation) for units, activation in layers])


def _functional():
    import keras

    images = keras.Input((784,))
    hidden = keras.layers.Activation("relu")(keras.layers.Dense(512)(images))
    return keras.Model(images, keras.layers.Dense(10, activation="softmax")(keras.layers.Dropout(0.2)(hidden)))


def _with_dropout(rate, place):
    """The network of the exercise with its dropout at this place of the list."""

    def make():
        import keras

        layers = [keras.layers.Dense(512, activation="relu"), keras.layers.Dense(10, activation="softmax")]
        layers.insert(place, keras.layers.Dropout(rate))
        return keras.Sequential([keras.Input((784,)), *layers])

    return Lazy(make)


def _separate_softmax():
    import keras

    return keras.Sequential(
        [
            keras.Input((784,)),
            keras.layers.Dense(300, activation="tanh"),
            keras.layers.BatchNormalization(),
            keras.layers.Dense(10),
            keras.layers.Softmax(),
        ]
    )


def _nested():
    import keras

    inner = keras.Sequential(
        [keras.Input((784,)), keras.layers.Dense(512, activation="relu"), keras.layers.Dropout(0.2)]
    )
    return keras.Sequential([keras.Input((784,)), inner, keras.layers.Dense(10, activation="softmax")])


RELU, SOFTMAX = (512, "relu"), (10, "softmax")
EXERCISE_1_8 = Bank(
    wrong={
        "untouched": (..., "blank"),
        "a list": (Lazy(lambda: network(RELU, SOFTMAX).layers), "list of layers"),
        "no input": (Lazy(lambda: network(RELU, SOFTMAX, input_shape=None)), "keras.Input"),
        "pictures as input": (Lazy(lambda: network(RELU, SOFTMAX, input_shape=(28, 28))), "rows now"),
        "no softmax": (Lazy(lambda: network(RELU, (10, None))), "add up to one"),
        "sigmoid": (Lazy(lambda: network(RELU, (10, "sigmoid"))), "add up to one"),
        "no hidden layer": (Lazy(lambda: network(SOFTMAX)), "no hidden layer"),
        "no activation": (Lazy(lambda: network((512, None), SOFTMAX)), "no activation"),
        "softmax twice": (Lazy(lambda: network((512, "softmax"), SOFTMAX)), "Use relu there"),
        "nine digits": (Lazy(lambda: network(RELU, (9, "softmax"))), "expected 10"),
        "bottle-neck": (Lazy(lambda: network((10, "relu"), SOFTMAX)), "bottle-neck"),
        "dropout behind the last layer": (_with_dropout(0.2, 2), "comes before the last Dense layer"),
        "text": ("Dense(512)", "expected a Keras model"),
    },
    right={
        "functional, activation apart": Lazy(_functional),
        "softmax layer, tanh, batch norm": Lazy(_separate_softmax),
        "a network inside a network": Lazy(_nested),
        "much dropout": _with_dropout(0.8, 1),
        "dropout on the input": _with_dropout(0.2, 0),
        "two hidden layers": Lazy(lambda: network((256, "relu"), (128, "gelu"), SOFTMAX)),
    },
)


def _loss(name, **options):
    def make():
        import keras

        return getattr(keras.losses, name)(**options), "adam"

    return Lazy(make)


def _classes():
    import keras

    return keras.losses.SparseCategoricalCrossentropy, "adam"


def _optimizer_class():
    import keras

    return "sparse_categorical_crossentropy", keras.optimizers.Adam


def _objects():
    import keras

    return keras.losses.SparseCategoricalCrossentropy(), keras.optimizers.SGD(0.1, momentum=0.9)


def _functions():
    import keras

    return keras.losses.sparse_categorical_crossentropy, "rmsprop"


SPARSE = "sparse_categorical_crossentropy"
EXERCISE_1_9 = Bank(
    wrong={
        "untouched": ((..., ...), "blank"),
        "one-hot loss": (("categorical_crossentropy", "adam"), "one-hot"),
        "one-hot loss object": (_loss("CategoricalCrossentropy"), "one-hot"),
        "accuracy": (("accuracy", "adam"), "jumps"),
        "mean squared error": (("mean_squared_error", "adam"), "cannot compare plain digits"),
        "misspelt": (("sparse_crossentropy", "adam"), "no loss called 'sparse_crossentropy'"),
        "logits": (_loss("SparseCategoricalCrossentropy", from_logits=True), "from_logits"),
        "class of a loss": (Lazy(_classes), "parentheses"),
        "class of an optimizer": (Lazy(_optimizer_class), "parentheses"),
        "unknown optimizer": ((SPARSE, "adamant"), "no optimizer called 'adamant'"),
        "changed places": (("adam", SPARSE), "changed places"),
        "changed places, as objects": (Lazy(lambda: _objects()[::-1]), "changed places"),
    },
    right={
        "objects": Lazy(_objects),
        "function": Lazy(_functions),
        "plain descent": (SPARSE, "sgd"),
    },
)

EXERCISE_1_10 = Bank(
    wrong={
        "untouched": (..., "blank"),
        "probability": (0.1, "is the probability"),
        "sign": (np.log(0.1), "never below zero"),
        "base ten": (1.0, "base ten"),
        "base two": (np.log2(10), "base two"),
        "summed over the digits": (10 * np.log(10), "−ln(1/10)"),
    },
    right={"rounded": 2.3, "array": np.log([10.0]), "as a sum": float(-sum(0.1 * np.log(0.1) for _ in range(10)))},
)


class Fixed:
    """In place of a network: the same probabilities every time."""

    layers = ()
    probabilities = np.random.default_rng(2).dirichlet(np.ones(10), 40)

    def predict(self, images, **options):
        return self.probabilities


ANSWERED = Fixed.probabilities.argmax(axis=1)
MISTAKEN = np.isin(np.arange(40), [3, 8, 21])
EXERCISE_1_11 = Bank(
    given=(Fixed(), ROWS[:40], (ANSWERED + MISTAKEN) % 10),
    wrong={
        "untouched": (..., "blank"),
        "truth values": (MISTAKEN, "np.flatnonzero"),
        "truth values of the right ones": (~MISTAKEN, "Turn the comparison round"),
        "right ones": (np.flatnonzero(~MISTAKEN), "Turn the comparison round"),
        "how many": (3, "how many are wrong"),
        "answers": (ANSWERED, "one number for each image"),
        "wrong axis": (np.array([1, 2]), "the network is wrong on 3 images"),
        "counted from one": (np.flatnonzero(MISTAKEN) + 1, "other positions"),
        "counted in all images": (np.flatnonzero(MISTAKEN) + CUT, "other positions"),
        "their labels": (ANSWERED[MISTAKEN], "other positions"),
    },
    right={
        "tuple of where": (np.where(MISTAKEN),),
        "a list": [3, 8, 21],
        "in another order": np.array([21, 3, 8]),
    },
)


def _ops():
    from keras import ops

    return ops


def _clipped(probabilities):
    return _ops().clip(probabilities, 1e-7, 1)


def _log(probabilities):
    return _ops().log(_clipped(probabilities))


def _with_keras(labels, probabilities):
    import keras

    return keras.losses.categorical_crossentropy(labels, probabilities)


EXERCISE_1_12 = Bank(
    wrong={
        "untouched": (lambda labels, p: ..., "blank"),
        "sign": (lambda labels, p: _ops().sum(labels * _log(p), axis=-1), "sign"),
        "one number": (lambda labels, p: -_ops().mean(_ops().sum(labels * _log(p), axis=-1)), "one number for each"),
        "no sum": (lambda labels, p: -labels * _log(p), "Sum them"),
        "wrong axis": (lambda labels, p: -_ops().sum(labels * _log(p), axis=0), "axis=-1"),
        "no clip": (lambda labels, p: -_ops().sum(labels * _ops().log(p), axis=-1), "ops.clip"),
        "base ten": (lambda labels, p: -_ops().sum(labels * _ops().log10(_clipped(p)), axis=-1), "base"),
        "squares": (lambda labels, p: _ops().sum((labels - p) ** 2, axis=-1), "in place of"),
        "NumPy": (lambda labels, p: -np.log(np.clip(np.sum(labels * np.asarray(p), axis=-1), 1e-7, 1)), "keras.ops"),
    },
    right={
        "logarithm of the sum": lambda labels, p: -_ops().log(_clipped(_ops().sum(labels * p, axis=-1))),
        "Keras's own": _with_keras,
        "small number added": lambda labels, p: -_ops().sum(labels * _ops().log(p + 1e-7), axis=-1),
    },
)


def _softmax(z, axis=1):
    powers = np.exp(z - z.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def _slope(weights, images, labels, axis=1):
    return images.T @ (_softmax(images @ weights, axis) - labels) / len(images)


def _changes_its_input(weights, images, labels, rate):
    weights -= rate * _slope(weights, images, labels)
    return weights


def _image_by_image(weights, images, labels, rate):
    stride = np.zeros_like(weights)
    for image, label in zip(images, labels, strict=True):
        stride += np.outer(image, _softmax((image @ weights)[None])[0] - label)
    return weights - rate * stride / len(images)


EXERCISE_1_13 = Bank(
    wrong={
        "untouched": (lambda w, x, y, rate: ..., "blank"),
        "uphill": (lambda w, x, y, rate: w + rate * _slope(w, x, y), "uphill"),
        "slope only": (lambda w, x, y, rate: _slope(w, x, y), "the slope"),
        "not averaged": (lambda w, x, y, rate: w - rate * len(x) * _slope(w, x, y), "averaged"),
        "no rate": (lambda w, x, y, rate: w - _slope(w, x, y), "learning rate"),
        "softmax over images": (lambda w, x, y, rate: w - rate * _slope(w, x, y, axis=0), "axis 1"),
        "labels minus p": (lambda w, x, y, rate: w - rate * x.T @ (y - _softmax(x @ w)) / len(x), "uphill"),
        "softmax over everything": (lambda w, x, y, rate: w - rate * _slope(w, x, y, axis=None), "axis=1"),
        "no softmax": (lambda w, x, y, rate: w - rate * x.T @ (x @ w - y) / len(x), "one stride"),
        "shapes": (lambda w, x, y, rate: w - rate * (_softmax(x @ w) - y) @ x, "ValueError"),
    },
    right={
        "in place": _changes_its_input,
        "image by image": _image_by_image,
    },
)


def compiled(model):
    model.compile("adam", SPARSE)
    return model


TEST_ROWS = DATA.x_test.reshape(len(DATA.x_test), -1).astype("float32") / 255


@cache
def trained(epochs=30):
    """A small network trained on the toy digits; after no epoch it only guesses."""
    import keras

    keras.utils.set_random_seed(0)
    model = network((64, "relu"), SOFTMAX)
    model.compile(keras.optimizers.Adam(3e-3), SPARSE, metrics=["accuracy"])
    if epochs:
        model.fit(ROWS[:CUT], Y[:CUT], epochs=epochs, verbose=0)
    return model


def _half_trained():
    """Trained on a set in which four digits do not occur."""
    import keras

    keras.utils.set_random_seed(0)
    model = network((64, "relu"), SOFTMAX)
    model.compile(keras.optimizers.Adam(3e-3), SPARSE)
    six = Y[:CUT] < 6
    model.fit(ROWS[:CUT][six], Y[:CUT][six], epochs=30, verbose=0)
    return model


def _trained_on_logits():
    """Right on every image, but its ten numbers are no probabilities."""
    import keras

    keras.utils.set_random_seed(0)
    model = network((64, "relu"), (10, None))
    model.compile(keras.optimizers.Adam(3e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(ROWS[:CUT], Y[:CUT], epochs=30, verbose=0)
    return model


def _convolutional():
    """As `trained`, but with a convolution, which may be right on nearly all images."""
    import keras

    keras.utils.set_random_seed(0)
    layers = [keras.layers.Reshape((28, 28, 1)), keras.layers.Conv2D(4, 3, activation="relu"), keras.layers.Flatten()]
    model = keras.Sequential([keras.Input((784,)), *layers, keras.layers.Dense(10, activation="softmax")])
    model.compile(keras.optimizers.Adam(3e-3), SPARSE)
    model.fit(ROWS[:CUT], Y[:CUT], epochs=30, verbose=0)
    return model


def _functional_and_trained():
    import keras

    keras.utils.set_random_seed(0)
    images = keras.Input((784,))
    outputs = keras.layers.Dense(10, activation="softmax")(keras.layers.Dense(32, activation="gelu")(images))
    model = keras.Model(images, outputs)
    model.compile("rmsprop", SPARSE)
    model.fit(ROWS[:CUT], Y[:CUT], epochs=40, verbose=0)
    return model


def _on(times, champion, first=lambda: trained(0)):
    """A champion and the first network, with the 50 validation images this many times."""
    return Lazy(lambda: (champion(), first(), np.tile(ROWS[CUT:], (times, 1)), np.tile(Y[CUT:], times)))


FEW, MANY = 1, 20  # 50 images, as of the 8x8 digits, and 1000, as of MNIST
EXERCISE_1_14 = Bank(
    wrong={
        "the first one itself": (_on(FEW, lambda: trained(0)), "the first network itself"),
        "untouched": (_on(FEW, lambda: ...), "blank"),
        "not compiled": (_on(FEW, lambda: network(RELU, SOFTMAX)), "not compiled"),
        "not trained": (_on(FEW, lambda: compiled(network(RELU, SOFTMAX))), "guessing"),
        "not good enough": (_on(FEW, _half_trained), "the goal is"),
        "no better than the first": (_on(MANY, _half_trained, first=_half_trained), "with the first network"),
        "by heart": (_on(MANY, trained), "x_val"),
        "logits": (_on(FEW, _trained_on_logits), "softmax"),
        "a history": (_on(FEW, lambda: trained().history), "expected a Keras model"),
        "pictures as input": (_on(FEW, lambda: compiled(network(RELU, SOFTMAX, input_shape=(28, 28)))), "rows of 784"),
        "nine digits": (_on(FEW, lambda: compiled(network(RELU, (9, "softmax")))), "ten numbers"),
    },
    right={
        "small": _on(FEW, trained),
        "functional": _on(FEW, _functional_and_trained),
        "better than the first": _on(MANY, _half_trained),
        "with a convolution": _on(MANY, _convolutional),
    },
)


@cache
def guessing():
    """A network that only guesses, and guesses otherwise when its input is not scaled."""
    import keras

    keras.utils.set_random_seed(0)
    return network((64, "tanh"), SOFTMAX)


def _tested(model, images, labels):
    return model, float(np.mean(model.predict(images, verbose=0).argmax(axis=1) == labels))


def _weak_tested():
    return _tested(_half_trained(), TEST_ROWS, DATA.y_test)


class Says:
    """In place of a network: it is right on this many of the 100 test images, and gives 0.6 to what it says."""

    layers = ()

    def __init__(self, right):
        said = DATA.y_test.astype(int)
        said[right:] = (said[right:] + 1) % 10
        self.probabilities = np.full((len(said), 10), 0.4 / 9)
        self.probabilities[np.arange(len(said)), said] = 0.6

    def predict(self, images, **options):
        return np.resize(self.probabilities, (len(images), 10))


MOST = Says(87)
LOSS = -0.87 * np.log(0.6) - 0.13 * np.log(0.4 / 9)
EXERCISE_1_15 = Bank(
    given=(DATA,),
    wrong={
        "untouched": ((..., ...), "blank"),
        "percent": (Lazy(lambda: (trained(), 98.3)), "not the percentage"),
        "not scaled": (Lazy(lambda: _tested(guessing(), 255 * TEST_ROWS, DATA.y_test)), "not scaled"),
        "training images": (Lazy(lambda: _tested(guessing(), ROWS, Y)), "training images"),
        "invented": (Lazy(lambda: (trained(), 0.5)), "Which images"),
        "both numbers": (Lazy(lambda: (trained(), [0.1, 0.99])), "is the second"),
        "not trained": ((Says(11), 0.11), "Was it trained"),
        "the loss": ((MOST, LOSS), "is the loss"),
        "share of mistakes": ((MOST, 0.13), "share of mistakes"),
        "rounded": ((MOST, 0.9), "rounded"),
        "a name": (("model", 0.98), "expected a Keras model"),
    },
    right={
        "by hand": Lazy(lambda: _tested(trained(), TEST_ROWS, DATA.y_test)),
        "weak, but true": Lazy(_weak_tested),
        "as an array": Lazy(lambda: (trained(), np.array([_tested(trained(), TEST_ROWS, DATA.y_test)[1]]))),
    },
)
