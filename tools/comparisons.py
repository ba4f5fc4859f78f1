"""Every comparison of lesson 3 into the ledger: `make comparisons`, a quarter of an hour on two cores.

The functions are those of the lesson: the cells of its solution that are tagged `comparison`.
"""

import sys

import numpy as np

from helpers import device, digits, final_model
from helpers.timeleft import TimeLeft
from tools import lesson, measure, notebooks

SEEDS, IMAGES, EPOCHS = (1, 2, 3), 3000, 5
VALUES = {
    "kernel": [1, 3, 5, 7],
    "filters": [4, 8, 16, 32],
    "depth": [1, 2, 3],
    "pooling": ["max", "average", "stride", "none"],
    "activation": ["relu", "tanh", "sigmoid", "linear"],
    "loss": ["cross-entropy", "squared error", "hinge"],
    "optimizer": ["sgd", "momentum", "rmsprop", "adam"],
    "learning_rate": [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0],
    "batch_size": [16, 64, 256, 1024],
    "dropout": [0.0, 0.25, 0.5, 0.75],
    "initialisation": ["zeros", "glorot_uniform", "he_normal", "far too large"],
    "normalisation": ["none", "batch", "layer"],
}


def names_of_lesson(data):
    """What the cells of lesson 3 tagged `comparison` define."""
    import keras

    n_val = len(data.x_train) // 6
    return lesson.run(
        "03_hyperparameters", "comparison", keras=keras, np=np, TimeLeft=TimeLeft,
        x_fit=final_model.prepare(data.x_train[:-n_val]), y_fit=data.y_train[:-n_val],
        x_val=final_model.prepare(data.x_train[-n_val:]), y_val=data.y_train[-n_val:],
    )  # fmt: skip


def main():
    notebooks.require_mnist()
    device.start()
    names = names_of_lesson(digits.load())
    base, known = names["BASE"], {}
    # The network with all choices as in BASE belongs to every comparison, and is trained once.
    settings = {tuple({**base, name: value}.items()) for name, values in VALUES.items() for value in values}
    line = TimeLeft(len(settings) * len(SEEDS), "comparing")

    def run(choices, seed):
        key = (*choices.items(), seed)
        if key not in known:
            history = names["train"](choices, seed, IMAGES, EPOCHS)
            known[key] = {what: [round(float(number), 4) for number in series] for what, series in history.items()}
            line.update(len(known))
        return known[key]

    compared = {name: names["compare"](name, values, run, SEEDS) for name, values in VALUES.items()}
    line.close()
    contents = {"seeds": SEEDS, "images": IMAGES, "epochs": EPOCHS, "base": base, "comparisons": compared}
    measure.save("03_comparisons", measure.entry("03_comparisons", "make comparisons", **contents))
    return 0


if __name__ == "__main__":
    sys.exit(main())
