"""The instructor's board: who is stuck where, and which wrong answer is common. `python -m helpers.board FOLDER`

FOLDER holds one file `*.jsonl` for each student who has said `share()` (docs/board.md), or files `progress.jsonl`
that were collected by hand. Prints a table; --watch prints it again and again, --page writes it as a web page that
renews itself, and --serve shows that page on this computer only.
"""

import argparse
import html
import json
import math
import os
import re
import secrets
import shutil
import sys
import tempfile
import textwrap
import threading
import time
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache, lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median

from helpers import notebook
from helpers.progress import HINT, NICKNAME, ROOT

#: Seconds without an event after which a student had a break, which is not counted as work.
BREAK = 30 * 60
#: Bytes that are read at once, at the most of a file (its end), and characters of a line; files at the most.
PORTION, LARGEST, LINE, FILES = 2**20, 2**24, 2**12, 1000
#: Different hints that are remembered for one student at one exercise; common ones shown for one exercise.
REMEMBERED, SHOWN = 30, 3
#: A number in a hint, or what stands for one.
NUMBER = re.compile(r"(\d+(?:[.,]\d+)*|#)")
MARK = '<meta name="generator" content="helpers.board">'
#: No script, no picture and no request to anywhere, whatever a nickname or a hint says.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
NOBODY = (
    "Nobody is on the board yet. Students run `from helpers.progress import share` and `share()`; docs/board.md tells "
    "what they need."
)


# --- reading --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Exercise:
    """An exercise of a lesson.

    Attributes
    ----------
    number, title : str
    lesson : int
    core : bool
        Whether it is on the path through the lesson.
    """

    number: str
    title: str
    lesson: int
    core: bool


@cache
def exercises():
    """The exercises of all lessons, by number, in their order."""
    heading = re.compile(r"^# ### Exercise (\d+\.\d+) · (.+?)  \((core|extra)", flags=re.MULTILINE)
    return {
        number: Exercise(number, title, lesson, kind == "core")
        for lesson, text in _lessons().items()
        for number, title, kind in heading.findall(text)
    }


@cache
def titles():
    """The titles of the lessons, by number."""
    heading = re.compile(r"^# # \d+ · (.+)$", flags=re.MULTILINE)
    return {lesson: heading.search(text)[1] for lesson, text in _lessons().items()}


def _lessons():
    sources = sorted((ROOT / "solutions").glob("[0-9][0-9]_*.py"))
    return {int(source.stem[:2]): source.read_text(encoding="utf-8") for source in sources}


@lru_cache(maxsize=10_000)
def clean(text, length):
    """A text that a student controls, in one line, without control characters and not longer than `length`."""
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    text = "".join(letter for letter in text if unicodedata.category(letter)[0] != "C")
    return text if len(text) <= length else text[: length - 1] + "…"


@lru_cache(maxsize=10_000)
def grouped(hint):
    """A hint with # for each number: those which differ in numbers only are counted together."""
    return NUMBER.sub("#", hint)


def merged(hint, other):
    """Two hints of a group as one, with # for each number in which they differ."""
    if hint == other:
        return hint
    ours, theirs = NUMBER.split(hint), NUMBER.split(other)
    return "".join(part if part == like else "#" for part, like in zip(ours, theirs, strict=True))


@dataclass
class Work:
    """What one student did at one exercise until it was solved.

    Attributes
    ----------
    seconds : float
    solved : bool
    refused, hints, solutions : int
        How often a check refused, a hint was asked for, and the solution was shown.
    told : Counter of str
        How often each hint was given by the check, by `grouped` hint.
    words : dict of str
        What such a group says.
    """

    seconds: float = 0
    solved: bool = False
    refused: int = 0
    hints: int = 0
    solutions: int = 0
    told: Counter = field(default_factory=Counter)
    words: dict = field(default_factory=dict)


