"""Checks of lesson 6: which lattice is it?"""

import itertools
from collections import Counter

import numpy as np

from helpers.checks import NotYet, array, call, close, describe, models, number, one_line, refuse_blank

#: The classes of the lesson, and the sides of its images.
COUNT, SIDE = 13, 96
#: Parameters of the network of Exercise 6.5: four convolutions and a dense layer.
PARAMETERS = 416 + 4_640 + 18_496 + 36_928 + 845


def _two(result, expected):
    """The two things that an answer consists of, or a hint."""
    try:
        first, second = result
    except (TypeError, ValueError):
        found = "one number" if isinstance(result, (int, float, np.number)) else describe(result)
        raise NotYet(f"The result is {found}; expected {expected}.") from None
    refuse_blank(first)
    refuse_blank(second)
    return first, second


def check_6_1(expose):
    """Poisson counts of the mean dose * image, and Gaussian read noise in each pixel."""
    levels, rows, wide = np.linspace(0, 1, 10), 120, 20
    image = np.tile(np.repeat(levels, wide), (rows, 1))

    def read(dose, read_noise, seed):
        got = array(
            call(expose, image, dose, read_noise, np.random.default_rng(seed), name="expose"), "the result of expose"
        )
        if got.shape != image.shape:
            raise NotYet(
                f"The result has shape {got.shape}; expected {image.shape}, that of the image: a number for each pixel."
            )
        return got

    def blocks(values):  # mean and variance of the pixels of each of the ten brightnesses
        each = values.reshape(rows, len(levels), wide)
        return each.mean(axis=(0, 2)), each.var(axis=(0, 2))

    dose = 9
    counts = read(dose, 0.0, 1)
    if np.array_equal(counts, read(dose, 0.0, 2)):
        if close(counts, dose * image):
            raise NotYet("There is no noise in it: that is the mean number of electrons. Give it to rng.poisson.")
        raise NotYet("Two different `rng` give the same numbers. Draw them from the one that is given: rng.poisson.")
    if not np.array_equal(counts, read(dose, 0.0, 1)):
        raise NotYet(
            "With `rng` in the same state you get other numbers the second time. Draw from it, rng.poisson and "
            "rng.normal, and not from np.random."
        )
    mean, variance = blocks(counts)
    if not np.array_equal(counts, np.round(counts)):
        if counts[image == 0].any():
            raise NotYet(
                "With read_noise = 0, pixels without light read something. The standard deviation of the Gaussian is "
                "`read_noise` itself."
            )
        how = (
            "That is a Gaussian of the right width. " if np.allclose(variance[1:], dose * levels[1:], rtol=0.15) else ""
        )
        raise NotYet(
            f"With read_noise = 0 there are no whole numbers, but such as {counts[counts != np.round(counts)][0]:.2f}. {how}"
            "Electrons are counted: rng.poisson of the mean, and nothing is multiplied afterwards."
        )
    factor = mean.sum() / levels.sum()
    if abs(factor - 1) < 0.1:
        raise NotYet(
            f"The brightest pixels get {mean[-1]:.1f} electrons on average, as with a dose of 1; the dose is {dose}. "
            "Multiply: dose * image."
        )
    if abs(factor / dose - 1) < 0.1 and np.allclose(variance[1:], dose**2 * levels[1:], rtol=0.2):
        raise NotYet(
            f"The mean is right, but the variance is {dose} times the mean, and all counts are multiples of {dose}. First the "
            "dose, then the chance: rng.poisson(dose * image)."
        )
    if mean[0] != 0:
        raise NotYet(f"Where the image is 0 you count {mean[0]:.2f} electrons on average, without read noise; expected none.")  # fmt: skip
    if not np.allclose(mean, dose * levels, atol=0.4):
        raise NotYet(
            f"Where the image is 1 you count {mean[-1]:.2f} electrons on average, where it is 0.56 {mean[5]:.2f}; expected "
            f"{dose} and {dose * levels[5]:.2f}: dose * image."
        )
    none = np.mean(counts[:, wide : 2 * wide] == 0)
    if not np.allclose(variance, dose * levels, rtol=0.2) or abs(none - np.exp(-1)) > 0.05:
        raise NotYet(
            f"For a mean of {dose} the variance is {variance[-1]:.1f}, and for a mean of 1 there are {none:.0%} zeros; for Poisson "
            f"counts {dose} and 37%. Use rng.poisson."
        )

    sigma = 2.5
    noisy = read(dose, sigma, 3)
    dark = noisy[image == 0].reshape(rows, wide)
    _read_noise(dark, sigma, dose, blocks(noisy)[1][-1])
    mean, variance = blocks(noisy)
    if not (np.allclose(mean, dose * levels, atol=0.5) and np.allclose(variance, dose * levels + sigma**2, rtol=0.17)):
        raise NotYet(
            f"With a read noise of {sigma}, pixels with a mean of {dose} electrons read {mean[-1]:.1f} on average, with a variance "
            f"of {variance[-1]:.1f}; expected {dose} and {dose + sigma**2:.1f}. Counts plus noise, in each pixel."
        )
    brighter = read(40, 1.0, 4)
    if abs(brighter[image == 1].mean() - 40) > 1 or abs(brighter[image == 0].std() - 1) > 0.1:
        raise NotYet("It is right for one dose and one read noise, and not for others. Use `dose` and `read_noise`.")
    return "counts with the variance of their mean, and the detector's own noise"


def _read_noise(dark, sigma, dose, bright_variance):
    """Raise `NotYet` unless pixels without light read Gaussian noise, each its own."""
    if not dark.any():
        if bright_variance > dose + sigma**2 / 2:
            raise NotYet(
                "The read noise grows with the light, and is 0 where the image is. The detector adds it to every pixel."
            )
        raise NotYet("The read noise is missing. Add rng.normal(0, read_noise, image.shape) to the counts.")
    if dark.min() >= 0:
        if abs(dark.mean() - 0.8 * sigma) < 0.1 * sigma:
            raise NotYet(
                "Pixels without light read nothing negative: that is the absolute value of a Gaussian, the published "
                "fault, and it looks like light. Leave the sign."
            )
        raise NotYet(
            f"Pixels without light read nothing negative, and {dark.mean():.2f} on average; expected 0. Noise goes both ways: "
            "add it to the counts, and cut nothing off."
        )
    if min(dark.std(axis=0).mean(), dark.std(axis=1).mean()) < sigma / 5:
        raise NotYet("Pixels get the same read noise. Each needs its own: rng.normal(0, read_noise, image.shape).")
    wrong = {
        np.sqrt(sigma): "that is its root, as if `read_noise` were a variance. rng.normal takes the standard deviation",
        sigma**2: "that is its square. rng.normal takes the standard deviation as it is",
        sigma * dose: "it is multiplied by the dose. The read noise doesn't depend on it: add it at the end",
        sigma * np.sqrt(dose): "it is multiplied by the root of the dose. The read noise doesn't depend on it",
    }
    for value, words in wrong.items():
        if abs(dark.std() / value - 1) < 0.08:
            raise NotYet(
                f"Without light and with a read noise of {sigma}, the standard deviation is {dark.std():.2f}; {words}."
            )
    if abs(dark.mean()) > 0.25 or abs(dark.std() / sigma - 1) > 0.1:
        raise NotYet(
            f"Without light and with a read noise of {sigma}, you read {dark.mean():.2f} on average with a standard deviation of "
            f"{dark.std():.2f}; expected 0 and {sigma}."
        )
    if abs(np.mean(np.abs(dark) < sigma) - 0.683) > 0.06:
        raise NotYet("The read noise has the right width, but is no Gaussian: rng.normal.")


