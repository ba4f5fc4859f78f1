"""The pictures of lesson 5: interfaces, their spectra, what estimators make of them, and the ladder of errors."""

import numpy as np

from helpers import interfaces, notebook
from helpers.plots import BLUE, GREEN, MARKERS, ORANGE, show


def profiles(lines):
    """Interfaces above one another, on one scale.

    Parameters
    ----------
    lines : dict of str to array_like of float, shape (length,)
        What each is called, and its heights in pixels.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(
        len(lines), figsize=(7, 0.6 + 1.1 * len(lines)), sharex=True, sharey=True, squeeze=False, layout="constrained"
    )
    for spot, (name, heights) in zip(axes.flat, lines.items(), strict=True):
        spot.plot(heights, color=BLUE, linewidth=1)
        spot.set_title(name, fontsize=9)
        spot.grid(alpha=0.3)
    figure.supxlabel("position x (pixels)", fontsize=10)
    figure.supylabel("height h (pixels)", fontsize=10)
    parts = [
        f"{name} has a width of {np.std(heights):.2g} and steps of {np.std(np.diff(heights)):.2g}"
        for name, heights in lines.items()
    ]
    show(figure, f"Interfaces, in pixels: {'; '.join(parts)}.")


def images(pictures, titles=None, columns=5):
    """Binary images of interfaces, row 0 at the bottom.

    Parameters
    ----------
    pictures : array_like of uint8, shape (n, rows, columns)
    titles : sequence of str, optional
    columns : int
        Images in a line.
    """
    import matplotlib.pyplot as plt

    rows = -(-len(pictures) // columns)
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(1.6 * columns, 1.8 * rows),
        squeeze=False,
        sharex=True,
        sharey=True,
        layout="constrained",
    )
    for spot in axes.flat[len(pictures) :]:
        spot.set_axis_off()
    for spot, picture, title in zip(axes.flat, pictures, titles or [""] * len(pictures), strict=False):
        spot.imshow(picture, cmap="Greys", origin="lower", vmin=0, vmax=255)
        spot.set_title(title, fontsize=9)
        spot.tick_params(labelsize=7)
    figure.supxlabel("column (pixels)", fontsize=9)
    figure.supylabel("row (pixels)", fontsize=9)
    named = f": {', '.join(titles)}" if titles else ""
    show(figure, f"{len(pictures)} binary images of interfaces, dark below the line{named}.")


def zeta_slider(heights_at):
    """A slider for the exponent, above the interface that belongs to it.

    Parameters
    ----------
    heights_at : callable
        From ζ, 0 to 1.2, to heights of shape (length,).
    """
    instead = "In a running notebook a slider is here: it changes ζ, and the noise stays."
    if not notebook.is_running():
        print(instead)
        return
    import ipywidgets

    low, high = interfaces.LOWEST, interfaces.HIGHEST
    slider = ipywidgets.FloatSlider(0.5, min=low, max=high, step=0.02, description="ζ", readout_format=".2f")
    picture = ipywidgets.Image(value=_line(heights_at(0.5)), format="png", width=620)
    slider.observe(lambda change: setattr(picture, "value", _line(heights_at(change["new"]))), names="value")
    notebook.display_widget(ipywidgets.VBox([slider, picture]), instead)


def _line(heights):
    """One interface, scaled to its own width, as the bytes of a PNG."""
    import io

    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.2, 1.9), layout="constrained")
    spot = figure.subplots()
    spot.plot(heights / np.std(heights), color=BLUE, linewidth=1)
    spot.set(xlabel="position x (pixels)", ylabel="height / width", ylim=(-3.5, 3.5))
    spot.grid(alpha=0.3)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=100)
    return buffer.getvalue()


def spectra(q, observed, zetas):
    """Structure factors on two logarithmic axes, each with the line of slope −(1 + 2ζ).

    Parameters
    ----------
    q : array_like, shape (modes,)
        Wavenumbers in radians per pixel.
    observed : dict of str to array_like, shape (modes,)
        What each is called, and its structure factor in squared pixels.
    zetas : sequence of float
        The exponent of each.
    """
    import matplotlib.pyplot as plt

    figure, spot = plt.subplots(figsize=(6, 3.6), layout="constrained")
    slopes = []
    for index, ((name, values), zeta) in enumerate(zip(observed.items(), zetas, strict=True)):
        colour = (BLUE, ORANGE, GREEN)[index % 3]
        spot.loglog(q, values, color=colour, marker=MARKERS[index % 5], markersize=3, linestyle="none", label=name)
        guide = q ** (-1 - 2 * zeta)
        level = np.exp(np.mean(np.log(values) - np.log(guide)))
        spot.loglog(q, level * guide, color=colour, linestyle="--", linewidth=1)
        slopes.append(f"{name} falls with slope {np.polyfit(np.log(q), np.log(values), 1)[0]:.2f}")
    spot.set(xlabel="wavenumber q (radians per pixel)", ylabel="structure factor S (pixels²)")
    spot.grid(alpha=0.3)
    spot.legend(fontsize=8)
    show(figure, f"Structure factors: {'; '.join(slopes)}. The dashed lines have the slopes −(1 + 2ζ).")


def estimates(zeta, answers, columns=4):
    """What estimators answer against the truth, one field for each.

    Parameters
    ----------
    zeta : array_like of float, shape (n,)
    answers : dict of str to array_like of float, shape (n,)
    columns : int
    """
    import matplotlib.pyplot as plt

    rows = -(-len(answers) // columns)
    columns = min(columns, len(answers))
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(2.1 * columns, 2.3 * rows),
        sharex=True,
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    parts = []
    for spot in axes.flat[len(answers) :]:
        spot.set_axis_off()
    for spot, (name, answer) in zip(axes.flat, answers.items(), strict=False):
        error = np.asarray(answer) - zeta
        spot.plot(zeta[:1500], answer[:1500], color=BLUE, marker=".", markersize=2, linestyle="none", alpha=0.5)
        spot.plot([0, 1.1], [0, 1.1], color="black", linestyle="--", linewidth=1)
        spot.set_title(f"{name}\nRMS error {rms(error):.3f}", fontsize=9)
        spot.set(xlim=(0, 1.1), ylim=(-0.3, 1.4))
        spot.grid(alpha=0.3)
        parts.append(f"{name} {rms(error):.3f} (mean {np.mean(error):+.3f})")
    figure.supxlabel("true ζ", fontsize=10)
    figure.supylabel("estimated ζ", fontsize=10)
    show(figure, f"Estimated against true exponents. Root mean square errors: {', '.join(parts)}.")


def rms(error):
    """Root mean square of an array."""
    return float(np.sqrt(np.mean(np.square(error))))


def accuracies(curves, chance, ceiling):
    """Validation accuracy over epochs for several data sets, with the accuracy on fresh interfaces at the end.

    Parameters
    ----------
    curves : dict of str to tuple
        For each a list of accuracies, one for each epoch, and the accuracy on fresh interfaces.
    chance, ceiling : float
        The accuracy of guessing, and the best that is possible on fresh interfaces.
    """
    import matplotlib.pyplot as plt

    figure, spot = plt.subplots(figsize=(6, 3.4), layout="constrained")
    parts = []
    for index, (name, (values, fresh)) in enumerate(curves.items()):
        colour, mark = (ORANGE, BLUE, GREEN)[index % 3], MARKERS[index % 5]
        epochs = np.arange(1, len(values) + 1)
        spot.plot(epochs, values, color=colour, marker=mark, markersize=5, label=f"{name}: validation")
        spot.plot(
            len(values) + 0.5, fresh, color=colour, marker=mark, markersize=9, fillstyle="none", linestyle="none",
            label=f"{name}: fresh interfaces",
        )  # fmt: skip
        parts.append(f"{name}: validation {values[-1]:.0%}, fresh interfaces {fresh:.0%}")
    spot.axhline(ceiling, color="black", linestyle="--", linewidth=1, label="best possible on fresh ones")
    spot.axhline(chance, color="black", linestyle=":", linewidth=1, label="chance")
    spot.set(xlabel="epoch", ylabel="share of exponents recognised", ylim=(0, 1))
    spot.xaxis.get_major_locator().set_params(integer=True)
    spot.grid(alpha=0.3)
    spot.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    show(figure, f"Accuracy with 20 classes. {'; '.join(parts)}; best possible {ceiling:.0%}, chance {chance:.0%}.")


def ladder(errors, bound=None):
    """Methods as rungs from the largest to the smallest root mean square error.

    Parameters
    ----------
    errors : dict of str to float
        Name of the method and its root mean square error of ζ.
    bound : float, optional
        The Cramér–Rao bound, drawn as a line.
    """
    import matplotlib.pyplot as plt
    from matplotlib.ticker import NullFormatter

    ordered = sorted(errors.items(), key=lambda item: -item[1])
    figure, spot = plt.subplots(figsize=(6.5, 0.9 + 0.45 * len(ordered)), layout="constrained")
    for height, (_, value) in enumerate(ordered):
        spot.plot(value, height, color=BLUE, marker=MARKERS[height % len(MARKERS)], markersize=8)
        spot.annotate(
            f"{value:.3f}", (value, height), xytext=(0, 8), textcoords="offset points", ha="center",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )  # fmt: skip
    if bound is not None:
        spot.axvline(bound, color=ORANGE, linestyle="--", linewidth=1, zorder=0)
        spot.annotate(
            "Cramér–Rao bound", (bound, -0.45), xytext=(-5, 0), textcoords="offset points", ha="right", fontsize=8
        )
    spot.set(yticks=range(len(ordered)), yticklabels=[name for name, _ in ordered], ylim=(-0.6, len(ordered) - 0.2))
    ticks = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3]
    spot.set(xscale="log", xlabel="root mean square error of ζ", xticks=ticks, xlim=(0.4, 0.8 * ordered[-1][1]))
    spot.xaxis.set_major_formatter(lambda value, place: f"{value:g}")
    spot.xaxis.set_minor_formatter(NullFormatter())
    spot.grid(axis="x", alpha=0.3)
    spot.spines[["top", "right"]].set_visible(False)
    rungs = ", ".join(f"{name} {value:.3f}" for name, value in ordered)
    line = f" The Cramér–Rao bound is {bound:.3f}." if bound is not None else ""
    show(figure, f"Root mean square errors of ζ from the poorest to the best method: {rungs}.{line}")


def photograph(image, heights=None, title="", said=""):
    """A photograph, with the interface that was found in it.

    Parameters
    ----------
    image : array_like, shape (rows, columns)
        Row 0 at the top; grey values, or a mask.
    heights : array_like, shape (columns,), optional
        Counted from the lowest row.
    title : str, optional
    said : str, optional
        What the alt text says of it, a sentence.
    """
    import matplotlib.pyplot as plt

    image = np.asarray(image)
    figure, spot = plt.subplots(figsize=(6.5, 6.5 * image.shape[0] / image.shape[1] + 0.5), layout="constrained")
    spot.imshow(image, cmap="gray")
    if heights is not None:
        spot.plot(image.shape[0] - np.asarray(heights) - 0.5, color=ORANGE, linewidth=1)
    spot.set(xlabel="column (pixels)", ylabel="row (pixels)", title=title)
    found = f" {said}" if said else ""
    found += "" if heights is None else f" The line follows the border, with a width of {np.std(heights):.0f} pixels."
    show(figure, f"{title or 'A photograph'}, {image.shape[1]} x {image.shape[0]} pixels.{found}")
