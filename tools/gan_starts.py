"""The first 1,875 steps of lesson 4's GAN, at its highest rates, with twenty seeds into the ledger: `make gan-starts`.

A step that makes a loss or a weight infinite or NaN would spoil all that follow, so it is enough to look at the end.
"""

import sys

import numpy as np

from helpers import device, digits, final_model, timeleft
from tools import lesson, measure, notebooks

SEEDS = range(1, 21)


def main():
    notebooks.require_mnist()
    device.start(only="tensorflow")
    import keras
    import tensorflow as tf

    data = digits.load()
    x = final_model.prepare(data.x_train)
    given = {"keras": keras, "tf": tf, "np": np, "device": device, "data": data, "x": x, "noise_size": 64}
    runs = {"finite": [], "discriminator": [], "generator": []}
    line = timeleft.TimeLeft(len(SEEDS), "starts")
    for done, seed in enumerate(SEEDS, start=1):
        keras.backend.clear_session()
        names = lesson.run("04_gan", "curves", "forger", fit_progress=timeleft.fit_progress, SEED=seed, **given)
        gan = names["gan"]
        history = gan.fit(x, batch_size=names["batch_size"], epochs=1, verbose=0).history
        for network in ("discriminator", "generator"):
            runs[network].append(round(float(history[network][-1]), 3))
        parts = (gan.generator, gan.discriminator, gan.generator_optimizer, gan.discriminator_optimizer)
        finite = all(np.isfinite(value.numpy()).all() for part in parts for value in part.variables)
        losses = [runs[network][-1] for network in ("discriminator", "generator")]
        runs["finite"].append(int(finite and np.isfinite(losses).all()))
        line.update(done)
    line.close()
    measure.save(
        "04_gan_starts",
        measure.entry("04_gan_starts", "make gan-starts", runs={"mnist": {"seed": list(SEEDS)} | runs}),
    )
    print(f"{sum(runs['finite'])} of {len(SEEDS)} are finite")
    return 0


if __name__ == "__main__":
    sys.exit(main())
