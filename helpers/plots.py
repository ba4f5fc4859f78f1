"""Every picture that is not itself the lesson.

Each function draws one figure and shows it with a text alternative that states what it shows.
Colour is never the only carrier of meaning.
"""

import io
import itertools
import shutil

import numpy as np

from helpers import notebook

#: Colours that the colour-blind can tell apart (Okabe and Ito).
BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"
MARKERS = "osD^v"


def show(figure, alt):
    """Show a figure with a text alternative, and close it; without a screen, print the text.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    alt : str
        What the picture shows, in a sentence, for those who cannot see it.
    """
    import matplotlib.pyplot as plt

    if not notebook.is_running():
        if figure.canvas.required_interactive_framework:
            plt.show()
        else:
            print(f"[{alt}]")
    else:
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=144, bbox_inches="tight", metadata={"Software": None})
        # PNG keeps its width in bytes 16 to 19; half of it is the size at which 144 dots an inch look sharp.
        width = int.from_bytes(buffer.getvalue()[16:20], "big") // 2
        notebook.display_picture(buffer.getvalue(), alt, width)
    plt.close(figure)


def image(picture, title=""):
    """One grey picture, with its pixels counted along the axes.

    Parameters
    ----------
    picture : array_like, shape (height, width)
    title : str, optional
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(3, 3), layout="constrained")
    axes.imshow(picture, cmap="Greys")
    axes.set(xlabel="column (pixels)", ylabel="row (pixels)", title=title)
    show(figure, f"One picture{f', titled {title}' if title else ''}: dark ink on a light ground.")


def images(pictures, labels=None, predictions=None, confidence=None, columns=10, said=""):
    """A grid of pictures, with their labels and, if given, what a network took them for.

    Parameters
    ----------
    pictures : array_like, shape (n, height, width)
    labels : array_like of int, shape (n,), optional
    predictions : array_like of int, shape (n,), optional
        A wrong one is marked by a cross and a frame, a right one by a tick.
    confidence : array_like of float, shape (n,), optional
        The probability that the network gave its prediction, 0 to 1.
    columns : int
    said : str
        What is to be seen, for those who cannot see it.
    """
    import matplotlib.pyplot as plt

    pictures = np.asarray(pictures)
    if len(pictures) == 0:
        print("There are no pictures to show.")
        return
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    height = 1.0 if labels is None else 1.35 if predictions is None else 1.55
    figure, axes = plt.subplots(rows, columns, figsize=(columns, rows * height), squeeze=False, layout="constrained")
    for index, spot in enumerate(axes.flat):
        spot.set(xticks=[], yticks=[])
        if index >= len(pictures):
            spot.axis("off")
            continue
        spot.imshow(pictures[index], cmap="Greys")
        if labels is None:
            continue
        if predictions is None:
            spot.set_title(f"{labels[index]}", fontsize=10)
            continue
        right = labels[index] == predictions[index]
        sure = "" if confidence is None else f"\n{confidence[index]:.1%} sure"
        text = f"{labels[index]} ✓" if right else f"{labels[index]}, read as {predictions[index]}"
        spot.set_title(text + sure, fontsize=8, color="black" if right else ORANGE)
        for side in spot.spines.values():
            side.set(color="black" if right else ORANGE, linewidth=0.8 if right else 2)
    alt = said or f"{len(pictures)} pictures"
    if labels is not None:
        alt += " labelled " + ", ".join(str(label) for label in labels[:20])
    if predictions is not None:
        wrong = int(np.sum(np.asarray(labels) != np.asarray(predictions)))
        alt += f"; the network is wrong on {wrong} of them"
    show(figure, alt + ".")


def learning_curves(history):
    """Loss and accuracy against epochs, for the training and the validation images.

    Parameters
    ----------
    history : keras.callbacks.History
        What `model.fit` returns.
    """
    import matplotlib.pyplot as plt

    scores = history.history
    names = [name for name in ("loss", "accuracy") if name in scores]
    epochs = np.arange(1, len(scores["loss"]) + 1)
    marks = {"marker": "o"} if len(epochs) <= 20 else {}
    figure, axes = plt.subplots(1, len(names), figsize=(4.2 * len(names), 3), squeeze=False, layout="constrained")
    for spot, name in zip(axes.flat, names, strict=True):
        spot.plot(epochs, scores[name], color=BLUE, label="training", **marks)
        if f"val_{name}" in scores:
            spot.plot(
                epochs,
                scores[f"val_{name}"],
                color=ORANGE,
                linestyle="--",
                label="validation",
                **{**marks, **({"marker": "s"} if marks else {})},
            )
        spot.set(xlabel="epoch", ylabel=name)
        spot.xaxis.get_major_locator().set_params(integer=True)
        spot.grid(alpha=0.3)
        spot.legend()
    parts = [
        f"{name} goes from {values[0]:.3f} to {values[-1]:.3f}"
        for name, values in ((key.replace("val_", "validation "), scores[key]) for key in scores)
        if name.split()[-1] in names
    ]
    show(figure, f"Learning curves over {len(epochs)} epochs: {'; '.join(parts)}.")


def feature_maps(maps, titles, columns=5):
    """Maps side by side, each in its own range of values: zero is grey-green, positive bright, negative dark.

    Parameters
    ----------
    maps : sequence of array_like, shape (height, width)
        They may differ in size.
    titles : sequence of str
        One for each map.
    columns : int
    """
    import matplotlib.pyplot as plt

    columns = min(columns, len(maps))
    rows = -(-len(maps) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(1.9 * columns, 2.05 * rows), squeeze=False, layout="constrained"
    )
    for spot in axes.flat:
        spot.axis("off")
    for spot, one, title in zip(axes.flat, maps, titles, strict=False):
        largest = max(float(np.abs(one).max()), 1e-9)
        spot.imshow(one, cmap="cividis", vmin=-largest, vmax=largest)
        spot.set_title(f"{title}\n{one.shape[0]} x {one.shape[1]}, ±{largest:.3g}", fontsize=8)
    show(figure, f"{len(maps)} maps: {', '.join(titles)}. Yellow is positive, grey zero, blue negative.")


def kernels(weights, columns=8):
    """The kernels of a convolution, all on one scale.

    Parameters
    ----------
    weights : array_like, shape (height, width, n)
    columns : int
    """
    import matplotlib.pyplot as plt

    weights = np.asarray(weights)
    n = weights.shape[-1]
    largest = np.abs(weights).max()
    figure, axes = plt.subplots(
        -(-n // columns),
        columns,
        figsize=(0.8 * columns + 1, 0.8 * -(-n // columns)),
        squeeze=False,
        layout="constrained",
    )
    for index, spot in enumerate(axes.flat):
        spot.axis("off")
        if index < n:
            drawn = spot.imshow(weights[..., index], cmap="cividis", vmin=-largest, vmax=largest)
    figure.colorbar(drawn, ax=axes, label="weight", shrink=0.8)
    size = f"{weights.shape[0]}x{weights.shape[1]}"
    show(figure, f"The {n} kernels of {size}; many have a bright and a dark side, as a detector of edges has.")


def learning_rate(schedule, steps):
    """The learning rate of a schedule over the steps of a training.

    Parameters
    ----------
    schedule : callable
        From a step, counted from 0, to its rate, for example a `keras.optimizers.schedules.LearningRateSchedule`.
    steps : int
    """
    import matplotlib.pyplot as plt

    places = np.unique(np.linspace(0, steps, 200).round())
    rates = [float(schedule(place)) for place in places]
    figure, spot = plt.subplots(figsize=(5, 2.4), layout="constrained")
    spot.plot(places, rates, color=BLUE)
    spot.set(xlabel="training step", ylabel="learning rate")
    spot.grid(alpha=0.3)
    top = int(np.argmax(rates))
    show(
        figure,
        f"The learning rate rises to {rates[top]:.2g} at about step {places[top]:.0f}, then falls to {rates[-1]:.1g}.",
    )


def calibration(
    confidence,
    right,
    borders,
    share_right,
    names=("mean confidence of the answers", "share of them that is right"),
):
    """How often answers are right against how sure the network is of them.

    Parameters
    ----------
    confidence : array_like of float, shape (n,)
        The probability that the network gave its answer, 0 to 1.
    right : array_like of bool, shape (n,)
    borders : sequence of float
        Where one interval of confidence ends and the next begins.
    share_right : callable
        From confidence, right, low and high to the share right in an interval.
    names : (str, str)
        What the axes are called: what the network says, and what is true.
    """
    import matplotlib.pyplot as plt

    figure, spot = plt.subplots(figsize=(4.4, 3.6), layout="constrained")
    spot.plot([0, 1], [0, 1], color="grey", linestyle="--", label="as often as it says")
    parts = []
    for low, high in itertools.pairwise(borders):
        inside = (confidence >= low) & (confidence < high)
        n = int(inside.sum())
        if n == 0:
            continue
        share, sure = float(share_right(confidence, right, low, high)), float(confidence[inside].mean())
        # With none or all of n right, the error bar is that of about one answer.
        spread = min(max(share, 0.5 / n), 1 - 0.5 / n)
        spot.errorbar(sure, share, yerr=np.sqrt(spread * (1 - spread) / n), color=BLUE, marker="o", capsize=3)
        # Of the surest answers the number stands below, because the neighbours' are above.
        at, align = ((-6, 6), "right") if high < borders[-1] else ((0, -20), "center")
        spot.annotate(f"{n:,}", (sure, share), xytext=at, textcoords="offset points", ha=align, fontsize=8)
        parts.append(f"{sure:.1%} and {share:.1%} ({n} images)")
    spot.set(xlabel=names[0], ylabel=names[1])
    spot.grid(alpha=0.3)
    spot.legend(loc="lower right", fontsize=8)
    show(figure, f"Calibration, {names[0]} and {names[1]}: {'; '.join(parts)}.")


def comparison(name, results, base=None):
    """Validation accuracy and loss over epochs for each value of a choice: the mean and the range of the seeds.

    Parameters
    ----------
    name : str
        The choice.
    results : dict of value to list of dict
        For each value the histories of all seeds, as Keras returns them, with ``val_accuracy`` and ``val_loss``.
    base : optional
        The value that the other comparisons use; it is marked in the legend.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(8.4, 2.9), layout="constrained")
    colours = plt.get_cmap("viridis")(np.linspace(0, 0.9, len(results)))
    parts = []
    for index, (value, histories) in enumerate(results.items()):
        label = f"{value}{' (base)' if base is not None and str(value) == str(base) else ''}"
        for spot, quantity in zip(axes, ("val_accuracy", "val_loss"), strict=True):
            series = np.array([history[quantity] for history in histories], dtype=float)
            epochs = np.arange(1, series.shape[1] + 1)
            mark = (*MARKERS, "P", "X", "<")[index % 8]
            spot.plot(epochs, series.mean(axis=0), color=colours[index], marker=mark, label=label)
            spot.fill_between(epochs, series.min(axis=0), series.max(axis=0), color=colours[index], alpha=0.2)
            if quantity == "val_accuracy":
                parts.append(f"{label} {series[:, -1].mean():.1%}")
    losses = np.array([history["val_loss"] for histories in results.values() for history in histories], dtype=float)
    # A loss that runs away would press all others flat.
    if np.nanmax(losses, initial=0) > 20 * max(np.nanmin(losses, initial=np.inf), 1e-3):
        axes[1].set_yscale("log")
    for spot, label in zip(axes, ("validation accuracy", "validation loss"), strict=True):
        spot.set(xlabel="epoch", ylabel=label)
        spot.xaxis.get_major_locator().set_params(integer=True)
        spot.grid(alpha=0.3)
    axes[1].legend(title=name.replace("_", " "), fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    show(figure, f"Comparison of {name.replace('_', ' ')}; mean validation accuracy at the end: {', '.join(parts)}.")


def choices(found):
    """The choices of a trial in a few words: a dict of names and values, numbers with three digits."""
    return ", ".join(
        f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}" for name, value in found.items()
    )


