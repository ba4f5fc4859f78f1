#!/bin/sh
# The course on a server that has The Littlest JupyterHub: `sudo sh hub/tljh.sh`, again after each update (docs/hub.md).
set -eu
umask 022
course=$(cd "$(dirname "$0")/.." && pwd)
test -f /etc/workshop/students.txt || { echo "Write the names of those who may log in into /etc/workshop/students.txt, one in a line."; exit 1; }

# The packages, in the versions that were tested, for all students.
/opt/tljh/user/bin/python -m pip install --constraint "$course/constraints.txt" --editable "$course"
/opt/tljh/user/bin/python -m compileall -q "$course/helpers"

# Limits, culling, the students' copies of the notebooks.
ln -sf "$course/hub/jupyterhub_config.py" /opt/tljh/config/jupyterhub_config.d/workshop.py

# Only those in /etc/workshop/students.txt can log in, and each chooses a password the first time.
tljh-config set auth.type firstuseauthenticator.FirstUseAuthenticator
tljh-config set auth.FirstUseAuthenticator.create_users false
tljh-config reload
