"""Draw docs/imgs/ from the ledger and from the executed lessons: `make pictures`."""

import base64
import json
import statistics
import sys

import matplotlib
import nbformat

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
        scores = values(key)
        low, high = min(scores), max(scores)
        spot.plot([1 - low, 1 - high], [height, height], color=plots.BLUE, linewidth=4)
        # The mean: the best of several seeds is a little too good.
        mean, marker = statistics.mean(scores), plots.MARKERS[height % len(plots.MARKERS)]
        spot.plot(1 - mean, height, color=plots.BLUE, marker=marker, markersize=8)
        text = f"{low:.1%}" if f"{low:.1%}" == f"{high:.1%}" else f"{low:.1%} to {high:.1%}"
        middle = 1 - (low + high) / 2
        spot.annotate(f"{text} right", (middle, height), xytext=(0, 7), textcoords="offset points", ha="center")
    plots.rungs_axis(spot, list(rungs), "share of digits read wrongly: range and mean of five seeds")
    figure.savefig(PICTURES / f"{file}.png", dpi=110, metadata={"Software": None})
    plt.close(figure)


def from_lessons():
    """Write the picture of each cell of an executed solution that has the attribute `picture`, the name of its file."""
    for path in sorted(notebooks.SOLUTIONS.glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if "picture" in cell.metadata:
                pngs = [out.data["image/png"] for out in cell.outputs if "image/png" in out.get("data", {})]
                if len(pngs) != 1:
                    sys.exit(
                        f"{path.name}: the cell for {cell.metadata['picture']} shows {len(pngs)} pictures, not one."
                    )
                [png] = pngs
                (PICTURES / f"{cell.metadata['picture']}.png").write_bytes(base64.b64decode(png))


def parts_of_a_gan():
    """What a GAN contains, as boxes and arrows."""
    import matplotlib.pyplot as plt

    figure, spot = plt.subplots(figsize=(8, 3.1), layout="constrained")
    spot.set(xlim=(0, 10.2), ylim=(-0.6, 4))
    spot.axis("off")
    boxes = {
        "noise": (0.6, 1.0, "noise z", "white"),
        "generator": (2.7, 1.0, "generator", "#FBE3D6"),
        "fake": (4.7, 1.0, "forged\npictures", "white"),
        "real": (4.7, 3.0, "real\npictures", "white"),
        "discriminator": (6.8, 2.0, "discriminator", "#D9E8F5"),
        "d_loss": (9.3, 3.0, "its loss: real\nis 1, forged is 0", "white"),
        "g_loss": (9.3, 1.0, "generator's loss:\nforged is 1", "white"),
    }
    for x, y, text, colour in boxes.values():
        frame = {"boxstyle": "round,pad=0.5", "facecolor": colour, "edgecolor": "black"}
        spot.text(x, y, text, ha="center", va="center", bbox=frame, fontsize=10)

    def arrow(start, end, colour="black", bend=0.0, line="-"):
        style = {"arrowstyle": "-|>", "color": colour, "linestyle": line, "shrinkA": 34, "shrinkB": 46}
        style["connectionstyle"] = f"arc3,rad={bend}"
        spot.annotate("", boxes[end][:2], boxes[start][:2], arrowprops=style)

    for pair in (
        ("noise", "generator"), ("generator", "fake"), ("fake", "discriminator"), ("real", "discriminator"),
        ("discriminator", "d_loss"), ("discriminator", "g_loss"),
    ):  # fmt: skip
        arrow(*pair)
    arrow("d_loss", "discriminator", plots.BLUE, 0.6, "--")
    arrow("g_loss", "generator", plots.ORANGE, -0.25, "--")
    spot.text(7.3, 3.55, "moves", color=plots.BLUE, ha="center", fontsize=9)
    spot.text(6.0, -0.35, "moves", color=plots.ORANGE, ha="center", fontsize=9)
    figure.savefig(PICTURES / "04_parts.png", dpi=110, metadata={"Software": None})
    plt.close(figure)


def five_faults():
    """The score of lesson 08's analysis after each repair, over the seeds, where chance is one half."""
    import matplotlib.pyplot as plt

    runs = json.loads((RESULTS / "08_faults.json").read_text(encoding="utf-8"))["runs"]["mended"]
    scores = [runs[f"first_{mended}"] for mended in range(6)]
    figure, spot = plt.subplots(figsize=(7, 3.4), layout="constrained")
    spot.axhline(0.5, color="0.4", linestyle="--", linewidth=1)
    spot.annotate("chance", (-0.35, 0.5), xytext=(0, 4), textcoords="offset points", fontsize=9, color="0.3")
    for mended, values in enumerate(scores):
        middle = sum(values) / len(values)
        colour = plots.ORANGE if mended < len(scores) - 1 else plots.BLUE
        spot.bar(mended, middle, width=0.62, color=colour, alpha=0.35, edgecolor=colour)
        spot.plot([mended] * len(values), values, color=colour, marker="o", markersize=3.5, linestyle="none")
        spot.annotate(f"{middle:.2f}", (mended, max(values)), xytext=(0, 5), textcoords="offset points", ha="center")
    spot.set_xticks(range(6), ["as it was sent", *(f"{count} repaired" for count in range(1, 6))])
    spot.set(ylim=(0, 1.12), xlabel="faults of the analysis", ylabel="score on images that hold nothing")
    spot.spines[["top", "right"]].set_visible(False)
    figure.savefig(PICTURES / "08_faults.png", dpi=110, metadata={"Software": None})
    plt.close(figure)


def twelve_choices():
    """What each value of the twelve choices of lesson 3 scored, over its seeds; the choice that matters most on top."""
    import matplotlib.pyplot as plt

    ledger = json.loads((RESULTS / "03_comparisons.json").read_text(encoding="utf-8"))
    scores = {
        name: {value: [run["val_accuracy"][-1] for run in runs] for value, runs in tried.items()}
        for name, tried in ledger["comparisons"].items()
    }
    means = {name: {value: statistics.mean(runs) for value, runs in tried.items()} for name, tried in scores.items()}
    order = sorted(means, key=lambda name: max(means[name].values()) - min(means[name].values()))
    figure, spot = plt.subplots(figsize=(8, 4.6), layout="constrained")
    for height, name in enumerate(order):
        best = max(means[name], key=means[name].get)
        for value, runs in scores[name].items():
            colour, marker = (plots.BLUE, "D") if value == str(ledger["base"][name]) else (plots.ORANGE, "o")
            spot.plot([min(runs), max(runs)], [height, height], color=colour, linewidth=5, alpha=0.35)
            spot.plot(means[name][value], height, color=colour, marker=marker, markersize=6, linestyle="none")
        spot.annotate(best.replace("_", " "), (1.0, height), va="center", fontsize=9, annotation_clip=False)
    spot.set_yticks(range(len(order)), [name.replace("_", " ") for name in order])
    spot.set(xlim=(0, 1), xlabel="validation images read rightly: mean and range of three seeds")
    spot.set_title("highest mean", loc="right", fontsize=9)
    spot.xaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1, symbol=" %"))
    spot.grid(axis="x", alpha=0.3)
    spot.spines[["top", "right"]].set_visible(False)
    spot.plot([], [], color=plots.BLUE, marker="D", linestyle="none", label="as in the lesson")
    spot.plot([], [], color=plots.ORANGE, marker="o", linestyle="none", label="one choice changed")
    spot.legend(loc="center left", fontsize=9)
    figure.savefig(PICTURES / "03_choices.png", dpi=110, metadata={"Software": None})
    plt.close(figure)


