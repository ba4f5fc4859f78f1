"""Answers to the exercises of lesson 2."""

import time
from functools import cache

import numpy as np
from scipy.ndimage import center_of_mass, shift
from scipy.signal import convolve2d, correlate2d

from tests.wrong_answers import Bank, Lazy
from tests.wrong_answers.lesson01 import DATA

PICTURES = DATA.x_train[..., None]
LABELS = DATA.y_train


def _rows(pictures):
    return pictures.reshape(len(pictures), -1)


def _each_its_own(pictures, order):
    rng = np.random.default_rng()
    return np.array([rng.permutation(row).reshape(28, 28) for row in _rows(pictures)])


def _shuffle_in_place(pictures, order):
    for picture in pictures:
        picture[:] = picture.ravel()[order].reshape(28, 28)
    return pictures


def _by_columns(pictures, order):
    return _rows(pictures.transpose(0, 2, 1))[:, order].reshape(pictures.shape)


def _by_matrix(pictures, order):
    return np.rint(_rows(pictures) @ np.eye(784)[:, order]).reshape(pictures.shape)


EXERCISE_2_1 = Bank(
    wrong={
        "untouched": (lambda p, order: ..., "blank"),
        "rows": (lambda p, order: _rows(p)[:, order], "shape back"),
        "pictures, not pixels": (lambda p, order: p[order[: len(p)] % len(p)], "lost"),
        "nothing": (lambda p, order: p, "Nothing has moved"),
        "each its own": (_each_its_own, "another order"),
        "another order": (
            lambda p, order: _rows(p)[:, np.random.default_rng(3).permutation(784)].reshape(p.shape),
            "where `order` says",
        ),
        "the way back": (lambda p, order: _rows(p)[:, np.argsort(order)].reshape(p.shape), "way back"),
        "spoils its input": (_shuffle_in_place, "changes the pictures"),
        "along the columns": (lambda p, order: _by_columns(p, order).transpose(0, 2, 1), "counted along the columns"),
        "read along the columns": (_by_columns, "counted along the columns"),
        "written along the columns": (
            lambda p, order: _rows(p)[:, order].reshape(p.shape).transpose(0, 2, 1),
            "counted along the columns",
        ),
        "in Fortran's order": (
            lambda p, order: p.reshape(len(p), -1, order="F")[:, order].reshape(p.shape, order="F"),
            "counted along the columns",
        ),
        "across the pictures": (lambda p, order: p.T.reshape(p.shape), "axis 1 only"),
        "whole columns": (lambda p, order: p[:, :, order % 28], "makes the shape"),
    },
    right={
        "take": lambda p, order: np.take(_rows(p), order, axis=1).reshape(-1, 28, 28),
        "one by one": lambda p, order: np.array([one.ravel()[order].reshape(28, 28) for one in p]),
        "a matrix": _by_matrix,
    },
)


def _windows(picture, kernel):
    return np.lib.stride_tricks.sliding_window_view(picture, kernel.shape)


def _three_only(picture, kernel):
    return correlate2d(picture, kernel[:3, :3], mode="valid")


def _one_short(picture, kernel):
    result = correlate2d(picture, kernel, mode="valid")
    result[-1] = 0
    return result


def _matrix_product(picture, kernel):
    return (_windows(picture, kernel) @ kernel).sum(axis=(2, 3))


def _looped(feature_map, picture, kernel):
    a, b = kernel.shape
    for i, j in np.ndindex(feature_map.shape):
        feature_map[i, j] = np.sum(picture[i : i + a, j : j + b] * kernel)
    return feature_map


def _in_the_pictures_type(picture, kernel):
    return _looped(np.zeros(_windows(picture, kernel).shape[:2], dtype=picture.dtype), picture, kernel)


def _in_the_kernels_type(picture, kernel):
    return _looped(np.zeros(_windows(picture, kernel).shape[:2], dtype=kernel.dtype), picture, kernel)


def _windows_in_place(picture, kernel):
    a, b = kernel.shape
    feature_map = np.zeros(_windows(picture, kernel).shape[:2])
    for i, j in np.ndindex(feature_map.shape):
        window = picture[i : i + a, j : j + b]
        window *= kernel
        feature_map[i, j] = window.sum()
    return feature_map


