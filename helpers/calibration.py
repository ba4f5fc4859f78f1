"""The roughness exponent of a photographed interface, with an error bar, by an estimator calibrated on simulations.

An interface in a photograph is a section of a longer one, seen through pixels and blur. It is not periodic, and what is
exact for a periodic one is biased on it. So an estimate is made that need not be exact, and simulated sections of known
exponents, seen through the same pixels and blur, say what it means.
"""

from dataclasses import dataclass

import numpy as np

from helpers import interfaces, photographs, roughness

#: The exponents that are simulated.
GRID = np.arange(0.0, 1.2001, 0.1)


def raw(heights, shortest=8):
    """An exponent by maximum likelihood from the steps between neighbouring heights; a tilt does not change it.

    Parameters
    ----------
    heights : array_like of float, shape (..., length)
        At least 32 of them, and eight times `shortest`.
    shortest : float
        The shortest wavelength that is used, in pixels: what is shorter belongs to pixels, noise and blur.

    Returns
    -------
    ndarray of float, shape (...)
        Biased; `calibrate` says how much.

    Raises
    ------
    ValueError
        If there are too few heights, some are NaN, all lie on one straight line, or `shortest` is below 2.
    """
    if not shortest >= 2:
        raise ValueError(f"The shortest wavelength is {shortest:g} pixels; expected 2 or more.")
    steps = np.diff(np.asarray(heights, np.float64), axis=-1)
    length = steps.shape[-1]
    if length < max(31, 8 * shortest - 1):
        raise ValueError(f"There are {length + 1} heights; expected {max(32, int(8 * shortest))} or more.")
    if not np.isfinite(steps).all():
        raise ValueError("There are heights that are NaN or infinite; expected numbers.")
    largest = np.abs(steps).max()
    steps = steps - steps.mean(axis=-1, keepdims=True)
    if np.any(np.ptp(steps, axis=-1) <= 1e-9 * largest):
        raise ValueError("The interface is a straight line, which has no exponent; expected heights that vary.")
    q = 2 * np.pi * np.arange(1, length // 2) / length
    q = q[q <= 2 * np.pi / shortest]
    # The structure factor of the steps is that of the heights times |exp(iq) − 1|².
    observed = np.abs(np.fft.rfft(steps, axis=-1)[..., 1 : len(q) + 1]) ** 2 / (2 * np.sin(q / 2)) ** 2
    return roughness.maximum_likelihood(None, q=q, observed=observed)


@dataclass
class Calibration:
    """What `raw` makes of sections: its mean and its standard deviation, as functions of the true ζ.

    Attributes
    ----------
    length : int
        Columns of the photograph.
    shortest : float
        See `raw`.
    mean, deviation : ndarray of float, shapes (5,) and (3,)
        Coefficients of polynomials of ζ, the highest power first, as `numpy.polyval` takes them.
    """

    length: int
    shortest: float
    mean: np.ndarray
    deviation: np.ndarray

    def estimate(self, heights, level=0.9):
        """ζ with its error bar, if all exponents from 0 to 1.2 are equally probable beforehand.

        Parameters
        ----------
        heights : array_like of float, shape (length,)
            From `photographs.profile`, as many as in the calibration.
        level : float
            Probability of the interval.

        Returns
        -------
        zeta, low, high : float
            The mean of the posterior, and the interval that holds ζ with this probability; what is left is as much
            below it as above.

        Raises
        ------
        ValueError
            If there is another number of heights than in the calibration, they cannot be, see `raw`, or the level is
            not between 0 and 1.
        """
        if np.shape(heights) != (self.length,):
            raise ValueError(
                f"The heights have the shape {np.shape(heights)}; expected {(self.length,)}, as calibrated."
            )
        if not 0 < level < 1:
            raise ValueError(f"The level is {level:g}; expected a probability between 0 and 1.")
        got = float(raw(heights, self.shortest))
        zeta = np.linspace(GRID[0], GRID[-1], 601)
        deviation = np.polyval(self.deviation, zeta)
        logs = -0.5 * ((got - np.polyval(self.mean, zeta)) / deviation) ** 2 - np.log(deviation)
        weights = np.exp(logs - logs.max())
        weights /= weights.sum()
        low, high = np.interp([(1 - level) / 2, (1 + level) / 2], np.cumsum(weights), zeta)
        return float(weights @ zeta), float(low), float(high)


def calibrate(length, width, blur, rng, shortest=8, each=60):
    """Simulate sections with exponents from 0 to 1.2 through this camera, and see what `raw` makes of them.

    Parameters
    ----------
    length : int
        Columns of the photograph.
    width : float
        Root mean square of the photographed heights, in pixels, without their tilt.
    blur : float
        Standard deviation of the point spread function, in pixels.
    rng : numpy.random.Generator
    shortest : float
        See `raw`.
    each : int
        How many sections of each of 13 exponents.

    Returns
    -------
    Calibration

    Raises
    ------
    ValueError
        If the width is not positive, the blur is negative, or there are too few columns, see `raw`.
    """
    if not (0 < width < np.inf and 0 <= blur < np.inf):
        raise ValueError(f"Got width={width:g} and blur={blur:g}; expected a positive width, and a blur of 0 or more.")
    estimates = np.empty((len(GRID), each))
    for row, zeta in zip(estimates, GRID, strict=True):
        sections = interfaces.sections(np.full(each, zeta), length + length % 2, rng)[:, :length].astype(float)
        row[:] = [raw(photographs.seen(heights, width, blur), shortest) for heights in sections]
    return Calibration(
        length, shortest, np.polyfit(GRID, estimates.mean(axis=1), 4), np.polyfit(GRID, estimates.std(axis=1), 2)
    )