def study(study):
    """A search by Optuna: its history, the importance of each choice, and all trials in parallel coordinates."""
    import warnings

    import matplotlib.pyplot as plt
    import optuna

    done = [trial for trial in study.trials if trial.state == optuna.trial.TrialState.COMPLETE]
    drawings = {
        "History": optuna.visualization.matplotlib.plot_optimization_history,
        "Importance": optuna.visualization.matplotlib.plot_param_importances,
        "Parallel coordinates": optuna.visualization.matplotlib.plot_parallel_coordinate,
    }
    for title, draw in drawings.items():
        if len(done) < 2 and title != "History":
            print(f"{title}: needs at least two finished trials.")
            continue
        with warnings.catch_warnings(), plt.rc_context():  # Optuna sets a style, for all later figures, too
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            warnings.filterwarnings("ignore", "Some regimes for parameter")  # few trials: the text says so
            axes = draw(study)
        figure = axes.figure
        if title.startswith("Parallel"):  # the poorest trial would be a white line on a light ground
            axes.collections[0].set_cmap("viridis")
        figure.set_size_inches(9 if title.startswith("Parallel") else 6, 3.2)
        best = f"{study.best_value:.1%} with {choices(study.best_params)}"
        show(figure, f"{title} of {len(done)} finished trials, {len(study.trials)} in all; the best has {best}.")


