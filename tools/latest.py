"""All tests on the newest version of everything, without pins: `make test-latest` says what is newer and what broke."""

import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version

from packaging.requirements import Requirement

from tools import notebooks


def newer():
    """The pinned packages that are installed in another version: a dict of name to (tested, installed)."""
    found = {}
    for line in (notebooks.ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            requirement = Requirement(line)
            tested = str(requirement.specifier).removeprefix("==")
            try:
                installed = version(requirement.name)
            except PackageNotFoundError:  # of an extra, or of another system
                continue
            if installed != tested and (requirement.marker is None or requirement.marker.evaluate()):
                found[requirement.name] = (tested, installed)
    return found


def main(options):
    changed = newer()
    for name, (tested, installed) in changed.items():
        print(f"{name:30} tested {tested:12} here {installed}")
    print(f"{len(changed)} packages differ from those that were tested.", flush=True)
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadfile", "-r", "fE", "--tb=line", *options]
    broken = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", cwd=notebooks.ROOT) as tests:
        for line in tests.stdout:
            print(line, end="", flush=True)
            broken += line.startswith(("FAILED ", "ERROR "))
    if broken:
        said = f"{broken} of the tests broke"
    elif tests.returncode:
        said = f"pytest stopped with the status {tests.returncode}"
    else:
        said = "nothing broke"
    print(f"{len(changed)} packages differ from those that were tested, and {said}.")
    return tests.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
