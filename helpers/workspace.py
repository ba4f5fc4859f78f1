"""A student's own copy of the notebooks, on a server or in a container: `python -m helpers.workspace [COMMAND ...]`

It is run each time before JupyterLab starts, in the image and on a hub (docs/hub.md), and runs COMMAND afterwards.
What is new in the course is copied, what a student has not touched is renewed, and what a student has changed is never
written to: the new version is put beside it, and `what_is_new.md` says so.

`WORKSHOP_FOLDER` is the student's folder, `~/workshop` by default; the notebooks are in `notebooks/` in it.
`WORKSHOP_SKELETONS` is where untouched ones lie, by default those of the course itself.
"""

import datetime
import errno
import hashlib
import json
import os
import sys
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Which version of each notebook was handed out last: a hash by name.
RECORD = ".handed_out.json"
NEWS = "what_is_new.md"


def bring_up_to_date(skeletons, notebooks):
    """Hand out what a student does not have yet.

    Parameters
    ----------
    skeletons, notebooks : Path
        The folder of the course, and the student's. Folders in them are left alone.

    Returns
    -------
    list of str
        What was done, one sentence for each notebook that it was done to.
    """
    notebooks.mkdir(parents=True, exist_ok=True)
    began = any(notebooks.glob("*.ipynb"))
    handed_out, said = _record(notebooks), []
    for skeleton in sorted(skeletons.iterdir()):
        if not skeleton.is_file() or skeleton.suffix not in (".ipynb", ".py"):
            continue
        name, mine = skeleton.name, notebooks / skeleton.name
        new, old = _hash(skeleton), handed_out.get(skeleton.name)
        if not mine.exists():
            _write(mine, skeleton.read_bytes())
            said.append(f"{name} is new.")
        elif _hash(mine) == new:
            pass
        elif _hash(mine) == old:
            _write(mine, skeleton.read_bytes())
            said.append(f"{name} has a new version, which is in its place, as you had not changed anything.")
        elif old != new and not any(_hash(path) == new for path in notebooks.glob(f"{mine.stem}_new*{mine.suffix}")):
            beside = _free_name(mine)
            _write(beside, skeleton.read_bytes())
            said.append(f"{name} has a new version, {beside.name}. Yours is as you left it.")
        handed_out[name] = new
    if said and began:
        _tell(notebooks / NEWS, said)
    _write(notebooks / RECORD, json.dumps(handed_out, indent=1).encode())
    return said


def show_the_course(folder, course=ROOT):
    """Let a student see what belongs to the lessons; it is linked, and so is always the course's own.

    The pictures are copied, because JupyterLab shows none that lies outside of the student's folder.
    """
    (folder / "docs").mkdir(exist_ok=True)
    for path in (*course.glob("docs/*"), course / "solutions", course / "helpers"):
        link = folder / path.relative_to(course)
        if path.name == "imgs":
            link.mkdir(exist_ok=True)
            for picture in path.iterdir():
                _write(link / picture.name, picture.read_bytes())
        elif link.is_symlink() or not link.exists():
            link.unlink(missing_ok=True)
            link.symlink_to(path)


def _record(notebooks):
    try:
        found = json.loads((notebooks / RECORD).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):  # the first time, or half a file: then nothing counts as untouched
        return {}
    return found if isinstance(found, dict) else {}


def _hash(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write(path, contents):
    """Write a file in one step, so that none is ever half there."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(contents)
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def _free_name(path):
    """`01_new.ipynb` for `01.ipynb`, or the first of `01_new2.ipynb` and so on that is free."""
    number = 1
    while (free := path.with_stem(f"{path.stem}_new{number if number > 1 else ''}")).exists():
        number += 1
    return free


def _tell(news, said):
    """Add to the student's list of news."""
    today = datetime.date.today().isoformat()
    with news.open("a", encoding="utf-8") as file:
        file.writelines(f"- {today}: {sentence}\n" for sentence in said)


#: What a folder says that cannot be written to.
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


def _way_out(error, notebooks):
    """What to do about a folder that cannot be written to."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full: make room, then start again."
    if error.errno == errno.EROFS:
        return "It is mounted for reading only: mount it without `:ro`, or start with a volume on it."
    if error.errno not in FORBIDDEN:
        return "Mend that, then start again."
    failed = Path(error.filename or notebooks)
    try:
        place = next(folder for folder in (failed, *failed.parents) if folder.is_dir())
        owner, me = place.stat().st_uid, os.getuid()
    except OSError:  # one may not even look
        return "Mend that, then start again."
    if owner == me:
        return f"{place} is this user's own, so it may be SELinux: mount it with `:z`, as in `-v FOLDER:{place}:z`."
    if owner == 0:
        return (
            f"{place} belongs to root, as a folder that Docker had to make itself: where it is mounted from, "
            f"`sudo chown {me} FOLDER`, then start again."
        )
    return f"{place} belongs to user {owner}, and this runs as {me}: start a container with `--user {owner}`."


def folder():
    """The student's folder."""
    return Path(os.environ.get("WORKSHOP_FOLDER") or "~/workshop").expanduser()


def main(command):
    skeletons = Path(os.environ.get("WORKSHOP_SKELETONS") or ROOT / "notebooks")
    notebooks = folder() / "notebooks"
    try:
        for sentence in bring_up_to_date(skeletons, notebooks):
            print(sentence, flush=True)
        if not folder().samefile(ROOT):
            show_the_course(folder())
    except OSError as error:
        print(
            f"{notebooks} is not up to date: {error.strerror} ({error.filename}). {_way_out(error, notebooks)}",
            file=sys.stderr,
        )
        if not any(notebooks.glob("*.ipynb")):
            return 1
        if error.errno in FORBIDDEN and not command:
            return 1  # in a container it costs nothing to start again, and work that cannot be saved costs a day
        # Let the student at what is there: to work, or to take it home.
        print("It goes on with the notebooks that are there. If saving fails, download them.", file=sys.stderr)
    os.environ.setdefault("WORKSHOP_PROGRESS", str(notebooks / "progress.jsonl"))
    if command:
        os.execvp(command[0], command)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
