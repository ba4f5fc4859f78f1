"""Five seeds of the final model of lesson 3 into the ledger: `make final-models`, a quarter of an hour."""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from helpers import classify, digits, final_model
from helpers.timeleft import TimeLeft
from tools import measure, notebooks


def main():
    notebooks.require_mnist()
    data = digits.load()
    rows = {"seconds": [], "test_accuracy": []}
    line = TimeLeft(len(measure.SEEDS), "final models")
    with tempfile.TemporaryDirectory() as folder:
        for done, seed in enumerate(measure.SEEDS, start=1):
            file = Path(folder) / f"{seed}.keras"
            start = time.perf_counter()
            # As the lesson says it is done, each in a process of its own; then loaded in this one.
            command = [sys.executable, "-m", "helpers.final_model", file, "--seed", str(seed)]
            subprocess.run(command, check=True)
            rows["seconds"].append(round(time.perf_counter() - start, 1))
            answers = classify.classify(classify.load(file), data.x_test).argmax(axis=1)
            rows["test_accuracy"].append(round(float(np.mean(answers == data.y_test)), 4))
            line.update(done)
    line.close()
    runs = {"mnist": {"seed": list(measure.SEEDS)} | rows}
    measure.save(
        "03_final_model",
        measure.entry("03_final_model", "make final-models", epochs=final_model.EPOCHS, runs=runs),
    )
    print("median", statistics.median(rows["test_accuracy"]), rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
