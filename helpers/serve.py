"""JupyterLab in a container: `python -m helpers.serve [OPTIONS OF JUPYTER LAB ...]`

Brings the notebooks up to date (helpers/workspace.py), prints one address, and serves. The token is that of
`JUPYTER_TOKEN`, or a new one at each start; without one nothing is served. If the port is another outside of the
container, or the computer another one, say so with `WORKSHOP_ADDRESS`, for example `http://server.example.org:9000`.
"""

import os
import secrets
import sys
import tempfile
from pathlib import Path

from helpers import workspace

OPTIONS = [
    "--no-browser",
    "--log-level=WARN",
    "--LabApp.log_level=WARN",
    "--LabApp.default_url=/lab/tree/notebooks/00_setup.ipynb",
    "--ServerApp.kernel_manager_class=helpers.kernels.CarefulKernelManager",
]


def find_a_home():
    """Where the home folder cannot be written to, JupyterLab keeps its settings in a temporary one, and says so.

    That is so with `docker run --read-only` without a home, and with `--user` and a user whom the image does not know.
    """
    home = Path.home()
    try:
        with tempfile.TemporaryFile(dir=home):
            return
    except OSError as error:
        os.environ["HOME"] = tempfile.mkdtemp(prefix="home-")
        print(
            f"The home folder {home} cannot be written to ({error.strerror}), so the settings of JupyterLab are "
            "forgotten at the end. Notebooks and progress are not in it.",
            flush=True,
        )


def main(options):
    try:
        find_a_home()
    except OSError as error:
        print(
            f"There is no folder for temporary files ({error.strerror}), without which JupyterLab does not start: "
            "start the container with `--tmpfs /tmp` too.",
            file=sys.stderr,
        )
        return 1
    if status := workspace.main([]):
        return status
    token = os.environ.get("JUPYTER_TOKEN") or secrets.token_hex(24)
    # Of a token that it made itself, Jupyter prints two addresses, one of which works only inside of the container.
    os.environ["JUPYTER_TOKEN"] = token
    address = (os.environ.get("WORKSHOP_ADDRESS") or "http://127.0.0.1:8888").rstrip("/")
    print(f"In a few seconds the workshop is at {address}/lab?token={token}", flush=True)
    command = ["jupyter", "lab", *OPTIONS, *options]
    os.execvp(command[0], command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
