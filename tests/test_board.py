"""The instructor's board: what it reads, what it shows, and what it does not fall for."""

import html.parser
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import numpy as np
import pytest

from helpers import checks, progress
from helpers.board import __main__ as program
from helpers.board import reading
from helpers.board.page import as_page, write_page
from helpers.board.reading import Board
from helpers.board.showing import Rules, view
from helpers.board.text import as_text
from tests import lab

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "closing": "</title></style></bdi><img src=x onerror=alert(1)>",
    "quotes": "\"' onmouseover=alert(1) x='",
    "entity": "&lt;b&gt;",
    "escape": "\x1b[2J\x1b[31mred\x07\x00",
    "one byte escape": "\x9b31mred",
    "lines": "one\r\ntwo\u2028three\x0bfour",
    "override": "abc\u202edcba\u2066x",
    "invisible": "a\u200b\u200d\ufeffb",
    "half a pair": "\ud800",
    "long": "x" * 3000,
    "marks": "Z" + "\u0300" * 500,
    "nothing": "",
    "blank": " \t ",
}


def event(exercise, kind, minute, hint=None):
    line = {"exercise": exercise, "event": kind, "time": round(1_800_000_000 + 60 * minute)}
    return line if hint is None else {**line, "hint": hint}


def write(folder, events, name=None, file=None, silent=0):
    """A student's file, last written to so many minutes ago."""
    path = folder / (file or f"{1000 + len(list(folder.iterdir()))}-{os.urandom(8).hex()}.jsonl")
    start = [] if name is None else [{"event": "name", "name": name, "time": events[0].get("time", 0) if events else 0}]
    path.write_text("".join(json.dumps(line) + "\n" for line in [*start, *events]), encoding="utf-8")
    then = time.time() - 60 * silent
    os.utime(path, (then, then))
    return path


def shown(folder, **rules):
    read = Board(folder)
    read.read()
    return view(read, Rules(**rules))


def row(folder, **rules):
    [only] = shown(folder, **rules).rows
    return only


def line(folder, number):
    seen = shown(folder)
    return next(line for lines in seen.lessons.values() for line in lines if line.exercise.number == number)


def run(capsys, *arguments):
    code = program.main([str(argument) for argument in arguments])
    return code, capsys.readouterr()


# --- one student ----------------------------------------------------------------------------------


def test_the_exercises_are_those_of_progress():
    sources = sorted((progress.ROOT / "solutions").glob("[0-9][0-9]_*.py"))
    cells = [cell for source in sources for cell in progress._cells(source)]
    kinds = {cell.exercise: cell.kind for cell in cells if cell.exercise}
    assert {number: "core" if found.core else "extra" for number, found in reading.exercises().items()} == kinds
    assert set(reading.titles()) == {found.lesson for found in reading.exercises().values()}


def test_the_place_is_the_latest_exercise_or_the_one_after(tmp_path):
    write(tmp_path, [event("1.1", "passed", 0), event("1.2", "refused", 3, "A hint.")])
    assert row(tmp_path).exercise.number == "1.2"
    write(tmp_path, [event("1.1", "passed", 0), event("1.3", "passed", 3)], file="b.jsonl")
    assert {found.exercise.number for found in shown(tmp_path).rows} == {"1.2", "1.5"}  # 1.4 is an extra


def test_the_end_of_a_lesson(tmp_path):
    core = [number for number, found in reading.exercises().items() if found.lesson == 0 and found.core]
    write(tmp_path, [event(number, "passed", 3 * i) for i, number in enumerate(core)], silent=60)
    found = row(tmp_path)
    assert (found.exercise, found.core, found.state) == (None, (2, 2), "")
    assert "end of 0" in as_text(shown(tmp_path))


def test_minutes_leave_breaks_out(tmp_path):
    events = [event("1.1", "passed", 0), event("1.2", "refused", 4, "A."), event("1.2", "refused", 90, "A.")]
    write(tmp_path, [*events, event("1.2", "refused", 95, "A.")], silent=2)
    assert row(tmp_path).minutes == pytest.approx(4 + 5 + 2, abs=0.1)
    assert row(tmp_path).silent == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize("shift", [-1e6, 0, 1e6])
def test_a_wrong_clock_does_no_harm(tmp_path, shift):
    write(tmp_path, [event("1.1", "passed", shift), event("1.2", "hint", shift + 7)], silent=1)
    assert row(tmp_path).minutes == pytest.approx(8, abs=0.1)


def test_a_clock_that_is_put_back(tmp_path):
    write(tmp_path, [event("1.1", "passed", 600), event("1.2", "hint", 0), event("1.2", "hint", 5)])
    assert row(tmp_path).minutes == pytest.approx(5, abs=0.1)


