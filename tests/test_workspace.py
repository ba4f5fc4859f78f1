"""A student's copy of the notebooks: what is new arrives, and nothing of the student's is ever written to."""

import errno
import json
import os
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest

from helpers import serve, workspace

pytestmark = pytest.mark.skipif(os.name == "nt", reason="hubs and the image run on Linux")


@pytest.fixture
def course(tmp_path):
    """The skeletons of a small course."""
    folder = tmp_path / "course"
    (folder / "lesson03").mkdir(parents=True)
    (folder / "01.ipynb").write_text("first")
    (folder / "mnist.py").write_text("script")
    (folder / "lesson03" / "model.txt").write_text("left by somebody who tried the lesson here")
    return folder


@pytest.fixture
def mine(tmp_path):
    """A student's notebooks, which are not there yet."""
    return tmp_path / "student" / "notebooks"


def listed(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_the_first_time_all_is_copied(course, mine):
    assert workspace.bring_up_to_date(course, mine) == ["01.ipynb is new.", "mnist.py is new."]
    assert listed(mine) == ["01.ipynb", "mnist.py"]
    assert (mine / "01.ipynb").read_text() == "first"


def test_without_an_update_nothing_happens(course, mine):
    workspace.bring_up_to_date(course, mine)
    (mine / "01.ipynb").write_text("work")
    for _ in range(3):
        assert workspace.bring_up_to_date(course, mine) == []
    assert listed(mine) == ["01.ipynb", "mnist.py"]
    assert (mine / "01.ipynb").read_text() == "work"


def test_an_update_adds_renews_and_puts_beside(course, mine):
    workspace.bring_up_to_date(course, mine)
    (mine / "01.ipynb").write_text("work")
    (mine / "my_own.ipynb").write_text("notes")
    (course / "01.ipynb").write_text("second")
    (course / "02.ipynb").write_text("added")
    (course / "mnist.py").write_text("better script")
    said = workspace.bring_up_to_date(course, mine)
    assert said == [
        "01.ipynb has a new version, 01_new.ipynb. Yours is as you left it.",
        "02.ipynb is new.",
        "mnist.py has a new version, which is in its place, as you had not changed anything.",
    ]
    assert listed(mine) == ["01.ipynb", "01_new.ipynb", "02.ipynb", "mnist.py", "my_own.ipynb", "what_is_new.md"]
    assert (mine / "01.ipynb").read_text() == "work"
    assert (mine / "01_new.ipynb").read_text() == "second"
    assert (mine / "mnist.py").read_text() == "better script"
    assert all(sentence in (mine / "what_is_new.md").read_text() for sentence in said)
    assert workspace.bring_up_to_date(course, mine) == []


def test_a_second_update_leaves_work_in_the_new_version_alone(course, mine):
    workspace.bring_up_to_date(course, mine)
    (mine / "01.ipynb").write_text("work")
    (course / "01.ipynb").write_text("second")
    workspace.bring_up_to_date(course, mine)
    (mine / "01_new.ipynb").write_text("more work")
    (course / "01.ipynb").write_text("third")
    assert workspace.bring_up_to_date(course, mine) == [
        "01.ipynb has a new version, 01_new2.ipynb. Yours is as you left it."
    ]
    read = {name: (mine / name).read_text() for name in ("01.ipynb", "01_new.ipynb", "01_new2.ipynb")}
    assert read == {"01.ipynb": "work", "01_new.ipynb": "more work", "01_new2.ipynb": "third"}
    assert (mine / "what_is_new.md").read_text().count("01.ipynb has a new version") == 2


def test_a_notebook_that_was_deleted_comes_back(course, mine):
    workspace.bring_up_to_date(course, mine)
    (mine / "01.ipynb").unlink()
    assert workspace.bring_up_to_date(course, mine) == ["01.ipynb is new."]


@pytest.mark.parametrize("record", [None, "", '{"01.ip', "[]"])
def test_without_a_record_nothing_counts_as_untouched(course, mine, record):
    """A volume from before there were records, or a record that was cut off when the disk was full."""
    mine.mkdir(parents=True)
    (mine / "01.ipynb").write_text("perhaps work")
    if record is not None:
        (mine / workspace.RECORD).write_text(record)
    workspace.bring_up_to_date(course, mine)
    assert (mine / "01.ipynb").read_text() == "perhaps work"
    assert (mine / "01_new.ipynb").read_text() == "first"
    assert "01_new.ipynb" in (mine / workspace.NEWS).read_text()


def test_what_lessons_refer_to_is_there(tmp_path):
    (tmp_path / "solutions").symlink_to(tmp_path / "where the course was")
    for _ in range(2):
        workspace.show_the_course(tmp_path)
    assert (tmp_path / "docs" / "imgs" / "01_ladder.png").resolve().is_relative_to(tmp_path.resolve())
    assert (tmp_path / "docs" / "stem.md").samefile(workspace.ROOT / "docs" / "stem.md")
    assert (tmp_path / "solutions" / "00_setup.ipynb").exists()


def run(folder, *command, **variables):
    """Run the module as the image and the hub do."""
    unset = {"WORKSHOP_PROGRESS", "WORKSHOP_SKELETONS"}
    environment = {key: value for key, value in os.environ.items() if key not in unset}
    return subprocess.run(
        [sys.executable, "-m", "helpers.workspace", *command],
        env={**environment, "WORKSHOP_FOLDER": str(folder), **variables},
        capture_output=True,
        text=True,
    )


SHOW = "import os; print(os.environ['WORKSHOP_PROGRESS'])"


def test_it_goes_on_with_the_command(tmp_path, course):
    done = run(tmp_path / "student", sys.executable, "-c", SHOW, WORKSHOP_SKELETONS=str(course))
    assert done.stdout.splitlines()[-1] == str(tmp_path / "student" / "notebooks" / "progress.jsonl")
    assert listed(tmp_path / "student") == ["docs", "helpers", "notebooks", "solutions"]
    record = json.loads((tmp_path / "student" / "notebooks" / workspace.RECORD).read_text())
    assert record.keys() == {"01.ipynb", "mnist.py"}


def test_by_default_the_lessons_of_the_course_are_handed_out(tmp_path):
    assert run(tmp_path).returncode == 0
    skeletons = {path.name for path in (workspace.ROOT / "notebooks").glob("*.ipynb")}
    assert {path.name for path in (tmp_path / "notebooks").glob("*.ipynb")} == skeletons


def test_a_folder_that_cannot_be_written_to(tmp_path):
    (tmp_path / "notebooks").write_text("a file where the folder should be")
    done = run(tmp_path, sys.executable, "-c", SHOW)
    assert done.returncode == 1
    assert "is not up to date" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EACCES, "SELinux"),
        (errno.EROFS, "without `:ro`"),
        (errno.ENOSPC, "make room"),
        (errno.EIO, "start again"),
    ],
)
def test_what_to_do_about_such_a_folder(tmp_path, course, monkeypatch, capsys, number, words):
    def refuse(path, contents):
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setenv("WORKSHOP_FOLDER", str(tmp_path))
    monkeypatch.setenv("WORKSHOP_SKELETONS", str(course))
    monkeypatch.setattr(workspace, "_write", refuse)
    assert workspace.main([]) == 1
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(("owner", "words"), [(0, "sudo chown 1000 FOLDER"), (1234, "--user 1234")])
def test_somebody_elses_folder(tmp_path, monkeypatch, owner, words):
    monkeypatch.setattr(workspace.os, "getuid", lambda: 1000)
    monkeypatch.setattr(workspace.Path, "stat", lambda path, **options: SimpleNamespace(st_uid=owner, st_mode=0o40755))
    assert words in workspace._way_out(PermissionError(errno.EACCES, "Permission denied"), tmp_path / "not there yet")


