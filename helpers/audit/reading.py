"""What is in a folder or a table of images, and what the audit keeps of each image: 4 kB, whatever its size."""

import csv
import re
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePath
from typing import NamedTuple

import numpy as np
from PIL import ExifTags, Image

from helpers import copies, device, folders, texture_features
from helpers.timeleft import TimeLeft

#: The largest side of what the texture is taken from.
LARGEST = 256
#: While so many images wait for their texture, which takes longest and is computed in threads, no more are read.
AHEAD = 32
#: With fewer images, or fewer of a class, there is nothing to cross-validate.
FEWEST, FEWEST_OF_CLASS = 20, 5
#: The percentiles of the grey values that are kept.
PERCENTILES = (1, 25, 50, 75, 99)
#: What the parts of a split may be called.
PARTS = {"train": "train", "training": "train", "valid": "valid", "val": "valid", "validation": "valid", "test": "test"}
#: The EXIF entries that are kept; of the date the day.
EXIF = ("Make", "Model", "Software", "DateTime")
#: Of longer texts in files, the beginning is kept.
LONGEST = 40


class Items(NamedTuple):
    """Which images there are, before any is read.

    Attributes
    ----------
    files : list of Path
    names : list of str
        What they are called in the report.
    labels : ndarray of int, shape (n,)
        As places in `classes`.
    classes : list of str
    groups : ndarray of int, shape (n,), or None
        Which images belong together, as those who made them say.
    parts : ndarray of str, shape (n,), or None
        train, valid or test.
    """

    files: list
    names: list
    labels: np.ndarray
    classes: list
    groups: np.ndarray | None = None
    parts: np.ndarray | None = None

    def kept(self, places):
        """Only those at these places, an ndarray of int."""
        return Items(
            [self.files[place] for place in places],
            [self.names[place] for place in places],
            self.labels[places],
            self.classes,
            None if self.groups is None else self.groups[places],
            None if self.parts is None else self.parts[places],
        )


class Seen(NamedTuple):
    """What is kept of the images that could be read.

    Attributes
    ----------
    items : Items
    unreadable : list of (str, str)
        The names of the others, and what is wrong with them.
    shapes : ndarray of int, shape (n, 2)
        Height and width.
    sizes : ndarray of int, shape (n,)
        Bytes on disk.
    greys : ndarray of float, shape (n, 7)
        Mean, standard deviation and `PERCENTILES` of the grey values; of images of more than 8 bits those of the values
        in the file, which are not stretched.
    kinds : list of str
        Format and mode, for example ``"PNG RGB"``.
    tags : list of dict
        What else is written in the files.
    textures : ndarray of float, shape (n, 12)
        See `texture_features.features`.
    prints : copies.Fingerprints
    """

    items: Items
    unreadable: list
    shapes: np.ndarray
    sizes: np.ndarray
    greys: np.ndarray
    kinds: list
    tags: list
    textures: np.ndarray
    prints: copies.Fingerprints

    @property
    def pictures(self):
        """The images squeezed into a small square, `uint8` of shape (n, 48, 48)."""
        return self.prints.fine


def find(source, group=None, part=None):
    """Find the images of a folder or of a table, without reading them.

    Parameters
    ----------
    source : path-like
        A folder with a folder of images for each class; a folder of such folders, called train, valid and test (any two
        of them will do); or a CSV file with the columns file, relative to its own folder, and label.
    group, part : str, optional
        Columns of the table: which images belong together, and which part of a split each is in. By default the
        columns `group` and `part`, if there are any.

    Returns
    -------
    Items

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If there is no such thing.
    ValueError
        If it is not as described, or there is too little in it to be audited.
    """
    source = Path(source)
    if source.is_dir():
        if group or part:
            raise ValueError(
                f"{source} is a folder, which has no columns; give a CSV file with the columns file, label and "
                f"{group or part} instead."
            )
        items = _of_folder(source)
    elif source.is_file():
        items = _of_table(source, group, part)
    else:
        raise FileNotFoundError(
            f"{source} is not there; give a folder of class folders, or a CSV file of file and label."
        )
    for name in (str(source.resolve()), *items.names):
        shown = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        if shown != name:
            raise ValueError(f"The name {shown} is not UTF-8, so no report can be written of it; rename it.")
    refuse_too_few(items, source)
    return items


