"""Copies of images: which of them show the same photograph, turned, mirrored, or saved anew.

Exact copies have the same `canonical_hash`. For near copies, `groups` compares the perceptual hashes of all pairs, and
believes two hashes that are close only if the slopes of two small pictures agree as well, and the grey values of two
finer ones: a hash sees the coarse pattern alone, and blurred pictures of different things often share that; slopes
forgive what is slightly off everywhere, and of a thousand regular patterns some are nearly alike.

References
----------
C. Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions, Master's thesis, Hagenberg (2010):
hashes from the lowest frequencies of a cosine transform, among others.
"""

import hashlib
from typing import NamedTuple

import numpy as np
from PIL import Image
from scipy import fft, ndimage, sparse

from helpers import folders
from helpers.timeleft import TimeLeft

#: Rows and columns of the small pictures, of the finer ones, and of the lowest frequencies whose signs are the hash.
SIDE, FINE, WAVES = 32, 48, 8
#: How many bits the hashes of copies may differ by, and how closely the slopes of their small pictures must be
#: correlated. A drawn crystal, saved at 90 % of its size, 10 % brighter and as JPEG of quality 80, stays within 7 bits
#: of itself and above 0.97, but for one in a thousand, most of which turn white; two crystals come nowhere near that
#: (`make copies-speed`).
DISTANCE, ALIKE = 10, 0.97
#: How closely the grey values of their finer pictures must be correlated, after a blur of so many pixels, which takes
#: away what resizing and compression change. Of drawn rosettes, stripes, chequers and crystals that were resized to
#: 80 %, saved as JPEG of quality 85, or changed as above, 99.9 % stay above; of the pairs of different rosettes that
#: pass the other two tests, 99 % do not.
SAME, BLUR = 0.994, 0.7
#: Slopes (root mean square, grey values from one pixel of the small picture to the next) below which nothing is in it.
BLANK = 1.0
#: Hashes that are compared with all others at once, and pairs of small pictures: each takes some 30 MB.
BLOCK, AT_ONCE = 256, 2048


class Fingerprints(NamedTuple):
    """What is kept of each image to find copies, 3.5 kB.

    Attributes
    ----------
    exact : list of str
        The `canonical_hash`.
    codes : ndarray of uint64, shape (n, 8)
        The perceptual hash in each orientation, in the order of `symmetries`: the signs of the lowest frequencies (a
        discrete cosine transform) of the small picture. Compression, another size and more light change few of its
        bits. Of two images, compare one code of the first to all of the second; bits in which they differ are counted
        by ``np.bitwise_count(a ^ b)``.
    pictures : ndarray of uint8, shape (n, SIDE, SIDE)
        The image squeezed into a small square.
    fine : ndarray of uint8, shape (n, FINE, FINE)
        The same, with more pixels.
    """

    exact: list
    codes: np.ndarray
    pictures: np.ndarray
    fine: np.ndarray


def symmetries(image):
    """An image in its eight orientations: turned by 0°, 90°, 180°, 270° counterclockwise, then mirrored and turned.

    Parameters
    ----------
    image : ndarray, shape (height, width) or (height, width, channels)

    Returns
    -------
    list of eight ndarrays
        Views of `image`, itself first. The mirror swaps left and right, and comes before the turn.
    """
    mirrored = np.fliplr(image)
    return [np.rot90(start, turns) for start in (image, mirrored) for turns in range(4)]


def canonical_hash(image):
    """A name for an image that does not depend on how it is turned or mirrored.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width)

    Returns
    -------
    str
        The smallest SHA-256 of the eight orientations, each of its shape and grey values: 64 hexadecimal digits.

    Raises
    ------
    ValueError
        If the image is not as described.
    """
    _check(image)
    return min(
        hashlib.sha256(f"{turned.shape}".encode() + turned.tobytes()).hexdigest() for turned in symmetries(image)
    )


def _check(image):
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8 or image.ndim != 2 or not image.size:
        found = f"{image.dtype} of shape {image.shape}" if isinstance(image, np.ndarray) else type(image).__name__
        raise ValueError(f"The image is {found}; expected an array of uint8, (height, width).")


def _picture(image, side=SIDE):
    """An image squeezed into a small square, `uint8`."""
    _check(image)
    return np.asarray(Image.fromarray(image).resize((side, side), Image.Resampling.BILINEAR))


