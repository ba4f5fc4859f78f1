"""Answers to the exercises of lesson 6."""

import itertools
from collections import Counter, defaultdict

import numpy as np
from scipy.stats import poisson

from tests.wrong_answers import Bank, Lazy


def _pixel_by_pixel(image, dose, read_noise, rng):
    return [[rng.normal(rng.poisson(dose * pixel), read_noise) for pixel in row] for row in image.tolist()]


def _global(image, dose, read_noise, rng):
    return np.random.poisson(dose * image) + np.random.normal(0, read_noise, image.shape)  # noqa: NPY002


def added(noise):
    """Counts, and noise as a function of the image, the dose, `read_noise` and the generator."""
    return lambda i, d, s, rng: rng.poisson(d * i) + noise(i, d, s, rng)


def _rounded_gaussian(image, dose, read_noise, rng):
    counts = np.round(rng.normal(dose * image, np.sqrt(dose * image))).clip(0)
    return counts + rng.normal(0, read_noise, image.shape)


EXERCISE_6_1 = Bank(
    wrong={
        "untouched": (lambda i, d, s, rng: ..., "blank"),
        "no noise": (lambda i, d, s, rng: d * i, "There is no noise in it"),
        "no dose": (lambda i, d, s, rng: rng.poisson(i) + rng.normal(0, s, i.shape), "as with a dose of 1"),
        "dose afterwards": (lambda i, d, s, rng: d * rng.poisson(i) + rng.normal(0, s, i.shape), "9 times the mean"),
        "image afterwards": (
            lambda i, d, s, rng: rng.poisson(d, i.shape) * i + rng.normal(0, s, i.shape),
            "no whole numbers",
        ),
        "Gaussian": (
            lambda i, d, s, rng: rng.normal(d * i, np.sqrt(d * i)) + rng.normal(0, s, i.shape),
            "a Gaussian of the right width",
        ),
        "rounded Gaussian": (_rounded_gaussian, "zeros"),
        "one Gaussian": (lambda i, d, s, rng: rng.normal(d * i, 1.0 + s), "pixels without light read something"),
        "background": (lambda i, d, s, rng: rng.poisson(d * i + 1) + rng.normal(0, s, i.shape), "Where the image is 0"),
        "no read noise": (lambda i, d, s, rng: rng.poisson(d * i), "read noise is missing"),
        "variance": (
            added(lambda i, d, s, rng: rng.normal(0, np.sqrt(s), i.shape)),
            "as if `read_noise` were a variance",
        ),
        "square": (added(lambda i, d, s, rng: rng.normal(0, s**2, i.shape)), "that is its square"),
        "times dose": (added(lambda i, d, s, rng: d * rng.normal(0, s, i.shape)), "multiplied by the dose"),
        "times image": (added(lambda i, d, s, rng: i * rng.normal(0, s, i.shape)), "grows with the light"),
        "absolute": (added(lambda i, d, s, rng: np.abs(rng.normal(0, s, i.shape))), "the published fault"),
        "cut off": (lambda i, d, s, rng: (rng.poisson(d * i) + rng.normal(0, s, i.shape)).clip(0), "cut nothing off"),
        "one number": (added(lambda i, d, s, rng: rng.normal(0, s)), "Each needs its own"),
        "one for each row": (added(lambda i, d, s, rng: rng.normal(0, s, (len(i), 1))), "Each needs its own"),
        "uniform": (added(lambda i, d, s, rng: np.sqrt(3) * rng.uniform(-s, s, i.shape)), "no Gaussian"),
        "np.random": (_global, "the second time"),
        "a generator of its own": (
            lambda i, d, s, rng: np.random.default_rng(0).poisson(d * i) + s,
            "Two different `rng`",
        ),
        "sum": (lambda i, d, s, rng: rng.poisson(d * i.sum()), "expected (120, 200)"),
        "always nine": (lambda i, d, s, rng: rng.poisson(9 * i) + rng.normal(0, s, i.shape), "Use `dose`"),
    },
    right={
        "noise first": lambda i, d, s, rng: rng.normal(scale=s, size=i.shape) + rng.poisson(lam=i * d),
        "standard normal": lambda i, d, s, rng: rng.poisson(d * i) + s * rng.standard_normal(i.shape),
        "about the counts": lambda i, d, s, rng: rng.normal(rng.poisson(d * i), s).astype("float32"),
        "pixel by pixel": _pixel_by_pixel,
    },
)


def _smallest(values, tolerance, sign=np.abs, take=min):
    return take(value for value in sign(values) if value > tolerance)


def _sizes(k, tolerance, **options):
    return tuple(1 / _smallest(along, tolerance, **options) for along in k.T)


def _shortest(k):
    return k[np.linalg.norm(k, axis=1).argmin()]


def _sorted(k, tolerance):
    along = np.sort(np.abs(k), axis=0)
    return [1 / column[np.searchsorted(column, tolerance)] for column in along.T]


def _both_above(k, tolerance):
    return 1 / np.abs(k)[(np.abs(k) > tolerance).all(axis=1)].min(axis=0)


