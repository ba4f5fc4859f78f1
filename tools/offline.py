"""Run a command with no data and no network: `python -m tools.offline pytest solutions/01_mnist_skeleton.ipynb`.

On Linux the command gets a network of its own in which there is only itself. Where the system does
not allow that, a proxy that refuses every connection stands in for it, and a line says so.
"""

import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

UP = "TOOLS_OFFLINE_LOOPBACK"


def environment(folder):
    """Environment variables under which no data set is found and none can be fetched.

    Parameters
    ----------
    folder : path-like
        An empty folder, in place of those in which data are looked for.
    """
    closed = "http://127.0.0.1:9"  # the discard port: nobody listens there
    return {
        "WORKSHOP_DATA": str(folder),
        "KERAS_HOME": str(Path(folder) / "keras"),
        "http_proxy": closed,
        "https_proxy": closed,
        "no_proxy": "localhost,127.0.0.1",
    }


def bring_loopback_up():
    """Switch on the loopback interface of a fresh network, which Jupyter's kernels talk over."""
    import fcntl  # there is none on Windows, where this is never called

    set_flags, up_and_running = 0x8914, 0x1 | 0x40  # SIOCSIFFLAGS, IFF_UP | IFF_RUNNING
    with socket.socket() as control:
        fcntl.ioctl(control, set_flags, struct.pack("16sh", b"lo", up_and_running))


def main():
    command = sys.argv[1:]
    if not command:
        print(__doc__)
        return 2
    if os.environ.pop(UP, None):
        bring_loopback_up()
        return subprocess.run(command, check=False).returncode
    with tempfile.TemporaryDirectory() as folder:
        variables = {**os.environ, **environment(folder)}
        alone = ["unshare", "--net", "--map-root-user"]
        if (
            shutil.which("unshare")
            and subprocess.run([*alone, "true"], capture_output=True, check=False).returncode == 0
        ):
            command = [*alone, sys.executable, "-m", "tools.offline", *command]
            variables[UP] = "1"
        else:
            print("This system gives no private network; a closed proxy stands in for the missing one.")
        return subprocess.run(command, env=variables, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
