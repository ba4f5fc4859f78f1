"""The hardware that Keras sees, how fast it is, and how much work a lesson should give it."""

from __future__ import annotations  # so that the doctor can tell an old Python that it is too old

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass

from helpers.timeleft import TimeLeft

#: Lines that TensorFlow prints at every start, whatever the machine; none of them asks for anything to be done.
CHATTER = ("absl::InitializeLog", "oneDNN custom operations", "cpu_feature_guard", "rebuild TensorFlow")
#: What it prints where there is no GPU, or none that it can use.
NO_CUDA = ("Could not find cuda drivers", "Cannot dlopen some GPU libraries", "failed call to cuInit")


@dataclass(frozen=True)
class Processor:
    """A processor that Keras can compute on.

    Attributes
    ----------
    kind : str
        ``"CPU"`` or ``"GPU"``.
    scope : str
        What `keras.device` takes, for example ``"gpu:0"``.
    name : str
        The model, for example ``"NVIDIA A100"``.
    memory : float or None
        Its memory in GB (10^9 bytes), if it can be found out.
    """

    kind: str
    scope: str
    name: str
    memory: float | None


def start(only=None):
    """Import Keras without TensorFlow's start-up chatter, and let it take GPU memory only as needed.

    Call it once, first thing in a notebook; `import keras` costs nothing after it. Lines that say
    something unusual are still printed; a GPU that cannot be used is explained by `describe`.

    Parameters
    ----------
    only : str, optional
        The one backend of Keras that the lesson is written for, for example ``"tensorflow"``.

    Raises
    ------
    RuntimeError
        If Keras runs on another backend than `only`.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with _captured_stderr() as captured:
        import keras

        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            # Otherwise it warns of every network that is the sixth of its kind, as in any comparison of networks.
            tf.get_logger().setLevel("ERROR")
            for gpu in tf.config.list_physical_devices("GPU"):
                try:
                    tf.config.experimental.set_memory_growth(gpu, True)
                except RuntimeError:  # the GPU is in use already: the setting was made at the first start
                    break
        keras.ops.ones(1) + 1  # the first operation starts the devices, which also have something to say
    for line in captured.text.splitlines():
        if line.strip() and not any(known in line for known in CHATTER + NO_CUDA):
            print(line, file=sys.stderr)
    if only not in (None, keras.backend.backend()):
        raise RuntimeError(
            f"This lesson is written for {only}, and Keras runs on {keras.backend.backend()}. "
            f"Restart the kernel with the environment variable KERAS_BACKEND={only}, or without it."
        )


class _Captured:
    text = ""


@contextmanager
def _captured_stderr():
    """Collect what is written to standard error, by C++ as well, while the block runs.

    If the block fails, everything collected is printed after all.
    """
    captured = _Captured()
    sys.stderr.flush()
    saved = os.dup(2)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 2)
        failed = True
        try:
            yield captured
            failed = False
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            file.seek(0)
            captured.text = file.read().decode(errors="replace")
            if failed and captured.text:
                print(captured.text, file=sys.stderr)


def processors():
    """The CPU, and each GPU that Keras sees, as a list of `Processor`."""
    import keras
    import psutil

    # Without a number: torch has a processor "cpu" and takes "cpu:0" for another one, where no gradients arrive.
    found = [Processor("CPU", "cpu", cpu_name(), psutil.virtual_memory().total / 1e9)]
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        for index, gpu in enumerate(tf.config.list_physical_devices("GPU")):
            name = tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name)
            found.append(Processor("GPU", f"gpu:{index}", name, _nvidia_memory(index)))
    elif backend == "torch":
        import torch

        for index in range(torch.cuda.device_count()):
            details = torch.cuda.get_device_properties(index)
            found.append(Processor("GPU", f"cuda:{index}", details.name, details.total_memory / 1e9))
        if torch.backends.mps.is_available():
            found.append(Processor("GPU", "mps:0", "Apple GPU", None))
    return found


def cores():
    """How many processor cores this program may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def describe():
    """Print what Keras sees: versions, processor, memory, GPUs, and what to do about a missing one."""
    import keras

    print(f"Python {platform.python_version()}, Keras {keras.__version__} on {_backend_version()}")
    for processor in processors():
        memory = f", {processor.memory:.0f} GB" if processor.memory else ""
        count = f", {cores()} cores" if processor.kind == "CPU" else ""
        print(f"{processor.kind}: {processor.name}{count}{memory}")
    if not has_gpu():
        print("GPU: none that Keras can use. Every lesson runs without one.")
        if nvidia_driver():
            print(
                "     There is an NVIDIA card, though. On Linux `pip install 'tensorflow[and-cuda]'` adds the CUDA\n"
                "     libraries; on Windows use WSL2, or Keras on torch (KERAS_BACKEND=torch)."
            )


def has_gpu():
    """Whether Keras sees a GPU."""
    return any(processor.kind == "GPU" for processor in processors())


def budget(cpu, gpu):
    """The amount of work for this machine: `gpu` where Keras sees a GPU, otherwise `cpu`.

    The environment variable ``WORKSHOP_BUDGET``, set to ``cpu`` or ``gpu``, overrides what is seen:
    ``gpu`` for a long run on a processor, ``cpu`` for a short one on a GPU.

    Parameters
    ----------
    cpu, gpu : any
        For example numbers of epochs; one of them is returned as it is.

    Raises
    ------
    ValueError
        If ``WORKSHOP_BUDGET`` is set to anything else.
    """
    choice = os.environ.get("WORKSHOP_BUDGET") or ("gpu" if has_gpu() else "cpu")
    if choice not in ("cpu", "gpu"):
        raise ValueError(
            f"WORKSHOP_BUDGET is {choice!r}; expected cpu or gpu. Set it to one of them, or leave it unset."
        )
    return gpu if choice == "gpu" else cpu