EXERCISE_6_2 = Bank(
    wrong={
        "untouched": (lambda k, t: (..., ...), "blank"),
        "signs": (lambda k, t: _sizes(k, t, sign=np.array), "np.abs(k) first"),
        "zero": (lambda k, t: 1 / np.abs(k).min(axis=0), "1/0 is infinite"),
        "exact zero only": (lambda k, t: _sizes(k, 0), "Below `tolerance`"),
        "swapped": (lambda k, t: _sizes(k, t)[::-1], "changed places"),
        "frequencies": (lambda k, t: [1 / size for size in _sizes(k, t)], "Those are frequencies"),
        "largest": (lambda k, t: 1 / np.abs(k).max(axis=0), "the largest frequencies"),
        "own tolerance": (lambda k, t: _sizes(k, 0.01), "no number of your own"),
        "both": (_both_above, "Peaks on the axes"),
        "parts of the shortest": (lambda k, t: 1 / np.abs(_shortest(k)), "nearest to the middle"),
        "the shortest": (lambda k, t: (1 / np.linalg.norm(_shortest(k)),) * 2, "length of the shortest"),
        "rounded": (lambda k, t: np.round(_sizes(k, t)), "rounded"),
        "share": (lambda k, t: [size / 1000 for size in _sizes(k, t)], "expected 38.46 x 23.26"),
        "width only": (lambda k, t: _sizes(k, t)[0], "expected two numbers"),
        "radians": (lambda k, t: [2 * np.pi * size for size in _sizes(k, t)], "No 2π"),
    },
    right={
        "generator": _sizes,
        "sorted, a list": _sorted,
        "an array": lambda k, t: 1 / np.where(np.abs(k) > t, np.abs(k), np.inf).min(axis=0),
        "the largest period": lambda k, t: (
            (1 / np.abs(k)[np.abs(k[:, 0]) >= t, 0]).max() * np.array([1, 0])
            + (1 / np.abs(k)[np.abs(k[:, 1]) >= t, 1]).max() * np.array([0, 1])
        ),
    },
)


def _twice(data):
    return [np.concatenate([images.numpy() for images, _ in data]) for _ in range(2)]


def _differ(data):
    first, second = _twice(data)
    return (first != second).any(axis=(1, 2, 3))


def _batch_means(data):
    return np.mean([(a.numpy() != b.numpy()).any(axis=(1, 2, 3)).mean() for (a, _), (b, _) in zip(data, data)])  # noqa: B905


def _first_batch(data):
    first, second = (next(iter(data))[0].numpy() for _ in range(2))
    return (first != second).any(axis=(1, 2, 3)).mean()


def _labels(data):
    first, second = (np.concatenate([labels.numpy() for _, labels in data]) for _ in range(2))
    return (first != second).mean()


def _once(data):
    first = np.concatenate([images.numpy() for images, _ in data])
    return (first != first.copy()).any(axis=(1, 2, 3)).mean()


def _sums(data):
    first, second = (images.sum(axis=(1, 2, 3)) for images in _twice(data))
    return (first != second).mean()


def _mean_difference(data):
    first, second = (images.astype(float) for images in _twice(data))
    return np.abs(first - second).mean()


def _side_by_side(data):
    changed = total = 0
    for (first, _), (second, _) in zip(data, data, strict=True):
        for one, other in zip(np.asarray(first), np.asarray(second), strict=True):
            changed, total = changed + (not np.array_equal(one, other)), total + 1
    return changed / total


def _with_tensorflow(data):
    import tensorflow as tf

    first, second = (tf.concat([images for images, _ in data], axis=0) for _ in range(2))
    return tf.reduce_mean(tf.cast(tf.reduce_any(first != second, axis=[1, 2, 3]), tf.float32))


def _unbatched(data):
    first, second = ([image.tobytes() for image, _ in data.unbatch().as_numpy_iterator()] for _ in range(2))
    return sum(a != b for a, b in zip(first, second, strict=True)) / len(first)


EXERCISE_6_3 = Bank(
    wrong={
        "untouched": (lambda data: ..., "blank"),
        "labels": (_labels, "compare images, not labels"),
        "first batch": (_first_batch, "first batch only"),
        "mean of batches": (_batch_means, "the batches' shares"),
        "pixels": (lambda data: np.not_equal(*_twice(data)).mean(), "share of the pixels"),
        "number of pixels": (lambda data: np.not_equal(*_twice(data)).sum(), "number of pixels"),
        "all pixels": (lambda data: np.not_equal(*_twice(data)).all(axis=(1, 2, 3)).mean(), "You find none"),
        "equal": (lambda data: 1 - _differ(data).mean(), "stay as they are"),
        "per cent": (lambda data: 100 * _differ(data).mean(), "per cent"),
        "number": (lambda data: _differ(data).sum(), "Divide by how many"),
        "once": (_once, "through the data once"),
        "never": (lambda data: 1.0, "not at all"),
        "any": (lambda data: np.not_equal(*_twice(data)).any(), "not all images in them"),
        "brighter": (lambda data: np.less(*_twice(data)).any(axis=(1, 2, 3)).mean(), "have become darker"),
        "darker": (lambda data: np.greater(*_twice(data)).any(axis=(1, 2, 3)).mean(), "have become brighter"),
        "sums": (_sums, "same sum"),
        "mean difference": (_mean_difference, "differ on average"),
        "each image": (_differ, "expected one number"),
        "always": (lambda data: 6 / 13 + 0 * _differ(data).mean(), "For data of which 0%"),
    },
    right={
        "concatenated": lambda data: _differ(data).mean(),
        "side by side": _side_by_side,
        "a tensor": _with_tensorflow,
        "unbatched": _unbatched,
    },
)


