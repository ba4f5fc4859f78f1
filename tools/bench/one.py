"""Do a unit in one way, in this process, and print time, memory and what else the way tells, as JSON.

It also runs in the environments of others, so it imports little.
"""

import argparse
import contextlib
import importlib
import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

#: What is quicker than this, in seconds, is done again until it has taken so long altogether.
AT_LEAST = 0.3
#: What Linux tells of this process.
STATUS = Path("/proc/self/status")
CLOCKS = {"cpu": time.process_time, "wall": time.perf_counter}


def memory_mb(what):
    """``"VmRSS"``, the memory that this process has, or ``"VmHWM"``, the most that it had since `forget_peak`.

    `ru_maxrss` will not do on Linux: it begins with the peak of the process that started this one.
    """
    if STATUS.is_file():
        return int(STATUS.read_text(encoding="ascii").partition(f"{what}:")[2].split()[0]) / 1e3
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def forget_peak():
    """Let the count of the most memory begin anew, where the system can."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def timed(function, clock, at_least=AT_LEAST):
    """Milliseconds of a call, and what the last call returned."""
    now, calls = CLOCKS[clock], 0
    start = now()
    while not calls or now() - start < at_least:
        told = function()
        calls += 1
    return 1000 * (now() - start) / calls, told


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work")
    parser.add_argument("unit")
    parser.add_argument("way")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--quick", action="store_true")
    chosen = parser.parse_args()
    work = importlib.import_module(f"tools.bench.works.{chosen.work}")
    unit = next(unit for unit in work.units(chosen.quick) if unit.name == chosen.unit)
    way = unit.ways[chosen.way]
    function = way.what(chosen.folder)
    forget_peak()
    before = memory_mb("VmRSS")
    if unit.clock == "cpu":
        function()  # the first call also pays for memory that the machine has to find
    milliseconds, told = timed(function, unit.clock)
    result = {"ms": milliseconds / way.count, "mb": max(memory_mb("VmHWM") - before, 0.1), **(told or {})}
    print(json.dumps({"values": result, "version": version(way.package) if way.package else ""}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
