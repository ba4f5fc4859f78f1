"""Baselines, from the most frequent class to a small network: what a score has to be compared with."""

import numpy as np

from helpers.audit import scores
from helpers.timeleft import TimeLeft

#: Trees of a forest, from how many images on they grow on several processors, and principal components of the pictures.
TREES, MANY, COMPONENTS = 200, 2000, 50
#: Trees at least, and trees times classes at most.
FEWEST, MEMORY = 40, 4000
#: Steps of training of the network, at least and at most, images in each, epochs in between, and rates of learning.
STEPS, BATCH, EPOCHS, RATES = (300, 1500), 32, 20, (3e-3, 5e-4)
#: Pictures that are standardised, or shown to the network, at once.
AT_ONCE = 1024
#: Which parts of the training images a learning curve is made of.
SIZES = (0.125, 0.25, 0.5, 1.0)


def eigenpictures(pictures, seed):
    """The pictures in 50 numbers each: principal components, for which labels make no difference.

    Parameters
    ----------
    pictures : ndarray of uint8, shape (n, side, side)
    seed : int

    Returns
    -------
    ndarray of float32, shape (n, k)
    """
    from sklearn.decomposition import PCA

    flat = standardised(pictures).reshape(len(pictures), -1)
    components = min(COMPONENTS, len(flat) - 1)
    return PCA(components, copy=False, svd_solver="randomized", random_state=seed).fit_transform(flat)


def standardised(pictures):
    """Pictures of mean 0 and standard deviation 1, float32: brightness and contrast count for nothing."""
    found = pictures.astype(np.float32)
    for start in range(0, len(found), AT_ONCE):
        some = found[start : start + AT_ONCE]
        some -= some.mean(axis=(1, 2), keepdims=True)
        some /= some.std(axis=(1, 2), keepdims=True) + 1e-3
    return found