class Student:
    """One student, from the lines of a file.

    Times are used only as differences within the file, so that a wrong clock does no harm.

    Parameters
    ----------
    name : str
        Shown until a line of the file gives a nickname.
    """

    def __init__(self, name):
        self.name = self.number = clean(name, NICKNAME)
        self.work = {}
        self.latest = None
        self.time = None
        self.silent = 0.0

    def add(self, line):
        """Take in one line; what is no event of an exercise changes nothing."""
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):  # half a line, or junk
            return
        if not isinstance(event, dict):
            return
        step = self._step(event.get("time"))
        if event.get("event") in ("name", "share"):
            name = event.get("name")
            self.name = (clean(name, NICKNAME) if isinstance(name, str) else "") or self.number
            return
        number = event.get("exercise")
        if not isinstance(number, str) or number not in exercises():
            return
        self.latest = number
        if number not in self.work:
            self.work[number] = Work()
        work = self.work[number]
        if not work.solved:
            work.seconds += step
            self._count(work, event)

    def _step(self, moment):
        """Seconds of work since the line before."""
        if type(moment) not in (int, float) or not 0 < moment < 1e11:
            return 0
        step = 0 if self.time is None else moment - self.time
        self.time = moment
        return step if 0 <= step <= BREAK else 0

    @staticmethod
    def _count(work, event):
        kind = event.get("event")
        if kind == "passed":
            work.solved = True
        elif kind == "hint":
            work.hints += 1
        elif kind == "solution":
            work.solutions += 1
        elif kind == "refused":
            work.refused += 1
            hint = event.get("hint")
            hint = clean(hint, HINT) if isinstance(hint, str) else ""
            group = grouped(hint)
            if hint and (group in work.told or len(work.told) < REMEMBERED):
                work.told[group] += 1
                work.words[group] = merged(hint, work.words.get(group, hint))

    @property
    def place(self):
        """The exercise that the student is at: the latest or, if that is solved, the next open one on the path."""
        if not self.work[self.latest].solved:
            return exercises()[self.latest]
        numbers = list(exercises())
        for number in numbers[numbers.index(self.latest) + 1 :]:
            exercise = exercises()[number]
            if exercise.lesson != exercises()[self.latest].lesson:
                return None
            if exercise.core and not (number in self.work and self.work[number].solved):
                return exercise
        return None


class Board:
    """The students in a folder, from their files; each reading goes on where the last one stopped.

    Parameters
    ----------
    folder : path-like
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self._files = {}
        self.notes = []

    def read(self):
        """Take in what is new.

        Raises
        ------
        OSError
            If the folder cannot be read. What was read before is kept.
        """
        now = time.time()
        with os.scandir(self.folder) as entries:
            # A link or a pipe is no student's file, and might lead anywhere.
            found = [e for e in entries if e.name.endswith(".jsonl") and e.is_file(follow_symlinks=False)]
        self.notes = []
        if len(found) > FILES:
            self.notes.append(f"There are {len(found)} files; only the {FILES} that changed last are read.")
            found = sorted(found, key=lambda entry: entry.stat().st_mtime)[-FILES:]
        self._files = {e.name: self._files.get(e.name) or (Student(_number(e.name)), 0) for e in found}
        for entry in found:
            try:
                self._read_file(entry, now)
            except OSError as error:
                self.notes.append(f"{clean(entry.name, 40)} cannot be read ({error.strerror}).")

    def _read_file(self, entry, now):
        student, place = self._files[entry.name]
        with open(entry.path, "rb") as file:
            status = os.fstat(file.fileno())
            size = status.st_size
            if size < place:  # another file by the same name
                self._files[entry.name] = student, place = Student(_number(entry.name)), 0
            if size - place > LARGEST:
                self.notes.append(f"{clean(entry.name, 40)} is very long; only its end is read.")
                place = size - LARGEST
            while place < size:
                file.seek(place)
                portion = file.read(min(PORTION, size - place))
                if not portion:  # it has just become shorter
                    break
                whole = portion.rfind(b"\n") + 1
                if not whole and place + len(portion) >= size:
                    break  # half a line, the rest of which may still come
                for line in portion[:whole].decode("utf-8", "replace").split("\n"):
                    if len(line) <= LINE:
                        student.add(line)
                place += whole or len(portion)
                self._files[entry.name] = student, place
        student.silent = max(0.0, now - status.st_mtime)

    @property
    def students(self):
        """Those with at least one event, under names that are different."""
        found, taken = [], Counter()
        for name in sorted(self._files):
            student = self._files[name][0]
            if student.latest is not None:
                taken[student.name] += 1
                again = taken[student.name]
                found.append((student.name if again == 1 else f"{student.name} ({again})", student))
        return found


def _number(file):
    """What stands for a student without a nickname: of `4711-9f3a….jsonl` the number, otherwise the file's name."""
    return re.sub(r"^(\d{4})-[0-9a-f]{16}$", r"\1", file.removesuffix(".jsonl")) or "?"


