"""The ways of a unit take turns, each in a process of its own, so that a busy machine hurts all of them alike."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.bench import peers

ROOT = Path(__file__).resolve().parents[2]


def ratios(first, second):
    """The quotients of two series: run by run where both have as many, because neighbours had the same machine."""
    if len(first) == len(second):
        return [a / b for a, b in zip(first, second, strict=True)]
    return [statistics.median(first) / statistics.median(second)]


def turns(names, number):
    """The order of the ways in a round: another one begins each time."""
    begin = number % len(names)
    return names[begin:] + names[:begin]


def unit(unit, quick=False, after=lambda: None):
    """Measure a unit.

    Parameters
    ----------
    unit : tools.bench.units.Unit
    quick : bool
        Whether it is one of the tiny units.
    after : callable
        Called after each round.

    Returns
    -------
    series : dict of str to list of float
        For each way and quantity, ``"WAY_QUANTITY"``, the values of all rounds.
    skipped : dict of str to str
        For each way that was left out, why.
    versions : dict of str to str
        Of the packages that were compared with.
    """
    skipped = {
        name: peers.word(way.package)
        for name, way in unit.ways.items()
        if way.package and peers.python(way.package) is None
    }
    names, rounds, versions = [name for name in unit.ways if name not in skipped], {}, {}
    with tempfile.TemporaryDirectory() as place:
        if unit.prepare:
            unit.prepare(Path(place))
        for number in range(1, unit.rounds + 1):
            for name in turns(names, number - 1):
                if name in skipped:
                    continue
                try:
                    values = (unit.measure or _process)(unit, name, number, Path(place), quick, versions)
                except subprocess.CalledProcessError as error:
                    if not unit.ways[name].package:
                        raise RuntimeError(f"{unit.name}, {name}: {error.stderr}") from None
                    lines = (error.stderr or "").strip().splitlines() or ["no message"]
                    skipped[name] = f"{unit.ways[name].package} failed: {lines[-1]}"
                    continue
                for quantity, value in values.items():
                    rounds.setdefault(f"{name}_{quantity}", []).append(float(f"{value:.5g}"))
            after()
    series = {key: values for key, values in rounds.items() if len(values) == unit.rounds}
    return {"seed": list(range(1, unit.rounds + 1))} | series, skipped, versions


def _process(unit, name, number, place, quick, versions):
    """One way in a process of its own."""
    way = unit.ways[name]
    path = peers.python(way.package) if way.package else sys.executable
    command = [path, "-m", "tools.bench.one", unit.work, unit.name, name, str(place)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore", "TF_CPP_MIN_LOG_LEVEL": "3"}
    if unit.clock == "cpu":
        environment |= {"OMP_NUM_THREADS": "1"}
    ended = subprocess.run(
        command + ["--quick"] * quick, capture_output=True, text=True, cwd=ROOT, env=environment, check=True
    )
    told = json.loads(ended.stdout.splitlines()[-1])
    if way.package:
        versions[way.package] = told["version"]
    return told["values"]