def confusion(true, predicted, classes=None):
    """How often each class was taken for each other one.

    Parameters
    ----------
    true, predicted : array_like of int, shape (n,)
        Class numbers, 0 to one less than the number of classes.
    classes : sequence of str, optional
        Their names.
    """
    import matplotlib.pyplot as plt
    from matplotlib.ticker import MaxNLocator
    from sklearn.metrics import confusion_matrix

    names = [
        str(name) for name in (classes if classes is not None else range(int(max(np.max(true), np.max(predicted))) + 1))
    ]
    counts = confusion_matrix(true, predicted, labels=range(len(names)))
    size = 1.2 + 0.42 * len(names)
    figure, spot = plt.subplots(figsize=(size + 0.6, size), layout="constrained")
    mistakes = counts.astype(float)
    np.fill_diagonal(mistakes, np.nan)
    colours = plt.get_cmap("Blues").with_extremes(bad="#eeeeee")
    drawn = spot.imshow(mistakes, cmap=colours, vmin=0)
    figure.colorbar(drawn, label="mistakes (images)", shrink=0.8, ticks=MaxNLocator(integer=True))
    highest = max(1.0, np.nanmax(mistakes) if len(names) > 1 else 1.0)
    for row, column in np.ndindex(counts.shape):
        if not counts[row, column]:
            continue
        dark = row != column and mistakes[row, column] > 0.5 * highest
        spot.text(
            column, row, counts[row, column], ha="center", va="center", fontsize=8, color="white" if dark else "black"
        )
    spot.set(
        xticks=range(len(names)), yticks=range(len(names)), xticklabels=names, yticklabels=names,
        xlabel="what the network says", ylabel="what it is",
    )  # fmt: skip
    if max(map(len, names)) > 3:
        spot.tick_params(axis="x", rotation=90)
    alt = f"Confusion matrix: {np.trace(counts)} of {counts.sum()} right"
    if np.nansum(mistakes):
        row, column = np.unravel_index(np.nanargmax(mistakes), mistakes.shape)
        alt += f"; the most common mistake is {names[row]} taken for {names[column]}, {counts[row, column]} times"
        alt += ", and the reverse as often" if counts[row, column] == counts[column, row] else ""
    show(figure, alt + ".")