@pytest.mark.parametrize(
    ("minutes", "refusals", "silent", "state"),
    [(12, 3, 1, "stuck"), (5, 9, 1, ""), (12, 2, 1, ""), (2, 1, 25, "quiet"), (12, 3, 60, "stuck")],
)
def test_stuck_and_quiet(tmp_path, minutes, refusals, silent, state):
    steps = np.linspace(0, minutes, refusals + 1)[1:]
    write(tmp_path, [event("1.1", "passed", 0), *(event("1.2", "refused", m, "A.") for m in steps)], silent=silent)
    assert row(tmp_path).state == state
    assert row(tmp_path, stuck_after=100, quiet_after=100).state == ""


def test_who_has_solved_it_is_not_stuck(tmp_path):
    refusals = [event("1.2", "refused", m, "A.") for m in range(0, 20, 2)]
    write(tmp_path, [*refusals, event("1.2", "passed", 20), event("1.2", "refused", 21, "A.")])
    assert (row(tmp_path).exercise.number, row(tmp_path).refused, row(tmp_path).state) == ("1.3", 0, "")


# --- the class ------------------------------------------------------------------------------------


def test_the_commonest_hints_are_counted_by_students(tmp_path):
    for _ in range(3):
        write(tmp_path, [event("1.3", "refused", 0, "The result is float64; expected float32.")])
    stubborn = [event("1.3", "refused", m, f"The largest value is {m}; expected 1.") for m in range(9)]
    write(tmp_path, stubborn)
    write(tmp_path, [*stubborn[:1], event("1.3", "passed", 2)])
    found = line(tmp_path, "1.3")
    assert found.told == [
        ("The result is float64; expected float32.", 3, 3),
        ("The largest value is #; expected 1.", 2, 10),
    ]
    assert (found.solved, found.here) == (1, 4)
    assert found.minutes == pytest.approx(2)


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [("a 1 b 2", "a 1 b 3", "a 1 b #"), ("1.5", "2,5", "#"), ("a # 1", "a 7 1", "a # 1"), ("#", "#", "#")],
)
def test_numbers_that_differ(one, other, both):
    assert reading.grouped(one) == reading.grouped(other)
    assert reading.merged(one, other) == both
    assert reading.merged(both, one) == both


def test_lessons_with_activity_only(tmp_path):
    write(tmp_path, [event("5.2", "passed", 0)], name="Curie")
    write(tmp_path, [event("1.1", "passed", 0), event("1.4", "hint", 1)], name="Newton")
    seen = shown(tmp_path)
    assert list(seen.lessons) == [1, 5]
    assert "1.4" in [found.exercise.number for found in seen.lessons[1]]  # an extra that somebody is at
    assert "1.7" not in [found.exercise.number for found in seen.lessons[1]]
    only = shown(tmp_path, lesson=5)
    assert list(only.lessons) == [5]
    assert [found.name for found in only.rows] == ["Curie"]
    assert "Nobody has begun lesson 2" in as_text(shown(tmp_path, lesson=2))


def test_the_wall_shows_no_student(tmp_path):
    write(tmp_path, [event("1.1", "refused", m, "A hint.") for m in range(0, 30, 3)], name="Newton")
    for text in (as_text(shown(tmp_path, wall=True)), as_page(shown(tmp_path, wall=True), 5)):
        assert "Newton" not in text
        assert "A hint." in text
        assert "1 stuck" in text


def test_names(tmp_path):
    events = [event("1.1", "passed", 0)]
    write(tmp_path, events, file="4711-0123456789abcdef.jsonl")
    write(tmp_path, events, name="Max", file="1-a.jsonl")
    write(tmp_path, events, name="Max", file="2-b.jsonl")
    write(tmp_path, events, file="anna from the second row.jsonl")
    write(
        tmp_path,
        [{**events[0], "event": "name", "name": "first"}, *events, {"event": "name", "name": ""}],
        file="c.jsonl",
    )
    assert {found.name for found in shown(tmp_path).rows} == {"4711", "Max", "Max (2)", "anna from the second row", "c"}


