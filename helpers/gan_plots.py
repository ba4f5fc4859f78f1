"""The pictures of lesson 4: forged numbers, the two losses, and what the forged digits show."""

import numpy as np

from helpers.plots import BLUE, GREEN, MARKERS, ORANGE, show

#: Where the losses of a GAN come to rest when the discriminator can only guess, and its forgeries are as good as real.
REST = {"discriminator": 2 * np.log(2), "generator": np.log(2)}


def forged_numbers(real, moments, columns=5):
    """Histograms of forged numbers after each epoch, with the real ones behind; a density is drawn up to 1.

    Parameters
    ----------
    real : array_like of float, shape (m,)
    moments : array_like of float, shape (epochs, n)
    columns : int
    """
    import matplotlib.pyplot as plt

    rows = -(-len(moments) // columns)
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(1.9 * columns, 1.6 * rows),
        sharex=True,
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    bins = np.linspace(-5, 5, 41)
    for epoch, (spot, numbers) in enumerate(zip(axes.flat, moments, strict=False), start=1):
        spot.hist(real, bins, density=True, histtype="step", color="black", label="real")
        spot.hist(np.clip(numbers, -5, 5), bins, density=True, color=ORANGE, alpha=0.7, label="forged")
        spot.set_title(f"epoch {epoch}", fontsize=9)
        spot.set_ylim(0, 1)
    axes[0, 0].legend(fontsize=7, loc="upper left")
    figure.supxlabel("number (beyond 5 on either side: at the edge)", fontsize=10)
    figure.supylabel("density (cut at 1)", fontsize=10)
    left = [np.mean(np.asarray(numbers) < 0) for numbers in moments]
    spread = [np.std(numbers) for numbers in moments]
    show(
        figure,
        f"Real numbers in two humps and forged ones over {len(moments)} epochs. Share of the forged ones on the left: "
        f"{', '.join(f'{share:.0%}' for share in left)}; of the real ones {np.mean(np.asarray(real) < 0):.0%}. "
        f"Their spread: {', '.join(f'{value:.2g}' for value in spread)}; that of the real ones {np.std(real):.2g}.",
    )


def game(history):
    """The losses of both networks on the last batch of each epoch, with the values at which they rest in theory.

    Parameters
    ----------
    history : dict of str to list of float
        ``"discriminator"`` and ``"generator"``, one number for each epoch.
    """
    import matplotlib.pyplot as plt

    figure, spot = plt.subplots(figsize=(5, 3), layout="constrained")
    _losses(spot, history)
    spot.legend(fontsize=8)
    ends = ", ".join(f"{name} {history[name][-1]:.2f} (theory {rest:.2f})" for name, rest in REST.items())
    show(figure, f"Losses over {len(history['generator'])} epochs; at the end: {ends}.")


def _losses(spot, history):
    for name, colour, mark in (("discriminator", BLUE, "o"), ("generator", ORANGE, "s")):
        values = history[name]
        spot.plot(np.arange(1, len(values) + 1), values, color=colour, marker=mark, markersize=4, label=name)
        spot.axhline(REST[name], color=colour, linestyle="--", linewidth=1)
    spot.set(xlabel="epoch", ylabel="loss of its last batch", ylim=(0, None))
    spot.xaxis.get_major_locator().set_params(integer=True)
    spot.grid(alpha=0.3)


def detective(real, forged, probability):
    """What the discriminator makes of each number, beside the best possible answer p / (p + g).

    Parameters
    ----------
    real, forged : array_like of float, shape (n,)
    probability : callable
        From numbers, `float32` of shape (n, 1), to the probabilities that they are real, shape (n, 1).
    """
    import matplotlib.pyplot as plt
    from scipy.stats import gaussian_kde

    numbers = np.linspace(-4, 4, 161, dtype="float32")
    p, g = (gaussian_kde(np.ravel(kind), 0.15)(numbers) for kind in (real, forged))
    best, got = p / (p + g), np.ravel(probability(numbers[:, None]))
    figure, spot = plt.subplots(figsize=(6, 3), layout="constrained")
    spot.fill_between(numbers, p, color="black", alpha=0.15, label="density of the real ones")
    spot.plot(numbers, g, color=ORANGE, label="density of the forged ones")
    spot.plot(numbers, best, color=GREEN, linestyle="--", label="best answer p / (p + g)")
    spot.plot(numbers, got, color=BLUE, linewidth=2, label="the discriminator's probability of real")
    spot.set(xlabel="number", ylabel="density or probability", ylim=(0, 1))
    spot.grid(alpha=0.3)
    spot.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    common = p + g > 0.05
    show(
        figure,
        "The discriminator's probability that a number is real lies between "
        f"{got[common].min():.2f} and {got[common].max():.2f} where there are numbers; the best answer between "
        f"{best[common].min():.2f} and {best[common].max():.2f}.",
    )


def four_games(games):
    """Losses and spread of several games, side by side.

    Parameters
    ----------
    games : dict of str to dict
        For each game ``"discriminator"``, ``"generator"`` and ``"spread"``, lists with one number for each epoch, and
        ``"real_spread"``, that of the real numbers.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(2, len(games), figsize=(2.5 * len(games), 4), sharex=True, layout="constrained")
    parts = []
    for (losses, spread), (name, record) in zip(axes.T, games.items(), strict=True):
        _losses(losses, record)
        losses.set_title(name)
        values, top = np.asarray(record["spread"]), 1.3 * record["real_spread"]
        spread.plot(np.arange(1, len(values) + 1), values, color=GREEN, marker="D", markersize=4)
        beyond = np.flatnonzero(values > top) + 1
        for epoch in beyond:
            spread.plot(epoch, top, "^", color=GREEN, markersize=6, clip_on=False)
            spread.annotate(
                f"{values[epoch - 1]:.1f}", (epoch, top), xytext=(10, -8), textcoords="offset points", fontsize=8
            )
        spread.axhline(record["real_spread"], color="black", linestyle="--", linewidth=1)
        spread.set(xlabel="epoch", ylabel="spread", ylim=(0, top))
        spread.grid(alpha=0.3)
        losses.set_xlabel("")
        parts.append(
            f"{name}: discriminator {record['discriminator'][-1]:.2f}, generator {record['generator'][-1]:.2f}, "
            f"spread {values[-1]:.2f} of {record['real_spread']:.2f}"
            + "".join(f", beyond its axis in epoch {epoch}: {values[epoch - 1]:.1f}" for epoch in beyond)
        )
    axes[0, 0].legend(fontsize=8)
    show(
        figure,
        f"Losses and spread of {len(games)} games; at the end {'; '.join(parts)}. Dashed: theory, and the real spread.",
    )


def class_shares(shares):
    """How the ten digits are distributed in several sets of pictures.

    Parameters
    ----------
    shares : dict of str to array_like of float, shape (10,)
        For each set the share of each digit, 0 to 1.
    """
    import matplotlib.pyplot as plt

    figure, spot = plt.subplots(figsize=(6, 2.8), layout="constrained")
    width = 0.8 / len(shares)
    for index, (name, values) in enumerate(shares.items()):
        places = np.arange(10) + (index - (len(shares) - 1) / 2) * width
        spot.bar(
            places,
            100 * np.asarray(values),
            width,
            color=(BLUE, ORANGE, GREEN)[index % 3],
            label=name,
            hatch=("", "//", "..")[index % 3],
        )
    spot.axhline(10, color="black", linestyle="--", linewidth=1)
    spot.set(xlabel="digit, as the classifier reads it", ylabel="share of pictures (%)", xticks=range(10))
    spot.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    parts = [f"{name} from {min(values):.1%} to {max(values):.1%}" for name, values in shares.items()]
    show(figure, f"Share of each digit: {'; '.join(parts)}. Equal shares would be 10 %.")


def distances(values):
    """Fréchet distances on a logarithmic axis, from the largest to the smallest.

    Parameters
    ----------
    values : dict of str to float
    """
    import matplotlib.pyplot as plt
    from matplotlib.ticker import LogLocator, NullFormatter

    ordered = sorted(values.items(), key=lambda item: -item[1])
    figure, spot = plt.subplots(figsize=(6.5, 0.7 + 0.45 * len(ordered)), layout="constrained")
    for height, (_, value) in enumerate(ordered):
        spot.plot(value, height, color=BLUE, marker=MARKERS[height % len(MARKERS)], markersize=8)
        spot.annotate(f"{value:.3g}", (value, height), xytext=(0, 8), textcoords="offset points", ha="center")
    spot.set(yticks=range(len(ordered)), yticklabels=[name for name, _ in ordered], ylim=(-0.6, len(ordered) - 0.2))
    spot.set(xscale="log", xlabel="Fréchet distance to real digits (squared units of the features)")
    spot.invert_xaxis()
    spot.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    spot.xaxis.set_major_formatter(lambda value, place: f"{value:g}")
    spot.xaxis.set_minor_formatter(NullFormatter())
    spot.grid(axis="x", alpha=0.3)
    spot.spines[["top", "right"]].set_visible(False)
    show(figure, f"Fréchet distances to real digits: {', '.join(f'{name} {value:.3g}' for name, value in ordered)}.")
