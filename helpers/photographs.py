"""From the photograph of an interface to its heights, with synthetic laboratory photographs to practise on.

The steps, each a function: `load`, `rotate`, `threshold`, `largest_cluster`, `profile`. Images are arrays of shape
(rows, columns), row 0 at the top, and cropped as any array is; heights count upwards.
"""

from pathlib import Path

import numpy as np

from helpers import folders, interfaces


def synthetic(zeta, rng, rows=640, columns=1024, width=30.0, tilt=None, noise=0.08, blur=1.0, specks=25):
    """A photograph of an interface as a laboratory may take it: tilted, unevenly lit, blurred, noisy, with dust on it.

    Parameters
    ----------
    zeta : float
        Roughness exponent, 0 to 1.2.
    rng : numpy.random.Generator
    rows, columns : int
    width : float
        Root mean square of the heights, without their tilt, in pixels.
    tilt : float, optional
        By how much the camera is turned, in degrees; between −4 and 4 at random by default.
    noise : float
        Standard deviation of the grey values, in units of the contrast of the two phases.
    blur : float
        Standard deviation of the point spread function, in pixels.
    specks : int
        How many grains of dust.

    Returns
    -------
    ndarray of uint8, shape (rows, columns)
        The lower phase is the brighter one.
    """
    from scipy import ndimage

    tilt = rng.uniform(-4, 4) if tilt is None else tilt
    margin = int(0.5 * columns * abs(np.sin(np.radians(tilt)))) + int(0.05 * columns)
    height, length = rows + 2 * margin, columns + 2 * margin + columns % 2
    line = levelled_heights(interfaces.sections(zeta, length, rng).astype(np.float64))
    line *= width / line.std()
    below = height / 2 - line  # counted from the top
    scene = (np.arange(height)[:, None] - below + 0.5).clip(0, 1).astype(np.float32)
    x, y = np.arange(length), np.arange(height)
    for _ in range(specks):
        radius, column, row = rng.uniform(1, 4), rng.uniform(0, length), rng.uniform(0, height)
        near = (
            slice(max(0, int(row - 5)), int(row + 6)),
            slice(max(0, int(column - 5)), int(column + 6)),
        )
        round_ = (y[near[0], None] - row) ** 2 + (x[None, near[1]] - column) ** 2 < radius**2
        scene[near][round_] = rng.integers(2)
    scene = ndimage.rotate(scene, tilt, reshape=False, order=1, mode="nearest")
    scene = ndimage.gaussian_filter(scene[margin : margin + rows, margin : margin + columns], blur)
    u, v = np.linspace(-1, 1, columns)[None, :], np.linspace(-1, 1, rows)[:, None]
    tilts, falls = rng.uniform(-0.2, 0.2, 2), rng.uniform(0, 0.2, 2)
    light = 1 + tilts[0] * u + tilts[1] * v - falls[0] * u**2 - falls[1] * v**2
    grey = light * (0.3 + 0.4 * scene) + 0.4 * noise * rng.standard_normal(scene.shape)
    return (255 * grey.clip(0, 1)).astype(np.uint8)


def seen(heights, width, blur):
    """The heights that a perfect camera with this blur sees: without noise, tilt or dust.

    Parameters
    ----------
    heights : array_like of float, shape (columns,)
    width : float
        To which the root mean square of the heights is scaled, in pixels, after their straight line is taken away.
    blur : float
        Standard deviation of the point spread function, in pixels.

    Returns
    -------
    ndarray of float, shape (columns,)
        Whole numbers, as `profile` gives them.
    """
    from scipy import ndimage

    line = levelled_heights(heights)
    line *= width / line.std()
    line += 4 * blur + 2 - line.min()
    rows = np.arange(int(line.max() + 4 * blur + 2))
    scene = (line - rows[:, None] + 0.5).clip(0, 1).astype(np.float32)
    return (ndimage.gaussian_filter(scene, blur) > 0.5).sum(axis=0).astype(float)


def levelled_heights(heights):
    """Heights, shape (columns,), without the straight line that fits them best by least squares."""
    heights = np.asarray(heights, float)
    x = np.arange(len(heights))
    return heights - np.polyval(np.polyfit(x, heights, 1), x)


