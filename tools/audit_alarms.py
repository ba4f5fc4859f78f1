"""What the audit finds in data sets with known faults, and in forty without any, into the ledger: `make audit-alarms`.

The faulty ones are the published data sets of lessons 05 to 07 as this project makes them. The clean ones are lattices,
textures, crystals of one size, and interfaces, of two to six classes, each with five seeds; textures of two classes in
6, 10 and 20 groups, each of which has a size of its own that has nothing to do with the class; and 1,000 regular
textures of each of two classes. Some families of textures are brighter than others; in a clean set each grey value is
as frequent as any other.
"""

import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from helpers import crystals, folders, interfaces, lattice_sets, textures
from helpers.audit import audit
from tools import measure

SIDE = 96
#: Images of each class of a clean set, and interfaces of one call.
EACH, OF_CALL = 120, 50
#: Groups of the clean sets that have some, images of each class where there are many, and of which families.
GROUPS, MANY, REGULAR = (6, 10, 20), 1000, ("rosettes", "chequers")
#: What is said rightly of a clean set with few groups, and is no alarm.
RIGHTLY = {"few groups"}
#: What has to be found in each faulty set: kinds of findings.
EXPECTED = {
    "crystals": ("copies", "shortcut: height and width", "random split: copies", "labels"),
    "lattices": ("pair", "two in one"),
    "interfaces": ("random split: groups",),
}


def clean(seed):
    """Clean data sets: a dict of items as `folders.write` takes them, and of the column of groups, as `faulty`."""
    rng = np.random.default_rng([seed, 1])
    families = rng.choice(list(textures.FAMILIES), 6, replace=False)
    lattices = rng.choice(list(lattice_sets.REPAIRED), 4, replace=False)
    repaired = (item for item in lattice_sets.repaired(1000 + seed, EACH) if item[1] in lattices)
    zetas = {"smooth": 0.8, "rough": 0.4}
    sets = {
        "lattices": repaired,
        "textures": (
            (_even(textures.texture(family, SIDE, rng)), str(family).replace(" ", "_"), {})
            for family in families
            for _ in range(EACH)
        ),
        "crystals": (
            (crystals.photograph(look, rng, (151, 151)), name, {})
            for name in crystals.CLASSES
            for look in rng.choice(crystals.looks_of(name), EACH)
        ),
        "interfaces": (
            (image, name, {})
            for name, zeta in zetas.items()
            for image in interfaces.images(interfaces.heights([zeta] * EACH, 128, rng), width=10)
        ),
        "many": ((_even(textures.texture(family, SIDE, rng)), family, {}) for family in REGULAR for _ in range(MANY)),
    }
    grouped = {f"groups_{count}": (_grouped(count, families[:2], rng), "sample") for count in GROUPS}
    return {name: (items, None) for name, items in sets.items()} | grouped


def _grouped(count, families, rng):
    """Textures of two classes, in so many groups of one class and one size each, all of the same number."""
    for group in range(count):
        family, side = families[group % 2], int(rng.integers(80, 129))
        for _ in range(2 * EACH // count):
            yield _even(textures.texture(family, side, rng)), str(family).replace(" ", "_"), {"sample": group}


def _even(image):
    """An image in which each grey value is equally frequent: brightness and contrast tell nothing."""
    ranks = image.ravel().argsort(kind="stable").argsort().reshape(image.shape)
    return (ranks * 256 // image.size).astype(np.uint8)


def faulty(seed):
    """The published data sets with their faults: a dict of items, and of the column that says which belong together."""
    rng, zetas = np.random.default_rng([seed, 2]), (0.2, 0.4, 0.6, 0.8)

    def calls():
        for call in range(4):
            heights, classes = interfaces.published(zetas, OF_CALL, 128, rng)
            for image, number in zip(interfaces.images(heights, width=10), classes, strict=True):
                yield image, f"zeta{round(100 * zetas[number]):03d}", {"call": call}

    return {
        "crystals": (crystals.as_published(seed), None),
        "lattices": (lattice_sets.as_published(seed), None),
        "interfaces": (calls(), "call"),
    }


def found_in(name, items, column, seed, place):
    """The quick audit of a data set that is written to a place first."""
    items = list(items)
    folder = Path(place) / f"{name}_{seed}"
    folders.write(folder, items, len(items), {"seed": seed})
    return audit(folder / "manifest.csv" if column else folder, group=column, seed=seed, quick=True)


def key(name, kind):
    """Under which a kind of finding in a data set stands in the ledger."""
    return re.sub(r"\W+", "_", f"{name}_{kind}")


def told(found):
    """The numbers of an audit that prose quotes."""
    numbers = found.numbers
    said = {"best": max(score["value"] for score in numbers["ladder"].values())}
    said["copied"] = round(numbers["copies"]["images"] / numbers["images"], 4)
    for what, by in numbers["random_split"].items():
        said[f"gain_{what}"] = max(scores["difference"]["value"] for scores in by.values())
    if "height and width" in numbers["shortcuts"]:
        said["size"] = numbers["shortcuts"]["height and width"]["score"]["value"]
    if numbers["labels"]:
        said["wrong"] = round(numbers["labels"]["against"] / numbers["labels"]["surest"], 4)
    return said


def main():
    runs = {"clean": {"seed": list(measure.SEEDS)}, "faulty": {"seed": list(measure.SEEDS)}}
    alarms, seen = Counter(), {}
    for seed in measure.SEEDS:
        with tempfile.TemporaryDirectory() as place:
            for name, (items, column) in clean(seed).items():
                start = time.perf_counter()
                found = found_in(name, items, column, seed, place)
                print(f"{name}: {time.perf_counter() - start:.0f} s", flush=True)
                for gravity in ("serious", "look"):
                    kinds = [finding.kind for finding in found.findings if finding.gravity == gravity]
                    kinds = [kind for kind in kinds if kind not in RIGHTLY]
                    runs["clean"].setdefault(f"{name}_{gravity}", []).append(len(kinds))
                    alarms.update(f"{name}, {gravity}: {kind}" for kind in kinds)
        with tempfile.TemporaryDirectory() as place:
            for name, (items, column) in faulty(seed).items():
                start = time.perf_counter()
                found = found_in(name, items, column, seed, place)
                print(f"{name} as published: {time.perf_counter() - start:.0f} s", flush=True)
                kinds = {finding.kind for finding in found.findings if finding.gravity != "note"}
                for kind in EXPECTED[name]:
                    runs["faulty"].setdefault(key(name, kind), []).append(int(kind in kinds))
                for what, value in told(found).items():
                    runs["faulty"].setdefault(f"{name}_{what}", []).append(value)
                seen.setdefault(name, Counter()).update(kinds)
        print(seed, dict(alarms), {name: dict(counts) for name, counts in seen.items()}, flush=True)
    contents = {"alarms": dict(alarms), "found": {name: dict(counts) for name, counts in seen.items()}, "runs": runs}
    measure.save("08_alarms", measure.entry("08_alarms", "make audit-alarms", **contents))
    return 0


if __name__ == "__main__":
    sys.exit(main())
