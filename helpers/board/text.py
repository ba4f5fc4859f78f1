"""The board as plain text."""

import textwrap
import unicodedata

from helpers.board import showing
from helpers.board.reading import titles


def as_text(shown, width=100):
    """The board as plain text.

    Parameters
    ----------
    shown : View
    width : int
        Characters in a line.
    """
    lines = [f"The class at {showing.clock(shown.moment)}: {showing.summary(shown)}", *shown.notes]
    if not shown.rows:
        return "\n".join([*lines, "", showing.nobody(shown.rules)])
    if not shown.rules.wall:
        stuck = [row for row in shown.rows if row.state == "stuck"]
        lines += ["", "Stuck" if stuck else "Nobody is stuck"]
        for row in stuck:
            said = f": {row.told}" if row.told else ""
            lines.append(_cut(f"  {row.name}, {row.exercise.number} {row.exercise.title}{said}", width))
        heads = ("student", "core", "at", "min", "refused", "hints", "last sign", "")
        lines += ["", *_table([heads, *map(cells, shown.rows)], right=(3, 4, 5, 6))]
    for lesson, exercises_here in shown.lessons.items():
        lines += ["", f"Lesson {lesson:02d}, {titles()[lesson]} ({showing.how_many(shown.begun[lesson])})"]
        heads = ("exercise", "solved", "at it", "median minutes", "hints", "solutions")
        table = _table([heads, *map(_numbers, exercises_here)], right=(1, 2, 3, 4, 5))
        lines.append(table[0])
        for line, text in zip(exercises_here, table[1:], strict=True):
            lines.append(text)
            lines += [_cut(f"    {showing.counted(n, times)}: {hint}", width) for hint, n, times in line.told]
    if not shown.rules.wall:
        lines += ["", *textwrap.wrap(showing.rule(shown.rules), width)]
    return "\n".join(lines)


def cells(row):
    """A row of the table: student, core, place, minutes there, refused, hints, last sign, state."""
    if row.exercise:
        place, there = row.exercise.number, (f"{row.minutes:.0f}", str(row.refused), str(row.hints))
    else:
        place, there = f"end of {row.lesson}", ("", "", "")
    return row.name, "{} of {}".format(*row.core), place, *there, showing.ago(row.silent), row.state.upper()


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
