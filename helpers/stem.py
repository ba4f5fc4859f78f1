"""Images of a scanning transmission electron microscope (STEM): from columns of atoms to bytes, with its faults.

The model is incoherent imaging: each column is a Gaussian, the probe's shape and the atoms' thermal spread in one, and
the image is their sum (P. D. Nellist and S. J. Pennycook, Advances in Imaging and Electron Physics 113 (2000) 147).
docs/stem.md tells what that leaves out.
"""

from dataclasses import dataclass

import numpy as np

#: How far from its middle a column is drawn, in units of its width; beyond, it has less than one grey value of 255.
REACH = 3.5
#: Columns drawn at a time, as many as the processor's cache holds.
BLOCK = 128


@dataclass(frozen=True)
class Scan:
    """How the probe moves over the sample.

    Attributes
    ----------
    row_shift : float
        Standard deviation of the shift of each row along x, in pixels, independent from row to row.
    drift : (float, float)
        By how much the sample moves along x and y during the whole image, in pixels.
    """

    row_shift: float = 0.0
    drift: tuple = (0.0, 0.0)


def intensity(columns, shape, scan=None, rng=None, background=0.0):
    """The image without noise: what the detector would get on average.

    Parameters
    ----------
    columns : helpers.lattices.Columns
    shape : (int, int)
        Rows and columns of the image, in pixels.
    scan : Scan, optional
        A perfect one by default.
    rng : numpy.random.Generator, optional
        For the row shifts; needed if there are any.
    background : float
        Added everywhere, in the units of the contrast.

    Returns
    -------
    ndarray of float32, shape (rows, columns)
        In the units of the contrast: that is what the middle of an isolated column has above the background.

    Raises
    ------
    ValueError
        If there are no rows or columns, rows are shifted without `rng`, or the sample drifts along y by all rows or
        more.
    """
    scan = scan or Scan()
    rows, width = shape
    if min(rows, width) < 1:
        raise ValueError(f"The image has the shape {shape}; expected a positive number of rows and columns.")
    shift = np.zeros(rows)
    if scan.row_shift:
        if rng is None:
            raise ValueError("The rows of the scan are shifted at random; expected a Generator as `rng`.")
        shift = rng.normal(0, scan.row_shift, rows)
    # In the time of each row the sample has moved on: a row y shows what lies at y − time · drift.
    time = np.arange(rows) / rows
    shift = shift + time * scan.drift[0]
    stretched = 1 - scan.drift[1] / rows
    if not stretched > 0:
        raise ValueError(f"The sample drifts by {scan.drift[1]:g} pixels along y; expected less than the {rows} rows.")

    image = np.full((rows, width), background, np.float32)
    for sigma in np.unique(columns.width[columns.contrast != 0]):
        chosen = (columns.width == sigma) & (columns.contrast != 0)
        _add(image, columns.x[chosen], columns.y[chosen], columns.contrast[chosen], sigma, shift, stretched)
    return image


def _add(image, x, y, contrast, sigma, shift, stretched):
    """Add Gaussians of one width: for each column of atoms the rows near it, and in each of them the pixels near it."""
    rows, width = image.shape
    reach = int(np.ceil(REACH * sigma))
    tall = int(np.ceil(reach / stretched))
    pixels = np.arange(-reach, reach + 1)
    # A margin takes what sticks out on the left and right, so that no pixel has to be tested.
    margin = 2 * reach + 1
    canvas = np.zeros((rows, width + 2 * margin), np.float32)
    for start in range(0, len(x), BLOCK):
        part = slice(start, start + BLOCK)
        row = np.rint(y[part] / stretched).astype(np.intp)[:, None] + np.arange(-tall, tall + 1)
        inside = (row >= 0) & (row < rows)
        vertical = np.exp(-((row * stretched - y[part, None]) ** 2) / (2 * sigma**2)) * contrast[part, None] * inside
        row = row.clip(0, rows - 1)
        middle = x[part, None] + shift[row]
        nearest = np.rint(middle).astype(np.intp).clip(-reach - 1, width + reach)
        distance = ((nearest - middle)[..., None] + pixels).astype(np.float32)
        distance *= distance
        distance *= np.float32(-1 / (2 * sigma**2))
        values = np.exp(distance, out=distance)
        values *= vertical.astype(np.float32)[..., None]
        index = (row * canvas.shape[1] + nearest + margin)[..., None] + pixels
        np.add.at(canvas.ravel(), index.ravel(), values.ravel())
    image += canvas[:, margin : margin + width]


