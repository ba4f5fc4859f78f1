"""The real photographs: crystals of cephalexin (CEX) and of phenylglycine (PG) in a reactor, from Kaggle.

The data set `opencrystaldata/cephalexin-reactive-crystallization` has 1.5 GB. Among other things it holds the folder
`cropped/cropped/` with some 6,800 images in each of the folders `cex` and `pg`. It is not part of this project.

There are two ways to get it. `download` does it for you, if the package kagglehub is installed. Or press Download at
`PAGE` in a browser, where Kaggle asks you to sign in, and unpack the archive into `data/cephalexin/`. kagglehub asks
for an account only where Kaggle does; one is free, and ``kagglehub.login()`` takes its token.

Licence: two catalogues of open data say CC BY-SA 4.0, as read off Kaggle (name the authors, share what you make of it
alike). The page itself could not be opened when this was written; what it says holds.

References
----------
H. Salami, M. A. McDonald, A. S. Bommarius, R. W. Rousseau, M. A. Grover, Org. Process Res. Dev. 25, 1670 (2021), doi
10.1021/acs.oprd.1c00136. The data sets of OpenCrystalData: doi 10.1016/j.dche.2024.100150.
"""

import os
from itertools import combinations
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image

from helpers import copies, digits, folders
from helpers.timeleft import TimeLeft

HANDLE = "opencrystaldata/cephalexin-reactive-crystallization"
PAGE = f"https://www.kaggle.com/datasets/{HANDLE}"
CLASSES = ["cex", "pg"]
#: Rows and columns that an image must have.
SMALLEST = 32
#: The files that the repository KatherineMossDeveloper/The-Georgia-Project shows and the lesson quotes: those of one
#: crystal, which are copies of each other, in one tuple.
SAMPLES = (
    *((f"CEX ({number}).png",) for number in (1, 2, 3, 5379, 5471)),
    tuple(f"PG ({number}).png" for number in range(589, 595)),
    tuple(f"PG ({number}).png" for number in range(5308, 5313)),
)


def find(place=None):
    """The folder that holds the class folders; None if there is none.

    Parameters
    ----------
    place : path-like, optional
        Where to look, at any depth; by default in `cephalexin/` of the data folder (see `digits.data_folder`), then
        among what kagglehub has downloaded.

    Returns
    -------
    Path or None
        Of several, one with both classes (in upper or lower case), then one in a folder `cropped`, then the outermost.

    Raises
    ------
    OSError
        If `WORKSHOP_DATA` names something that is not a folder.
    """
    places = [place] if place is not None else [digits.data_folder() / "cephalexin", *_downloaded()]
    return next(filter(None, map(_holder, places)), None)


def _holder(place):
    """The best folder within `place` that holds class folders, or None."""
    found = []
    for folder, names, _ in os.walk(place):
        names[:] = sorted(name for name in names if not name.startswith((".", "__")))
        classes = {name.lower() for name in names} & set(CLASSES)
        if classes:
            parents = Path(folder).relative_to(Path(place).parent).parts
            cropped = "cropped" in map(str.lower, parents)
            found.append((-len(classes), not cropped, len(parents), Path(folder)))
            names.clear()
    return min(found)[-1] if found else None


def _downloaded():
    """The versions that kagglehub has downloaded completely, the newest first."""
    cache = Path(os.environ.get("KAGGLEHUB_CACHE") or Path.home() / ".cache" / "kagglehub") / "datasets" / HANDLE
    marks = [mark for mark in cache.glob("*.complete") if mark.stem.isdigit()]
    return [cache / "versions" / mark.stem for mark in sorted(marks, key=lambda mark: -int(mark.stem))]


def download():
    """Download the data set with kagglehub, which shows its progress and goes on where it was stopped.

    It takes 1.5 GB to transfer and twice as much room while it is unpacked, in the cache of kagglehub. Nothing is
    transferred again. What licence and account have to do with it is said above, in this module.

    Returns
    -------
    Path
        The folder that holds the class folders, as `find` finds it if there is nothing in the data folder.

    Raises
    ------
    ModuleNotFoundError
        If kagglehub is not installed.
    OSError
        If it could not be downloaded.
    FileNotFoundError
        If what arrived has no class folders.
    """
    by_hand = f"download it at {PAGE} and unpack it into {digits.data_folder() / 'cephalexin'}"
    try:
        import kagglehub
    except ModuleNotFoundError:
        raise ModuleNotFoundError(f"kagglehub is not installed; run `pip install kagglehub`, or {by_hand}.") from None
    print(f"Downloading 1.5 GB from Kaggle. Its licence and authors are at {PAGE} (CC BY-SA 4.0, as others report).")
    try:
        place = Path(kagglehub.dataset_download(HANDLE))
    except Exception as error:  # network, account, disk: kagglehub fails in a dozen ways
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise OSError(
            f"The data set could not be downloaded ({reason}); try again, sign in with kagglehub.login() if Kaggle "
            f"asks for an account, or {by_hand}."
        ) from error
    found = _holder(place)
    if found is None:
        raise FileNotFoundError(f"{place} came from Kaggle and holds no folders cex and pg; look there for what it is.")
    return found


