"""Handwritten digits: MNIST where it can be had, otherwise the real 8x8 digits of scikit-learn.

MNIST is looked for in this order, and `load` says which source it used:

1. a file `mnist.npz` in the folder that `WORKSHOP_DATA` names, or in `data/` beside the README;
2. the cache of Keras;
3. a download into that cache, checked against a known hash;
4. scikit-learn's own 1,797 digits, enlarged to 28x28.

A file that is there but is not MNIST is refused by name rather than passed over.

References
----------
Y. LeCun, C. Cortes, C. J. C. Burges, The MNIST database of handwritten digits (CC BY-SA 3.0).
E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository.
"""

import hashlib
import http.client
import os
import tempfile
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers.timeleft import TimeLeft

URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
#: SHA-256 of the file at `URL`.
FILE_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
#: SHA-256 of the bytes of the four arrays, in the order of `SHAPES`, however the file is compressed.
CONTENT_SHA256 = "06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16"
SHAPES = {"x_train": (60000, 28, 28), "y_train": (60000,), "x_test": (10000, 28, 28), "y_test": (10000,)}

#: Bytes of the arrays, unpacked: MNIST has 55 million. A small file can hold more than a computer has memory for.
LARGEST = 60_000_000

PROJECT_DATA = Path(__file__).resolve().parent.parent / "data"
PATIENCE = 10  # seconds to wait for an answer from the network

_announced = set()