def pipeline(*steps):
    """A pipeline of these steps, each a short word."""

    def build(files, labels, read, augment, buffer=1000):
        import tensorflow as tf

        does = {
            "read": lambda data: data.map(lambda file, label: (read(file), label)),
            "read fast": lambda data: data.map(lambda file, label: (read(file), label), num_parallel_calls=4),
            "read both": lambda data: data.map(read),
            "read without label": lambda data: data.map(lambda file, label: read(file)),
            "augment": lambda data: data.map(lambda image, label: (augment(image), label)),
            "augment fast": lambda data: data.map(
                lambda image, label: (augment(image), label), num_parallel_calls=tf.data.AUTOTUNE
            ),
            "augment both": lambda data: data.map(augment),
            "augment each": lambda data: data.map(lambda images, label: (tf.map_fn(augment, images), label)),
            "both": lambda data: data.map(lambda file, label: (augment(read(file)), label)),
            "cache": lambda data: data.cache(),
            "shuffle": lambda data: data.shuffle(buffer),
            "shuffle seeded": lambda data: data.shuffle(buffer_size=buffer, seed=3),
            "shuffle all": lambda data: data.shuffle(len(files)),
            "shuffle five": lambda data: data.shuffle(5),
            "shuffle once": lambda data: data.shuffle(buffer, reshuffle_each_iteration=False),
            "batch": lambda data: data.batch(32),
            "batch 16": lambda data: data.batch(16),
            "batch whole": lambda data: data.batch(32, drop_remainder=True),
            "unbatch": lambda data: data.unbatch(),
            "prefetch": lambda data: data.prefetch(2),
            "repeat": lambda data: data.repeat(),
            "roll": lambda data: data.batch(4).map(lambda images, label: (images, tf.roll(label, 1, 0))).unbatch(),
            "scale": lambda data: data.map(lambda image, label: (tf.cast(image, tf.float32) / 255, label)),
            "float": lambda data: data.map(lambda image, label: (tf.cast(image, tf.float32), label)),
            "list": list,
        }
        data = tf.data.Dataset.from_tensor_slices((files, labels))
        for step in steps:
            data = does[step](data)
        return data

    return build


def _read_before(files, labels, read, augment, buffer=1000):
    """All images in one tensor, in place of a cache."""
    import tensorflow as tf

    images = tf.stack([read(file) for file in files])
    data = tf.data.Dataset.from_tensor_slices((images, labels)).shuffle(buffer)
    return data.map(lambda image, label: (augment(image), label)).batch(32).prefetch(tf.data.AUTOTUNE)


def _files_only(files, labels, read, augment):
    import tensorflow as tf

    return tf.data.Dataset.from_tensor_slices((files, labels)).cache().shuffle(1000).batch(32)


EXERCISE_6_4 = Bank(
    wrong={
        "untouched": (lambda *a: ..., "blank"),
        "published": (pipeline("read", "augment", "cache", "batch", "prefetch"), "they were frozen"),
        "published, shuffled": (pipeline("read", "augment", "cache", "shuffle", "batch"), "they were frozen"),
        "cache at the end": (pipeline("read", "shuffle", "augment", "batch", "cache"), "they were frozen"),
        "shuffle before cache": (pipeline("read", "shuffle", "cache", "augment", "batch"), "frozen, too"),
        "shuffle first": (pipeline("shuffle", "read", "cache", "augment", "batch"), "frozen, too"),
        "shuffled once": (pipeline("read", "cache", "shuffle once", "augment", "batch"), "frozen, too"),
        "no cache": (pipeline("read", "shuffle", "augment", "batch"), "read 2 times"),
        "cache of the names": (pipeline("cache", "shuffle", "read", "augment", "batch"), "right behind the step"),
        "read and augment in one": (pipeline("cache", "shuffle", "both", "batch"), "right behind the step"),
        "no shuffle": (pipeline("read", "cache", "augment", "batch", "prefetch"), "that of the files"),
        "shuffle five": (pipeline("read", "cache", "shuffle five", "augment", "batch"), "near to their place"),
        "own buffer": (pipeline("read", "cache", "shuffle all", "augment", "batch"), "With buffer = 1"),
        "shuffle batches": (pipeline("read", "cache", "augment", "batch", "shuffle"), "Whole batches"),
        "no augmentation": (pipeline("read", "cache", "shuffle", "batch"), "not augmented"),
        "augmented twice": (pipeline("both", "cache", "shuffle", "augment", "batch"), "augmented twice"),
        "no batch": (pipeline("read", "cache", "shuffle", "augment", "prefetch"), "single images"),
        "batch first": (pipeline("batch", "read", "cache", "shuffle", "augment"), "many file names"),
        "batch before augment": (pipeline("read", "cache", "shuffle", "batch", "augment"), "a whole batch"),
        "batch twice": (pipeline("read", "cache", "shuffle", "augment", "batch", "batch"), "batches of batches"),
        "batch of 16": (pipeline("read", "cache", "shuffle", "augment", "batch 16"), "expected 32, 32, 32 and 4"),
        "last batch dropped": (pipeline("read", "cache", "shuffle", "augment", "batch whole"), "only 96 images"),
        "repeat": (pipeline("read", "cache", "shuffle", "augment", "repeat", "batch"), "No repeat()"),
        "no lambda for read": (pipeline("read both", "cache", "shuffle", "augment", "batch"), "the file name only"),
        "no lambda for augment": (pipeline("read", "cache", "shuffle", "augment both", "batch"), "the image only"),
        "no label": (pipeline("read without label", "cache", "shuffle", "batch"), "does not yield pairs"),
        "labels of others": (pipeline("read", "cache", "shuffle", "roll", "augment", "batch"), "belong together"),
        "names only": (_files_only, "A batch has images of shape (32,)"),
        "scaled": (pipeline("read", "cache", "shuffle", "augment", "scale", "batch"), "Leave the pixels"),
        "a list": (pipeline("read", "cache", "shuffle", "augment", "batch", "list"), "expected the data set"),
    },
    right={
        "as meant": pipeline("read", "cache", "shuffle", "augment", "batch", "prefetch"),
        "no prefetch": pipeline("read", "cache", "shuffle", "augment", "batch"),
        "augment, then shuffle, in parallel": pipeline("read fast", "cache", "augment fast", "shuffle seeded", "batch"),
        "augment one by one in the batch": pipeline("read", "cache", "shuffle", "batch", "augment each", "prefetch"),
        "shuffle twice, floats": pipeline("shuffle", "read", "cache", "shuffle", "float", "augment", "batch"),
        "batch and unbatch": pipeline("read", "batch", "cache", "unbatch", "shuffle", "augment", "batch"),
        "images in memory": _read_before,
    },
)


