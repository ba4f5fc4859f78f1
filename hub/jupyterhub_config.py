"""JupyterHub for a class: `jupyterhub -f hub/jupyterhub_config.py`, or a part of The Littlest JupyterHub (docs/hub.md).

What you may want to change stands at the top. The same numbers stand in values.yaml, and a test compares them.
"""

import os
import sys
from pathlib import Path

#: Memory of one student, all notebooks together: no more than the limit; the guarantee is kept free. Why: docs/hub.md.
MEMORY_LIMIT, MEMORY_GUARANTEE = "5G", "2G"
#: Processor cores of one student.
CPU_LIMIT = 2
#: Seconds without any activity after which a student's server is stopped; it is looked for idle ones every so often.
IDLE, LOOK_EVERY = 3600, 300
#: Who may log in: a file with one name in a line.
STUDENTS = Path(os.environ.get("WORKSHOP_STUDENTS", "/etc/workshop/students.txt"))
#: A folder for the instructor's board (docs/board.md), or nothing.
BOARD = os.environ.get("WORKSHOP_BOARD", "")
#: For HTTPS. Without them the hub can be reached from its own computer only.
CERTIFICATE, KEY = os.environ.get("WORKSHOP_CERTIFICATE", ""), os.environ.get("WORKSHOP_KEY", "")

c = get_config()  # noqa: F821

# The Littlest JupyterHub keeps the students' packages apart from its own, and brings its own proxy and HTTPS.
LITTLEST = Path("/opt/tljh/user/bin")
programs = LITTLEST if LITTLEST.exists() else Path(sys.executable).parent

lines = STUDENTS.read_text(encoding="utf-8-sig").splitlines() if STUDENTS.exists() else []
names = {line.strip() for line in lines if line.strip()}
if not names or any(" " in name for name in names):
    raise SystemExit(f"Write the names of those who may log in into {STUDENTS}: one in a line, without spaces.")
c.Authenticator.allowed_users = names
# The Littlest JupyterHub opens this door when it knows no names of its own.
c.FirstUseAuthenticator.allow_all = False

# Each start first brings the student's own copy of the notebooks up to date; what a student has changed is kept.
c.Spawner.cmd = [str(programs / "python"), "-m", "helpers.workspace", str(programs / "jupyterhub-singleuser")]
# A kernel for which there is no memory is refused with a word of advice, before the limit kills one that is at work.
c.Spawner.args = ["--ServerApp.kernel_manager_class=helpers.kernels.CarefulKernelManager"]
c.Spawner.notebook_dir = "~/workshop"
c.Spawner.default_url = "/lab/tree/notebooks/00_setup.ipynb"
c.Spawner.environment = {"WORKSHOP_FOLDER": "~/workshop"}
if BOARD:
    c.Spawner.environment["WORKSHOP_BOARD"] = BOARD
c.Spawner.mem_limit, c.Spawner.mem_guarantee = MEMORY_LIMIT, MEMORY_GUARANTEE
c.Spawner.cpu_limit = CPU_LIMIT
# Thirty starts at once take a while.
c.Spawner.start_timeout = c.Spawner.http_timeout = 180

# This replaces the culler that The Littlest JupyterHub brings, which stops servers after ten minutes.
c.JupyterHub.services = [
    {
        "name": "cull-idle",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={IDLE}", f"--cull-every={LOOK_EVERY}"],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "cull-idle",
        "services": ["cull-idle"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    }
]

if not LITTLEST.exists():
    c.JupyterHub.bind_url = "http://127.0.0.1:8000"
    if bool(CERTIFICATE) != bool(KEY):
        raise SystemExit("HTTPS needs both WORKSHOP_CERTIFICATE and WORKSHOP_KEY, and only one of them is set.")
    if CERTIFICATE and KEY:
        c.JupyterHub.ssl_cert, c.JupyterHub.ssl_key = CERTIFICATE, KEY
        c.JupyterHub.bind_url = "https://:8443"
