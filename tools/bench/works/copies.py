"""Grouping copies of images in a folder, beside `imagehash` and `cleanvision`: how long, and what is found.

The images are those of `tools.audit_speed`: textures with 50 copies of each of three kinds planted among them.
"""

import json

import numpy as np

from tools.bench.units import Unit, Way

SIZES, QUICK, FAMILIES = (500, 2_000, 8_000), (300, 500), 10
#: Bits by which the hashes of `imagehash` may differ; in the other comparison they have to be equal.
BITS = 10
KINDS = {"exact": "exact copies", "turned": "turned copies", "smaller": "smaller copies, as JPEG"}
WAYS = {
    "ours": "ours",
    "imagehash": "imagehash, equal hashes",
    "imagehash_near": f"imagehash, hashes within {BITS} bits",
    "cleanvision": "cleanvision",
}


def prepare(count):
    def write(place):
        from tools import audit_speed

        planted = audit_speed.make(place / "textures", seed=1, each=count // FAMILIES)
        (place / "planted.json").write_text(json.dumps(planted), encoding="utf-8")

    return write


def grouping(make):
    """A way that times a grouping, `make()`, a function from a folder to sets of names; and tells what was found."""

    def way(place):
        from tools import audit_speed

        planted, group = json.loads((place / "planted.json").read_text(encoding="utf-8")), make()
        return lambda: audit_speed.found(planted, group(place / "textures"))

    return way


def ours():
    from helpers import copies, folders

    def group(folder):
        files = folders.listing(folder).files
        return _sets([path.relative_to(folder).as_posix() for path in files], copies.groups_of_files(files))

    return group


def by_imagehash(bits):
    """The perceptual hash of each file as it lies; groups are equal hashes, or a net of hashes that are close."""

    def make():
        import imagehash
        from PIL import Image
        from scipy import sparse

        def group(folder):
            files = sorted(path for path in folder.rglob("*") if path.is_file())
            names, codes = [path.relative_to(folder).as_posix() for path in files], []
            for path in files:
                with Image.open(path) as image:
                    codes.append(np.packbits(imagehash.phash(image).hash).view(np.uint64)[0])
            codes = np.array(codes)
            if not bits:
                return _sets(names, np.unique(codes, return_inverse=True)[1])
            links = [np.flatnonzero(np.bitwise_count(codes ^ code) <= bits) for code in codes]
            rows = np.repeat(np.arange(len(codes)), [len(link) for link in links])
            net = sparse.coo_array((np.ones(len(rows), bool), (rows, np.concatenate(links))), (len(codes),) * 2)
            return _sets(names, sparse.csgraph.connected_components(net, directed=False)[1])

        return group

    return make


def by_cleanvision():
    """cleanvision's looks for exact and for near duplicates, and none of its others."""
    from tools import audit_speed

    return lambda folder: audit_speed.cleanvision(folder, ["exact_duplicates", "near_duplicates"])


def least(place):
    """Reading the files."""
    from helpers import folders

    files = folders.listing(place / "textures").files

    def read():
        for path in files:
            folders.read_image(path)

    return read


def _sets(names, groups):
    """Sets of names from the number of the group of each."""
    found = {}
    for name, group in zip(names, np.asarray(groups).tolist(), strict=True):
        found.setdefault(group, set()).add(name)
    return list(found.values())


def units(quick=False):
    return [
        Unit(
            "copies",
            f"copies_{count}",
            {
                "ours": Way(grouping(ours), count),
                "imagehash": Way(grouping(by_imagehash(0)), count, "imagehash"),
                "imagehash_near": Way(grouping(by_imagehash(BITS)), count, "imagehash"),
                "cleanvision": Way(grouping(by_cleanvision), count, "cleanvision"),
                "floor": Way(least, count),
            },
            seconds=20 + count / 100,
            clock="wall",
            rounds=2 if quick else 5,
            prepare=prepare(count),
        )
        for count in (QUICK if quick else SIZES)
    ]


def largest(runs):
    """The name of the unit with the most images, or None."""
    counts = [int(name.partition("_")[2]) for name in runs if name.startswith("copies_")]
    return f"copies_{max(counts)}" if counts else None


def rows(runs):
    from tools.bench.rows import Row

    name = largest(runs)
    if name:
        what = f"copies among {int(name.partition('_')[2]):,} images, for each"
        for way in ("imagehash", "imagehash_near", "cleanvision"):
            yield Row.of(runs[name], name, what, "ms", way, "reading the files", called=WAYS[way])
        for way in ("imagehash", "cleanvision"):
            yield Row.of(
                runs[name],
                name,
                f"memory for copies among {int(name.partition('_')[2]):,} images",
                "mb",
                way,
                "reading the files",
            )


def found(runs):
    """What each way found: a dict of what it is called to a dict of medians, of the unit with the most images."""
    import statistics

    run = runs.get(largest(runs), {})
    quantities = [f"{kind}_found" for kind in KINDS] + ["false_groups"]
    return {
        called: {quantity: statistics.median(run[f"{way}_{quantity}"]) for quantity in quantities}
        for way, called in WAYS.items()
        if f"{way}_{quantities[0]}" in run
    }