def refuse_too_few(items, source, kind=""):
    """Refuse what cannot be cross-validated; `kind` says which images are counted."""
    counts = np.bincount(items.labels, minlength=len(items.classes))
    if len(items.classes) < 2:
        raise ValueError(
            f"All images in {source} have the label {items.classes[0]}; expected two classes or more, because a score "
            "says how well classes are told apart."
        )
    if len(items.files) < FEWEST:
        raise ValueError(
            f"{source} has {len(items.files)} images{kind}; expected at least {FEWEST}, because fewer say nothing. "
            "Look at them yourself."
        )
    if counts.min() < FEWEST_OF_CLASS:
        few = [f"{items.classes[number]} ({counts[number]})" for number in np.flatnonzero(counts < FEWEST_OF_CLASS)]
        raise ValueError(
            f"In {source} there are classes with fewer than {FEWEST_OF_CLASS} images{kind}: {_listed(few)}; "
            "collect more, or leave them out."
        )


def _of_folder(folder):
    inside = {path.name: path for path in folder.iterdir() if path.is_dir() and not path.name.startswith((".", "__"))}
    if len(inside) < 2 or not all(name.lower() in PARTS for name in inside):
        files, labels, classes = folders.listing(folder)
        return Items(files, [path.relative_to(folder).as_posix() for path in files], labels, classes)
    files, names, parts = [], [], []
    for name, path in sorted(inside.items()):
        found = folders.listing(path)
        files += found.files
        names += [found.classes[label] for label in found.labels]
        parts += [PARTS[name.lower()]] * len(found.files)
    classes, labels = np.unique(names, return_inverse=True)
    called = [path.relative_to(folder).as_posix() for path in files]
    return Items(files, called, labels, classes.tolist(), parts=np.array(parts))


def _of_table(path, group, part):
    rows, columns = _rows(path)
    for wanted in ("file", "label", *filter(None, (group, part))):
        if wanted.lower() not in columns:
            raise ValueError(f"{path} has the columns {', '.join(columns) or 'none'}; expected one called {wanted}.")
    if not rows:
        raise ValueError(f"{path} has no lines below its header; expected one for each image.")
    group = group.lower() if group else ("group" if "group" in columns else None)
    part = part.lower() if part else ("part" if "part" in columns else None)
    for wanted in filter(None, ("file", "label", group, part)):
        empty = [line for line, row in enumerate(rows, 2) if not (row[wanted] or "").strip()]
        if empty:
            raise ValueError(f"In {path}, line {empty[0]} has no {wanted}; fill it in, or take the line out.")
    names = [_name(path.parent, row["file"].strip()) for row in rows]
    outside = [name for name in names if PurePath(name).is_absolute() or ".." in PurePath(name).parts]
    if outside:
        raise ValueError(
            f"{len(outside)} of the {len(names)} files in {path} are not given as lying below the folder of the table: "
            f"{_listed(outside)}; move the table above all of them, and give paths relative to its folder."
        )
    files = [path.parent / name for name in names]
    missing = [name for name, file in zip(names, files, strict=True) if not file.is_file()]
    if missing:
        raise ValueError(
            f"{len(missing)} of the {len(files)} files in {path} are not there: {_listed(missing)}; expected paths "
            "relative to the folder of the table."
        )
    classes, labels = np.unique([row["label"].strip() for row in rows], return_inverse=True)
    groups = np.unique([row[group].strip() for row in rows], return_inverse=True)[1] if group else None
    if groups is not None and groups.max() == 0:
        raise ValueError(f"In {path}, all images have the same {group}; expected two groups or more.")
    parts = np.array([_part(path, line, row[part]) for line, row in enumerate(rows, 2)]) if part else None
    return Items(files, names, labels, classes.tolist(), groups, parts)


