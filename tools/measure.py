"""Measure what the prose quotes: `make measure` runs each lesson's solution with five seeds into docs/results/.

What is kept of a run is what the cell tagged `record` returns, how long the run and the cells tagged
`training` took, and the kernel's largest memory.
"""

import argparse
import datetime
import json
import platform
import re
import sys
import tempfile
from importlib.metadata import version

import nbformat

from helpers import device
from helpers.timeleft import TimeLeft
from tools import notebooks, offline

RESULTS = notebooks.ROOT / "docs" / "results"
SEEDS = (1, 2, 3, 4, 5)
PACKAGES = ("tensorflow", "keras", "numpy", "scikit-learn")
PEAK = "import resource; resource.getrusage(resource.RUSAGE_SELF).ru_maxrss"


def run(name, seed, environment):
    """Execute a lesson's solution once; returns what it recorded, its seconds and its memory in MB."""
    notebook = notebooks.solution(name)
    notebook.cells.append(nbformat.v4.new_code_cell(PEAK))
    notebooks.execute(notebook, seed=seed, timing=True, **environment)
    peak = int(notebook.cells[-1].outputs[0].data["text/plain"])
    return {
        **notebooks.record(notebook),
        "training_seconds": sum(
            seconds(cell) for cell in notebook.cells if "training" in cell.metadata.get("tags", [])
        ),
        "seconds": sum(seconds(cell) for cell in notebook.cells),
        **{f"{cell.metadata['timed']}_seconds": seconds(cell) for cell in notebook.cells if "timed" in cell.metadata},
        # Linux counts in kB, macOS in bytes.
        "peak_memory_mb": peak / (1e6 if sys.platform == "darwin" else 1e3),
    }


def seconds(cell):
    """How long a cell of a notebook executed with timing ran."""
    times = cell.metadata.get("execution", {})
    start, end = (times.get(key) for key in ("iopub.execute_input", "shell.execute_reply"))
    if not start or not end:
        return 0.0
    return (datetime.datetime.fromisoformat(end) - datetime.datetime.fromisoformat(start)).total_seconds()


def entry(name, command, **contents):
    """An entry of the ledger: what was measured, by which command, when and on what."""
    return {
        "lesson": name,
        "command": command,
        "date": datetime.date.today().isoformat(),
        "machine": f"{device.cpu_name()}, {device.cores()} cores, {platform.system()}",
        "versions": {"python": platform.python_version()} | {package: version(package) for package in PACKAGES},
        **contents,
    }


def text(entry):
    """An entry of the ledger as JSON, one line for each series of numbers."""
    made = re.sub(r"(?<=[\s\[])NaN(?=[,\s\]])", "null", json.dumps(entry, indent=1))
    return re.sub(r"\[\s+([^\[\]{}]+?)\s+\]", lambda found: "[" + " ".join(found[1].split()) + "]", made) + "\n"


def save(name, entry):
    """Write an entry of the ledger."""
    notebooks.write(RESULTS / f"{name}.json", text(entry))


def measure(name):
    """Run a lesson with every seed, on MNIST and without it if digits are its data, and return the ledger's entry."""
    with tempfile.TemporaryDirectory() as empty:
        with_digits = {"mnist": {}, "digits8x8": offline.environment(empty)}
        sources = with_digits if notebooks.reads_digits(name) else {"synthetic": {}}
        line = TimeLeft(len(sources) * len(SEEDS), name)
        runs, done = {}, 0
        for source, environment in sources.items():
            results = []
            for seed in SEEDS:
                results.append(run(name, seed, environment))
                done += 1
                line.update(done)
            runs[source] = {"seed": list(SEEDS)} | {
                key: [round(result[key], 4) for result in results] for key in results[0]
            }
        line.close()
    return entry(name, f"make measure LESSONS={name[:2]}", runs=runs)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", help="names or beginnings of names; all by default")
    lessons = notebooks.chosen_names(parser.parse_args().lessons)
    notebooks.require_mnist(lessons)
    for name in lessons:
        save(name, measure(name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
