"""Sort photographs of crystals into a table: `python -m helpers.crystal_classifier FOLDER`.

The table, `crystals.csv`, has one line for each picture in the folder and in the folders inside it:

- file: its place in the folder;
- class: cex, pg, neither (it looks strange to the network), or unreadable;
- probability: of that class; empty where the class is neither of the two;
- cex, pg: the probabilities of both, which say nothing about a picture that is neither;
- strangeness: above 1, the class is neither.

`--onnx crystals.onnx` writes the network to a file that other programs can run, see `export`.
"""

import argparse
import csv
import importlib.util
import sys
import warnings
from collections import Counter
from pathlib import Path

import numpy as np

from helpers import crystal_network, crystals, device, folders, neither
from helpers.timeleft import TimeLeft

COLUMNS = ("file", "class", "probability", *crystals.CLASSES, "strangeness")
BATCH = 64


def build():
    """The network with its weights: probabilities, averaged over the eight symmetries, and strangeness.

    Returns
    -------
    keras.Model
        From images of shape (n, side, side, 1), 0 to 255, to a dict of `cex`, `pg` and `strangeness`, each of shape
        (n,), see `neither.judging`.

    Raises
    ------
    OSError
        If a file of weights is missing or cannot be read.
    ValueError
        If what is familiar belongs to other weights, or its file is spoilt, see `neither.load`.
    """
    classifier = crystal_network.load_classifier()
    described = neither.describing(classifier.layers[0])
    return neither.judging(crystal_network.averaged(trained=classifier), described, neither.load())


def pictures(folder):
    """The pictures in a folder and in the folders inside it, sorted by name.

    Hidden files and folders, folders whose names begin with two underscores, and files that are no images by
    `folders.SUFFIXES` are left out.

    Parameters
    ----------
    folder : path-like

    Returns
    -------
    list of Path

    Raises
    ------
    NotADirectoryError
        If there is no such folder.
    ValueError
        If it holds no pictures.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is not a folder; expected one with photographs of crystals.")

    def is_picture(path):
        inside = path.relative_to(folder).parts
        left_out = path.name.startswith(".") or any(name.startswith((".", "__")) for name in inside[:-1])
        return path.suffix.lower() in folders.SUFFIXES and not left_out and not path.is_dir()

    found = sorted(filter(is_picture, folder.rglob("*")))
    if not found:
        raise ValueError(f"{folder} and the folders in it hold no images ({', '.join(folders.SUFFIXES)}).")
    return found


def judge(network, images):
    """What the network says of images.

    Parameters
    ----------
    network : keras.Model
        See `build`.
    images : ndarray of uint8, shape (n, side, side)
        As `crystals.squashed` makes them.

    Returns
    -------
    list of dict
        For each image `class`, `probability` (None if the class is neither), `cex`, `pg` and `strangeness`.
    """
    answers = network.predict_on_batch(images[..., np.newaxis].astype("float32"))
    judgements = []
    for number in range(len(images)):
        answer = {name: float(values[number]) for name, values in answers.items()}
        name = max(crystals.CLASSES, key=answer.get)
        known = answer["strangeness"] <= 1
        verdict = {"class": name if known else "neither", "probability": answer[name] if known else None}
        judgements.append(verdict | answer)
    return judgements


def rows(network, folder, files):
    """Classify files, a batch at a time.

    Parameters
    ----------
    network : keras.Model
        See `build`.
    folder : path-like
    files : list of Path
        In `folder`.

    Yields
    ------
    dict
        A line of the table for each file, in order. Why a file is unreadable is printed to standard error.
    """
    side = network.input_shape[1]
    line = TimeLeft(len(files), "classifying")
    for start in range(0, len(files), BATCH):
        batch, images = files[start : start + BATCH], {}
        for path in batch:
            try:
                images[path] = crystals.squashed(folders.read_image(path), side)
            except ValueError as error:
                print(error, file=sys.stderr)
        judgements = dict(zip(images, judge(network, np.stack(list(images.values()))), strict=True)) if images else {}
        for path in batch:
            yield {"file": path.relative_to(folder).as_posix()} | judgements.get(path, {"class": "unreadable"})
        line.update(min(start + BATCH, len(files)))
    line.close()


def write_table(path, rows):
    """Write a table while its lines are made. It is there whole or not at all.

    Parameters
    ----------
    path : path-like
    rows : iterable of dict
        Numbers are written with six digits, None as nothing.

    Returns
    -------
    Counter
        How many lines there are of each class.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    counts = Counter()
    with (
        folders.whole(path) as part,
        open(part, "w", encoding="utf-8", errors="backslashreplace", newline="") as file,
    ):
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        for row in rows:
            table.writerow({name: f"{value:.6g}" if isinstance(value, float) else value for name, value in row.items()})
            counts[row["class"]] += 1
    return counts


def export(network, path):
    """Write the network to an ONNX file, which runs without Keras and without Python.

    Its input is `image`, float32 of shape (n, side, side, 1), any n: grey values from 0 to 255, as `crystals.squashed`
    makes them. Its outputs are called after what they are: `cex`, `pg` and `strangeness`, float32 of shape (n,).

    Parameters
    ----------
    network : keras.Model
        See `build`.
    path : path-like

    Raises
    ------
    ImportError
        If the packages that write such files are not installed; the sentence says how to get them.
    OSError
        If the file cannot be written.
    """
    require_onnx()
    import keras

    images = keras.InputSpec(shape=(None, *network.input_shape[1:]), dtype="float32", name="image")
    with folders.whole(path) as part, warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # one of Keras's own, about names that NumPy no longer has
        network.export(part, format="onnx", input_signature=[images], verbose=False)


def require_onnx():
    """Raise ImportError, with a sentence that says how to get them, without the packages that write ONNX files."""
    missing = [name for name in ("onnx", "tf2onnx") if importlib.util.find_spec(name) is None]
    if missing:
        raise ImportError(
            f"{' and '.join(missing)} not installed; `python -m pip install -c constraints.txt -e '.[onnx]'` in the "
            "folder with the README installs what writes ONNX files."
        )


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", help="pictures, also in folders inside it")
    parser.add_argument("--table", type=Path, default=Path("crystals.csv"), help="crystals.csv by default")
    parser.add_argument("--onnx", type=Path, help="write the network to this file")
    parser.add_argument("--overwrite", action="store_true", help="replace files that are there already")
    chosen = parser.parse_args(arguments)
    if not chosen.folder and not chosen.onnx:
        parser.error("there is nothing to do; give a folder of pictures, --onnx FILE, or both.")
    try:
        files = pictures(chosen.folder) if chosen.folder else []
        for path in (chosen.folder and chosen.table, chosen.onnx):
            if path and path.exists() and not chosen.overwrite:
                raise FileExistsError(f"{path} is there already; choose another name, or say --overwrite.")
        if chosen.onnx:
            require_onnx()
        device.start(only="tensorflow" if chosen.onnx else None)
        network = build()
        if chosen.onnx:
            export(network, chosen.onnx)
            print(f"{chosen.onnx}: from image to {', '.join(network.output)}")
        if not files:
            return 0
        counts = write_table(chosen.table, rows(network, chosen.folder, files))
    except (ValueError, OSError, ImportError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{chosen.table}: {', '.join(f'{count} {name}' for name, count in counts.most_common())}")
    return 1 if counts["unreadable"] else 0


if __name__ == "__main__":
    sys.exit(main())