EXERCISE_2_2 = Bank(
    wrong={
        "untouched": (lambda picture, kernel: ..., "blank"),
        "flipped": (lambda picture, kernel: convolve2d(picture, kernel, mode="valid"), "flipped"),
        "same size": (lambda picture, kernel: correlate2d(picture, kernel, mode="same"), "as large as the picture"),
        "one window": (lambda picture, kernel: picture[:3, :3] * kernel, "every place"),
        "mean": (lambda picture, kernel: (_windows(picture, kernel) * kernel).mean(axis=(2, 3)), "mean of the nine"),
        "no kernel": (lambda picture, kernel: _windows(picture, kernel).sum(axis=(2, 3)), "plays no part"),
        "matrix product": (_matrix_product, "`@`"),
        "transposed": (lambda picture, kernel: correlate2d(picture, kernel, mode="valid").T, "changed places"),
        "one too few": (lambda picture, kernel: correlate2d(picture, kernel, mode="valid")[:-1, :-1], "each place"),
        "one loop short": (_one_short, "At row 6, column 0"),
        "always three": (_three_only, "not for one of (5, 2)"),
        "in the picture's type": (_in_the_pictures_type, "result is uint8"),
        "in place": (_windows_in_place, "changes the array"),
        "kernel transposed": (
            lambda picture, kernel: correlate2d(picture, kernel.T, mode="valid"),
            "At row 0, column 0",
        ),
    },
    right={
        "scipy": lambda picture, kernel: correlate2d(picture, kernel, mode="valid"),
        "flipped twice": lambda picture, kernel: convolve2d(picture, kernel[::-1, ::-1], mode="valid"),
        "windows": lambda picture, kernel: np.einsum("ijab,ab->ij", _windows(picture, kernel), kernel),
        "in the kernel's type": _in_the_kernels_type,
        "in single precision": lambda picture, kernel: correlate2d(picture, kernel, mode="valid").astype("float32"),
        "a list of lists": lambda picture, kernel: correlate2d(picture, kernel, mode="valid").tolist(),
    },
)


