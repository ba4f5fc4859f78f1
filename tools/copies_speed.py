"""How fast copies are found, and how surely, among drawn crystals: `make copies-speed`.

14,000 different images are drawn, with seven seeds, and written as files. Grouping them is timed in a process of its
own, which also tells its largest memory. Of the first five seeds, 2,000 images each, the ledger says how many strangers
were joined, how many pairs had close hashes, and how far the slopes of the most similar such pair agreed; and which
part of 300 near copies, turned at random, was found again.
"""

import argparse
import io
import json
import subprocess
import sys
import tempfile
import time
from itertools import chain
from pathlib import Path

import numpy as np
from PIL import Image

from helpers import copies, crystals, folders
from tools import measure, notebooks
from tools.bench import one

EACH, MORE_SEEDS, NEAR = 1000, (6, 7), 300


def as_jpeg(image):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "jpeg", quality=80)
    return np.array(Image.open(file))


def smaller(image):
    height, width = image.shape
    return np.array(Image.fromarray(image).resize((round(0.9 * width), round(0.9 * height))))


def brighter(image):
    return np.clip(np.rint(1.1 * image), 0, 255).astype(np.uint8)


CHANGES = {
    "jpeg": as_jpeg,
    "smaller": smaller,
    "brighter": brighter,
    "all": lambda image: as_jpeg(smaller(brighter(image))),
}


def joined_strangers(found):
    """How many of different images are lost in groups with others; and close hashes, and their best agreement."""
    agreement = np.concatenate([np.zeros(1), *(part[2] for part in copies.close_pairs(found))])
    groups = copies.joined(found).max() + 1
    return {
        "false_merges": len(found.exact) - int(groups),
        "close_hashes": len(agreement) - 1,
        "closest": round(float(agreement.max()), 3),
    }


def part_found(images, change, rng):
    """Which part of near copies is in one group with its original."""
    changed = [copies.symmetries(change(image))[rng.integers(8)] for image in images]
    groups = copies.groups(chain(images, changed))
    return round(float(np.mean(groups[: len(images)] == groups[len(images) :])), 4)


def timed(folder):
    """Group the files of a folder, print how long it took and the largest memory of this process."""
    files = folders.listing(folder).files
    start = time.perf_counter()
    groups = copies.groups_of_files(files)
    seconds = round(time.perf_counter() - start, 1)
    megabytes = round(one.memory_mb("VmHWM"))
    print(json.dumps({"seconds": seconds, "peak_memory_mb": megabytes, "groups": int(groups.max()) + 1}))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", help="time the grouping of the images in this folder, in this process")
    chosen = parser.parse_args()
    if chosen.only:
        timed(chosen.only)
        return 0
    seeds = measure.SEEDS + MORE_SEEDS
    total = 2 * EACH * len(seeds)
    rows = {"seed": list(measure.SEEDS)}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "crystals"
        drawn = chain.from_iterable(crystals.drawn(seed, EACH) for seed in seeds)
        folders.write(folder, ((image, label, {}) for image, label, _ in drawn), total, {"seeds": seeds})
        for _ in measure.SEEDS:
            command = [sys.executable, "-m", "tools.copies_speed", "--only", str(folder)]
            ended = subprocess.run(command, capture_output=True, text=True, cwd=notebooks.ROOT)
            if ended.returncode:
                print(f"The grouping failed: {ended.stderr.strip().splitlines()[-1]}", file=sys.stderr)
                return 1
            once = json.loads(ended.stdout.splitlines()[-1])
            print(once)
            for name in ("seconds", "peak_memory_mb"):
                rows.setdefault(name, []).append(once[name])
        in_order = sorted(folders.listing(folder).files, key=lambda path: int(path.stem))
        found = copies.hashes(in_order)
        for number, seed in enumerate(measure.SEEDS):
            own = slice(2 * EACH * number, 2 * EACH * (number + 1))
            once = joined_strangers(copies.Fingerprints(*(part[own] for part in found)))
            rng = np.random.default_rng(seed)
            images = [folders.read_image(path) for path in rng.choice(in_order[own], NEAR, replace=False)]
            once |= {f"found_{name}": part_found(images, change, rng) for name, change in CHANGES.items()}
            print(seed, once)
            for name, value in once.items():
                rows.setdefault(name, []).append(value)
        together = joined_strangers(found)
    print(total, together)
    contents = {"images": total, "together": together, "runs": {"synthetic": rows}}
    measure.save("07_copies", measure.entry("07_copies", "make copies-speed", **contents))
    return 0


if __name__ == "__main__":
    sys.exit(main())
