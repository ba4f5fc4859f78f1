"""What the bench has measured: `bench.json` in the ledger's format, kept after each unit."""

import datetime
import json

from tools import measure, notebooks

NAME = "bench"


def empty():
    """What there is before anything is measured."""
    return {"measured": {}, "skipped": {}, "peers": {}, "runs": {}}


def read(folder):
    """The entry in a folder, or one without any runs."""
    path = folder / f"{NAME}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else empty()


def add(entry, unit, series, skipped, versions):
    """The entry with another unit: its runs, when and where they were, and why a way was left out."""
    now = measure.entry(NAME, "make bench")
    contents = {key: dict(entry[key]) for key in empty()}
    contents["runs"][unit.name] = series
    contents["measured"][unit.name] = {
        "date": now["date"], "machine": now["machine"], "python": now["versions"]["python"],
        "numpy": now["versions"]["numpy"], "clock": unit.clock, "runs": unit.rounds,
    }  # fmt: skip
    contents["skipped"].pop(unit.name, None)
    if skipped:
        contents["skipped"][unit.name] = skipped
    contents["peers"] |= versions
    return now | contents


def missing(entry, units):
    """The units that were not measured today."""
    today = datetime.date.today().isoformat()
    return [unit for unit in units if entry["measured"].get(unit.name, {}).get("date") != today]


def write(folder, entry):
    """Write the entry, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    notebooks.write(folder / f"{NAME}.json", measure.text(entry))


def dates(entry):
    """The date of each unit."""
    return {name: unit["date"] for name, unit in entry["measured"].items()}