@pytest.mark.parametrize(("number", "status"), [(errno.EROFS, 1), (errno.ENOSPC, 0)])
def test_nothing_is_served_where_nothing_can_be_saved(tmp_path, course, monkeypatch, capsys, number, status):
    """But when the disk is full a student may go on: room can be made meanwhile."""
    workspace.bring_up_to_date(course, tmp_path / "notebooks")

    def refuse(path, contents):
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setenv("WORKSHOP_FOLDER", str(tmp_path))
    monkeypatch.setenv("WORKSHOP_SKELETONS", str(course))
    monkeypatch.setenv("WORKSHOP_PROGRESS", str(tmp_path / "progress.jsonl"))
    monkeypatch.setattr(workspace, "_write", refuse)
    assert workspace.main([]) == status


def test_a_record_that_is_lost_makes_no_more_copies(course, mine):
    workspace.bring_up_to_date(course, mine)
    (mine / "01.ipynb").write_text("work")
    (course / "01.ipynb").write_text("second")
    for _ in range(3):
        (mine / workspace.RECORD).unlink()
        workspace.bring_up_to_date(course, mine)
    assert listed(mine) == ["01.ipynb", "01_new.ipynb", "mnist.py", workspace.NEWS]


def test_half_a_file_is_taken_away(tmp_path, monkeypatch):
    def half(path, contents):
        path.touch()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr(workspace.Path, "write_bytes", half)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        workspace._write(tmp_path / "01.ipynb", b"long")
    assert list(tmp_path.iterdir()) == []