#: Peaks of a cell of 1/0.026 x 1/0.043 pixels, not quite on their places.
PEAKS = [
    (-0.026, 0.002), (-0.052, 0.129), (0.003, -0.043), (0.078, 0.086), (0.0, 0.172), (-0.104, 0.0), (0.078, -0.129),
]  # fmt: skip


def check_6_2(cell_size):
    """One over the smallest frequency along x, and along y, that is not zero."""
    k = np.array(PEAKS)

    def result(tolerance):
        with np.errstate(all="ignore"):
            got = call(cell_size, k, tolerance, name="cell_size")
        pair = _two(got, "two numbers: width and height")
        for value in pair:
            if np.asarray(value).dtype.kind == "f" and np.any(np.isinf(value)):
                raise NotYet("1/0 is infinite: some frequencies are exactly zero. Leave out what is below `tolerance`.")
        return [number(value, name) for value, name in zip(pair, ("the width", "the height"), strict=True)]

    def smallest(tolerance):
        return [along[along > tolerance].min() for along in np.abs(k).T]

    tolerance = 0.01
    got, (x, y) = result(tolerance), smallest(tolerance)
    longest = np.abs(k).max(axis=0)
    both = np.abs(k)[(np.abs(k) > tolerance).all(axis=1)].min(axis=0)
    positive = [along[along > tolerance].min() for along in k.T]
    almost = [along[along > 0].min() for along in np.abs(k).T]
    shortest = k[np.linalg.norm(k, axis=1).argmin()]
    wrong = [
        ((1 / y, 1 / x), "Width and height have changed places. Frequencies along x, k[:, 0], give the width."),
        ((x, y), "Those are frequencies, in cycles per pixel. The size is one over them."),
        (1 / longest, "Those are the largest frequencies. The cell is one over the smallest."),
        (1 / np.array(positive), "Frequencies can be negative, and the smallest ones here are: np.abs(k) first."),
        (1 / np.array(almost), "A frequency of 0.003 is taken for one of the lattice. Below `tolerance` it counts as zero."),
        (1 / both, "Peaks on the axes are left out, where one frequency is zero, and the other not. Treat x and y each by itself."),
        (1 / np.abs(shortest), "Both come from the peak that is nearest to the middle. Look for the smallest along x and along y separately."),
        ((1 / np.linalg.norm(shortest),) * 2, "That is one over the length of the shortest k. Take its parts along x and along y."),
        ((2 * np.pi / x, 2 * np.pi / y), "No 2π here: the frequencies are in cycles per pixel."),
        (np.round((1 / x, 1 / y)), "That is rounded. The cell need not be a whole number of pixels."),
    ]  # fmt: skip
    for values, words in wrong:
        if close(got, values):
            raise NotYet(words)
    if not close(got, (1 / x, 1 / y)):
        raise NotYet(
            f"You get a cell of {got[0]:.4g} x {got[1]:.4g} pixels; expected {1 / x:.4g} x {1 / y:.4g}. The smallest frequencies "
            f"that are not zero are {x:g} along x and {y:g} along y."
        )
    x, y = smallest(0.03)
    if not close(result(0.03), (1 / x, 1 / y)):
        raise NotYet(
            f"With tolerance = 0.03 a frequency of 0.026 counts as zero, and the width is {1 / x:.4g}. Use `tolerance`, and no "
            "number of your own."
        )
    return "a lattice, read off its Fourier transform"


#: Which images of thirteen, in batches of five, are different each time, and how.
CHANGES = {1: "moved", 5: "brighter", 6: "darker", 7: "moved", 9: "brighter", 11: "moved"}


