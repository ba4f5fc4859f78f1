"""A data set of images on disk: one folder for each class.

`write` makes such a folder, `listing` finds what is in one, `load` reads it into an array, and `split` divides it into
folders for training, validation and test. What `write` and `split` make is there whole or not at all, and nothing that
is there already is ever changed.
"""

import csv
import json
import os
import re
import shutil
import time
import warnings
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import psutil
from PIL import Image, ImageOps, UnidentifiedImageError

from helpers.timeleft import TimeLeft

#: Files with other endings are not looked at.
SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp")
#: What Pillow may take a file for, whatever its name; with fewer decoders a hostile file has fewer ways in.
FORMATS = ("PNG", "JPEG", "TIFF", "BMP")
PARTS = ("train", "valid", "test")


class Listing(NamedTuple):
    """The images of a data set.

    Attributes
    ----------
    files : list of Path
        Class by class, in natural order: 2.png before 10.png.
    labels : ndarray of int, shape (n,)
        The class of each file, as its place in `classes`.
    classes : list of str
        The names of the class folders, sorted as Python sorts strings.
    """

    files: list
    labels: np.ndarray
    classes: list


def write(folder, items, total, settings):
    """Write images as PNG files, one folder for each class, with a table of them.

    The table is `manifest.csv`, with the columns file, label, and the parameters. Where `folder` already holds what
    was written with these settings, nothing is done.

    Parameters
    ----------
    folder : path-like
        The new folder.
    items : iterable of (image, label, parameters)
        `uint8` of shape (height, width); the name of the class, of letters, digits, - and _; a dict, whose keys become
        columns, others than file and label. The first `total` items are taken.
    total : int
        How many images.
    settings : dict
        What decides the images, the seed for example; kept as `settings.json`.

    Raises
    ------
    FileExistsError
        If `folder` is there and holds anything else.
    ValueError
        If an item is not as described, or there are too few of them.
    OSError
        If the folder cannot be written, for want of room for example.
    """
    folder = Path(folder)
    settings = json.loads(json.dumps(settings))  # as they will be read again: tuples become lists
    if folder.exists():
        _accept(folder, _was_written(folder, total, settings), total)
        return
    rows, classes = [], set()
    with _whole(folder) as part:
        line = TimeLeft(total, f"writing {folder.name}")
        for image, label, parameters in islice(items, total):
            image, label = np.asarray(image), str(label)
            if image.dtype != np.uint8 or image.ndim != 2:
                raise ValueError(
                    f"Image {len(rows)} is {image.dtype} of shape {image.shape}; expected uint8, (height, width)."
                )
            if label not in classes:
                if not re.fullmatch(r"[^\W_][\w-]*", label):
                    raise ValueError(f"The class {label!r} cannot be a folder; expected letters, digits, - and _.")
                classes.add(label)
                _refuse_twins(classes)
                (part / label).mkdir()
            name = f"{label}/{len(rows):0{len(str(total - 1))}d}.png"
            Image.fromarray(image).save(part / name)
            rows.append({"file": name, "label": label, **parameters})
            line.update(len(rows))
        if len(rows) < total:
            raise ValueError(f"There were {len(rows)} images; expected {total}.")
        write_table(part / "manifest.csv", rows)
        (part / "settings.json").write_text(json.dumps(settings, indent=1), encoding="utf-8")
    line.close()


def read_image(path):
    """One image as grey values of 8 bits.

    Colours become grey, what is transparent lies on black, and of many pages the first is taken. Numbers of more than
    8 bits have no common white, so they are stretched: the lowest of the image becomes 0, the highest 255.

    Parameters
    ----------
    path : path-like
        A PNG, JPEG, TIFF or BMP file of any kind, with at most `PIL.Image.MAX_IMAGE_PIXELS` pixels (89 million).

    Returns
    -------
    ndarray of uint8, shape (height, width)

    Raises
    ------
    ValueError
        If the file cannot be read as an image, naming it.
    """
    todo = "delete it, or put a good copy in its place."
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as image:
                return _grey(ImageOps.exif_transpose(image))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise ValueError(
            f"{path} has more than {Image.MAX_IMAGE_PIXELS:,} pixels; cut it into pieces, or make it smaller."
        ) from None
    except UnidentifiedImageError:
        with open(path, "rb") as file:
            start = file.read(16)
        found = f"begins with {start}" if start else "is empty"
        raise ValueError(f"{path} {found} and is no PNG, JPEG, TIFF or BMP image; {todo}") from None
    except Exception as error:  # a spoilt file makes Pillow fail in a dozen ways
        raise ValueError(f"{path} cannot be read as an image ({error}); {todo}") from None


