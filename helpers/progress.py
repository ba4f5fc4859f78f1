"""What has been solved, the next hint, and the solution for those who need to catch up.

Each event is one line of a local file, so that two notebooks can write at once and a
crash loses nothing. The file is `progress.jsonl` beside the README, or what
`WORKSHOP_PROGRESS` names.
"""

import json
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

from helpers import notebook

ROOT = Path(__file__).resolve().parent.parent


def path():
    """The file that holds the progress."""
    return Path(os.environ.get("WORKSHOP_PROGRESS") or ROOT / "progress.jsonl")


def record(exercise, event):
    """Add an event: an exercise was ``"passed"``, or a ``"hint"`` or the ``"solution"`` was shown."""
    line = json.dumps({"exercise": exercise, "event": event, "time": round(time.time())})
    try:
        path().parent.mkdir(parents=True, exist_ok=True)
        with path().open("a", encoding="utf-8") as file:
            file.write(line + "\n")
    except OSError as error:
        print(
            f"Your progress cannot be saved in {path()} ({error.strerror}). The check itself is not affected; "
            "set WORKSHOP_PROGRESS to a file that you may write to."
        )


def events():
    """All events so far, oldest first; lines that cannot be read are left out."""
    try:
        lines = path().read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            event = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(event, dict) and {"exercise", "event"} <= event.keys():
            found.append(event)
    return found


def progress():
    """Print which exercises are solved, lesson by lesson."""
    solved, shown = set(), set()
    for event in events():
        if event["event"] == "passed":
            solved.add(event["exercise"])
        elif event["event"] == "solution" and event["exercise"] not in solved:
            shown.add(event["exercise"])
    done, open_, helped = ("✓", "○", "↷") if notebook.can_print("✓○↷") else ("[x]", "[ ]", "[>]")
    for source in sorted((ROOT / "solutions").glob("[0-9][0-9]_*.py")):
        kinds = {cell.exercise: cell.kind for cell in _cells(source) if cell.exercise}
        core = [number for number, kind in kinds.items() if kind == "core"]
        marks = "  ".join(
            f"{(helped if number in shown else done) if number in solved else open_} {number}"
            + ("" if kind == "core" else f" ({kind})")
            for number, kind in kinds.items()
        )
        notebook.say(f"Lesson {source.stem[:2]}: {sum(n in solved for n in core)} of {len(core)} core exercises")
        notebook.say(f"  {marks}")
    notebook.say(f"{done} solved   {helped} solved after seeing the solution   {open_} still open")


def hint(exercise):
    """Print the next hint for an exercise; each call gives a stronger one."""
    text = "".join(cell.text for cell in _lesson(exercise) if cell.hints == exercise)
    hints = re.findall(r"<details>\s*<summary>.*?</summary>(.*?)</details>", text, flags=re.DOTALL)
    if not hints:
        notebook.say(f"There are no hints for exercise {exercise}. Its number stands in its heading.")
        return
    given = sum(event["exercise"] == exercise and event["event"] == "hint" for event in events())
    this = min(given, len(hints) - 1)
    notebook.say(f"Hint {this + 1} of {len(hints)} for {exercise}: {' '.join(hints[this].split())}")
    if this == len(hints) - 1:
        notebook.say(f'That is the last hint. catch_up("{exercise}") shows the solution.')
    record(exercise, "hint")


def catch_up(exercise):
    """Put an exercise's solution into a new cell below this one: run it, and go on from there."""
    lines = [line for cell in _lesson(exercise) if cell.exercise == exercise for line in cell.text.splitlines()]
    if not lines:
        notebook.say(f"There is no solution for exercise {exercise}. Its number stands in its heading.")
        return
    record(exercise, "solution")
    header = f"# The solution of exercise {exercise}: read it, run it, then go back to the check."
    code = "\n".join([header, *(line for line in lines if not line.strip().startswith("### "))])
    if not notebook.insert_cell(code):
        notebook.say(code)


@dataclass(frozen=True)
class _Cell:
    """A cell of a lesson's source: its attributes (empty where it has none) and its text."""

    exercise: str
    hints: str
    kind: str
    text: str


def _lesson(exercise):
    """The cells of the lesson that an exercise belongs to."""
    number = re.fullmatch(r"(\d+)\.\d+", str(exercise))
    sources = sorted((ROOT / "solutions").glob(f"{int(number[1]):02d}_*.py")) if number else []
    return _cells(sources[0]) if sources else []


def _cells(source):
    """The cells of a lesson's source, `solutions/NN_name.py` (docs/authoring.md)."""
    cells = []
    for part in re.split(r"^# %%", source.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        header, _, text = part.partition("\n")
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', header))
        kind = re.search(r'"(core|extra)"', header)
        if "[markdown]" in header:
            text = re.sub(r"^# ?", "", text, flags=re.MULTILINE)
        cells.append(
            _Cell(
                attributes.get("exercise", ""), attributes.get("hints", ""), kind[1] if kind else "", text.strip("\n")
            )
        )
    return cells