# --- what is shown --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rules:
    """What is asked of the board.

    Attributes
    ----------
    lesson : int or None
        Only this one.
    wall : bool
        Whether exercises alone are shown, and no single student.
    stuck_after : float
        Minutes at an exercise that is not solved, and ...
    attempts : int
        ... refusals and hints there, which together make a student stuck.
    quiet_after : float
        Minutes without any sign.
    """

    lesson: int | None = None
    wall: bool = False
    stuck_after: float = 10
    attempts: int = 3
    quiet_after: float = 20


@dataclass(frozen=True)
class Row:
    """A student on the board.

    Attributes
    ----------
    name : str
    state : str
        ``"stuck"``, ``"quiet"``, or empty.
    exercise : Exercise or None
        Where the student is; None at the end of the lesson.
    lesson : int
        The lesson of the latest event.
    core : tuple of int
        How many core exercises are solved, and how many there are.
    minutes, silent : float
        At this exercise, and since the last sign of life.
    refused, hints : int
        At this exercise.
    told : str
        What the check has said most often there.
    """

    name: str
    state: str
    exercise: Exercise | None
    lesson: int
    core: tuple
    minutes: float
    silent: float
    refused: int
    hints: int
    told: str


@dataclass(frozen=True)
class Line:
    """An exercise on the board. `told` is the commonest hints, each with how many students got it and how often."""

    exercise: Exercise
    solved: int
    here: int
    minutes: float | None
    hints: int
    solutions: int
    told: list


@dataclass(frozen=True)
class View:
    """What the board shows at one moment: students, the exercises of each lesson, how many have begun it, and notes."""

    moment: float
    rows: list
    lessons: dict
    begun: dict
    notes: list
    rules: Rules

    def count(self, state):
        return sum(row.state == state for row in self.rows)


def view(board, rules=Rules()):
    """What there is to show.

    Parameters
    ----------
    board : Board
    rules : Rules, optional

    Returns
    -------
    View
    """
    students = [
        (name, student)
        for name, student in board.students
        if rules.lesson is None or any(exercises()[number].lesson == rules.lesson for number in student.work)
    ]
    rows = [_row(name, student, rules) for name, student in students]
    order = {"stuck": 0, "": 1, "quiet": 2}
    rows.sort(key=lambda row: (order[row.state], -row.minutes if row.state == "stuck" else 0, row.name.casefold()))
    works = defaultdict(list)
    for _, student in students:
        for number, work in student.work.items():
            works[number].append(work)
    touched = set(works)
    at = Counter(row.exercise.number for row in rows if row.exercise)
    active = {exercises()[number].lesson for number in touched}
    lessons = {
        lesson: [
            _line(exercise, works[exercise.number], at[exercise.number])
            for exercise in exercises().values()
            if exercise.lesson == lesson and (exercise.core or exercise.number in touched)
        ]
        for lesson in sorted(active)
        if rules.lesson in (None, lesson)
    }
    begun = {
        lesson: sum(any(exercises()[n].lesson == lesson for n in student.work) for _, student in students)
        for lesson in lessons
    }
    return View(time.time(), rows, lessons, begun, board.notes, rules)


def _row(name, student, rules):
    place = student.place
    work = student.work.get(place.number, Work()) if place else Work()
    minutes = (work.seconds + (student.silent if place and student.silent <= BREAK else 0)) / 60
    lesson = exercises()[student.latest].lesson
    counted = lesson if rules.lesson is None else rules.lesson
    core = [number for number, exercise in exercises().items() if exercise.core and exercise.lesson == counted]
    solved = sum(number in student.work and student.work[number].solved for number in core)
    state = ""
    if place and minutes >= rules.stuck_after and work.refused + work.hints >= rules.attempts:
        state = "stuck"
    elif place and student.silent / 60 >= rules.quiet_after:
        state = "quiet"
    told = work.words[work.told.most_common(1)[0][0]] if work.told else ""
    silent = student.silent / 60
    return Row(name, state, place, lesson, (solved, len(core)), minutes, silent, work.refused, work.hints, told)


