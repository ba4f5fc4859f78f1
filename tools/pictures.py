"""Draw docs/imgs/ from the ledger: `make pictures`."""

import json
import sys

import matplotlib

from helpers import plots
from tools import notebooks
from tools.measure import RESULTS

PICTURES = notebooks.ROOT / "docs" / "imgs"


def ladder(lesson, rungs):
    """The range over the seeds of each of a lesson's scores, from the poorest to the best.

    Parameters
    ----------
    lesson : str
    rungs : dict of str to str
        What a method is called, and the quantity in the ledger.
    """
    import matplotlib.pyplot as plt

    run = json.loads((RESULTS / f"{lesson}.json").read_text(encoding="utf-8"))["runs"]["mnist"]
    figure, spot = plt.subplots(figsize=(7, 0.7 + 0.55 * len(rungs)), layout="constrained")
    for height, quantity in enumerate(rungs.values()):
        low, high = min(run[quantity]), max(run[quantity])
        spot.plot([1 - low, 1 - high], [height, height], color=plots.BLUE, linewidth=4)
        spot.plot(1 - high, height, color=plots.BLUE, marker=plots.MARKERS[height % len(plots.MARKERS)], markersize=8)
        text = f"{low:.1%}" if f"{low:.1%}" == f"{high:.1%}" else f"{low:.1%} to {high:.1%}"
        middle = 1 - (low + high) / 2
        spot.annotate(f"{text} right", (middle, height), xytext=(0, 7), textcoords="offset points", ha="center")
    plots.rungs_axis(spot, list(rungs), "share of digits read wrongly, over five seeds")
    figure.savefig(PICTURES / f"{lesson[:2]}_ladder.png", dpi=110, metadata={"Software": None})
    plt.close(figure)


def main():
    matplotlib.use("Agg")
    ladder(
        "01_mnist_skeleton",
        {
            "always the same digit": "most_frequent",
            "nearest class mean": "nearest_mean",
            "a layer trained by your own step": "own_step",
            "your first network": "validation_accuracy",
            "the network you choose, on the test set": "test_accuracy",
        },
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
