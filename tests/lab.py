"""JupyterLab in a real browser: what the browser tests, and only they, stand on."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
import uuid
from contextlib import contextmanager
from pathlib import Path

from tools import notebooks

TOKEN = "only-for-this-test"
#: The whole notebook in the page, so that every cell can be found; nothing else differs from `make lab`.
FOR_TESTS = {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"}}
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE = 60  # seconds


@contextmanager
def server(folder, home, **variables):
    """JupyterLab on `folder`, with all that it writes in `home`; yields its address.

    The workshop's own settings come from the environment, as they do for a student. `variables` are added to those
    of the environment.
    """
    settings = home / "config" / "labconfig" / "default_setting_overrides.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps(FOR_TESTS))
    environment = {
        **os.environ,
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "WORKSHOP_PROGRESS": str(home / "progress.jsonl"),
        **variables,
    }
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.port=0", f"--IdentityProvider.token={TOKEN}",
        "--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly", f"--ServerApp.root_dir={folder}",
        *(["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
    ]  # fmt: skip
    with (home / "server.log").open("w") as log:
        running = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            address = _address(running, home)
            yield address
            for session in json.loads(ask(address, "api/sessions")):
                ask(address, f"api/sessions/{session['id']}", "DELETE")
        finally:
            stop(running)


def stop(running):
    """End a server's process, the hard way if it does not listen."""
    running.send_signal(signal.SIGTERM)
    try:
        running.wait(20)
    except subprocess.TimeoutExpired:
        running.kill()


def _address(running, home):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and running.poll() is None:
        for file in (home / "runtime").glob("jpserver-*.json"):
            try:
                return json.loads(file.read_text())["url"]
            except (json.JSONDecodeError, KeyError):
                pass
        time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start:\n{(home / 'server.log').read_text()}")


def ask(address, path, method="GET"):
    """What the server answers to a request to its API, with the token."""
    request = urllib.request.Request(f"{address}{path}", method=method, headers={"Authorization": f"token {TOKEN}"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read()


@contextmanager
def page(pictures):
    """A page of a headless Chromium; if the block fails, a picture of it is kept in the folder `pictures`."""
    from playwright.sync_api import sync_playwright

    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*root, *QUIET])
        opened = browser.new_context(viewport={"width": 1400, "height": 1000}).new_page()
        try:
            yield opened
        except BaseException:
            pictures.mkdir(exist_ok=True)
            file = pictures / f"{time.strftime('%H%M%S')}.png"
            opened.screenshot(path=file)
            print(f"The page as it was: {file}")
            raise
        finally:
            browser.close()


class Notebook:
    """One notebook, open in a page of the browser; on a hub, `token` is empty and the student has logged in."""

    def __init__(self, page, address, path, token=TOKEN):
        self.page = page
        entrance = f"token={token}&reset" if token else "reset"
        page.goto(f"{address}lab/workspaces/{uuid.uuid4()}/tree/{path}?{entrance}", timeout=1000 * PATIENCE)
        page.locator(".jp-Notebook-cell").first.wait_for(timeout=1000 * PATIENCE)
        self.wait_for_idle()

    def ids(self):
        """The ids of all cells, from the top."""
        return self.page.evaluate(
            "() => window.jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model.id)"
        )

    def cell(self, identifier):
        """The cell with an id of nbformat, or with an index."""
        index = identifier if isinstance(identifier, int) else self.ids().index(identifier)
        return self.page.locator(
            f'.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook-cell[data-windowed-list-index="{index}"]'
        )

    def index(self, identifier):
        return self.ids().index(identifier)

    def source(self, identifier):
        """What stands in a cell."""
        index = identifier if isinstance(identifier, int) else self.index(identifier)
        return self.page.evaluate(
            "i => window.jupyterapp.shell.currentWidget.content.widgets[i].model.sharedModel.getSource()", index
        )

    def type(self, identifier, text):
        """Replace the contents of a cell, as a student would with the keyboard."""
        editor = self.cell(identifier).locator(".cm-content")
        editor.scroll_into_view_if_needed()
        editor.click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def run(self, identifier):
        """Run a cell with Shift+Enter, and wait until all is done."""
        editor = self.cell(identifier).locator(".cm-content")
        editor.scroll_into_view_if_needed()
        editor.click()
        self.page.keyboard.press("Shift+Enter")
        self.wait_for_idle()
        return self.output(identifier)

    def run_up_to(self, identifier):
        """Run every code cell above one, from the top."""
        for index in range(self.index(identifier)):
            if "jp-CodeCell" in self.cell(index).get_attribute("class"):
                self.run(index)

    def output(self, identifier):
        """The text below a cell."""
        area = self.cell(identifier).locator(".jp-Cell-outputArea")
        return area.inner_text() if area.count() else ""

    def save(self):
        """Save the notebook."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")

    def wait_for_idle(self, timeout=180):
        """Wait until the kernel is idle and no cell is waiting, twice in a row."""
        quiet = 0
        until = time.monotonic() + timeout
        while quiet < 2:
            if time.monotonic() > until:
                raise TimeoutError("the kernel did not become idle")
            idle = self.page.evaluate(
                """() => {
                    const panel = window.jupyterapp.shell.currentWidget;
                    const kernel = panel && panel.sessionContext && panel.sessionContext.session
                        && panel.sessionContext.session.kernel;
                    const prompts = [...document.querySelectorAll('.jp-InputPrompt')];
                    const waiting = prompts.some(prompt => prompt.textContent.includes('*'));
                    return Boolean(kernel) && kernel.status === 'idle' && !waiting;
                }"""
            )
            quiet = quiet + 1 if idle else 0
            time.sleep(0.15)

    def restart_kernel(self):
        """Restart the kernel by the menu, as a student would."""
        self.page.get_by_role("menuitem", name="Kernel", exact=True).first.click()
        self.page.locator(".lm-Menu-itemLabel", has_text="Restart Kernel…").first.click()
        self.page.locator(".jp-Dialog button.jp-mod-accept").click()
        self.page.wait_for_timeout(1000)
        self.wait_for_idle()


def answers(name):
    """The solution of every exercise of a lesson, by number, without its markers."""
    found = {}
    for cell in notebooks.solution(name).cells:
        if "exercise" in cell.metadata:
            lines = [line for line in cell.source.splitlines() if not line.strip().startswith("### ")]
            found[cell.metadata["exercise"]] = "\n".join(lines)
    return found


def copy_of_the_course(folder):
    """A copy of the notebooks that a test may write to."""
    shutil.copytree(notebooks.SKELETONS, Path(folder) / "notebooks")
    return Path(folder)
