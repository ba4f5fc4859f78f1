"""Train the network for crystals on drawn photographs alone, five seeds: `make crystal-network`.

It is tried on new drawings of published sizes, and on the real samples (`cephalexin.SAMPLES`), which have to be there.
The first seed's weights are those that ship, whatever the others do.
"""

import sys
import time

import numpy as np
from sklearn.metrics import balanced_accuracy_score, f1_score

from helpers import cephalexin, crystal_network, crystals, device, endless, folders, timeleft
from helpers.crystals import CLASSES
from tools import measure

SIDE, DRAWN, BATCH, BATCHES, RATE, EACH = 96, 25_000, 32, 4500, 2e-3, 1000


def pool(seed, count, looks):
    """New drawings to learn from and their labels: `uint8` of shape (count, SIDE, SIDE, 1), `int` of shape (count,)."""
    stream = crystals.stream(seed, SIDE, batch=100, batches=count // 100, looks=looks)
    images, labels = np.empty((count, SIDE, SIDE, 1), np.uint8), np.empty(count, int)
    line = timeleft.TimeLeft(count, "drawing")
    for index in range(len(stream)):
        part = slice(100 * index, 100 * (index + 1))
        images[part], labels[part] = stream[index]
        line.update(part.stop)
    line.close()
    return images, labels


def trained(seed, count=DRAWN, batches=BATCHES, looks=tuple(crystals.LOOKS), standardised=True):
    """A classifier trained on so many drawings, each of which it sees a few times, turned and flipped at random.

    Drawing takes longer than learning, so that fresh drawings alone would make it see less. `standardised` says whether
    each image is, which is otherwise only brought to the range from 0 to 1.
    """
    import keras

    images, labels = pool(seed, count, looks)

    def make(rng):
        chosen = rng.integers(count, size=BATCH)
        return np.stack([crystals.symmetries(images[one])[rng.integers(8)] for one in chosen]), labels[chosen]

    keras.utils.set_random_seed(seed)
    classifier = crystal_network.classifier(SIDE)
    if not standardised:
        classifier = keras.models.clone_model(classifier, clone_function=_not_standardised, recursive=True)
    warmup = batches // 20
    rate = keras.optimizers.schedules.CosineDecay(0.0, batches - warmup, warmup_target=RATE, warmup_steps=warmup)
    classifier.compile(keras.optimizers.AdamW(rate, weight_decay=1e-3), "sparse_categorical_crossentropy")
    stream = endless.stream(make, seed, batches)
    classifier.fit(stream, epochs=1, verbose=0, callbacks=[timeleft.fit_progress()])
    return classifier


def _not_standardised(layer):
    """The same layer without its weights, but for the one that standardises each image."""
    import keras

    if isinstance(layer, keras.layers.LayerNormalization):
        return keras.layers.Rescaling(1 / 255)
    return type(layer).from_config(layer.get_config())


def drawings(seed):
    """New drawings of published sizes, squashed; their labels and looks."""
    images, labels, parameters = zip(*crystals.drawn(1000 + seed, EACH), strict=True)
    squashed = np.stack([crystals.squashed(image, SIDE) for image in images])
    return squashed, np.array([CLASSES.index(label) for label in labels]), np.array([p["look"] for p in parameters])


def sample_files():
    """The files of `cephalexin.SAMPLES`, a list for each crystal; stops if any of them is not there."""
    folder = cephalexin.find()
    found = {path.name: path for path in folders.listing(folder).files} if folder else {}
    if missing := [name for names in cephalexin.SAMPLES for name in names if name not in found]:
        sys.exit(
            f"{missing[0]} is missing, one of the published photographs: put all sixteen into data/cephalexin/cex and "
            "data/cephalexin/pg, as docs/crystals.md says. Without them their rows would leave the ledger."
        )
    return [[found[name] for name in names] for names in cephalexin.SAMPLES]


def samples():
    """The real photographs, squashed, their labels, and for each the crystal that it shows."""
    files = sample_files()
    names = [_plain(own[0].stem) for own in files for _ in own]
    paths = [path for own in files for path in own]
    labels = np.array([CLASSES.index(path.parent.name.lower()) for path in paths])
    return np.stack([crystals.squashed(folders.read_image(path), SIDE) for path in paths]), labels, np.array(names)


def _plain(name):
    """A file name without brackets, blanks and capitals: PG (589) is pg_589."""
    return "_".join("".join(sign if sign.isalnum() else " " for sign in name).lower().split())


def answers(network, images):
    """The probabilities of the classes, an ndarray of shape (n, 2)."""
    answer = network.predict(images[..., np.newaxis], batch_size=250, verbose=0)
    return np.stack([answer[name] for name in CLASSES], axis=1)


def crystals_right(probabilities, labels, names):
    """How many crystals a network gets right by the mean probabilities over the photographs of each."""
    each = [names == name for name in np.unique(names)]
    return sum(int(probabilities[own].mean(axis=0).argmax() == labels[own][0]) for own in each)


def scores(network, new, real):
    """What a network gets right of new drawings and of real samples, two flat dicts."""
    images, labels, looks = new
    found = answers(network, images).argmax(axis=1)
    each = f1_score(labels, found, average=None)
    synthetic = {f"f1_{name}": value for name, value in zip(CLASSES, each, strict=True)}
    synthetic["balanced_accuracy"] = balanced_accuracy_score(labels, found)
    for look in crystals.LOOKS:
        synthetic[f"right_{look.replace(' ', '_')}"] = np.mean((found == labels)[looks == look])
    images, labels, names = real
    probabilities = answers(network, images)
    found = probabilities.argmax(axis=1)
    right = {f"right_{name}": int(np.sum((found == labels)[names == name])) for name in dict.fromkeys(names)}
    together = {
        "balanced_accuracy": balanced_accuracy_score(labels, found),
        "crystals_right": crystals_right(probabilities, labels, names),
    }
    return synthetic, together | right


def main():
    device.start()
    real = samples()
    runs, seconds = {}, []
    for seed in measure.SEEDS:
        start = time.perf_counter()
        classifier = trained(seed)
        seconds.append(round(time.perf_counter() - start))
        if seed == measure.SEEDS[0]:
            crystal_network.WEIGHTS.parent.mkdir(exist_ok=True)
            shipped = crystal_network.classifier(SIDE)  # without the optimiser, which would treble the file
            shipped.set_weights(classifier.get_weights())
            shipped.save_weights(crystal_network.WEIGHTS)
        new = drawings(seed)
        for kind, network in (
            ("", crystal_network.averaged(SIDE, classifier)),
            ("_without_averaging", crystal_network.network(SIDE, classifier)),
        ):
            for source, values in zip(("synthetic", "real"), scores(network, new, real), strict=True):
                series = runs.setdefault(source + kind, {"seed": list(measure.SEEDS)})
                for name, value in values.items():
                    series.setdefault(name, []).append(round(float(value), 4))
                print(seed, source + kind, {name: series[name][-1] for name in values}, flush=True)
    contents = {
        "parameters": classifier.count_params(),
        "drawings": DRAWN,
        "images": BATCHES * BATCH,
        "photographs": {str(name): int(np.sum(real[2] == name)) for name in np.unique(real[2])},
        "runs": runs,
    }
    runs["synthetic"]["seconds"] = seconds
    measure.save("07_crystal_network", measure.entry("07_crystal_network", "make crystal-network", **contents))
    return 0


if __name__ == "__main__":
    sys.exit(main())
