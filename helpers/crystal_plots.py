"""The pictures of lesson 7: photographs, their sizes, scores before and after, heat maps and groups."""

import numpy as np

from helpers import lattice_plots
from helpers.plots import BLUE, GREEN, MARKERS, ORANGE, show

COLOURS = (BLUE, ORANGE, GREEN, "#CC79A7", "#555555")


def photographs(pictures, titles, columns=5, said="Photographs of crystals"):
    """Photographs side by side, each with its own scale of grey and of pixels, see `lattice_plots.images`."""
    lattice_plots.images(pictures, titles, columns, said)


def sizes(sizes, labels, classes):
    """Height against width of photographs, by class; the area of a point is the number of photographs.

    Parameters
    ----------
    sizes : array_like of int, shape (n, 2)
        Height and width in pixels.
    labels : array_like of int, shape (n,)
    classes : sequence of str
    """
    import matplotlib.pyplot as plt

    sizes, labels = np.asarray(sizes), np.asarray(labels)
    figure, spot = plt.subplots(figsize=(4.8, 3.8), layout="constrained")
    said = []
    for number, name in enumerate(classes):
        different, counts = np.unique(sizes[labels == number], axis=0, return_counts=True)
        height, width = different.T
        marker = MARKERS[number % len(MARKERS)]
        spot.scatter(width, height, s=12 * counts, marker=marker, color=COLOURS[number], alpha=0.5, label=name)
        most = f"{height[counts.argmax()]}x{width[counts.argmax()]}"
        said.append(f"{name} has {len(different)} sizes, {most} in {counts.max() / counts.sum():.0%}")
    spot.set(xlabel="width (pixels)", ylabel="height (pixels)")
    legend = spot.legend(title="area:\nhow many", loc="center left", bbox_to_anchor=(1, 0.5))
    for handle in legend.legend_handles:
        handle.set_sizes([30])
    show(figure, f"Sizes of the photographs, height by width: {'; '.join(said)}.")


def rates(histories):
    """The worse of two F1 scores after each epoch, for several learning rates.

    Parameters
    ----------
    histories : dict of float to list of (float, float)
        For each rate the scores of both classes after each epoch.
    """
    import matplotlib.pyplot as plt

    figure, spot = plt.subplots(figsize=(5.6, 3.4), layout="constrained")
    said = []
    for number, (rate, scores) in enumerate(histories.items()):
        worse = np.min(scores, axis=1)
        marker = MARKERS[number % len(MARKERS)]
        spot.plot(np.arange(1, len(worse) + 1), worse, marker=marker, color=COLOURS[number], label=f"{rate:g}")
        said.append(f"{rate:g} {worse.max():.2f}")
    spot.set(xlabel="epoch", ylabel="F1 of the worse class", ylim=(-0.03, 1.03))
    spot.grid(alpha=0.3)
    spot.legend(title="learning rate", fontsize=8)
    show(figure, f"Best F1 of the worse class by learning rate: {', '.join(said)}.")


def leak(scores, ceiling, own=None):
    """Scores with a random split beside those with copies kept together, and the best that is honestly possible.

    Parameters
    ----------
    scores : dict of str to (float, float)
        For each method the score with a random split and with groups kept together, 0 to 1.
    ceiling : float
        Of all photographs.
    own : float, optional
        Of those on which the last method's second score was measured, if it is another one.
    """
    import matplotlib.pyplot as plt

    figure, spot = plt.subplots(figsize=(6.4, 0.9 + 0.55 * len(scores)), layout="constrained")
    for height, (before, after) in enumerate(scores.values()):
        spot.plot([after, before], [height, height], color="#bbbbbb", zorder=1)
        spot.scatter(before, height, s=50, marker="o", color=ORANGE, label="random split" if not height else None)
        spot.scatter(after, height, s=50, marker="s", color=BLUE, label="copies together" if not height else None)
    spot.axvline(ceiling, color="black", linestyle="--", label="best honest score")
    if own is not None:
        spot.plot([own, own], [height - 0.3, height + 0.3], color="black", label=f"the same, for {list(scores)[-1]}")
    spot.set(yticks=range(len(scores)), yticklabels=scores, xlabel="score on held-out photographs", xlim=(0.45, 1))
    spot.set_ylim(-0.6, len(scores) - 0.4)
    spot.grid(axis="x", alpha=0.3)
    spot.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    parts = ", ".join(f"{name} {before:.0%} and {after:.0%}" for name, (before, after) in scores.items())
    show(
        figure,
        f"Scores with a random split and with copies kept together: {parts}. The best honest score is {ceiling:.0%}"
        + (f", and {own:.0%} on the photographs of the last score." if own is not None else "."),
    )


