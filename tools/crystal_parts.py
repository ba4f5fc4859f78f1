"""What makes the difference when a network for crystals learns from drawings alone, five seeds: `make crystal-parts`.

The training of `make crystal-network` at a ninth of its length, as it is and with one thing left out at a time. Each
network is tried on new drawings of all looks, and on the real samples (`cephalexin.SAMPLES`).
"""

import sys

import numpy as np
from sklearn.metrics import balanced_accuracy_score

from helpers import copies, crystal_network, crystals, device
from tools import crystal_network as training
from tools import measure

DRAWN, BATCHES = 4000, 500
LOOKS = tuple(crystals.LOOKS)
PARTS = {
    "everything": {},
    "one_look_each": {"looks": ("needles", "agglomerate")},
    "no_plate_under_needles": {"looks": tuple(look for look in LOOKS if look != "plate under needles")},
    "not_standardised": {"standardised": False},
}


def averaged(network, images):
    """Probabilities of the classes, averaged over the eight rotations and flips: an ndarray of shape (n, 2)."""
    turned = np.stack([np.stack(copies.symmetries(image)) for image in images])
    return np.mean([training.answers(network, turned[:, way]) for way in range(8)], axis=0)


def measured(answers, network, new, real):
    """Balanced accuracy of new drawings, and what the real samples say, a dict."""
    images, labels, _ = new
    values = {"drawings": balanced_accuracy_score(labels, answers(network, images).argmax(axis=1))}
    images, labels, names = real
    probabilities = answers(network, images)
    values["real"] = balanced_accuracy_score(labels, probabilities.argmax(axis=1))
    values["crystals_right"] = training.crystals_right(probabilities, labels, names)
    values["right_pg_589"] = int(np.sum(probabilities[names == "pg_589"].argmax(axis=1) == 1))
    return {name: round(float(value), 4) for name, value in values.items()}


def main():
    device.start()
    real = training.samples()
    runs = {}
    for seed in measure.SEEDS:
        new = training.drawings(seed)
        for part, without in PARTS.items():
            classifier = training.trained(seed, DRAWN, BATCHES, **without)
            network = crystal_network.network(training.SIDE, classifier)
            for kind, answers in (("", averaged), ("_without_averaging", training.answers)):
                values = measured(answers, network, new, real)
                series = runs.setdefault(part + kind, {"seed": list(measure.SEEDS)})
                for name, value in values.items():
                    series.setdefault(name, []).append(value)
                print(seed, part + kind, values, flush=True)
    contents = {"drawings": DRAWN, "images": BATCHES * training.BATCH, "runs": runs}
    measure.save("07_parts", measure.entry("07_parts", "make crystal-parts", **contents))
    return 0


if __name__ == "__main__":
    sys.exit(main())