def small(
    kernels=(16, 32, 64, 64),
    sizes=(5, 3, 3, 3),
    strides=2,
    scale=1,
    pools=(2, 3),
    end="mean",
    classes=13,
    last="softmax",
    activation="relu",
    padding="valid",
    norm=False,
    side=96,
):
    """The network of Exercise 6.5, or a wrong turn of it."""

    def make():
        import keras
        from keras import layers

        ends = {
            "mean": [layers.GlobalAveragePooling2D()],
            "max": [layers.GlobalMaxPooling2D()],
            "flat": [layers.Flatten()],
            "pool": [layers.AveragePooling2D(8), layers.Flatten()],
            "lambda": [layers.Lambda(lambda maps: keras.ops.mean(maps, axis=(1, 2)))],
            "": [],
        }
        stack = [keras.Input((side, side, 1))] + [layers.Rescaling(1 / 255) for _ in range(scale)]
        for place, (count, size) in enumerate(zip(kernels, sizes, strict=True), start=1):
            step = strides if place == 1 else 1
            stack.append(layers.Conv2D(count, size, strides=step, activation=activation, padding=padding))
            if norm:
                stack.append(layers.BatchNormalization())
            if activation is None:
                stack.append(layers.ReLU())
            stack += [layers.MaxPooling2D()] * (place in pools)
        return keras.Sequential([*stack, *ends[end], layers.Dense(classes, activation=last)])

    return Lazy(make)


def _functional():
    import keras
    from keras import layers

    images = keras.Input((96, 96, 1))
    x = layers.Conv2D(16, 5, 2, activation="relu")(images / 255)
    for kernels in (32, 64):
        x = layers.MaxPooling2D()(layers.Conv2D(kernels, 3, activation="relu")(x))
    x = keras.ops.mean(layers.Conv2D(64, 3, activation="relu")(x), axis=(1, 2))
    return keras.Model(images, layers.Softmax()(layers.Dense(13)(layers.Dropout(0.2)(x))))


def _a_list():
    return small().make().layers


def _no_input():
    import keras

    return keras.Sequential([keras.layers.Dense(13)])


def _no_activation():
    import keras

    stack = small(activation="linear").make().layers
    return keras.Sequential([keras.Input((96, 96, 1)), *stack])


EXERCISE_6_5 = Bank(
    wrong={
        "untouched": (..., "blank"),
        "a list": (Lazy(_a_list), "list of layers"),
        "no input": (Lazy(_no_input), "keras.Input((96, 96, 1))"),
        "another size": (small(side=128), "expected images of shape (96, 96, 1)"),
        "flat": (small(end="flat"), "Pool, don't flatten"),
        "no pooling": (small(end=""), "Take the mean of each one"),
        "largest": (small(end="max"), "GlobalAveragePooling2D"),
        "not scaled": (small(scale=0), "Rescaling(1 / 255)"),
        "scaled twice": (small(scale=2), "divided by 255 twice"),
        "no softmax": (small(last=None), 'activation="softmax"'),
        "sigmoid": (small(last="sigmoid"), 'activation="softmax"'),
        "ten classes": (small(classes=10), "expected 13 numbers"),
        "no strides": (small(strides=1), "strides [1, 1, 1, 1]"),
        "all kernels 3": (small(sizes=(3, 3, 3, 3)), "kernel sizes [3, 3, 3, 3]"),
        "narrow": (small(kernels=(16, 32, 32, 64)), "kernels [16, 32, 32, 64]"),
        "three convolutions": (small(kernels=(16, 32, 64), sizes=(5, 3, 3)), "There are 3 layers Conv2D"),
        "five convolutions": (small(kernels=(16, 32, 64, 64, 64), sizes=(5, 3, 3, 3, 3)), "weights; expected 61,325"),
        "normalised": (small(norm=True), "weights; expected 61,325"),
        "same": (small(padding="same"), "paddings"),
        "linear": (Lazy(_no_activation), "activations ['linear'"),
        "one pooling": (small(pools=(2,)), "There are 1 MaxPooling2D()"),
        "pooling elsewhere": (small(pools=(1, 2)), "computes something else"),
    },
    right={
        "as meant": small(),
        "pooled and flat": small(end="pool"),
        "a lambda": small(end="lambda"),
        "activations apart": small(activation=None),
        "functional, with dropout": Lazy(_functional),
    },
)