def _grey(image):
    """The grey values of a Pillow image, `uint8` of shape (height, width)."""
    if image.mode.startswith(("I", "F")):
        pixels = np.asarray(image, np.float64)
        if not np.isfinite(pixels).all():
            raise ValueError("it has values that are NaN or infinite")
        pixels = pixels - pixels.min()
        return np.rint(pixels * (255 / (pixels.max() or 1))).astype(np.uint8)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "black"), image)
    return np.array(image.convert("L"))


def listing(folder):
    """Find the classes of a data set and their images, without reading them.

    Hidden files and folders, those whose names begin with two underscores, and files that are no images by their
    `SUFFIXES` are left out; so is what lies beside the class folders or deeper inside them.

    Parameters
    ----------
    folder : path-like
        It holds a folder of images for each class.

    Returns
    -------
    Listing

    Raises
    ------
    NotADirectoryError
        If there is no such folder.
    ValueError
        If it holds no class folders, one of them holds no images, or two of their names differ in case only.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is not a folder; expected one with a folder of images for each class.")
    classes = sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith((".", "__")))
    if not classes:
        raise ValueError(f"{folder} holds no folders; expected a folder of images for each class in it.")
    _refuse_twins(classes)
    files, labels = [], []
    for label, name in enumerate(classes):
        found = sorted(filter(_is_image, (folder / name).iterdir()), key=_natural)
        if not found:
            raise ValueError(
                f"{folder / name} holds no images ({', '.join(SUFFIXES)}); delete it if it is no class, or choose the "
                "folder that holds the class folders themselves."
            )
        files += found
        labels += [label] * len(found)
    return Listing(files, np.array(labels), classes)


def load(folder, side=None):
    """Read a data set into one array.

    Parameters
    ----------
    folder : path-like
        It holds a folder of images for each class.
    side : int, optional
        To which the images are resized, in pixels, with antialiasing; of those that are not square, the middle is
        taken, so that nothing is distorted. Without it, the images must have one size.

    Returns
    -------
    images : ndarray of uint8, shape (n, side, side), or (n, height, width)
    labels : ndarray of int, shape (n,)
    classes : list of str

    Raises
    ------
    NotADirectoryError, ValueError
        As `listing` does, and if images cannot be read or have several sizes.
    """
    files, labels, classes = listing(folder)
    images, shapes, bad = None, set(), []
    line = TimeLeft(len(files), f"reading {Path(folder).name}")
    for done, path in enumerate(files):
        try:
            image = read_image(path)
        except ValueError:
            bad.append(str(path.relative_to(folder)))
            continue
        if side:
            image = resized(image, side)
        shapes.add(image.shape)
        if images is None:
            images = np.empty((len(files), *image.shape), np.uint8)
        if len(shapes) == 1:
            images[done] = image
        line.update(done + 1)
    if bad:
        more = f" and {len(bad) - 3} more" if len(bad) > 3 else ""
        raise ValueError(
            f"{len(bad)} of the {len(files)} images in {folder} cannot be read: {', '.join(bad[:3])}{more}; "
            "delete or replace them (read_image says what is wrong with each)."
        )
    if len(shapes) > 1:
        raise ValueError(
            f"The images in {folder} have {len(shapes)} sizes, (height, width) from {min(shapes)} to {max(shapes)}; "
            "give the side to which they are to be resized."
        )
    line.close()
    return images, labels, classes


def resized(image, side):
    """A grey image as a square of `side` pixels, with antialiasing; if it is not square, the middle of it.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width)
    side : int

    Returns
    -------
    ndarray of uint8, shape (side, side)
    """
    return np.asarray(ImageOps.fit(Image.fromarray(image), (side, side), Image.Resampling.BILINEAR))


def split(folder, target, fractions=(0.7, 0.25, 0.05), seed=1, groups=None, link=False):
    """Divide a data set into `target/train/CLASS/`, `target/valid/CLASS/` and `target/test/CLASS/`, at random.

    Each class is divided alike, to within one image if there are no groups. `target/split.csv` lists the file, part
    and label of each image. Where `target` already holds this split, nothing is done; `folder` is never changed.

    Parameters
    ----------
    folder : path-like
        It holds a folder of images for each class.
    target : path-like
        The new folder.
    fractions : sequence of three floats
        Of training, validation and test; their sum is 1.
    seed : int
    groups : array_like, shape (n,), optional
        For each file of `listing(folder)` to which group it belongs. A group is never divided.
    link : bool
        Make hard links in place of copies. They take no room, but who edits one edits the original.

    Raises
    ------
    FileExistsError
        If `target` is there and holds anything else.
    NotADirectoryError, ValueError
        As `listing` does; if an argument is not as described, `target` and `folder` lie in each other, or a class has
        too few images for one of the parts.
    OSError
        If the folder cannot be written, for want of room for example, or cannot have links.
    """
    folder, target = Path(folder), Path(target)
    new, old = target.resolve(), folder.resolve()
    if new == old or new in old.parents or old in new.parents:
        raise ValueError(f"{target} and {folder} are one, or one lies in the other; choose a target beside the folder.")
    if len(fractions) != len(PARTS) or min(fractions) <= 0 or not np.isclose(sum(fractions), 1):
        raise ValueError(f"The fractions are {fractions}; expected three above zero, with the sum 1.")
    files, labels, classes = listing(folder)
    if groups is None:
        groups = np.arange(len(files))
    elif np.shape(groups) != labels.shape:
        raise ValueError(f"The groups have shape {np.shape(groups)}; expected one for each of the {len(files)} files.")
    parts = divided(labels, groups, fractions, np.random.default_rng(seed))
    for label, name in enumerate(classes):
        for part, missing in enumerate(PARTS):
            if not np.any(parts[labels == label] == part):
                raise ValueError(
                    f"Class {name} has {np.sum(labels == label)} images, too few, or in too few groups, to leave one "
                    f"for {missing}; collect more, leave the class out, or choose other fractions."
                )
    rows = [
        {"file": f"{classes[label]}/{path.name}", "part": PARTS[part], "label": classes[label]}
        for path, label, part in zip(files, labels, parts, strict=True)
    ]
    if target.exists():
        _accept(target, _was_split(target, rows, files), len(files))
        return
    with _whole(target) as whole:
        size = sum(path.stat().st_size for path in files)
        free = shutil.disk_usage(whole).free
        if not link and size > free:
            raise OSError(f"it takes {size / 1e6:,.0f} MB, and {free / 1e6:,.0f} MB are free")
        for part in PARTS:
            for name in classes:
                (whole / part / name).mkdir(parents=True)
        line = TimeLeft(len(files), f"splitting {folder.name}")
        for done, (path, row) in enumerate(zip(files, rows, strict=True)):
            copy = whole / row["part"] / row["file"]
            if link:
                _hard_link(path, copy)
            else:
                shutil.copyfile(path, copy)
            line.update(done + 1)
        write_table(whole / "split.csv", rows)
    line.close()


def divided(labels, groups, fractions, rng):
    """Which part of a split each image belongs to: alike in each class, and groups are never divided.

    The groups come in random order, large ones first, and each goes where it adds least to chi squared, the sum over
    parts and classes of (count − wanted)² / wanted. For single images this is Webster's way to share out the seats of
    a parliament, which is never wrong by a whole seat among three parties.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        Classes, of which each number from 0 to the highest occurs.
    groups : array_like, shape (n,)
    fractions : sequence of float
        Of the parts; their sum is 1.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int, shape (n,)
        The place of its part in `fractions`.
    """
    _, groups = np.unique(groups, return_inverse=True)
    sizes = np.bincount(labels)
    members = np.zeros((groups.max() + 1, len(sizes)))
    np.add.at(members, (groups, labels), 1)
    order = rng.permutation(len(members))
    order = order[np.argsort(-members[order].sum(axis=1), kind="stable")]
    counts = np.zeros((len(fractions), len(sizes)))
    part_of = np.empty(len(members), int)
    for group in order:
        added = (counts + members[group] / 2) @ (members[group] / sizes) / fractions  # half of it
        part_of[group] = added.argmin()
        counts[part_of[group]] += members[group]
    return part_of[groups]


def _hard_link(path, copy):
    try:
        os.link(path.resolve(), copy)
    except OSError as error:
        raise OSError(f"{error}; say link=False to copy the images") from error


@contextmanager
def whole(path, replace_folder=False):
    """The name of a temporary file or folder that becomes `path` at the end, or is removed if anything goes wrong.

    It lies beside `path` and is made by the caller. Its name holds the number of this process, and ends as that of
    `path` does, because Keras goes by the ending. Those that killed processes left are removed first.

    Parameters
    ----------
    path : path-like
        The new file or folder; a file that is there already is replaced.
    replace_folder : bool
        Whether a folder that is there is replaced, too, with all that is in it. It is gone only when the new one is in
        its place.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    path = Path(path)
    part = path.parent / f".part-{os.getpid()}.{path.name}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for left in path.parent.iterdir():
            number = re.fullmatch(r"\.part-(\d{1,9})\." + re.escape(path.name), left.name)
            if number and (left == part or not psutil.pid_exists(int(number[1]))):
                _remove(left)
        yield part
        if replace_folder and path.is_dir():
            _swap(part, path)
        else:
            _rename(part, path)
    except OSError as error:
        raise OSError(
            f"{path} could not be written ({error}); nothing new is there, so mend that or choose another place, "
            "and run this again."
        ) from error
    finally:
        _remove(part)


