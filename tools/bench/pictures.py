"""docs/imgs/bench_*.png, and what each shows in a sentence, made of the JSON and the ledger."""

import statistics

import numpy as np

from helpers import plots
from tools.bench import ledger
from tools.bench.rows import digits, factor

CAPTIONS = {
    "bench_ratios": "How many times as much the others take, need or err. Left of the dashed line ours is worse.",
    "bench_floors": "How many times the floor ours takes, needs or errs.",
    "bench_images": "Time against the number of images: interfaces of one size, and copies to be grouped.",
    "bench_memory": "Memory that the same work takes, beyond what the imports took.",
    "bench_sides": "Time for one image against its side, of interfaces and of lattices without noise.",
    "bench_students": "Memory of all kernels together in simulated classes, against students who had one.",
}
COLOURS = (plots.BLUE, plots.ORANGE, plots.GREEN, "0.4")
WAYS = {
    "images": {"ours": "all at once", "stream": "a stream", "row_by_row": "row by row", "floor": "floor"},
    "copies": {"ours": "ours", "imagehash": "imagehash", "cleanvision": "cleanvision", "floor": "reading the files"},
    "lattices": {"ours": "ours", "atomap": "atomap", "floor": "writing the pixels"},
}


def slope(x, y):
    """The power with which a series grows: the slope of a line through the points on logarithmic axes."""
    return round(float(np.polyfit(np.log(x), np.log(y), 1)[0]), 2) + 0.0  # never -0.0


def growth(runs, places, ways, quantity, by=1.0):
    """How something grows: for each way its sizes and medians.

    Parameters
    ----------
    runs : dict
    places : dict of int to str
        The units, by size.
    ways : dict of str to str
        What each way is called.
    quantity : str
    by : float or callable
        What the medians are multiplied by, or that as a function of the size.

    Returns
    -------
    dict of str to (list, list)
    """
    found = {}
    for way, called in ways.items():
        sizes = [size for size in sorted(places) if f"{way}_{quantity}" in runs[places[size]]]
        if len(sizes) > 1:
            factors = [by(size) if callable(by) else by for size in sizes]
            medians = [statistics.median(runs[places[size]][f"{way}_{quantity}"]) for size in sizes]
            found[called] = sizes, [a * b for a, b in zip(medians, factors, strict=True)]
    return found


def of_counts(runs):
    """The units of interfaces and of copies by their numbers of images, of the most common side."""
    images = {}
    for name in runs:
        if name.startswith("images_"):
            count, side = map(int, name.split("_")[1::2])
            images.setdefault(side, {})[count] = name
    most = max(images.values(), key=len, default={})
    return most, {int(name.partition("_")[2]): name for name in runs if name.startswith("copies_")}


def of_sides(runs):
    """The units of interfaces, of the most common count, and of lattices without noise, by their sides."""
    images = {}
    for name in runs:
        if name.startswith("images_"):
            count, side = map(int, name.split("_")[1::2])
            images.setdefault(count, {})[side] = name
    most = max(images.values(), key=len, default={})
    return most, {int(name.rpartition("_")[2]): name for name in runs if name.startswith("lattices_clean_")}


