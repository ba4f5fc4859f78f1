"""Progress, hints and solutions."""

import pytest

from helpers import checks, notebook, progress


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    path = tmp_path / "progress.jsonl"
    monkeypatch.setenv("WORKSHOP_PROGRESS", str(path))
    return path


def printed(capsys, function, *arguments):
    function(*arguments)
    return capsys.readouterr().out


def test_what_is_solved_is_shown(capsys):
    assert "Lesson 00: 0 of 2 core exercises" in printed(capsys, progress.progress)
    checks.check("0.1", 454 / 3)
    shown = printed(capsys, progress.progress)
    assert "Lesson 00: 1 of 2 core exercises" in shown
    assert "✓ 0.1" in shown
    assert "○ 0.3 (extra)" in shown


def test_solved_after_the_solution_is_told_apart(capsys):
    progress.record("0.1", "solution")
    progress.record("0.1", "passed")
    progress.record("0.2", "passed")
    progress.record("0.2", "solution")
    shown = printed(capsys, progress.progress)
    assert "↷ 0.1" in shown
    assert "✓ 0.2" in shown


def test_damaged_lines_are_left_out(file, capsys):
    progress.record("0.1", "passed")
    with file.open("ab") as stream:
        stream.write(b'{"exercise": "0.2", "eve\n\xff\xfe\n[1]\n3\n')
    progress.record("0.2", "passed")
    assert [event["exercise"] for event in progress.events()] == ["0.1", "0.2"]


def test_a_place_that_cannot_be_written_to(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("WORKSHOP_PROGRESS", str(tmp_path / "file" / "progress.jsonl"))
    shown = printed(capsys, checks.check, "0.1", 454 / 3)
    assert "cannot be saved" in shown
    assert "✓ 0.1" in shown


def test_hints_grow_stronger(capsys):
    assert "Hint 1 of 2 for 0.1" in printed(capsys, progress.hint, "0.1")
    second = printed(capsys, progress.hint, "0.1")
    assert "Hint 2 of 2 for 0.1" in second
    assert "catch_up" in second
    assert printed(capsys, progress.hint, "0.1") == second


@pytest.mark.parametrize("number", ["7.77", "99.1", "nonsense", 1.3, None])
def test_unknown_exercises_are_told(number, capsys):
    assert "no hints for exercise" in printed(capsys, progress.hint, number)
    assert "no solution for exercise" in printed(capsys, progress.catch_up, number)


def test_catching_up_gives_code_that_passes(capsys):
    code = printed(capsys, progress.catch_up, "0.2")
    assert "###" not in code
    names = {}
    exec(code, names)
    checks.check("0.2", names["gflops"])
    assert "↷ 0.2" in printed(capsys, progress.progress)


def test_catching_up_in_a_notebook_makes_a_cell(monkeypatch, capsys):
    cells = []

    class Shell:
        kernel = object()

        def set_next_input(self, code, replace):
            cells.append((code, replace))

    monkeypatch.setattr(notebook, "_kernel", Shell)
    assert printed(capsys, progress.catch_up, "0.1") == ""
    [(code, replace)] = cells
    assert "mean_length = sum(lengths)" in code
    assert replace is False
