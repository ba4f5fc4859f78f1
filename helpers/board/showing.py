"""What the board shows at one moment, and the words that its text and its page share."""

import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import median

from helpers.board.reading import BREAK, Exercise, Work, exercises, merged

#: Common hints shown for one exercise.
SHOWN = 3
NOBODY = (
    "Nobody is on the board yet. Students run `from helpers.progress import share` and `share()`; docs/board.md tells "
    "what they need."
)


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


def clock(moment):
    return time.strftime("%H:%M:%S", time.localtime(moment))


def how_many(count):
    return f"{count} student{'' if count == 1 else 's'}"


def summary(shown):
    return f"{how_many(len(shown.rows))}, {shown.count('stuck')} stuck, {shown.count('quiet')} quiet"


def rule(rules):
    return (
        f"Stuck: {rules.stuck_after:g} minutes and {rules.attempts} refusals or hints at an exercise that is not "
        f"solved. Quiet: nothing for {rules.quiet_after:g} minutes."
    )


def nobody(rules):
    return NOBODY if rules.lesson is None else f"Nobody has begun lesson {rules.lesson} yet."


def counted(students, times):
    return how_many(students) + ("" if times == students else f", {times} times")


def ago(minutes):
    if minutes < 100:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.0f} h" if minutes < 48 * 60 else f"{minutes / 60 / 24:.0f} days"
