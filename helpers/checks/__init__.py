"""Checks of the exercises: `check("1.3", x_train)`.

Each exercise has one plain function, `check_1_3` in `lesson01.py`. It returns one line that says
what was achieved, or raises `NotYet` with a hint. What they share is here.
"""

import importlib
import inspect
import linecache
import re
import sys
import sysconfig
import traceback
from pathlib import Path

import numpy as np

from helpers import notebook, progress

#: Where code lies that a student did not write: this package, Python itself, and what is installed.
NOT_THE_STUDENTS = (
    str(Path(__file__).resolve().parent.parent),
    *(sysconfig.get_path(kind) for kind in ("stdlib", "platstdlib", "purelib", "platlib")),
)
BLANK = "There is still a blank (...) here. Fill it in, run its cell, then run this one again."
NOTHING = "The answer is None. Did the cell with your answer run, and does a function of yours end in `return`?"


class NotYet(AssertionError):
    """An answer that is not right yet; the message says what was seen and what to try."""

    number = None

    def __str__(self):
        where = f"{self.number} · " if self.number else ""
        return f"{where}Not yet. {super().__str__()}"

    def _render_traceback_(self):
        """What a notebook shows in place of a stack trace."""
        return [f"\033[1;35m{self}\033[0m"]


def check(number, *answers):
    """Check the answers to an exercise, and remember whether it was solved.

    Parameters
    ----------
    number : str
        The exercise, for example ``"1.3"``.
    *answers
        What the exercise asks for: a value, an array, a function of yours, a model.

    Raises
    ------
    NotYet
        If the answer is not right yet. It is an `AssertionError`.
    """
    try:
        message = _judge(number, answers)
    except NotYet as problem:
        problem.number = number
        progress.record_refusal(number, problem.args[0], blank=problem.args[0].startswith(BLANK))
        raise problem from None
    progress.record(number, "passed")
    mark = "✓" if notebook.can_print("✓") else "OK"
    notebook.say(notebook.green(f"{mark} {number} · {message}"))


def _judge(number, answers):
    function = find(number)
    wanted = inspect.signature(function)
    try:
        wanted.bind(*answers)
    except TypeError:
        call_as = ", ".join([f'"{number}"', *wanted.parameters])
        raise NotYet(f"This exercise is checked with check({call_as}).") from None
    for answer in answers:
        refuse_blank(answer)
    try:
        return function(*answers)
    except NotYet:
        raise
    except Exception as error:  # whatever an answer is, a student gets a sentence and no trace of the check's own code
        kinds = ", ".join(type(answer).__name__ for answer in answers)
        raise NotYet(
            f"The check could not work with your answer ({kinds}): {one_line(error)}. "
            "Compare its type and shape with what the exercise asks for."
        ) from error


def find(number):
    """The check function of an exercise, for example of ``"1.3"``."""
    if not isinstance(number, str) or not re.fullmatch(r"\d+\.\d+", number):
        raise NotYet(f'The number of an exercise is written in quotes, like check("1.3", ...), not {number!r}.')
    lesson, exercise = number.split(".")
    try:
        module = importlib.import_module(f"helpers.checks.lesson{int(lesson):02d}")
        return getattr(module, f"check_{lesson}_{exercise}")
    except (ModuleNotFoundError, AttributeError):
        raise NotYet(f"There is no exercise {number}. Its number is in its heading.") from None


# --- what the check functions are made of ---------------------------------------------------------


def refuse_blank(answer):
    """Raise `NotYet` for an answer that has not been filled in."""
    if answer is ...:
        raise NotYet(BLANK)
    if answer is None:
        raise NotYet(NOTHING)


def array(value, name, shape=None, dtype=None):
    """The answer as a NumPy array of numbers, or a hint that says what is odd about it.

    Parameters
    ----------
    value : array_like
        A NumPy array, a list, or a tensor of any backend.
    name : str
        What the exercise calls it.
    shape : tuple of int or None, optional
        The shape it must have; None stands for any length.
    dtype : str, optional
        The type it must have, for example ``"float32"``.
    """
    refuse_blank(value)
    if hasattr(value, "detach"):  # a tensor of torch, which may lie on a GPU
        value = value.detach().cpu()
    try:
        result = np.asarray(value)
    except Exception:  # what NumPy cannot read it refuses in many ways, and tensors in their own
        raise NotYet(f"`{name}` is a {type(value).__name__}; expected an array of numbers.") from None
    if result.dtype.kind == "c":
        raise NotYet(
            f"`{name}` is complex; expected real numbers. `np.abs(...)` is the absolute value, `.real` leaves the "
            "imaginary part away."
        )
    if result.dtype.kind not in "biuf":
        raise NotYet(f"`{name}` is {describe(value)}; expected an array of numbers.")
    if shape is not None and not fits(result.shape, shape):
        raise NotYet(f"`{name}` has shape {result.shape}; expected {written(shape)}.")
    if dtype is not None and result.dtype != np.dtype(dtype):
        raise NotYet(
            f"`{name}` has the type {result.dtype}; expected {dtype}. `.astype(...)` makes one from the other."
        )
    if result.dtype.kind == "f" and not np.isfinite(result).all():
        raise NotYet(f"`{name}` contains NaN or infinity. Where does it divide by zero, or take the logarithm of it?")
    return result