def _codes(picture):
    """The perceptual hash of a small picture in its eight orientations, see `Fingerprints`."""
    waves = fft.dctn(np.array(symmetries(picture), np.float32), axes=(1, 2))[:, :WAVES, :WAVES]
    bits = waves.reshape(8, -1) > 0
    bits[:, 0] = False  # the mean, which is positive in all
    return np.packbits(bits, axis=1).view(">u8")[:, 0].astype(np.uint64)


def fingerprints(images):
    """The fingerprints of images.

    Parameters
    ----------
    images : iterable of ndarrays of uint8, shapes (height, width)
        Of any sizes; only one is held at a time.

    Returns
    -------
    Fingerprints

    Raises
    ------
    ValueError
        If an image is not as described.
    """
    exact, codes, pictures, fine = [], [], [], []
    for image in images:
        exact.append(canonical_hash(image))
        pictures.append(_picture(image))
        fine.append(_picture(image, FINE))
        codes.append(_codes(pictures[-1]))
    return Fingerprints(
        exact,
        np.array(codes, np.uint64).reshape(-1, 8),
        np.array(pictures, np.uint8).reshape(-1, SIDE, SIDE),
        np.array(fine, np.uint8).reshape(-1, FINE, FINE),
    )


def hashes(files):
    """The fingerprints of image files, with a line that shows the time left.

    Parameters
    ----------
    files : sequence of path-like
        Read by `folders.read_image`, one at a time.

    Returns
    -------
    Fingerprints

    Raises
    ------
    ValueError
        If a file cannot be read as an image, naming it.
    """
    files = list(files)
    line = TimeLeft(len(files), "looking for copies")

    def images():
        for done, path in enumerate(files, 1):
            yield folders.read_image(path)
            line.update(done)

    found = fingerprints(images())
    line.close(f"{len(files):,} images read")
    return found


def groups(images, distance=DISTANCE):
    """Which images are copies of each other, exact or near, however they are turned or mirrored.

    Parameters
    ----------
    images : iterable of ndarrays of uint8, shapes (height, width)
        Of any sizes; only one is held at a time.
    distance : int
        Bits, of 63, by which the hashes of near copies may differ.

    Returns
    -------
    ndarray of int, shape (n,)
        The group of each image, counted from 0 in the order in which they come. Copies of copies are in one group.
        Images in which there is nothing to see are together only if they are exact copies.

    Raises
    ------
    ValueError
        If an image is not as described.
    """
    return joined(fingerprints(images), distance)


def groups_of_files(files):
    """As `groups`, of image files, with a line that shows the time left.

    Parameters
    ----------
    files : sequence of path-like

    Returns
    -------
    ndarray of int, shape (n,)

    Raises
    ------
    ValueError
        If a file cannot be read as an image, naming it.
    """
    return joined(hashes(files))


def joined(found, distance=DISTANCE):
    """The groups that fingerprints make, see `groups`.

    All pairs are compared, 8 comparisons each: of 14,000 images 0.8 billion, in seconds. Pairs that are in one group
    already are not looked at again, so that a film of alike frames takes no longer and no more memory.

    Parameters
    ----------
    found : Fingerprints
    distance : int

    Returns
    -------
    ndarray of int, shape (n,)
    """
    number = {}
    exact = np.array([number.setdefault(name, len(number)) for name in found.exact], int)
    _, first = np.unique(exact, return_index=True)
    different = Fingerprints(list(number), found.codes[first], found.pictures[first], found.fine[first])
    group = np.arange(len(number))
    for rows, columns, turn in _candidates(different, distance):
        apart = group[rows] != group[columns]
        rows, columns = _confirmed(different, rows[apart], columns[apart], turn)
        if len(rows):
            links = (np.ones(len(rows), bool), (group[rows], group[columns]))
            links = sparse.coo_array(links, (len(number), len(number)))
            group = sparse.csgraph.connected_components(links, directed=False)[1][group]
    return group[exact]


def members(groups):
    """Which images are in each group.

    Parameters
    ----------
    groups : ndarray of int, shape (n,)
        At least one image.

    Returns
    -------
    list of ndarray of int
        Places of images, in order; the groups are sorted by their numbers.
    """
    order = np.argsort(groups, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(groups[order])) + 1)


def _confirmed(found, rows, columns, turn):
    """Those pairs of which slopes and grey values agree, the second ones turned."""
    for compared, least in ((_agreement, ALIKE), (_likeness, SAME)):
        if len(rows):
            agree = compared(found, rows, columns, turn) >= least
            rows, columns = rows[agree], columns[agree]
    return rows, columns