def forest(labels, seed, trees=None):
    """A forest in which each class counts alike, of 200 trees by default; with many images it uses all processors.

    The memory of a tree grows with the number of classes, so with many of these there are fewer.
    """
    from sklearn.ensemble import ExtraTreesClassifier

    trees = min(trees or TREES, max(FEWEST, MEMORY // len(np.unique(labels))))
    jobs = -1 if len(labels) > MANY else 1
    return ExtraTreesClassifier(trees, min_samples_leaf=2, class_weight="balanced", random_state=seed, n_jobs=jobs)


def out_of_fold(features, labels, part, seed, trees=None, training=None):
    """What forests say of the images that they were not trained on.

    Parameters
    ----------
    features : ndarray of float, shape (n, k)
    labels, part : ndarray of int, shape (n,)
    seed : int
    trees : int, optional
    training : list of ndarray of bool, shape (n,), optional
        For each part which images a forest is trained on; all that are in other parts by default.

    Returns
    -------
    ndarray of float, shape (n, classes)
        Probabilities.
    """
    found = np.zeros((len(labels), labels.max() + 1))
    for place, number in enumerate(np.unique(part)):
        inside = part == number
        chosen = ~inside if training is None else training[place]
        fitted = forest(labels, seed, trees).fit(features[chosen], labels[chosen])
        found[np.ix_(inside, fitted.classes_)] = fitted.predict_proba(features[inside])
    return found


def nearest_mean(features, labels, part):
    """Which class's mean each image is nearest to, among images of other parts; shape (n,)."""
    from sklearn.neighbors import NearestCentroid

    said = np.empty(len(labels), int)
    for number in np.unique(part):
        inside = part == number
        said[inside] = NearestCentroid().fit(features[~inside], labels[~inside]).predict(features[inside])
    return said


def most_frequent(labels, part):
    """The most frequent class of the other parts; shape (n,)."""
    said = np.empty(len(labels), int)
    for number in np.unique(part):
        said[part == number] = np.bincount(labels[part != number]).argmax()
    return said


def shuffled(labels, groups, rng):
    """Labels that mean nothing: the groups keep together, and exchange their labels.

    Parameters
    ----------
    labels, groups : ndarray of int, shape (n,)
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int, shape (n,)
        If groups have several labels, single images exchange theirs.
    """
    _, first, groups = np.unique(groups, return_index=True, return_inverse=True)
    if not np.array_equal(labels[first][groups], labels) and len(first) < len(labels) / 2:
        return rng.permutation(labels)
    return rng.permutation(labels[first])[groups]


def curve(features, labels, groups, copy_groups, part, seed):
    """Balanced accuracy by the number of images that forests are trained on.

    Parameters
    ----------
    features : ndarray of float, shape (n, k)
    labels, groups, copy_groups, part : ndarray of int, shape (n,)
        With fewer images, there are fewer groups of copies, in each class alike.
    seed : int

    Returns
    -------
    points : list of (int, scores.Score)
        How many images there were for training, on average over the parts.
    rise : scores.Score
        By how much the last score is above the one before.
    """
    points, hits = [], []
    for share in SIZES:
        training = [
            _fewer(labels, copy_groups, part != number, share, np.random.default_rng([seed, number]))
            for number in np.unique(part)
        ]
        hits.append(out_of_fold(features, labels, part, seed, training=training).argmax(axis=1) == labels)
        points.append((round(np.mean(np.sum(training, axis=1))), scores.score(hits[-1], labels, groups)))
    return points, scores.difference(hits[-1], hits[-2], labels, groups)


def _fewer(labels, groups, there, share, rng):
    """Of the images that are there, those of a share of the groups of each class, one group at least: bool."""
    kept = np.zeros(len(labels), bool)
    for label in np.unique(labels[there]):
        own = there & (labels == label)
        order = rng.permutation(np.unique(groups[own]))
        kept |= own & np.isin(groups, order[: max(1, round(share * len(order)))])
    return kept


def small_network(classes, side, seed):
    """Three convolutions and a dense layer, 24,000 weights.

    Parameters
    ----------
    classes : int
    side : int
        Rows and columns of the pictures.
    seed : int

    Returns
    -------
    keras.Model
        From pictures of shape (n, side, side, 1), standardised, to probabilities of shape (n, classes).
    """
    import keras
    from keras import layers

    network = [keras.Input((side, side, 1))]
    for number, kernels in enumerate((16, 32, 64)):
        start = keras.initializers.HeNormal(seed=seed + number)
        size = 3 if number else 5
        network += [layers.Conv2D(kernels, size, 2, padding="same", activation="relu", kernel_initializer=start)]
    start = keras.initializers.GlorotUniform(seed=seed + 3)
    network += [layers.GlobalAveragePooling2D(), layers.Dense(classes, activation="softmax", kernel_initializer=start)]
    network = keras.Sequential(network)
    network.compile(keras.optimizers.Adam(RATES[0]), "sparse_categorical_crossentropy", jit_compile=False)
    network.optimizer.build(network.trainable_variables)
    return network


def network_out_of_fold(pictures, labels, part, seed, quick=False):
    """What small networks say of the images that they were not trained on, with a line that shows the time left.

    Parameters
    ----------
    pictures : ndarray of uint8, shape (n, side, side)
    labels, part : ndarray of int, shape (n,)
    seed : int
    quick : bool
        Train for fewer steps.

    Returns
    -------
    ndarray of float, shape (n, classes)
        Probabilities.
    """
    from helpers import device

    device.start()
    import keras

    found = np.zeros((len(labels), labels.max() + 1))
    steps = STEPS[0] if quick else int(np.clip(EPOCHS * len(labels) / BATCH, *STEPS))
    network = small_network(found.shape[1], pictures.shape[1], seed)
    start = network.get_weights()
    numbers = np.unique(part)
    # The first step builds the network; it would say nothing about how long the others take.
    network.train_on_batch(
        standardised(pictures[:BATCH])[..., np.newaxis], labels[:BATCH], np.ones(len(labels[:BATCH]))
    )
    line = TimeLeft(len(numbers) * steps, "small network")
    for done, number in enumerate(numbers):
        network.set_weights(start)  # cheaper than a new network for each part
        for variable in network.optimizer.variables:
            variable.assign(keras.ops.zeros_like(variable))
        network.optimizer.learning_rate = RATES[0]
        training, inside = np.flatnonzero(part != number), np.flatnonzero(part == number)
        counts = np.bincount(labels[training], minlength=found.shape[1])
        weights = len(training) / (np.maximum(counts, 1) * found.shape[1])
        for step, batch in enumerate(_batches(training, steps, np.random.default_rng([seed, number]))):
            if step == steps * 2 // 3:
                network.optimizer.learning_rate = RATES[1]
            shown = standardised(pictures[batch])[..., np.newaxis]
            network.train_on_batch(shown, labels[batch], sample_weight=weights[labels[batch]])
            line.update(done * steps + step + 1)
        for first in range(0, len(inside), AT_ONCE):
            some = inside[first : first + AT_ONCE]
            shown = standardised(pictures[some])[..., np.newaxis]
            found[some] = network.predict(shown, batch_size=256, verbose=0)
    line.close()
    return found


def _batches(places, count, rng):
    """So many batches of places, each of which comes once before any comes again."""
    order = np.array([], int)
    for _ in range(count):
        if len(order) < BATCH:
            order = np.concatenate([order, rng.permutation(places)])
        yield order[:BATCH]
        order = order[BATCH:]