def _answer(network, image):
    return network.predict(image[np.newaxis, :, :, np.newaxis], verbose=0)[0]


def _named(network, image, classes, take=np.argmax):
    probabilities = _answer(network, image)
    return classes[take(probabilities)], probabilities[take(probabilities)]


def _called(network, image, classes):
    answers = network(image.reshape(1, 96, 96, 1).astype("float32"), training=False)
    sure, name = max(zip(np.asarray(answers)[0].tolist(), classes, strict=True))
    return {name: sure}.popitem()


def _as_list(network, image, classes):
    probabilities = np.squeeze(network.predict_on_batch(image[None, ..., None]))
    return [np.array(classes)[probabilities.argmax()], probabilities.max()]


def _ops():
    import keras

    return keras.ops


EXERCISE_6_6 = Bank(
    wrong={
        "untouched": (lambda n, i, c: (..., ...), "blank"),
        "divided": (lambda n, i, c: _named(n, i / 255, c), "an almost black image"),
        "no batch": (lambda n, i, c: _named_of(n.predict(i, verbose=0), c), "shape (1, 96, 96, 1)"),
        "no batch, channel": (lambda n, i, c: _named_of(n.predict(i[..., None], verbose=0), c), "shape (1, 96, 96, 1)"),
        "place": (lambda n, i, c: (_answer(n, i).argmax(), _answer(n, i).max()), "is the place of the class"),
        "all probabilities": (lambda n, i, c: (_named(n, i, c)[0], _answer(n, i)), "the probabilities of all classes"),
        "only probabilities": (lambda n, i, c: _answer(n, i), "the probabilities of all classes"),
        "least": (lambda n, i, c: _named(n, i, c, np.argmin), "least probable"),
        "another probability": (
            lambda n, i, c: (_named(n, i, c)[0], _answer(n, i)[0]),
            "is the probability of 'hexagon'",
        ),
        "first": (lambda n, i, c: (c[0], _answer(n, i)[0]), "the most probable class is"),
        "swapped": (lambda n, i, c: _named(n, i, c)[::-1], "changed places"),
        "per cent": (lambda n, i, c: (_named(n, i, c)[0], 100 * _answer(n, i).max()), "per cent"),
        "mean": (lambda n, i, c: (_named(n, i, c)[0], _answer(n, i).mean()), "its probability is"),
        "name only": (lambda n, i, c: _named(n, i, c)[0], "expected two things"),
        "turned": (lambda n, i, c: _named(n, i.T, c), "Rows and columns"),
        "sorted names": (lambda n, i, c: _named(n, i, sorted(c)), "the most probable class is"),
        "upper case": (lambda n, i, c: (_named(n, i, c)[0].upper(), 1.0), "no name from `classes`"),
        "an array": (lambda n, i, c: (_named(n, i, c)[0], _answer(n, i).max(keepdims=True)), "array of shape (1,)"),
    },
    right={
        "predict": _named,
        "called": _called,
        "a list": _as_list,
        "a tensor": lambda n, i, c: (_named(n, i, c)[0], _ops().max(_answer(n, i))),
        "rounded a little": lambda n, i, c: (_named(n, i, c)[0], round(float(_named(n, i, c)[1]), 4)),
    },
)


def _named_of(answers, classes):
    return classes[answers[0].argmax()], answers[0].max()