def ladder(scores, images=None, label="share of mistakes"):
    """Methods as rungs from the poorest to the best, by their mistakes, on a logarithmic axis.

    Parameters
    ----------
    scores : dict of str to float
        Name of the method and its accuracy, 0 to 1.
    images : int, optional
        How many images the accuracies were taken on; with it, each has an error bar of one standard error.
    label : str
        What is counted along the axis.
    """
    import matplotlib.pyplot as plt

    ordered = sorted(scores.items(), key=lambda item: item[1])
    figure, spot = plt.subplots(figsize=(6.5, 0.7 + 0.45 * len(ordered)), layout="constrained")
    for height, (_, score) in enumerate(ordered):
        # Even a perfect score on n images leaves room for about one mistake in n.
        mistakes = max(1 - score, 0.5 / images if images else 1e-4)
        error = np.sqrt(mistakes * (1 - mistakes) / images) if images else None
        spot.errorbar(
            mistakes, height, xerr=error, color=BLUE, marker=MARKERS[height % len(MARKERS)], markersize=8, capsize=3
        )
        spot.annotate(f"{score:.1%} right", (mistakes, height), xytext=(0, 8), textcoords="offset points", ha="center")
    rungs_axis(spot, [name for name, _ in ordered], label)
    rungs = ", ".join(f"{name} {score:.1%}" for name, score in ordered)
    show(figure, f"Accuracy from the poorest to the best method: {rungs}.")


