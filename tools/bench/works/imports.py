"""By how much an import makes the start of Python longer."""

import subprocess
import sys
import time

from tools.bench import peers
from tools.bench.measuring import ROOT
from tools.bench.units import Unit, Way

#: The code, and the package that it needs.
CODES = {
    "nothing": ("pass", ""),
    "floor": ("import numpy", ""),
    "ours": ("import helpers", ""),
    "interfaces": ("from helpers import interfaces", ""),
    "fbm": ("import fbm", "fbm"),
    "stochastic": ("import stochastic.processes.continuous", "stochastic"),
    "lattices": ("from helpers import lattices, stem", ""),
    "atomap": ("import atomap.api", "atomap"),
    "copies": ("from helpers import copies", ""),
    "imagehash": ("import imagehash", "imagehash"),
    "audit": ("from helpers import audit", ""),
    "cleanvision": ("import cleanvision", "cleanvision"),
    "keras": ("import keras", ""),
}
QUICK = ("nothing", "floor", "ours", "fbm")
PAIRS = (("interfaces", "fbm"), ("interfaces", "stochastic"), ("lattices", "atomap"), ("copies", "imagehash"))
PAIRS += (("audit", "cleanvision"), ("audit", "keras"))
#: What `import helpers` may take, in seconds.
BUDGET = 0.3


def once(unit, name, number, place, quick, versions):
    code, package = CODES[name]
    python = peers.python(package) if package else sys.executable
    start = time.perf_counter()
    subprocess.run([python, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return {"ms": 1000 * (time.perf_counter() - start)}


def units(quick=False):
    names = QUICK if quick else CODES
    ways = {name: Way(CODES[name][0], package=CODES[name][1]) for name in names}
    return [Unit("imports", "imports", ways, seconds=40, clock="wall", rounds=2 if quick else 5, measure=once)]


def rows(runs):
    from tools.bench.rows import Row

    if "imports" not in runs:
        return
    run = dict(runs["imports"])
    for name in CODES:  # what bare Python takes, round by round, is taken away
        if f"{name}_ms" in run:
            more = zip(run[f"{name}_ms"], runs["imports"]["nothing_ms"], strict=True)
            run[f"{name}_ms"] = [max(value - bare, 0.1) for value, bare in more]
    run["budget_ms"] = [1000 * BUDGET] * len(run["seed"])
    yield Row.of(run, "imports", "import helpers", "ms", "budget")
    for ours, package in PAIRS:
        if f"{ours}_ms" in run:
            what = f"import helpers.{'lattices, stem' if ours == 'lattices' else ours}"
            yield Row.of(run, "imports", what, "ms", package, "import numpy", ours=ours)
