"""Make an nbgrader assignment out of a lesson: `python -m tools.assignment 01 COURSE` (docs/grading.md).

`COURSE/source/NN_name/NN_name.ipynb` is the skeleton with the solutions in its exercises, which nbgrader takes out
again for the students; `COURSE/nbgrader_config.py` tells it how.
"""

import argparse
import inspect
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat

from tools import notebooks

SIGNATURE = "# How nbgrader handles lessons of Digits to Crystals."
SETTINGS = f'''{SIGNATURE} Made once, and yours to change.
import os
import sys

from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.preprocessors import CheckCellMetadata, ClearSolutions, Execute, NbGraderPreprocessor
from nbgrader.utils import is_grade

c = get_config()
c.CourseDirectory.course_id = "digits-to-crystals"
c.Execute.timeout = {notebooks.CELL_LIMIT}  # seconds for a cell; then it is interrupted, and the next one runs
c.Execute.iopub_timeout = 60
# What a lesson writes beside itself, up to 160 MB, is not copied from folder to folder.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "lesson[0-9][0-9]"]
# What students' notebooks solve while they are graded is neither your own progress nor for a board.
os.environ["WORKSHOP_PROGRESS"] = os.devnull
os.environ.pop("WORKSHOP_BOARD", None)
# nbgrader starts alembic, which lies beside Python, also where the environment is not activated.
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]


{inspect.getsource(notebooks.without_solution)}

class LessonStubs(ClearSolutions):
    """Students get the lines `### STUB` of a solution in its place, and not nbgrader's one stub for all."""

    def preprocess_cell(self, cell, resources, cell_index):
        if "### BEGIN SOLUTION" not in cell.source:
            return super().preprocess_cell(cell, resources, cell_index)
        cell.source = without_solution(cell.source)
        return cell, resources


class StrayCells(NbGraderPreprocessor):
    """A copied cell, or one of an older version, is an ordinary cell; nbgrader alone would stop grading the class."""

    def preprocess_cell(self, cell, resources, cell_index):
        if "grade_id" not in cell.metadata.get("nbgrader", {{"grade_id": None}}):
            del cell.metadata["nbgrader"]
        return cell, resources


class RunChecks(Execute):
    """A check fails when the course's own `check` raises: not when it warns, and whatever a student calls `check`."""

    def preprocess_cell(self, cell, resources, cell_index):
        source = cell.source
        if is_grade(cell):
            cell.source = "from helpers.checks import check\\n" + source
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        cell.source = source
        for output in cell.get("outputs", []):
            if is_grade(cell) and output.get("name") == "stderr":
                output.name = "stdout"  # for anything on stderr nbgrader would give no point
        return cell, resources


def steps(converter, name, theirs, *ours):
    """nbgrader's own steps, with ours in place of one."""
    usual = converter.class_traits()[name].default()
    return [new for step in usual for new in (ours if step is theirs else [step])]


c.GenerateAssignment.preprocessors = steps(GenerateAssignment, "preprocessors", ClearSolutions, LessonStubs)
c.Autograde.sanitize_preprocessors = steps(
    Autograde, "sanitize_preprocessors", CheckCellMetadata, StrayCells, CheckCellMetadata
)
c.Autograde.autograde_preprocessors = steps(Autograde, "autograde_preprocessors", Execute, RunChecks)
'''


def assignment(name, extra_points=0):
    """The notebook of a lesson from which nbgrader makes what students get, and by which it grades.

    Exercises hold their solutions, checks are tests worth points, and every other cell is locked.
    """
    notebook = notebooks.skeleton(name)
    sources = {cell.metadata.get("exercise"): cell.source for cell in notebooks.read(name).cells}
    extras = {cell.metadata["check"] for cell in notebooks.extra_cells(notebook) if "check" in cell.metadata}
    for cell in notebook.cells:
        if "exercise" in cell.metadata:
            cell.source = sources[cell.metadata["exercise"]]
        elif "check" not in cell.metadata:
            read_only = {"grade": False, "locked": True, "solution": False, "task": False}
            cell.metadata["nbgrader"] = {"grade_id": cell.id, "schema_version": 3, **read_only}
        elif cell.metadata["check"] in extras:
            cell.metadata["nbgrader"]["points"] = extra_points
        if cell.cell_type == "markdown":
            cell.source = cell.source.replace("](../docs/", "](docs/")
    return notebook


def linked(notebook):
    """The files of docs/ that an assignment's texts show or link to, and the pictures in those."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    found = set(re.findall(r"\]\((docs/[^)#\s]+)", text))
    for page in [page for page in found if page.endswith(".md")]:
        text = (notebooks.ROOT / page).read_text(encoding="utf-8")
        found |= {f"docs/{picture}" for picture in re.findall(r"\]\((imgs/[^)#\s]+)", text)}
    return sorted(found)


def write(name, course, extra_points=0):
    """Write an assignment into a course folder, whole or not at all; returns its notebook."""
    settings, place = course / "nbgrader_config.py", course / "source" / name
    ours = settings.is_file() and settings.read_text(encoding="utf-8", errors="replace").startswith(SIGNATURE)
    if course.is_dir() and any(course.iterdir()) and not ours:
        sys.exit(f"{course} holds other things, and was not made by this command. Name a new or an empty folder.")
    if place.exists():
        sys.exit(f"{place} is there already, and was left as it is. To make it anew, move it away first.")
    notebook = assignment(name, extra_points)
    course.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".", dir=course) as part:
        made = Path(part) / name
        made.mkdir()
        notebooks.write(made / f"{name}.ipynb", nbformat.writes(notebook) + "\n")
        for file in linked(notebook):
            (made / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(notebooks.ROOT / file, made / file)
        if not ours:
            notebooks.write(settings, SETTINGS)
        place.parent.mkdir(exist_ok=True)
        os.replace(made, place)
    return notebook


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lesson", help="the beginning of its name, for example 01")
    parser.add_argument("course", type=Path, help="the folder of the course: a new one, or one made by this command")
    parser.add_argument("--extras", action="store_true", help="a point for each extra exercise too; none by default")
    chosen = parser.parse_args()
    found = [name for name in notebooks.names() if name.startswith(chosen.lesson)]
    if len(found) != 1:
        sys.exit(f"{chosen.lesson!r} is not one lesson. There are {', '.join(name[:2] for name in notebooks.names())}.")
    try:
        notebook = write(found[0], chosen.course, extra_points=int(chosen.extras))
    except OSError as error:
        sys.exit(f"The assignment cannot be written into {chosen.course}: {error.strerror}.")
    worth = sum(cell.metadata["nbgrader"].get("points", 0) for cell in notebook.cells)
    print(f"{chosen.course / 'source' / found[0]}: {worth} points. Now, in {chosen.course}:")
    print(f"nbgrader generate_assignment {found[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
