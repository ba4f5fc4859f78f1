"""What has been solved, the next hint, and the solution for those who need to catch up.

Each event is one line of a local file, so that two notebooks can write at once and a
crash loses nothing. The file is `progress.jsonl` beside the README, or what
`WORKSHOP_PROGRESS` names.

The file is the student's own. Only after `share()` each new line also goes to the instructor's
board (docs/board.md), until `unshare()`.
"""

import builtins
import json
import os
import re
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from helpers import notebook

ROOT = Path(__file__).resolve().parent.parent
#: Characters of a nickname, and of a hint that is kept.
NICKNAME, HINT = 24, 200


def path():
    """The file that holds the progress."""
    return Path(os.environ.get("WORKSHOP_PROGRESS") or ROOT / "progress.jsonl")


def record(exercise, event, **more):
    """Add an event: an exercise was ``"passed"``, or a ``"hint"`` or the ``"solution"`` was shown."""
    entry = {"exercise": exercise, "event": event, "time": round(time.time()), **more}
    _keep(entry)
    agreement = _agreement()
    if agreement and _stands(agreement):
        _board.send(_file_on_the_board(agreement), entry)
    elif agreement and os.environ.get("WORKSHOP_BOARD"):
        _board.say_once("The instructor has set up another board since your share(). To be on it, share() again.")


def record_refusal(exercise, hint, blank):
    """Add that a check refused: a ``"blank"`` that is still there, or what was ``"refused"`` with which hint.

    Parameters
    ----------
    exercise : str
        What is no exercise's number is not recorded.
    hint : str
        What the student was told; `in_general` of it is kept.
    blank : bool
        Whether there was no answer yet.
    """
    if not isinstance(exercise, str) or not re.fullmatch(r"\d{1,2}\.\d{1,2}", exercise):
        return
    if blank:
        record(exercise, "blank")
    else:
        record(exercise, "refused", hint=in_general(hint))


def in_general(hint):
    """The first sentence of a hint, without the student's own words.

    What follows the name of an error is left out, because it quotes the student's code. Of the rest, a word stays only
    if it is one of Python's, or stands in the lessons or their checks, so that no name and no path can be in it.
    """
    hint = re.sub(
        r"(\(?)((?:stops|fails) with \w+|\b\w+(?:Error|Exception|Warning)\b).*",
        lambda found: f"({found[2]})." if found[1] else f"{found[2]}.",
        hint,
        flags=re.DOTALL,
    )
    sentence = re.match(r".*?[.?!](?=\s|$)|.*", hint, flags=re.DOTALL)[0]
    known = _words_of_the_lessons()
    general = re.sub(r"[^\W\d]\w*", lambda word: word[0] if word[0] in known else "…", sentence)
    return general if len(general) <= HINT else general[: HINT - 1] + "…"


@cache
def _words_of_the_lessons():
    sources = [*(ROOT / "helpers" / "checks").glob("*.py"), *(ROOT / "solutions").glob("*.py")]
    text = " ".join(source.read_text(encoding="utf-8") for source in sources)
    return frozenset(re.findall(r"[^\W\d]\w*", text)) | frozenset(dir(builtins))


def _keep(entry):
    """Add a line to the student's own file; False where it cannot be written."""
    try:
        path().parent.mkdir(parents=True, exist_ok=True)
        with path().open("ab") as file:
            file.write(_line_break(path()) + _as_lines([entry]))
    except OSError as error:
        print(
            f"Your progress cannot be saved in {path()} ({error.strerror}). The check itself is not affected; "
            "set WORKSHOP_PROGRESS to a file that you may write to."
        )
        return False
    return True


def _lines():
    try:
        return path().read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def events():
    """All events so far, oldest first; lines that cannot be read are left out."""
    found = []
    for line in _lines():
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
    agreement = _agreement()
    if agreement and _stands(agreement):
        notebook.say(f"The instructor's board shows it as {_shown_as(agreement)}; unshare() takes it away.")


