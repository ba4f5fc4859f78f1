"""The doctor finds what is wrong, and names the fix for the system at hand."""

import io
import os
import platform
import subprocess
import sys
from collections import namedtuple
from types import SimpleNamespace

import pytest

from helpers import device, digits, doctor

Version = namedtuple("Version", "major minor micro releaselevel serial")


@pytest.fixture(params=["Linux", "Darwin", "Windows"])
def system(request, monkeypatch):
    monkeypatch.setattr(platform, "system", lambda: request.param)
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    return request.param


def test_it_speaks_of_this_machine():
    done = subprocess.run([sys.executable, "-m", "helpers.doctor"], capture_output=True, text=True, check=False)
    assert done.returncode == int("FIX  " in done.stdout), done.stdout
    assert ("This computer is ready for the workshop." in done.stdout) == (done.returncode == 0)
    assert "Traceback" not in done.stderr
    assert len(done.stdout.splitlines()) >= len(doctor.LOOKS)


def test_something_to_fix_gives_the_exit_code(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "LOOKS", (lambda: doctor.Finding("disk", "FIX", "full", "empty it"),))
    assert doctor.main() == 1
    printed = capsys.readouterr().out
    assert "FIX   disk" in printed
    assert "-> empty it" in printed
    assert "To fix first: disk." in printed


@pytest.mark.parametrize("version", [(3, 10), (3, 14)])
def test_another_python(monkeypatch, version):
    monkeypatch.setattr(doctor.sys, "version_info", Version(*version, 0, "final", 0))
    assert doctor.python().state == "FIX"
    assert "3.11, 3.12 or 3.13" in doctor.python().fix


def test_an_intel_mac(monkeypatch):
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    assert doctor.python().state == "FIX"
    assert "Docker" in doctor.python().fix


def test_windows_on_arm(monkeypatch):
    monkeypatch.setattr(platform, "system", lambda: "Windows")
    monkeypatch.setattr(platform, "machine", lambda: "ARM64")
    assert "WSL2" in doctor.python().fix


def test_a_look_that_fails_is_a_finding(monkeypatch, capsys):
    def broken():
        raise ImportError("DLL load failed\nmore lines")

    monkeypatch.setattr(doctor, "LOOKS", (broken, doctor.disk))
    assert doctor.main() == 1
    printed = capsys.readouterr().out
    assert "FIX   broken       ImportError: DLL load failed\n" in printed
    assert "disk" in printed