#: What was published (docs/credits.md), as the smallest and the largest score.
PUBLISHED = {"05": (0.981, 0.981), "06": (0.82, 0.86), "07": (0.997, 0.997)}


def claims():
    """Three published scores, the best that is possible, and what is left after the lesson: one row for each."""
    import matplotlib.pyplot as plt
    import numpy as np

    from helpers import crystals, interfaces, lattice_sets

    def of(ledger, run, quantity):
        found = json.loads((RESULTS / f"{ledger}.json").read_text(encoding="utf-8"))["runs"][run][quantity]
        return min(found), max(found)

    rng = np.random.default_rng(5)
    hexagons = lattice_sets.REPAIRED["hexagon"]
    rows = (
        (
            interfaces.images(interfaces.heights(0.5, 128, rng)[np.newaxis], width=14)[0],
            "How rough is this interface? 20 classes",
            "The network recognised the random numbers with which each class was made.",
            [
                ("published", PUBLISHED["05"], "center"),
                ("best possible", of("05_ceilings", "length128", "accuracy_published"), "center"),
            ],
        ),
        (
            lattice_sets.repaired_image(hexagons, lattice_sets.drawn(hexagons, rng), rng),
            "Which lattice is this? 13 classes",
            "Two of the classes are one, and no network can tell them apart.",
            [
                ("published", PUBLISHED["06"], "right"),
                ("best possible", of("06_stem_lattices", "synthetic", "published_ceiling"), "center"),
                ("lesson", of("06_stem_lattices", "synthetic", "published_accuracy"), "left"),
            ],
        ),
        (
            crystals.squashed(crystals.photograph("agglomerate", np.random.default_rng(9)), 150),
            "Is this the wrong crystal? 2 classes",
            "Many photographs are turned copies of one another. In a set that was drawn like theirs:",
            [
                ("published", PUBLISHED["07"], "center"),
                ("copies on both sides", of("07_cephalexin_crystals", "synthetic", "network_random"), "center"),
                ("copies kept together", of("07_cephalexin_crystals", "synthetic", "network_grouped"), "center"),
            ],
        ),
    )
    looks = {
        "published": (plots.ORANGE, "s", 8),
        "best possible": ("black", "D", -8),
        "lesson": (plots.BLUE, "o", 8),
        "copies on both sides": (plots.GREEN, "^", -8),
        "copies kept together": (plots.BLUE, "o", 8),
    }
    figure, spots = plt.subplots(3, 2, figsize=(9, 4.9), width_ratios=(1, 5.4), layout="constrained", squeeze=False)
    for (picture, line), (image, question, why, scores) in zip(spots, rows, strict=True):
        picture.imshow(image, cmap="gray")
        picture.axis("off")
        line.set(xlim=(0, 1.07), ylim=(-1, 1.6), yticks=[], xticks=[])
        line.spines[["top", "right", "left"]].set_visible(False)
        line.text(0, 1.3, question, fontsize=11, fontweight="bold")
        line.text(0, 0.78, why, fontsize=9.5)
        for label, (low, high), align in scores:
            colour, marker, up = looks[label]
            said = f"{low:.1%}" if low == high else f"{100 * low:.0f} to {high:.0%}"
            middle = ((low + high) / 2, -0.1)
            line.plot([low, high], [-0.1, -0.1], color=colour, linewidth=6, solid_capstyle="butt", alpha=0.4)
            line.plot(*middle, color=colour, marker=marker, markersize=9)
            line.annotate(
                f"{label}, {said.replace('%', ' %')}", middle, xytext=(0, up), textcoords="offset points",
                ha=align, va="bottom" if up > 0 else "top", fontsize=9, color=colour,
            )  # fmt: skip
    bottom = spots[-1, 1]
    bottom.set_xticks(np.linspace(0, 1, 6))
    bottom.xaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1, symbol=" %"))
    bottom.set_xlabel("score on images held out")
    figure.savefig(PICTURES / "claims.png", dpi=130, metadata={"Software": None})
    plt.close(figure)


def main():
    matplotlib.use("Agg")
    from_lessons()
    parts_of_a_gan()
    twelve_choices()
    five_faults()
    claims()
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
            "nearest class mean, on validation digits": f"{first}.nearest_mean",
            "dense network of lesson 1": f"{first}.first_test_accuracy",
            "your speed run": "02_mnist_cnn.fast_test_accuracy",
            "your convolutional network": "02_mnist_cnn.test_accuracy",
            "the final model of lesson 3": "03_final_model.test_accuracy",
        },
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