class _Times:
    """Batches of images that are different each time one goes through them, as `changes` says."""

    def __init__(self, changes, count=13, batch=5):
        self.changes, self.count, self.batch, self.times = changes, count, batch, 0
        self.labels = np.arange(count) % 3

    def images(self, time):
        """The images of one time: a bright pixel moves, or a pixel becomes brighter or darker."""
        made = np.random.default_rng(0).integers(0, 60, (self.count, 5, 7, 1)).astype(np.uint8)
        for index, how in self.changes.items():
            if how == "moved":
                made[index] = 10
                made[index, 2, time % 7] = 200
            else:
                made[index, 1, 3] = 100 + time % 100 if how == "brighter" else 250 - time % 100
        return made

    def batches(self):
        self.times += 1
        images = self.images(self.times)
        for start in range(0, self.count, self.batch):
            part = slice(start, start + self.batch)
            yield images[part], self.labels[part]

    def dataset(self):
        import tensorflow as tf

        kinds = (tf.TensorSpec((None, 5, 7, 1), tf.uint8), tf.TensorSpec((None,), tf.int64))
        data = tf.data.Dataset.from_generator(self.batches, output_signature=kinds)
        return data.apply(tf.data.experimental.assert_cardinality(-(-self.count // self.batch)))


def check_6_3(share_changed):
    """The share of the images that are different the second time."""

    def result(times):
        got = number(call(share_changed, times.dataset(), name="share_changed"), "the result of share_changed")
        if times.times < 2:
            how_often = ("not at all", "once")[times.times]
            raise NotYet(
                f"You go through the data {how_often}. It takes two loops to see what differs the second time."
            )
        return got

    some = _Times(CHANGES)
    got = result(some)
    first, second = some.images(1).astype(int), some.images(2).astype(int)
    changed = (first != second).any(axis=(1, 2, 3))
    right = changed.mean()
    per_batch = [changed[start : start + some.batch].mean() for start in range(0, some.count, some.batch)]
    wrong = {
        1 - right: "That is the share of the images that stay as they are. How many differ?",
        changed.sum(): "That is a number of images. Divide by how many there are.",
        100 * right: "That is per cent. Return the share, from 0 to 1.",
        np.mean(per_batch): "That is the mean of the batches' shares, in which the images of the last, smaller batch count more. Count images.",
        per_batch[0]: "Those are the images of the first batch only. Go on to the last.",
        per_batch[-1]: "Those are the images of the last batch only. Collect all: np.concatenate.",
        (first != second).mean(): "That is the share of the pixels. An image has changed if any of its pixels has: .any(axis=(1, 2, 3)).",
        (first != second).sum(): "That is a number of pixels. Which share of the images has changed: .any(axis=(1, 2, 3)), then the mean?",
        (first != second).all(axis=(1, 2, 3)).mean(): "You find none. An image has changed if *any* of its pixels has, not all. And compare images, not labels.",
        np.abs(first - second).mean(): "That is how much they differ on average. How many of them differ at all: first != second?",
        (second > first).any(axis=(1, 2, 3)).mean(): "Images that have become darker don't count for you. Any difference does: first != second.",
        (second < first).any(axis=(1, 2, 3)).mean(): "Images that have become brighter don't count for you. Any difference does: first != second.",
        (first.sum(axis=(1, 2, 3)) != second.sum(axis=(1, 2, 3))).mean(): "A mirrored image has the same sum as before. Compare pixel by pixel: first != second.",
    }  # fmt: skip
    for value, words in wrong.items():
        if close(got, value):
            raise NotYet(words)
    if close(got, 1.0):
        raise NotYet(
            "You find that all differ. All batches do, but not all images in them. Compare image by image: .any(axis=(1, 2, 3))."
        )
    if not close(got, right):
        raise NotYet(f"Of {some.count} images {changed.sum()} differ the second time, {right:.3f}; you say {got:.3f}.")
    for changes, expected in (({}, 0.0), (dict.fromkeys(range(13), "moved"), 1.0)):
        got = result(_Times(changes))
        if abs(got - expected) > 1e-6:
            raise NotYet(f"For data of which {expected:.0%} differ you find {got:.0%}.")
    return "an experiment tells what a pipeline does"


class _Watched:
    """File names, `read` and `augment` for Exercise 6.4, which note what is done with them.

    An image has the number of its file in its first pixel, how often it was augmented in the second, and in the second
    row the number of the call that augmented it.
    """

    def __init__(self, count=100):
        self.files = [f"picture_{index:03}.png" for index in range(count)]
        self.labels = np.random.default_rng(0).integers(0, COUNT, count)
        self.reads, self.problems, self.calls = Counter(), [], itertools.count(1)

    def refuse(self, words):
        self.problems.append(words)
        raise ValueError(words)

    def read(self, file, *more):
        import tensorflow as tf

        if more:
            self.refuse("`read` takes the file name only, not the label: lambda file, label: (read(file), label).")
        file = tf.convert_to_tensor(file)
        if file.shape.rank:
            self.refuse("`read` gets many file names at once, and reads one. Batch the images at the end.")
        return tf.ensure_shape(tf.numpy_function(self._load, [file], tf.uint8), (4, 6, 1))

    def _load(self, name):
        index = int(np.asarray(name).item()[-7:-4])  # eager TensorFlow wraps the name in an array
        self.reads[index] += 1
        image = np.zeros((4, 6, 1), np.uint8)
        image[0, 0] = index
        return image

    def augment(self, image, *more):
        import tensorflow as tf

        if more:
            self.refuse("`augment` takes the image only, not the label: lambda image, label: (augment(image), label).")
        image = tf.convert_to_tensor(image)
        if image.shape.rank == 4:
            self.refuse(
                "`augment` gets a whole batch, and all its images would be mirrored alike. Augment before you batch."
            )
        return tf.ensure_shape(tf.numpy_function(self._change, [image], image.dtype), (4, 6, 1))

    def _change(self, image):
        image = image.copy()
        image[0, 1] += 1
        image[1, :3, 0] = np.unravel_index(next(self.calls) % 256**3, (256,) * 3)
        return image

    def epochs(self, pipeline, count, *buffer):
        """What one goes through `count` times, see `epoch`."""
        try:
            data = call(pipeline, self.files, self.labels, self.read, self.augment, *buffer, name="pipeline")
            self._refuse_other_kinds(data)
            try:
                return [self.epoch(data) for _ in range(count)]
            except NotYet:
                raise
            except Exception as error:  # what the student's functions raise, tf.data wraps into errors of its own
                raise NotYet(f"Going through the data fails with {one_line(error)}.") from None
        except NotYet:
            if self.problems:
                raise NotYet(self.problems[0]) from None
            raise

    def _refuse_other_kinds(self, data):
        """Raise `NotYet` unless that is a data set of batches of images, and labels."""
        import tensorflow as tf

        if not isinstance(data, tf.data.Dataset):
            raise NotYet(f"`pipeline` returns {describe(data)}; expected the data set, return data.")
        kinds = data.element_spec
        if not isinstance(kinds, tuple) or len(kinds) != 2:
            raise NotYet(
                "The data does not yield pairs any more. Each step carries images and labels: lambda file, label: (read(file), label)."
            )
        if kinds[0].shape.rank == 3:
            raise NotYet("The data yields single images. Make batches of 32 near the end: data.batch(32).")
        if kinds[0].shape.rank == 5:
            raise NotYet("The data yields batches of batches. Once is enough: data.batch(32).")

    def epoch(self, data):
        """What one goes through once: sizes of the batches, and number, label, stamp of each image."""
        sizes, images, labels = [], [], []
        for element in data:
            batch, of = (np.asarray(part) for part in element)
            if batch.shape[1:] != (4, 6, 1) or of.shape != batch.shape[:1]:
                raise NotYet(
                    f"A batch has images of shape {batch.shape} and labels of shape {of.shape}; expected what `read` and "
                    "`augment` make of the files, 32 at a time."
                )
            if not np.array_equal(batch, batch.astype(int)):
                raise NotYet(
                    "The images hold other numbers than `read` and `augment` made. Leave the pixels as they are."
                )
            sizes.append(len(batch))
            images.append(batch)
            labels.append(of)
            if sum(sizes) > len(self.files):
                raise NotYet(f"There are more images than the {len(self.files)} files in one epoch. No repeat() here.")
        if not sizes:
            raise NotYet("The data is empty. Each step goes on with what the one before made: data = data.map(...).")
        return sizes, np.concatenate(images).astype(int)[..., 0], np.concatenate(labels)


def check_6_4(pipeline):
    """Read once, a new order and new images each epoch, in batches of 32."""
    watched = _Watched()
    epochs = watched.epochs(pipeline, 2)
    for sizes, images, labels in epochs:
        _all_there(watched, sizes, images, labels)
    (first, first_stamps), (second, second_stamps) = (
        (images[:, 0, 0], images[np.argsort(images[:, 0, 0]), 1, :3]) for _, images, _ in epochs
    )
    if (first_stamps == second_stamps).all(axis=1).any():
        raise NotYet(
            "The second epoch has the same augmented images as the first: they were frozen. `cache` keeps what comes out of "
            "the steps before it, so what is random comes after it."
        )
    if max(watched.reads.values(), default=0) > 1:
        raise NotYet(
            f"In two epochs a file was read {max(watched.reads.values())} times; expected once. `cache` keeps what comes out of "
            "the steps before it: data.cache() right behind the step that reads."
        )
    if np.array_equal(first, second):
        if np.array_equal(first, np.arange(len(first))):
            raise NotYet("The order is that of the files, class by class. Put data.shuffle(buffer) in, after cache.")
        raise NotYet(
            "The second epoch has the same order as the first: it was frozen, too. What is random comes after `cache`, also "
            "shuffle."
        )
    batches = [np.split(images[:, 0, 0], np.cumsum(sizes)[:-1]) for sizes, images, _ in epochs]
    if len({frozenset(frozenset(batch.tolist()) for batch in epoch) for epoch in batches}) == 1:
        raise NotYet(
            "Whole batches change places, and within each are always the same images. Shuffle before you batch."
        )
    if batches[0][0].max() < 67 or batches[1][0].max() < 67:
        raise NotYet(
            "Images stay near to their place: the first batch has only some from the front. Let shuffle choose among more, "
            "data.shuffle(buffer)."
        )
    again = _Watched()
    ((_, images, _),) = again.epochs(pipeline, 1, 1)
    if not again.reads:
        raise NotYet(
            "The cache is in a file, and a second pipeline gets the images of the first out of it. Without a name, data.cache(), "
            "it is in memory. Delete the file."
        )
    if not np.array_equal(images[:, 0, 0], np.arange(len(again.files))):
        raise NotYet(
            "With buffer = 1 there is nothing to choose from, and the order should stay, but does not. Use the argument: "
            "data.shuffle(buffer)."
        )
    return "each file read once, and new images in a new order in each epoch"


def _all_there(watched, sizes, images, labels):
    """Raise `NotYet` unless an epoch has each file once, augmented once, with its label, in batches of 32."""
    count = len(watched.files)
    index, augmented = images[:, 0, 0], images[:, 0, 1]
    if not np.isin(index, np.arange(count)).all() or images[:, 2:].any():
        raise NotYet("The images hold other numbers than `read` and `augment` made. Leave the pixels as they are.")
    if len(index) < count:
        raise NotYet(
            f"Of {count} files only {len(index)} images come out. Let the last batch be smaller: without drop_remainder, take or "
            "skip."
        )
    if len(np.unique(index)) < count:
        raise NotYet("Some images come twice in an epoch, and others not at all. Each file once.")
    if not np.array_equal(labels, watched.labels[index]):
        raise NotYet("Images and labels don't belong together any more. Let each step carry both: (read(file), label).")
    if sorted(sizes) != [4, 32, 32, 32]:
        raise NotYet(
            f"The batches of {count} images have the sizes {sizes}; expected 32, 32, 32 and 4: data.batch(32)."
        )
    if (augmented == 0).any():
        raise NotYet("The images are not augmented. The step with `augment` is missing.")
    if (augmented > 1).any():
        raise NotYet("The images are augmented twice. Once is enough, after `cache`.")


def check_6_5(small):
    """The network of the table: four convolutions and the mean of each map."""
    models.is_model(small, "small")
    if not small.built:
        raise NotYet(f"The network does not know its input. Begin the list with keras.Input(({SIDE}, {SIDE}, 1)).")
    if tuple(small.input_shape[1:]) != (SIDE, SIDE, 1):
        raise NotYet(
            f"The network takes {tuple(small.input_shape[1:])}; expected images of shape ({SIDE}, {SIDE}, 1) with a channel."
        )
    images = np.random.default_rng(0).integers(0, 256, (4, SIDE // 4, SIDE // 4, 1)).repeat(4, axis=1).repeat(4, axis=2)
    images = images.astype("float32")

    def answers(network, pictures):
        return models.as_numpy(network(pictures, training=False))

    got = answers(small, images)
    layers = models.layers(small)
    kinds = [type(layer).__name__ for layer in layers]
    if got.ndim == 4:
        raise NotYet("The maps go into the Dense layer as they are. Take the mean of each one before.")
    if got.shape != (4, COUNT):
        raise NotYet(f"For four images the network makes the shape {got.shape}; expected {COUNT} numbers for each, one for each class.")  # fmt: skip
    if not np.allclose(got.sum(axis=1), 1, atol=1e-3) or got.min() < 0:
        raise NotYet('The answers are no probabilities, which sum to 1. The last layer has activation="softmax".')
    if "Flatten" in kinds and small.count_params() > PARAMETERS:
        raise NotYet(
            f"Flatten makes it {small.count_params():,} weights; with the mean of each map they are {PARAMETERS:,}. Pool, don't flatten."
        )
    convolutions = [layer for layer in layers if type(layer).__name__ == "Conv2D"]
    _as_in_the_table("kernels", [layer.filters for layer in convolutions], [16, 32, 64, 64])
    _as_in_the_table("kernel sizes", [layer.kernel_size[0] for layer in convolutions], [5, 3, 3, 3])
    if small.count_params() != PARAMETERS:
        raise NotYet(
            f"It has {small.count_params():,} weights; expected {PARAMETERS:,}, nearly all of them in the four convolutions. Compare "
            "with the table, line by line."
        )
    _as_in_the_table("strides", [layer.strides[0] for layer in convolutions], [2, 1, 1, 1])
    _as_in_the_table("paddings", [layer.padding for layer in convolutions], ["valid"] * 4)
    try:
        twin = _table_of_6_5()
        twin.set_weights(small.get_weights())
    except ValueError:
        raise NotYet("The weights have other shapes than those of the table. Compare line by line.") from None
    wanted = answers(twin, images)

    def same(values):
        return np.allclose(values, wanted, rtol=3e-3, atol=1e-5)

    if not same(got):
        if same(answers(small, images / 255)):
            raise NotYet("The pixels go from 0 to 255 into the first convolution. Begin with Rescaling(1 / 255).")
        if same(answers(small, images * 255)):
            raise NotYet("The pixels are divided by 255 twice. Once is enough.")
        if "GlobalMaxPooling2D" in kinds:
            raise NotYet("That is the largest number of each map. For the mean of all it is GlobalAveragePooling2D.")
        activations = [models.activation(layer) for layer in convolutions]
        _as_in_the_table("activations", activations, ["relu"] * 4)
        pools = kinds.count("MaxPooling2D")
        if pools != 2:
            raise NotYet(
                f"There are {pools} MaxPooling2D(); expected two, behind the second and the third convolution."
            )
        raise NotYet(
            "It has the right weights, but computes something else than the network of the table. Are all layers in the same order, "
            "with the scaling first?"
        )
    return f"{PARAMETERS:,} weights, and it does not matter where in the image something is"


def _as_in_the_table(what, got, expected):
    """Raise `NotYet` if the convolutions differ from the table in something."""
    if len(got) < len(expected):
        raise NotYet(f"There are {len(got)} layers Conv2D; expected {len(expected)}.")
    if len(got) == len(expected) and got != expected:
        raise NotYet(f"The four convolutions have the {what} {got}; expected {expected}.")


def _table_of_6_5():
    """The network of Exercise 6.5, with weights of zero, so that no random number is used up."""
    import keras
    from keras import layers

    def convolution(kernels, size, strides=1):
        return layers.Conv2D(kernels, size, strides=strides, activation="relu", kernel_initializer="zeros")

    return keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 1)),
            layers.Rescaling(1 / 255),
            convolution(16, 5, strides=2),
            convolution(32, 3),
            layers.MaxPooling2D(),
            convolution(64, 3),
            layers.MaxPooling2D(),
            convolution(64, 3),
            layers.GlobalAveragePooling2D(),
            layers.Dense(COUNT, activation="softmax", kernel_initializer="zeros"),
        ]
    )


def check_6_6(recognise):
    """The name of the most probable class, and its probability."""
    import keras
    from keras import layers

    names = ["hexagon", "cubic", "triclinic", "ortho", "tetragonal"]
    network = keras.Sequential(  # which quarter of the image is bright? The first class: none
        [
            keras.Input((SIDE, SIDE, 1)),
            layers.Rescaling(1 / 255),
            layers.AveragePooling2D(SIDE // 2),
            layers.Flatten(),
            layers.Dense(len(names), activation="softmax", kernel_initializer="zeros"),
        ]
    )
    network.set_weights([np.eye(5)[1:] * 6, np.array([2.5, 0, 0.4, 0.2, 0.1])])
    rng = np.random.default_rng(0)
    for quarter in (1, 3):
        image = rng.integers(0, 40, (SIDE, SIDE)).astype(np.uint8)
        half = SIDE // 2
        rows, columns = (slice(place * half, (place + 1) * half) for place in divmod(quarter, 2))
        image[rows, columns] += 180
        try:
            result = call(recognise, network, image, names, name="recognise")
        except NotYet as problem:
            if "shape" in str(problem) or "dimension" in str(problem):
                raise NotYet(
                    f"{problem.args[0]} The network wants a batch of one image, shape (1, {SIDE}, {SIDE}, 1): "
                    "image[np.newaxis, :, :, np.newaxis]."
                ) from None
            raise

        def probabilities(pixels):
            return models.as_numpy(network(pixels[np.newaxis, :, :, np.newaxis].astype("float32"), training=False))[0]

        _judge_name(result, names, probabilities(image), probabilities(image / 255), probabilities(image.T))
    return "a name, and how sure the network is"


def _judge_name(result, names, right, scaled, transposed):
    """Raise `NotYet` unless the result is the most probable name and its probability."""
    if hasattr(result, "shape") and np.size(result) == len(names):
        raise NotYet("Those are the probabilities of all classes. Return a name and one number: that of the largest.")
    name, sure = _two(result, "two things: a name and its probability")
    shape = tuple(np.shape(sure))
    one_in_an_array = shape if np.size(sure) == 1 else ()
    name, sure = (
        value.item() if isinstance(value, (np.generic, np.ndarray)) and value.size == 1 else value
        for value in (name, sure)
    )
    best = int(right.argmax())
    if isinstance(sure, str) and not isinstance(name, str):
        raise NotYet("Name and probability have changed places: the name comes first.")
    if not isinstance(name, str):
        if hasattr(name, "__index__") and 0 <= int(name) < len(names):
            raise NotYet(f"`{name}` is the place of the class. Its name is classes[{name}].")
        raise NotYet(f"The first thing is {describe(name)}; expected a name, one of `classes`.")
    if name not in names:
        raise NotYet(f"{name[:30]!r} is no name from `classes`.")
    if hasattr(sure, "shape") and np.size(sure) == len(names):
        raise NotYet("The second thing is the probabilities of all classes. Return that of the most probable one.")
    if one_in_an_array:
        raise NotYet(
            f"The probability is an array of shape {one_in_an_array}, which cannot be printed as a number. "
            "Make one of it: float(probabilities.max())."
        )
    sure = number(sure, "the probability")
    if name != names[best]:
        for what, words in (
            (scaled, "The pixels are divided by 255, and the network does that itself: it sees an almost black image."),
            (transposed, "Rows and columns of the image have changed places. Add the axes with np.newaxis."),
        ):
            if name == names[what.argmax()] and close(sure, what.max(), 1e-2):
                raise NotYet(words)
        if name == names[right.argmin()]:
            raise NotYet(f"{name!r} is the least probable class. argmax gives the place of the largest.")
        raise NotYet(
            f"You say {name!r}; the most probable class is {names[best]!r}, the one at the place probabilities.argmax()."
        )
    if close(sure, 100 * right[best], 1e-3):
        raise NotYet("That is per cent. Return the probability, from 0 to 1.")
    for other in set(range(len(names))) - {best}:
        if close(sure, right[other], 1e-3):
            raise NotYet(f"The name is right, but {sure:.3f} is the probability of {names[other]!r}.")
    if not close(sure, right[best], 1e-3):
        raise NotYet(f"The name is right; its probability is {right[best]:.3f}, and you say {sure:.3f}.")


#: Features of the fake backbone of 6.7: eight small ones that tell the classes, and eight large ones that tell nothing.
TELLING, IDLE = 8, 8


def check_6_7(train_head):
    """A head that was trained on features, and leaves the backbone alone."""
    backbone = _backbone_of_6_7()
    rng = np.random.default_rng(0)
    (images, labels), (fresh, truth) = _pictures(12, rng), _pictures(15, rng)
    features = backbone.predict(fresh, verbose=0)
    before = [weight.copy() for weight in backbone.get_weights()]
    try:
        head = call(train_head, backbone, images, labels, name="train_head")
    except NotYet as problem:
        if "Graph execution error" in str(
            problem
        ):  # TensorFlow meets a label that has no output, and says it at length
            raise NotYet(
                f"{problem.args[0]} Does the head have {COUNT} outputs, one for each class, and does it get features?"
            ) from None
        raise
    if isinstance(head, np.ndarray) or not hasattr(head, "layers"):
        if hasattr(head, "shape") and tuple(head.shape) == (len(images), TELLING + IDLE):
            raise NotYet("Those are the features. Train a head on them, and return it.")
        raise NotYet(f"`train_head` returns {describe(head)}; expected the head, a keras.Sequential: return head.")
    if any(not np.array_equal(a, b) for a, b in zip(before, backbone.get_weights(), strict=True)):
        raise NotYet(
            "The backbone's weights have changed. Compute the features with backbone.predict, and train the head alone."
        )
    if not getattr(head, "built", False):
        raise NotYet("The head was never trained, and does not even know its input. fit(head, features, labels, ...)")
    takes = tuple(head.input_shape[1:])
    if takes == (SIDE, SIDE, 1):
        raise NotYet(
            "The head takes images. It should take their features, keras.Input(features.shape[1:]), and not contain the backbone."
        )
    if takes != (TELLING + IDLE,):
        raise NotYet(f"The head takes {takes}; expected features, {(TELLING + IDLE,)} for this backbone: keras.Input(features.shape[1:]).")  # fmt: skip
    answers = np.asarray(head.predict(features, verbose=0))
    if answers.shape != (len(features), COUNT):
        raise NotYet(
            f"For {len(features)} images the head makes the shape {answers.shape}; expected {COUNT} probabilities for each: Dense({COUNT})."
        )
    if not np.allclose(answers.sum(axis=1), 1, atol=1e-3) or answers.min() < 0:
        raise NotYet('The head\'s answers are no probabilities, which sum to 1: activation="softmax".')
    dense = [layer for layer in models.layers(head) if type(layer).__name__ == "Dense"]
    if len(dense) > 1:
        raise NotYet(
            f"The head has {len(dense)} Dense layers; expected one. With few images, more weights learn them by heart."
        )
    share = float(np.mean(answers.argmax(axis=1) == truth))
    if share < 0.75:
        said = f"On new images of thirteen easy classes the head is right in {share:.0%}, where 100% are possible"
        if not any("Normalization" in type(layer).__name__ for layer in models.layers(head)):
            raise NotYet(f"{said}. The features differ in size: put a BatchNormalization before the Dense layer.")
        raise NotYet(f"{said}. Is it trained, on features and labels, with 100 epochs and a rate of 0.01?")
    return f"{head.count_params():,} weights trained, none of them in the backbone"


def _backbone_of_6_7():
    """A network without random weights: the means of 16 squares, of which the first eight are small numbers."""
    import keras
    from keras import layers

    network = keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 1)),
            layers.Rescaling(1 / 255, offset=-0.5),
            layers.AveragePooling2D(SIDE // 4),
            layers.Flatten(),
            layers.BatchNormalization(epsilon=1e-6),  # takes note of it if somebody calls it with training=True
        ]
    )
    zeros = np.zeros(TELLING + IDLE)
    network.set_weights([np.repeat([0.3, 10.0], (TELLING, IDLE)), zeros, zeros, zeros + 1])
    return network


