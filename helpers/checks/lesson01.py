"""Checks of lesson 1: from pictures to a trained dense network."""

from collections import Counter

import numpy as np

from helpers.checks import NotYet, array, call, close, describe, models, number

#: Test accuracy that such a network reaches with "adam", below the worst of the seeds in docs/results ...
TEST = {"MNIST": 0.970, "8x8 digits": 0.85}
#: ... and less than this is hardly better than guessing. Even "adadelta" reaches 0.26 on the 8x8 digits.
GUESSING = 0.2
#: On fewer validation images than this, one of them is worth so much that no network is surely better than another ...
FEW = 1000
#: ... and the goal of the competition is this accuracy, below the worst seed on the 8x8 digits.
CHAMPION_ON_FEW = 0.955
#: Plain dense networks that were trained on `x_fit` alone stay below this on MNIST: those in docs/results have 0.985.
BY_HEART = 0.993
PLAIN = {
    "InputLayer",
    "Flatten",
    "Reshape",
    "Rescaling",
    "Dense",
    "Dropout",
    "BatchNormalization",
    "Activation",
    "ReLU",
    "Softmax",
}


def check_1_1(picture, label, data):
    """One picture and its label, by index."""
    got = array(picture, "picture")
    if got.shape == data.x_train.shape:
        raise NotYet("`picture` holds all the pictures. An index in brackets, x_train[...], picks one.")
    if got.shape == (1, 28, 28):
        raise NotYet("`picture` has shape (1, 28, 28): a stack of one. Index with 7 itself; 7:8 is a slice.")
    if got.shape != (28, 28):
        raise NotYet(f"`picture` has shape {got.shape}; expected (28, 28), one picture.")
    if not np.array_equal(got, data.x_train[7]):
        if np.array_equal(got, data.x_train[6]):
            raise NotYet("That is number 6, the seventh picture. Counting starts at zero, so number 7 is the eighth.")
        raise NotYet("The shape is right, but this is another picture. Take number 7 of x_train.")
    got = number(label, "label")
    if got != data.y_train[7]:
        raise NotYet(f"The picture is right, the label {got} is not its own. Take number 7 of y_train.")
    return f"picture number 7 is a {int(data.y_train[7])}"