@dataclass(frozen=True)
class Digits:
    """A set of handwritten digits.

    Attributes
    ----------
    x_train, x_test : ndarray of uint8, shape (n, 28, 28)
        Grey values from 0 (paper) to 255 (ink).
    y_train, y_test : ndarray of uint8, shape (n,)
        The digits, 0 to 9.
    name : str
        ``"MNIST"`` or ``"8x8 digits"``.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    name: str


def load():
    """Load the digits from the best source there is, and say once which it was.

    Returns
    -------
    Digits

    Raises
    ------
    ValueError
        If a file named `mnist.npz` was found but does not hold MNIST.
    OSError
        If `WORKSHOP_DATA` names something that is not a folder, or the file cannot be read.
    """
    path = find()
    if path:
        digits = read_mnist(path)
        _announce(f"MNIST from {_short(path)}")
        return digits
    path = keras_cache() / "mnist.npz"
    try:
        download(URL, path, FILE_SHA256)
    except OSError as error:
        _announce(
            f"MNIST could not be downloaded ({_reason(error)}), so these are the 1,797 real 8x8 digits that come with "
            "scikit-learn, enlarged to 28x28. The lesson works with them too; its scores are lower. "
            "For MNIST, put mnist.npz into the folder data/ and run this cell again."
        )
        return enlarged_digits()
    digits = read_mnist(path)
    _announce(f"MNIST, downloaded and kept in {_short(path)}")
    return digits


def find():
    """The file with MNIST on this computer, in the data folder or in the cache of Keras; None if there is none."""
    places = (data_folder() / "mnist.npz", keras_cache() / "mnist.npz")
    return next((path for path in places if path.exists()), None)


def data_folder():
    """The folder for data sets: what `WORKSHOP_DATA` names, otherwise `data/` beside the README.

    Raises
    ------
    OSError
        If `WORKSHOP_DATA` names something that is not a folder, or one that may not be read.
    """
    named = os.environ.get("WORKSHOP_DATA")
    if not named:
        return PROJECT_DATA
    todo = "Set it to the folder that holds mnist.npz, or leave it unset."
    if not Path(named).is_dir():
        raise NotADirectoryError(f"WORKSHOP_DATA is {named}, which is not a folder. {todo}")
    if not os.access(named, os.R_OK | os.X_OK):
        raise PermissionError(f"WORKSHOP_DATA is {named}, which you may not read. {todo}")
    return Path(named)


def keras_cache():
    """The folder in which Keras keeps downloaded data sets."""
    return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "datasets"


def read_mnist(path):
    """Read MNIST from an `npz` file and make sure that it is MNIST.

    Parameters
    ----------
    path : path-like
        A file with the arrays x_train, y_train, x_test, y_test (`uint8`), compressed in any way.

    Returns
    -------
    Digits

    Raises
    ------
    ValueError
        If the file is damaged, or its arrays are not those of MNIST. Nothing in it is ever executed.
    OSError
        If the file cannot be read.
    """
    wrong = f"{path} is not the MNIST that the lessons expect: "
    todo = " Delete or replace it; without it the lesson finds another source."
    arrays = {}
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                size = sum(member.file_size for member in packed.infolist())
            if size > LARGEST:
                raise ValueError(f"{wrong}unpacked it has {size / 1e6:,.0f} MB, not 55.{todo}")
        file = np.load(path, allow_pickle=False)
        if isinstance(file, np.ndarray):
            raise ValueError(f"{wrong}it holds a single array.{todo}")
        with file:
            for name, shape in SHAPES.items():
                if name not in file.files:
                    raise ValueError(f"{wrong}it has no array {name}.{todo}")
                arrays[name] = file[name]
                if arrays[name].shape != shape or arrays[name].dtype != np.uint8:
                    raise ValueError(
                        f"{wrong}{name} is {arrays[name].dtype} of shape {arrays[name].shape}, "
                        f"not uint8 of shape {shape}.{todo}"
                    )
    except OSError as error:
        raise type(error)(f"{path} cannot be read ({error.strerror or error}).{todo}") from error
    except Exception as error:  # a spoilt file makes NumPy and zipfile fail in a dozen ways
        if str(error).startswith(wrong):
            raise
        raise ValueError(f"{wrong}it is damaged, cut off, or no set of plain arrays ({error}).{todo}") from error
    digest = hashlib.sha256()
    for name in SHAPES:
        digest.update(np.ascontiguousarray(arrays[name]))
    if digest.hexdigest() != CONTENT_SHA256:
        raise ValueError(f"{wrong}its shapes are right, but its contents differ.{todo}")
    return Digits(**arrays, name="MNIST")


def enlarged_digits():
    """The real 8x8 digits of scikit-learn in MNIST's format: 20x20 in the middle of 28x28.

    The last fifth is the test set, as they come. Neighbours in the list are alike, as if one person had
    written them, so shuffling would put the same hand on both sides.

    Returns
    -------
    Digits
        1,438 images for training and 359 for testing.
    """
    from PIL import Image
    from sklearn.datasets import load_digits

    small, labels = load_digits(return_X_y=True)
    small = (small.reshape(-1, 8, 8) * (255 / 16)).round().astype(np.uint8)
    images = np.zeros((len(small), 28, 28), np.uint8)
    for image, digit in zip(images, small, strict=True):
        image[4:24, 4:24] = Image.fromarray(digit).resize((20, 20), Image.Resampling.BICUBIC)
    labels = labels.astype(np.uint8)
    cut = round(0.8 * len(images))
    return Digits(images[:cut], labels[:cut], images[cut:], labels[cut:], name="8x8 digits")


def download(url, path, expected, algorithm="sha256"):
    """Download a file, check it, and only then put it in its place.

    Parameters
    ----------
    url : str
    path : path-like
        Where the file goes. It appears there complete and checked, or not at all.
    expected : str
        The hash that it must have.
    algorithm : str
        Which hash, a name of `hashlib`.

    Raises
    ------
    OSError
        If the server cannot be reached, the transfer breaks off, the contents are not what was
        expected, or the folder cannot be written to.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file, urllib.request.urlopen(url, timeout=PATIENCE) as response:
            size = int(response.headers.get("Content-Length") or 0)
            line = TimeLeft(size, f"downloading {path.name}")
            # It tells a damaged file, for which systems that keep to FIPS have MD5, too.
            digest = hashlib.new(algorithm, usedforsecurity=False)
            received = 0
            while block := response.read(1 << 16):
                file.write(block)
                digest.update(block)
                received += len(block)
                if size:
                    line.update(received)
        if size and received < size:
            raise OSError(f"the transfer broke off after {received} of {size} bytes")
        if digest.hexdigest() != expected:
            raise OSError("what arrived has another hash than expected; a login page of the Wi-Fi, perhaps")
        os.chmod(part, 0o644)  # a temporary file is its owner's alone; a data set is everybody's
        os.replace(part, path)
        line.close()
    except (http.client.HTTPException, ValueError) as error:
        raise OSError(f"the server answered with nonsense: {error!r}") from error
    finally:
        Path(part).unlink(missing_ok=True)


def _reason(error):
    reason = getattr(error, "reason", None) or error
    return getattr(reason, "strerror", None) or str(reason)


def _short(path):
    try:
        return f"~/{path.resolve().relative_to(Path.home()).as_posix()}"
    except ValueError:
        return path.name


def _announce(text):
    """Print which source was used, once in a session."""
    if text not in _announced:
        _announced.add(text)
        print(text)
