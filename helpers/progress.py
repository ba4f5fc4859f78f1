"""What has been solved, the next hint, and the solution for those who need to catch up.

Each event is one line of a local file, so that two notebooks can write at once and a
crash loses nothing. The file is `progress.jsonl` beside the README, or what
`WORKSHOP_PROGRESS` names.
"""

import json
import os
import re
import time
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
    for file in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        exercises = {
            cell["metadata"]["exercise"]: cell["metadata"].get("tags", [])
            for cell in _cells(file)
            if "check" not in cell["metadata"] and cell["cell_type"] == "code" and "exercise" in cell["metadata"]
        }
        if not exercises:
            continue
        core = [number for number, tags in exercises.items() if "core" in tags]
        marks = "  ".join(
            f"{(helped if number in shown else done) if number in solved else open_} {number}"
            + ("" if number in core else " (extra)")
            for number in exercises
        )
        print(f"Lesson {file.stem[:2]}: {sum(n in solved for n in core)} of {len(core)} core exercises")
        print(f"  {marks}")
    print(f"{done} solved   {helped} solved after seeing the solution   {open_} still open")


def hint(exercise):
    """Print the next hint for an exercise; each call gives a stronger one."""
    text = "".join(
        "".join(cell["source"])
        for cell in _lesson(exercise, "notebooks")
        if cell["cell_type"] == "markdown" and cell["metadata"].get("hints") == exercise
    )
    hints = re.findall(r"<details>\s*<summary>.*?</summary>(.*?)</details>", text, flags=re.DOTALL)
    if not hints:
        print(f"There are no hints for exercise {exercise}. Its number stands in its heading.")
        return
    given = sum(event["exercise"] == exercise and event["event"] == "hint" for event in events())
    this = min(given, len(hints) - 1)
    print(f"Hint {this + 1} of {len(hints)} for {exercise}: {' '.join(hints[this].split())}")
    if this == len(hints) - 1:
        print(f'That is the last hint. catch_up("{exercise}") shows the solution.')
    record(exercise, "hint")


def catch_up(exercise):
    """Put an exercise's solution into a new cell below this one: run it, and go on from there."""
    code = "\n\n".join(
        "".join(cell["source"])
        for cell in _lesson(exercise, "solutions")
        if cell["cell_type"] == "code" and cell["metadata"].get("exercise") == exercise
    )
    if not code:
        print(f"There is no solution for exercise {exercise}. Its number stands in its heading.")
        return
    code = "\n".join(line for line in code.splitlines() if not line.strip().startswith("### "))
    record(exercise, "solution")
    header = f"# The solution of exercise {exercise}: read it, run it, then go back to the check.\n"
    if not notebook.insert_cell(header + code):
        print(header + code)


def _lesson(exercise, folder):
    """The cells of the notebook in a folder that an exercise belongs to."""
    lesson = re.fullmatch(r"(\d+)\.\d+", str(exercise))
    files = sorted((ROOT / folder).glob(f"{int(lesson[1]):02d}_*.ipynb")) if lesson else []
    return _cells(files[0]) if files else []


def _cells(file):
    return json.loads(file.read_text(encoding="utf-8"))["cells"]
