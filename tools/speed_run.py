"""Time to 99.0 % on MNIST: lesson 2's speed run beside the usual recipe, `make speed-run`.

Both come from the cells of the solution that are tagged `speed-run`; they take turns, seed by seed, in one process.
The usual recipe is looked at after each epoch and stops at the goal, or after twelve epochs.
"""

import sys
import time

from helpers import device, timeleft
from tools import measure, notebooks

GOAL, MOST_EPOCHS = 0.990, 12


def lesson(seed):
    """Run the cells of the speed run with one seed: its network is trained, and the usual one is defined."""
    import keras
    import numpy as np

    from helpers import digits

    names = {"keras": keras, "np": np, "digits": digits, "fit_progress": timeleft.fit_progress}
    for cell in notebooks.solution("02_mnist_cnn").cells:
        if "speed-run" in cell.metadata.get("tags", []):
            exec(cell.source.replace("SEED = 1", f"SEED = {seed}"), names)
    return names


def usual_recipe(names, seed):
    """Train the usual recipe up to the goal; returns seconds of training, epochs and validation accuracy."""
    import keras

    class Goal(keras.callbacks.Callback):
        looking = 0.0  # seconds; the speed run has no validation in between, so neither is counted here

        def on_test_begin(self, logs=None):
            self.began = time.perf_counter()

        def on_test_end(self, logs=None):
            self.looking += time.perf_counter() - self.began

        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = logs["val_accuracy"] >= GOAL

    keras.utils.set_random_seed(seed)
    model = names["usual"]()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    goal, start = Goal(), time.perf_counter()
    history = model.fit(
        names["x_fit"], names["y_fit"], batch_size=128, epochs=MOST_EPOCHS, verbose=0,
        validation_data=(names["x_val"], names["y_val"]), callbacks=[goal],
    ).history["val_accuracy"]  # fmt: skip
    return time.perf_counter() - start - goal.looking, len(history), history[-1]


def main():
    notebooks.require_mnist()
    device.start()
    rows = {key: [] for key in ("fast_seconds", "fast", "fast_test", "usual_seconds", "usual_epochs", "usual", "ratio")}
    line = timeleft.TimeLeft(len(measure.SEEDS), "speed run")
    for done, seed in enumerate(measure.SEEDS, start=1):
        names = lesson(seed)
        fast, seconds = names["fast"], names["fast_seconds"]
        usual_seconds, epochs, reached = usual_recipe(names, seed)
        row = {
            "fast_seconds": seconds,
            "fast": fast.evaluate(names["x_val"], names["y_val"], verbose=0)[1],
            "fast_test": fast.evaluate(names["prepare"](names["data"].x_test), names["data"].y_test, verbose=0)[1],
            "usual_seconds": usual_seconds,
            "usual_epochs": epochs,
            "usual": reached,
            "ratio": seconds / usual_seconds,
        }
        for key, value in row.items():
            rows[key].append(round(value, 4))
        line.update(done, f"{seconds:.0f} s against {usual_seconds:.0f} s")
    line.close()
    runs = {"mnist": {"seed": list(measure.SEEDS)} | rows}
    measure.save("02_speed_run", measure.entry("02_speed_run", "make speed-run", runs=runs))
    for key, values in rows.items():
        print(f"{key:14} {min(values):9.4f} to {max(values):.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