def test_what_students_share_is_what_the_instructor_reads(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "board"
    folder.mkdir()
    monkeypatch.setenv("WORKSHOP_BOARD", str(folder))
    monkeypatch.setattr(progress, "_board", progress._Board())
    for name in ("Newton", "Curie"):
        monkeypatch.setenv("WORKSHOP_PROGRESS", str(tmp_path / name / "progress.jsonl"))
        progress.share(name)
        checks.check("0.1", 454 / 3)
        with pytest.raises(checks.NotYet):
            checks.check("0.2", lambda n, seconds: n**3 / seconds)
        progress.hint("0.2")
    capsys.readouterr()
    code, printed = run(capsys, folder)
    assert code == 0
    assert "2 students, 0 stuck, 0 quiet" in printed.out
    assert re.search(r"Curie +1 of 2 +0\.2 +0 +1 +1 +0 min", printed.out)
    assert re.search(r"0\.1 A mean +2 +0", printed.out)
    assert "2 students: " in printed.out


# --- what lies in the folder ----------------------------------------------------------------------


def test_an_empty_folder(tmp_path, capsys):
    code, printed = run(capsys, tmp_path)
    assert code == 0
    assert "Nobody is on the board yet" in printed.out
    assert "Nobody is on the board yet" in as_page(shown(tmp_path), 5)


def test_a_folder_that_is_not_there(tmp_path, capsys):
    code, printed = run(capsys, tmp_path / "nowhere")
    assert code == 2
    assert f"The folder {tmp_path / 'nowhere'} cannot be read (" in printed.err
    assert "WORKSHOP_BOARD" in printed.err
    assert len(printed.err.splitlines()) == 1


def test_junk_is_left_out(tmp_path):
    good = [event("1.1", "passed", 0), event("1.2", "refused", 3, "A hint.")]
    path = write(tmp_path, good, name="Newton")
    junk = [
        b'{"exercise": "1.2", "eve', b"\xff\xfe\x00", b"[1]", b"3", b"null", b"[" * 4000, b"1" * 4090, b"x" * 100_000,
        b'{"exercise": "1.2", "event": "hint", "time": NaN}', b'{"exercise": "1.2", "event": "hint", "time": 1e999}',
        b'{"exercise": "1.2", "event": "hint", "time": "now"}', b'{"exercise": "1.2", "event": "hint", "time": true}',
        b'{"exercise": [], "event": "hint"}', b'{"exercise": "77.7", "event": "hint"}', b'{"event": "name", "x": 3}',
        b'{"exercise": "1.2", "event": ["hint"]}', b'{"exercise": "1.2", "event": "refused", "hint": {"a": 1}}', b"",
    ]  # fmt: skip
    with path.open("ab") as stream:
        stream.write(b"\n".join(junk) + b"\n" + json.dumps(event("1.2", "hint", 5)).encode() + b"\n" + b'{"exercise"')
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "junk.jsonl").write_bytes(os.urandom(5000))
    (tmp_path / "empty.jsonl").touch()
    (tmp_path / "folder.jsonl").mkdir()
    found = row(tmp_path)
    assert (found.refused, found.hints) == (2, 5)
    assert found.minutes == pytest.approx(5, abs=0.1)


def test_links_and_pipes_are_not_opened(tmp_path):
    if os.name == "nt":
        pytest.skip("Windows has no pipes in folders")
    (tmp_path / "elsewhere").write_text(json.dumps(event("1.1", "passed", 0)) + "\n", encoding="utf-8")
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / "pipe.jsonl")
    assert shown(tmp_path).rows == []


def test_reading_goes_on_where_it_stopped(tmp_path):
    path = write(tmp_path, [event("1.1", "passed", 0)])
    read = Board(tmp_path)
    read.read()
    added = json.dumps(event("1.2", "refused", 1, "A hint.")) + "\n"
    for part in (added[:20], added[20:]):
        with path.open("a", encoding="utf-8") as stream:
            stream.write(part)
        read.read()
    read.read()
    [found] = view(read).rows
    assert (found.exercise.number, found.refused) == ("1.2", 1)
    path.write_text(json.dumps(event("0.1", "hint", 0)) + "\n", encoding="utf-8")  # another file by this name
    read.read()
    assert view(read).rows[0].exercise.number == "0.1"
    path.unlink()
    read.read()
    assert view(read).rows == []


def test_of_a_huge_file_the_end_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "PORTION", 1000)
    monkeypatch.setattr(reading, "LARGEST", 20_000)
    events = [event("1.1", "hint", minute) for minute in range(5000)]
    write(tmp_path, [*events, event("1.1", "passed", 5001)])
    seen = shown(tmp_path)
    assert "only its end is read" in seen.notes[0]
    assert 100 < line(tmp_path, "1.1").hints < 1000
    assert seen.rows[0].exercise.number == "1.2"


def test_too_many_files(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "FILES", 5)
    for k in range(9):
        write(tmp_path, [event("1.1", "passed", 0)], name=f"student {k}", silent=9 - k)
    seen = shown(tmp_path)
    assert {found.name for found in seen.rows} == {f"student {k}" for k in range(4, 9)}
    assert "There are 9 files" in seen.notes[0]


