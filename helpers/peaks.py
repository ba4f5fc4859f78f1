"""What the Fourier transform of a lattice image shows: where its peaks lie, and how strong they are."""

import numpy as np


def spectrum(image):
    """The strength of every wave in an image.

    Parameters
    ----------
    image : array_like, shape (rows, columns)

    Returns
    -------
    ndarray of float, shape (rows, columns)
        |Fourier transform|, with the frequency 0 at [rows // 2, columns // 2] and 1 / columns (1 / rows) cycles a pixel
        from one to the next. The mean is taken off, and a Hann window lets the edges fade, without which each peak
        would have a cross through it. A wave of amplitude 1 has the strength 1/2.
    """
    image = np.asarray(image, float)
    window = np.hanning(image.shape[0] + 2)[1:-1, None] * np.hanning(image.shape[1] + 2)[1:-1]
    faded = (image - np.average(image, weights=window)) * window
    return np.abs(np.fft.fftshift(np.fft.fft2(faded))) / window.sum()


def peaks(image, count=20, above=0.05):
    """The strongest peaks of an image's spectrum, one of each pair k and −k.

    Parameters
    ----------
    image : array_like, shape (rows, columns)
    count : int
        At most how many.
    above : float
        Peaks weaker than this part of the strongest one are left out.

    Returns
    -------
    k : ndarray of float, shape (n, 2)
        (along x, along y) in cycles a pixel, by a parabola through the logarithms of three neighbours; the strongest
        first. Along y (and if that is zero, along x) it is positive.
    strength : ndarray of float, shape (n,)
        See `spectrum`.
    """
    from scipy.ndimage import maximum_filter

    strengths = spectrum(image)
    rows, columns = strengths.shape
    y, x = np.indices(strengths.shape) - np.array([rows // 2, columns // 2])[:, None, None]
    half = (y > 0) | ((y == 0) & (x > 0))
    # Two steps around the origin belong to the shape of the window and to uneven light.
    found = (strengths == maximum_filter(strengths, size=3, mode="wrap")) & half & (x**2 + y**2 > 2**2)
    found &= strengths > above * strengths[found].max(initial=0)
    row, column = np.nonzero(found)
    order = np.argsort(-strengths[row, column])[:count]
    row, column = row[order], column[order]
    logarithm = np.log(strengths + np.finfo(float).tiny)

    def at(down, right):
        return logarithm[(row + down) % rows, (column + right) % columns]

    dy = (at(-1, 0) - at(1, 0)) / (2 * (at(-1, 0) - 2 * at(0, 0) + at(1, 0)))
    dx = (at(0, -1) - at(0, 1)) / (2 * (at(0, -1) - 2 * at(0, 0) + at(0, 1)))
    k = np.stack([(column - columns // 2 + dx) / columns, (row - rows // 2 + dy) / rows], axis=-1)
    return k, strengths[row, column]


def orders(image, cell, highest=4):
    """The strengths of the peaks h b₁ + k b₂ of a rectangular cell whose sides lie along x and y.

    Parameters
    ----------
    image : array_like, shape (rows, columns)
    cell : (float, float)
        Width and height of the cell in pixels.
    highest : int
        The highest h and k.

    Returns
    -------
    ndarray of float, shape (highest + 1, 2 highest + 1)
        For h = 0 … highest and k = −highest … highest, in units of the strongest one; each is the strongest of 3x3
        places of the spectrum. What lies beyond the finest waves of the image is 0, and so is h = k = 0, and
        all of an image that is the same everywhere.
    """
    from scipy.ndimage import maximum_filter

    strengths = maximum_filter(spectrum(image), size=3)
    middle = np.array(strengths.shape) // 2
    h, k = np.arange(highest + 1)[:, None], np.arange(-highest, highest + 1)
    column = np.rint(h * strengths.shape[1] / cell[0]).astype(int)
    row = np.rint(k * strengths.shape[0] / cell[1]).astype(int)
    column, row = np.broadcast_arrays(column, row)
    seen = (column < middle[1]) & (np.abs(row) < middle[0]) & ((column != 0) | (row != 0))
    found = np.zeros(seen.shape)
    found[seen] = strengths[middle[0] + row[seen], middle[1] + column[seen]]
    return found / (found.max() or 1.0)
