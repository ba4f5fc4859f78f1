"""The audit over 10,000 images, beside cleanvision: seconds, memory, copies found, into the ledger: `make audit-speed`.

cleanvision 0.3 is no part of the workshop: `make peers` installs it, and `--cleanvision PYTHON` takes it from an
environment of its own. The images are textures of ten families, with copies planted among them: exact ones, turned
ones, and smaller ones as JPEG. Each run is a process of its own.
"""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIDE, FAMILIES, EACH = 150, 10, 1000
#: Copies of each kind that are planted.
PLANTED = 50
KINDS = ("exact", "turned", "smaller")


def make(folder, seed, each=EACH):
    """Write the images; returns what was planted: a dict of kinds to pairs of names, original and copy."""
    import numpy as np
    from PIL import Image

    from helpers import textures

    rng = np.random.default_rng(seed)
    planted = {kind: [] for kind in KINDS}
    for family in list(textures.FAMILIES)[:FAMILIES]:
        (folder / family).mkdir(parents=True)
        for number in range(each - len(KINDS) * PLANTED // FAMILIES):
            image = Image.fromarray(textures.texture(family, SIDE, rng))
            name = f"{family}/{number:04}.png"
            image.save(folder / name)
            kind = number // (PLANTED // FAMILIES)
            if kind < len(KINDS):
                copy = f"{family}/copy_{KINDS[kind]}_{number}{'.jpg' if KINDS[kind] == 'smaller' else '.png'}"
                if KINDS[kind] == "turned":
                    image = image.transpose(Image.Transpose(rng.integers(0, 7)))
                elif KINDS[kind] == "smaller":
                    image = image.resize((120, 120), Image.Resampling.BILINEAR)
                image.save(folder / copy)
                planted[KINDS[kind]].append((name, copy))
    return planted


def ours(folder):
    """Groups of copies that the audit found: a list of sets of names."""
    from helpers.audit import audit

    groups = {}
    for row in audit(folder).split:
        groups.setdefault(row["group"], set()).add(row["file"])
    return list(groups.values())


def cleanvision(folder, looks=None):
    """Groups of copies that cleanvision found with all its looks, or with some: a list of sets of names."""
    from cleanvision import Imagelab

    lab = Imagelab(data_path=str(folder), verbose=False)
    lab.find_issues(looks and {look: {} for look in looks}, n_jobs=2, verbose=False)
    sets = [*lab.info["exact_duplicates"]["sets"], *lab.info["near_duplicates"]["sets"]]
    return [{Path(name).relative_to(folder).as_posix() for name in found} for found in sets]


def found(planted, groups):
    """Which part of each kind of copy is in a group with its original, and how many groups are no copies."""
    of = {name: number for number, group in enumerate(groups) for name in group}
    shares = {
        f"{kind}_found": sum(a in of and of[a] == of.get(b) for a, b in pairs) / len(pairs)
        for kind, pairs in planted.items()
    }
    known = {frozenset(pair) for pairs in planted.values() for pair in pairs}
    return shares | {"false_groups": sum(len(group) > 1 and frozenset(group) not in known for group in groups)}


def run(which, folder):
    """Seconds, those of all cores together, and what was found of each kind, printed as JSON."""
    import resource

    planted = json.loads((folder.parent / "planted.json").read_text())
    start = time.perf_counter()
    groups = {"ours": ours, "cleanvision": cleanvision}[which](folder)
    seconds = time.perf_counter() - start
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    busy = sum(usage.ru_utime + usage.ru_stime for usage in used)
    print(json.dumps({"seconds": round(seconds, 1), "cpu_seconds": round(busy, 1), **found(planted, groups)}))


def watched(command):
    """Run a command; returns how it ended, and the most memory that it and what it starts had together, in MB.

    Twice a second, pages that several processes share are counted once (Linux; elsewhere in each).
    """
    import psutil

    from tools import notebooks

    peak = 0
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as out,
        tempfile.TemporaryFile("w+", encoding="utf-8") as errors,
    ):
        running = subprocess.Popen(command, stdout=out, stderr=errors, cwd=notebooks.ROOT)
        first = psutil.Process(running.pid)
        while running.poll() is None:
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                infos = [process.memory_full_info() for process in (first, *first.children(recursive=True))]
                peak = max(peak, sum(getattr(info, "pss", info.rss) for info in infos))
            time.sleep(0.5)
        out.seek(0)
        errors.seek(0)
        return subprocess.CompletedProcess(command, running.returncode, out.read(), errors.read()), round(peak / 1e6)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cleanvision", default=sys.executable, metavar="PYTHON", help="one that has cleanvision")
    parser.add_argument("--only", choices=("ours", "cleanvision"), help="measure this in this process")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--seeds", type=int, nargs="*", help="1 to 5 by default")
    chosen = parser.parse_args()
    if chosen.only:
        run(chosen.only, chosen.folder)
        return 0
    from tools import measure

    seeds = chosen.seeds or list(measure.SEEDS)
    runs = {}
    for seed in seeds:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "textures"
            (Path(place) / "planted.json").write_text(json.dumps(make(folder, seed)))
            for which, python in (("ours", sys.executable), ("cleanvision", chosen.cleanvision)):
                command = [python, "-m", "tools.audit_speed", "--only", which, "--folder", str(folder)]
                ended, peak = watched(command)
                if ended.returncode:
                    print(f"{which} could not be measured: {ended.stderr.strip().splitlines()[-1]}", file=sys.stderr)
                    return 1
                measured = json.loads(ended.stdout.splitlines()[-1]) | {"memory_mb": peak}
                print(seed, which, measured, flush=True)
                row = runs.setdefault(which, {"seed": []})
                row["seed"].append(seed)
                for name, value in measured.items():
                    row.setdefault(name, []).append(value)
        contents = {"images": FAMILIES * EACH, "side": SIDE, "planted": PLANTED, "runs": runs}
        measure.save("08_speed", measure.entry("08_speed", "make audit-speed", **contents))  # after each seed, at once
    return 0


if __name__ == "__main__":
    sys.exit(main())
