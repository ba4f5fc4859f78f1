"""Look at this machine before class: `python -m helpers.doctor`.

Prints one line for each thing that lessons need, OK or with the fix for this system, as plain text that
can be pasted into an e-mail. The exit code is 0 if lessons can run, otherwise 1.
"""

import importlib.metadata
import json
import locale
import os
import platform
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from helpers import notebook

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ((3, 11), (3, 14))
CPUINFO = Path("/proc/cpuinfo")
#: Numbers of features in Windows (winnt.h). Older ones know neither, and say that both are missing.
PF_SSSE3, PF_AVX = 36, 39
MEMORY_GB, FREE_MEMORY_GB, DISK_GB = 3.5, 2, 1  # a laptop sold with 4 GB shows a little less

#: Installs the packages: into the workshop's environment, or making one first.
RENEW = {
    "Windows": r".venv\Scripts\python -m pip install -c constraints.txt -e .",
    "other": ".venv/bin/python -m pip install -c constraints.txt -e .",
}
MAKE = {
    "Windows": r"py -3.13 -m venv .venv, then .venv\Scripts\python -m pip install -c constraints.txt -e .",
    "other": "make lab",
}
ASK_THE_OTHER = {
    "Windows": r"ask the workshop's own Python: .venv\Scripts\python -m helpers.doctor",
    "other": "ask the workshop's own Python: .venv/bin/python -m helpers.doctor",
}
HOME = {
    "Windows": "set JUPYTER_CONFIG_DIR, JUPYTER_DATA_DIR and JUPYTER_RUNTIME_DIR to folders that you may write to",
    "other": 'another one for JupyterLab, inside of the workshop\'s folder: HOME="$PWD/.home" make lab',
}
GRAPHVIZ = {
    "Linux": "sudo apt install graphviz",
    "Darwin": "brew install graphviz",
    "Windows": "winget install graphviz",
}
GPU = {
    "Linux": "pip install 'tensorflow[and-cuda]' in the workshop's environment",
    "Windows": "TensorFlow has no GPU on Windows itself: use WSL2, or Keras on torch (docs/troubleshooting.md)",
    "Darwin": "Keras on torch uses the GPU of a Mac (docs/troubleshooting.md)",
}


@dataclass(frozen=True)
class Finding:
    """What one look found.

    Attributes
    ----------
    subject : str
    state : str
        ``"OK"``; ``"note"``, which stops no lesson; or ``"FIX"``, which does.
    text : str
        What was seen.
    fix : str
        What to do, for this operating system; empty if nothing.
    """

    subject: str
    state: str
    text: str
    fix: str = ""


def for_this_system(choices):
    """The entry of a dict for this operating system (`Linux`, `Darwin`, `Windows`, `other`)."""
    return choices.get(platform.system()) or choices.get("other") or choices["Linux"]


def install():
    """How to install the packages here."""
    folder = ROOT / ".venv"
    if not folder.is_dir():
        return for_this_system(MAKE)
    if trouble := environment_trouble():
        return f"delete the folder .venv ({trouble}), then {for_this_system(MAKE)}"
    return for_this_system(RENEW if folder.samefile(sys.prefix) else ASK_THE_OTHER)


def environment_trouble():
    """Why the environment `.venv` cannot be used, or None if it can: what `python -m venv` wrote of it is compared."""
    folder = ROOT / ".venv"
    settings = {}
    if (folder / "pyvenv.cfg").is_file():
        lines = (folder / "pyvenv.cfg").read_text(encoding="utf-8", errors="replace").splitlines()
        settings = {key.strip(): value.strip() for key, _, value in (line.partition("=") for line in lines)}
    programs = {"Windows": folder / "Scripts" / "python.exe", "other": folder / "bin" / "python"}
    if not settings or not for_this_system(programs).exists():
        return "there is no Python in it"
    version = settings.get("version", settings.get("version_info", ""))
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:2])
    if numbers and not PYTHONS[0] <= numbers < PYTHONS[1]:
        return f"its Python is {version}"
    made = re.sub(r'^((--prompt="[^"]*"|--\S+) )*', "", settings.get("command", "").partition(" -m venv ")[2])
    if made and not (Path(made).exists() and folder.samefile(made)):
        return f"it was made as {made}"
    return None


