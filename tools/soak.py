"""Every lesson's solution, twenty times with other random numbers: `make soak` (LESSONS="01 02" for some, RUNS=20).

No run may fail, and no check may refuse a right solution. Two lessons run at a time (JOBS=2), because one alone does
not keep two cores busy; how long a lesson takes is for `make measure` to say. What was run stays in
docs/results/soak.json, so that it can be stopped at any moment and goes on where it was; a lesson whose code or checks
have changed begins anew.
"""

import argparse
import ast
import hashlib
import json
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed

from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from helpers.timeleft import TimeLeft
from tools import measure, notebooks

LEDGER = measure.RESULTS / "soak.json"
#: Not the seeds of the other ledgers.
FIRST_SEED = 101


def ledger():
    """What has been run so far, by lesson."""
    return json.loads(LEDGER.read_text(encoding="utf-8"))["lessons"] if LEDGER.exists() else {}


def fingerprint(name):
    """A hash of a lesson's code and of its checks; texts, comments and the other helpers play no part."""
    code = [cell.source for cell in notebooks.solution(name).cells if cell.cell_type == "code"]
    code.append((notebooks.ROOT / "helpers" / "checks" / f"lesson{name[:2]}.py").read_text(encoding="utf-8"))
    return hashlib.sha256("\n".join(ast.unparse(ast.parse(each)) for each in code).encode()).hexdigest()


def soak(name, seed):
    """Run a lesson once: its kernel's memory in MB, and what failed, if anything did."""
    try:
        found = measure.run(name, seed, {})
    except (CellExecutionError, CellTimeoutError, DeadKernelError, RuntimeError, ValueError) as error:
        return {"peak_memory_mb": None, "failed": str(error).strip().splitlines()[-1][:300]}
    return {"peak_memory_mb": round(found["peak_memory_mb"]), "failed": ""}


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
            done[name] = {"source": source, "seed": [], "peak_memory_mb": [], "failed": []}
    todo = [(seed, name) for seed in range(FIRST_SEED, FIRST_SEED + chosen.runs) for name in lessons]
    todo = [(seed, name) for seed, name in todo if seed not in done[name]["seed"]]
    line = TimeLeft(len(todo), "soaking")
    with ProcessPoolExecutor(chosen.jobs) as pool:
        runs = {pool.submit(soak, name, seed): (seed, name) for seed, name in todo}
        try:
            for count, run in enumerate(as_completed(runs), start=1):
                seed, name = runs[run]
                for key, value in {"seed": seed, **run.result()}.items():
                    done[name][key].append(value)
                measure.save("soak", measure.entry("soak", "make soak", lessons=done))
                line.update(count)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # who stops it does not want the rest of the queue
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
    sys.exit(main())