def rungs_axis(spot, names, label):
    """Name the rungs of a ladder, and let its axis run from many mistakes to few."""
    from matplotlib.ticker import NullFormatter

    spot.set(yticks=range(len(names)), yticklabels=names, ylim=(-0.6, len(names) - 0.2))
    spot.set(xscale="log", xlabel=label, xticks=[1, 0.3, 0.1, 0.03, 0.01, 0.005])
    spot.set_xlim(2, min(0.006, spot.get_xlim()[0]))
    spot.xaxis.set_major_formatter(lambda share, place: f"{100 * share:g}%")
    spot.xaxis.set_minor_formatter(NullFormatter())
    spot.grid(axis="x", alpha=0.3)
    spot.spines[["top", "right"]].set_visible(False)


def speeds(rows):
    """The results of `device.compare`: a table, and bars on a logarithmic axis."""
    import matplotlib.pyplot as plt

    width = max(len(row["work"]) for row in rows)
    print(f"{'work':{width}}  {'time (ms)':>10}  {'GFLOP/s':>8}  on")
    for row in rows:
        print(f"{row['work']:{width}}  {1e3 * row['seconds']:10.2f}  {row['gflops']:8.0f}  {row['processor']}")
    figure, spot = plt.subplots(figsize=(6.5, 0.8 + 0.45 * len(rows)), layout="constrained")
    for height, row in enumerate(reversed(rows)):
        gpu = row["processor"].startswith("GPU")
        spot.plot(row["gflops"], height, color=ORANGE if gpu else BLUE, marker="s" if gpu else "o", markersize=9)
        spot.annotate(f"{row['gflops']:.0f}", (row["gflops"], height), xytext=(9, -4), textcoords="offset points")
    names = [f"{row['work']}\n{row['processor'][:34]}" for row in reversed(rows)]
    spot.set(yticks=range(len(rows)), yticklabels=names, ylim=(-0.6, len(rows) - 0.4), xscale="log")
    _whole_decades(spot.xaxis, [row["gflops"] for row in rows])
    spot.set_xlabel("speed (GFLOP/s)")
    spot.tick_params(axis="y", labelsize=8)
    spot.grid(axis="x", alpha=0.3)
    best = max(rows, key=lambda row: row["gflops"])
    show(figure, f"Speed of {len(rows)} pieces of work; the fastest is the {best['work']} on the {best['processor']}.")