def environment():
    """The workshop's environment, which must stay where it was made."""
    if not (ROOT / ".venv").is_dir():
        return Finding("environment", "OK", f"the one of this Python, {sys.prefix}")
    if trouble := environment_trouble():
        return Finding("environment", "FIX", f"the folder .venv cannot be used: {trouble}", install())
    return Finding("environment", "OK", "the folder .venv")


def python():
    """Python's version and the processor, as far as TensorFlow has packages for them."""
    seen = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, {sys.executable}"
    if not PYTHONS[0] <= sys.version_info[:2] < PYTHONS[1]:
        return Finding(
            "python", "FIX", seen, "install Python 3.11, 3.12 or 3.13; TensorFlow has no package for this one"
        )
    if platform.system() == "Darwin" and platform.machine() == "x86_64":
        fix = "TensorFlow has no package for Intel Macs: use the Docker image (with an Apple chip, a Python for Arm)"
        return Finding("python", "FIX", seen, fix)
    if platform.system() == "Windows" and platform.machine() == "ARM64":
        return Finding(
            "python", "FIX", seen, "TensorFlow has no package for Windows on Arm: work in WSL2, or in the Docker image"
        )
    if sys.maxsize < 2**32:
        return Finding("python", "FIX", f"{seen}, 32 bits", "install the 64-bit Python")
    return Finding("python", "OK", seen)


def processor():
    """Whether the processor has AVX, without which TensorFlow ends Python at once."""
    from helpers import device

    seen = f"{device.cpu_name()}, {device.cores()} cores for this program"
    if without_avx():
        return Finding(
            "processor", "FIX", f"{seen}, without AVX",
            "TensorFlow does not run on it: work on another computer, or on a server (docs/hub.md)",
        )  # fmt: skip
    return Finding("processor", "OK", seen)


def without_avx():
    """Whether this is a processor of Intel's kind that says it has no AVX."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return False
    if platform.system() == "Linux":
        flags = re.search(r"^flags\s*:(.*)", CPUINFO.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
        return flags is not None and "avx" not in flags[1].split()
    if platform.system() == "Windows":
        import ctypes

        has = ctypes.windll.kernel32.IsProcessorFeaturePresent
        return bool(has(PF_SSSE3)) and not has(PF_AVX)
    return False


def packages():
    """The direct dependencies against requirements.txt and the tested versions of constraints.txt."""
    try:
        from packaging.requirements import Requirement
    except ModuleNotFoundError:
        return Finding("packages", "FIX", "nothing is installed", install())
    missing, other, wanted = [], [], 0
    tested = {}
    for requirement in map(Requirement, _lines(ROOT / "constraints.txt")):
        if requirement.marker is None or requirement.marker.evaluate():
            tested[requirement.name.lower()] = str(requirement.specifier).removeprefix("==")
    for requirement in map(Requirement, _lines(ROOT / "requirements.txt")):
        wanted += 1
        try:
            version = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(f"{requirement.name} is missing")
            continue
        if not requirement.specifier.contains(version):
            missing.append(f"{requirement.name} is {version}, needed {requirement.specifier}")
        elif version != tested.get(requirement.name.lower(), version):
            other.append(f"{requirement.name} is {version}, tested with {tested[requirement.name.lower()]}")
    if missing:
        return Finding("packages", "FIX", "; ".join(missing), install())
    if other:
        return Finding("packages", "note", "; ".join(other), f"for the tested set: {install()}")
    return Finding("packages", "OK", f"all {wanted} as tested")


def memory():
    """The computer's memory, in all and free."""
    import psutil

    seen = psutil.virtual_memory()
    total, free = seen.total / 1e9, seen.available / 1e9
    text = f"{total:.1f} GB, {free:.1f} GB free"
    if total < MEMORY_GB:
        return Finding("memory", "FIX", text, "lessons need a machine with 4 GB; work on a server instead")
    if free < FREE_MEMORY_GB:
        return Finding("memory", "note", text, "close other programs, and notebooks that you no longer need")
    return Finding("memory", "OK", text)