def _line(exercise, works, here):
    students_told, times, words = Counter(), Counter(), {}
    for work in works:
        students_told.update(work.told.keys())
        times.update(work.told)
        for group, text in work.words.items():
            words[group] = merged(text, words.get(group, text))
    commonest = sorted(words, key=lambda group: (-students_told[group], -times[group], group))[:SHOWN]
    minutes = [work.seconds / 60 for work in works if work.solved]
    return Line(
        exercise,
        sum(work.solved for work in works),
        here,
        median(minutes) if minutes else None,
        sum(work.hints for work in works),
        sum(work.solutions for work in works),
        [(words[group], students_told[group], times[group]) for group in commonest],
    )


def _clock(moment):
    return time.strftime("%H:%M:%S", time.localtime(moment))


def _students(count):
    return f"{count} student{'' if count == 1 else 's'}"


def _summary(shown):
    return f"{_students(len(shown.rows))}, {shown.count('stuck')} stuck, {shown.count('quiet')} quiet"


def _rule(rules):
    return (
        f"Stuck: {rules.stuck_after:g} minutes and {rules.attempts} refusals or hints at an exercise that is not "
        f"solved. Quiet: nothing for {rules.quiet_after:g} minutes."
    )


def _nobody(rules):
    return NOBODY if rules.lesson is None else f"Nobody has begun lesson {rules.lesson} yet."


def _counted(students, times):
    return _students(students) + ("" if times == students else f", {times} times")


# --- as text --------------------------------------------------------------------------------------


def as_text(shown, width=100):
    """The board as plain text.

    Parameters
    ----------
    shown : View
    width : int
        Characters in a line.
    """
    lines = [f"The class at {_clock(shown.moment)}: {_summary(shown)}", *shown.notes]
    if not shown.rows:
        return "\n".join([*lines, "", _nobody(shown.rules)])
    if not shown.rules.wall:
        stuck = [row for row in shown.rows if row.state == "stuck"]
        lines += ["", "Stuck" if stuck else "Nobody is stuck"]
        for row in stuck:
            said = f": {row.told}" if row.told else ""
            lines.append(_cut(f"  {row.name}, {row.exercise.number} {row.exercise.title}{said}", width))
        heads = ("student", "core", "at", "min", "refused", "hints", "last sign", "")
        lines += ["", *_table([heads, *map(_cells, shown.rows)], right=(3, 4, 5, 6))]
    for lesson, exercises_here in shown.lessons.items():
        lines += ["", f"Lesson {lesson:02d}, {titles()[lesson]} ({_students(shown.begun[lesson])})"]
        heads = ("exercise", "solved", "at it", "median minutes", "hints", "solutions")
        table = _table([heads, *map(_numbers, exercises_here)], right=(1, 2, 3, 4, 5))
        lines.append(table[0])
        for line, text in zip(exercises_here, table[1:], strict=True):
            lines.append(text)
            lines += [_cut(f"    {_counted(n, times)}: {hint}", width) for hint, n, times in line.told]
    if not shown.rules.wall:
        lines += ["", *textwrap.wrap(_rule(shown.rules), width)]
    return "\n".join(lines)


def _ago(minutes):
    if minutes < 100:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.0f} h" if minutes < 48 * 60 else f"{minutes / 60 / 24:.0f} days"


def _cells(row):
    """A row of the table: student, core, place, minutes there, refused, hints, last sign, state."""
    if row.exercise:
        place, there = row.exercise.number, (f"{row.minutes:.0f}", str(row.refused), str(row.hints))
    else:
        place, there = f"end of {row.lesson}", ("", "", "")
    return row.name, "{} of {}".format(*row.core), place, *there, _ago(row.silent), row.state.upper()


def _numbers(line):
    name = f"{line.exercise.number} {line.exercise.title}" + ("" if line.exercise.core else " (extra)")
    minutes = "" if line.minutes is None else f"{line.minutes:.0f}"
    return _cut(name, 46), str(line.solved), str(line.here), minutes, str(line.hints), str(line.solutions)


