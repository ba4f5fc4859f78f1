"""Every lesson's solution, twenty times with other random numbers: `make soak` (LESSONS="01 02" for some, RUNS=20).

No run may fail, and no check may refuse a right solution. Two lessons run at a time (JOBS=2), because one alone does
not keep two cores busy; how long a lesson takes is for `make measure` to say. What was run stays in
docs/results/soak.json, so that it can be stopped at any moment and goes on where it was; a lesson whose code or checks
have changed begins anew, and a run that failed is tried again.
"""

import argparse
import ast
import hashlib
import json
import sys
from itertools import compress
from multiprocessing.pool import ThreadPool

from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from helpers.timeleft import TimeLeft
from tools import measure, notebooks

LEDGER = measure.RESULTS / "soak.json"
#: Not the seeds of the other ledgers.
FIRST_SEED = 101
#: What is kept of each run of a lesson.
SERIES = ("seed", "peak_memory_mb", "failed")


def ledger():
    """What has been run so far, by lesson."""
    return json.loads(LEDGER.read_text(encoding="utf-8"))["lessons"] if LEDGER.exists() else {}


def fingerprint(name):
    """A hash of a lesson's code and of its checks; texts, comments and the other helpers play no part."""
    code = [cell.source for cell in notebooks.solution(name).cells if cell.cell_type == "code"]
    code.append((notebooks.ROOT / "helpers" / "checks" / f"lesson{name[:2]}.py").read_text(encoding="utf-8"))
    return hashlib.sha256("\n".join(ast.unparse(ast.parse(each)) for each in code).encode()).hexdigest()


def soak(run):
    """Run a lesson once, a pair of seed and name: its name, and the seed, its kernel's memory in MB and what failed."""
    seed, name = run
    try:
        peak, why = round(measure.run(name, seed, {})["peak_memory_mb"]), ""
    except (CellExecutionError, CellTimeoutError, DeadKernelError, RuntimeError, ValueError) as error:
        peak, why = None, str(error).strip().splitlines()[-1][:300]
    return name, {"seed": seed, "peak_memory_mb": peak, "failed": why}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", help="names or beginnings of names; all by default")
    parser.add_argument("--runs", type=int, default=20, metavar="N", help="of each lesson, those of before included")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="lessons at a time, up to 2.5 GB each")
    chosen = parser.parse_args()
    lessons = notebooks.chosen_names(chosen.lessons)
    notebooks.require_mnist(lessons)
    done = ledger()
    for name in lessons:
        source = fingerprint(name)
        if done.get(name, {}).get("source") != source:
            done[name] = {"source": source} | {key: [] for key in SERIES}
        passed = [not why for why in done[name]["failed"]]
        done[name] |= {key: list(compress(done[name][key], passed)) for key in SERIES}
    todo = [(seed, name) for seed in range(FIRST_SEED, FIRST_SEED + chosen.runs) for name in lessons]
    todo = [(seed, name) for seed, name in todo if seed not in done[name]["seed"]]
    line = TimeLeft(len(todo), "soaking")
    with ThreadPool(chosen.jobs) as pool:  # each lesson has a kernel, a process of its own
        for count, (name, found) in enumerate(pool.imap_unordered(soak, todo), start=1):
            for key, value in found.items():
                done[name][key].append(value)
            measure.save("soak", measure.entry("soak", "make soak", lessons=done))
            line.update(count)
    line.close()
    failures = [
        (name, seed, why)
        for name in lessons
        for seed, why in zip(done[name]["seed"], done[name]["failed"], strict=True)
        if why
    ]
    for name in lessons:
        print(f"{name:24} {len(done[name]['seed'])} runs, {sum(map(bool, done[name]['failed']))} failed")
    for name, seed, why in failures:
        print(f"{name}, seed {seed}: {why}")
    return int(bool(failures))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nStopped. The same command goes on where it was.")