def step_times(rows):
    """The results of `device.step_times`: a table, and time of a training step against parameters."""
    import matplotlib.pyplot as plt

    print(f"{'parameters':>10}  {'time of a step (ms)':>19}  on")
    for row in rows:
        print(f"{row['parameters']:10,}  {1e3 * row['seconds']:19.2f}  {row['processor']}")
    figure, spot = plt.subplots(figsize=(5, 3.2), layout="constrained")
    alt = []
    for index, name in enumerate(dict.fromkeys(row["processor"] for row in rows)):
        mine = [row for row in rows if row["processor"] == name]
        parameters = [row["parameters"] for row in mine]
        times = [1e3 * row["seconds"] for row in mine]
        spot.plot(parameters, times, marker=MARKERS[index], color=(BLUE, ORANGE, GREEN)[index % 3], label=name)
        alt.append(f"from {times[0]:.2g} to {times[-1]:.2g} ms on the {name}")
    spot.set(xscale="log", yscale="log", xlabel="parameters of the network", ylabel="time of one training step (ms)")
    _whole_decades(spot.xaxis, [row["parameters"] for row in rows])
    _whole_decades(spot.yaxis, [1e3 * row["seconds"] for row in rows])
    spot.grid(alpha=0.3)
    spot.legend(fontsize=8)
    largest = max(row["parameters"] for row in rows)
    show(figure, f"Time of a training step over {rows[0]['parameters']} to {largest} parameters: {'; '.join(alt)}.")


def _whole_decades(axis, values):
    """Let a logarithmic axis run over whole decades, and label those only."""
    from matplotlib.ticker import FormatStrFormatter, NullFormatter

    low, high = np.floor(np.log10(min(values))), np.ceil(np.log10(max(values)) + 1e-9)
    axis.axes.set(**{f"{axis.axis_name}lim": (10**low, 10**high)})
    if high <= 4:
        axis.set_major_formatter(FormatStrFormatter("%g"))
    axis.set_minor_formatter(NullFormatter())


def architecture(model):
    """The layers of a model as a picture: by Keras and graphviz, or by Matplotlib where graphviz is missing."""
    if shutil.which("dot") is None:
        from helpers.doctor import GRAPHVIZ

        ways = ", ".join(f"on {system} `{command}`" for system, command in GRAPHVIZ.items()).replace("Darwin", "macOS")
        print(
            "This is Matplotlib's drawing. Keras draws a finer one if the program graphviz is installed: "
            f"{ways}; then stop JupyterLab and start it again."
        )
        boxes(model)
        return
    if not notebook.is_running():
        boxes(model)
        return
    import keras

    graph = keras.utils.model_to_dot(model, show_shapes=True, show_layer_activations=True, rankdir="TB")
    picture = graph.create_png(prog=["dot", "-Gdpi=120"])
    width = int.from_bytes(picture[16:20], "big")
    notebook.display_picture(picture, _in_words(model), width * 4 // 10)


def boxes(model):
    """The layers of a model as boxes from left to right, drawn by Matplotlib."""
    import matplotlib.pyplot as plt

    layers = model.layers
    figure, spot = plt.subplots(figsize=(1.6 + 1.9 * len(layers), 1.5), layout="constrained")
    shapes = [_shape(model.input_shape)] + [_shape(layer.output.shape) for layer in layers]
    spot.text(-0.8, 0, shapes[0], ha="center", va="center", fontsize=9)
    for index, layer in enumerate(layers):
        title = type(layer).__name__
        activation = getattr(layer, "activation", None)
        if activation is not None and activation.__name__ != "linear":
            title += f"\n{activation.__name__}"
        title += f"\n{layer.count_params():,} parameters" if layer.count_params() else ""
        spot.annotate("", (2 * index + 0.2, 0), (2 * index - 0.45, 0), arrowprops={"arrowstyle": "->"})
        spot.text(
            2 * index + 0.85, 0, title, ha="center", va="center", fontsize=9,
            bbox={"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": BLUE},
        )  # fmt: skip
        spot.text(2 * index + 0.85, -0.75, shapes[index + 1], ha="center", va="center", fontsize=8, color="dimgrey")
    spot.set(xlim=(-1.2, 2 * len(layers)), ylim=(-1, 0.9))
    spot.axis("off")
    show(figure, _in_words(model))


def _shape(shape):
    return " x ".join(str(length) for length in shape if length is not None)


def _in_words(model):
    names = ", ".join(f"{type(layer).__name__} to {_shape(layer.output.shape)}" for layer in model.layers)
    return (
        f"The network takes {_shape(model.input_shape)} numbers through {names}; {model.count_params():,} parameters."
    )
