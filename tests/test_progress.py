"""Progress, hints and solutions, and what of it goes to the instructor's board."""

import getpass
import io
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time

import pytest

from helpers import checks, notebook, progress
from helpers.board import reading


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    path = tmp_path / "progress.jsonl"
    monkeypatch.setenv("WORKSHOP_PROGRESS", str(path))
    monkeypatch.delenv("WORKSHOP_BOARD", raising=False)
    monkeypatch.setattr(progress, "_board", progress._Board())
    return path


@pytest.fixture
def board(tmp_path, monkeypatch):
    """The folder of a board, which the instructor has set up."""
    folder = tmp_path / "board"
    folder.mkdir()
    monkeypatch.setenv("WORKSHOP_BOARD", str(folder))
    return folder


def on_the_board(board):
    [file] = board.glob("*.jsonl")
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]


def refused(*arguments):
    with pytest.raises(checks.NotYet):
        checks.check(*arguments)


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


def test_a_line_that_was_cut_off_spoils_no_other(file, capsys):
    progress.record("0.1", "passed")
    for rest in (b'{"exercise": "0.2", "eve', b"\n\n", b"{"):
        with file.open("ab") as stream:
            stream.write(rest)
        progress.record("0.3", "hint")
    assert [event["exercise"] for event in progress.events()] == ["0.1", "0.3", "0.3", "0.3"]


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
    said = printed(capsys, progress.catch_up, "0.1")
    [(code, replace)] = cells
    assert "mean_length = sum(lengths)" in code
    assert replace is False
    assert "mean_length" not in said


def test_where_no_cell_appears_the_solution_can_be_printed(monkeypatch, capsys):
    """A program that shows notebooks may ignore the kernel's wish for a cell, and the kernel cannot know."""

    class Shell:
        kernel = object()

        def set_next_input(self, code, replace):
            pass

    monkeypatch.setattr(notebook, "_kernel", Shell)
    call = re.search(r"catch_up\(.*\)", printed(capsys, progress.catch_up, "0.1"))[0]
    eval(call, {"catch_up": progress.catch_up})
    assert "mean_length = sum(lengths)" in capsys.readouterr().out


# --- what a check refuses -------------------------------------------------------------------------


def test_refusals_and_blanks_are_recorded(capsys):
    refused("0.1", 454)
    refused("0.1", ...)
    refused("0.1", None)
    checks.check("0.1", 454 / 3)
    assert [event["event"] for event in progress.events()] == ["refused", "blank", "refused", "passed"]
    assert progress.events()[0]["hint"] == "454 is the sum of the three lengths."
    assert "Lesson 00: 1 of 2 core exercises" in printed(capsys, progress.progress)


@pytest.mark.parametrize("number", ["mine", "1.99.3", 1.3, None, "1.1\n"])
def test_what_is_no_exercise_is_not_recorded(number):
    refused(number, 1)
    assert progress.events() == []


def test_progress_reads_files_from_before(file, capsys):
    file.write_text('{"exercise": "0.1", "event": "passed", "time": 1795273013}\n', encoding="utf-8")
    assert "✓ 0.1" in printed(capsys, progress.progress)


@pytest.mark.parametrize(
    ("hint", "kept"),
    [
        ("`picture` has shape (1, 28): a stack of one. Index.", "`picture` has shape (1, 28): a stack of one."),
        ("Divide by 255. Then go on.", "Divide by 255."),
        ("It gives 0.996; expected 1.0. Why?", "It gives 0.996; expected 1.0."),
        (
            "prepare stops with ValueError: bad /home/zaphod/x, in the line `return x_train / 255`.",
            "prepare stops with ValueError.",
        ),
        ("prepare stops with Zaphod: my words, in the line `x = 1`.", "prepare stops with …."),
        ("It cannot take images (FileNotFoundError: /home/zaphod).", "It cannot take images (FileNotFoundError)."),
        ("Keras knows no loss called the text 'zaphod'. Look.", "Keras knows no loss called the text '…'."),
        ("There is no class 'zaphod_beeblebrox' here", "There is no class '…' here"),
        ("", ""),
        ("x " * 500, "x " * 99 + "x…"),
    ],
)  # fmt: skip
def test_of_a_hint_the_students_words_are_not_kept(hint, kept):
    assert progress.in_general(hint) == kept


