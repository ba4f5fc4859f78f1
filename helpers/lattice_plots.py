"""The pictures of lesson 6: images of lattices, their spectra, the microscope on sliders, and what scores depend on."""

from collections import Counter

import numpy as np

from helpers import notebook
from helpers.plots import BLUE, GREEN, MARKERS, ORANGE, show


def images(pictures, titles, columns=5, said="Images of lattices"):
    """Grey images side by side, each with its own scale of grey and of pixels.

    Parameters
    ----------
    pictures : sequence of array_like, shape (rows, columns) each
    titles : sequence of str
    columns : int
        Images in a line.
    said : str
        The beginning of the alt text.
    """
    import matplotlib.pyplot as plt

    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(1.9 * columns, 2.15 * rows), squeeze=False, layout="constrained"
    )
    for spot in axes.flat[len(pictures) :]:
        spot.set_axis_off()
    for spot, picture, title in zip(axes.flat, pictures, titles, strict=False):
        spot.imshow(picture, cmap="gray")
        spot.set_title(title, fontsize=8)
        spot.tick_params(labelsize=6)
    figure.supxlabel("x (pixels)", fontsize=9)
    figure.supylabel("y (pixels)", fontsize=9)
    listed = ", ".join(title if n == 1 else f"{n} of {title}" for title, n in Counter(titles).items())
    show(figure, f"{said}: {listed}.")


def microscope(take, **ranges):
    """Sliders, one for each fault of the microscope, above the image that it takes.

    Parameters
    ----------
    take : callable
        From the values of the sliders, by name, to an image of shape (rows, columns).
    **ranges : (float, float, float)
        Lowest, highest and first value of each slider; its description is the name with spaces for underscores.
    """
    names = ", ".join(name.replace("_", " ") for name in ranges)
    instead = f"Sliders stand here in a running notebook: {names}."
    if not notebook.is_running():
        print(instead)
        return
    import ipywidgets

    sliders = {
        name: ipywidgets.FloatSlider(
            value=first, min=low, max=high, step=(high - low) / 50, description=name.replace("_", " "),
            style={"description_width": "150px"}, layout={"width": "420px"}, readout_format=".2f",
        )
        for name, (low, high, first) in ranges.items()
    }  # fmt: skip

    def draw():
        return _png(take(**{name: slider.value for name, slider in sliders.items()}))

    picture = ipywidgets.Image(value=draw(), format="png", width=380)
    for slider in sliders.values():
        slider.observe(lambda change: setattr(picture, "value", draw()), names="value")
    notebook.display_widget(ipywidgets.HBox([ipywidgets.VBox(list(sliders.values())), picture]), instead)


def _png(image):
    """An image with axes, as the bytes of a PNG, drawn without pyplot: callbacks may run beside a plot."""
    import io

    from matplotlib.figure import Figure

    figure = Figure(figsize=(3.8, 3.8), layout="constrained")
    spot = figure.subplots()
    spot.imshow(image, cmap="gray")
    spot.set(xlabel="x (pixels)", ylabel="y (pixels)")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=100)
    return buffer.getvalue()