def _table(rows, right):
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            " " * (width - _width(cell)) + cell if i in right else cell + " " * (width - _width(cell))
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _width(text):
    """How many columns of a terminal a text takes: some letters take two, marks on letters none."""
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text
    )


def _cut(text, width):
    return text if len(text) <= width else text[: width - 1] + "…"


# --- as a page ------------------------------------------------------------------------------------

STYLE = """
:root { color-scheme: light dark; --paper: light-dark(#fff, #16181b); --soft: light-dark(#f1f3f6, #23262b);
  --ink: light-dark(#14171b, #f0f2f4); --line: light-dark(#c9ced6, #454b54); --quiet: light-dark(#4d5562, #b4bcc8);
  --stuck: light-dark(#9c1526, #ff9a9a); --warm: light-dark(#fdeeee, #3a1c1f); --bar: light-dark(#2f6f9f, #7dbbe8) }
* { box-sizing: border-box }
body { font: 1.15rem/1.4 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; margin: 0 auto; max-width: 90rem;
  padding: 1rem 1.5rem 3rem; background: var(--paper); color: var(--ink) }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .2rem 2.5rem; border-bottom: 3px solid var(--ink);
  padding-bottom: .4rem }
h1 { font-size: 1.7rem; margin: 0 } h2 { font-size: 1.4rem; margin: 2rem 0 .4rem }
p { margin: .4rem 0 } header p { font-size: 1.35rem; margin: 0 } .small { color: var(--quiet); font-size: 1rem }
ul.stuck { list-style: none; margin: .5rem 0; padding: 0; display: grid; gap: .7rem;
  grid-template-columns: repeat(auto-fill, minmax(21rem, 1fr)) }
ul.stuck li { background: var(--warm); border: 2px solid var(--stuck); border-radius: .4rem; padding: .5rem .9rem }
.stuck strong { font-size: 1.35rem } b.stuck { color: var(--stuck) }
.said { font-size: 1rem; overflow-wrap: anywhere } bdi { overflow-wrap: anywhere }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .22rem .7rem .22rem 0; vertical-align: top } th { font-weight: 600 }
thead th { border-bottom: 2px solid var(--line); font-size: 1rem; color: var(--quiet); white-space: nowrap }
tbody tr { border-top: 1px solid var(--line) } tr.said { border-top: 0 } tr.said td { padding: 0 0 .35rem 1.5rem }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
tbody th { font-weight: 400 } .here { font-weight: 700 }
meter { width: 6em; height: .8em; vertical-align: baseline } .count { display: inline-block; min-width: 4.8em }
tr.said ul { margin: 0; padding: 0; list-style: none }
@media (max-width: 60rem) { body { font-size: 1.05rem; padding: .7rem } meter { width: 4em } }
body.wall { font-size: 1.45rem } .wall .said, .wall .small, .wall thead th { font-size: 1.2rem }
"""


def as_page(shown, every):
    """The board as one HTML page that needs nothing else.

    Parameters
    ----------
    shown : View
    every : float
        Seconds after which a browser loads it again.
    """
    body = [
        f"<header><h1>The class</h1><p>{_summary(shown)}</p><p>at <time>{_clock(shown.moment)}</time></p></header>",
        f'<p class="small">Renewed every {every:g} seconds. If this time stands still, the board has been stopped.</p>',
        *(f"<p><strong>{_text(note)}</strong></p>" for note in shown.notes),
    ]
    if not shown.rows:
        body.append(f"<p>{_text(_nobody(shown.rules))}</p>")
    elif not shown.rules.wall:
        body.append(_stuck(shown))
    body += [_lesson(number, lines, shown) for number, lines in reversed(shown.lessons.items())]
    if shown.rows and not shown.rules.wall:
        body.append(_everybody(shown))
    body_tag = '<body class="wall">' if shown.rules.wall else "<body>"
    return "\n".join([
        "<!DOCTYPE html>", '<html lang="en">', "<head>", '<meta charset="utf-8">', MARK,
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        f'<meta http-equiv="refresh" content="{every:g}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>The class: {_summary(shown)}</title>", f"<style>{STYLE}</style>", "</head>", body_tag, *body,
        "</body>", "</html>", "",
    ])  # fmt: skip


