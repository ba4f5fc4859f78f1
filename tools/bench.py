"""Time and memory of every lesson and of `import helpers`, beside the budgets: `make bench`."""

import statistics
import subprocess
import sys
import time

from tools import measure, notebooks

LESSON_SECONDS, IMPORT_SECONDS = 180, 0.3
MEMORY_MB = {"00": 1500, "01": 1500, "02": 1500}  # any other lesson: 3000
REPEATS = 5


def import_seconds():
    """Median time by which `import helpers` makes the start of Python longer."""

    def once(code):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return time.perf_counter() - start

    return statistics.median(once("import helpers") - once("pass") for _ in range(REPEATS))


def main():
    notebooks.require_mnist()
    print(f"{'what':24} {'measured':>10} {'budget':>8} {'ratio':>6}")

    def row(what, value, budget, unit):
        print(f"{what:24} {value:7.2f} {unit:2} {budget:5} {unit:2} {value / budget:6.2f}", flush=True)

    row("import helpers", max(import_seconds(), 0.0), IMPORT_SECONDS, "s")
    for name in notebooks.names():
        result = measure.run(name, seed=1, environment={})
        row(name, result["seconds"], LESSON_SECONDS, "s")
        row("  memory of its kernel", result["peak_memory_mb"], MEMORY_MB.get(name[:2], 3000), "MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