def load(folder):
    """List the images of the two classes, each of them read once to see that it is sound.

    If exact copies, turned or not, lie under both labels, one line is printed that says so.

    Parameters
    ----------
    folder : path-like
        It holds the folders cex and pg, in upper or lower case, and no others; `find` finds it.

    Returns
    -------
    folders.Listing
        Its classes are `CLASSES`.

    Raises
    ------
    NotADirectoryError
        If there is no such folder.
    ValueError
        If a class is missing, empty, or one too many, or files are no images or smaller than `SMALLEST`.
    """
    found = folders.listing(folder)
    names = [name.lower() for name in found.classes]
    if sorted(names) != CLASSES:
        raise ValueError(
            f"{folder} holds the folders {', '.join(found.classes)}; expected cex and pg, so "
            + " and ".join(
                [f"put {name} there" for name in CLASSES if name not in names]
                + [f"take {name} away" for name in found.classes if name.lower() not in CLASSES]
            )
            + ", or choose the folder that holds both."
        )
    labels = np.array([CLASSES.index(name) for name in names])[found.labels]
    order = np.argsort(labels, kind="stable")  # PG sorts before cex
    listing = folders.Listing([found.files[place] for place in order], labels[order], list(CLASSES))
    names = _sound(listing.files, Path(folder).name)
    pairs = contradictions(listing, np.unique(names, return_inverse=True)[1])
    if pairs:
        first = " and ".join(f"{path.parent.name}/{path.name}" for path in pairs[0])
        more = f" and {len(pairs) - 1} more pairs of files show" if len(pairs) > 1 else " show"
        print(
            f"Careful: {first}{more} the same picture under two labels; see cephalexin.contradictions, find out which "
            "label is right, or leave out both."
        )
    return listing


def _sound(files, name):
    """The `canonical_hash` of each file, or one sentence about those that are bad."""
    hashes, bad = [], []
    line = TimeLeft(len(files), f"checking {name}")
    for done, path in enumerate(files, 1):
        try:
            image = folders.read_image(path)
            if min(image.shape) < SMALLEST:
                raise ValueError(
                    f"{path} has {image.shape[0]}x{image.shape[1]} pixels; expected at least {SMALLEST} each way; "
                    "delete it, or put a good copy in its place."
                )
            hashes.append(copies.canonical_hash(image))
        except ValueError as error:
            bad.append((path, error))
        line.update(done)
    if len(bad) == 1:
        raise bad[0][1]
    if bad:
        listed = ", ".join(f"{path.parent.name}/{path.name}" for path, _ in bad[:3])
        more = f" and {len(bad) - 3} more" if len(bad) > 3 else ""
        raise ValueError(f"{len(bad)} of {len(files)} files cannot be used: {listed}{more}. The first: {bad[0][1]}")
    line.close()
    return hashes


def contradictions(listing, groups):
    """The pairs of files that show the same thing and have different labels.

    Parameters
    ----------
    listing : folders.Listing
    groups : array_like of int, shape (n,)
        The group of each file, for example from `copies.groups_of_files`.

    Returns
    -------
    list of (Path, Path)

    Raises
    ------
    ValueError
        If there is not one group for each file.
    """
    groups = np.asarray(groups)
    if groups.shape != listing.labels.shape:
        raise ValueError(
            f"The groups have shape {groups.shape}; expected one for each of the {len(listing.files)} files."
        )
    return [
        (listing.files[first], listing.files[second])
        for group in copies.members(groups)
        for first, second in combinations(group, 2)
        if listing.labels[first] != listing.labels[second]
    ]


def sizes(files):
    """Heights and widths of image files. Only their beginnings are read.

    Parameters
    ----------
    files : sequence of path-like

    Returns
    -------
    ndarray of int, shape (n, 2)
        Height and width in pixels, as `folders.read_image` returns them.

    Raises
    ------
    ValueError
        If a file does not begin as an image, naming it.
    """
    files = list(files)
    found = np.empty((len(files), 2), int)
    line = TimeLeft(len(files), "reading sizes")
    for done, path in enumerate(files):
        try:
            with Image.open(path, formats=folders.FORMATS) as image:
                lying = image.format == "JPEG" and image.getexif().get(ExifTags.Base.Orientation, 1) >= 5
                found[done] = image.size if lying else image.size[::-1]
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            raise ValueError(
                f"{path} cannot be read as an image ({error}); delete it, or put a good copy in its place."
            ) from None
        line.update(done + 1)
    line.close()
    return found