def test_memory_is_bounded(tmp_path):
    words = ("".join(chr(97 + int(digit)) for digit in str(k)) for k in range(3000))
    write(tmp_path, [event("1.1", "refused", 0, f"Hint {word}.") for word in words])
    read = Board(tmp_path)
    read.read()
    [(_, student)] = read.students
    assert student.work["1.1"].refused == 3000
    assert len(student.work["1.1"].told) == reading.REMEMBERED


def test_a_large_class_is_read_without_its_lines_being_kept(tmp_path):
    for _ in range(30):
        events = [event("1.3", "refused", minute, f"Value {minute % 7}; expected 1.") for minute in range(1000)]
        write(tmp_path, events)
    seen = shown(tmp_path)
    assert len(seen.rows) == 30
    assert seen.lessons[1][2].told == [("Value #; expected 1.", 30, 30_000)]


# --- hostile students -----------------------------------------------------------------------------


class _Tags(html.parser.HTMLParser):
    """The tags and attributes of a page, and whether they are closed in order."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.names, self.open = set(), set(), []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.names |= {name for name, _ in attributes}
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_only_text(tmp_path, name):
    text = HOSTILE[name]
    events = [event("1.2", "refused", minute, text) for minute in range(0, 30, 3)]
    write(tmp_path, events, name=text)
    write(tmp_path, [event("1.1", "passed", 0)], name="decent", file="<script>.jsonl" if os.name != "nt" else "s.jsonl")
    seen = shown(tmp_path)
    page, printed = as_page(seen, 5), as_text(seen)
    tags = _Tags(page)
    assert tags.open == []
    assert not tags.tags & {"script", "img", "iframe", "a", "link", "b onmouseover"}
    assert not {found for found in tags.names if found.startswith("on")}
    for shape in (page, printed):
        shape.encode()
        assert not re.search(
            r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff]", shape
        )
    assert all(len(text) <= 100 for text in printed.splitlines())
    assert len(seen.rows) == 2
    assert {"1 stuck"} <= set(re.findall(r"\d stuck", printed))


def test_the_page_asks_nothing_of_anybody(tmp_path):
    write(tmp_path, [event("1.2", "refused", 0, "A hint.")], name="Newton")
    page = as_page(shown(tmp_path), 7)
    assert not re.search(r"https?:|//|src=|url\(|@import", page)
    assert "default-src 'none'" in page
    assert '<meta http-equiv="refresh" content="7">' in page
    assert '<html lang="en">' in page
    assert re.search(r"at <time>\d\d:\d\d:\d\d</time>", page)
    assert page.count("<h1>") == 1
    assert page.count('scope="row"') == page.count("<tr><th scope") - page.count('<thead><tr><th scope="col"')


def test_hostile_names_in_a_browser(tmp_path):
    pytest.importorskip("playwright", reason="the browser test needs the package playwright")
    if lab.CHROMIUM is None:
        pytest.skip("the browser test needs the program chromium, which is not installed")
    folder = tmp_path / "class"
    folder.mkdir()
    for text in HOSTILE.values():
        write(folder, [event("1.2", "refused", minute, text) for minute in range(0, 30, 3)], name=text)
    path = tmp_path / "board.html"
    write_page(path, as_page(shown(folder), 60))
    with lab.page(tmp_path / "pictures") as page:
        said = []
        page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: said.append(request.url))
        page.set_viewport_size({"width": 800, "height": 900})
        page.goto(path.as_uri())
        assert said == [path.as_uri()]
        assert page.locator("ul.stuck li").count() == len(HOSTILE)
        assert page.evaluate("document.documentElement.scrollWidth") <= 800
        assert "<script>alert(1)</script>" in page.locator("ul.stuck").inner_text()


# --- the page, and the program --------------------------------------------------------------------


def test_a_page_is_replaced_and_nothing_else_is(tmp_path):
    path = tmp_path / "board.html"
    write_page(path, as_page(shown(tmp_path), 5))
    write_page(path, as_page(shown(tmp_path), 6))
    assert 'content="6"' in path.read_text(encoding="utf-8")
    mine = tmp_path / "thesis.html"
    mine.write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError, match="not overwritten"):
        write_page(mine, "")
    assert sorted(found.name for found in tmp_path.iterdir()) == ["board.html", "thesis.html"]
    assert mine.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("option", ["--page", "--watch"])
def test_it_goes_on_until_it_is_stopped(tmp_path, monkeypatch, capsys, option):
    folder, path = tmp_path / "class", tmp_path / "board.html"
    folder.mkdir()
    rounds = iter(["somebody comes", "the folder goes", "it is back", None])

    def sleep(seconds):
        match next(rounds):
            case "somebody comes":
                write(folder, [event("1.2", "hint", 0)], name="Newton")
            case "the folder goes":
                folder.rename(tmp_path / "away")
            case "it is back":
                before = seen()
                assert "cannot be read at the moment" in before
                assert "Newton" in before
                (tmp_path / "away").rename(folder)
            case None:
                raise KeyboardInterrupt

    def seen():
        return (
            path.read_text(encoding="utf-8") if option == "--page" else capsys.readouterr().out.split("The class")[-1]
        )

    monkeypatch.setattr(program.time, "sleep", sleep)
    code = program.main([str(folder), option, str(path) if option == "--page" else "2"])
    assert code == 0
    last = seen()
    assert "Newton" in last
    assert "cannot be read" not in last


def test_the_server_shows_it_on_this_computer_only(tmp_path):
    with program.Server(0) as server:
        server.page = as_page(shown(tmp_path), 5)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert server.server_address[0] == "127.0.0.1"
        with urllib.request.urlopen(server.address, timeout=10) as answer:
            assert answer.read().decode() == server.page
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        for wrong in ("", server.secret[:-1], "../etc/passwd"):
            with pytest.raises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(f"{server.address.rsplit('/', 1)[0]}/{wrong}", timeout=10)
            assert caught.value.code == 404
            caught.value.close()
        server.shutdown()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--lesson", "99"], "no lesson 99"),
        (["--watch", "0"], "at least 1"),
        (["--watch", "1e300"], "a day at the most"),
        (["--every", "soon"], "at least 1 second, and a day at the most, not soon"),
        (["--page", "x", "--serve"], "not allowed"),
        (["--serve", "99999"], "expected a port from 0 to 65535, not 99999"),
        (["--serve", "-1"], "expected a port from 0 to 65535, not -1"),
        (["--stuck-after", "nan"], "expected minutes, 0 or more, not nan"),
        (["--quiet-after", "-2"], "expected minutes, 0 or more, not -2"),
        (["--attempts", "-1"], "expected a whole number, 0 or more, not -1"),
        (["--attempts", "2.5"], "expected a whole number, 0 or more, not 2.5"),
    ],
)
def test_wrong_options(tmp_path, capsys, arguments, words):
    with pytest.raises(SystemExit):
        program.main([str(tmp_path), *arguments])
    assert words in capsys.readouterr().err


def test_the_folder_that_the_students_have(tmp_path, monkeypatch, capsys):
    write(tmp_path, [event("1.1", "passed", 0)], name="Newton")
    monkeypatch.setenv("WORKSHOP_BOARD", str(tmp_path / "nowhere"))
    assert run(capsys, "--lesson", "01", tmp_path, "--wall")[0] == 0
    monkeypatch.setenv("WORKSHOP_BOARD", str(tmp_path))
    assert "Newton" in run(capsys, "--lesson", "01")[1].out
    monkeypatch.delenv("WORKSHOP_BOARD")
    with pytest.raises(SystemExit):
        program.main([])
    assert "name the folder of the board" in capsys.readouterr().err


def test_a_port_that_is_taken(tmp_path, capsys):
    with program.Server(0) as other:
        port = other.server_address[1]
        code, printed = run(capsys, tmp_path, "--serve", port)
    assert code == 2
    assert re.search(rf"port {port} cannot be had \(.+\); choose another, for example --serve \d+", printed.err)


def test_a_page_that_cannot_be_renewed_for_a_while(tmp_path, monkeypatch, capsys):
    path, problems = tmp_path / "board.html", [None, OSError(28, "No space left"), OSError(28, "No space left"), None]
    tried = []

    def renew(*arguments):
        tried.append(problems.pop(0) if problems else FileExistsError("thesis.html is no page of this board"))
        if tried[-1]:
            raise tried[-1]

    monkeypatch.setattr(program, "write_page", renew)
    monkeypatch.setattr(program.time, "sleep", lambda seconds: None)
    code, printed = run(capsys, tmp_path, "--page", path)
    assert (code, len(tried)) == (2, 5)
    assert printed.err.count("The page was not renewed this time (No space left)") == 1
    assert "thesis.html" in printed.err


def test_a_console_that_knows_only_ascii(tmp_path):
    write(tmp_path, [event("1.2", "refused", 0, "x²")], name="Ångström 小林")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "helpers.board", str(tmp_path), "--lesson", "01"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True, cwd=progress.ROOT)
    assert "?ngstr?m ??" in done.stdout