def spectrum(image, k, title=""):
    """An image beside its spectrum, in which the peaks that were found are circled.

    Parameters
    ----------
    image : array_like, shape (rows, columns)
    k : array_like, shape (n, 2)
        Peaks in cycles a pixel, from `helpers.peaks.peaks`.
    title : str
    """
    import matplotlib.pyplot as plt

    from helpers import peaks

    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.7), layout="constrained")
    left.imshow(image, cmap="gray")
    left.set(xlabel="x (pixels)", ylabel="y (pixels)", title=title)
    strengths = peaks.spectrum(image)
    rows, columns = strengths.shape
    x, y = ((np.arange(n + 1) - n // 2 - 0.5) / n for n in (columns, rows))  # the borders of the pixels
    right.imshow(np.log(strengths + 1e-3 * strengths.max()), cmap="viridis", extent=(x[0], x[-1], y[-1], y[0]))
    k = np.asarray(k)
    for sign in (1, -1):
        right.plot(*(sign * k.T), color="white", marker="o", markersize=9, fillstyle="none", linestyle="none")
    reach = min(0.5, 1.4 * np.abs(k).max(initial=0.1))
    right.set(
        xlim=(-reach, reach), ylim=(reach, -reach), title=f"spectrum, {len(k)} pairs of peaks",
        xlabel="frequency along x (cycles per pixel)", ylabel="frequency along y (cycles per pixel)",
    )  # fmt: skip
    show(figure, f"{title or 'An image'} and its spectrum, in which {len(k)} pairs of peaks lie on a grid.")


def against_images(scores, counts):
    """Accuracy against the number of training images, as a range over seeds for each way.

    Parameters
    ----------
    scores : dict of str to array_like, shape (counts, seeds)
    counts : sequence of int
        Training images.
    """
    import matplotlib.pyplot as plt

    figure, spot = plt.subplots(figsize=(5.6, 3.5), layout="constrained")
    parts = []
    for index, (name, values) in enumerate(scores.items()):
        values, colour = np.asarray(values), (ORANGE, BLUE, GREEN)[index % 3]
        spot.plot(counts, np.median(values, axis=1), color=colour, marker=MARKERS[index % 5], label=name)
        spot.fill_between(counts, values.min(axis=1), values.max(axis=1), color=colour, alpha=0.25, linewidth=0)
        parts.append(f"{name} {', '.join(f'{value:.0%}' for value in np.median(values, axis=1))}")
    spot.set(xscale="log", xticks=counts, xticklabels=[str(n) for n in counts], ylim=(0, 1))
    spot.minorticks_off()
    spot.set(xlabel="training images", ylabel="share of lattices recognised")
    spot.grid(alpha=0.3)
    spot.legend(fontsize=8, loc="lower right")
    show(figure, f"Accuracy with {', '.join(map(str, counts))} training images: {'; '.join(parts)}.")


def against_dose(doses, scores, chance):
    """Accuracy against the dose, one line for each of several ways.

    Parameters
    ----------
    doses : sequence of float
        Electrons in the brightest pixel.
    scores : dict of str to sequence of float
    chance : float
    """
    import matplotlib.pyplot as plt

    figure, spot = plt.subplots(figsize=(5.6, 3.5), layout="constrained")
    parts = []
    for index, (name, values) in enumerate(scores.items()):
        spot.plot(doses, values, color=(BLUE, ORANGE, GREEN)[index % 3], marker=MARKERS[index % 5], label=name)
        parts.append(f"{name} {', '.join(f'{value:.0%}' for value in values)}")
    spot.axhline(chance, color="black", linestyle=":", linewidth=1, label="chance")
    spot.set(xscale="log", ylim=(0, 1.02), xlabel="dose (electrons in the brightest pixel)")
    spot.set(ylabel="share of lattices recognised")
    spot.grid(alpha=0.3)
    spot.legend(fontsize=8, loc="lower right")
    said = ", ".join(f"{dose:g}" for dose in doses)
    show(figure, f"Accuracy at doses of {said} electrons: {'; '.join(parts)}.")


def merging(doses, names):
    """The doses below which pairs of classes merge, as a matrix of colours.

    Parameters
    ----------
    doses : array_like of float, shape (classes, classes)
        From `helpers.oracle.merging`.
    names : sequence of str
    """
    import matplotlib.pyplot as plt
    from matplotlib.colors import LogNorm

    doses = np.asarray(doses, float)
    size = 1.4 + 0.42 * len(names)
    figure, spot = plt.subplots(figsize=(size + 0.8, size), layout="constrained")
    finite = np.isfinite(doses) & ~np.eye(len(names), dtype=bool)
    colours = plt.get_cmap("cividis").with_extremes(bad="#eeeeee", over="#d00000")
    shown = np.where(np.eye(len(names), dtype=bool), np.nan, doses)
    highest = doses[finite].max()  # what is infinite gets the colour of what lies over it
    norm = LogNorm(doses[finite].min(), highest)
    drawn = spot.imshow(np.where(np.isinf(shown), 10 * highest, shown), cmap=colours, norm=norm)
    figure.colorbar(drawn, label="dose for 10 % errors (electrons in the brightest pixel)", shrink=0.8, extend="max")
    for row, column in np.argwhere(np.isinf(shown)):
        spot.text(column, row, "∞", ha="center", va="center", color="white", fontsize=12)
    spot.set(xticks=range(len(names)), yticks=range(len(names)), xticklabels=names, yticklabels=names)
    spot.tick_params(axis="x", rotation=90)
    one, other = np.unravel_index(np.where(finite, doses, 0).argmax(), doses.shape)
    never = [f"{names[a]} and {names[b]}" for a, b in np.argwhere(np.isinf(shown)) if a < b]
    words = f" No dose separates {', '.join(never)}." if never else ""
    show(
        figure,
        f"Doses below which pairs of lattices merge: the highest finite one is {doses[one, other]:.2g} electrons, of "
        f"{names[one]} and {names[other]}.{words}",
    )