@contextmanager
def _whole(folder):
    """As `whole`, with an empty folder."""
    with whole(folder) as part:
        part.mkdir()
        yield part


def _remove(path):
    """Remove a file, or a folder with what is in it, as far as that can be done."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def _swap(part, folder):
    """Put it in the place of a folder, which comes back if that fails."""
    old = folder.with_name(f".old-{os.getpid()}.{folder.name}")
    _rename(folder, old)
    try:
        _rename(part, folder)
    except OSError:
        _rename(old, folder)
        raise
    _remove(old)


def _rename(part, path):
    """Rename it; on Windows, a scanner that is still reading the new files can be in the way for a moment."""
    for wait in (0.1, 0.3, 0.6, 1.0):
        try:
            os.replace(part, path)
            return
        except PermissionError:
            time.sleep(wait)
    os.replace(part, path)


def _accept(folder, same, total):
    """Say that there is nothing to do, or refuse a folder that holds something else."""
    if not same:
        raise FileExistsError(
            f"{folder} is there already, and holds something else or not all of it; "
            "delete it yourself, or choose another name."
        )
    print(f"{folder} is there already, with {total:,} images.")


def _was_written(folder, total, settings):
    """Whether `write` made this folder with these settings, and all its images are still there."""
    try:
        found = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
        names = [row["file"] for row in _read_table(folder / "manifest.csv")]
    except (OSError, ValueError, KeyError, csv.Error):  # whatever it is, it is not ours
        return False
    return found == settings and len(names) == total and all((folder / name).is_file() for name in names)


def _was_split(target, rows, files):
    """Whether `split` made this folder with these rows, and all its images still have the sizes of the originals."""
    try:
        copies = [target / row["part"] / row["file"] for row in rows]
        return _read_table(target / "split.csv") == rows and all(
            copy.stat().st_size == path.stat().st_size for copy, path in zip(copies, files, strict=True)
        )
    except (OSError, ValueError, csv.Error):
        return False


def _read_table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_table(path, rows):
    """Write a CSV file in UTF-8, with a header and a line for each row.

    Parameters
    ----------
    path : Path
    rows : list of dict
        Its columns are the keys of all rows, in the order in which they come; what a row lacks is left empty.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    names = dict.fromkeys(name for row in rows for name in row)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, names, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def _refuse_twins(classes):
    """Refuse names that differ in case only."""
    seen = {}
    for name in sorted(classes):
        twin = seen.setdefault(name.casefold(), name)
        if twin != name:
            raise ValueError(
                f"The classes {twin} and {name} differ in case only, and would be one folder on Windows and macOS; "
                "rename one of them."
            )


def _is_image(path):
    """Whether it is an image by its name; a link that leads nowhere is one too, and is refused when it is read."""
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and not path.is_dir()


def _natural(path):
    """A key that sorts 2.png before 10.png."""
    return [int(part) if part.isdecimal() else part.casefold() for part in re.split(r"(\d+)", path.name)], path.name
