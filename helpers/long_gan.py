"""Train a conditional GAN on digits for as long as you like: `python -m helpers.long_gan FOLDER --epochs 10`.

After each epoch the folder holds a checkpoint, and the same command goes on from there if it was stopped. At the end it
holds the generator, `generator.keras`, and a page of digits that it drew to order, `digits.png`.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from helpers import device, digits, final_model, folders, gallery
from helpers.timeleft import fit_progress

EPOCHS, BATCH, NOISE = 10, 32, 64
RATES = {"generator": 1e-3, "discriminator": 3e-3}


def build(steps, seed=1):
    """The conditional game of lesson 4 with rates that fall to zero and an average generator, not trained.

    Parameters
    ----------
    steps : int
        How many steps the training will have; the learning rates are zero at its end.
    seed : int
        Seed of the noise.

    Returns
    -------
    keras.Model
        Compiled; `fit` takes pictures, `float32` of shape (n, 28, 28, 1), from 0 to 1, and their digits, integers of
        shape (n,). Its `average` is the generator to use: from normal noise and ten numbers of which that of the wanted
        digit is one, the others zero, shape (n, 64 + 10), to pictures like those.
    """
    import keras
    import tensorflow as tf
    from keras import layers

    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    share = min(0.1, 10 / steps)  # so that the average forgets what is older than a tenth of the training

    def generator():
        return keras.Sequential(
            [
                keras.Input((NOISE + 10,)),
                layers.Dense(128, use_bias=False),
                layers.BatchNormalization(momentum=0.9),
                layers.ReLU(),
                layers.Dense(128, use_bias=False),
                layers.BatchNormalization(momentum=0.9),
                layers.ReLU(),
                layers.Dense(7 * 7 * 64, use_bias=False),
                layers.BatchNormalization(momentum=0.9),
                layers.ReLU(),
                layers.Reshape((7, 7, 64)),
                layers.Conv2DTranspose(32, 4, strides=2, padding="same", use_bias=False),
                layers.BatchNormalization(momentum=0.9),
                layers.ReLU(),
                layers.Conv2DTranspose(1, 6, strides=2, padding="same", activation="sigmoid"),
            ]
        )

    def discriminator():
        return keras.Sequential(
            [
                keras.Input((28, 28, 1)),
                layers.Conv2D(32, 4, strides=2, padding="same", use_bias=False),
                layers.LeakyReLU(0.2),
                layers.Conv2D(64, 4, strides=2, padding="same", use_bias=False),
                layers.LeakyReLU(0.2),
                layers.Flatten(),
                layers.Dense(10),
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
                optimizer = keras.optimizers.Adam(falling, beta_1=0.5, beta_2=0.99)
                optimizer.build(getattr(self, name).trainable_variables)
                setattr(self, f"{name}_optimizer", optimizer)
            super().compile(self.generator_optimizer)

        def scores(self, pictures, wanted):
            return tf.reduce_sum(self.discriminator(pictures, training=True) * wanted, axis=1, keepdims=True)

        def train_step(self, batch):
            real, labels = batch
            wanted = tf.one_hot(labels, 10)
            noise = keras.random.normal((tf.shape(real)[0], NOISE), seed=self.noise)
            with tf.GradientTape(persistent=True) as tape:
                fake = self.generator(tf.concat([noise, wanted], axis=1), training=True)
                real_scores, fake_scores = self.scores(real, wanted), self.scores(fake, wanted)
                d_loss = cross_entropy(tf.ones_like(real_scores), real_scores)
                d_loss += cross_entropy(tf.zeros_like(fake_scores), fake_scores)
                g_loss = cross_entropy(tf.ones_like(fake_scores), fake_scores)
            weights = self.discriminator.trainable_variables
            self.discriminator_optimizer.apply(tape.gradient(d_loss, weights), weights)
            weights = self.generator.trainable_variables
            self.generator_optimizer.apply(tape.gradient(g_loss, weights), weights)
            for mean, now in zip(self.average.weights, self.generator.weights, strict=True):
                mean.assign_add(share * (now - mean))
            return {"discriminator": d_loss, "generator": g_loss}

    gan = LongGAN()
    gan.compile()
    return gan


def sample(generator, digits_wanted, seed):
    """Forged digits to order, `uint8` of shape (n, 28, 28), from normal noise with this seed."""
    noise = np.random.default_rng(seed).normal(size=(len(digits_wanted), NOISE))
    orders = np.concatenate([noise, np.eye(10)[digits_wanted]], axis=1)
    return (255 * generator.predict(orders, verbose=0, batch_size=500)[..., 0]).astype("uint8")


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
    labels = data.y_train.astype("int32")
    gan.fit(pictures, labels, batch_size=BATCH, epochs=epochs, verbose=0, callbacks=[checkpoint, fit_progress()])
    with folders.whole(chosen.folder / "generator.keras") as part:
        gan.average.save(part)
    gallery.save(chosen.folder / "digits.png", sample(gan.average, np.arange(100) % 10, seed=chosen.seed))
    print(f"{chosen.folder / 'generator.keras'} and {chosen.folder / 'digits.png'} are written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