def load(path):
    """A photograph as grey values.

    Parameters
    ----------
    path : str or Path
        A file that Pillow can read, in colour or grey, of 8 or 16 bits, with transparency or without.

    Returns
    -------
    ndarray of float32, shape (rows, columns)
        0 is black, 1 white.

    Raises
    ------
    ValueError
        If the file cannot be read as an image, naming it.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(Path(path), formats=folders.FORMATS) as image:
            image = ImageOps.exif_transpose(image)  # a camera that was held upright says so
            if "transparency" in image.info or image.mode == "PA":
                image = image.convert("RGBA")
            elif image.mode in ("P", "CMYK", "LAB", "HSV", "YCbCr"):
                image = image.convert("RGB")
            pixels = np.asarray(image)
        return grey(pixels)
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise ValueError(f"{path} cannot be read as an image ({error}); expected a PNG, TIFF or JPEG.") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def grey(pixels):
    """Grey values from 0 to 1 of an array: grey or colour, with transparency or without, whole numbers or floats.

    Parameters
    ----------
    pixels : array_like, shape (rows, columns), or (rows, columns, 1 to 4)
        Floats from 0 to 1, or integers: up to 255 they are taken for 8 bits, up to 65,535 for 16. Where it is
        transparent, it is taken for white.

    Returns
    -------
    ndarray of float32, shape (rows, columns)

    Raises
    ------
    ValueError
        If the array is no image, or has values that are NaN, infinite or out of range.
    """
    pixels = np.asarray(pixels)
    if pixels.ndim not in (2, 3) or pixels.size == 0 or (pixels.ndim == 3 and pixels.shape[-1] > 4):
        raise ValueError(
            f"The array has shape {pixels.shape}; expected an image, (rows, columns) or with 1 to 4 channels."
        )
    if pixels.dtype.kind not in "biuf":
        raise ValueError(f"The array has the type {pixels.dtype}; expected an image of whole numbers or floats.")
    if not np.isfinite(pixels).all():
        raise ValueError("The image has values that are NaN or infinite; expected grey values from 0 to 1.")
    highest = 1
    if pixels.dtype.kind in "iu":  # by the values, because Pillow gives 16 bits as 32
        highest = 255 if pixels.max() <= 255 else 65535
    if pixels.min() < 0 or pixels.max() > highest:
        raise ValueError(
            f"The grey values run from {pixels.min():g} to {pixels.max():g}; expected 0 to 1, or integers to 65,535."
        )
    pixels = pixels.astype(np.float32) / highest
    if pixels.ndim == 2:
        return pixels
    opaque = pixels[..., -1] if pixels.shape[-1] in (2, 4) else 1
    colour = pixels.shape[-1] >= 3
    weights = np.array([0.299, 0.587, 0.114] if colour else [1.0], np.float32)
    return opaque * (pixels[..., : len(weights)] @ weights) + (1 - opaque)


def rotate(image, degrees):
    """The image turned counter-clockwise, and cut to the largest part of the same proportions without empty corners.

    Parameters
    ----------
    image : ndarray of float, shape (rows, columns)
    degrees : float
        From −45 to 45.

    Returns
    -------
    ndarray of float32, shape (fewer rows, fewer columns)
        For 0 degrees the image itself.

    Raises
    ------
    ValueError
        If the angle is larger.
    """
    from scipy import ndimage

    if not abs(degrees) <= 45:
        raise ValueError(f"The angle is {degrees} degrees; expected −45 to 45. Turn the photograph by 90 first.")
    if degrees == 0:
        return image
    turned = ndimage.rotate(np.asarray(image, np.float32), degrees, reshape=False, order=1, mode="nearest")
    rows, columns = image.shape
    c, s = np.cos(np.radians(abs(degrees))), np.sin(np.radians(abs(degrees)))
    share = min(rows / (rows * c + columns * s), columns / (columns * c + rows * s))
    top, left = int(np.ceil(rows * (1 - share) / 2)), int(np.ceil(columns * (1 - share) / 2))
    return turned[top : rows - top, left : columns - left]


def threshold(image):
    """Which pixels belong to the brighter phase, under uneven light.

    A grey value is taken for the product of the light that falls there and what the phase reflects, and the logarithm
    of the light for a polynomial of second degree over the image. To fit it, one has to know which pixels are of which
    phase: it begins with the largest step of brightness in each of 16 strips, and is repeated until nothing moves.

    Parameters
    ----------
    image : array_like of float, shape (rows, columns)
        Grey values, 0 to 1.

    Returns
    -------
    ndarray of bool, shape (rows, columns)

    Raises
    ------
    ValueError
        If the photograph is blank: if there are not two phases that differ by more than the noise.
    """
    image = grey(image).astype(np.float64)
    rows, columns = image.shape
    y, x = np.linspace(-1, 1, rows)[:, None], np.linspace(-1, 1, columns)
    few = (slice(None, None, max(1, rows // 200)), slice(None, None, max(1, columns // 200)))
    y_few, x_few = y[few[0]], x[few[1]]
    terms = np.broadcast_arrays(1.0, x_few, y_few, x_few**2, x_few * y_few, y_few**2)
    logs = np.log(image.clip(max(1e-6, image.max() / 255)))
    mask = _below_the_largest_step(image)
    for _ in range(30):
        if not 0.001 < mask[few].mean() < 0.999:
            raise ValueError("The photograph is blank: all of it is of one brightness. Expected two phases.")
        design = np.stack([*terms, mask[few]], axis=-1).reshape(-1, len(terms) + 1)
        a, b, c, d, e, f, contrast = np.linalg.lstsq(design, logs[few].ravel(), rcond=None)[0]
        light = np.exp(a + b * x + d * x**2 + (c + e * x) * y + f * y**2)
        before, mask = mask, image > light * (1 + np.exp(contrast)) / 2
        if np.array_equal(before, mask):
            break
    noise = np.std((image / light)[mask]) + np.std((image / light)[~mask])
    # Pure noise, cut in two at its middle, has a contrast of 2.65 standard deviations of what is left.
    if np.exp(contrast) - 1 < 1.6 * noise:
        raise ValueError(
            f"The photograph is blank or too noisy: the contrast of two phases is {np.exp(contrast) - 1:.2f}, and the "
            f"noise in one is {noise / 2:.2f}. Expected a contrast of more than three times the noise."
        )
    return mask


def _below_the_largest_step(image):
    """A first guess: in each strip, all that lies on the brighter side of the row where its brightness changes most."""
    rows, columns = image.shape
    window = max(1, rows // 8)
    kernel = np.repeat([1.0, -1.0], window) / window
    mask, steps = np.zeros(image.shape, bool), 0.0
    for strip in np.array_split(np.arange(columns), min(16, columns)):
        change = np.convolve(image[:, strip].mean(axis=1), kernel, "valid")
        row = np.abs(change).argmax()
        mask[row + window :, strip] = True
        steps += change[row]
    return mask if steps > 0 else ~mask


def largest_cluster(mask):
    """The largest connected part of the phase that lies below, with its holes filled.

    Parameters
    ----------
    mask : array_like of bool, shape (rows, columns)
        From `threshold`; which of the two phases lies below does not matter.

    Returns
    -------
    ndarray of bool, shape (rows, columns)

    Raises
    ------
    ValueError
        If the part does not reach from the left to the right below something else, so that there is no interface.
    """
    from scipy import ndimage

    mask = np.asarray(mask, bool)
    if mask.ndim != 2 or mask.size == 0:
        raise ValueError(f"The mask has the shape {mask.shape}; expected rows and columns.")
    if mask[-1].mean() < mask[0].mean():
        mask = ~mask
    labels, count = ndimage.label(mask)
    sizes = np.bincount(labels.ravel())[1:]
    cluster = labels == sizes.argmax() + 1 if count else mask
    below, above = cluster[-1].mean(), 1 - cluster[0].mean()
    if min(below, above) < 0.9:
        raise ValueError(
            f"There is no interface from left to right: the largest cluster covers {below:.0%} of the lowest row and "
            f"{1 - above:.0%} of the highest. Expected all and none; crop the photograph, or turn it."
        )
    # With ground below, so that a hole in the lowest row is a hole.
    cluster = ndimage.binary_fill_holes(np.pad(cluster, ((0, 1), (0, 0)), constant_values=True))[:-1]
    cut = np.count_nonzero(cluster[0] | ~cluster.any(axis=0))
    if cut:
        raise ValueError(
            f"In {cut} columns the interface lies outside of the image; expected none. Crop with more room."
        )
    return cluster


def profile(cluster):
    """The height of the interface in each column.

    Parameters
    ----------
    cluster : ndarray of bool, shape (rows, columns)
        From `largest_cluster`.

    Returns
    -------
    heights : ndarray of float, shape (columns,)
        How many pixels of the column belong to the cluster, so that an overhang counts with its thickness.
    overhangs : int
        In how many columns the interface is met more than once.
    """
    cluster = np.asarray(cluster, bool)
    changes = np.count_nonzero(np.diff(cluster.astype(np.int8), axis=0), axis=0)
    return cluster.sum(axis=0).astype(float), int(np.count_nonzero(changes > 1))


def levelled(image):
    """The image turned until the interface in it is level.

    Parameters
    ----------
    image : ndarray of float, shape (rows, columns)
        Grey values, 0 to 1; 32 columns or more.

    Returns
    -------
    turned : ndarray of float32, shape (fewer rows, fewer columns)
    degrees : float
        By how much it was turned, counter-clockwise.

    Raises
    ------
    ValueError
        If there are fewer columns, or no interface is found, see `threshold` and `largest_cluster`.
    """
    if image.shape[1] < 32:
        raise ValueError(f"The photograph has {image.shape[1]} columns; expected 32 or more.")
    total, turned = 0.0, image
    for _ in range(2):
        heights, _ = profile(largest_cluster(threshold(turned)))
        total -= np.degrees(np.arctan(np.polyfit(np.arange(len(heights)), heights, 1)[0]))
        turned = rotate(image, total)
    return turned, total