def test_nothing_of_the_student_is_recorded(file, board, tmp_path, monkeypatch):
    secret = "zaphod_beeblebrox"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("USER", secret)

    class Zaphod(Exception):
        pass

    def raises(error):
        def gflops(n, seconds):
            raise error

        return gflops

    progress.share()
    at_first = file.read_text(encoding="utf-8")
    for answer in (secret, [secret], {secret: 1}, f"/home/{secret}/thesis.py", type(secret, (), {})()):
        refused("0.1", answer)
        refused("0.2", lambda n, seconds, answer=answer: answer)
    for error in (ValueError(secret), Zaphod(f"/home/{secret}"), OSError(2, "No such file", f"/home/{secret}")):
        refused("0.2", raises(error))
    refused(secret, 1)
    refused("1.9", secret, secret)
    assert len(progress.events()) > 10
    [written] = board.glob("*.jsonl")
    for text in (
        written.read_text(encoding="utf-8") + written.name,
        file.read_text(encoding="utf-8").removeprefix(at_first),
    ):
        for word in (secret, "eeblebrox", "Zaphod", "gflops(n", "raise error", "thesis", "No such file"):
            assert word not in text, word
        for word in (str(tmp_path), tmp_path.name, socket.gethostname()):
            assert word not in text, word
        assert f'"{getpass.getuser()}"' not in text


def test_every_hint_of_a_bank_can_be_recorded():
    from tests.wrong_answers import lesson00

    for number in ("0.1", "0.2", "0.3"):
        bank = getattr(lesson00, f"EXERCISE_{number.replace('.', '_')}")
        for answer, _ in bank.wrong.values():
            refused(number, *bank.arguments(answer))
    assert all(event["event"] == "blank" or event["hint"] for event in progress.events())


# --- the board ------------------------------------------------------------------------------------


def test_nothing_leaves_before_share(board):
    checks.check("0.1", 454 / 3)
    refused("0.2", 1)
    assert list(board.iterdir()) == []


def test_share_without_a_board(file, capsys):
    assert "no board is set up" in printed(capsys, progress.share)
    assert not file.exists()


def test_shared_are_events_from_then_on_and_what_was_solved(board, capsys):
    checks.check("0.1", 454 / 3)
    checks.check("0.1", 454 / 3)
    refused("0.1", 454)
    shown = printed(capsys, progress.share)
    refused("0.2", lambda n, seconds: n**3)
    progress.hint("0.2")
    lines = on_the_board(board)
    assert [line["event"] for line in lines] == ["passed", "name", "refused", "hint"]
    [file] = board.iterdir()
    number, _, rest = file.stem.partition("-")
    assert f"You are {number} on" in shown
    assert number.isdecimal()
    assert len(rest) == 16
    assert {key for line in lines for key in line} == {"exercise", "event", "time", "name", "hint"}


def test_a_nickname_and_a_change_of_it(board, capsys):
    assert "You are Newton on" in printed(capsys, progress.share, "  Newton ")
    assert f"You are {'x' * progress.NICKNAME} on" in printed(capsys, progress.share, "x" * 100)
    assert [line.get("name") for line in on_the_board(board)] == ["Newton", "x" * progress.NICKNAME]
    assert printed(capsys, progress.progress).endswith(f"as {'x' * progress.NICKNAME}; unshare() takes it away.\n")


def test_unshare_takes_the_file_away(board, capsys):
    progress.share("Newton")
    checks.check("0.1", 454 / 3)
    assert "no longer on the board" in printed(capsys, progress.unshare)
    checks.check("0.1", 454 / 3)
    assert list(board.iterdir()) == []
    assert "Nothing of yours" in printed(capsys, progress.unshare)
    assert "board" not in printed(capsys, progress.progress)
    assert [event["exercise"] for event in progress.events()] == ["0.1", "0.1"]


def test_sharing_goes_on_after_a_restart(board):
    progress.share()
    code = 'from helpers.checks import check\ncheck("0.1", 454 / 3)'
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert [line["event"] for line in on_the_board(board)] == ["name", "passed"]


def test_another_folder_needs_another_yes(board, tmp_path, monkeypatch, capsys):
    progress.share()
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.setenv("WORKSHOP_BOARD", str(other))
    checks.check("0.1", 454 / 3)
    assert "another board" in capsys.readouterr().out
    checks.check("0.1", 454 / 3)
    assert "another board" not in capsys.readouterr().out
    assert list(other.iterdir()) == []
    assert len(on_the_board(board)) == 1
    progress.share()
    assert list(board.iterdir()) == []
    assert [line["event"] for line in on_the_board(other)] == ["passed", "name"]


def test_no_board_any_more(board, monkeypatch, capsys):
    progress.share()
    monkeypatch.delenv("WORKSHOP_BOARD")
    capsys.readouterr()
    checks.check("0.1", 454 / 3)
    assert len(on_the_board(board)) == 1
    assert "board" not in capsys.readouterr().out
    progress.unshare()
    assert list(board.iterdir()) == []