@pytest.fixture(params=["variable", "file"])
def told(request, monkeypatch, tmp_path):
    """Tell Keras to use something, and return who it was that said so."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("KERAS_BACKEND", raising=False)

    def tell(name):
        if request.param == "variable":
            monkeypatch.setenv("KERAS_BACKEND", name)
            return "KERAS_BACKEND"
        (tmp_path / "keras.json").write_text(f'{{"backend": "{name}"}}')
        return str(tmp_path / "keras.json")

    return tell


def fails_with(error):
    def start():
        raise error

    return start


def test_a_backend_that_is_not_installed(told, monkeypatch):
    place = told("torch")
    monkeypatch.setattr(device, "start", fails_with(ModuleNotFoundError("No module named 'torch'", name="torch")))
    finding = doctor.gpu()
    assert finding.state == "FIX"
    assert place in finding.text
    assert "install torch" in finding.fix


def test_a_package_that_is_missing_is_no_backend(told, monkeypatch):
    """Keras itself writes the name of its usual backend into its file of settings."""
    told("tensorflow")
    monkeypatch.setattr(
        device, "start", fails_with(ModuleNotFoundError("No module named 'tensorflow'", name="tensorflow"))
    )
    with pytest.raises(ModuleNotFoundError):
        doctor.gpu()


def test_a_backend_that_does_not_exist(told, monkeypatch):
    place = told("teapot")
    monkeypatch.setattr(device, "start", fails_with(ValueError("Unable to import backend : teapot")))
    assert doctor.gpu().state == "FIX"
    assert place in doctor.gpu().fix


def test_another_backend_does_for_some_lessons(told, monkeypatch):
    told("torch")
    monkeypatch.setattr(device, "start", lambda: None)
    monkeypatch.setattr(device, "processors", list)
    assert doctor.gpu().state == "note"
    assert "0, 1, 2 and 5" in doctor.gpu().text


def test_a_file_of_settings_that_says_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    for text in ("", "{", "[]", "{}"):
        (tmp_path / "keras.json").write_text(text)
        assert doctor.backend() == ("tensorflow", "")


@pytest.mark.parametrize(
    ("machine", "flags", "without"),
    [
        ("x86_64", "fpu sse4_2 avx avx2", False),
        ("x86_64", "fpu sse4_2", True),
        ("aarch64", "fp asimd", False),
    ],
)
def test_a_processor_without_avx(monkeypatch, tmp_path, machine, flags, without):
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(doctor, "CPUINFO", tmp_path / "cpuinfo")
    (tmp_path / "cpuinfo").write_text(f"processor\t: 0\nflags\t\t: {flags}\nbugs\t:\n")
    monkeypatch.setattr(device, "start", fails_with(AssertionError("TensorFlow would have ended Python")))
    assert (doctor.processor().state == "FIX") == without
    assert doctor.gpu().state == ("note" if without else "FIX")


@pytest.mark.parametrize(("known", "without"), [({36, 39}, False), ({36}, True), (set(), False)])
def test_a_processor_without_avx_on_windows(monkeypatch, known, without):
    """A Windows that does not know the numbers of such features says nothing."""
    import ctypes

    kernel32 = SimpleNamespace(IsProcessorFeaturePresent=lambda number: number in known)
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel32), raising=False)
    monkeypatch.setattr(platform, "system", lambda: "Windows")
    monkeypatch.setattr(platform, "machine", lambda: "AMD64")
    assert doctor.without_avx() == without


def test_a_folder_into_which_one_cannot_even_look(monkeypatch, tmp_path):
    def refuse(path, **options):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(doctor.Path, "exists", refuse)
    assert "cannot be written to (Permission denied)" in doctor._cannot_be_written(tmp_path / "inside")


def an_environment(folder, version="3.12.1", made=None):
    """What `python -m venv` leaves, as far as the doctor looks."""
    for program in ("bin/python", "Scripts/python.exe"):
        (folder / program).parent.mkdir(parents=True, exist_ok=True)
        (folder / program).write_text("")
    command = f'/usr/bin/python3 -m venv --upgrade-deps --prompt="my env" {made or folder}'
    (folder / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {version}\ncommand = {command}\n")


def test_an_environment_that_is_right(system, monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    an_environment(tmp_path / ".venv")
    assert doctor.environment().state == "OK"
    assert "helpers.doctor" in doctor.install()  # as the tests' Python is another
    (tmp_path / "link").symlink_to(tmp_path / ".venv")
    monkeypatch.setattr(doctor.sys, "prefix", str(tmp_path / "link"))
    assert "-e ." in doctor.install()


@pytest.mark.parametrize("trouble", ["there is no Python in it", "its Python is 3.10.4", "it was made as /elsewhere"])
def test_an_environment_that_cannot_be_used(system, monkeypatch, tmp_path, trouble):
    folder = tmp_path / ".venv"
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    an_environment(folder, "3.10.4" if "3.10" in trouble else "3.12.1", "/elsewhere" if "else" in trouble else None)
    if "no Python" in trouble:
        for program in ("bin/python", "Scripts/python.exe"):
            (folder / program).unlink()
    finding = doctor.environment()
    assert finding.state == "FIX"
    assert trouble in finding.text
    assert finding.fix.startswith("delete the folder .venv")


def test_without_an_environment_the_fix_makes_one(system, monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    assert {"Windows": "py -3.13 -m venv"}.get(system, "make lab") in doctor.install()


def test_a_missing_package(system, monkeypatch, tmp_path):
    an_environment(tmp_path / ".venv")
    monkeypatch.setattr(doctor.sys, "prefix", str(tmp_path / ".venv"))
    for file in ("requirements.txt", "constraints.txt"):
        (tmp_path / file).write_text((doctor.ROOT / file).read_text())
    monkeypatch.setattr(doctor, "ROOT", tmp_path)

    def missing(name):
        raise doctor.importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(doctor.importlib.metadata, "version", missing)
    finding = doctor.packages()
    assert finding.state == "FIX"
    assert "tensorflow is missing" in finding.text
    assert ("Scripts" in finding.fix) == (system == "Windows")


@pytest.mark.parametrize(("version", "state"), [("99.0", "FIX"), ("2.21.99", "note")])
def test_another_version(monkeypatch, version, state):
    real = doctor.importlib.metadata.version
    monkeypatch.setattr(
        doctor.importlib.metadata, "version", lambda name: version if name == "tensorflow" else real(name)
    )
    finding = doctor.packages()
    assert finding.state == state
    assert f"tensorflow is {version}" in finding.text


@pytest.mark.parametrize(("total", "free", "state"), [(2e9, 1e9, "FIX"), (8e9, 1e9, "note"), (8e9, 5e9, "OK")])
def test_memory(monkeypatch, total, free, state):
    import psutil

    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=total, available=free))
    assert doctor.memory().state == state


def test_a_full_disk(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: SimpleNamespace(free=1e8))
    assert doctor.disk().state == "FIX"


def test_a_card_that_keras_cannot_use(system, monkeypatch):
    monkeypatch.setattr(device, "processors", list)
    monkeypatch.setattr(device, "nvidia_driver", lambda: "570.1")
    finding = doctor.gpu()
    assert finding.state == "note"
    assert "570.1" in finding.text
    assert {"Linux": "and-cuda", "Darwin": "torch", "Windows": "WSL2"}[system] in finding.fix


def test_a_keras_that_does_not_start(monkeypatch):
    monkeypatch.setattr(device, "start", fails_with(ImportError("DLL load failed\nmore lines")))
    finding = doctor.gpu()
    assert finding.state == "FIX"
    assert finding.text == "does not start: ImportError: DLL load failed"
    assert finding.fix == doctor.install()


def test_no_graphviz(system, monkeypatch):
    monkeypatch.setattr(doctor.shutil, "which", lambda program: None)
    finding = doctor.graphviz()
    assert finding.state == "note"
    assert {"Linux": "apt", "Darwin": "brew", "Windows": "winget"}[system] in finding.fix


def test_data(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKSHOP_DATA", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    assert doctor.data().state == "note"
    (tmp_path / "mnist.npz").write_bytes(b"nothing")
    finding = doctor.data()
    assert finding.state == "FIX"
    assert str(tmp_path / "mnist.npz") in finding.text
    assert digits.data_folder() == tmp_path


def test_weights(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKSHOP_DATA", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    assert doctor.weights().text.startswith("none")
    damaged = tmp_path / "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5"
    damaged.write_bytes(b"half")
    assert doctor.weights().state == "note"
    assert str(damaged) in doctor.weights().text


def test_on_a_hub_the_students_own_folder_counts(tmp_path, monkeypatch):
    """The folder of the course is the instructor's there."""
    monkeypatch.setenv("WORKSHOP_PROGRESS", str(tmp_path / "progress.jsonl"))
    monkeypatch.setattr(doctor, "ROOT", tmp_path / "file")
    (tmp_path / "file").write_text("")
    assert doctor.writing().state == "FIX"
    monkeypatch.setenv("WORKSHOP_FOLDER", str(tmp_path / "mine"))
    assert doctor.writing().state == "OK"