def compare(size=1024, images=32, on=None):
    """Time the same matrix product and the same convolution on each processor.

    Parameters
    ----------
    size : int
        The matrices are `size` x `size`.
    images : int
        How many pictures of 64x64 with 32 channels are convolved with 32 kernels of 3x3.
    on : list of Processor, optional
        The processors to compare; all that Keras sees by default.

    Returns
    -------
    list of dict
        One for each processor and kind of work: ``processor``, ``work``, ``seconds`` (median of
        five), ``gflops`` (10^9 multiplications and additions a second).
    """
    import keras
    import numpy as np

    rng = np.random.default_rng(0)
    matrix = rng.standard_normal((size, size)).astype("float32")
    pictures = rng.standard_normal((images, 64, 64, 32)).astype("float32")
    kernels = rng.standard_normal((3, 3, 32, 32)).astype("float32")
    work = {
        f"matrix product, {size}x{size}": (keras.ops.matmul, (matrix, matrix), 2 * size**3),
        f"convolution, {images} images": (
            lambda x, k: keras.ops.conv(x, k, padding="same", data_format="channels_last"),
            (pictures, kernels),
            2 * images * 64 * 64 * 32 * 32 * 9,
        ),
    }
    chosen = on or processors()
    line = TimeLeft(len(chosen) * len(work), "timing")
    rows = []
    for processor in chosen:
        with keras.device(processor.scope):
            for name, (operation, inputs, operations) in work.items():
                tensors = [keras.ops.convert_to_tensor(value) for value in inputs]
                # Reading one number back waits for the device, which otherwise computes on its own.
                seconds = _median_seconds(lambda: float(keras.ops.ravel(operation(*tensors))[0]))  # noqa: B023
                rows.append(
                    {
                        "processor": f"{processor.kind} ({processor.name})",
                        "work": name,
                        "seconds": seconds,
                        "gflops": operations / seconds / 1e9,
                    }
                )
                line.update(len(rows))
    line.close()
    return rows


def step_times(widths=(16, 64, 256, 1024, 2048), batch=128, on=None):
    """Time one training step of dense networks of growing size on each processor.

    Parameters
    ----------
    widths : sequence of int
        Units of the two hidden layers; the input has 784 numbers and the output 10.
    batch : int
        Images in one step.
    on : list of Processor, optional
        The processors to compare; all that Keras sees by default.

    Returns
    -------
    list of dict
        One for each processor and width: ``processor``, ``parameters``, ``seconds`` a step (median of five).
    """
    import keras
    import numpy as np

    rng = np.random.default_rng(0)
    x = rng.random((batch, 784), dtype="float32")
    y = rng.integers(0, 10, batch)
    chosen = on or processors()
    line = TimeLeft(len(chosen) * len(widths), "timing")
    rows = []
    for processor in chosen:
        for width in widths:
            with keras.device(processor.scope):
                model = keras.Sequential(
                    [
                        keras.Input((784,)),
                        keras.layers.Dense(width, activation="relu"),
                        keras.layers.Dense(width, activation="relu"),
                        keras.layers.Dense(10, activation="softmax"),
                    ]
                )
                model.compile("sgd", "sparse_categorical_crossentropy")
                seconds = _median_seconds(lambda: model.train_on_batch(x, y))  # noqa: B023
            rows.append(
                {
                    "processor": f"{processor.kind} ({processor.name})",
                    "parameters": model.count_params(),
                    "seconds": seconds,
                }
            )
            line.update(len(rows))
    line.close()
    return rows


def _median_seconds(function, repeats=5, at_least=0.05):
    """Median time of one call; each of the repeats makes as many calls as `at_least` seconds take."""
    function()
    function()
    start = time.perf_counter()
    function()
    calls = max(1, int(at_least / (time.perf_counter() - start)))
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in range(calls):
            function()
        times.append((time.perf_counter() - start) / calls)
    return statistics.median(times)


def _backend_version():
    import keras

    name = keras.backend.backend()
    module = {"tensorflow": "TensorFlow", "torch": "torch", "jax": "JAX"}.get(name, name)
    return f"{module} {sys.modules[name].__version__}"


def cpu_name():
    """The model of the processor, as the system names it."""
    if sys.platform == "linux":
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    if sys.platform == "darwin":
        return _output("sysctl", "-n", "machdep.cpu.brand_string") or platform.machine()
    return platform.processor() or platform.machine()


def _nvidia_memory(index):
    """Memory of an NVIDIA card in GB, or None where its driver cannot be asked."""
    answer = _output("nvidia-smi", f"--id={index}", "--query-gpu=memory.total", "--format=csv,noheader,nounits")
    return float(answer) * 2**20 / 1e9 if answer and answer.replace(".", "").isdigit() else None


def nvidia_driver():
    """The version of the NVIDIA driver, or None where there is none."""
    answer = _output("nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader")
    return answer.splitlines()[0] if answer else None


def _output(*command):
    """What a command prints, or None where there is no such command or it fails."""
    try:
        answer = subprocess.run(command, capture_output=True, timeout=10, check=True).stdout
        return answer.decode("utf-8", "replace").strip()
    except (OSError, subprocess.SubprocessError):
        return None
