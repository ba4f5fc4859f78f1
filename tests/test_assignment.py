"""An nbgrader assignment is the lesson's skeleton, and its marks are what the checks say.

The last test goes from the assignment to the marks. It is skipped without nbgrader (`pip install -c constraints.txt -e
'.[grading]'`).
"""

import copy
import csv
import os
import re
import subprocess
import sys

import nbformat
import pytest

from tools import assignment, notebooks

SMALL = "00_setup"


def released_source(cell):
    """A skeleton's cell as nbgrader hands it out: pictures lie in the assignment's own folder."""
    return cell.source.replace("](../docs/", "](docs/")


@pytest.fixture(scope="module", params=notebooks.names())
def name(request):
    return request.param


def test_every_cell_has_its_role(name):
    notebook = assignment.assignment(name)
    nbformat.validate(notebook)
    ids = [cell.metadata["nbgrader"]["grade_id"] for cell in notebook.cells]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z0-9-]+", grade_id) for grade_id in ids)
    for cell in notebook.cells:
        data = cell.metadata["nbgrader"]
        is_exercise, is_check = "exercise" in cell.metadata, "check" in cell.metadata
        assert (data["solution"], data["grade"], "points" in data) == (is_exercise, is_check, is_check)
        assert data["locked"] == (not is_exercise)
        assert (data["schema_version"], data["task"]) == (3, False)
        assert cell.cell_type == "code" or not (data["solution"] or data["grade"])


def test_points_are_the_core_exercises(name):
    kinds = [cell.metadata["tags"] for cell in notebooks.solution(name).cells if "exercise" in cell.metadata]
    for extra_points, counted in ((0, {"core"}), (1, {"core", "extra"})):
        cells = assignment.assignment(name, extra_points).cells
        points = sum(cell.metadata["nbgrader"].get("points", 0) for cell in cells)
        assert points == sum(bool(counted & set(tags)) for tags in kinds)


def test_students_get_the_skeleton(name):
    made, skeleton = assignment.assignment(name), notebooks.skeleton(name)
    assert [cell.id for cell in made.cells] == [cell.id for cell in skeleton.cells]
    for ours, theirs in zip(made.cells, skeleton.cells, strict=True):
        assert notebooks.without_solution(ours.source) == released_source(theirs)
        assert ours.metadata.get("tags") == theirs.metadata.get("tags")
        assert ("### BEGIN SOLUTION" in ours.source) == ("exercise" in ours.metadata)


def test_a_course_is_made_and_added_to(tmp_path):
    course = tmp_path / "new" / "course"
    assignment.write("01_mnist_skeleton", course)
    settings = course / "nbgrader_config.py"
    compile(settings.read_text(encoding="utf-8"), settings.name, "exec")
    settings.write_text(settings.read_text(encoding="utf-8") + "c.Execute.timeout = 60\n", encoding="utf-8")
    assignment.write("05_roughness", course)
    assert settings.read_text(encoding="utf-8").endswith("c.Execute.timeout = 60\n")
    for lesson in ("01_mnist_skeleton", "05_roughness"):
        text = (course / "source" / lesson / f"{lesson}.ipynb").read_text(encoding="utf-8")
        assert f"](docs/imgs/{lesson[:2]}_ladder.png)" in text
        assert "](../" not in text
        assert (course / "source" / lesson / "docs" / "imgs" / f"{lesson[:2]}_ladder.png").is_file()
    assert {path.name for path in course.iterdir()} == {"nbgrader_config.py", "source"}
    assert (course / "source" / "05_roughness" / "docs" / "imgs" / "05_spectra.png").is_file()


def run(*arguments):
    command = [sys.executable, "-m", "tools.assignment", *map(str, arguments)]
    return subprocess.run(command, cwd=notebooks.ROOT, capture_output=True, text=True, check=False)


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_bad_input_gets_one_sentence_and_writes_nothing(tmp_path):
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    theirs.mkdir()
    (theirs / "nbgrader_config.py").write_text("c = get_config()\n")
    assignment.write(SMALL, ours)
    before = contents(tmp_path)
    for lesson, course, said in (
        ("42", tmp_path / "new", "'42' is not one lesson. There are 00, 01"),
        ("0", tmp_path / "new", "'0' is not one lesson."),
        (SMALL, theirs, "was not made by this command"),
        (SMALL, theirs / "nbgrader_config.py", "File exists."),
        (SMALL, theirs / "nbgrader_config.py" / "course", "cannot be written"),
        (SMALL, ours, "is there already, and was left as it is."),
    ):
        done = run(lesson, course)
        assert done.returncode == 1
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert contents(tmp_path) == before


