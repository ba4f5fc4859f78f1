"""Draw docs/imgs/ from the ledger: `make pictures`."""

import json
import sys

import matplotlib

from helpers import plots
from tools import notebooks
from tools.measure import RESULTS

PICTURES = notebooks.ROOT / "docs" / "imgs"


def values(key):
    """The measured values on MNIST of `LEDGER.QUANTITY`, one for each seed."""
    ledger, quantity = key.split(".")
    return json.loads((RESULTS / f"{ledger}.json").read_text(encoding="utf-8"))["runs"]["mnist"][quantity]


def ladder(file, rungs):
    """The range over the seeds of each score, from the poorest to the best.

    Parameters
    ----------
    file : str
        Name of the picture, without ``.png``.
    rungs : dict of str to str
        What a method is called, and its place in the ledger: ``LEDGER.QUANTITY``.
    """
    import matplotlib.pyplot as plt

    figure, spot = plt.subplots(figsize=(7, 0.7 + 0.55 * len(rungs)), layout="constrained")
    for height, key in enumerate(rungs.values()):
        low, high = min(values(key)), max(values(key))
        spot.plot([1 - low, 1 - high], [height, height], color=plots.BLUE, linewidth=4)
        spot.plot(1 - high, height, color=plots.BLUE, marker=plots.MARKERS[height % len(plots.MARKERS)], markersize=8)
        text = f"{low:.1%}" if f"{low:.1%}" == f"{high:.1%}" else f"{low:.1%} to {high:.1%}"
        middle = 1 - (low + high) / 2
        spot.annotate(f"{text} right", (middle, height), xytext=(0, 7), textcoords="offset points", ha="center")
    plots.rungs_axis(spot, list(rungs), "share of digits read wrongly, over five seeds")
    figure.savefig(PICTURES / f"{file}.png", dpi=110, metadata={"Software": None})
    plt.close(figure)


def main():
    matplotlib.use("Agg")
    first = "01_mnist_skeleton"
    ladder(
        "01_ladder",
        {
            "always the same digit": f"{first}.most_frequent",
            "nearest class mean": f"{first}.nearest_mean",
            "a layer trained by your own step": f"{first}.own_step",
            "your first network": f"{first}.validation_accuracy",
            "the network you choose, on the test set": f"{first}.test_accuracy",
        },
    )
    ladder(
        "02_ladder",
        {
            "nearest class mean": f"{first}.nearest_mean",
            "dense network of lesson 1": f"{first}.first_test_accuracy",
            "your speed run": "02_mnist_cnn.fast_test_accuracy",
            "your convolutional network": "02_mnist_cnn.test_accuracy",
            "the final model of lesson 3": "03_final_model.test_accuracy",
        },
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
