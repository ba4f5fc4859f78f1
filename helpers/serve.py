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
from urllib.parse import quote

from helpers import workspace

OPTIONS = [
    "--no-browser",
    "--log-level=WARN",
    "--LabApp.log_level=WARN",
    "--LabApp.default_url=/lab/tree/notebooks/00_setup.ipynb",
    "--ServerApp.port_retries=0",  # at another port than the one that is printed nobody would find it
    "--ServerApp.kernel_manager_class=helpers.kernels.CarefulKernelManager",
]


def find_a_temporary_folder():
    """Raise OSError where there is none; Python would take the folder it is in, and fill it with files of its own."""
    if Path(tempfile.gettempdir()).samefile(Path.cwd()):
        raise OSError(f"only {Path.cwd()} can be written to")


def find_a_home():
    """Let a temporary folder stand in for a home that cannot be written to, and say so.

    That is so with `docker run --read-only` without a home, and with `--user` and a user whom the image does not know.
    """
    home = Path.home()
    try:
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError as error:
        os.environ["HOME"] = tempfile.mkdtemp(prefix="home-")
        print(f"The home folder {home} cannot be written to ({error.strerror}); a temporary one stands in for it.")


def main(options):
    address = (os.environ.get("WORKSHOP_ADDRESS") or "http://127.0.0.1:8888").rstrip("/")
    if not address.startswith(("http://", "https://")):
        return _refuse(f"WORKSHOP_ADDRESS is {address!r}; expected an address such as http://server.example.org:9000.")
    try:
        find_a_temporary_folder()
    except OSError as error:
        return _refuse(
            f"JupyterLab needs a folder for temporary files, and there is none ({error.strerror or error}): start the "
            "container with `--tmpfs /tmp` too."
        )
    find_a_home()
    if status := workspace.main([]):
        return status
    notebooks = workspace.folder() / "notebooks"
    if not os.path.ismount(notebooks):
        print(
            f"Nothing is mounted at {notebooks}, so what you write there is lost with this container. "
            f"To keep it, stop this one, and start with `-v my-workshop:{notebooks}`."
        )
    token = os.environ.get("JUPYTER_TOKEN") or secrets.token_hex(24)
    # Of a token that it made itself, Jupyter prints two addresses, one of which works only inside of the container.
    os.environ["JUPYTER_TOKEN"] = token
    print(f"In a few seconds the workshop is at {address}/lab?token={quote(token, safe='')}", flush=True)
    command = ["jupyter", "lab", *OPTIONS, *options]
    os.execvp(command[0], command)


def _refuse(sentence):
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
