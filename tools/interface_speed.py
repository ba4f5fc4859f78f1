"""40,000 images of interfaces, made at once and row by row, side by side: `make interface-speed`.

Each is made in a process of its own, by turns, and three times there, of which the fastest counts: the first one also
pays for memory that the machine has to find, and for the import of Keras.
"""

import argparse
import json
import subprocess
import sys
import time
import tracemalloc

import numpy as np

from helpers import interfaces
from tools import measure

LENGTH, MANY, FEW = 128, 40_000, 4_000
ZETAS = np.arange(1, 21) / 20


def at_once(count=MANY, length=LENGTH):
    zeta = np.repeat(ZETAS, count // len(ZETAS))
    return len(interfaces.images(interfaces.heights(zeta, length, np.random.default_rng(0))))


def as_a_stream(count=MANY, length=LENGTH):
    stream = interfaces.stream(seed=0, length=length, batch=125, batches=count // 125)
    return sum(len(stream[index][0]) for index in range(len(stream)))


def row_by_row(count=FEW, length=LENGTH):
    """One loop over the interfaces, and one over the rows of each image, which is made of Python's numbers."""
    rng, made = np.random.default_rng(0), []
    for zeta in ZETAS:
        for heights in interfaces.heights(np.full(count // len(ZETAS), zeta), length, rng):
            image = np.array([[1.0] * length] * length)
            for column, height in enumerate(heights):
                image[column, max(0, int(np.round(height)) + length // 2) :] = 0.0
            made.append(image)
    return len(np.array(made).astype("float32"))


WAYS = {"at_once": at_once, "as_a_stream": as_a_stream, "row_by_row": row_by_row}


def one(way):
    """Images a second, and in one more run the most memory that Python and NumPy held for it, in MB."""
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        count = WAYS[way]()
        seconds.append(time.perf_counter() - start)
    tracemalloc.start()
    WAYS[way]()
    return {"rate": count / min(seconds), "mb": tracemalloc.get_traced_memory()[1] / 1e6}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("way", nargs="?", choices=list(WAYS), help="measure this one only, in this process")
    chosen = parser.parse_args()
    if chosen.way:
        print(json.dumps(one(chosen.way)))
        return 0
    rows = {"seed": list(measure.SEEDS)} | {f"{way}_{what}": [] for way in WAYS for what in ("rate", "mb")}
    for _ in measure.SEEDS:
        for way in WAYS:
            command = [sys.executable, "-m", "tools.interface_speed", way]
            result = json.loads(
                subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
            )
            for what, value in result.items():
                rows[f"{way}_{what}"].append(round(value))
    rows["ratio"] = [
        round(fast / slow) for fast, slow in zip(rows["at_once_rate"], rows["row_by_row_rate"], strict=True)
    ]
    print(rows)
    measure.save("05_speed", measure.entry("05_speed", "make interface-speed", runs={"synthetic": rows}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