def disk():
    """Free space where the workshop lies."""
    free = shutil.disk_usage(ROOT).free / 1e9
    text = f"{free:.1f} GB free where the workshop lies"
    if free < DISK_GB:
        return Finding("disk", "FIX", text, f"free {DISK_GB} GB, or move the workshop's folder to another disk")
    return Finding("disk", "OK", text)


def backend():
    """What Keras computes with, and who says so: the environment, or Keras's own file of settings."""
    if named := os.environ.get("KERAS_BACKEND"):
        return named, "the environment variable KERAS_BACKEND"
    file = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "keras.json"
    try:
        return json.loads(file.read_text(encoding="utf-8"))["backend"], str(file)
    except (OSError, ValueError, KeyError, TypeError):  # as Keras does: what cannot be read says nothing
        return "tensorflow", ""


def gpu():
    """What Keras sees, and what the NVIDIA driver sees."""
    from helpers import device

    if without_avx():
        return Finding("gpu", "note", "Keras was not asked, as TensorFlow does not run on this processor")
    chosen, place = backend()
    tell = f"Keras is told to use {chosen} by {place}"
    try:
        device.start()
        found = [processor for processor in device.processors() if processor.kind == "GPU"]
    except ModuleNotFoundError as error:
        if error.name != chosen or chosen == "tensorflow":
            raise  # a package is missing, and the look at the packages says which
        return Finding("keras", "FIX", f"{tell}, which is not installed", f"take that away, or install {chosen}")
    except Exception as error:  # whatever stops Keras from starting is what the student has to report
        fix = f"{tell}: take that away" if place and chosen != "tensorflow" else install()
        return Finding("keras", "FIX", f"does not start: {_one_line(error)}", fix)
    if chosen != "tensorflow":
        with_it = f"with {', '.join(each.name for each in found)}" if found else "without a GPU"
        fix = "take that away for the others, which need tensorflow"
        return Finding("keras", "note", f"{tell}, {with_it}: for lessons 0, 1, 2 and 5", fix)
    driver = device.nvidia_driver()
    if found:
        return Finding(
            "gpu", "OK", ", ".join(f"{each.name}{f', {each.memory:.0f} GB' if each.memory else ''}" for each in found)
        )
    if driver:
        return Finding(
            "gpu", "note", f"an NVIDIA card with driver {driver}, which Keras cannot use", for_this_system(GPU)
        )
    if platform.system() == "Darwin":
        return Finding("gpu", "note", "none that Keras on TensorFlow can use; every lesson runs without", GPU["Darwin"])
    return Finding("gpu", "OK", "none; every lesson runs without")


def graphviz():
    """The program that draws networks; Matplotlib stands in for it."""
    if shutil.which("dot"):
        return Finding("graphviz", "OK", "the program dot is there")
    return Finding("graphviz", "note", "not there; Matplotlib draws the networks", for_this_system(GRAPHVIZ))


def data():
    """MNIST, without fetching it."""
    from helpers import digits

    try:
        path = digits.find()
        if path:
            digits.read_mnist(path)
            return Finding("data", "OK", f"MNIST in {path}")
    except (OSError, ValueError) as error:
        return Finding("data", "FIX", str(error))
    return Finding(
        "data",
        "note",
        "MNIST is not on this computer; lesson 1 will try to download it, and otherwise use smaller digits",
        f"without a network: put mnist.npz into {digits.data_folder()}",
    )