def number(value, name):
    """The answer as one Python number; arrays and tensors that hold one number are accepted."""
    if isinstance(value, str):
        raise NotYet(f"`{name}` is {describe(value)}; expected one number, without quotes.")
    result = array(value, name)
    if result.size != 1:
        raise NotYet(f"`{name}` is an array of shape {result.shape}; expected one number.")
    return result.reshape(()).item()


def call(function, *arguments, name="your function", copy=True, may_return_none=False):
    """Call the student's function; any error in it becomes a hint, and so does an array that it changes.

    Arrays are copied first, unless `copy` is False: then the function may change them.
    """
    refuse_blank(function)
    if not callable(function):
        raise NotYet(
            f"Expected the function itself, got {describe(function)}. Give its name, without parentheses behind it."
        )
    given = arguments
    if copy:
        given = [argument.copy() if isinstance(argument, np.ndarray) else argument for argument in arguments]
    try:
        result = function(*given)
    except Exception as error:  # the function is the student's own: anything can go wrong in it
        raise NotYet(f"{name} stops with {one_line(error)}{_where(error)}.") from None
    if result is not None or not may_return_none:
        refuse_blank(result)
    for mine, original in zip(given, arguments, strict=True):
        if mine is not original and mine.tobytes() != original.tobytes():
            raise NotYet(
                f"{name} changes the array that it is given, which the notebook still needs. -=, assignments to elements, "
                ".sort() and rng.shuffle work in place: make a new array, as in x = x - mean, or begin with x = x.copy()."
            )
    return result


def close(got, wanted, tolerance=1e-4):
    """Whether two arrays agree in shape and, within a relative tolerance, in value."""
    got, wanted = np.asarray(got), np.asarray(wanted)
    if got.shape != wanted.shape or got.dtype == object:
        return False
    return bool(np.allclose(got, wanted, rtol=tolerance, atol=tolerance * 1e-2))


def describe(value):
    """A few words that say what a value is."""
    if isinstance(value, str):
        return f"the text {value[:30]!r}"
    if isinstance(value, (bool, int, float)):
        return repr(value)
    if hasattr(value, "shape"):
        return f"a {type(value).__name__} of shape {tuple(value.shape)}"
    if inspect.isroutine(value):
        return "a function"
    return f"a {type(value).__name__}"


def fits(shape, wanted):
    """Whether `shape` is as wanted, where None stands for any length."""
    return len(shape) == len(wanted) and all(w in (None, s) for s, w in zip(shape, wanted, strict=True))


def written(shape):
    """A shape as text, with `n` for any length."""
    inside = ", ".join("n" if length is None else str(length) for length in shape)
    return f"({inside},)" if len(shape) == 1 else f"({inside})"


def one_line(error):
    """The kind and the first line of an error's message that says something; of Keras's errors, that is the second."""
    lines = [re.sub(r"\x1b\[[\d;]*m", "", line).strip() for line in str(error).splitlines()]
    lines = [line for line in lines if line and not line.startswith("Exception encountered when calling")]
    return f"{type(error).__name__}: {lines[0][:160]}" if lines else type(error).__name__


def _where(error):
    """The line of the student's own code in which an error was raised."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if not frame.filename.startswith(NOT_THE_STUDENTS):
            line = frame.line or linecache.getline(frame.filename, frame.lineno).strip()
            return f", in the line `{line}`" if line else ""
    return ""


def _show_failed_check(kind, error, trace):
    """In a script (`python mnist.py`), a failed check ends it with one line and no stack trace."""
    if isinstance(error, NotYet):
        print(error, file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, trace)


if sys.excepthook is sys.__excepthook__:
    sys.excepthook = _show_failed_check
notebook.explain_blanks_and_missing_names()