def test_a_course_that_cannot_be_written_is_not_left_in_halves(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(assignment.shutil, "copyfile", full)
    with pytest.raises(OSError, match="No space"):
        assignment.write("01_mnist_skeleton", tmp_path)
    assert list(tmp_path.iterdir()) == []


# --- with nbgrader --------------------------------------------------------------------------------


@pytest.fixture
def nbgrader(tmp_path):
    """Run nbgrader in a course with lesson 0; its environment need not be activated."""
    pytest.importorskip("nbgrader", reason="the grading test needs the extra grading: pip install -e '.[grading]'")
    assert run(SMALL[:2], tmp_path / "course").returncode == 0
    home = {key: str(tmp_path / "home") for key in ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}

    def call(*arguments):
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *arguments],
            cwd=tmp_path / "course", env={**os.environ, **home}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stderr

    return call


def hand_in(course, student, notebook, answers):
    """Fill in answers by exercise, and hand the notebook in."""
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata.get("exercise"), cell.source)
    folder = course / "submitted" / student / SMALL
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{SMALL}.ipynb")


def test_from_the_assignment_to_the_marks(nbgrader, tmp_path):
    course = tmp_path / "course"
    nbgrader("generate_assignment", SMALL)
    released = nbformat.read(course / "release" / SMALL / f"{SMALL}.ipynb", as_version=4)
    skeleton = notebooks.skeleton(SMALL)
    assert [cell.source for cell in released.cells] == [released_source(cell) for cell in skeleton.cells]
    shown = assignment.linked(released)
    assert "docs/imgs/00_steps.png" in shown
    assert all((course / "release" / SMALL / file).is_file() for file in shown)
    assert [cell.id for cell in released.cells] == [cell.id for cell in skeleton.cells]

    solved = {
        cell.metadata["exercise"]: cell.source
        for cell in notebooks.solution(SMALL).cells
        if "exercise" in cell.metadata
    }
    place = {cell.id: index for index, cell in enumerate(released.cells)}
    hand_in(course, "all", copy.deepcopy(released), solved)
    hand_in(course, "nothing", copy.deepcopy(released), {})
    hand_in(course, "some", copy.deepcopy(released), {**solved, "0.1": "mean_length = sum([151.0, 149.5, 153.5])"})
    # The notebook that everybody has, and a right answer that warns.
    warns = solved["0.2"].replace("    return", "    import warnings\n    warnings.warn('careful')\n    return")
    hand_in(course, "ordinary", skeleton, {"0.1": solved["0.1"], "0.2": warns})
    # Deletes a check, edits one, and makes a `check` of their own.
    cheats = copy.deepcopy(released)
    cheats.cells[place["check-0-2"]].source = "print('passed')"
    del cheats.cells[place["check-0-1"]]
    cheats.cells.insert(3, nbformat.v4.new_code_cell("def check(*answers):\n    print('passed')"))
    hand_in(course, "cheats", cheats, {"0.1": solved["0.1"]})
    # Copies the cell before filling it in, as one does.
    copies = copy.deepcopy(released)
    copied = copy.deepcopy(copies.cells[place["exercise-0-1"]])
    copies.cells.insert(place["exercise-0-1"], nbformat.from_dict({**copied, "id": "a-copy"}))
    hand_in(course, "copies", copies, {"0.1": solved["0.1"]})

    said = nbgrader("autograde", SMALL)
    assert "'exercise-0-1' exists multiple times" in said
    nbgrader("generate_feedback", SMALL)
    nbgrader("export")
    with (course / "grades.csv").open(encoding="utf-8") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    marks = {student: float(row["score"]) for student, row in rows.items()}
    assert marks == {"all": 2, "nothing": 0, "some": 1, "ordinary": 2, "cheats": 0, "copies": 1}
    assert {float(row["max_score"]) for row in rows.values()} == {2}
    page = (course / "feedback" / "some" / SMALL / f"{SMALL}.html").read_text(encoding="utf-8")
    assert "0.1 · Not yet. 454 is the sum of the three lengths." in page