def weights():
    """Weights of ImageNet, without fetching them."""
    from helpers import pretrained

    try:
        there = [name for name in pretrained.IMAGENET if pretrained.weights_file(name)]
    except ValueError as error:
        return Finding("weights", "note", str(error))
    return Finding("weights", "OK", f"{', '.join(there) or 'none'} of ImageNet; lessons 6 and 7 have their own, too")


def writing():
    """Whether notebooks and progress can be saved."""
    from helpers import progress

    # On a hub, and in the image, a student has a folder of their own, and the course's is not theirs to write to.
    mine = Path(os.environ.get("WORKSHOP_FOLDER") or ROOT).expanduser()
    if trouble := _cannot_be_written(mine / "notebooks", progress.path().resolve().parent):
        fix = "copy the workshop to a folder of your own; for the progress alone, set WORKSHOP_PROGRESS to a file"
        return Finding("writing", "FIX", trouble, fix)
    return Finding("writing", "OK", "notebooks and progress can be saved")


def home():
    """Whether JupyterLab can keep its files, without which it does not start; they are in the home folder."""
    from jupyter_core import paths

    folders = (paths.jupyter_runtime_dir(), paths.jupyter_config_dir(), paths.jupyter_data_dir())
    if trouble := _cannot_be_written(*map(Path, folders)):
        return Finding("home", "FIX", f"{trouble}, and JupyterLab keeps its files there", for_this_system(HOME))
    return Finding("home", "OK", "JupyterLab can keep its files")


def _cannot_be_written(*folders):
    """What cannot be written to, and why; None if all can. A folder that is missing is made when it is needed."""
    for folder in folders:
        try:
            while not folder.exists():
                folder = folder.parent
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            return f"{folder} cannot be written to ({error.strerror})"
    return None


def encoding():
    """Whether text is UTF-8 by default."""
    text = f"text is {locale.getpreferredencoding(False)}, output is {getattr(sys.stdout, 'encoding', None)}"
    if "utf" in text.lower().split(",")[0] or os.environ.get("PYTHONUTF8") == "1":
        return Finding("encoding", "OK", text)
    fix = {"Windows": "setx PYTHONUTF8 1, then open a new terminal", "other": "export LANG=C.UTF-8"}
    return Finding("encoding", "note", text, for_this_system(fix))


def settings():
    """The defaults for JupyterLab that keep sliders from disturbing pictures."""
    file = Path(sys.prefix) / "etc" / "jupyter" / "labconfig" / "default_setting_overrides.json"
    if file.exists():
        return Finding("jupyterlab", "OK", "the workshop's settings are installed")
    return Finding("jupyterlab", "note", "the workshop's settings are missing from this environment", install())


LOOKS = (
    python,
    processor,
    environment,
    packages,
    memory,
    disk,
    gpu,
    graphviz,
    data,
    weights,
    writing,
    home,
    encoding,
    settings,
)


def main():
    findings = []
    for look in LOOKS:
        try:
            finding = look()
        except ModuleNotFoundError as error:
            if any(each.subject == "packages" and each.state == "FIX" for each in findings):
                continue  # that has been said already
            finding = Finding(look.__name__, "FIX", _one_line(error), install())
        except Exception as error:  # a look that fails is a finding too, and the others go on
            finding = Finding(look.__name__, "FIX", _one_line(error), install())
        findings.append(finding)
        notebook.say(f"{finding.state:4}  {finding.subject:11}  {finding.text}")
        if finding.fix:
            notebook.say(f"{'':19}-> {finding.fix}")
    stops = [finding.subject for finding in findings if finding.state == "FIX"]
    print(f"To fix first: {', '.join(stops)}." if stops else "This computer is ready for the workshop.")
    return 1 if stops else 0


def _one_line(error):
    """The kind and the first line of an error."""
    return f"{type(error).__name__}: {''.join(str(error).strip().splitlines()[:1])}"


def _lines(path):
    """The requirements in a file, without comments."""
    lines = (line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]


if __name__ == "__main__":
    sys.exit(main())
