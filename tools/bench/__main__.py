"""`make bench`: measure, print the table, and write docs/results/bench.json, docs/benchmarks.md and its pictures."""

import argparse
import importlib
import sys
import time
from pathlib import Path

from helpers.timeleft import TimeLeft, clock
from tools import measure
from tools.bench import measuring, page, pictures, results, rows, works


def units(names, quick):
    """All units of some works."""
    return [unit for name in names for unit in importlib.import_module(f"tools.bench.works.{name}").units(quick)]


def total(chosen):
    """How many seconds some units take, about."""
    return sum(unit.seconds * unit.rounds for unit in chosen)


def run(chosen, entry, folder, quick):
    """Measure units, keep what each found at once, and return the entry."""
    line, before, start = TimeLeft(round(total(chosen)), "bench"), 0.0, time.monotonic()
    for number, unit in enumerate(chosen, 1):
        left = (total(chosen) - before) * ((time.monotonic() - start) / before if before else 1)
        if not sys.stdout.isatty():
            print(f"{number} of {len(chosen)}: {unit.name}, some {clock(left)} left", flush=True)
        rounds = iter(range(1, unit.rounds + 1))

        def after(unit=unit, rounds=rounds, before=before):
            line.update(before + unit.seconds * next(rounds), unit.name)

        series, skipped, versions = measuring.unit(unit, quick, after)
        before += unit.seconds * unit.rounds
        entry = results.add(entry, unit, series, skipped, versions)
        results.write(folder, entry)
    line.close("measured")
    return entry


def write(entry, texts, images):
    """Print the table, and write the page and its pictures."""
    table = page.table(entry)
    print(rows.text(table, results.dates(entry)))
    for word in sorted({word for words in entry["skipped"].values() for word in words.values()}):
        print(word)
    pictures.draw(entry, images)
    measure.notebooks.write(texts / "benchmarks.md", page.page(entry))


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument("works", nargs="*", help=f"some of {', '.join(works.NAMES)}; all by default")
    parser.add_argument("--missing", action="store_true", help="only what was not measured today")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, for trying out, into build/bench")
    parser.add_argument("--page", action="store_true", help="measure nothing; write page and pictures anew")
    parser.add_argument("--folder", type=Path, help="write everything there, not into docs/")
    chosen = parser.parse_args(arguments)
    unknown = sorted(set(chosen.works) - set(works.NAMES))
    if unknown:
        parser.error(f"there is no work {unknown[0]!r}; expected some of {', '.join(works.NAMES)}")
    docs = measure.notebooks.ROOT / "docs"
    here = chosen.folder or (measure.notebooks.ROOT / "build" / "bench" if chosen.quick else None)
    folder, texts, images = (here, here, here / "imgs") if here else (measure.RESULTS, docs, docs / "imgs")
    entry = results.read(folder)
    if not chosen.page:
        names = [name for name in works.NAMES if not chosen.works or name in chosen.works]
        if "lessons" in names:
            measure.notebooks.require_mnist()
        todo = units(names, chosen.quick)
        if chosen.missing:
            todo = results.missing(entry, todo)
        entry = run(todo, entry, folder, chosen.quick)
    write(entry, texts, images)
    return 0


if __name__ == "__main__":
    sys.exit(main())