def check_1_2(flat, data):
    """Pictures as rows, in the right order."""
    n = len(data.x_train)
    got = array(flat, "flat")
    if got.shape == (784, n):
        raise NotYet(f"`flat` has shape (784, {n}). The pictures run along the first axis: {n} rows of 784.")
    if got.shape == (n * 784,):
        raise NotYet("All pictures are in one long line now. Keep one row for each: two lengths, (n, 784).")
    if got.shape == (n, 28, 28):
        raise NotYet("`flat` still has the shape of the pictures. `.reshape()` returns a new array: did you keep it?")
    if got.shape != (n, 784):
        raise NotYet(f"`flat` has shape {got.shape}; expected ({n}, 784).")
    if got.max() <= 1:
        raise NotYet("The values are no longer the bytes 0 to 255. Here only the shape changes; the scale comes next.")
    if got.dtype != data.x_train.dtype:
        raise NotYet(f"`flat` is {got.dtype}; expected the same bytes, uint8. `.reshape()` alone keeps the type.")
    for row in (0, n // 2, n - 1):
        if not np.array_equal(np.sort(got[row]), np.sort(data.x_train[row].ravel())):
            raise NotYet(
                f"Row {row} is no longer one picture: pixels of several are mixed. Let the first axis be the pictures."
            )
        if not np.array_equal(got[row], data.x_train[row].ravel()):
            raise NotYet(
                "Each row holds the right pixels, but in another order. Leave out `order=` and any transposing."
            )
    return f"{n} pictures, each a row of 784 numbers"


def check_1_3(prepare):
    """Rows of float32 from 0 to 1."""
    pictures = np.arange(3 * 784, dtype=np.uint32).reshape(3, 28, 28) % 256
    pictures = pictures.astype(np.uint8)
    touched = pictures.copy()
    result = _prepare(prepare, touched)
    if not np.array_equal(touched, pictures):
        raise NotYet("`prepare` changes the pictures that it is given. Work on a copy; `.astype()` makes one.")
    got = array(result, "the result of prepare")
    if not isinstance(result, np.ndarray):
        raise NotYet(
            f"The type of the result is {type(result).__name__}; a NumPy array, please. np.asarray(...) makes one of it."
        )
    if got.shape == pictures.shape:
        raise NotYet("The result still has the shape (n, 28, 28). Make rows of it: (n, 784).")
    if got.shape != (3, 784):
        raise NotYet(f"From 3 pictures `prepare` makes an array of shape {got.shape}; expected (3, 784).")
    if set(np.unique(got)) <= {0, 1}:
        raise NotYet("Only zeros and ones are left: the grey values are lost. Divide with / and not with //.")
    if got.dtype != np.float32:
        raise NotYet(f"The result is {got.dtype}; expected float32. Change the type with `.astype(...)`.")
    if got.max() > 1.001:
        raise NotYet(f"The largest value is {got.max():g}; expected 1 for full ink. Which byte is the largest?")
    if close(got.max(), 255 / 256):
        raise NotYet("Full ink becomes 0.996. The largest byte is 255, not 256.")
    wanted = pictures.reshape(3, 784).astype(np.float32) / np.float32(255)
    if close(got, 1 - wanted, 1e-3):
        raise NotYet("Ink and paper have changed places: 0 is paper, and full ink becomes 1.")
    if not np.allclose(got, wanted, atol=1e-5):
        raise NotYet(
            "The range is right, but the values are not x / 255 in the order of the pixels. Is it shape, type, scale, and no more?"
        )
    pale = (pictures[:2] // 2).astype(np.uint8)
    if not np.allclose(_prepare(prepare, pale), pale.reshape(2, 784) / 255, atol=1e-5):
        raise NotYet(
            "A pale picture comes out as dark as a black one. Divide by 255, the same number for all pictures, not by their own maximum."
        )
    return "rows of float32, from 0 for paper to 1 for ink"


def _prepare(prepare, pictures):
    try:
        return call(prepare, pictures, name="prepare", copy=False)
    except NotYet as problem:
        text = str(problem)
        if "UFuncTypeError" in text or "Cannot cast" in text:
            raise NotYet(
                "`/=` tries to put fractions into an array of bytes, which cannot hold them. First the type, then the scale."
            ) from None
        if "cannot reshape" in text:
            raise NotYet(
                "`prepare` fails for another number of pictures. Use len(pictures), not the length of the training set."
            ) from None
        raise


def check_1_4(targets, data):
    """One-hot labels."""
    n = len(data.y_train)
    got = array(targets, "targets")
    if got.shape == (n,):
        raise NotYet(f"`targets` has shape ({n},): plain labels. One-hot rows have ten numbers each, ({n}, 10).")
    if got.shape == (10, n):
        raise NotYet(f"`targets` has shape (10, {n}). One row for each image: transpose it.")
    if got.shape != (n, 10):
        raise NotYet(f"`targets` has shape {got.shape}; expected ({n}, 10). There are ten digits, 0 to 9.")
    if not np.array_equal(np.unique(got), [0, 1]):
        raise NotYet("`targets` holds other numbers than 0 and 1. Each row has a single one and nine zeros.")
    if not (got.sum(axis=1) == 1).all():
        raise NotYet("Some rows do not have exactly one 1. Each image has one label.")
    if not np.array_equal(got.argmax(axis=1), data.y_train):
        raise NotYet("Each row has its 1, but not in the place of its label. Place 0 is for the digit 0.")
    return f"{n} labels, each a 1 among nine zeros"


def check_1_5(x_fit, y_fit, x_val, y_val, x, y_train):
    """A split that covers everything once and keeps labels with their images."""
    parts = [array(v, name) for v, name in ((x_fit, "x_fit"), (y_fit, "y_fit"), (x_val, "x_val"), (y_val, "y_val"))]
    fit, fit_labels, val, val_labels = parts
    for images, labels, name in ((fit, fit_labels, "fit"), (val, val_labels, "val")):
        if images.ndim != 2 or images.shape[1] != 784:
            raise NotYet(f"`x_{name}` has shape {images.shape}; expected (n, 784), rows of the prepared `x`.")
        if labels.ndim != 1:
            raise NotYet(f"`y_{name}` has shape {labels.shape}; expected one label for each image, ({len(images)},).")
        if len(images) != len(labels):
            raise NotYet(
                f"`x_{name}` has {len(images)} images but `y_{name}` has {len(labels)} labels. Cut both in the same way."
            )
    total = len(x)
    if len(fit) < len(val):
        raise NotYet("The larger part belongs to the training: `x_fit` gets five sixths, `x_val` one sixth.")
    if len(fit) + len(val) > total:
        raise NotYet(
            f"{len(fit)} + {len(val)} images, but there are only {total}: some are on both sides. "
            "What the network has seen cannot tell you how it does on something new."
        )
    if len(fit) + len(val) < total:
        raise NotYet(f"{len(fit)} + {len(val)} images, but there are {total}: {total - len(fit) - len(val)} got lost.")
    if len(val) not in (total // 6, round(total / 6)):
        raise NotYet(f"The validation set has {len(val)} of {total} images; expected a sixth, n_val = {total // 6}.")
    found, wanted = [*_fingerprints(fit), *_fingerprints(val)], _fingerprints(x)
    if sorted(found) != sorted(wanted):
        raise NotYet(
            "The two parts together are not the images of `x`: some appear twice, or have changed. Cut `x` at one place."
        )
    labels = np.concatenate([fit_labels, val_labels])
    if Counter(zip(found, labels.tolist(), strict=True)) != Counter(
        zip(wanted, np.asarray(y_train).tolist(), strict=True)
    ):
        raise NotYet("The images are right, but labels have come apart from them. Cut both in the same way.")
    mine, first, last = map(sorted, (found[len(fit) :], wanted[: len(val)], wanted[-len(val) :]))
    if mine == first:
        raise NotYet(
            "`x_val` is the first sixth; the exercise asks for the last one, as the later lessons do: x[-n_val:]."
        )
    if mine != last:
        raise NotYet(
            "`x_val` is a sixth, but not the last one. Were the images shuffled? Then the same writer may be on both "
            "sides. Take x[-n_val:], as it stands."
        )
    return f"{len(fit)} images to train on, {len(val)} to validate"


def check_1_6(accuracy):
    """The share of right predictions."""
    predicted, true = np.array([3, 1, 4, 1, 5]), np.array([3, 1, 4, 1, 8])
    result = call(accuracy, predicted, true, name="accuracy")
    if np.size(result) == 5:
        raise NotYet("You return one True or False for each image. Their mean is the share that is right.")
    got = number(result, "accuracy(predicted, true)")
    if close(got, 4):
        raise NotYet("That is how many are right. Divide by how many there are.")
    if close(got, 0.2):
        raise NotYet("That is the share of mistakes. Accuracy is the share that is right.")
    if close(got, 80):
        raise NotYet("That is in percent. Return the share itself, 0.8 and not 80.")
    if not close(got, 0.8):
        raise NotYet(f"With four of five right your function gives {got:g}; expected 0.8.")
    if not close(number(call(accuracy, true, true, name="accuracy"), "accuracy"), 1):
        raise NotYet("When all predictions are right, it should give 1.")
    got = number(call(accuracy, predicted[:3], true[:3][::-1].copy(), name="accuracy"), "accuracy")
    if _is_rounded(got, 1 / 3):
        raise NotYet(f"One of three right gives {got:g}: that is rounded. Return the share as it is, 0.3333 and so on.")
    if not close(got, 1 / 3):
        raise NotYet("It works for five images but not for three. Divide by the number of images given.")
    return "4 of 5 right is an accuracy of 0.8"


def check_1_7(nearest_mean):
    """The number of the nearest of ten means."""
    rng = np.random.default_rng(0)
    means = rng.random((10, 784))
    means[3] *= 1.6  # the largest scalar product with most images, and yet not their nearest mean
    means[:, 392:] = 0
    means[7, 392:] = 1  # the largest sum
    labels = rng.integers(0, 10, 50)
    images = means[labels] + 0.15 * rng.standard_normal((50, 784))
    got = array(call(nearest_mean, images, means, name="nearest_mean"), "the result of nearest_mean")
    if got.shape == (10,):
        raise NotYet(
            "You return one number for each mean: the minimum was taken along the images. Take it along the digits."
        )
    if got.shape in ((50, 10), (10, 50)):
        raise NotYet("Those are the distances. Return the number of the nearest mean: `argmin`.")
    if got.shape != (50,):
        raise NotYet(f"From 50 images comes an array of shape {got.shape}; expected (50,), one digit for each image.")
    if got.dtype.kind == "f" and not np.array_equal(got, got.round()):
        raise NotYet(
            "Those are distances, not digits. `argmin` gives the place of the smallest; `min` gives its value."
        )
    distances = ((images[:, None] - means) ** 2).sum(axis=2)
    if np.array_equal(got, distances.argmax(axis=1)):
        raise NotYet("Those are the farthest means. The nearest has the smallest distance.")
    if np.array_equal(got, (images @ means.T).argmax(axis=1)):
        raise NotYet(
            "The largest scalar product is not the smallest distance: a long mean wins too often. Use (x - mean)²."
        )
    if np.array_equal(got, (images[:, None] - means).sum(axis=2).argmin(axis=1)):
        raise NotYet("Differences of both signs cancel in your sum. A distance is the sum of the squared differences.")
    right = np.mean(got == distances.argmin(axis=1))
    if right < 1:
        raise NotYet(
            f"{right:.0%} of the images get their nearest mean. Sum the squared differences over the pixels, then take `argmin`."
        )
    _refuse_other_distances(nearest_mean)
    return "50 of 50 images find their nearest mean"


def _refuse_other_distances(nearest_mean):
    """Two images for which the Euclidean distance, the city-block distance and the angle choose different means."""
    means = 2 + np.random.default_rng(0).random((10, 784))
    means[:3] = 0
    means[0, 0] = 3  # one large difference from an empty image ...
    means[1, 1:10] = 0.9  # ... or several small ones, with a larger sum and a smaller sum of squares
    means[2, 10:14] = 10  # in the direction of the second image, but far away
    images = np.full((2, 784), 1e-6)
    images[1, 10:14] = 1
    apart = np.full((10, 784), 5.0)
    apart[:2] = 0
    apart[0, 0] = 1  # one difference of 1, or twenty of 0.9
    apart[1, 1:21] = 0.9
    got = array(call(nearest_mean, images[:1], apart, name="nearest_mean"), "the result of nearest_mean", shape=(1,))
    if got[0] == 1:
        raise NotYet("You look at the largest difference alone. All of them count: sum the squared differences.")
    got = array(call(nearest_mean, images, means, name="nearest_mean"), "the result of nearest_mean", shape=(2,))
    differences = images[:, None] - means
    if np.array_equal(got, np.abs(differences).sum(axis=2).argmin(axis=1)):
        raise NotYet(
            "Those are the nearest by the city-block distance, the sum of |x - mean|. The Euclidean one squares each "
            "difference before the sum."
        )
    if np.array_equal(got, (images @ means.T / np.linalg.norm(means, axis=1)).argmax(axis=1)):
        raise NotYet(
            "Those are the nearest by the cosine, which compares directions and not lengths. "
            "Sum the squared differences."
        )
    if not np.array_equal(got, (differences**2).sum(axis=2).argmin(axis=1)):
        raise NotYet("Some images get another mean than the one at the smallest Euclidean distance. Use (x - mean)².")


def check_1_8(model):
    """A dense network from 784 numbers to ten probabilities."""
    models.is_model(model, "model")
    if not model.built:
        raise NotYet("Keras does not know the size of the input yet. Let the list begin with keras.Input((784,)).")
    if model.input_shape[1:] == (28, 28):
        raise NotYet("The input is a picture of (28, 28); the images are rows now: keras.Input((784,)).")
    if model.input_shape[1:] != (784,):
        raise NotYet(f"The input has the shape {model.input_shape[1:]}; expected (784,).")
    if model.output_shape[-1] != 10:
        raise NotYet(f"The network gives {model.output_shape[-1]} numbers; expected 10, one for each digit.")
    rng = np.random.default_rng(0)
    images = rng.random((8, 784), dtype=np.float32)
    if not _are_probabilities(models.predict(model, 4 * images)):
        raise NotYet(
            "The ten numbers are not probabilities: they do not add up to one. Give the last layer the activation softmax."
        )
    widths = [layer.units for layer in _dense(model)]
    if len(widths) < 2:
        raise NotYet("There is no hidden layer. Put a Dense layer of 512 units before the one with ten.")
    if "softmax" in [models.activation(layer) for layer in _dense(model)][:-1]:
        raise NotYet("The hidden layer has the activation softmax, which lets hardly anything through. Use relu there.")
    if _is_linear(model):
        raise NotYet("The hidden layer has no activation, so both layers together are no more than one. Give it relu.")
    if widths[0] == 10:
        raise NotYet("The hidden layer has only 10 units, a bottle-neck. The exercise asks for 512.")
    dropout = _dropout(model)
    if "behind the last" in dropout:
        raise NotYet(
            "There is dropout behind the last Dense layer, where it would switch off answers in training. "
            "It comes before the last Dense layer, behind the hidden one."
        )
    return f"a network from 784 numbers to ten probabilities, with {widths[0]} hidden units, {dropout}"


def check_1_9(loss, optimizer):
    """Cross-entropy for integer labels, and an optimizer."""
    import keras

    if isinstance(loss, str) and loss == "accuracy":
        raise NotYet("Accuracy moves in jumps, so it has no slope to follow. The loss must be the cross-entropy.")
    for value, name in ((loss, "loss"), (optimizer, "optimizer")):
        if isinstance(value, type):
            raise NotYet(f"`{name}` is the class {value.__name__}; add parentheses to make an object of it.")
    if _is_optimizer(loss):
        raise NotYet("`loss` holds an optimizer. Have the two changed places?")
    try:
        function = keras.losses.get(loss)
    except (ValueError, TypeError, KeyError):
        raise NotYet(f"Keras knows no loss called {_quoted(loss)}. Look for the spelling in the text above.") from None
    labels = np.array([0, 2])
    probabilities = np.array([[0.7, 0.1, 0.2], [0.3, 0.2, 0.5]], dtype="float32")
    name = getattr(function, "name", getattr(function, "__name__", str(loss)))
    if "sparse" not in name and "categorical" in name:
        raise NotYet(
            "That loss wants one-hot rows, and our labels are plain digits. Its sister for plain digits begins with sparse_."
        )
    if not callable(function):
        raise NotYet(f"`loss` is {describe(loss)}; expected the name of a loss, in quotes.")
    try:
        value = float(np.mean(keras.ops.convert_to_numpy(function(labels, probabilities))))
    except Exception:  # another loss fails in the backend, and each has errors of its own
        raise NotYet(
            f"{name} cannot compare plain digits with ten probabilities. The cross-entropy for plain digits can."
        ) from None
    if not close(value, -np.log([0.7, 0.5]).mean(), 1e-3):
        if hasattr(function, "get_config") and function.get_config().get("from_logits"):
            raise NotYet("from_logits=True is for a network without a softmax at its end. Yours has one.")
        raise NotYet(
            f"{name} is not the cross-entropy −ln p: for p = 0.7 and 0.5 it gives {value:.3f} in place of 0.525."
        )
    try:
        chosen = keras.optimizers.get(optimizer)
    except (ValueError, TypeError, KeyError):
        raise NotYet(f'Keras knows no optimizer called {_quoted(optimizer)}. Try "adam".') from None
    return f"cross-entropy for plain digits, made smaller by {type(chosen).__name__}"


def check_1_10(expected_loss):
    """The cross-entropy of ten equal probabilities."""
    got = number(expected_loss, "expected_loss")
    if close(got, 0.1):
        raise NotYet("0.1 is the probability. The loss is minus its natural logarithm.")
    if close(got, -np.log(10), 1e-2):
        raise NotYet("The logarithm of 0.1 is negative. The loss is minus that, and is never below zero.")
    if close(got, 1.0, 1e-3):
        raise NotYet("That is the logarithm to base ten. ln is the natural one, `np.log`.")
    if close(got, np.log2(10), 1e-2):
        raise NotYet("That is the logarithm to base two. ln is the natural one, `np.log`.")
    if abs(got - np.log(10)) > 0.011:
        raise NotYet(f"Got {got:g}. Ten digits, each with the probability 1/10: what is −ln(1/10)?")
    return f"an untrained network has a loss of ln 10 = {np.log(10):.2f}"


def check_1_11(wrong, model, x_val, y_val):
    """Positions of the mistakes."""
    if isinstance(wrong, tuple) and len(wrong) == 1:
        wrong = wrong[0]  # what np.nonzero and np.where return: as good an index as any
    got = array(wrong, "wrong")
    models.is_model(model, "model")
    images, labels = array(x_val, "x_val", shape=(None, 784)), array(y_val, "y_val", shape=(None,))
    mistaken = models.predict(model, images).argmax(axis=1) != labels
    if got.dtype == bool and got.shape == mistaken.shape:
        if np.array_equal(got, ~mistaken):
            raise NotYet("It is True where the network is right. Turn the comparison round.")
        raise NotYet("That is True or False for each image. `np.flatnonzero(...)` turns it into positions.")
    if got.size == 1 and got.reshape(()) == mistaken.sum() and mistaken.sum() > 1:
        raise NotYet(f"{mistaken.sum()} is how many are wrong. The exercise asks which.")
    if got.ndim != 1 or got.dtype.kind not in "iu":
        raise NotYet(
            f"`wrong` is an array of {got.dtype} and shape {got.shape}; expected positions, integers of shape (m,)."
        )
    if np.array_equal(np.sort(got), np.flatnonzero(~mistaken)):
        raise NotYet("Those are the images on which the network is right. Turn the comparison round.")
    if got.size == mistaken.size:
        raise NotYet(
            "There is one number for each image: the network's answers, perhaps. Find where they differ from `y_val`."
        )
    if not np.array_equal(np.sort(got), np.flatnonzero(mistaken)):
        if got.size == mistaken.sum():
            raise NotYet(
                f"Those are {got.size} numbers, as many as there are mistakes, but other positions. "
                "Count from zero within `x_val`, as np.flatnonzero does."
            )
        raise NotYet(
            f"You found {got.size} positions; the network is wrong on {mistaken.sum()} images. "
            "Compare probabilities.argmax(axis=1) with y_val."
        )
    return f"{mistaken.sum()} mistakes among {mistaken.size} images"


def check_1_12(cross_entropy):
    """Cross-entropy of one-hot labels, made of Keras operations."""
    import keras

    rng = np.random.default_rng(0)
    labels = np.eye(10, dtype="float32")[[3, 1, 4, 1]]
    probabilities = rng.dirichlet(np.ones(10), 4).astype("float32")
    wanted = -np.log(probabilities[np.arange(4), [3, 1, 4, 1]])
    got = models.as_numpy(
        call(cross_entropy, keras.ops.array(labels), keras.ops.array(probabilities), name="cross_entropy")
    )
    if got.shape == (4, 10):
        raise NotYet("There are still ten numbers for each image. Sum them along the last axis.")
    if got.shape in ((), (10,)) or got.shape != (4,):
        raise NotYet(f"From 4 images comes the shape {got.shape}; expected (4,), one number for each image: axis=-1.")
    if close(got, -wanted, 1e-3):
        raise NotYet("Right but for the sign: a loss is minus the logarithm.")
    if close(got, wanted / np.log(10), 1e-3) or close(got, wanted / np.log(2), 1e-3):
        raise NotYet("That is a logarithm to another base. ops.log is the natural one.")
    if not close(got, wanted, 1e-3):
        raise NotYet(
            f"For p = {probabilities[0, 3]:.2g} you get {got[0]:.3f} in place of {wanted[0]:.3f}, which is −ln p."
        )
    certain = np.eye(10, dtype="float32")[[0, 0]]
    edge = models.as_numpy(
        call(cross_entropy, keras.ops.array(np.eye(10, dtype="float32")[[0, 5]]), keras.ops.array(certain))
    )
    if not np.isfinite(edge).all():
        raise NotYet(
            "A probability of zero gives infinity or NaN, and would end the training. Use ops.clip(probabilities, 1e-7, 1)."
        )
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(10, activation="softmax")])
    model.compile("sgd", loss=cross_entropy)
    try:
        model.fit(rng.random((4, 4), dtype="float32"), labels, verbose=0)
    except Exception:  # the loss is the student's own, and in a graph each backend has errors of its own
        raise NotYet(
            "It works on numbers, but not inside model.fit. Use keras.ops in place of NumPy everywhere."
        ) from None
    return "−ln p for each image, and Keras can train with it"


def check_1_13(step):
    """One step of gradient descent for softmax regression."""
    from scipy.special import softmax

    rng = np.random.default_rng(0)
    weights = 0.1 * rng.standard_normal((784, 10))
    images = rng.random((20, 784))
    labels = np.eye(10)[rng.integers(0, 10, 20)]
    slope = images.T @ (softmax(images @ weights, axis=1) - labels) / 20
    # Weights changed in place do no harm: the notebook goes on with what is returned.
    got = array(call(step, weights.copy(), images, labels, 0.1, name="step", copy=False), "the result of step")
    if got.shape != (784, 10):
        raise NotYet(f"`step` returns the shape {got.shape}; expected the new weights, (784, 10).")
    if close(got, slope, 1e-3) or close(got, -0.1 * slope, 1e-3):
        raise NotYet(
            "That is the slope, or the stride alone. Return the weights after the stride: weights - rate * slope."
        )
    if close(got, weights + 0.1 * slope, 1e-5):
        raise NotYet("That goes uphill: the loss would grow. Minus the slope.")
    if close(got, weights - 0.1 * 20 * slope, 1e-5):
        raise NotYet("The slope is summed over the images, not averaged. Divide by their number.")
    if close(got, weights - slope, 1e-5):
        raise NotYet("The learning rate is missing: multiply the slope by it.")
    everything = images.T @ (softmax(images @ weights) - labels) / 20
    if close(got, weights - 0.1 * everything, 1e-5):
        raise NotYet("softmax was taken over all images at once. Each image has ten probabilities of its own: axis=1.")
    columns = images.T @ (softmax(images @ weights, axis=0) - labels) / 20
    if close(got, weights - 0.1 * columns, 1e-5):
        raise NotYet("softmax was taken along the images. Each image has its ten probabilities along axis 1.")
    if not close(got, weights - 0.1 * slope, 1e-5):
        raise NotYet(
            "Those are not the weights after one stride. Put together p, the slope "
            "images.T @ (p - labels) / len(images), and weights - rate * slope."
        )
    return "one stride downhill, in plain NumPy"


def check_1_14(champion, model, x_val, y_val):
    """A network that beats the first one on the validation images."""
    models.is_model(champion, "champion")
    models.is_model(model, "model")
    if champion is model:
        raise NotYet("`champion` is the first network itself. Build one of your own.")
    if getattr(champion, "optimizer", None) is None:
        raise NotYet("`champion` is not compiled, so it cannot have been trained: compile it, then fit it.")
    images = array(x_val, "x_val", shape=(None, 784))
    labels = array(y_val, "y_val", shape=(len(images),))
    score = models.accuracy(champion, images, labels)
    if score < 0.3:
        raise NotYet(f"`champion` is right on {score:.1%}, as good as guessing. Has it been trained with fit?")
    if not _are_probabilities(models.predict(champion, images[:100])):
        raise NotYet(
            "The ten numbers of `champion` are not probabilities: they do not add up to one. End with softmax, then "
            "compile and fit it again."
        )
    advice = "Try more units, more epochs, or a rate that falls."
    if len(images) < FEW:
        if score < CHAMPION_ON_FEW:
            raise NotYet(f"{score:.1%} of the validation images are right; the goal is {CHAMPION_ON_FEW:.1%}. {advice}")
        return (
            f"{score:.1%} of {len(images)} validation images are right; one image more or less is {1 / len(images):.1%}"
        )
    first = models.accuracy(model, images, labels)
    if score > BY_HEART and {type(layer).__name__ for layer in models.layers(champion)} <= PLAIN:
        raise NotYet(
            f"{score:.2%} of the validation images are right, more than we have seen of a dense network on images that "
            "are new to it. If x_val was in its training, build it anew, and fit it on x_fit and y_fit only."
        )
    if score <= first:
        raise NotYet(
            f"{score:.2%} of the validation images are right, and {first:.2%} with the first network. {advice}"
        )
    return f"{score:.2%} of the validation images are right, after {first:.2%} with the first network"


def check_1_15(chosen, test_accuracy, data):
    """The test accuracy of the chosen network, as a share."""
    models.is_model(chosen, "chosen")
    got = models.share(test_accuracy, "test_accuracy")
    rows = data.x_test.reshape(len(data.x_test), -1).astype("float32") / 255
    answers = models.predict(chosen, rows)
    score = float(np.mean(answers.argmax(axis=1) == data.y_test))
    enough = 0.6 / len(data.y_test)  # less than one image
    if abs(got - score) > enough:
        loss = -np.log(np.clip(answers[np.arange(len(rows)), data.y_test], 1e-7, 1)).mean()
        if np.isclose(got, loss, rtol=1e-2):
            raise NotYet(f"{got:.4f} is the loss on the test images. evaluate returns it first, the accuracy second.")
        if abs(got - (1 - score)) < enough:
            raise NotYet(f"{got:.4f} is the share of mistakes. The accuracy is the share that is right.")
        if _is_rounded(got, score):
            raise NotYet(
                f"{got:g} is {score:.4f} rounded. Give the number as `evaluate` returns it, with all its digits."
            )
        unscaled = models.accuracy(chosen, rows * 255, data.y_test)
        if abs(got - unscaled) < enough:
            raise NotYet("The test images were not scaled. Prepare them with the function from Exercise 1.3.")
        train = data.x_train.reshape(len(data.x_train), -1).astype("float32") / 255
        if abs(got - models.accuracy(chosen, train, data.y_train)) < enough:
            raise NotYet("That is the accuracy on the training images. The test images are data.x_test.")
        raise NotYet(
            f"You say {got:.4f}, but on the test images this network is right on {score:.4f}. Which images did you use?"
        )
    if score < GUESSING:
        raise NotYet(
            f"{score:.2%} on the test images is hardly better than guessing. Was it trained? Run the cell with fit again; "
            'with "adam" in Exercise 1.9 it learns fastest.'
        )
    if score < TEST[data.name]:
        by_sgd = type(getattr(chosen, "optimizer", None)).__name__ == "SGD"
        why = ', and "sgd" at its usual rate needs many more epochs for it' if by_sgd else ""
        return (
            f'{score:.2%} of the test images are right; 512 hidden units and "adam" reach more than '
            f"{TEST[data.name]:.0%}{why}"
        )
    return f"{score:.2%} of the test images are right"


# --- what the checks share ------------------------------------------------------------------------


def _fingerprints(images):
    """One number for each image, the same for the same pixels, so that sets of images can be compared in any order."""
    return [hash(row.tobytes()) for row in np.ascontiguousarray(images, dtype=np.float32)]


def _is_rounded(got, wanted):
    """Whether a share is another one, rounded to one, two or three places."""
    return 0 < got < 1 and any(np.isclose(got, round(wanted, places), rtol=0, atol=1e-6) for places in (1, 2, 3))


def _are_probabilities(answers):
    return (answers >= 0).all() and np.allclose(answers.sum(axis=1), 1, atol=1e-3)


def _is_optimizer(value):
    import keras

    if isinstance(value, str):
        try:
            value = keras.optimizers.get(value)
        except ValueError:
            return False
    return isinstance(value, keras.optimizers.Optimizer)


def _quoted(value):
    return repr(value[:30]) if isinstance(value, str) else describe(value)


def _dense(model):
    return [layer for layer in models.layers(model) if hasattr(layer, "units")]


def _dropout(model):
    """In words, how much dropout a network has, and where it is not between the Dense layers."""
    layers = models.layers(model)
    dense = [place for place, layer in enumerate(layers) if hasattr(layer, "units")]
    found = []
    for place, layer in enumerate(layers):
        if "Dropout" in type(layer).__name__:
            where = " on the input" if place < dense[0] else " behind the last" if place > dense[-1] else ""
            found.append(f"dropout {layer.rate:g}{where}")
    return " and ".join(found) or "without dropout"


def _is_linear(model):
    """Whether the logarithms of the probabilities, up to a constant, are linear in the input."""
    first, second = np.random.default_rng(0).random((2, 8, 784), dtype=np.float32)

    def answer(images):
        logarithms = np.log(np.maximum(models.predict(model, images), 1e-30))
        return logarithms - logarithms.mean(axis=1, keepdims=True)

    rest = answer(first + second) - answer(first) - answer(second) + answer(0 * first)
    return np.allclose(rest, 0, atol=1e-2)
