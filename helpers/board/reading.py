"""Students' files, and what they say of the exercises."""

import json
import os
import re
import time
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from helpers.progress import HINT, NICKNAME, ROOT

#: Seconds without an event after which a student had a break, which is not counted as work.
BREAK = 30 * 60
#: Bytes that are read at once, at the most of a file (its end), and characters of a line; files at the most.
PORTION, LARGEST, LINE, FILES = 2**20, 2**24, 2**12, 1000
#: Different hints that are remembered for one student at one exercise.
REMEMBERED = 30
#: A number in a hint, or what stands for one.
NUMBER = re.compile(r"(\d+(?:[.,]\d+)*|#)")


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
