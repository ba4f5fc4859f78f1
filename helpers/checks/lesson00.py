"""Checks of lesson 0: the tools, and the speed of the machine."""

import numpy as np

from helpers.checks import NotYet, array, call, close, number


def check_0_1(mean_length):
    """The mean of three lengths in micrometres."""
    got = number(mean_length, "mean_length")
    lengths = np.array([151.0, 149.5, 153.5])
    if close(got, lengths.sum()):
        raise NotYet("454 is the sum of the three lengths. Divide it by how many there are.")
    if close(got, np.median(lengths)):
        raise NotYet("151 is the median, the one in the middle. The mean is the sum divided by how many there are.")
    if close(got, lengths.mean() * 1e-6) or close(got, lengths.mean() * 1e-3):
        raise NotYet("The figures are right, but the unit is not: the exercise asks for micrometres, as in the list.")
    if not close(got, lengths.mean(), 1e-3):
        raise NotYet(f"Got {got:g}; the mean must lie between 149.5 and 153.5. Add the three and divide by three.")
    return f"the mean length is {lengths.mean():.2f} µm"


def check_0_2(gflops):
    """Operations of a matrix product a second, in units of 10^9."""
    got = number(call(gflops, 1000, 2.0), "gflops(1000, 2.0)")
    if close(got, 0.5):
        raise NotYet("You counted the multiplications only. Each entry also takes n additions.")
    if close(got, 1e9):
        raise NotYet("Those are operations a second. G means 10⁹ of them: divide once more.")
    if close(got, 4.0):
        raise NotYet("You multiplied by the time. Speed is operations divided by seconds.")
    if close(got, 2.0):
        raise NotYet("That is the number of operations, in 10⁹. Speed is that number divided by the seconds.")
    if close(got, 1e-3):
        raise NotYet("That is n² entries with 2 operations each. Each entry takes 2n of them.")
    if not close(got, 1.0, 2e-3):  # n - 1 additions, the exact count, is right too
        raise NotYet(
            f"For n = 1000 and 2 seconds your function gives {got:g}; expected 1. Count: n² entries, 2n operations each."
        )
    got = number(call(gflops, 100, 1.0), "gflops(100, 1.0)")
    if not np.isclose(got, 2e-3, rtol=1e-2, atol=0):
        raise NotYet(
            f"Right for n = 1000, but for n = 100 and 1 second it gives {got:g} in place of 0.002. Is there a rounding?"
        )
    return "a product of size 1000 in 2 s is 1 GFLOP/s"


def check_0_3(cost):
    """Fixed part and slope of a straight line."""
    parameters = np.array([10_000, 100_000, 1_000_000, 5_000_000])  # whole numbers, as in the notebook
    times = 2e-3 + 5e-9 * parameters
    result = call(cost, parameters, times)
    got = array(result, "the result of cost")
    if got.shape != (2,):
        raise NotYet(f"`cost` returns an array of shape {got.shape}; expected two numbers, (fixed, slope).")
    wanted = np.array([2e-3, 5e-9])
    if np.allclose(got[::-1], wanted, rtol=1e-3, atol=0):
        raise NotYet("Those are the two numbers in the other order. Return the fixed cost first, then the slope.")
    if not np.allclose(got, wanted, rtol=1e-3, atol=0):
        advice = "Fit all points; the fixed cost is the line's value at zero parameters."
        if any(np.allclose(np.sort(got), np.sort(fit), rtol=1e-3, atol=0) for fit in _of_logarithms(parameters, times)):
            advice = "Fit the times against the parameters, without a logarithm."
        raise NotYet(
            f"For times that follow 0.002 + 5e-9 * parameters you return ({got[0]:.3g}, {got[1]:.3g}). {advice}"
        )
    bent = times.copy()
    bent[-1] *= 1.3
    got = array(call(cost, parameters, bent), "the result of cost")
    if np.allclose(got, np.polyfit(parameters, bent, 1)[::-1], rtol=1e-3, atol=0):
        raise NotYet(
            "The line is right, but the largest time decides alone. Divide each deviation by its time: `np.polyfit` takes w=1/time."
        )
    if not np.allclose(got, np.polyfit(parameters, bent, 1, w=1 / bent)[::-1], rtol=1e-3, atol=0):
        raise NotYet(
            "On points that lie on a line it is right, but not on others. Does every point count, "
            "and is each deviation divided once by its time, before it is squared?"
        )
    return "the line through the check's own points is found: 2 ms, and 5 ns for each parameter"


def _of_logarithms(parameters, times):
    """The straight lines through the logarithms of one or both, with and without the weights."""
    x, y = np.log(parameters), np.log(times)
    return [np.polyfit(*axes, 1, w=w) for axes in ((x, y), (x, times), (parameters, y)) for w in (None, 1 / times)]
