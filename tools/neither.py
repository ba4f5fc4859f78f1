"""Learn which pictures are no crystals, and measure how well it works, five seeds: `make neither`.

The network is the one that ships; each seed has other crystals to learn what is familiar, others to set the threshold,
and others to count false alarms. The first seed's result ships with the workshop. The real samples
(`cephalexin.SAMPLES`) and the two pictures that are no crystals of ours, `out_of_distribution` in the data folder, have
to be there (docs/crystals.md says where they are); nothing is fitted to them.
"""

import sys

import numpy as np

from helpers import crystal_network, crystals, device, digits, folders, interfaces, lattice_sets, neither, textures
from helpers.timeleft import TimeLeft
from tools import measure, notebooks
from tools.crystal_network import sample_files

#: Pictures of crystals to fit, for the threshold and to count false alarms, and strangers of each kind.
SIDE, FIT, OTHERS, STRANGERS = 96, 1000, 1000, 200
#: Two more strangers, which the Georgia Project shows.
PICTURES = ("OIP (5).png", "cat.png")
ALL = ("block1", "block2", "block3")
#: The blocks that ship, and others for comparison.
WAYS = {"synthetic": neither.BLOCKS, "all_blocks": ALL, "last_block": ALL[-1:]}


def main():
    notebooks.require_mnist()
    photographs = published()
    device.start()
    weights = crystal_network.weights_hash()
    body = crystal_network.load_classifier().layers[0]
    described = neither.describing(body, ALL)
    runs = {way: {"seed": list(measure.SEEDS)} for way in WAYS}
    line = TimeLeft(len(measure.SEEDS), "neither")
    for done, seed in enumerate(measure.SEEDS, 1):
        shown = pictures(seed, photographs)
        numbers = {name: described.predict(images.astype("float32"), verbose=0) for name, images in shown.items()}
        for way, blocks in WAYS.items():
            chosen = columns(body, blocks)
            familiar = neither.fit(numbers["fit"][:, chosen])
            limit = neither.threshold(neither.distance(familiar, numbers["threshold"][:, chosen]))
            familiar = neither.scaled(familiar, limit)
            if way == "synthetic" and seed == measure.SEEDS[0]:
                neither.save(familiar, neither.FAMILIAR, weights)
            for name in list(numbers)[2:]:
                strangeness = neither.distance(familiar, numbers[name][:, chosen])
                runs[way].setdefault(name, []).append(round(float(np.mean(strangeness > 1)), 4))
                runs[way].setdefault(f"{name}_least", []).append(round(float(strangeness.min()), 3))
                runs[way].setdefault(f"{name}_most", []).append(round(float(strangeness.max()), 3))
        line.update(done)
    line.close()
    for way, run in runs.items():
        print(way, *(f"{name} {values}" for name, values in sorted(run.items())), sep="\n  ")
    counts = {name: len(values) for name, values in numbers.items()}
    measure.save("07_neither", measure.entry("07_neither", "make neither", pictures=counts, runs=runs))
    return 0


def columns(body, blocks):
    """Which of the statistics of all blocks are those of some blocks and of the image: an ndarray of bool."""
    sizes = [2 * body.get_layer(name).output.shape[-1] for name in ALL]
    return np.append(np.repeat([name in blocks for name in ALL], sizes), [True] * 3)


def published():
    """Photographs of crystals and of what is none, by name: a dict of lists of images. Stops if one is not there."""
    paths = {
        "pictures": [digits.data_folder() / "out_of_distribution" / name for name in PICTURES],
        "real": [path for own in sample_files() for path in own],
    }
    for path in paths["pictures"]:
        if not path.is_file():
            sys.exit(
                f"{path} is missing: put it there, as docs/crystals.md says. Without it the ledger would lose a row."
            )
    return {name: [folders.read_image(path) for path in own] for name, own in paths.items()}


def pictures(seed, photographs):
    """Crystals and strangers as the network takes them, a dict of `uint8` arrays of shape (n, side, side, 1)."""
    parts = {"fit": FIT, "threshold": OTHERS, "crystals": OTHERS}
    known = {
        name: images_of(crystals.drawn(2000 + 10 * seed + number, count // 2))
        for number, (name, count) in enumerate(parts.items())
    }
    return {
        name: np.stack([crystals.squashed(np.ascontiguousarray(image), SIDE) for image in images])[..., np.newaxis]
        for name, images in (known | strangers(seed) | photographs).items()
    }


def strangers(seed):
    """Pictures that are no drawn crystals, by name: a dict of sequences of images, `uint8` of shape (height, width)."""
    rng = np.random.default_rng(seed)
    shape = (STRANGERS, SIDE, SIDE)
    test = digits.load().x_test
    return {
        "digits": test[rng.choice(len(test), STRANGERS, replace=False)],
        "interfaces": interfaces.stream(seed, batch=STRANGERS, batches=1)[0][0],
        "lattices": images_of(lattice_sets.repaired(seed, -(-STRANGERS // 12)))[:STRANGERS],
        "textures": textures.stream(seed, SIDE, STRANGERS, 1)[0][0][..., 0],
        "noise": rng.integers(0, 256, shape, np.uint8),
        "plain": np.broadcast_to(rng.integers(0, 256, (STRANGERS, 1, 1), np.uint8), shape),
    }


def images_of(items):
    """The images of items as `folders.write` takes them."""
    return [image for image, _, _ in items]


if __name__ == "__main__":
    sys.exit(main())
