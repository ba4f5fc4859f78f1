"""Rows from long runs that are in docs/results already: they are shown with their date, and not measured again."""

import json

from helpers import roughness
from tools.bench.rows import Row
from tools.measure import RESULTS

LENGTHS = (64, 128, 256, 512)


def read(name):
    """An entry of the ledger."""
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def source(name, entry):
    return f"{name} {entry['date']}"


def digits():
    """Time to 99.0 % on MNIST."""
    entry = read("02_speed_run")
    run = entry["runs"]["mnist"]
    ours, theirs = ([1000 * value for value in run[f"{way}_seconds"]] for way in ("fast", "usual"))
    yield Row(
        "training up to 99.0 % of MNIST", "ms", ours, "the usual recipe", theirs, source=source("02_speed_run", entry)
    )


def estimators():
    """Root mean square errors of a roughness exponent, beside a straight line through the spectrum."""
    entry = read("05_ceilings")
    for length in LENGTHS:
        run, bound = entry["runs"][f"length{length}"], roughness.cramer_rao(length)
        ours = [over * bound for over in run["likelihood_over_bound"]]
        yield Row(
            f"error of maximum likelihood, {length} points", "", ours, "line through spectrum",
            run["structure_factor_rms"], "Cramér–Rao bound", [bound] * len(ours), source=source("05_ceilings", entry),
        )  # fmt: skip
    entry = read("05_roughness")
    run = entry["runs"]["synthetic"]
    yield Row(
        "error of the network, images of 128 x 128", "", run["network_rms"], "line through spectrum",
        run["structure_factor_rms"], "Bayes error", run["bayes_rms"], source=source("05_roughness", entry),
    )  # fmt: skip


def lattices():
    """Which part of published lattices is read wrongly, beside what no classifier can avoid."""
    entry = read("06_stem_lattices")
    run = entry["runs"]["synthetic"]
    wrong, least = ([1 - value for value in run[name]] for name in ("published_accuracy", "test_ceiling"))
    yield Row(
        "part of 13 lattices read wrongly", "", wrong, "", (), "two classes are one", least,
        source=source("06_stem_lattices", entry),
    )  # fmt: skip


def audit():
    """The whole audit, beside cleanvision with all its looks."""
    entry = read("08_speed")
    ours, theirs = (entry["runs"][way] for way in ("ours", "cleanvision"))
    what = f"audit of {entry['images']:,} images"
    both = [[1000 * value for value in run["seconds"]] for run in (ours, theirs)]
    yield Row(what, "ms", both[0], "cleanvision", both[1], source=source("08_speed", entry))
    yield Row(
        f"memory of the {what}",
        "mb",
        ours["memory_mb"],
        "cleanvision",
        theirs["memory_mb"],
        source=source("08_speed", entry),
    )


def rows():
    """All of them."""
    for part in (digits, estimators, lattices, audit):
        yield from part()


def usual_reached():
    """How often the usual recipe came to 99.0 % in twelve epochs, and of how many runs."""
    run = read("02_speed_run")["runs"]["mnist"]
    return sum(value >= 0.99 for value in run["usual"]), len(run["usual"])


def classes():
    """Simulated classes that did the same: dicts with ``students``, who had a kernel, ``all_mb`` and ``private_mb``."""
    entry = read("class_load")
    alike = [row for row in entry["classes"] if row["until"] == entry["classes"][-1]["until"]]
    return [row | {"students": row["students"] - row["failures"], "came": row["students"]} for row in alike]
