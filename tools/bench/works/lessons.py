"""Every lesson's solution, from start to end: time and memory of its kernel, beside the budgets."""

from tools.bench.units import Unit, Way

SECONDS, MEMORY_MB = 180, {"00": 1500, "01": 1500, "02": 1500}
#: Any other lesson's.
MOST_MB = 3000
ROUNDS, LEAST_RUNS = 3, 5


def names():
    """The lessons, in order."""
    from tools import notebooks

    return notebooks.names()


def once(unit, name, number, place, quick, versions):
    from tools import measure

    result = measure.run(unit.ways[name].what, seed=number, environment={})
    return {"ms": 1000 * result["seconds"], "mb": result["peak_memory_mb"]}


def units(quick=False):
    return [
        Unit(
            "lessons",
            f"lesson_{name}",
            {"ours": Way(name)},
            seconds=150,
            clock="wall",
            rounds=1 if quick else ROUNDS,
            measure=once,
        )
        for name in names()[: 1 if quick else None]
    ]


def from_ledger(name):
    """Time and memory of a lesson as `make measure` has them: series as `once` makes them and where they are from.

    Returns None if there are fewer than five runs.
    """
    from tools.bench import ledger

    entry = ledger.read(name)
    run = next(iter(entry["runs"].values()))
    if "peak_memory_mb" not in run or len(run["seconds"]) < LEAST_RUNS:
        return None
    series = {"ours_ms": [1000 * value for value in run["seconds"]], "ours_mb": run["peak_memory_mb"]}
    return series, ledger.source(name, entry)


def rows(runs):
    """Of lessons that were not measured by the bench, the ledger's row, if it has one."""
    from tools.bench.rows import Row

    for name in names():
        unit, source = f"lesson_{name}", ""
        run = runs.get(unit)
        if run is None:
            found = from_ledger(name)
            if found is None:
                continue
            run, source = found
        run = dict(run) | {"budget_ms": [1000 * SECONDS], "budget_mb": [MEMORY_MB.get(name[:2], MOST_MB)]}
        yield Row.of(run, unit, f"lesson {name}", "ms", "budget", source=source)
        yield Row.of(run, unit, f"memory of lesson {name}", "mb", "budget", source=source)
