"""Estimators of the roughness exponent from heights, and how good any estimator can be.

An estimator takes heights of shape (..., length), as `helpers.interfaces` makes them, and returns one exponent for each
interface, `float64` of shape (...). It raises ValueError for heights that are too few, odd in number, NaN, infinite, or
all equal. docs/roughness.md explains and derives all of them.
"""

import numpy as np

from helpers.interfaces import wavenumbers

#: The grid of the Bayesian posterior, steps of 0.005 for exponents between 0.05 and 1.
STEP = 0.005


def power(heights):
    """Structure factor of each interface, |u(q)|² with u(q) = Σ h(x) exp(−i q x) / √length.

    Parameters
    ----------
    heights : array_like of float, shape (..., length)

    Returns
    -------
    ndarray of float64, shape (..., length/2 − 1)
        For the wavenumbers of `interfaces.wavenumbers`, in squared pixels. Its mean over interfaces is S(q).
    """
    heights = _checked(heights)
    spectrum = np.fft.rfft(heights, axis=-1)[..., 1:-1]
    return np.abs(spectrum) ** 2 / heights.shape[-1]


def structure_factor_fit(heights):
    """ζ from the slope −(1 + 2ζ) of a straight line through the logarithm of the structure factor."""
    observed = power(heights)
    if np.any(observed <= 1e-20 * observed.mean(axis=-1, keepdims=True)):
        raise ValueError(
            "A wave is missing in an interface, and has no logarithm; expected all waves, or take maximum_likelihood."
        )
    log_q = np.log(wavenumbers(2 * (observed.shape[-1] + 1)))
    return -(slope(log_q, np.log(observed)) + 1) / 2


def width_scaling(heights):
    """ζ from the width of windows: the root mean square deviation from their mean grows as their length to the ζ."""
    heights = _checked(heights, shortest=32)
    scales = _scales(heights.shape[-1])
    widths = [np.sqrt(_windows(heights, scale).var(axis=-1).mean(axis=-1)) for scale in scales]
    return slope(np.log(scales), np.log(np.stack(widths, axis=-1)))