def _rows(path):
    """The lines of a table, and its columns in lower case; commas, semicolons or tabs are between them."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = file.readline()
            mark = max(",;\t", key=header.count)
            file.seek(0)
            table = csv.DictReader(file, delimiter=mark)
            columns = [(name or "").strip().lower() for name in table.fieldnames or []]
            twice = [name for name in columns if name and columns.count(name) > 1]
            if twice:
                raise ValueError(f"{path} has {columns.count(twice[0])} columns called {twice[0]!r}; expected one.")
            table.fieldnames = columns
            return list(table), columns
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path} cannot be read as a CSV file in UTF-8 ({error}); save it as one.") from None


def _name(folder, name):
    """A file as the table calls it, with the backslashes of Windows turned if that is a file here."""
    turned = name.replace("\\", "/")
    return turned if turned != name and not (folder / name).is_file() and (folder / turned).is_file() else name


def _part(path, line, name):
    if name.strip().lower() not in PARTS:
        raise ValueError(f"In {path}, line {line} is in the part {name!r}; expected train, valid or test.")
    return PARTS[name.strip().lower()]


def _listed(names):
    return ", ".join(map(str, names[:3])) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def read(items, source):
    """Read all images once, one at a time.

    Parameters
    ----------
    items : Items
    source : path-like
        What it is called.

    Returns
    -------
    Seen

    Raises
    ------
    ValueError
        If most images cannot be read, or too few are left.
    """
    kept, unreadable = [], []
    shapes, sizes, greys, kinds, tags, textures = ([] for _ in range(6))
    line = TimeLeft(len(items.files), f"reading {Path(source).name}")

    def images():
        for done, path in enumerate(items.files):
            try:
                image = folders.read_image(path)
                (kind, written), about = header(path), path.stat()
                raw = _raw(path) if kind.partition(" ")[2].startswith(("I", "F")) else image
            except (ValueError, OSError) as error:  # the report goes to others, so it names no folder of this machine
                unreadable.append((items.names[done], str(error).replace(str(path), items.names[done])))
            else:
                kept.append(done)
                shapes.append(image.shape)
                sizes.append(about.st_size)
                greys.append([raw.mean(), raw.std(), *np.percentile(raw, PERCENTILES)])
                kinds.append(kind)
                tags.append(written)
                textures.append(pool.submit(texture_features.features, _of_fair_size(image)))
                textures[-AHEAD:][0].result()  # so that few images wait in memory
                yield image
            line.update(done + 1)

    with ThreadPoolExecutor(device.cores()) as pool:
        prints = copies.fingerprints(images())
        textures = [texture.result() for texture in textures]
    line.close(f"{len(kept):,} images")
    if len(unreadable) > len(items.files) / 2:
        raise ValueError(
            f"{len(unreadable)} of the {len(items.files)} images in {source} cannot be read: "
            f"{_listed([name for name, _ in unreadable])}. The first: {unreadable[0][1]}"
        )
    items = items.kept(np.array(kept))
    refuse_too_few(items, source, " that can be read" if unreadable else "")
    return Seen(
        items,
        unreadable,
        np.array(shapes),
        np.array(sizes),
        np.array(greys),
        kinds,
        tags,
        np.array(textures),
        prints,
    )


def _raw(path):
    """The values of an image of more than 8 bits as they are in the file, not stretched."""
    with Image.open(path, formats=folders.FORMATS) as image:
        return np.asarray(image, np.float64)


def _of_fair_size(image):
    """The image with 32 to `LARGEST` pixels a side; of narrow ones the long side has up to four times as many."""
    scale = max(32 / min(image.shape), min(1, LARGEST / max(image.shape)))
    if scale == 1 and max(image.shape) <= LARGEST:
        return image
    height, width = (min(max(32, round(scale * side)), 4 * LARGEST) for side in image.shape)
    return np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR))


def header(path):
    """What an image file says of itself, besides its pixels.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    kind : str
        Format and mode, for example ``"PNG RGB"``.
    tags : dict of str to str
        Comments, resolution, quality of compression, camera, software and day, as far as they are there.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about entries that break a standard; what can be read of them is taken
        with Image.open(path, formats=folders.FORMATS) as image:
            return f"{image.format} {image.mode}", _tags(image)


def _tags(image):
    tags = {}
    for name, value in image.info.items():
        if name != "exif":  # it comes below, entry by entry
            tags[str(name)] = f"{len(value)} bytes" if isinstance(value, bytes) else str(value)[:LONGEST]
    exif = image.getexif()
    for name in EXIF:
        value = exif.get(ExifTags.Base[name])
        if value is not None:
            tags[f"EXIF {name}"] = str(value)[: 10 if name == "DateTime" else LONGEST]
    for number, table in getattr(image, "quantization", {}).items():
        tags[f"JPEG table {number}"] = str(sum(table))
    return tags


def number(path):
    """The last number in the name of a file, NaN without one."""
    found = re.findall(r"\d{1,15}", Path(path).stem)
    return float(found[-1]) if found else np.nan