def lines(figure, panels, xlabel, ylabel):
    """Draw each panel, a title and its series, on logarithmic axes."""
    spots = figure.subplots(1, len(panels), squeeze=False)[0]
    for spot, (title, series) in zip(spots, panels.items(), strict=True):
        for number, (called, (x, y)) in enumerate(series.items()):
            spot.loglog(x, y, color=COLOURS[number % 4], marker=plots.MARKERS[number % 5], label=called)
        sizes = sorted({size for x, _ in series.values() for size in x})
        spot.set_xticks(sizes, [f"{size:,}" for size in sizes])
        spot.minorticks_off()
        values = sorted(value for _, y in series.values() for value in y)
        if values[-1] < 10 * values[0]:
            shown = values[:: max(1, len(values) // 5)]
            spot.set_yticks(shown, [f"{value:.3g}" for value in shown])
        spot.set(title=title, xlabel=xlabel, ylabel=ylabel)
        spot.spines[["top", "right"]].set_visible(False)
        spot.legend(frameon=False, fontsize=9)


def findings(panels, unit):
    """In words, how large each series of the panels becomes, and how it grows."""
    return "; ".join(
        f"{title} ({max(x[-1] for x, _ in series.values()):,}): "
        + ", ".join(
            f"{called} {digits(y[-1])} {unit}, growing with the power {slope(x, y):.2f}"
            for called, (x, y) in series.items()
        )
        for title, series in panels.items()
    )


def dots(figure, items, xlabel):
    """Named factors on a logarithmic axis, those below 1 in another colour and shape."""
    spot = figure.subplots()
    for height, (_, value) in enumerate(items):
        good = value >= 1
        spot.plot(value, height, color=plots.BLUE if good else plots.ORANGE, marker="o" if good else "s", markersize=7)
        spot.annotate(factor(value), (value, height), xytext=(7, -3), textcoords="offset points", fontsize=9)
    spot.axvline(1, color="0.5", linestyle="--", linewidth=1)
    spot.set_xscale("log")
    spot.set_yticks(range(len(items)), [name for name, _ in items])
    spot.set(xlabel=xlabel, ylim=(-0.6, len(items) - 0.4))
    values = [value for _, value in items]
    low, high = min(0.7, 0.5 * min(values)), max(4, 3 * max(values))
    steps = (1, 2, 5) if high < 30 * low else (1,)
    ticks = [step * 10.0**power for power in range(-6, 7) for step in steps if low <= step * 10.0**power <= high]
    spot.set_xticks(ticks, [f"{tick:,g}" for tick in ticks])
    spot.minorticks_off()
    spot.set_xlim(low, high)
    spot.spines[["top", "right"]].set_visible(False)


def draw(entry, folder):
    """Draw what there are numbers for."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from tools.bench import page

    folder.mkdir(parents=True, exist_ok=True)
    for name, (_, size, paint) in plans(entry["runs"], page.table(entry)).items():
        figure = plt.figure(figsize=size, layout="constrained")
        paint(figure)
        figure.savefig(folder / f"{name}.png", dpi=110, metadata={"Software": None})
        plt.close(figure)


def plans(runs, table):
    """What is to be drawn: for each picture its text alternative, its size, and the function that paints a figure."""
    found = {}
    compared = [(f"{row.what}: {row.reference}", row.against) for row in table if _is_compared(row)]
    if compared:
        items = sorted(compared, key=lambda item: item[1])
        alt = (
            f"{len(items)} comparisons: ours is better in {sum(value >= 1 for _, value in items)}, "
            f"at most {factor(items[-1][1])} times ({items[-1][0]}), and at worst the other one "
            f"takes {factor(items[0][1])} times as much ({items[0][0]})"
        )
        found["bench_ratios"] = (
            alt,
            (9, 0.9 + 0.3 * len(items)),
            lambda figure: dots(figure, items, "theirs / ours (a ratio, no unit)"),
        )
    floors = sorted({(row.what, row.over) for row in table if row.over}, key=lambda item: -item[1])
    if floors:
        alt = (
            f"Ours over the floor in {len(floors)} tasks, from {factor(floors[-1][1])} times ({floors[-1][0]}) to "
            f"{factor(floors[0][1])} times ({floors[0][0]})"
        )
        found["bench_floors"] = (
            alt,
            (9, 0.9 + 0.3 * len(floors)),
            lambda figure: dots(figure, floors, "ours / floor (a ratio, no unit)"),
        )
    images, copies = of_counts(runs)

    def panels(quantity, by):
        # Row by row fewer images are made, which is no matter for the time of each.
        ways = {way: called for way, called in WAYS["images"].items() if quantity == "ms" or way != "row_by_row"}
        parts = {
            "images of interfaces": growth(runs, images, ways, quantity, by),
            "copies among textures": growth(runs, copies, WAYS["copies"], quantity, by),
        }
        return {title: series for title, series in parts.items() if series}

    times, memories = panels("ms", lambda count: count / 1000), panels("mb", 1.0)
    if times:
        found["bench_images"] = (
            f"Seconds against the number of images on logarithmic axes. At the right end, {findings(times, 's')}",
            (4.6 * len(times), 3.6),
            lambda figure: lines(figure, times, "number of images", "time (s)"),
        )
        found["bench_memory"] = (
            f"Megabytes against the number of images on logarithmic axes. At the right end, {findings(memories, 'MB')}",
            (4.6 * len(memories), 3.6),
            lambda figure: lines(figure, memories, "number of images", "memory (MB)"),
        )
    images, lattices = of_sides(runs)
    parts = {
        "images of interfaces": growth(runs, images, WAYS["images"], "ms"),
        "images of lattices": growth(runs, lattices, WAYS["lattices"], "ms"),
    }
    sides = {title: series for title, series in parts.items() if series}
    if sides:
        found["bench_sides"] = (
            f"Milliseconds for an image against its side, logarithmic axes. At the right end, {findings(sides, 'ms')}",
            (4.6 * len(sides), 3.6),
            lambda figure: lines(figure, sides, "side of an image (pixels)", "time for one image (ms)"),
        )
    classes = ledger.classes()
    students, together = ([row[key] for row in classes] for key in ("students", "all_mb"))
    series = {"all kernels together": (students, [value / 1000 for value in together])}
    more = np.polyfit(students, together, 1)[0]
    found["bench_students"] = (
        f"Gigabytes against students on logarithmic axes: from {together[0] / 1000:.1f} GB for {students[0]} to "
        f"{together[-1] / 1000:.1f} GB for {students[-1]}, some {more / 1000:.2f} GB for each further one",
        (5.2, 3.6),
        lambda figure: lines(figure, {"lesson 01, to exercise 1.9": series}, "students with a kernel", "memory (GB)"),
    )
    return found


def _is_compared(row):
    return row.against is not None and row.reference != "budget"