def test_without_new_notebooks_a_student_gets_at_the_old_ones(tmp_path, course):
    """For example when the disk is full: what is there can be downloaded."""
    workspace.bring_up_to_date(course, tmp_path / "notebooks")
    done = run(tmp_path, sys.executable, "-c", SHOW, WORKSHOP_SKELETONS=str(tmp_path / "nothing here"))
    assert done.returncode == 0
    assert "is not up to date" in done.stderr
    assert "goes on with the notebooks that are there" in done.stderr
    assert done.stdout.strip().endswith("progress.jsonl")


# --- the start of the image -----------------------------------------------------------------------


@pytest.fixture
def served(tmp_path, course):
    """Start `helpers.serve` with a stand-in for Jupyter, which prints its arguments and its token."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "jupyter").write_text('#!/bin/sh\necho "$@"\necho "$JUPYTER_TOKEN"\n')
    (programs / "jupyter").chmod(0o755)

    def start(*options, folder=tmp_path / "home", **settings):
        settings = {"WORKSHOP_FOLDER": str(folder), "WORKSHOP_SKELETONS": str(course), **settings}
        path = f"{programs}{os.pathsep}{os.environ['PATH']}"
        environment = {key: value for key, value in os.environ.items() if not key.startswith("JUPYTER_")}
        command = [sys.executable, "-m", "helpers.serve", *options]
        return subprocess.run(command, capture_output=True, text=True, env=environment | {"PATH": path} | settings)

    return start


def test_one_address_with_a_token_that_nobody_has_seen_before(served):
    first, second = served(), served()
    assert first.returncode == 0
    *_, address, arguments, token = first.stdout.splitlines()
    assert address.endswith(f"is at http://127.0.0.1:8888/lab?token={token}")
    assert first.stdout.count("http") == 1
    assert len(token) >= 32
    assert token not in second.stdout
    assert arguments.startswith("lab --no-browser")


def test_a_token_and_an_address_of_ones_own(served):
    started = served("--ServerApp.port=9", JUPYTER_TOKEN="mine", WORKSHOP_ADDRESS="http://server:9/")
    *_, address, arguments, token = started.stdout.splitlines()
    assert address.endswith("is at http://server:9/lab?token=mine")
    assert token == "mine"
    assert arguments.endswith("--ServerApp.port=9")


def test_an_empty_token_is_none(served):
    assert len(served(JUPYTER_TOKEN="").stdout.splitlines()[-1]) >= 32


def test_without_notebooks_nothing_is_served(served, tmp_path):
    (tmp_path / "file").write_text("")
    started = served(folder=tmp_path / "file")
    assert started.returncode == 1
    assert "http" not in started.stdout
    assert len(started.stderr.splitlines()) == 1


def test_a_token_with_signs_of_its_own(served):
    *_, address, _, token = served(JUPYTER_TOKEN="a&b#c").stdout.splitlines()
    assert address.endswith("/lab?token=a%26b%23c")
    assert token == "a&b#c"


def test_an_address_that_is_none(served):
    started = served(WORKSHOP_ADDRESS="server:9000")
    assert started.returncode == 1
    assert "WORKSHOP_ADDRESS is 'server:9000'; expected" in started.stderr


def test_work_that_will_be_lost_is_announced(served, tmp_path):
    assert f"Nothing is mounted at {tmp_path / 'home' / 'notebooks'}" in served().stdout


def test_a_temporary_home_stands_in(served, tmp_path):
    """As with `docker run --read-only`: where the home should be, nothing can be written."""
    (tmp_path / "file").write_text("")
    started = served(HOME=str(tmp_path / "file"))
    assert started.returncode == 0
    assert f"The home folder {tmp_path / 'file'} cannot be written to" in started.stdout
    assert started.stdout.count("http") == 1


def test_without_a_temporary_folder_nothing_is_served(monkeypatch, capsys):
    """Python takes the folder it is in, as the last that it tries."""
    monkeypatch.setattr(serve.tempfile, "gettempdir", os.getcwd)
    assert serve.main([]) == 1
    assert "--tmpfs /tmp" in capsys.readouterr().err


def test_the_instructions_start_it_in_the_same_way():
    """The README and docs/image.md have the same commands for a laptop, a server and a GPU."""
    readme, image = ((workspace.ROOT / file).read_text(encoding="utf-8") for file in ("README.md", "docs/image.md"))
    commands = [block for block in re.findall(r"```sh\n(.*?)```", readme, flags=re.DOTALL) if "docker run" in block]
    assert len(commands) == 3
    for command in commands:
        assert command[command.index("docker run") :] in image