def heat_maps(pictures, heats, titles, columns=4):
    """Pictures with a heat map over each.

    Parameters
    ----------
    pictures : sequence of ndarray, shape (rows, columns) each
    heats : sequence of ndarray, shape (fewer rows, fewer columns) each
        0 or more; each is drawn up to its own largest value.
    titles : sequence of str
    columns : int
        Pictures in a line.
    """
    import matplotlib.pyplot as plt

    rows = -(-len(pictures) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(1.9 * columns, 2.1 * rows), squeeze=False, layout="constrained")
    drawn, middles = None, []
    for spot in axes.flat:
        spot.set_axis_off()
    for spot, picture, heat, title in zip(axes.flat, pictures, heats, titles, strict=False):
        height, width = picture.shape
        heat = heat / (heat.max() or 1)
        spot.imshow(picture, cmap="gray", extent=(0, width, height, 0))
        drawn = spot.imshow(
            heat, cmap="inferno", vmin=0, vmax=1, alpha=0.45, extent=(0, width, height, 0), interpolation="bilinear"
        )
        spot.set_title(title, fontsize=8)
        middles.append(_inner_share(heat))
    figure.colorbar(drawn, ax=axes, label="share of the strongest", shrink=0.7)
    parts = ", ".join(f"{title} {share:.0%}" for title, share in zip(titles, middles, strict=False))
    show(figure, f"Heat maps over pictures; share of the heat in the middle half of each side: {parts}.")


def _inner_share(heat):
    """The share of the heat within the middle half of either side."""
    down, right = (_overlap(length) for length in heat.shape)
    return down @ heat @ right / (heat.sum() or 1)


def _overlap(length):
    """How much of each of `length` equal intervals of (0, 1) lies between 1/4 and 3/4."""
    edges = np.linspace(0, 1, length + 1).clip(0.25, 0.75)
    return np.diff(edges) * length


def groups(points, number, pictures, shown=40):
    """Pictures as points in a plane, coloured by their group, some of them as thumbnails.

    Parameters
    ----------
    points : ndarray of float, shape (n, 2)
    number : ndarray of int, shape (n,)
        Of the group.
    pictures : sequence of ndarray, shape (rows, columns) each
    shown : int
        How many thumbnails.
    """
    import matplotlib.pyplot as plt
    from matplotlib.offsetbox import AnnotationBbox, OffsetImage

    figure, spot = plt.subplots(figsize=(7, 5.2), layout="constrained")
    for group in np.unique(number):
        own = points[number == group]
        marker = MARKERS[group % len(MARKERS)]
        spot.scatter(*own.T, s=18, marker=marker, color=COLOURS[group % len(COLOURS)], label=f"group {group}")
    for index in _spread_out(points, shown):
        thumbnail = OffsetImage(pictures[index], cmap="gray", zoom=0.35)
        edge = {"edgecolor": COLOURS[number[index] % len(COLOURS)], "linewidth": 2}
        spot.add_artist(AnnotationBbox(thumbnail, points[index], pad=0.1, bboxprops=edge))
    spot.set(xlabel="first principal component", ylabel="second principal component")
    spot.legend(fontsize=8)
    counts = ", ".join(f"{np.sum(number == group)}" for group in np.unique(number))
    show(figure, f"{len(points)} pictures in the plane of their two principal components, in groups of {counts}.")


def _spread_out(points, count):
    """Places of `count` points, each as far as possible from those before: so that thumbnails hide little."""
    chosen = [int(np.argmax(points[:, 0]))]
    nearest = np.linalg.norm(points - points[chosen[0]], axis=1)
    while len(chosen) < min(count, len(points)):
        chosen.append(int(nearest.argmax()))
        nearest = np.minimum(nearest, np.linalg.norm(points - points[chosen[-1]], axis=1))
    return chosen