def _text(text):
    return html.escape(text)


def _stuck(shown):
    rows = [row for row in shown.rows if row.state == "stuck"]
    items = []
    for row in rows:
        said = f'<div class="said"><bdi>{_text(row.told)}</bdi></div>' if row.told else ""
        items.append(
            f"<li><strong><bdi>{_text(row.name)}</bdi></strong> at <strong>{row.exercise.number}</strong> "
            f"{_text(row.exercise.title)}<br>{row.minutes:.0f} min, {row.refused} refused, hints: {row.hints}, "
            f"last sign {_ago(row.silent)} ago{said}</li>"
        )
    inside = f'<ul class="stuck">{"".join(items)}</ul>' if items else "<p>Nobody.</p>"
    return f'<h2>Stuck</h2>{inside}<p class="small">{_text(_rule(shown.rules))}</p>'


def _lesson(number, lines, shown):
    begun = shown.begun[number]
    rows = []
    for line in lines:
        extra = "" if line.exercise.core else " (extra)"
        meter = f'<meter max="{begun}" value="{line.solved}" aria-hidden="true"></meter>' if begun else ""
        rows.append(
            f'<tr><th scope="row"><b>{line.exercise.number}</b> {_text(line.exercise.title)}{extra}</th>'
            f'<td class="number">{meter}<span class="count">{line.solved} of {begun}</span></td>'
            f'<td class="number{" here" if line.here else ""}">{line.here or ""}</td>'
            f'<td class="number">{"" if line.minutes is None else f"{line.minutes:.0f}"}</td>'
            f'<td class="number">{line.hints or ""}</td><td class="number">{line.solutions or ""}</td></tr>'
        )
        if line.told:
            said = "".join(f"<li>{_counted(n, times)}: <bdi>{_text(hint)}</bdi></li>" for hint, n, times in line.told)
            rows.append(f'<tr class="said"><td colspan="6"><ul>{said}</ul></td></tr>')
    heads = ("solved", "at it", "median minutes", "hints", "solutions")
    head = '<th scope="col">exercise</th>' + "".join(f'<th scope="col" class="number">{name}</th>' for name in heads)
    return (
        f"<h2>Lesson {number}: {_text(titles()[number])}</h2>"
        '<p class="small">Below an exercise: what its check said most often; # where numbers differ.</p>'
        f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    )


def _everybody(shown):
    rows = []
    for row in shown.rows:
        _, core, place, minutes, refused, hints, silent, state = _cells(row)
        title = f" {_text(row.exercise.title)}" if row.exercise else ""
        rows.append(
            f'<tr><th scope="row"><bdi>{_text(row.name)}</bdi></th><td><b class="{row.state}">{state.lower()}</b></td>'
            f'<td><b>{place}</b>{title}</td><td class="number">{minutes}</td><td class="number">{refused}</td>'
            f'<td class="number">{hints}</td><td class="number">{core}</td><td class="number">{silent}</td></tr>'
        )
    words = "".join(f'<th scope="col">{name}</th>' for name in ("student", "state", "at exercise"))
    numbers = ("min there", "refused", "hints", "core solved", "last sign")
    head = words + "".join(f'<th scope="col" class="number">{name}</th>' for name in numbers)
    return (
        f'<h2>Everybody</h2><div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def write_page(path, text):
    """Write the page so that a browser never sees half of it; only its owner may read it.

    Raises
    ------
    FileExistsError
        If there is another file at this place.
    """
    path = Path(path)
    if path.exists():
        with path.open(encoding="utf-8", errors="replace") as file:
            if MARK not in file.read(1000):
                raise FileExistsError(
                    f"{path} is no page of this board, so it is not overwritten; choose another name."
                )
    handle, draft = tempfile.mkstemp(dir=path.absolute().parent, prefix=".board-")
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(draft, path)
    finally:
        Path(draft).unlink(missing_ok=True)


# --- the program ----------------------------------------------------------------------------------


class Server(ThreadingHTTPServer):
    """Shows the page at one address of this computer, which holds a secret: on a shared server, others are here too.

    Parameters
    ----------
    port : int
        0 for any that is free.
    """

    def __init__(self, port):
        self.secret = secrets.token_urlsafe(12)
        self.page = ""
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_address[1]}/{self.secret}"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if not secrets.compare_digest(self.path.encode(), f"/{self.server.secret}".encode()):
            self.send_error(404, "Use the whole address that the board has printed")
            return
        page = self.server.page.encode()
        self.send_response(200)
        for name, value in {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": str(len(page)),
            "Content-Security-Policy": POLICY,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *arguments):
        """No line for each time that a browser asks."""