def height_difference(heights):
    """ζ from the height-difference correlation: the root mean square of h(x + l) − h(x) grows as l to the ζ."""
    heights = _checked(heights, shortest=32)
    lags = np.unique(np.geomspace(1, heights.shape[-1] // 8, 12).astype(int))
    differences = [np.mean((heights[..., lag:] - heights[..., :-lag]) ** 2, axis=-1) for lag in lags]
    return slope(np.log(lags), np.log(np.stack(differences, axis=-1))) / 2


def detrended_fluctuation(heights):
    """ζ from detrended fluctuation analysis: the width of windows after a straight line is taken from each.

    References
    ----------
    C.-K. Peng et al., Phys. Rev. E 49 (1994) 1685. Heights are what is called the profile there, so the exponent is ζ.
    """
    heights = _checked(heights, shortest=32)
    scales = _scales(heights.shape[-1])
    widths = []
    for scale in scales:
        windows = _windows(heights, scale)
        windows = windows - windows.mean(axis=-1, keepdims=True)
        x = np.arange(scale) - (scale - 1) / 2
        tilt = windows @ x / (x @ x)
        left = np.mean(windows**2, axis=-1) - tilt**2 * (x @ x) / scale
        widths.append(np.sqrt(left.mean(axis=-1)))
    return slope(np.log(scales), np.log(np.stack(widths, axis=-1)))


#: By the name under which the lesson shows them.
CLASSICAL = {
    "structure factor": structure_factor_fit,
    "width": width_scaling,
    "height difference": height_difference,
    "detrended fluctuation": detrended_fluctuation,
}


def slope(x, y):
    """Slope of the straight line through points by least squares.

    Parameters
    ----------
    x : array_like of float, shape (m,)
    y : ndarray of float, shape (..., m)

    Returns
    -------
    ndarray of float, shape (...)
    """
    x = x - np.mean(x)
    return y @ x / (x @ x)


def log_likelihood(observed, zetas, amplitude=None, q=None, parts=2):
    """Logarithm of the probability of structure factors, as a function of ζ.

    Parameters
    ----------
    observed : array_like of float, shape (n, modes)
        From `power`.
    zetas : array_like of float, shape (m,)
    amplitude : float, optional
        A in S(q) = A q^-(1 + 2ζ). If it is not known, its most likely value is put in at each ζ.
    q : array_like, shape (modes,), optional
        Wavenumbers; those of a periodic interface by default.
    parts : int
        2 if each mode is a complex Gaussian, 1 if it is a real one times a phase.

    Returns
    -------
    ndarray of float64, shape (n, m)
        Up to a constant. For `amplitude=None`, it is also the likelihood integrated over A with weight 1/A.

    References
    ----------
    P. Whittle, Ark. Mat. 2 (1953) 423: the likelihood by modes, which is exact for periodic interfaces.
    """
    observed = np.asarray(observed, np.float64)
    log_q = np.log(_wavenumbers_for(observed) if q is None else q)
    zetas = np.asarray(zetas, np.float64)
    # Σ |u|² / (A^-1 S), by powers of q: one product of matrices.
    weighed = observed @ np.exp(log_q[:, None] * (1 + 2 * zetas))
    known = (1 + 2 * zetas) * log_q.sum()
    if amplitude is None:
        return parts / 2 * (known - len(log_q) * np.log(weighed))
    return parts / 2 * (known - weighed / amplitude)


def maximum_likelihood(heights, amplitude=None, q=None, observed=None):
    """ζ that makes the heights most probable, not clipped to any range.

    Parameters
    ----------
    heights : array_like of float, shape (..., length), or None if `observed` is given
    amplitude : float, optional
        A in S(q) = A q^-(1 + 2ζ), if it is known.
    q : array_like, shape (modes,), optional
        Wavenumbers of `observed`; those of a periodic interface by default.
    observed : array_like, shape (..., modes), optional
        Structure factors in place of heights.

    Returns
    -------
    ndarray of float64, shape (...)
    """
    observed = power(heights) if observed is None else np.asarray(observed, np.float64)
    log_q = np.log(_wavenumbers_for(observed) if q is None else q)
    # A mode may be exactly zero, as in a line of whole pixels: that is possible, but has no logarithm.
    logs = np.log(np.maximum(observed, 1e-12 * observed.mean(axis=-1, keepdims=True)))
    zeta = np.full(logs.shape[:-1], 0.5)
    for _ in range(50):
        # The log-likelihood is concave in ζ: Newton's steps, none too long, lead to its top.
        weights = logs + (1 + 2 * zeta[..., None]) * log_q
        if amplitude is None:
            weights = np.exp(weights - weights.max(axis=-1, keepdims=True))
            weights *= len(log_q) / weights.sum(axis=-1, keepdims=True)
        else:
            weights = np.exp(np.minimum(weights - np.log(amplitude), 200))
        first = 2 * (log_q.sum() - weights @ log_q)
        second = -4 * (weights @ log_q**2)
        if amplitude is None:
            second += 4 * (weights @ log_q) ** 2 / len(log_q)
        step = np.clip(-first / second, -0.25, 0.25)
        zeta = zeta + step
        if np.abs(step).max() < 1e-9:
            break
    return zeta


def fisher_information(length, amplitude_known=False, parts=2):
    """What one interface tells about ζ.

    Parameters
    ----------
    length : int
        Points of the interface, an even number.
    amplitude_known : bool
    parts : int
        2 if each mode is a complex Gaussian, 1 if it is a real one times a phase.

    Returns
    -------
    float
        Σ (∂ ln S / ∂ζ)² times parts / 2, with ∂ ln S / ∂ζ = −2 ln q; if A is not known either, of their deviations from
        the mean.
    """
    log_q = np.log(wavenumbers(length))
    if not amplitude_known:
        log_q = log_q - log_q.mean()
    return float(parts / 2 * 4 * np.sum(log_q**2))


def cramer_rao(length, amplitude_known=False):
    """The smallest standard deviation of any unbiased estimate of ζ from one interface: the Cramér–Rao bound.

    Parameters
    ----------
    length : int
        Points of the interface, an even number.
    amplitude_known : bool

    Returns
    -------
    float

    References
    ----------
    C. R. Rao, Bull. Calcutta Math. Soc. 37 (1945) 81; H. Cramér, Mathematical Methods of Statistics, Princeton (1946).
    """
    return fisher_information(length, amplitude_known) ** -0.5


def posterior_mean(heights, zetas=(0.05, 1.0), amplitude=None, noise=0.0):
    """The estimate with the smallest mean square error, if ζ is uniform between two values: the mean of the posterior.

    Parameters
    ----------
    heights : array_like of float, shape (n, length)
    zetas : tuple of two floats
    amplitude : float, optional
        If it is not known, ln A is taken for uniform.
    noise : float
        Variance of an error that each height has, independent of the others, in squared pixels: 1/12 if heights are
        rounded to pixels. Its structure factor is the same at all wavenumbers.

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    grid = np.arange(zetas[0] + STEP / 2, zetas[1], STEP)
    if len(grid) == 0 or noise < 0:
        raise ValueError(
            f"Got zetas={zetas} and noise={noise:g}; expected the smaller exponent first, and noise of 0 or more."
        )
    if noise:
        logs = _log_likelihood_with_noise(power(heights), grid, amplitude, noise)
    else:
        logs = log_likelihood(power(heights), grid, amplitude)
    weights = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return weights @ grid / weights.sum(axis=-1)


def _log_likelihood_with_noise(observed, zetas, amplitude, noise):
    """As `log_likelihood`, for S(q) = A q^-(1 + 2ζ) + noise; an unknown ln A is integrated over its range."""
    q = _wavenumbers_for(observed)
    logs = np.empty((len(observed), len(zetas)))
    for column, zeta in zip(logs.T, zetas, strict=True):
        shape = q ** (-1 - 2 * zeta)
        if amplitude is None:
            # From far below to far above what the strengths of all these interfaces ask for.
            asked = np.log(observed.mean(axis=-1) / shape.mean())
            amplitudes = np.exp(np.arange(asked.min() - 8, asked.max() + 8, 0.125))
        else:
            amplitudes = np.array([amplitude])
        s = amplitudes[:, None] * shape + noise
        each = -np.log(s).sum(axis=-1) - observed @ (1 / s).T
        largest = each.max(axis=-1)
        column[:] = largest + np.log(np.exp(each - largest[:, None]).sum(axis=-1))
    return logs


def most_probable(heights, zetas, amplitude=None, q=None, parts=2):
    """The most probable of some exponents, all equally frequent: no classifier is right more often.

    Parameters
    ----------
    heights : array_like of float, shape (n, length)
    zetas : array_like of float, shape (classes,)
    amplitude, q, parts
        As in `log_likelihood`.

    Returns
    -------
    ndarray of int, shape (n,)
        Which of `zetas`.
    """
    return log_likelihood(power(heights), zetas, amplitude, q, parts).argmax(axis=-1)


def _checked(heights, shortest=8):
    heights = np.asarray(heights, np.float64)
    if heights.ndim == 0:
        raise ValueError("Expected the heights of an interface, got one number.")
    wavenumbers(heights.shape[-1])  # says what is wrong with the length
    if heights.shape[-1] < shortest:
        raise ValueError(f"There are {heights.shape[-1]} heights; expected {shortest} or more for this estimator.")
    if not np.isfinite(heights).all():
        raise ValueError("There are heights that are NaN or infinite; expected numbers.")
    if np.any(np.ptp(heights, axis=-1) == 0):
        raise ValueError("An interface is flat: all its heights are equal, and it has no exponent.")
    return heights


def _wavenumbers_for(observed):
    return wavenumbers(2 * (observed.shape[-1] + 1))


def _scales(length):
    return np.unique(np.geomspace(4, length // 4, 10).astype(int))


def _windows(heights, scale):
    count = heights.shape[-1] // scale
    return heights[..., : count * scale].reshape(*heights.shape[:-1], count, scale)
