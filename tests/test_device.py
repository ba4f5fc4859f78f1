"""What Keras sees, and how much work a lesson is given."""

import os
import subprocess
import sys

import pytest

from helpers import device


@pytest.mark.parametrize(("choice", "amount"), [("cpu", 1), ("gpu", 2)])
def test_budget_can_be_chosen(monkeypatch, choice, amount):
    monkeypatch.setenv("WORKSHOP_BUDGET", choice)
    assert device.budget(cpu=1, gpu=2) == amount


@pytest.mark.parametrize(("seen", "amount"), [(False, 1), (True, 2)])
def test_budget_follows_the_hardware(monkeypatch, seen, amount):
    monkeypatch.delenv("WORKSHOP_BUDGET", raising=False)
    monkeypatch.setattr(device, "has_gpu", lambda: seen)
    assert device.budget(cpu=1, gpu=2) == amount


def test_budget_refuses_other_words(monkeypatch):
    monkeypatch.setenv("WORKSHOP_BUDGET", "fast")
    with pytest.raises(ValueError, match="WORKSHOP_BUDGET is 'fast'; expected cpu or gpu"):
        device.budget(cpu=1, gpu=2)


def test_the_processor_is_described(capsys):
    device.describe()
    printed = capsys.readouterr().out
    assert "Keras 3" in printed
    assert f"{device.cores()} cores" in printed


def test_a_missing_gpu_is_explained(monkeypatch, capsys):
    cpu = device.Processor("CPU", "cpu", "some processor", 8.0)
    monkeypatch.setattr(device, "processors", lambda: [cpu])
    monkeypatch.setattr(device, "nvidia_driver", lambda: "570.1")
    device.describe()
    assert "tensorflow[and-cuda]" in capsys.readouterr().out


def test_two_processors_are_compared():
    two = [device.Processor(kind, "cpu", kind, None) for kind in ("CPU", "GPU")]
    rows = device.compare(size=64, images=1, on=two)
    assert [row["processor"] for row in rows] == ["CPU (CPU)"] * 2 + ["GPU (GPU)"] * 2
    assert rows[0]["gflops"] == pytest.approx(2 * 64**3 / rows[0]["seconds"] / 1e9)
    steps = device.step_times(widths=(2, 4), batch=8, on=two)
    assert [row["parameters"] for row in steps] == [785 * w + (w + 1) * w + (w + 1) * 10 for w in (2, 4)] * 2


def python(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **environment}, check=False
    )


def test_starting_says_nothing():
    done = python("from helpers import device; device.start(); import keras; keras.ops.ones(3) + 1")
    assert done.returncode == 0
    assert done.stdout + done.stderr == ""


def test_an_error_while_starting_is_not_swallowed():
    done = python("from helpers import device; device.start()", KERAS_BACKEND="no_such_backend")
    assert done.returncode != 0
    assert "no_such_backend" in done.stderr


def test_lines_that_are_not_chatter_are_printed(tmp_path):
    """A Keras that writes to standard error as C++ does, in place of the real one."""
    (tmp_path / "keras.py").write_text(
        "import os\n"
        "from types import SimpleNamespace\n"
        "os.write(2, b'I0000 port.cc:153] oneDNN custom operations are on.\\nsomething new\\n')\n"
        "backend = SimpleNamespace(backend=lambda: 'none')\n"
        "ops = SimpleNamespace(ones=lambda n: n)\n"
    )
    done = python("from helpers import device; device.start()", PYTHONPATH=str(tmp_path))
    assert done.stderr == "something new\n"


def test_importing_the_helpers_loads_nothing_large():
    code = """
import sys
import helpers, helpers.checks, helpers.checks.lesson00, helpers.checks.lesson01
import helpers.device, helpers.digits, helpers.plots, helpers.progress, helpers.timeleft
large = {"tensorflow", "keras", "matplotlib", "sklearn", "scipy", "torch"} & set(sys.modules)
print(sorted(large))
"""
    assert python(code).stdout == "[]\n"
