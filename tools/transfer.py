"""Lesson 6's network trained on few images in three ways, five seeds: `make transfer`.

From nothing; with our pretrained features and a new head; and with the pretrained network tuned as a whole.
"""

import sys

import numpy as np

from helpers import device, folders, lattice_sets, timeleft
from tools import lesson, measure

#: Training images, and how many are looked at in all epochs together.
LOOKS = {50: 6000, 200: 8000, 1000: 12000}
EACH_TEST = 60
WAYS = ("from nothing", "new head", "tuned")


def main():
    device.start()
    import keras

    from helpers import pretrained

    cells = lesson.run("06_stem_lattices", "transfer", keras=keras, np=np, fit_progress=timeleft.fit_progress)
    fit, joined, accuracy = (cells[name] for name in ("fit", "joined", "accuracy"))
    runs = {f"images{count}": {"seed": list(measure.SEEDS)} | {way: [] for way in WAYS} for count in LOOKS}
    for seed in measure.SEEDS:
        x, y = arrays(lattice_sets.repaired(seed, each=-(-max(LOOKS) // 12)))
        x_test, y_test = arrays(lattice_sets.repaired(seed + 100, each=EACH_TEST))
        order = np.random.default_rng(seed).permutation(len(x))
        for count in LOOKS:
            chosen = order[:count]
            for way in WAYS:
                keras.utils.set_random_seed(seed)
                backbone = pretrained.backbone("textures", weights=None if way == "from nothing" else "pretrained")
                epochs = LOOKS[count] // count
                if way == "new head":
                    features = backbone.predict(x[chosen], verbose=0)
                    network = keras.Sequential(
                        [
                            keras.Input(features.shape[1:]),
                            keras.layers.BatchNormalization(),
                            keras.layers.Dense(12, activation="softmax"),
                        ]
                    )
                    fit(network, features, y[chosen], epochs=100, rate=0.01)
                    score = accuracy(network, backbone.predict(x_test, verbose=0), y_test)
                else:
                    head = keras.layers.Dense(12, activation="softmax")
                    network = keras.Sequential([backbone, head]) if way == "from nothing" else joined(backbone, 12)
                    fit(network, x[chosen], y[chosen], epochs, rate=2e-3 if way == "from nothing" else 1e-3)
                    score = accuracy(network, x_test, y_test)
                runs[f"images{count}"][way].append(round(score, 4))
            print(seed, count, {way: runs[f"images{count}"][way][-1] for way in WAYS}, flush=True)
    contents = {"counts": list(LOOKS), "ways": list(WAYS), "test_images": 12 * EACH_TEST, "runs": runs}
    measure.save("06_transfer", measure.entry("06_transfer", "make transfer", **contents))
    return 0


def arrays(items):
    """Images of (96, 96, 1), and their classes as numbers."""
    images, labels, _ = zip(*items, strict=True)
    names = list(lattice_sets.REPAIRED)
    pictures = np.stack([folders.resized(image, 96) for image in images])[..., np.newaxis]
    return pictures, np.array([names.index(label) for label in labels])


if __name__ == "__main__":
    sys.exit(main())