def fit(network, images, labels, epochs, rate):
    """The function of the notebook, without its progress line."""
    import keras

    rate = keras.optimizers.schedules.CosineDecay(rate, epochs * -(-len(images) // 32))
    network.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    network.fit(images, labels, batch_size=32, epochs=epochs, verbose=0)


def head(
    epochs=100,
    rate=0.01,
    before="batch",
    hidden=0,
    classes=13,
    last="softmax",
    takes="features",
    result="head",
    known=True,
    functional=False,
    mode=None,
):
    """A function for Exercise 6.7, or a wrong turn of it."""

    def train_head(backbone, images, labels):
        import keras
        from keras import layers

        predicted = mode is None
        features = np.asarray(backbone.predict(images, verbose=0) if predicted else backbone(images, training=mode))
        if result == "features":
            return features
        if before == "adapted":
            normal = layers.Normalization()
            normal.adapt(features)
        else:
            normal = layers.BatchNormalization()
        stack = [keras.Input(features.shape[1:])] * known + [normal] * bool(before)
        if takes == "images":
            stack = [keras.Input((96, 96, 1)), layers.Flatten(), layers.Rescaling(1 / 255)]
        if takes == "backbone":
            stack = [keras.Input((96, 96, 1)), backbone, *[normal] * bool(before)]
        if hidden:
            stack.append(layers.Dense(hidden, activation="relu"))
        network = keras.Sequential([*stack, layers.Dense(classes, activation=last)])
        if functional:
            network = keras.Model(network.inputs, network.outputs)
        if epochs:
            fit(network, features if takes == "features" else images, labels, epochs, rate)
        return None if result == "nothing" else network

    return train_head


def _frozen_backbone(backbone, images, labels):
    backbone.trainable = False
    return head(takes="backbone", epochs=1)(backbone, images, labels)


EXERCISE_6_7 = Bank(
    wrong={
        "untouched": (lambda b, x, y: ..., "blank"),
        "nothing returned": (head(result="nothing", epochs=0), "None"),
        "features": (head(result="features"), "Those are the features"),
        "not trained": (head(epochs=0), "Is it trained"),
        "not trained, input unknown": (head(epochs=0, known=False), "was never trained"),
        "one epoch": (head(epochs=1), "100 epochs"),
        "tiny rate": (head(rate=1e-6, epochs=20), "rate of 0.01"),
        "not normalised": (head(before=None), "put a BatchNormalization"),
        "images": (head(takes="images", epochs=1), "The head takes images"),
        "all trained": (head(takes="backbone", epochs=1), "weights have changed"),
        "backbone in the head": (_frozen_backbone, "not contain the backbone"),
        "as in training": (head(mode=True, epochs=1), "weights have changed"),
        "no softmax": (head(last=None, epochs=1), "no probabilities"),
        "ten classes": (head(classes=10, epochs=1), "13 outputs, one for each class"),
        "twenty classes": (head(classes=20, epochs=1), "expected 13 probabilities"),
        "hidden layer": (head(hidden=8, epochs=1), "has 2 Dense layers"),
        "no network": (lambda b, x, y: b.predict(x, verbose=0).argmax(axis=1), "expected the head"),
    },
    right={
        "as meant": head(),
        "called, functional, normalised before": head(mode=False, functional=True, before="adapted"),
        "input found while training": head(known=False),
    },
)


def tune(wanted=lambda place, count, n: place >= n - count, norm=False, first=True, end=None, result="flags"):
    """A function for Exercise 6.8, or a wrong turn of it."""

    def tune_last(backbone, count):
        import keras

        if first is not None:
            backbone.trainable = first
        for place, layer in enumerate(backbone.layers):
            moves = wanted(place, count, len(backbone.layers))
            layer.trainable = bool(moves and (norm or not isinstance(layer, keras.layers.BatchNormalization)))
        if end is not None:
            backbone.trainable = end
        moving = [layer for layer in backbone.layers if layer.trainable]
        return {
            "flags": len(moving),
            "count": count,
            "layers": moving,
            "nothing": None,
            "one less": len(moving) - 1,
            "weights": len(backbone.trainable_weights),
            "with weights": sum(bool(layer.trainable_weights) for layer in moving),
        }[result]

    return tune_last


def _with_weights_only(backbone, count):
    """Flags of layers that have weights, and no others."""
    backbone.trainable = True
    for layer in backbone.layers[:-count]:
        layer.trainable = False
    tuned = 0
    for layer in backbone.layers[-count:]:
        if "normalization" in layer.name:
            layer.trainable = False
        else:
            tuned += 1
    return np.int64(tuned)


def _all(backbone, count):
    backbone.trainable = True
    return len(backbone.layers)


EXERCISE_6_8 = Bank(
    wrong={
        "untouched": (lambda b, count: ..., "blank"),
        "nothing returned": (tune(result="nothing"), "None"),
        "nothing done": (lambda b, count: count, "and all do"),
        "all": (_all, "and all do"),
        "all but the normalisation": (tune(lambda place, count, n: True), "all do but BatchNormalization"),
        "none": (tune(lambda place, count, n: False), "none does"),
        "first": (tune(lambda place, count, n: place < count), "the first 6 do"),
        "others": (tune(lambda place, count, n: place < n - count, norm=True), "have changed places"),
        "normalisation too": (tune(norm=True), "BatchNormalization stays frozen"),
        "backbone frozen at the end": (tune(end=False), "none does"),
        "backbone trainable at the end": (tune(first=None, end=True), "it comes first"),
        "backbone frozen first": (tune(first=False), "The backbone itself is frozen"),
        "backbone left alone": (tune(first=None), "The backbone itself is frozen"),
        "one less": (tune(lambda place, count, n: place > n - count), "Count from the end"),
        "one more": (tune(lambda place, count, n: place >= n - count - 1), "Count from the end"),
        "counted from the front": (tune(lambda place, count, n: place >= count + 1), "Count from the end"),
        "layers": (tune(result="layers"), "Return how many"),
        "the count": (tune(result="count"), "you return 6"),
        "number one less": (tune(result="one less"), "The layers are right, but you return"),
        "weights": (tune(result="weights"), "The layers are right, but you return"),
    },
    right={
        "as meant": tune(),
        "only those with weights counted": tune(result="with weights"),
        "slices": _with_weights_only,
    },
)


def _worst(counts, share, over=None):
    pairs = over or [(a, b) for a in range(len(counts)) for b in range(a + 1, len(counts))]
    return max(pairs, key=lambda pair: share(np.asarray(counts, float), *pair))


def _among(c, a, b):
    return (c[a, b] + c[b, a]) / (c[a, a] + c[b, b] + c[a, b] + c[b, a])


def _one_way(c, a, b):
    return max(c[a, b], c[b, a]) / (c[a, a] + c[b, b] + c[a, b] + c[b, a])


def _off(counts):
    return counts * (1 - np.eye(len(counts)))


def _by_arrays(counts):
    wrong = counts + counts.T
    right = np.diag(counts)[:, None] + np.diag(counts)
    share = np.triu(wrong / np.maximum(wrong + right, 1), 1)
    return np.array(np.unravel_index(share.argmax(), share.shape))


def _loops(counts):
    largest, best = -1.0, None
    n = len(counts)
    for a in range(n):
        for b in range(a + 1, n):
            part = [int(counts[i][j]) for i in (a, b) for j in (a, b)]
            if sum(part) and (part[1] + part[2]) / sum(part) > largest:
                largest, best = (part[1] + part[2]) / sum(part), [a, b]
    return best


EXERCISE_6_9 = Bank(
    wrong={
        "untouched": (lambda c: (..., ...), "blank"),
        "one cell": (lambda c: sorted(np.unravel_index(_off(c).argmax(), c.shape)), "the largest count off"),
        "both cells": (lambda c: _worst(c, lambda c, a, b: c[a, b] + c[b, a]), "the most wrong names"),
        "share of a row": (
            lambda c: sorted(np.unravel_index((_off(c) / c.sum(axis=1, keepdims=True).clip(1)).argmax(), c.shape)),
            "share of a row",
        ),
        "all images": (
            lambda c: _worst(c, lambda c, a, b: (c[a, b] + c[b, a]) / max(c[a].sum() + c[b].sum(), 1)),
            "all images of the two",
        ),
        "larger direction": (lambda c: _worst(c, _one_way), "for one direction"),
        "one direction": (
            lambda c: _worst(c, lambda c, a, b: c[a, b] * _among(c, a, b) / max(c[a, b] + c[b, a], 1)),
            "for one direction",
        ),
        "diagonal": (lambda c: np.unravel_index(c.argmax(), c.shape), "is on the diagonal"),
        "order": (lambda c: _worst(c, _among)[::-1], "The smaller number comes first"),
        "least": (lambda c: _worst(c, lambda c, a, b: -_among(c, a, b)), "confused least"),
        "names": (lambda c: ("cubic", "hexagon"), "without quotes"),
        "from one": (lambda c: tuple(place + 1 for place in _worst(c, _among)), "from 0 to 5"),
        "share itself": (
            lambda c: max(_among(c, a, b) for a, b in itertools.combinations([0, 1, 2], 2)),
            "two numbers of classes",
        ),
        "always": (lambda c: (4, 5), "from 0 to 2"),
        "any other": (lambda c: (1, 2), "are wrong; of those of another pair"),
    },
    right={
        "by arrays": _by_arrays,
        "loops, a list": _loops,
        "wrong to right": lambda c: _worst(c, lambda c, a, b: (c[a, b] + c[b, a]) / (c[a, a] + c[b, b])),
    },
)


def _by_drawing(drawn, names):
    table = defaultdict(Counter)
    for drawing, name in zip(drawn, names, strict=True):
        table[drawing][name] += 1
    return table


def _ceiling(drawn, names):
    return sum(max(counter.values()) for counter in _by_drawing(drawn, names).values()) / len(names)


def _grouped(drawn, names):
    """As the second hint says, but only neighbours are one group."""
    groups = itertools.groupby(zip(drawn, names, strict=True), key=lambda pair: pair[0])
    return sum(max(Counter(group).values()) for _, group in groups) / len(names)


def _by_matrix(drawn, names):
    rows, columns = (np.unique(words, return_inverse=True)[1] for words in (drawn, names))
    table = np.zeros((rows.max() + 1, columns.max() + 1), int)
    np.add.at(table, (rows, columns), 1)
    return np.float32(table.max(axis=1).sum() / table.sum())


def _mode(drawn, names):
    table = {drawing: counter.most_common(1)[0][0] for drawing, counter in _by_drawing(drawn, names).items()}
    return np.mean([table[drawing] == name for drawing, name in zip(drawn, names, strict=True)])


EXERCISE_6_10 = Bank(
    wrong={
        "untouched": (lambda d, n: ..., "blank"),
        "most frequent name": (lambda d, n: max(Counter(n).values()) / len(n), "name of all images"),
        "most frequent drawing": (lambda d, n: max(Counter(d).values()) / len(d), "the most frequent drawing"),
        "number of drawings": (lambda d, n: len(set(d)) / len(d), "Each drawing counts once"),
        "one": (lambda d, n: 1.0, "Some have several"),
        "by names": (lambda d, n: _ceiling(n, d), "That goes by names"),
        "rarest": (lambda d, n: sum(min(c.values()) for c in _by_drawing(d, n).values()) / len(n), "rarest name"),
        "not divided": (lambda d, n: _ceiling(d, n) * len(n), "Divide by how many"),
        "mean over drawings": (
            lambda d, n: np.mean([max(c.values()) / sum(c.values()) for c in _by_drawing(d, n).values()]),
            "mean over the drawings",
        ),
        "per cent": (lambda d, n: 100 * _ceiling(d, n), "per cent"),
        "error": (lambda d, n: 1 - _ceiling(d, n), "must go wrong"),
        "as often": (
            lambda d, n: (
                sum(sum(v * v for v in c.values()) / sum(c.values()) for c in _by_drawing(d, n).values()) / len(n)
            ),
            "says each name as often",
        ),
        "clear ones": (
            lambda d, n: sum(sum(c.values()) for c in _by_drawing(d, n).values() if len(c) == 1) / len(n),
            "Only drawings with one name",
        ),
        "equal words": (lambda d, n: np.mean(np.array(d) == np.array(n)), "need not be the same word"),
        "largest pair": (
            lambda d, n: max(Counter(zip(d, n, strict=True)).values()) / len(n),
            "one drawing with one name",
        ),
        "neighbours": (_grouped, "expected 0.575"),
    },
    right={
        "counters": _ceiling,
        "predictions": _mode,
        "a matrix": _by_matrix,
    },
)


def renamed(
    one=("tetragonal_c", "tetragonal_face"), two="2", rest=True, name="tetragonal", test=lambda label, one: label in one
):
    """A function for Exercise 6.11, or a wrong turn of it."""

    def true_name(row):
        if row["label"] == "tetragonal_c" and row["sublattices"] == two:
            return "tetragonal_body_center"
        if test(row["label"], one):
            return name
        if rest:
            return row["label"]

    return true_name


def _changed(row):
    row["label"] = row["label"].replace("tetragonal_face", "tetragonal").replace("tetragonal_c", "tetragonal")
    return row["label"]


def _by_lookup(row):
    pairs = {("tetragonal_c", 1): "tetragonal", ("tetragonal_c", 2): "tetragonal_body_center"}
    pairs["tetragonal_face", 1] = "tetragonal"
    return pairs.get((row["label"], int(row["sublattices"])), row["label"])


def _by_sublattices(row):
    if row["sublattices"] == "1":
        return "tetragonal"
    return "tetragonal_body_center" if row["label"] == "tetragonal_c" else row["label"]


def _into_the_row(row):
    row["label"] = renamed()(row)
    return row["label"]


EXERCISE_6_11 = Bank(
    wrong={
        "untouched": (lambda row: ..., "blank"),
        "a number": (renamed(two=2), "What is in a CSV file is text"),
        "c only": (renamed(one=("tetragonal_c",)), 'expected "tetragonal"'),
        "face only": (renamed(one=("tetragonal_face",)), 'expected "tetragonal"'),
        "all of c": (renamed(two="none"), "it is one of the 64"),
        "none of c": (
            lambda row: "tetragonal_body_center" if row["label"] == "tetragonal_c" else renamed()(row),
            "Only those with two sublattices",
        ),
        "others lost": (renamed(rest=False), "gets no name, but None"),
        "begins like it": (renamed(test=lambda label, one: label.startswith(one)), "compare with =="),
        "part of it": (renamed(test=lambda label, one: any(word in label for word in one)), "compare with =="),
        "all tetragonal": (renamed(test=lambda label, one: "tetragonal" in label), "compare with =="),
        "replaced": (_changed, "compare with =="),
        "another name": (renamed(name="tetragonal_face"), 'expected "tetragonal"'),
        "the row": (lambda row: row, "expected a name"),
        "nothing": (lambda row: None, "gets no name"),
        "into the row": (_into_the_row, "changes the row itself"),
    },
    right={
        "in order": renamed(),
        "a table": _by_lookup,
        "by sublattices": _by_sublattices,
    },
)


def _ell(counts, mean, log=np.log, sign=-1, total=np.sum):
    return total(counts * log(mean) + sign * mean)


EXERCISE_6_12 = Bank(
    wrong={
        "untouched": (lambda n, m: ..., "blank"),
        "no mean": (lambda n, m: np.sum(n * np.log(m)), "−μ is missing"),
        "logarithm of a product": (lambda n, m: np.log(np.prod(m**n * np.exp(-m))), "too small for a computer"),
        "no counts": (lambda n, m: -np.sum(m), "The counts do not occur"),
        "swapped": (lambda n, m: _ell(m, n.clip(1)), "changed roles"),
        "swapped, mean last": (lambda n, m: np.sum(m * np.log(n.clip(1)) - m), "changed roles"),
        "logarithm of counts": (lambda n, m: np.sum(m * np.log(n) - n), "have no logarithm"),
        "base ten": (lambda n, m: _ell(n, m, np.log10), "base 10"),
        "base two": (lambda n, m: _ell(n, m, np.log2), "base 2"),
        "log1p": (lambda n, m: _ell(n, m, np.log1p), "ln(1 + μ)"),
        "for each pixel": (lambda n, m: n * np.log(m) - m, "the sum over all pixels"),
        "for each row": (lambda n, m: _ell(n, m, total=lambda values: values.sum(axis=1)), "the sum over all pixels"),
        "mean of pixels": (lambda n, m: _ell(n, m, total=np.mean), "the mean over the pixels"),
        "probability": (lambda n, m: np.prod(poisson.pmf(n, m)), "the probability itself"),
        "minus": (lambda n, m: -_ell(n, m), "That is −ℓ"),
        "plus": (lambda n, m: _ell(n, m, sign=1), "μ has the wrong sign"),
        "no logarithm": (lambda n, m: np.sum(n * m - m), "The logarithm is missing"),
        "parentheses": (lambda n, m: np.sum(n * (np.log(m) - m)), "not multiplied by the counts"),
        "squares": (lambda n, m: -np.sum((n - m) ** 2), "for Gaussian noise"),
        "sums first": (lambda n, m: n.sum() * np.log(m.sum()) - m.sum(), "all pixels for one"),
        "another": (lambda n, m: np.sum(n * np.sqrt(m) - m), "From one mean to another"),
    },
    right={
        "with the constant": lambda n, m: poisson.logpmf(n, m).sum(),
        "products": lambda n, m: n.ravel() @ np.log(m.ravel()) - m.sum(),
        "a loop": lambda n, m: sum(int(a) * np.log(b) - b for a, b in zip(n.ravel(), m.ravel(), strict=True)),
        "relative to the counts": lambda n, m: -np.sum(m - n + n * np.log(np.maximum(n, 1) / m)),
    },
)
