"""Self-affine interfaces of a known roughness exponent: heights, binary images, and a stream of them that never ends.

A height is a sum of Fourier modes with q_k = 2π k / length, k = 1 … length/2 − 1. Each is a complex Gaussian whose real
and imaginary parts are independent with variance S(q) / 2, where S(q) = A q^-(1 + 2ζ) is the structure factor and ζ the
roughness exponent (D. Saupe in "The Science of Fractal Images", Springer 1988, chapter 2). docs/roughness.md derives
what follows from it.
"""

import numpy as np

from helpers import endless

#: The exponents for which the sum over modes makes an interface; over one, it is no longer self-affine.
LOWEST, HIGHEST = 0.0, 1.2
#: Grey value of a pixel below the interface; above it is 0.
FILLED = 255


def wavenumbers(length):
    """The wavenumbers q_k = 2π k / length of the modes, in radians per pixel, shape (length/2 − 1,).

    Raises
    ------
    ValueError
        If `length` is odd or less than 8.
    """
    if not isinstance(length, (int, np.integer)) or length % 2 or length < 8:
        raise ValueError(f"The length is {length!r}; expected an even whole number of points, 8 or more.")
    return 2 * np.pi * np.arange(1, length // 2) / length


def modes(length, rng, shape=()):
    """Noise that `from_modes` turns into heights: complex Gaussians, ⟨|z|²⟩ = 1.

    Parameters
    ----------
    length : int
        Points of the interface, an even number.
    rng : numpy.random.Generator
    shape : tuple of int
        How many interfaces.

    Returns
    -------
    ndarray of complex64, shape (*shape, length/2 − 1)
        Real and imaginary parts are independent, each of variance 1/2.
    """
    parts = rng.standard_normal((*shape, len(wavenumbers(length)), 2), dtype=np.float32)
    parts *= np.float32(np.sqrt(0.5))
    return parts.view(np.complex64)[..., 0]


def from_modes(noise, zeta, amplitude=1.0):
    """Heights of periodic interfaces from noise that is given, so that the same noise can be seen at another ζ.

    Parameters
    ----------
    noise : ndarray of complex, shape (..., length/2 − 1)
        From `modes`.
    zeta : float or array_like
        Roughness exponent, 0 to 1.2; an array has one for each interface.
    amplitude : float or array_like
        A in S(q) = A q^-(1 + 2ζ), positive.

    Returns
    -------
    ndarray of float32, shape (..., length)
        Heights of mean zero, in pixels if S(q) is in squared pixels. Their mean square is (2 / length) Σ S(q_k).

    Raises
    ------
    ValueError
        If an exponent or an amplitude is out of range.
    """
    zeta, amplitude = _checked(zeta, amplitude)
    length = 2 * (noise.shape[-1] + 1)
    log_q = np.log(wavenumbers(length)).astype(np.float32)
    size = np.exp((-0.5 - zeta)[..., None] * log_q)
    size = size * np.sqrt(amplitude * length)[..., None]
    spectrum = np.zeros((*np.broadcast_shapes(noise.shape[:-1], size.shape[:-1]), length // 2 + 1), np.complex64)
    spectrum[..., 1:-1] = noise * size
    return np.fft.irfft(spectrum, n=length, axis=-1)


def heights(zeta, length, rng, amplitude=1.0):
    """Periodic self-affine interfaces.

    Parameters
    ----------
    zeta : float or array_like, shape (...)
        Roughness exponent, 0 to 1.2; an array has one for each interface.
    length : int
        Points of an interface, an even number.
    rng : numpy.random.Generator
    amplitude : float or array_like
        A in S(q) = A q^-(1 + 2ζ), positive.

    Returns
    -------
    ndarray of float32, shape (..., length)

    Raises
    ------
    ValueError
        If an exponent, the amplitude or the length cannot be.
    """
    shape = np.broadcast_shapes(np.shape(zeta), np.shape(amplitude))
    return from_modes(modes(length, rng, shape), zeta, amplitude)


def sections(zeta, length, rng, times=8):
    """Sections of longer interfaces, which are not periodic, as those in photographs are not.

    Parameters
    ----------
    zeta, length, rng
        As in `heights`, with an amplitude of 1.
    times : int
        How much longer the periodic interface is from which each section is cut.

    Returns
    -------
    ndarray of float32, shape (..., length)
        Heights; their mean is not zero.

    Raises
    ------
    ValueError
        As `heights` does, and if `times` is no whole number of 2 or more.
    """
    wavenumbers(length)
    if not isinstance(times, (int, np.integer)) or times < 2:
        raise ValueError(f"times is {times}; expected a whole number of 2 or more.")
    return heights(zeta, times * length, rng)[..., :length].copy()


def images(heights, rows=None, width=None):
    """Binary images of interfaces: filled below, empty above.

    Parameters
    ----------
    heights : array_like of float, shape (..., length)
        In pixels, unless `width` is given. A height of 0 is in the middle of the image.
    rows : int, optional
        Rows of an image, up to 65,535; as many as columns by default. What sticks out is cut off.
    width : float, optional
        Each interface is scaled so that its width, the root mean square of its heights, is this many pixels. The image
        then says nothing about the amplitude.

    Returns
    -------
    ndarray of uint8, shape (..., rows, length)
        Row 0 is the lowest; 255 below the interface, 0 above it.

    Raises
    ------
    ValueError
        If a height is NaN or infinite, or an interface that is to be scaled is flat, or `rows` or `width` cannot be.
    """
    heights = np.atleast_1d(np.asarray(heights, np.float32))
    rows = heights.shape[-1] if rows is None else rows
    if not 1 <= rows <= 65535:
        raise ValueError(f"There are {rows} rows; expected 1 to 65,535.")
    if not np.isfinite(heights).all():
        raise ValueError("There are heights that are NaN or infinite; expected numbers.")
    if width is not None:
        heights = scaled(heights, width)
    levels = np.rint(heights) + rows // 2
    levels = levels.clip(0, rows).astype(np.min_scalar_type(rows))
    filled = levels[..., None, :] > np.arange(rows, dtype=levels.dtype)[:, None]
    filled = filled.view(np.uint8)
    return np.multiply(filled, FILLED, out=filled)


def scaled(heights, width):
    """The same interfaces with mean height zero and another width.

    Parameters
    ----------
    heights : ndarray of float32, shape (..., length)
    width : float
        The new root mean square of the heights of each, in pixels.

    Returns
    -------
    ndarray of float32, shape (..., length)

    Raises
    ------
    ValueError
        If the width is not positive, or an interface is flat.
    """
    if not 0 < width < np.inf:
        raise ValueError(f"The width is {width:g}; expected a positive number of pixels.")
    heights = heights - heights.mean(axis=-1, keepdims=True)
    now = heights.std(axis=-1, keepdims=True)
    if not np.all(now > 0):
        raise ValueError("An interface is flat and cannot be scaled to a width; expected heights that differ.")
    return heights * (np.float32(width) / now)


def stream(seed, length=128, batch=64, batches=300, zetas=(0.05, 1.0), width=10.0):
    """Fresh images for ever: a data set for `fit` in which no image comes twice, in constant memory.

    Parameters
    ----------
    seed : int
        The same seed gives the same images. (Keras asks for one more batch than it trains on, to learn their shape.)
    length : int
        Columns and rows of an image.
    batch, batches : int
        Images in a batch, and batches in an epoch.
    zetas : tuple of two floats
        Exponents are uniform between these.
    width : float or None
        Width of each interface in pixels, see `images`.

    Returns
    -------
    keras.utils.PyDataset
        Each item is a pair: images, `uint8` of shape (batch, length, length), and exponents, `float32` of shape
        (batch,).

    Raises
    ------
    ValueError
        If the length, the exponents, `batch` or `batches` cannot be.
    """
    wavenumbers(length)
    if len(_checked(zetas, 1.0)[0]) != 2 or not zetas[0] < zetas[1]:
        raise ValueError(f"The exponents lie between {zetas}; expected two, the smaller one first.")
    if min(batch, batches) < 1:
        raise ValueError(f"There are {batches} batches of {batch} images; expected 1 or more of each.")

    def make(rng):
        zeta = rng.uniform(*zetas, batch).astype(np.float32)
        return images(heights(zeta, length, rng), width=width), zeta

    return endless.stream(make, seed, batches)


def published(zetas, each, length, rng, shared_phases=True, real_amplitude=True, off_by_one=True):
    """Interfaces as https://github.com/danj7/Roughness_ML makes them, with its three faults as switches.

    Parameters
    ----------
    zetas : array_like of float, shape (classes,)
        Exponents, 0 to 1.2.
    each : int
        Interfaces of each exponent.
    length : int
        Points of an interface, an even number.
    rng : numpy.random.Generator
    shared_phases : bool
        All interfaces of one exponent have the phases of their modes in common. In each call, they are drawn anew.
    real_amplitude : bool
        A mode is a real Gaussian times a phase, in place of a complex Gaussian.
    off_by_one : bool
        Mode k has the amplitude that belongs to k + 1, because the first one was put into the constant.

    Returns
    -------
    heights : ndarray of float32, shape (classes · each, length)
        In pixels, of mean zero, ordered by class.
    classes : ndarray of int, shape (classes · each,)
        Which of `zetas` each has.

    Raises
    ------
    ValueError
        If an exponent or the length cannot be.

    Notes
    -----
    Heights are (1/2) Re Σ z_k exp(i q_k x), with ⟨|z_k|²⟩ = q^-(1 + 2ζ). Without its faults that is the interface of
    `heights` with the amplitude A = length / 16.
    """
    zetas, _ = _checked(np.atleast_1d(zetas), 1.0)
    q = wavenumbers(length)
    power = (q + q[0] if off_by_one else q)[None, None, :] ** (-1 - 2 * zetas[:, None, None])
    shape = (len(zetas), each, len(q))
    if real_amplitude:
        phases = rng.uniform(0, 2 * np.pi, (len(zetas), 1 if shared_phases else each, len(q)))
        noise = rng.standard_normal(shape) * np.exp(1j * phases)
    else:
        noise = modes(length, rng, shape[:2])
        if shared_phases:
            noise = np.abs(noise) * np.exp(2j * np.pi * rng.random((len(zetas), 1, len(q))))
    spectrum = np.zeros((*shape[:2], length // 2 + 1), np.complex64)
    spectrum[..., 1:-1] = noise * np.sqrt(power) * (length / 4)
    made = np.fft.irfft(spectrum, n=length, axis=-1).reshape(-1, length)
    return made, np.repeat(np.arange(len(zetas)), each)


def _checked(zeta, amplitude):
    """Exponents and amplitudes as arrays of float32, or a sentence that says which one cannot be."""
    for what, values, low, high, expected in (
        ("roughness exponent", zeta, LOWEST, HIGHEST, f"{LOWEST:g} to {HIGHEST:g}"),
        ("amplitude", amplitude, 1e-30, 1e30, "a positive number, 1e-30 to 1e30"),
    ):
        values = np.asarray(values, np.float64)
        good = (values >= low) & (values <= high + 1e-6)
        if not good.all():
            raise ValueError(f"The {what} is {values[~good].flat[0]:g}; expected {expected}.")
    return np.asarray(zeta, np.float32), np.asarray(amplitude, np.float32)