def test_a_place_that_cannot_be_written_to(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("WORKSHOP_PROGRESS", str(tmp_path / "file" / "progress.jsonl"))
    finding = doctor.writing()
    assert finding.state == "FIX"
    assert "WORKSHOP_PROGRESS" in finding.fix


def test_a_home_that_cannot_be_written_to(system, monkeypatch, tmp_path):
    for name in ("CONFIG", "DATA", "RUNTIME"):
        monkeypatch.setenv(f"JUPYTER_{name}_DIR", str(tmp_path / "home" / name))
    assert doctor.home().state == "OK"
    (tmp_path / "home").write_text("")
    finding = doctor.home()
    assert finding.state == "FIX"
    assert str(tmp_path / "home") in finding.text
    assert ("JUPYTER_RUNTIME_DIR" if system == "Windows" else 'HOME="$PWD/.home" make lab') in finding.fix


@pytest.mark.parametrize(("encoding", "seen"), [("utf-8", "/José/données"), ("ascii", "/Jos?/donn?es")])
def test_a_path_with_accents_is_told_where_the_output_has_them(monkeypatch, encoding, seen):
    output = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(doctor.sys, "stdout", output)
    monkeypatch.setattr(doctor, "LOOKS", (lambda: doctor.Finding("data", "note", "none", "/José/données"),))
    doctor.main()
    output.flush()
    assert f"-> {seen}\n" in output.buffer.getvalue().decode(encoding).replace("\r", "")


def test_another_encoding(system, monkeypatch):
    monkeypatch.setattr(doctor.locale, "getpreferredencoding", lambda change: "cp1252")
    monkeypatch.delenv("PYTHONUTF8", raising=False)
    finding = doctor.encoding()
    assert finding.state == "note"
    assert ("PYTHONUTF8" in finding.fix) == (system == "Windows")


def test_missing_settings(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor.sys, "prefix", str(tmp_path))
    assert doctor.settings().state == "note"


def test_without_any_package_it_still_speaks(tmp_path):
    """Python alone, as on a machine on which nothing is installed yet."""
    done = subprocess.run(
        [sys.executable, "-S", "-m", "helpers.doctor"],
        capture_output=True, text=True, check=False, cwd=doctor.ROOT, env={**os.environ, "PYTHONPATH": ""},
    )  # fmt: skip
    assert done.returncode == 1
    assert "packages" in done.stdout
    assert any(way in done.stdout for way in ("make lab", "pip install", "-m helpers.doctor"))
    assert "psutil" not in done.stdout  # one thing to do, and not one for each package
    assert "Traceback" not in done.stderr
