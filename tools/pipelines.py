"""Four ways to feed lesson 6's network, by time and memory, at two sizes: `make pipelines`.

Each runs in a process of its own, by turns, and goes twice through all images without training. A thousand files stand
for any number: they are read again and again. glibc is told to keep one arena, because otherwise what its many arenas
hold back counts as well.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tools import measure

COUNTS, FILES = (1000, 8000), 1000
WAYS = {
    "memory": "everything in memory",
    "cache": "tf.data, cache()",
    "file": 'tf.data, cache("file")',
    "plain": "tf.data, no cache",
}


def in_memory(files, labels):
    """All images in one array, and batches of it that are mirrored at random."""
    import keras

    from helpers import folders

    images = np.empty((len(files), 96, 96), np.uint8)
    for place, file in enumerate(files):
        images[place] = folders.resized(folders.read_image(file), 96)

    class Mirrored(keras.utils.PyDataset):
        def __len__(self):
            return -(-len(images) // 32)

        def __getitem__(self, index):
            part, rng = slice(32 * index, 32 * index + 32), np.random.default_rng()
            batch = images[part]
            for axis in (1, 2):
                turned = rng.random(len(batch)) < 0.5
                batch = np.where(turned[:, None, None], np.flip(batch, axis), batch)
            return batch[..., np.newaxis], labels[part]

    batches = Mirrored()
    return lambda: (batches[index] for index in range(len(batches)))


def as_dataset(way, files, labels, folder):
    """The lesson's pipeline, with its cache as it is, in a file, or taken out."""
    import tensorflow as tf

    from tools import lesson

    names = lesson.run("06_stem_lattices", "pipelines", np=np)
    cache = tf.data.Dataset.cache
    try:
        if way == "file":
            tf.data.Dataset.cache = lambda data: cache(data, str(Path(folder) / "cache"))
        if way == "plain":
            tf.data.Dataset.cache = lambda data: data
        data = names["pipeline"](files, labels, names["read"], names["augment"], buffer=1000)
    finally:
        tf.data.Dataset.cache = cache
    return lambda: data


def one(way, folder, count):
    """Seconds of the second time through, and the most memory in MB beyond what the libraries took."""
    import psutil
    import tensorflow as tf

    from helpers import folders

    tf.constant(0)
    found = folders.listing(folder)
    repeated = np.arange(count) % len(found.files)
    files, labels = [str(found.files[index]) for index in repeated], found.labels[repeated]
    process = psutil.Process()
    before = most = process.memory_info().rss
    with tempfile.TemporaryDirectory() as scratch:
        data = in_memory(files, labels) if way == "memory" else as_dataset(way, files, labels, scratch)
        for _ in range(2):
            start, seen = time.perf_counter(), 0
            for images, _ in data():
                seen += len(images)
                most = max(most, process.memory_info().rss)
            seconds = time.perf_counter() - start
        assert seen == count
    return {"seconds": round(seconds, 3), "mb": round((most - before) / 1e6)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("way", nargs="*", help="measure this one only, in this process: a way, a folder, a count")
    chosen = parser.parse_args().way
    if chosen:
        print(json.dumps(one(chosen[0], chosen[1], int(chosen[2]))))
        return 0
    from helpers import folders, lattice_sets

    environment = os.environ | {"MALLOC_ARENA_MAX": "1"}
    runs = {f"images{count}": {"seed": list(measure.SEEDS)} for count in COUNTS}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "images"
        folders.write(folder, lattice_sets.repaired(1, each=-(-FILES // 12)), FILES, {"set": "repaired"})
        for _ in measure.SEEDS:
            for count in COUNTS:
                for way in WAYS:
                    command = [sys.executable, "-m", "tools.pipelines", way, str(folder), str(count)]
                    ended = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
                    for what, value in json.loads(ended.stdout.splitlines()[-1]).items():
                        runs[f"images{count}"].setdefault(f"{way}_{what}", []).append(value)
    for count, rows in runs.items():
        print(count, rows)
    contents = {"counts": list(COUNTS), "ways": WAYS, "runs": runs}
    measure.save("06_pipelines", measure.entry("06_pipelines", "make pipelines", **contents))
    return 0


if __name__ == "__main__":
    sys.exit(main())
