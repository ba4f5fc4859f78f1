"""Every check refuses typical wrong answers with the right hint, and passes unusual right ones."""

import importlib
import inspect
import os
import re
import subprocess
import sys

import numpy as np
import pytest

from helpers import checks, progress
from helpers.checks import NotYet, check
from tools import notebooks

LESSONS = [name[:2] for name in notebooks.names()]


def exercises():
    """The numbers of all exercises that have a check."""
    for lesson in LESSONS:
        module = importlib.import_module(f"helpers.checks.lesson{lesson}")
        for name in vars(module):
            if found := re.fullmatch(r"check_(\d+_\d+)", name):
                yield found[1].replace("_", ".")


EXERCISES = list(exercises())


def bank(number):
    lesson, exercise = number.split(".")
    module = importlib.import_module(f"tests.wrong_answers.lesson{int(lesson):02d}")
    return getattr(module, f"EXERCISE_{lesson}_{exercise}")


WRONG = [(number, name) for number in EXERCISES for name in bank(number).wrong]
RIGHT = [(number, name) for number in EXERCISES for name in bank(number).right]


@pytest.mark.parametrize("number", EXERCISES)
def test_banks_are_large_enough(number):
    assert len(bank(number).wrong) >= 4
    assert len(bank(number).right) >= 2


@pytest.mark.parametrize(("number", "name"), WRONG)
def test_wrong_answer_gets_its_hint(number, name):
    answer, words = bank(number).wrong[name]
    arguments = bank(number).arguments(answer)
    with pytest.raises(NotYet) as caught:
        check(number, *arguments)
    assert words in str(caught.value)
    assert number not in solved()


@pytest.mark.parametrize(("number", "name"), RIGHT)
def test_unusual_right_answer_passes(number, name, capsys):
    arguments = bank(number).arguments(bank(number).right[name])
    capsys.readouterr()  # a network may say how its training went
    check(number, *arguments)
    printed = capsys.readouterr().out
    assert f"✓ {number} · " in printed
    assert len(printed.splitlines()) == 1
    assert number in solved()


def _fails(*arguments):
    raise RuntimeError("something of my own")


ODD = {
    "None": None,
    "Ellipsis": ...,
    "text": "12",
    "empty list": [],
    "list": [1, "two", None],
    "ragged list": [[1, 2], [3]],
    "dictionary": {"a": 1},
    "NaN": float("nan"),
    "array of NaN": np.full((3, 4), np.nan),
    "array of objects": np.array([None, {}], dtype=object),
    "complex": 1 + 2j,
    "number": -3,
    "huge": 10**400,
    "class": int,
    "object": object(),
    "set": {1, 2},
    "generator": (n for n in range(3)),
    "function that fails": _fails,
    "function that returns nothing": lambda *arguments: None,
    "function that returns text": lambda *arguments: "text",
    "function that returns NaN": lambda *arguments: float("nan"),
    "function of nothing": lambda: 1,
    "empty array": np.zeros((0, 784)),
}


@pytest.mark.parametrize("number", EXERCISES)
@pytest.mark.parametrize("odd", ODD)
def test_odd_input_becomes_a_hint(number, odd):
    usual = bank(number).arguments(next(iter(bank(number).right.values())))
    answers = len(usual) - len(bank(number).given)
    for place in range(len(usual)):
        arguments = [*usual[:place], ODD[odd], *usual[place + 1 :]]
        with pytest.raises(NotYet) as caught:
            check(number, *arguments)
        text = str(caught.value)
        assert "Traceback" not in text
        assert "\n" not in text
        if place < answers:  # the check foresaw it, rather than stumbling over it
            assert "could not work with" not in text, text


def test_tensors_are_taken(capsys):
    import keras

    check("0.1", keras.ops.array([454 / 3]))
    data = bank("1.2").given[0]
    check("1.2", keras.ops.reshape(data.x_train, (-1, 784)), data)


@pytest.mark.parametrize(
    ("number", "words"),
    [("1.99", "no exercise 1.99"), ("99.1", "no exercise"), (1.3, "in quotes"), ("one", "in quotes")],
)
def test_unknown_number(number, words):
    with pytest.raises(NotYet, match=words):
        check(number, 1)


def test_wrong_number_of_answers():
    with pytest.raises(NotYet, match=r'check\("1.1", picture, label, data\)'):
        check("1.1", 3)


def test_a_failed_check_is_an_assertion_error_and_shows_no_stack():
    with pytest.raises(AssertionError) as caught:
        check("0.1", 1.0)
    shown = caught.value._render_traceback_()
    assert len(shown) == 1
    assert "0.1 · Not yet" in shown[0]


def test_an_error_in_the_students_code_names_its_line():
    def gflops(n, seconds):
        return n / (seconds - seconds)

    with pytest.raises(NotYet, match=r"ZeroDivisionError.*return n / "):
        check("0.2", gflops)


def test_a_check_does_not_touch_the_students_arrays():
    given = np.ones(3)

    def spoil(values):
        values[:] = 0
        return values.sum()

    with pytest.raises(NotYet, match="changes the array"):
        checks.call(spoil, given)
    assert given.sum() == 3


def test_a_script_ends_with_one_line():
    code = 'from helpers.checks import check\ncheck("0.1", ...)'
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("0.1 · Not yet.")
    assert "Traceback" not in done.stderr


def test_a_console_without_the_tick():
    code = 'from helpers.checks import check\ncheck("0.1", 454 / 3)'
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.startswith("OK 0.1")


def test_every_check_has_one_sentence_of_documentation():
    for number in EXERCISES:
        assert inspect.getdoc(checks.find(number))


def solved():
    return {event["exercise"] for event in progress.events() if event["event"] == "passed"}


@pytest.fixture(autouse=True)
def _own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKSHOP_PROGRESS", str(tmp_path / "progress.jsonl"))