def hint(exercise):
    """Print the next hint for an exercise; each call gives a stronger one."""
    text = "".join(cell.text for cell in _lesson(exercise) if cell.hints == exercise)
    hints = re.findall(r"<details>\s*<summary>.*?</summary>(.*?)</details>", text, flags=re.DOTALL)
    if not hints:
        notebook.say(f"There are no hints for exercise {exercise}. Its number is in its heading.")
        return
    given = sum(event["exercise"] == exercise and event["event"] == "hint" for event in events())
    this = min(given, len(hints) - 1)
    notebook.say(f"Hint {this + 1} of {len(hints)} for {exercise}: {' '.join(hints[this].split())}")
    if this == len(hints) - 1:
        notebook.say(f'That is the last hint. catch_up("{exercise}") shows the solution.')
    record(exercise, "hint")


def catch_up(exercise, printed=False):
    """Put an exercise's solution into a new cell below this one: run it, and go on from there.

    With `printed=True` it is printed instead, for programs that do not make a cell when a kernel asks for one.
    """
    lines = [line for cell in _lesson(exercise) if cell.exercise == exercise for line in cell.text.splitlines()]
    if not lines:
        notebook.say(f"There is no solution for exercise {exercise}. Its number is in its heading.")
        return
    record(exercise, "solution")
    header = f"# The solution of exercise {exercise}: read it, run it, then go back to the check."
    code = "\n".join([header, *(line for line in lines if not line.strip().startswith("### "))])
    if printed or not notebook.insert_cell(code):
        notebook.say(code)
    else:
        notebook.say(
            f'The solution is in a new cell below. If there is none, catch_up("{exercise}", printed=True) prints it.'
        )


# --- the instructor's board -----------------------------------------------------------------------


def share(nickname=None, folder=None):
    """Show your progress on the instructor's board, from now on and in every lesson, until `unshare()`.

    It gets which exercises you solve and when, which hints you ask for, and which ones the checks give. It gets no
    name, no code and no picture, and a random number stands for you unless you give a nickname.

    Parameters
    ----------
    nickname : str, optional
        What the board shows in place of the number.
    folder : path-like, optional
        The folder of the board, if your instructor has told you one. By default what `WORKSHOP_BOARD` names.
    """
    named = folder or os.environ.get("WORKSHOP_BOARD")
    if not named:
        notebook.say(
            "Nothing is shared, because no board is set up here. If your instructor has told you a folder for it, "
            'write share(folder="...").'
        )
        return
    place = _full(named)
    before = _agreement()
    if before and before["folder"] == place:
        identity = before["id"]
    else:
        identity = f"{1000 + int.from_bytes(os.urandom(4)) % 9000}-{os.urandom(8).hex()}"
    agreement = {"event": "share", "id": identity, "folder": place, "time": round(time.time()), "by_hand": bool(folder)}
    if nickname and (name := " ".join(str(nickname).split())[:NICKNAME]):
        agreement["name"] = name
    try:
        _begin(_file_on_the_board(agreement), agreement)
    except OSError as error:
        notebook.say(
            f"Nothing is shared, because the board's folder {place} cannot be written to ({error.strerror}). "
            "Ask your instructor for the right folder; everything else works without it."
        )
        return
    if not _keep(agreement):
        _file_on_the_board(agreement).unlink()
        return
    if before and before["id"] != identity:
        _remove(_file_on_the_board(before))
    _board.reset()
    notebook.say(
        f"You are {_shown_as(agreement)} on the instructor's board now. It gets which exercises you solve and when, "
        "and which hints you get; no name, no code. unshare() takes it away again."
    )


def unshare():
    """Take your progress off the instructor's board; your own file stays."""
    agreement = _agreement()
    if agreement is None:
        notebook.say("Nothing of yours is on the board.")
        return
    _board.reset()
    _keep({"event": "unshare", "time": round(time.time())})
    if _remove(_file_on_the_board(agreement)):
        notebook.say(
            "Your progress is no longer on the board, and nothing more is sent. What you have solved is kept here."
        )


