"""A two-dimensional network for lesson 5's images, larger than the lesson's, five seeds: `make large-network`.

It is trained on a quarter of as many fresh images, which takes it longer.
"""

import sys
import time

import numpy as np

from helpers import device, interfaces, roughness, timeleft
from tools import measure

IMAGES, BATCH, PEAK_RATE = 128_000, 128, 1e-3


def build():
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((128, 128)),
            layers.Rescaling(1 / 255),
            layers.Reshape((128, 128, 1)),
            layers.Conv2D(16, 5, strides=2, activation="relu"),
            layers.Conv2D(32, 3, strides=2, activation="relu"),
            layers.Conv2D(64, 3, strides=2, activation="relu"),
            layers.Conv2D(64, 3, strides=2, activation="relu"),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(1),
        ]
    )


def main():
    device.start()
    import keras

    rows = {"seed": list(measure.SEEDS), "seconds": [], "rms": [], "over_bayes": []}
    for seed in measure.SEEDS:
        zeta = np.random.default_rng(seed + 5).uniform(0.05, 1.0, 4000)
        heights = interfaces.heights(zeta, 128, np.random.default_rng(seed + 6))
        keras.utils.set_random_seed(seed)
        network, batches = build(), IMAGES // BATCH
        network.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(PEAK_RATE, batches)), "mse")
        start = time.perf_counter()
        stream = interfaces.stream(seed, batch=BATCH, batches=batches)
        network.fit(stream, epochs=1, verbose=0, callbacks=[timeleft.fit_progress()])
        rows["seconds"].append(round(time.perf_counter() - start))
        images = interfaces.images(heights, width=10.0)
        errors = [network.predict(images, verbose=0)[:, 0] - zeta, roughness.posterior_mean(heights) - zeta]
        rms, bayes = (float(np.sqrt(np.mean(error**2))) for error in errors)
        rows["rms"].append(round(rms, 4))
        rows["over_bayes"].append(round(rms / bayes, 3))
        print({key: values[-1] for key, values in rows.items() if values}, flush=True)
    runs = {"synthetic": rows}
    measure.save(
        "05_large_network",
        measure.entry(
            "05_large_network", "make large-network", parameters=build().count_params(), images=IMAGES, runs=runs
        ),
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