def counts(intensity, dose, rng, read_noise=0.0):
    """Electrons that the detector counts in each pixel.

    Parameters
    ----------
    intensity : ndarray of float, shape (..., rows, columns)
        From `intensity`, or several of them. Not negative.
    dose : float
        How many electrons one unit of intensity is, on average. With `intensity / intensity.max()` it is the number
        of electrons in the brightest pixel.
    rng : numpy.random.Generator
    read_noise : float
        Standard deviation of the detector's own noise, in electrons.

    Returns
    -------
    ndarray of float32, shape of `intensity`
        Poisson counts; their mean and variance are dose · intensity, and read_noise² is added to the variance.

    Raises
    ------
    ValueError
        If the dose is not positive, or the read noise or an intensity is negative.
    """
    if not 0 < dose < np.inf:
        raise ValueError(f"The dose is {dose:g}; expected a positive number of electrons.")
    if not 0 <= read_noise < np.inf:
        raise ValueError(f"The read noise is {read_noise:g}; expected a standard deviation in electrons, 0 or more.")
    if np.min(intensity) < 0:
        raise ValueError(f"The intensity goes down to {np.min(intensity):g}; expected 0 or more.")
    counted = rng.poisson(np.multiply(intensity, dose, dtype=np.float64)).astype(np.float32)
    if read_noise:
        counted += np.float32(read_noise) * rng.standard_normal(counted.shape, dtype=np.float32)
    return counted


def published_rows(image, distortion, rng):
    """The published distortion: rows are shifted by whole pixels, and what leaves on one side comes back on the other.

    Parameters
    ----------
    image : ndarray of float, shape (rows, columns)
    distortion : float
        Standard deviation of the shifts in pixels, before they are rounded.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape and dtype of `image`
    """
    rows, width = image.shape
    shift = np.rint(rng.normal(0, distortion, (rows, 1))).astype(np.intp)
    return np.take_along_axis(image, (np.arange(width) - shift) % width, axis=1)


def published_noise(intensity, level, rng):
    """The published noise: the absolute value of a Gaussian on top of an image with the maximum 1.

    Parameters
    ----------
    intensity : ndarray of float, shape (rows, columns)
    level : float
        Standard deviation of that Gaussian.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of float32, shape (rows, columns)
    """
    noise = rng.standard_normal(intensity.shape, dtype=np.float32)
    return intensity / intensity.max() + np.float32(level) * np.abs(noise)


def reduced(image, factor):
    """A smaller image, each pixel of which is the mean of factor × factor pixels.

    Parameters
    ----------
    image : ndarray, shape (rows, columns)
        What is left over at the right and at the bottom is cut off.
    factor : int

    Returns
    -------
    ndarray of float32, shape (rows // factor, columns // factor)
    """
    rows, width = (side // factor * factor for side in image.shape)
    blocks = image[:rows, :width].reshape(rows // factor, factor, width // factor, factor)
    return blocks.mean(axis=(1, 3), dtype=np.float32)


def to_bytes(image):
    """Grey values: the darkest pixel becomes 0 and the brightest 255.

    Parameters
    ----------
    image : array_like of float, shape (rows, columns)

    Returns
    -------
    ndarray of uint8, shape (rows, columns)

    Raises
    ------
    ValueError
        If all pixels are equal.
    """
    image = np.asarray(image, np.float32)
    low, high = image.min(), image.max()
    if not high > low:
        raise ValueError(f"All pixels of the image are {low:g}; expected an image with a contrast.")
    return np.rint((image - low) * (255 / (high - low))).astype(np.uint8)