def _blocks(m):
    return m.reshape(m.shape[0] // 2, 2, m.shape[1] // 2, 2)


EXERCISE_2_3 = Bank(
    wrong={
        "untouched": (lambda m: ..., "blank"),
        "average": (lambda m: _blocks(m).mean(axis=(1, 3)), "average pooling"),
        "overlapping": (lambda m: np.lib.stride_tricks.sliding_window_view(m, (2, 2)).max(axis=(2, 3)), "overlap"),
        "one corner": (lambda m: m[::2, ::2], "one corner"),
        "in a line": (lambda m: m.reshape(m.shape[0] // 2, m.shape[1] // 2, 4).max(axis=2), "in a line"),
        "never negative": (lambda m: np.maximum(_blocks(m).max(axis=(1, 3)), 0), "negative"),
        "rows only": (lambda m: m.reshape(-1, 2, m.shape[1]).max(axis=1), "expected (3, 4)"),
        "in place": (
            lambda m: np.maximum(m[::2], m[1::2], out=m[::2]).reshape(-1, m.shape[1] // 2, 2).max(axis=2),
            "changes the array",
        ),
        "fixed size": (lambda m: np.resize(m, (6, 8)).reshape(3, 2, 4, 2).max(axis=(1, 3)), "not for one of (4, 2)"),
    },
    right={
        "four slices": lambda m: np.maximum.reduce([m[::2, ::2], m[1::2, ::2], m[::2, 1::2], m[1::2, 1::2]]),
        "twice": lambda m: np.maximum(*(np.maximum(m[::2], m[1::2])[:, k::2] for k in (0, 1))),
        "loops": lambda m: [
            [m[i : i + 2, j : j + 2].max() for j in range(0, m.shape[1], 2)] for i in range(0, len(m), 2)
        ],
    },
)

EXERCISE_2_4 = Bank(
    wrong={
        "untouched": (lambda side, channels, kernels: ..., "blank"),
        "no bias": (lambda side, channels, kernels: side * side * channels * kernels, "a bias as well"),
        "one kernel": (lambda side, channels, kernels: side * side * channels + 1, "32 of them"),
        "one channel": (lambda side, channels, kernels: (side * side + 1) * kernels, "all channels"),
        "bias for each channel": (
            lambda side, channels, kernels: (side * side + 1) * channels * kernels,
            "then one bias",
        ),
        "every place": (
            lambda side, channels, kernels: (28 - side + 1) ** 2 * (side**2 + 1) * kernels,
            "plays no part",
        ),
        "three only": (lambda side, channels, kernels: (9 * channels + 1) * kernels, "not for 5x5"),
        "a constant": (lambda side, channels, kernels: 18_496, "whatever layer"),
        "one bias for all": (lambda side, channels, kernels: side * side * channels * kernels + 1, "and a bias"),
    },
    right={
        "sum": lambda side, channels, kernels: side**2 * channels * kernels + kernels,
        "array": lambda side, channels, kernels: np.array([(side * side * channels + 1) * kernels]),
        "by Keras": lambda side, channels, kernels: _built(side, channels, kernels),
    },
)


def _built(side, channels, kernels):
    import keras

    layer = keras.layers.Conv2D(kernels, side)
    layer.build((None, 28, 28, channels))
    return layer.count_params()


def layers(*described):
    """A Sequential of Keras layers, each given as (name, arguments, settings)."""

    def make():
        import keras

        return keras.Sequential([getattr(keras.layers, name)(*given, **named) for name, given, named in described])

    return Lazy(make)


PAPER = {"fill_mode": "constant"}


def _one_layer():
    import keras

    return keras.layers.RandomTranslation(0.1, 0.1, fill_mode="constant")


def _own_function():
    import keras

    class Jitter(keras.layers.Layer):
        def call(self, pictures, training=False):
            if not training:
                return pictures
            n = keras.ops.shape(pictures)[0]
            move = keras.random.uniform((n, 1, 1, 1)) < 0.5
            return keras.ops.where(move, keras.ops.roll(pictures, 2, axis=1), pictures)

    return Jitter()


def _class_of_layer():
    import keras

    return keras.layers.RandomTranslation


def _layer_list():
    return [_one_layer()]


EXERCISE_2_5 = Bank(
    wrong={
        "untouched": (..., "blank"),
        "a list": (Lazy(_layer_list), "list of layers"),
        "a class": (Lazy(_class_of_layer), "expected keras.Sequential"),
        "text": ("RandomFlip", "expected keras.Sequential"),
        "flip": (layers(("RandomFlip", ("horizontal",), {})), "mirrored"),
        "upside down": (layers(("RandomFlip", ("vertical",), {})), "mirrored"),
        "a whole turn": (layers(("RandomRotation", (1.0,), PAPER)), "whole turns"),
        "a tenth of a turn": (layers(("RandomRotation", (0.1,), PAPER)), "whole turns"),
        "a fifth of the picture": (layers(("RandomTranslation", (0.25, 0.25), PAPER)), "reaches the border"),
        "half a turn": (layers(("RandomRotation", (0.5,), PAPER)), "whole turns"),
        "too far": (layers(("RandomTranslation", (0.5, 0.5), PAPER)), "reaches the border"),
        "a little too far": (layers(("RandomTranslation", (0.2, 0.28), PAPER)), "reaches the border"),
        "nothing": (layers(("RandomTranslation", (0.0, 0.0), PAPER)), "Nothing happens"),
        "blown up": (layers(("RandomZoom", ((-0.7, -0.6),), PAPER)), "reaches the border"),
        "brightness": (layers(("RandomBrightness", (0.8,), {"value_range": (0, 255)})), "between 0"),
        "inverted": (layers(("RandomInvert", (1.0,), {"value_range": (0, 1)})), "Ink and paper"),
        "noise in use": (layers(("Rescaling", (0.5,), {})), "used, not trained"),
        "rescaled": (layers(("Rescaling", (255,), {})), "used, not trained"),
        "cropped": (layers(("RandomCrop", (24, 24), {})), "keep their shape"),
    },
    right={
        "one layer": Lazy(_one_layer),
        "three of them": layers(
            ("RandomTranslation", (0.05, 0.05), PAPER),
            ("RandomRotation", (0.03,), PAPER),
            ("RandomZoom", (0.08,), PAPER),
        ),
        "zoom": layers(("RandomZoom", (0.1,), {**PAPER, "interpolation": "nearest"})),
        "all together, stronger": layers(
            ("RandomZoom", (0.1,), PAPER),
            ("RandomTranslation", (0.06, 0.06), PAPER),
            ("RandomRotation", (0.03,), PAPER),
        ),
        "reflected border": layers(("RandomTranslation", (0.08, 0.08), {})),
        "a layer of one's own": Lazy(_own_function),
    },
)


def cnn(
    filters=(32, 64, 128),
    strides=(2, 2, 1),
    norm=True,
    relu=True,
    scaled=True,
    augmented=True,
    end="softmax",
    shape=(28, 28, 1),
    behind=(),
):
    """The network of Exercise 2.6, or a wrong turn of it."""
    import keras

    stack = [keras.Input(shape)]
    if scaled:
        stack.append(keras.layers.Rescaling(1 / 255))
    if augmented:
        stack.append(keras.layers.RandomTranslation(0.08, 0.08, fill_mode="constant"))
    for count, stride in zip(filters, strides, strict=False):
        stack.append(keras.layers.Conv2D(count, 3, strides=stride))
        if norm:
            stack.append(keras.layers.BatchNormalization(momentum=0.9))
        if relu:
            stack.append(keras.layers.ReLU())
    return keras.Sequential([*stack, keras.layers.Flatten(), keras.layers.Dense(10, activation=end), *behind])


def _dense_only():
    import keras

    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Rescaling(1 / 255),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )


def _functional():
    import keras

    picture = keras.Input((28, 28, 1))
    x = keras.layers.Rescaling(scale=0.0039)(picture)
    x = keras.layers.RandomRotation(0.02, fill_mode="constant")(x)
    for count in (16, 32, 64):
        x = keras.layers.Conv2D(count, 3, padding="same", activation="relu")(x)
        x = keras.layers.MaxPooling2D()(x)
        x = keras.layers.LayerNormalization()(x)
    return keras.Model(picture, keras.layers.Dense(10, activation="softmax")(keras.layers.Flatten()(x)))


def _nested():
    import keras

    return keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.Rescaling(1 / 255), _one_layer(), cnn(scaled=False, augmented=False)]
    )


EXERCISE_2_6 = Bank(
    wrong={
        "untouched": (..., "blank"),
        "a list": (Lazy(lambda: cnn().layers), "list of layers"),
        "no channel": (Lazy(lambda: _rows_as_input()), "one channel"),
        "no softmax": (Lazy(lambda: cnn(end=None)), "softmax"),
        "dense only": (Lazy(_dense_only), "no Conv2D"),
        "two convolutions": (Lazy(lambda: cnn(filters=(32, 64))), "2 of the three"),
        "no normalisation": (Lazy(lambda: cnn(norm=False)), "BatchNormalization is missing"),
        "no strides": (Lazy(lambda: cnn(strides=(1, 1, 1))), "never become smaller"),
        "no relu": (Lazy(lambda: cnn(relu=False)), "no relu"),
        "not scaled": (Lazy(lambda: cnn(scaled=False)), "Rescaling(1 / 255) goes"),
        "not augmented": (Lazy(lambda: cnn(augmented=False)), "`augment` is missing"),
        "a network inside a network": (Lazy(_nested), "straight into"),
        "no input": (Lazy(lambda: _no_input()), "keras.Input"),
        "dropout behind softmax": (Lazy(lambda: cnn(behind=_dropout())), "before the last layer"),
        "dropout before softmax": (Lazy(lambda: cnn(end=None, behind=_dropout(softmax=True))), "before the last layer"),
        "stride in the last": (Lazy(lambda: cnn(filters=(256, 256, 256), strides=(1, 1, 2))), "a long row"),
    },
    right={
        "functional, max pooling": Lazy(_functional),
        "narrower": Lazy(lambda: cnn(filters=(32, 64, 64))),
        "softmax as a layer": Lazy(lambda: cnn(end=None, behind=_softmax())),
        "dropout between two dense layers": Lazy(lambda: cnn(end="relu", behind=_dropout_and_dense())),
    },
)


def _softmax():
    import keras

    return [keras.layers.Softmax()]


def _dropout(softmax=False):
    import keras

    return [keras.layers.Dropout(0.3), *(_softmax() if softmax else [])]


def _dropout_and_dense():
    import keras

    return [keras.layers.Dropout(0.3), keras.layers.Dense(10, activation="softmax")]


def _no_input():
    import keras

    return keras.Sequential([keras.layers.Conv2D(8, 3), keras.layers.Flatten(), keras.layers.Dense(10)])


def _rows_as_input():
    import keras

    return keras.Sequential([keras.Input((784,)), keras.layers.Dense(10, activation="softmax")])


def stopping(**settings):
    """An EarlyStopping with these settings."""

    def make():
        import keras

        return keras.callbacks.EarlyStopping(**settings)

    return Lazy(make)


def _stopping_class():
    import keras

    return keras.callbacks.EarlyStopping


def _checkpoint():
    import keras

    return keras.callbacks.TerminateOnNaN()


def _in_a_list():
    return [stopping(monitor="val_loss", patience=2, restore_best_weights=True).make()]


EXERCISE_2_7 = Bank(
    given=(7,),
    wrong={
        "untouched": (..., "blank"),
        "training loss": (stopping(monitor="loss", patience=3, restore_best_weights=True), "learned by heart"),
        "spelled out": (stopping(monitor="validation_loss", patience=3, restore_best_weights=True), "reports no"),
        "no such quantity": (stopping(monitor="val_acc", patience=3, restore_best_weights=True), "reports no"),
        "no patience": (stopping(restore_best_weights=True), "patience=0"),
        "too patient": (stopping(patience=100, restore_best_weights=True), "never stops"),
        "as patient as the training": (stopping(patience=7, restore_best_weights=True), "never stops"),
        "patient to the last epoch": (stopping(patience=6, restore_best_weights=True), "never stops"),
        "one slash": (stopping(patience=7 / 3, restore_best_weights=True), "has to be whole"),
        "huge steps": (stopping(patience=2, min_delta=1, restore_best_weights=True), "min_delta=1 only"),
        "accuracy": (stopping(monitor="val_accuracy", patience=2, restore_best_weights=True), "Watch the loss"),
        "keeps the last": (stopping(patience=3), "restore_best_weights"),
        "too late": (stopping(patience=2, start_from_epoch=9, restore_best_weights=True), "start_from_epoch=9"),
        "a baseline": (stopping(patience=2, baseline=0.001, restore_best_weights=True), "baseline=0.001"),
        "wrong way": (stopping(patience=3, mode="max", restore_best_weights=True), "opposite"),
        "class": (Lazy(_stopping_class), "parentheses"),
        "another callback": (Lazy(_checkpoint), "expected keras.callbacks.EarlyStopping"),
        "text": ("val_loss", "expected keras.callbacks.EarlyStopping"),
    },
    right={
        "in a list": Lazy(_in_a_list),
        "with a smallest step": stopping(patience=2, min_delta=1e-4, restore_best_weights=True),
        "mode given": stopping(monitor="val_loss", mode="min", patience=5, restore_best_weights=True),
        "one slash, and whole": stopping(patience=6 / 3, restore_best_weights=True),
    },
)


@cache
def small():
    """A network of Exercise 2.6, trained for a moment on a toy set."""
    import keras

    keras.utils.set_random_seed(0)
    model = cnn(filters=(8, 8, 8))
    model.compile(keras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(PICTURES, LABELS, epochs=25, batch_size=64, verbose=0)
    return model


def _inside(which, activate=False):
    def make():
        import keras

        model = small()
        layers = [layer for layer in model.layers if type(layer).__name__ == "Conv2D"]
        output = layers[which].output
        return keras.Model(model.inputs, keras.layers.ReLU()(output) if activate else output)

    return Lazy(make)


def _fresh_inside():
    import keras

    other = cnn(filters=(8, 8, 8))
    return keras.Model(other.inputs, other.layers[2].output)


def _by_call():
    import keras

    model = small()
    picture = keras.Input((28, 28, 1))
    scale, move, convolve = model.layers[:3]
    return keras.Model(picture, convolve(move(scale(picture))))


EXERCISE_2_8 = Bank(
    given=(Lazy(lambda: small()),),
    wrong={
        "untouched": (..., "blank"),
        "the whole network": (Lazy(lambda: small()), "ten probabilities"),
        "second convolution": (_inside(1), "Is it the first"),
        "with what follows": (_inside(0, activate=True), "behind it"),
        "other weights": (Lazy(_fresh_inside), "weights of its own"),
        "the layer itself": (Lazy(lambda: small().layers[2]), "expected a Keras model"),
        "not scaled": (Lazy(lambda: _convolution_alone()), "weights of its own"),
    },
    right={
        "inputs and output": _inside(0),
        "without the augmentation": Lazy(lambda: _without_augmentation()),
        "called anew": Lazy(_by_call),
    },
)


def _without_augmentation():
    import keras

    scale, _, convolve = small().layers[:3]
    picture = keras.Input((28, 28, 1))
    return keras.Model(picture, convolve(scale(picture)))


def _convolution_alone():
    import keras

    picture = keras.Input((28, 28, 1))
    return keras.Model(picture, small().layers[2](picture))


def _between(confidence, low, high):
    return (confidence >= low) & (confidence < high)


def _right_in_place(confidence, right, low, high):
    inside = _between(confidence, low, high)
    right &= inside
    return right.sum() / inside.sum()


EXERCISE_2_9 = Bank(
    wrong={
        "untouched": (lambda c, r, low, high: ..., "blank"),
        "all": (lambda c, r, low, high: r.mean(), "all images"),
        "of all": (lambda c, r, low, high: (r & _between(c, low, high)).mean(), "how many there are"),
        "count": (lambda c, r, low, high: (r & _between(c, low, high)).sum(), "a count"),
        "percent": (lambda c, r, low, high: 100 * r[_between(c, low, high)].mean(), "percentage"),
        "confidence": (lambda c, r, low, high: c[_between(c, low, high)].mean(), "what the network says"),
        "wrong ones": (lambda c, r, low, high: 1 - r[_between(c, low, high)].mean(), "share that is wrong"),
        "upper border too": (lambda c, r, low, high: r[(c >= low) & (c <= high)].mean(), "counted once"),
        "lower border not": (lambda c, r, low, high: r[(c > low) & (c < high)].mean(), "counted once"),
        "in place": (_right_in_place, "changes the array"),
        "above only": (lambda c, r, low, high: r[c >= low].mean(), "Among confidences"),
    },
    right={
        "weights": lambda c, r, low, high: np.average(r, weights=_between(c, low, high)),
        "counts": lambda c, r, low, high: np.sum(r * _between(c, low, high)) / np.count_nonzero(_between(c, low, high)),
        "a loop": lambda c, r, low, high: np.mean([one for one, sure in zip(r, c, strict=True) if low <= sure < high]),
    },
)


def _roll(picture, down, right):
    return np.roll(picture, (round(down), round(right)), axis=(0, 1))


def _mass(picture):
    return center_of_mass(picture)


def _by_box(picture):
    rows, columns = np.nonzero(picture)
    return _roll(picture, 13.5 - (rows.min() + rows.max()) / 2, 13.5 - (columns.min() + columns.max()) / 2)


def _spoils(picture):
    row, column = _mass(picture)
    picture[:] = _roll(picture, 14 - row, 14 - column)
    return picture


EXERCISE_2_10 = Bank(
    wrong={
        "untouched": (lambda p: ..., "blank"),
        "nothing": (lambda p: p.copy(), "not moved"),
        "away": (lambda p: _roll(p, _mass(p)[0] - 14, _mass(p)[1] - 14), "away from the middle"),
        "axes changed": (lambda p: _roll(p, 14 - _mass(p)[1], 14 - _mass(p)[0]), "changed places"),
        "the box": (_by_box, "centres the mass"),
        "spoils its input": (_spoils, "changes the picture"),
        "cut off": (lambda p: p[3:23, 2:22], "expected (28, 28)"),
        "rows only": (lambda p: _roll(p, 14 - _mass(p)[0], 0), "expected 14 and 14"),
        "half the ink": (lambda p: p // 2, "lost or added"),
        "cut off, not rounded": (lambda p: _roll(p, *(int(14 - place) for place in _mass(p))), "within half a pixel"),
        "rounded down": (lambda p: _roll(p, *(np.floor(14 - place) for place in _mass(p))), "within half a pixel"),
        "rounded up": (lambda p: _roll(p, *(np.ceil(14 - place) for place in _mass(p))), "within half a pixel"),
        "around 13.5": (lambda p: _roll(p, *(13.5 - place for place in _mass(p))), "within half a pixel"),
    },
    right={
        "scipy": lambda p: _roll(p, *(14 - place for place in _mass(p))),
        "parts of pixels": lambda p: shift(p.astype(float), [14 - place for place in _mass(p)], order=1),
        "by rint": lambda p: np.roll(p, np.rint(14 - np.array(_mass(p))).astype(int), axis=(0, 1)),
        "the place rounded": lambda p: np.roll(p, [14 - round(place) for place in _mass(p)], axis=(0, 1)),
    },
)


def _untrained():
    model = cnn(filters=(8, 8, 8))
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


@cache
def _half():
    import keras

    keras.utils.set_random_seed(0)
    model = _dense_only()
    model.compile(keras.optimizers.SGD(0.5), "sparse_categorical_crossentropy")
    model.fit(PICTURES[:10], LABELS[:10], epochs=20, verbose=0)
    return model


@cache
def quick():
    """A network that is right on all of the toy set."""
    import keras

    keras.utils.set_random_seed(0)
    model = _dense_only()
    model.compile(keras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(PICTURES, LABELS, epochs=60, verbose=0)
    return model


def _functional_copy():
    import keras

    model = quick()
    copy = keras.Model(model.inputs, model.outputs)
    copy.compile("sgd", "sparse_categorical_crossentropy")
    return copy


EXERCISE_2_11 = Bank(
    given=(PICTURES[:100], LABELS[:100], DATA),
    wrong={
        "untouched": ((..., ...), "blank"),
        "not compiled": (Lazy(lambda: (cnn(filters=(8, 8, 8)), 9.0)), "not compiled"),
        "not trained": (Lazy(lambda: (_untrained(), 9.0)), "as good as guessing"),
        "not good enough": (Lazy(lambda: (_half(), 9.0)), "the goal is"),
        "a history": (({"accuracy": 0.99}, 9.0), "expected a Keras model"),
        "rows": (Lazy(lambda: (_compiled_rows(), 9.0)), "cannot take images"),
        "time runs back": (Lazy(lambda: (quick(), -9.0)), "before and after fit"),
        "time as text": (Lazy(lambda: (quick(), "9 s")), "without quotes"),
        "not subtracted": (Lazy(lambda: (quick(), 20_000.0)), "subtract"),
        "the time of day": (Lazy(lambda: (quick(), time.time())), "subtract"),
        "nothing between": (Lazy(lambda: (quick(), 2e-7)), "before and after fit"),
    },
    right={
        "dense": Lazy(lambda: (quick(), 9.0)),
        "functional": Lazy(lambda: (_functional_copy(), np.array([12.5]))),
    },
)


def _compiled_rows():
    model = _rows_as_input()
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


TEST_PICTURES = DATA.x_test[..., None]


def _score(model, pictures):
    return float(np.mean(model.predict(pictures, verbose=0).argmax(axis=1) == DATA.y_test))


EXERCISE_2_12 = Bank(
    given=(Lazy(quick), DATA),
    wrong={
        "untouched": (..., "blank"),
        "percent": (99.4, "not the percentage"),
        "both numbers": ([0.02, 0.99], "is the second"),
        "invented": (0.5, "Which images"),
        "scaled twice": (Lazy(lambda: _score(quick(), TEST_PICTURES / 255)), "scaled twice"),
        "text": ("0.99", "without quotes"),
    },
    right={
        "by hand": Lazy(lambda: _score(quick(), TEST_PICTURES)),
        "as an array": Lazy(lambda: np.array([_score(quick(), TEST_PICTURES)])),
        "float32": Lazy(lambda: np.float32(_score(quick(), TEST_PICTURES))),
    },
)