def close_pairs(found):
    """The pairs of images whose hashes differ by `DISTANCE` bits at most, and how well their slopes agree.

    Parameters
    ----------
    found : Fingerprints

    Yields
    ------
    rows, columns : ndarrays of int, shape (m,)
        Pairs, the first of each with the smaller index. Images in which there is nothing to see are left out.
    agreement : ndarray of float, shape (m,)
        Correlation of the slopes of the small pictures, the second one turned as its hash says.
    """
    for rows, columns, turn in _candidates(found, DISTANCE):
        yield rows, columns, _agreement(found, rows, columns, turn)


def _candidates(found, distance):
    """Yields places of pairs whose hashes are close, at most `AT_ONCE`, and how the second ones are turned."""
    steepness = [np.sqrt(np.mean(_slopes(picture[np.newaxis]) ** 2)) for picture in found.pictures]
    visible = np.flatnonzero(np.array(steepness) >= BLANK)
    for start in range(0, len(visible), BLOCK):
        rows, columns = visible[start : start + BLOCK], visible[start:]
        for turn in range(8):
            bits = np.bitwise_count(found.codes[rows, :1] ^ found.codes[columns, turn])
            row, column = np.nonzero(bits <= distance)
            once = row < column
            row, column = rows[row[once]], columns[column[once]]
            for part in range(0, len(row), AT_ONCE):
                yield row[part : part + AT_ONCE], column[part : part + AT_ONCE], turn


def _agreement(found, rows, columns, turn):
    """Correlation of the slopes of the small pictures of pairs, the second ones turned."""
    return _correlation(_slopes(found.pictures[rows]), _slopes(_turned(found.pictures[columns], turn)))


def _likeness(found, rows, columns, turn):
    """Correlation of the grey values of the finer pictures of pairs, the second ones turned."""
    return _correlation(_greys(found.fine[rows]), _greys(_turned(found.fine[columns], turn)))


def _turned(pictures, turn):
    return np.moveaxis(symmetries(np.moveaxis(pictures, 0, 2))[turn], 2, 0)


def relation(first, second):
    """How an image has to be turned to become another one, and how different the two then are.

    Parameters
    ----------
    first, second : ndarray of uint8, shapes (height, width)

    Returns
    -------
    symmetry : int or None
        Such that ``symmetries(first)[symmetry]`` is a copy of `second`, exact or near; None if none is.
    difference : float
        Mean absolute difference in grey values, 0.0 for exact copies. Between images of different sizes, the first is
        resized; if they are no copies, it is that of the orientation that comes closest.

    Raises
    ------
    ValueError
        If an image is not as described.
    """
    small, other = _picture(first), _picture(second)
    turned = symmetries(first)
    for symmetry, image in enumerate(turned):
        if np.array_equal(image, second):
            return symmetry, 0.0
    slopes, wanted = _slopes(np.array(symmetries(small))), _slopes(other[np.newaxis])
    agreement = _correlation(slopes, wanted)
    symmetry = int(agreement.argmax())
    likeness = _correlation(
        _greys(_picture(np.ascontiguousarray(turned[symmetry]), FINE)[np.newaxis]),
        _greys(_picture(second, FINE)[np.newaxis]),
    )
    shape = second.shape[::-1]
    image = np.asarray(Image.fromarray(turned[symmetry]).resize(shape, Image.Resampling.BILINEAR))
    difference = float(np.abs(image.astype(int) - second).mean())
    return symmetry if agreement[symmetry] >= ALIKE and likeness[0] >= SAME else None, difference


def _slopes(pictures):
    """From each pixel of small pictures to the next, down and to the right, without the mean: shape (n, slopes)."""
    pictures = pictures.astype(np.float32)
    both = [np.diff(pictures, axis=axis).reshape(len(pictures), -1) for axis in (1, 2)]
    return np.concatenate([slopes - slopes.mean(axis=1, keepdims=True) for slopes in both], axis=1)


def _greys(pictures):
    """The grey values of finer pictures, blurred, without the mean: shape (n, pixels)."""
    greys = ndimage.gaussian_filter(pictures.astype(np.float32), (0, BLUR, BLUR), truncate=3)
    greys = greys.reshape(len(greys), -1)
    return greys - greys.mean(axis=1, keepdims=True)


def _correlation(first, second):
    product = np.sum(first * second, axis=1)
    size = np.sqrt(np.sum(first**2, axis=1) * np.sum(second**2, axis=1))
    return product / np.maximum(size, 1e-6)
