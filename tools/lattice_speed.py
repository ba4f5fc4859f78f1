"""Lattice images of 600x600 in a CPU second, ours beside atomap's `MakeTestData`: `make lattice-speed`.

One image of each of the 13 classes at a time, by turns, with row shifts; with noise (ours: Poisson; atomap's: the
absolute value of a Gaussian, as published) and without any. atomap may be in another environment; name its Python:
`python -m tools.lattice_speed --atomap PATH`.
"""

import argparse
import json
import os
import subprocess
import sys
import time

import numpy as np

from helpers import lattices, stem

SHAPE = (600, 600)
WAYS = ("ours_noisy", "ours_clean", "atomap_noisy", "atomap_clean")


def columns(lattice, rng, shape):
    places = lattices.columns(lattice, lattice.lengths[0], shape, displacement=(2, 2))
    return lattices.disturbed(places, rng, thermal=0.8)


def ours(lattice, rng, noisy, shape=SHAPE):
    image = stem.intensity(columns(lattice, rng, shape), shape, stem.Scan(row_shift=1.0), rng)
    return stem.counts(image / image.max(), 50, rng) if noisy else image


def atomap(lattice, rng, noisy, shape=SHAPE):
    import atomap.api  # noqa: F401  (testing_tools needs it to be imported before)
    from atomap.testing_tools import MakeTestData

    places, data = columns(lattice, rng, shape), MakeTestData(*shape, add_row_scan_distortion=1.0)
    for species in np.unique(places.species):
        part = places.species == species
        width, contrast = float(places.width[part][0]), float(places.contrast[part][0])
        data.add_atom_list(places.x[part], places.y[part], width, width, contrast)
    if noisy:
        data.add_image_noise(sigma=8)
    return data.signal.data


def rates(which):
    """Images in a CPU second, with noise and without: a dict."""
    draw, found = {"ours": ours, "atomap": atomap}[which], {}
    for kind in ("noisy", "clean"):
        seconds = []
        for _ in range(3):  # the fastest counts: the first one also pays for memory that the machine has to find
            start = time.process_time()
            for lattice in lattices.PUBLISHED.values():
                draw(lattice, np.random.default_rng(0), kind == "noisy")
            seconds.append(time.process_time() - start)
        found[f"{which}_{kind}"] = round(len(lattices.PUBLISHED) / min(seconds), 1)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--atomap", default=sys.executable, help="a Python that has atomap")
    parser.add_argument("--only", choices=("ours", "atomap"), help="measure these in this process")
    chosen = parser.parse_args()
    if chosen.only:
        print(json.dumps(rates(chosen.only)))
        return 0
    from tools import measure, notebooks

    environment = os.environ | {"PYTHONPATH": str(notebooks.ROOT), "OMP_NUM_THREADS": "1"}
    rows = {"seed": list(measure.SEEDS)} | {way: [] for way in WAYS}
    for _ in measure.SEEDS:
        for which in ("ours", "atomap"):
            python = chosen.atomap if which == "atomap" else sys.executable
            command = [python, "-m", "tools.lattice_speed", "--only", which]
            ended = subprocess.run(command, capture_output=True, text=True, env=environment)
            if ended.returncode:
                print(f"{which} could not be measured: {ended.stderr.strip().splitlines()[-1]}", file=sys.stderr)
                return 1
            for way, rate in json.loads(ended.stdout.splitlines()[-1]).items():
                rows[way].append(rate)
    for kind in ("noisy", "clean"):
        pairs = zip(rows[f"ours_{kind}"], rows[f"atomap_{kind}"], strict=True)
        rows[f"ratio_{kind}"] = [round(mine / theirs, 1) for mine, theirs in pairs]
    print(rows)
    measure.save("06_speed", measure.entry("06_speed", "make lattice-speed", runs={"synthetic": rows}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