def _agreement():
    """The last `share()`, as it is in the student's own file, or None after `unshare()`."""
    for line in reversed(_lines()):
        if '"share"' in line or '"unshare"' in line:
            try:
                entry = json.loads(line)
            except json.JSONDecodeError:
                continue
            if isinstance(entry, dict) and entry.get("event") in ("share", "unshare"):
                return entry if {"id", "folder"} <= entry.keys() else None
    return None


def _stands(agreement):
    """Whether the board is still the one that was agreed to: the instructor's, or one that the student has named."""
    folder = os.environ.get("WORKSHOP_BOARD")
    return agreement.get("by_hand") or bool(folder and _full(folder) == agreement["folder"])


def _full(folder):
    return str(Path(folder).expanduser().absolute())


def _shown_as(agreement):
    return agreement.get("name") or agreement["id"].partition("-")[0]


def _file_on_the_board(agreement):
    return Path(agreement["folder"]) / f"{agreement['id']}.jsonl"


def _begin(file, agreement):
    """Write the nickname; into a new file, before it, what has been solved so far."""
    solved = {}
    if not file.exists():
        for event in events():
            if event["event"] in ("passed", "solution"):
                solved.setdefault((event["exercise"], event["event"]), event)
    name = {"event": "name", "name": agreement.get("name", ""), "time": agreement["time"]}
    with file.open("ab") as stream:
        stream.write(_line_break(file) + _as_lines([*solved.values(), name]))
    # On a server the instructor reads it, whatever the student's umask; a network drive may have its own rules.
    with suppress(OSError):
        file.chmod(0o644)


def _remove(file):
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        notebook.say(
            f"Nothing more is sent, but {file} cannot be removed ({error.strerror}). Ask your instructor to delete it."
        )
        return False
    return True


def _as_lines(entries):
    return "".join(json.dumps(entry) + "\n" for entry in entries).encode()


def _line_break(file):
    """What has to be written first, so that the next event is not lost with a line that a full disk has cut off."""
    try:
        with file.open("rb") as stream:
            stream.seek(-1, os.SEEK_END)
            return b"" if stream.read() == b"\n" else b"\n"
    except OSError:  # it is not there, is empty, or may be written to only
        return b""


class _Board:
    """Sends events to the student's file on the board; a slow or missing network keeps nobody waiting."""

    PATIENCE = 0.5  # seconds

    def __init__(self):
        self.reset()

    def reset(self):
        """Forget what is still waiting to be sent."""
        self.waiting = deque(maxlen=1000)
        self.sending = None
        self.told = False

    def send(self, file, entry):
        """Add an event to the file, with those that could not be written before; says once if it can't be."""
        self.waiting.append(entry)
        if self.sending is None or not self.sending.is_alive():
            self.sending = threading.Thread(target=self._send, args=(file, self.waiting), daemon=True)
            self.sending.start()
            self.sending.join(self.PATIENCE)
        if self.waiting:
            self.say_once(
                f"The instructor's board in {file.parent} cannot be reached. Go on: your progress is kept here, and is "
                "sent when the board is back. If it has moved, share() again."
            )

    def say_once(self, text):
        """Print it, unless something has been said before."""
        if not self.told:
            notebook.say(text)
        self.told = True

    @staticmethod
    def _send(file, waiting):
        start, lines = _line_break(file), _as_lines(waiting.copy())
        try:
            # One write at the end of a file that is there: one that was taken away does not come back.
            with open(file, "ab", buffering=0, opener=lambda name, flags: os.open(name, flags & ~os.O_CREAT)) as stream:
                written = stream.write(start + lines)
        except OSError:
            return  # they are still waiting, and the student is told
        for _ in range(lines[: max(0, written - len(start))].count(b"\n")):  # where the disk is full, not all of them
            waiting.popleft()


_board = _Board()


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
