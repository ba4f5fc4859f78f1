"""Train the network that ships with the workshop on procedural textures, and save its weights: `make texture-network`.

The same seed gives the same textures, and, but for the order in which a processor adds numbers, the same weights.
"""

import sys
import time

from helpers import device, pretrained, textures, timeleft
from helpers.textures import FAMILIES
from tools import measure

SEED, SIDE, BATCH, BATCHES, EPOCHS, RATE = 0, 96, 64, 200, 20, 2e-3


def main():
    device.start()
    import keras

    keras.utils.set_random_seed(SEED)
    body = pretrained.small_residual(SIDE)
    network = keras.Sequential([body, keras.layers.Dense(len(FAMILIES), activation="softmax")])
    rate = keras.optimizers.schedules.CosineDecay(RATE, EPOCHS * BATCHES)
    network.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    start = time.perf_counter()
    stream = textures.stream(SEED, SIDE, BATCH, BATCHES)
    network.fit(stream, epochs=EPOCHS, verbose=0, callbacks=[timeleft.fit_progress()])
    seconds = round(time.perf_counter() - start)
    accuracies = []
    for seed in measure.SEEDS:
        new = textures.stream(1000 + seed, SIDE, BATCH, 50)
        accuracies.append(round(network.evaluate(new, verbose=0, return_dict=True)["accuracy"], 4))
    print(f"{body.count_params():,} parameters, {seconds} s, of new textures {accuracies} right")
    body.save_weights(pretrained.TEXTURES)
    runs = {"synthetic": {"seed": list(measure.SEEDS), "accuracy": accuracies}}
    contents = {"parameters": body.count_params(), "images": EPOCHS * BATCHES * BATCH, "seconds": seconds, "runs": runs}
    measure.save("06_texture_network", measure.entry("06_texture_network", "make texture-network", **contents))
    return 0


if __name__ == "__main__":
    sys.exit(main())
