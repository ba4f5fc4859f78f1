"""The published run of lesson 5 in full size: `make published-roughness`, three quarters of an hour on two cores.

128x128 pixels, 2,000 interfaces of each exponent, ten epochs; the network is that of the lesson.
"""

import argparse
import sys

import numpy as np

from helpers import device, interfaces, timeleft
from tools import lesson

LENGTH = 128


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", type=int, default=2000, help="interfaces of each exponent; 2000 by default")
    parser.add_argument("--epochs", type=int, default=10, help="10 by default")
    parser.add_argument("--own-phases", action="store_true", help="with the generator repaired")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    if min(chosen.each, chosen.epochs) < 1:
        parser.error("--each and --epochs have to be 1 or more.")
    device.start()
    import keras

    names = lesson.run("05_roughness", "published", keras=keras, np=np, interfaces=interfaces, SEED=chosen.seed)
    zetas = names["zeta_classes"]

    def call(each, rng):
        return interfaces.published(zetas, each, LENGTH, rng, shared_phases=not chosen.own_phases)

    rng = np.random.default_rng(chosen.seed)
    train, validation = names["split"](*call(chosen.each, rng), rng)
    keras.utils.set_random_seed(chosen.seed)
    network = names["published_network"](LENGTH)
    network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    progress = timeleft.fit_progress()
    network.fit(
        *train, batch_size=64, epochs=chosen.epochs, validation_data=validation, verbose=0, callbacks=[progress]
    )
    _, accuracy = network.evaluate(*validation, verbose=0)
    heights, classes = call(100, rng)
    answers = network.predict(interfaces.images(heights)[..., np.newaxis], verbose=0).argmax(axis=1)
    error = np.sqrt(np.mean((zetas[answers] - zetas[classes]) ** 2))
    print(f"validation {accuracy:.1%}; fresh interfaces {np.mean(answers == classes):.1%}, error of ζ {error:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
