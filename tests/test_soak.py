"""The tools that run unattended: what they keep, where they go on, and what they say broke."""

import sys

import pytest

from tools import latest, measure, soak

LESSON = "00_setup"


@pytest.fixture
def soaking(monkeypatch, tmp_path):
    """Soak one lesson without executing it: a function from options and a function of the seed to the exit status."""
    monkeypatch.setattr(soak, "LEDGER", tmp_path / "soak.json")
    monkeypatch.setattr(measure, "RESULTS", tmp_path)

    def run(options, outcome=lambda seed: {"peak_memory_mb": 900.2}):
        seeds = []

        def once(name, seed, environment):
            seeds.append(seed)
            return outcome(seed)

        monkeypatch.setattr(measure, "run", once)
        monkeypatch.setattr(sys, "argv", ["soak", LESSON, "--jobs", "1", *options])
        return soak.main(), seeds

    return run


def test_a_soak_goes_on_where_it_was(soaking):
    assert soaking(["--runs", "2"]) == (0, [101, 102])
    assert soaking(["--runs", "3"]) == (0, [103])
    assert soak.ledger()[LESSON] | {"source": ""} == {
        "source": "",
        "seed": [101, 102, 103],
        "peak_memory_mb": [900, 900, 900],
        "failed": ["", "", ""],
    }


def test_a_lesson_that_has_changed_begins_anew(soaking, monkeypatch):
    soaking(["--runs", "2"])
    monkeypatch.setattr(soak, "fingerprint", lambda name: "of another solution")
    assert soaking(["--runs", "2"]) == (0, [101, 102])
    assert soak.ledger()[LESSON]["seed"] == [101, 102]


def test_a_failure_is_kept_and_does_not_stop_the_others(soaking, capsys):
    def outcome(seed):
        if seed == 101:
            raise RuntimeError("the cell\nNotYet: the mean is not right")
        return {"peak_memory_mb": 900}

    assert soaking(["--runs", "2"], outcome) == (1, [101, 102])
    assert f"{LESSON}, seed 101: NotYet: the mean is not right" in capsys.readouterr().out
    assert soak.ledger()[LESSON]["peak_memory_mb"] == [None, 900]
    assert soaking(["--runs", "2"]) == (0, [101])  # and is tried again
    assert soak.ledger()[LESSON]["failed"] == ["", ""]


def test_texts_and_comments_play_no_part_in_the_fingerprint(monkeypatch):
    class Cell:
        cell_type = "code"

        def __init__(self, source):
            self.source = source

    def of(source):
        notebook = type("Notebook", (), {"cells": [Cell(source)]})
        monkeypatch.setattr(soak.notebooks, "solution", lambda name: notebook)
        return soak.fingerprint(LESSON)

    assert of("slope = 2  # of the line") == of("slope  =  2")
    assert of("slope = 2") != of("slope = 3")


def test_what_is_newer_is_named(monkeypatch):
    constraints = (latest.notebooks.ROOT / "constraints.txt").read_text(encoding="utf-8")
    monkeypatch.setattr(latest, "version", lambda name: "99.0")
    found = latest.newer()
    assert found["keras"][1] == "99.0" != found["keras"][0]
    assert all(f"{name}=={tested}" in constraints for name, (tested, _) in found.items())


@pytest.mark.parametrize(
    ("test", "says"),
    [("assert True", "nothing broke"), ("assert False", "1 of the tests broke"), ("(", "1 of the tests broke")],
)
def test_what_broke_is_said_last(tmp_path, monkeypatch, capfd, test, says):
    (tmp_path / "test_one.py").write_text(f"def test_one():\n    {test}\n", encoding="utf-8")
    monkeypatch.setattr(latest, "newer", dict)
    status = latest.main([str(tmp_path), "-p", "no:cacheprovider"])
    assert says in capfd.readouterr().out.splitlines()[-1]
    assert bool(status) == (says != "nothing broke")