def main(arguments=None):
    chosen = _arguments(arguments)
    rules = Rules(chosen.lesson, chosen.wall, chosen.stuck_after, chosen.attempts, chosen.quiet_after)
    board = Board(chosen.folder)
    try:
        board.read()
        if chosen.page:
            _keep_writing(board, rules, chosen.page, chosen.every)
        elif chosen.serve is not None:
            _keep_serving(board, rules, chosen.serve, chosen.every)
        else:
            _print(board, rules, chosen.watch)
    except OSError as error:
        print(f"The board cannot be shown: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print()
    return 0


def _arguments(arguments):
    parser = argparse.ArgumentParser(prog="python -m helpers.board", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the students' files are (WORKSHOP_BOARD)")
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--watch", type=_seconds, metavar="SECONDS", help="print again after so many seconds")
    way.add_argument("--page", type=Path, metavar="FILE", help="write a web page again and again")
    way.add_argument(
        "--serve", type=int, nargs="?", const=8765, metavar="PORT", help="show that page on this computer; port 8765"
    )
    parser.add_argument("--every", type=_seconds, default=5, metavar="SECONDS", help="of the page; 5 by default")
    parser.add_argument("--lesson", type=int, help="only this one, for example 05")
    parser.add_argument("--wall", action="store_true", help="exercises only, no single student: for the projector")
    parser.add_argument(
        "--stuck-after", type=float, default=Rules.stuck_after, metavar="MINUTES", help="%(default)s by default"
    )
    parser.add_argument(
        "--attempts",
        type=int,
        default=Rules.attempts,
        help="refusals and hints; %(default)s by default",
    )
    parser.add_argument(
        "--quiet-after", type=float, default=Rules.quiet_after, metavar="MINUTES", help="%(default)s by default"
    )
    chosen = parser.parse_args(arguments)
    if chosen.lesson is not None and chosen.lesson not in titles():
        parser.error(f"there is no lesson {chosen.lesson}; expected one of {', '.join(map(str, titles()))}")
    return chosen


def _seconds(text):
    seconds = float(text)
    if not 1 <= seconds < math.inf:
        raise argparse.ArgumentTypeError(f"expected at least 1 second, not {text}")
    return seconds


def _print(board, rules, seconds):
    while True:
        if seconds and sys.stdout.isatty() and os.name == "posix":
            print("\033[H\033[2J", end="")
        notebook.say(as_text(view(board, rules), shutil.get_terminal_size((100, 24)).columns))
        if not seconds:
            return
        sys.stdout.flush()
        time.sleep(seconds)
        print()
        _read_again(board)


def _keep_writing(board, rules, path, seconds):
    write_page(path, as_page(view(board, rules), seconds))
    print(f"Open {path.absolute().as_uri()} in a browser. Ctrl+C ends it.", flush=True)
    while True:
        time.sleep(seconds)
        _read_again(board)
        try:
            write_page(path, as_page(view(board, rules), seconds))
        except PermissionError as error:  # on Windows, while a browser reads it
            print(f"The page was not renewed this time ({error.strerror}).", file=sys.stderr)


def _keep_serving(board, rules, port, seconds):
    with Server(port) as server:
        server.page = as_page(view(board, rules), seconds)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"Open {server.address} in a browser on this computer. Ctrl+C ends it.", flush=True)
        try:
            while True:
                time.sleep(seconds)
                _read_again(board)
                server.page = as_page(view(board, rules), seconds)
        finally:
            server.shutdown()


def _read_again(board):
    """Take in what is new; where the folder is away, the board says so and keeps what it has."""
    try:
        board.read()
    except OSError as error:
        board.notes = [f"The folder cannot be read at the moment ({error.strerror}); this is what was there before."]


if __name__ == "__main__":
    raise SystemExit(main())