def _pictures(each, rng):
    """Images of 4x4 grey squares, of which the first eight say the class, and labels."""
    typical = np.random.default_rng(7).uniform(50, 205, (COUNT, TELLING))
    labels = rng.permutation(np.repeat(np.arange(COUNT), each))
    squares = [rng.normal(typical[labels], 8), rng.uniform(0, 255, (len(labels), IDLE))]
    squares = np.concatenate(squares, axis=1).clip(0, 255).reshape(-1, 4, 4, 1)
    return squares.repeat(SIDE // 4, axis=1).repeat(SIDE // 4, axis=2).astype(np.uint8), labels


def _backbone_of_6_8():
    import keras
    from keras import layers

    stack = [keras.Input((12, 12, 1))]
    for kernels in (2, 3, 4):
        convolution = layers.Conv2D(kernels, 3, kernel_initializer="zeros", name=f"convolution_{kernels - 1}")
        stack += [convolution, layers.BatchNormalization(), layers.ReLU()]
    stack[-1] = layers.GlobalAveragePooling2D()
    x = stack[0]
    for layer in stack[1:]:
        x = layer(x)
    return keras.Model(stack[0], x)


def check_6_8(tune_last):
    """The last layers learn, BatchNormalization doesn't, and no other."""
    for count, frozen in ((6, False), (5, False), (5, True)):
        backbone = _backbone_of_6_8()
        backbone.trainable = not frozen
        result = call(tune_last, backbone, count, name="tune_last")
        layers, moving = backbone.layers, {id(weight) for weight in backbone.trainable_weights}
        learns = {place for place, layer in enumerate(layers) if moving & {id(weight) for weight in layer.weights}}
        kinds = [type(layer).__name__ for layer in layers]
        convolutions = {place for place, kind in enumerate(kinds) if kind == "Conv2D"}
        _judge_learning(backbone, learns, convolutions, {place for place, kind in enumerate(kinds) if "Batch" in kind}, count)  # fmt: skip
        if isinstance(result, (list, tuple)):
            raise NotYet(f"The layers are right, but you return {describe(result)}. Return how many there are.")
        got, flags = number(result, "the result of tune_last"), sum(bool(layer.trainable) for layer in layers)
        if got not in (flags, len(learns)):  # with ReLU and pooling, or only those that have something to learn
            raise NotYet(
                f"The layers are right, but you return {got:g}. {flags} of them are trainable: "
                "sum(layer.trainable for layer in backbone.layers)."
            )
    return "the last layers learn, with the means of many images"


def _judge_learning(backbone, learns, convolutions, norms, count):
    """Raise `NotYet` unless of the last layers the convolutions learn. Layers are given as sets of places."""
    layers = backbone.layers
    first, last = set(range(count)), set(range(len(layers) - count, len(layers)))
    if learns == convolutions & last:
        return
    said = f"Of {len(layers)} layers the last {count} should learn"
    if not learns and any(layer.trainable for layer in layers if layer.weights):
        raise NotYet(
            "The backbone itself is frozen, and with it all its layers. Set backbone.trainable = True first, before those of "
            "the layers."
        )
    wrong = [
        (set(), "none does. Set layer.trainable of the last ones to True. (backbone.trainable = False behind it freezes all again)"),
        (convolutions | norms, "all do. backbone.trainable sets all its layers, so it comes first; then freeze the others: layer.trainable = False"),
        (convolutions, "all do but BatchNormalization. Freeze the first ones, too"),
        ((convolutions | norms) & last, "they do; but among them BatchNormalization stays frozen: isinstance(layer, keras.layers.BatchNormalization)"),
        ((convolutions | norms) & first, f"the first {count} do. The last ones are backbone.layers[-count:]"),
        (convolutions & first, f"the first {count} do. The last ones are backbone.layers[-count:]"),
        ((convolutions | norms) - last, "all others do. True and False have changed places"),
        (norms & last, "of these only BatchNormalization does. It is the one that stays frozen"),
    ]  # fmt: skip
    for places, words in wrong:
        if learns == places:
            raise NotYet(f"{said}, and {words}.")
    meant, found = (
        ", ".join(layers[place].name for place in sorted(places)) for places in (convolutions & last, learns)
    )
    raise NotYet(
        f"{said}, all but BatchNormalization; of those with weights this is {meant}, and with you {found}. Count from the end."
    )


#: Matrices on which wrong rules find other pairs. In two of them no image has the class 3.
CONFUSED = (
    [[29, 5, 3, 0, 10, 4], [12, 28, 11, 0, 10, 9], [10, 3, 58, 0, 8, 9], [0] * 6, [4, 1, 8, 0, 17, 3], [11, 4, 10, 0, 11, 22]],
    [[30, 1, 12], [2, 40, 3], [9, 0, 25]],
    [[14, 8, 3, 0, 4, 1], [11, 42, 7, 0, 5, 11], [10, 8, 56, 0, 9, 9], [0] * 6, [6, 2, 11, 0, 13, 0], [4, 4, 12, 0, 8, 23]],
)  # fmt: skip


def check_6_9(worst_pair):
    """The two classes with the largest share of wrong names among the two."""
    for matrix in CONFUSED:
        counts = np.array(matrix)
        with np.errstate(all="ignore"):
            result = call(worst_pair, counts, name="worst_pair")
        pair = _two(result, "two numbers of classes")
        pair = tuple(number(value, "a class") for value in pair)
        if not all(value == int(value) and 0 <= value < len(counts) for value in pair):
            raise NotYet(
                f"Got {pair}; expected two whole numbers from 0 to {len(counts) - 1}, the rows of the classes."
            )
        _judge_pair(pair, counts)
    return "the pair that is confused most, however many images it has"


def _judge_pair(pair, counts):
    """Raise `NotYet` unless the pair has the largest share of wrong names."""
    total = np.maximum(counts.sum(axis=1), 1)
    pairs = list(itertools.combinations(range(len(counts)), 2))

    def wrong(a, b):
        return counts[a, b] + counts[b, a]

    def among(a, b):
        return max(wrong(a, b) + counts[a, a] + counts[b, b], 1)

    def best(rule):
        return max(pairs, key=lambda names: rule(*names))

    right = best(lambda a, b: wrong(a, b) / among(a, b))
    if pair == right:
        return
    if pair == right[::-1]:
        raise NotYet(f"The two are right. The smaller number comes first: {right}.")
    if pair[0] == pair[1]:
        raise NotYet(f"({pair[0]}, {pair[0]}) is on the diagonal, where the right answers are. Take pairs with a < b.")
    rules = [
        (lambda a, b: max(counts[a, b], counts[b, a]), "the largest count off the diagonal. Add both directions, and divide by all counts of the two"),
        (wrong, "the pair with the most wrong names, C_ab + C_ba. Divide by all counts of the two, as large classes have more of everything"),
        (lambda a, b: max(counts[a, b] / total[a], counts[b, a] / total[b]), "the largest share of a row. Add both directions, and divide by the four counts of the two"),
        (lambda a, b: wrong(a, b) / (total[a] + total[b]), "right if you divide by all images of the two. Only those count that were given one of the two names"),
        (lambda a, b: max(counts[a, b], counts[b, a]) / among(a, b), "right for one direction. Add C_ab and C_ba"),
        (lambda a, b: counts[a, b] / among(a, b), "right for one direction. Add C_ab and C_ba"),
    ]  # fmt: skip
    for rule, words in rules:
        if tuple(sorted(pair)) == best(rule):
            raise NotYet(f"For a matrix of {len(counts)} classes you find {pair}. That is {words}.")
    if tuple(sorted(pair)) == min(pairs, key=lambda names: wrong(*names) / among(*names)):
        raise NotYet(f"{pair} are confused least. Take the largest share.")
    share = {names: wrong(*names) / among(*names) for names in (right, tuple(sorted(pair)))}
    raise NotYet(
        f"Of the names of {pair}, {share[tuple(sorted(pair))]:.3f} are wrong; of those of another pair {share[right]:.3f}."
    )


def check_6_10(ceiling):
    """For each drawing the most frequent name."""
    table = {"a": {"x": 7, "y": 3, "z": 2}, "b": {"y": 6, "w": 5}, "c": {"x": 5}, "d": {"w": 4, "z": 3, "x": 2, "y": 2}, "e": {"y": 1}}  # fmt: skip
    images = [(drawing, name) for drawing, names in table.items() for name, n in names.items() for _ in range(n)]
    images = [images[place] for place in np.random.default_rng(0).permutation(len(images))]
    n = len(images)

    def result(pairs):
        drawn, names = map(list, zip(*pairs, strict=True))
        return number(call(ceiling, drawn, names, name="ceiling"), "the result of ceiling")

    largest = {drawing: max(names.values()) for drawing, names in table.items()}
    sizes = {drawing: sum(names.values()) for drawing, names in table.items()}
    by_name = [max(names.get(name, 0) for names in table.values()) for name in "wxyz"]
    of_names = Counter(name for _, name in images)
    right = sum(largest.values()) / n
    wrong = [
        (sum(largest.values()), "That is a number of images. Divide by how many there are."),
        (100 * right, "That is per cent. Return the share, from 0 to 1."),
        (1 - right, "That is the share that must go wrong. The best accuracy is what is left."),
        (max(of_names.values()) / n, "That is the most frequent name of all images. Whoever sees the drawing says, for each drawing, its own most frequent name."),
        (max(sizes.values()) / n, "That is the most frequent drawing. For each drawing, how many images have its most frequent name?"),
        (len(table) / n, "Each drawing counts once. It is right for as many images as have its most frequent name."),
        (1.0, "That would be so if each drawing had one name. Some have several, and then nobody knows which."),
        (sum(by_name) / n, "That goes by names: for each name its most frequent drawing. One sees the drawing, and has to say the name."),
        (sum(min(names.values()) for names in table.values()) / n, "That is the rarest name of each drawing. The best one can do is to say the most frequent."),
        (np.mean([largest[drawing] / sizes[drawing] for drawing in table]), "That is the mean over the drawings. One with many images counts more: add up images, and divide by all."),
        (sum(sum(count**2 for count in names.values()) / sizes[drawing] for drawing, names in table.items()) / n, "That is for somebody who says each name as often as it occurs. It is better to say always the most frequent."),
        (sum(len(names) == 1 for names in table.values()) / len(table), "That is the share of drawings with one name. Those with several are right for the most frequent one."),
        (sum(sizes[drawing] for drawing, names in table.items() if len(names) == 1) / n, "Only drawings with one name count for you. Of the others, the images with the most frequent name can be right, too."),
        (sum(drawing == name for drawing, name in images) / n, "Drawing and name need not be the same word. For each drawing, count the names."),
        (max(Counter(images).values()) / n, "That is one drawing with one name. Add up the largest count of every drawing."),
    ]  # fmt: skip
    got = result(images)
    for value, words in wrong:
        if close(got, value):
            raise NotYet(words)
    if not close(got, right):
        raise NotYet(f"For {n} images with {len(table)} drawings you get {got:.3f}; expected {right:.3f}.")
    if not close(result([("b", "y"), ("a", "x"), ("b", "y")]), 1.0):
        raise NotYet("Where each drawing has one name, everything can be right: 1.")
    if not close(result([("a", "x"), ("a", "y"), ("a", "z"), ("a", "y")]), 0.5):
        raise NotYet("Of one drawing that is called x, y, z and y, half can be right.")
    return "nobody can do better, whatever their network"


def check_6_11(true_name):
    """Two names become one, 64 images get the name of what they show, and the others keep theirs."""
    from helpers import lattice_sets, lattices

    touched = False
    # Only what is in the manifest: nobody can know what other rows would be.
    for label, lattice in (*lattices.PUBLISHED.items(), ("tetragonal_c", lattices.MISLABELLED)):
        described = lattice_sets.described(lattice, lattice.settings()[0])
        row = {"file": f"{label}/7.png", "label": label} | {key: str(value) for key, value in described.items()}
        given = dict(row)
        got = call(true_name, given, name="true_name", may_return_none=True)
        if got is ... or (got is not None and not isinstance(got, str)):
            refuse_blank(got)
            raise NotYet(f"`true_name` returns {describe(got)}; expected a name.")
        expected = label
        if label in ("tetragonal_c", "tetragonal_face"):
            expected = "tetragonal" if row["sublattices"] == "1" else "tetragonal_body_center"
        if got != expected:
            _explain_name(label, row["sublattices"], got, expected)
        touched |= given != row
    if touched:
        raise NotYet(
            "The names are right, but `true_name` changes the row itself. Return the name, and leave the row as it is: "
            "its label is needed again."
        )
    return "every image is called what it shows"


def _explain_name(label, sublattices, got, expected):
    """Raise `NotYet` with what is wrong about a name."""
    said = f'An image with label = "{label}" and sublattices = "{sublattices}"'
    if got is None:
        raise NotYet(f"{said} gets no name, but None. Each way through the function has to end in `return`.")
    if label not in ("tetragonal_c", "tetragonal_face"):
        why = " The label only begins like one of the two: compare with ==." if label.startswith("tetragonal_") else ""
        raise NotYet(f'{said} is called "{got[:40]}"; expected "{expected}": its label stays.{why}')
    if sublattices == "2" and got == "tetragonal":
        raise NotYet(
            f'{said} is called "tetragonal"; expected "{expected}": it is one of the 64. Ask for both, label and '
            'sublattices. What is in a CSV file is text: row["sublattices"] == "2".'
        )
    if sublattices == "1" and got == "tetragonal_body_center":
        raise NotYet(f'{said} is called "{got}"; expected "{expected}". Only those with two sublattices are body centred.')  # fmt: skip
    raise NotYet(f'{said} is called "{got[:40]}"; expected "{expected}".')


def check_6_12(log_likelihood):
    """The sum of n ln μ − μ, to which anything may be added that does not depend on μ."""
    rng = np.random.default_rng(0)
    means = [rng.uniform(0.3, 4, (6, 5)) for _ in range(3)]
    counts = rng.poisson(means[0])
    got = []
    for mean in means:
        with np.errstate(all="ignore"):
            result = call(log_likelihood, counts, mean, name="log_likelihood")
        if not isinstance(result, str) and np.shape(result) in (counts.shape, counts.shape[:1], counts.shape[1:]):
            raise NotYet(
                f"The result has shape {np.shape(result)}; expected one number: the sum over all pixels, np.sum(...)."
            )
        if np.asarray(result).dtype.kind == "f" and not np.isfinite(result).all():
            raise NotYet("The result is not finite. Some counts are 0, and have no logarithm; it is taken of the mean.")
        got.append(number(result, "the result of log_likelihood"))

    def differ(values):  # what depends on μ alone is what counts
        return np.array([values[0] - values[1], values[0] - values[2]])

    def each(rule):
        return np.array([np.sum(rule(mean)) for mean in means])

    logs, sums = each(lambda mean: counts * np.log(mean)), each(lambda mean: mean)
    swapped, squares = each(lambda mean: mean * np.log(np.maximum(counts, 1))), each(lambda mean: (counts - mean) ** 2)
    right = logs - sums
    wrong = [
        (-right, "That is −ℓ. The most probable class should have the largest."),
        (logs, "−μ is missing. Without it, a class that is too bright everywhere costs nothing."),
        (-sums, "The counts do not occur in it. The first part is n ln μ."),
        (logs + sums, "μ has the wrong sign: n ln μ − μ."),
        (right / counts.size, "That is the mean over the pixels. Their probabilities are multiplied, so the logarithms are summed."),
        (right / np.log(10), "That is the logarithm of base 10. np.log is the natural one."),
        (logs / np.log(10) - sums, "np.log10 is the logarithm of base 10. Take the natural one, np.log."),
        (logs / np.log(2) - sums, "np.log2 is the logarithm of base 2. Take the natural one, np.log."),
        (each(lambda mean: counts * np.log1p(mean) - mean), "np.log1p(μ) is ln(1 + μ). Take np.log."),
        (each(lambda mean: np.log(mean) - mean), "ln μ is to be multiplied by the counts: n ln μ − μ."),
        (each(lambda mean: counts * (np.log(mean) - mean)), "−μ is not multiplied by the counts: n ln μ − μ."),
        (each(lambda mean: counts * mean - mean), "The logarithm is missing: n ln μ − μ."),
        (counts.sum() * np.log(sums) - sums, "That takes all pixels for one. The logarithm comes first, pixel by pixel, then the sum."),
        (swapped - sums, "Counts and means have changed roles: n ln μ − μ, with the logarithm of the mean."),
        (swapped, "Counts and means have changed roles: n ln μ − μ, with the logarithm of the mean."),
        (-squares, "That is the squared difference, for Gaussian noise. The counts are Poisson distributed: n ln μ − μ."),
        (-squares / 2, "That is the squared difference, for Gaussian noise. The counts are Poisson distributed: n ln μ − μ."),
    ]  # fmt: skip
    for values, words in wrong:
        if close(differ(got), differ(values)):
            raise NotYet(words)
    if min(got) > 0 and close(differ(np.log(got)), differ(right), 1e-3):
        raise NotYet("That is the probability itself, which for a whole image is too small for a computer. Return its logarithm.")  # fmt: skip
    if close(differ(got), differ(right)):
        large = np.full((SIDE, SIDE), 2.0)
        with np.errstate(all="ignore"):
            whole = call(log_likelihood, rng.poisson(large), large, name="log_likelihood")
        if not np.isfinite(whole).all():
            raise NotYet(
                f"For an image of {SIDE}x{SIDE} pixels the result is {whole}: a product of so many probabilities is too small "
                "for a computer. Sum logarithms in place of that."
            )
    else:
        raise NotYet(
            f"From one mean to another your ℓ changes by {differ(got)[0]:.4f}; expected {differ(right)[0]:.4f}, the difference of "
            "the sums of n ln μ − μ."
        )
    return "the most probable class has the largest ℓ"
