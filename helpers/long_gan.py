"""Train a larger GAN on digits for as long as you like: `python -m helpers.long_gan FOLDER --epochs 40`.

After each epoch the folder holds a checkpoint, and the same command goes on from there if it was stopped. At the end it
holds the generator, `generator.keras`, and a page of its digits, `digits.png`.
"""

import argparse
import os
import sys
from pathlib import Path

import numpy as np

from helpers import device, digits, final_model, gallery
from helpers.timeleft import fit_progress

EPOCHS, BATCH, NOISE = 40, 64, 64
RATES = {"generator": 5e-4, "discriminator": 2e-3}


def build(steps, seed=1):
    """The game of lesson 4 with wider networks, rates that fall to zero, and an average generator, not trained.

    Parameters
    ----------
    steps : int
        How many steps the training will have; the learning rates are zero at its end.
    seed : int
        Seed of the noise.

    Returns
    -------
    keras.Model
        Compiled; `fit` takes pictures, `float32` of shape (n, 28, 28, 1), from 0 to 1. Its `average` is the generator
        to use: from normal noise, shape (n, 64), to pictures like those.
    """
    import keras
    import tensorflow as tf
    from keras import layers

    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)

    def generator():
        return keras.Sequential(
            [
                keras.Input((NOISE,)),
                layers.Dense(256, use_bias=False),
                layers.BatchNormalization(momentum=0.9),
                layers.ReLU(),
                layers.Dense(256, use_bias=False),
                layers.BatchNormalization(momentum=0.9),
                layers.ReLU(),
                layers.Dense(7 * 7 * 128, use_bias=False),
                layers.BatchNormalization(momentum=0.9),
                layers.ReLU(),
                layers.Reshape((7, 7, 128)),
                layers.Conv2DTranspose(64, 4, strides=2, padding="same", use_bias=False),
                layers.BatchNormalization(momentum=0.9),
                layers.ReLU(),
                layers.Conv2DTranspose(1, 6, strides=2, padding="same", activation="sigmoid"),
            ]
        )

    def discriminator():
        return keras.Sequential(
            [
                keras.Input((28, 28, 1)),
                layers.Conv2D(64, 4, strides=2, padding="same", use_bias=False),
                layers.LeakyReLU(0.2),
                layers.Conv2D(128, 4, strides=2, padding="same", use_bias=False),
                layers.LeakyReLU(0.2),
                layers.Flatten(),
                layers.Dense(1),
            ]
        )

    class LongGAN(keras.Model):
        def __init__(self):
            super().__init__()
            self.generator, self.discriminator, self.average = generator(), discriminator(), generator()
            self.average.set_weights(self.generator.get_weights())
            self.noise = keras.random.SeedGenerator(seed)
            self.built = True  # so that a checkpoint can be read before the first step

        def compile(self):
            for name, rate in RATES.items():
                falling = keras.optimizers.schedules.CosineDecay(rate, steps)
                optimizer = keras.optimizers.Adam(falling, beta_1=0.5)
                optimizer.build(getattr(self, name).trainable_variables)
                setattr(self, f"{name}_optimizer", optimizer)
            super().compile(self.generator_optimizer)

        def train_step(self, real):
            noise = keras.random.normal((tf.shape(real)[0], NOISE), seed=self.noise)
            with tf.GradientTape(persistent=True) as tape:
                fake_scores = self.discriminator(self.generator(noise, training=True), training=True)
                real_scores = self.discriminator(real, training=True)
                d_loss = cross_entropy(tf.ones_like(real_scores), real_scores)
                d_loss += cross_entropy(tf.zeros_like(fake_scores), fake_scores)
                g_loss = cross_entropy(tf.ones_like(fake_scores), fake_scores)
            weights = self.discriminator.trainable_variables
            self.discriminator_optimizer.apply(tape.gradient(d_loss, weights), weights)
            weights = self.generator.trainable_variables
            self.generator_optimizer.apply(tape.gradient(g_loss, weights), weights)
            for mean, now in zip(self.average.weights, self.generator.weights, strict=True):
                mean.assign(0.995 * mean + 0.005 * now)
            return {"discriminator": d_loss, "generator": g_loss}

    gan = LongGAN()
    gan.compile()
    return gan


def sample(generator, n, seed):
    """Forged digits, `uint8` of shape (n, 28, 28), from normal noise with this seed."""
    noise = np.random.default_rng(seed).normal(size=(n, generator.input_shape[-1]))
    return (255 * generator.predict(noise, verbose=0, batch_size=500)[..., 0]).astype("uint8")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where checkpoints and results go; made if it is not there")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help=f"{EPOCHS} by default")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    if chosen.epochs < 1:
        parser.error(f"--epochs is {chosen.epochs}; expected 1 or more.")
    if chosen.folder.exists() and not chosen.folder.is_dir():
        parser.error(f"{chosen.folder} is a file; name a folder, an old one to go on or a new one to begin.")
    chosen.folder.mkdir(parents=True, exist_ok=True)
    device.start(only="tensorflow")
    import keras

    data = digits.load()
    pictures = final_model.prepare(data.x_train)
    epochs = chosen.epochs * (1 if data.name == "MNIST" else 10)  # there are forty times fewer 8x8 digits
    keras.utils.set_random_seed(chosen.seed)
    gan = build(epochs * -(-len(pictures) // BATCH), chosen.seed)
    checkpoint = keras.callbacks.BackupAndRestore(
        str(chosen.folder / "checkpoint"), double_checkpoint=True, delete_checkpoint=False
    )
    gan.fit(pictures, batch_size=BATCH, epochs=epochs, verbose=0, callbacks=[checkpoint, fit_progress()])
    part = chosen.folder / "part.keras"
    gan.average.save(part)
    os.replace(part, chosen.folder / "generator.keras")
    gallery.save(chosen.folder / "digits.png", sample(gan.average, 100, seed=chosen.seed))
    print(f"{chosen.folder / 'generator.keras'} and {chosen.folder / 'digits.png'} are written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
