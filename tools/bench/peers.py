"""Where a package to compare with is installed: here, in an environment of its own, or nowhere."""

import functools
import subprocess
import sys
from pathlib import Path

#: What a package is imported as.
MODULES = {
    "atomap": "atomap",
    "cleanvision": "cleanvision",
    "fbm": "fbm",
    "imagehash": "imagehash",
    "stochastic": "stochastic",
}


@functools.cache
def python(package):
    """The Python that has a package, as a path, or None. The package's own environment is `.venv-PACKAGE`."""
    here = Path(sys.prefix)
    own = here.with_name(f"{here.name}-{package}") / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    for path in (str(own), sys.executable):
        if has(path, MODULES.get(package, package)):
            return path
    return None


def has(path, module):
    """Whether a Python finds a module, without importing it."""
    if not Path(path).is_file():
        return False
    code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
    return subprocess.run([path, "-c", code], capture_output=True).returncode == 0


def word(package):
    """What is said where a package is not installed."""
    return f"{package} is not installed, so there is no comparison with it; `make peers` installs what can be had here."
