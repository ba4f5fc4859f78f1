import numpy as np

from tests.wrong_answers import Bank

EXERCISE_0_1 = Bank(
    wrong={
        "untouched": (..., "blank"),
        "sum": (454.0, "sum of the three"),
        "median": (151.0, "median"),
        "metres": (151.3333e-6, "unit"),
        "one of them": (153.5, "between"),
        "the list": ([151.0, 149.5, 153.5], "expected one number"),
        "text": ("151.33", "expected one number"),
    },
    right={
        "NumPy scalar": np.float32(454 / 3),
        "array of one": np.array([454 / 3]),
        "rounded to two places": 151.33,
    },
)

EXERCISE_0_2 = Bank(
    wrong={
        "untouched": (lambda n, seconds: ..., "blank"),
        "no return": (lambda n, seconds: None, "None"),
        "multiplications only": (lambda n, seconds: n**3 / seconds / 1e9, "multiplications only"),
        "no giga": (lambda n, seconds: 2 * n**3 / seconds, "divide once more"),
        "times the time": (lambda n, seconds: 2 * n**3 * seconds / 1e9, "multiplied by the time"),
        "forgets the time": (lambda n, seconds: 2 * n**3 / 1e9, "divided by the seconds"),
        "square": (lambda n, seconds: 2 * n**2 / seconds / 1e9, "2n of them"),
        "called": (1.0, "the function itself"),
        "name error": (lambda n, seconds: 2 * m**3, "NameError"),  # noqa: F821
        "whole numbers": (lambda n, seconds: 2 * n**3 // seconds / 1e9 // 1, "rounding"),
    },
    right={
        "array of one": lambda n, seconds: np.array([2 * n**3 / seconds * 1e-9]),
        "additions and multiplications apart": lambda n, seconds: (n * n * n + n * n * n) / (seconds * 10**9),
        "exact count, n - 1 additions": lambda n, seconds: n**2 * (2 * n - 1) / seconds / 1e9,
    },
)


def _slope_first(parameters, seconds):
    return tuple(np.polyfit(parameters, seconds, 1, w=1 / seconds))


def _least_squares(parameters, seconds):
    matrix = np.stack([1 / seconds, parameters / seconds], axis=1)
    return np.linalg.lstsq(matrix, np.ones(len(seconds)), rcond=None)[0]


def _covariance(parameters, seconds):
    weights = 1 / seconds**2
    x, y = np.average(parameters, weights=weights), np.average(seconds, weights=weights)
    slope = np.sum(weights * (parameters - x) * (seconds - y)) / np.sum(weights * (parameters - x) ** 2)
    return [y - slope * x, slope]


def _from_first_to_last(parameters, seconds):
    slope = (seconds[-1] - seconds[0]) / (parameters[-1] - parameters[0])
    return seconds[0] - slope * parameters[0], slope


def _first_point_as_fixed(parameters, seconds):
    return seconds[0], _from_first_to_last(parameters, seconds)[1]


def _parameters_in_place(parameters, seconds):
    parameters /= 1e6
    slope, fixed = np.polyfit(parameters, seconds, 1, w=1 / seconds)
    return fixed, slope / 1e6


def _seconds_in_place(parameters, seconds):
    seconds *= 1e3
    slope, fixed = np.polyfit(parameters, seconds, 1, w=1 / seconds)
    return fixed / 1e3, slope / 1e3


EXERCISE_0_3 = Bank(
    wrong={
        "untouched": (lambda parameters, seconds: ..., "blank"),
        "other order": (_slope_first, "other order"),
        "no weights": (lambda parameters, seconds: np.polyfit(parameters, seconds, 1)[::-1], "w=1/time"),
        "weights squared": (
            lambda parameters, seconds: np.polyfit(parameters, seconds, 1, w=1 / seconds**2)[::-1],
            "divided once",
        ),
        "slope only": (lambda parameters, seconds: np.polyfit(parameters, seconds, 1)[0], "expected two numbers"),
        "logarithms": (
            lambda parameters, seconds: tuple(np.polyfit(np.log(parameters), np.log(seconds), 1)),
            "without a logarithm",
        ),
        "logarithm of the parameters": (
            lambda parameters, seconds: np.polyfit(np.log(parameters), seconds, 1, w=1 / seconds)[::-1],
            "without a logarithm",
        ),
        "through the origin": (lambda parameters, seconds: (0.0, np.mean(seconds / parameters)), "at zero parameters"),
        "first point as the fixed cost": (_first_point_as_fixed, "Fit all points"),
        "through the first and the last point": (_from_first_to_last, "Does every point count"),
        "parameters in place": (_parameters_in_place, "UFuncTypeError"),
        "seconds in place": (_seconds_in_place, "changes the array"),
    },
    right={
        "least squares, as an array": _least_squares,
        "by covariance, as a list": _covariance,
        "on a copy in millions": lambda parameters, seconds: _parameters_in_place(parameters.astype(float), seconds),
    },
)