def test_a_folder_that_the_student_names(tmp_path, capsys):
    assert "You are Curie on" in printed(capsys, progress.share, "Curie", tmp_path)
    checks.check("0.1", 454 / 3)
    [file] = tmp_path.glob("????-*.jsonl")
    assert len(file.read_text(encoding="utf-8").splitlines()) == 2


def test_a_board_that_is_not_there(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("WORKSHOP_BOARD", str(tmp_path / "nowhere"))
    shown = printed(capsys, progress.share)
    assert "Nothing is shared" in shown
    assert len(shown.splitlines()) == 1
    assert not (tmp_path / "nowhere").exists()
    assert "✓ 0.1" in printed(capsys, checks.check, "0.1", 454 / 3)


def test_a_board_that_goes_away_is_said_once_and_caught_up_with(board, capsys):
    progress.share()
    away = board.rename(board.with_name("away"))
    capsys.readouterr()
    first = printed(capsys, checks.check, "0.1", 454 / 3)
    assert "cannot be reached" in first
    assert "✓ 0.1" in first
    assert "cannot be reached" not in printed(capsys, checks.check, "0.1", 454 / 3)
    refused("0.1", 454)
    assert capsys.readouterr().out == ""
    away.rename(board)
    progress.record("0.2", "passed")
    assert [line["event"] for line in on_the_board(board)] == ["name", "passed", "passed", "refused", "passed"]


@pytest.mark.parametrize("room", [0, 5, 70, 130])
def test_a_board_whose_disk_is_full(board, monkeypatch, capsys, room):
    """What is there whole is not sent again, and what was cut off is sent when there is room."""
    progress.share()
    [path] = board.glob("*.jsonl")
    left = [room]

    class Full(io.FileIO):
        def write(self, data):
            written = super().write(data[: left[0]])
            left[0] -= written
            return written

    def full(name, mode, buffering, opener):
        return Full(name, mode, opener=opener)

    monkeypatch.setattr(progress, "open", full, raising=False)
    for exercise in ("0.1", "0.2", "0.3"):
        progress.record(exercise, "passed")
    assert "cannot be reached" in capsys.readouterr().out
    left[0] = 1000
    progress.record("1.1", "passed")
    lines = path.read_text(encoding="utf-8").splitlines()
    whole = [json.loads(line)["exercise"] for line in lines if re.fullmatch(r'\{"exercise.*\}', line)]
    assert whole == ["0.1", "0.2", "0.3", "1.1"]
    assert not progress._board.waiting
    student = reading.Student("Ada")
    for line in lines:
        student.add(line)
    assert {number for number, work in student.work.items() if work.solved} == set(whole)


def test_a_file_that_was_taken_away_does_not_come_back(board, capsys):
    progress.share()
    [file] = board.iterdir()
    file.unlink()
    checks.check("0.1", 454 / 3)
    assert list(board.iterdir()) == []


def test_a_slow_board_keeps_nobody_waiting(board, monkeypatch, capsys):
    progress.share()
    release = threading.Event()
    monkeypatch.setattr(progress._Board, "PATIENCE", 0.05)
    send = progress._Board._send
    monkeypatch.setattr(progress._Board, "_send", staticmethod(lambda *arguments: (release.wait(20), send(*arguments))))
    start = time.monotonic()
    for _ in range(20):
        progress.record("0.1", "hint")
    assert time.monotonic() - start < 5
    assert capsys.readouterr().out.count("cannot be reached") == 1
    release.set()
    progress._board.sending.join(20)
    progress.record("0.1", "passed")
    progress._board.sending.join(20)
    assert len(on_the_board(board)) == 22


def test_the_instructor_may_read_the_file(board):
    if os.name == "nt":
        pytest.skip("Windows has no such permissions")
    before = os.umask(0o077)
    try:
        progress.share()
    finally:
        os.umask(before)
    [file] = board.iterdir()
    assert file.stat().st_mode & 0o777 == 0o644


def test_two_notebooks_write_whole_lines(board):
    progress.share()
    code = "from helpers import progress\nfor _ in range(200): progress.record('0.1', 'hint')"
    running = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    assert [process.wait() for process in running] == [0, 0]
    assert len(on_the_board(board)) == 401


def test_damaged_lines_do_not_end_sharing(file, board):
    progress.share()
    with file.open("ab") as stream:
        stream.write(b'{"event": "share", "id\n\xff\n"share"\n')
    assert progress._agreement() is None or progress._agreement()["folder"] == str(board)
    progress.record("0.1", "passed")
    assert len(on_the_board(board)) == 2


def test_the_module_is_quick_to_import():
    code = "import sys, helpers.progress; print({'numpy', 'asyncio', 'http', 'uuid'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
