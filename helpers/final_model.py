"""Train and save the course's best network for digits: `python -m helpers.final_model digits.keras`.

It writes `digits.keras`, the whole model, and `digits.weights.h5`, its weights alone, and evaluates the model on
the test images once. `python -m helpers.classify digits.keras PICTURE` then reads a digit from a picture.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from helpers import device, digits, folders
from helpers.timeleft import fit_progress

EPOCHS, BATCH, PEAK_RATE = 12, 128, 5e-3


def prepare(pictures):
    """Pictures, `uint8` of shape (n, 28, 28), as the network takes them: `float32`, (n, 28, 28, 1), 0 to 1."""
    return pictures[..., np.newaxis].astype("float32") / 255


def build(seed=None):
    """The network, not trained: three convolutions with batch normalisation, for pictures that are moved a little.

    Parameters
    ----------
    seed : int, optional
        Seed of the random moves of the training pictures.
    """
    import keras
    from keras import layers

    def block(filters, size, stride):
        convolution = layers.Conv2D(filters, size, strides=stride, use_bias=False)
        return [convolution, layers.BatchNormalization(momentum=0.9), layers.ReLU()]

    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.RandomTranslation(0.08, 0.08, fill_mode="constant", interpolation="nearest", seed=seed),
            *block(32, 5, 2),
            *block(64, 3, 2),
            *block(128, 3, 1),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(10, activation="softmax"),
        ]
    )


def train(model, pictures, labels, epochs=EPOCHS, batch=BATCH):
    """Train a network with a learning rate that rises, then falls to zero.

    Parameters
    ----------
    model : keras.Model
    pictures : ndarray of float32, shape (n, 28, 28, 1)
    labels : ndarray of int, shape (n,)
    epochs, batch : int
    """
    import keras

    steps = epochs * -(-len(pictures) // batch)
    rate = keras.optimizers.schedules.CosineDecay(
        PEAK_RATE / 20, warmup_target=PEAK_RATE, warmup_steps=steps // 4, decay_steps=steps - steps // 4
    )
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(pictures, labels, batch_size=batch, epochs=epochs, verbose=0, callbacks=[fit_progress()])


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="where the model goes; its name ends in .keras")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help=f"{EPOCHS} by default")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    if chosen.file.suffix != ".keras" or not chosen.file.parent.is_dir():
        parser.error(f"{chosen.file} has to end in .keras, and its folder has to be there already.")
    if chosen.epochs < 1:
        parser.error(f"--epochs is {chosen.epochs}; expected 1 or more.")
    device.start()
    import keras

    data = digits.load()
    keras.utils.set_random_seed(chosen.seed)
    model = build(chosen.seed)
    train(model, prepare(data.x_train), data.y_train, chosen.epochs * (1 if data.name == "MNIST" else 6))
    for path, write in ((chosen.file, model.save), (chosen.file.with_suffix(".weights.h5"), model.save_weights)):
        with folders.whole(path) as part:
            write(part)
    accuracy = model.evaluate(prepare(data.x_test), data.y_test, verbose=0)[1]
    print(f"{chosen.file}: {accuracy:.4f} of the test images of {data.name} are right")
    return 0


if __name__ == "__main__":
    sys.exit(main())
