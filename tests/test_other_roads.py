"""The cell for Colab in docs/other_roads.md, and the paths of this repository on Windows."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools import notebooks

ROOT = notebooks.ROOT
TEXT = (ROOT / "docs" / "other_roads.md").read_text(encoding="utf-8")
CELL = re.search(r"```python\n(# Digits.*?)```", TEXT, re.DOTALL)[1]

#: Runs the cell without pip, and says from where this Python and one that it starts then take the helpers.
FROM_WHERE = """
import subprocess, sys
run = subprocess.run
subprocess.run = lambda command, **more: None if "pip" in command else run(command, **more)
exec(sys.argv[1])
import helpers
print(helpers.__file__)
run([sys.executable, "-P", "-c", "import helpers; print(helpers.__file__)"], check=True)
"""


@pytest.fixture
def a_copy(tmp_path):
    """A repository to be cloned, in which helpers are no more than their first file."""
    repository = tmp_path / "far away"
    (repository / "helpers").mkdir(parents=True)
    (repository / "helpers" / "__init__.py").write_text("", encoding="utf-8")
    git = ["git", "-C", repository, "-c", "user.name=nobody", "-c", "user.email=nobody@example.org"]
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message=all"]):
        subprocess.run([*git, *command], check=True)
    return repository


@pytest.mark.parametrize("folder", ["content", "mes études"])
def test_the_cell_for_colab_finds_the_helpers(a_copy, tmp_path, folder):
    """In an empty folder, in the kernel that runs it, in what that starts (lesson 03), and when it is run again."""
    cell = re.sub(r'^address = ".*"$', f'address = "{a_copy.as_posix()}"', CELL, flags=re.MULTILINE)
    (tmp_path / folder).mkdir()
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-P", "-c", FROM_WHERE, cell],
            cwd=tmp_path / folder, capture_output=True, encoding="utf-8", check=False, env=_without_helpers(),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        cloned = tmp_path / folder / "digits-to-crystals" / "helpers" / "__init__.py"
        assert [Path(line) for line in done.stdout.splitlines()] == [cloned, cloned]


def _without_helpers():
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {**kept, "PYTHONUTF8": "1"}


def test_the_cell_for_colab_asks_for_what_the_lessons_need():
    needed = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    packages = re.findall(r'"([\w-]+~=[^"]+)"', CELL)
    assert packages
    assert set(packages) <= set(needed)


def test_every_file_can_be_on_windows():
    """Names that Windows allows, none that differ in case only, and short beside TensorFlow's longest, of 187."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    names = listed.stdout.decode().split("\0")[:-1]
    if not names:
        pytest.skip("this is not a clone")
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert not re.search(r'[<>:"|?*\\]|[ .](/|$)', name), name
        assert not re.search(r"(^|/)(con|prn|aux|nul|com\d|lpt\d)(\.|/|$)", name, re.IGNORECASE), name
        assert len(name) < 100, name
