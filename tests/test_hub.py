"""JupyterHub with the configuration of hub/: a student logs in, works, is stopped, and finds everything again.

The hub runs here with servers that are plain processes and with one password for all. The rest is what a class gets.
Skipped without JupyterHub (`pip install -c constraints.txt -e '.[hub]'`) or its proxy (docs/hub.md).
"""

import io
import itertools
import json
import math
import os
import shutil
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
import yaml
from traitlets.config.loader import PyFileConfigLoader

from tests import lab
from tools import class_load

HUB = lab.notebooks.ROOT / "hub"
LESSON = "01_mnist_skeleton"
NAME, PASSWORD, TOKEN = "ada", "for this test only", "cull-token-for-this-test"

#: What is different in the test. Nobody should run a hub like this.
FOR_TESTS = """
load_subconfig({config!r})
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = {password!r}
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = {homes!r} + "/{{username}}"
c.Spawner.args += {arguments!r}
c.JupyterHub.bind_url = "http://127.0.0.1:{ports[0]}"
c.JupyterHub.hub_port = {ports[1]}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{ports[2]}"
c.JupyterHub.services[0]["api_token"] = {token!r}
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A running hub; its homes are in the folder `homes` beside its log."""
    pytest.importorskip("jupyterhub", reason="the hub test needs the extra hub: pip install -e '.[hub]'")
    if shutil.which("configurable-http-proxy") is None:
        pytest.skip("the hub test needs configurable-http-proxy on the PATH (docs/hub.md)")
    folder = tmp_path_factory.mktemp("hub")
    (folder / "students.txt").write_text(f"{NAME}\ngrace\n")
    settings = folder / "homes" / NAME / ".jupyter" / "labconfig" / "default_setting_overrides.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps(lab.FOR_TESTS))
    ports = free_ports(3)
    arguments = ["--LabApp.expose_app_in_browser=True", *(["--allow-root"] if os.geteuid() == 0 else [])]
    (folder / "config.py").write_text(
        FOR_TESTS.format(
            config=str(HUB / "jupyterhub_config.py"),
            password=PASSWORD,
            homes=str(folder / "homes"),
            arguments=arguments,
            ports=ports,
            token=TOKEN,
        )
    )
    ours = ("WORKSHOP_", "JUPYTER")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    environment["WORKSHOP_STUDENTS"] = str(folder / "students.txt")
    with (folder / "hub.log").open("w") as log:
        command = [sys.executable, "-m", "jupyterhub", "--config", str(folder / "config.py")]
        running = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        base = f"http://127.0.0.1:{ports[0]}/"
        wait_for_hub(base, running, folder / "hub.log")
        yield base
    finally:
        lab.stop(running)
        print((folder / "hub.log").read_text())


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def wait_for_hub(base, running, log):
    import requests

    until = time.monotonic() + lab.PATIENCE
    while time.monotonic() < until and running.poll() is None:
        try:
            if requests.get(f"{base}hub/health", timeout=2).ok:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"JupyterHub did not start:\n{log.read_text()}")


def servers(base):
    """The names of those whose server runs, as the culler sees them."""
    import requests

    answer = requests.get(f"{base}hub/api/users", headers={"Authorization": f"token {TOKEN}"}, timeout=20)
    assert answer.ok, answer.text
    return [user["name"] for user in answer.json() if user["servers"]]


def cull(base):
    """Let the culler stop, with no more rights than it has, whoever did nothing for a second."""
    environment = {**os.environ, "JUPYTERHUB_API_TOKEN": TOKEN}
    command = [sys.executable, "-m", "jupyterhub_idle_culler", f"--url={base}hub/api", "--timeout=1", "--cull-every=1"]
    culler = subprocess.Popen(command, env=environment)
    try:
        until = time.monotonic() + lab.PATIENCE
        while servers(base):
            assert time.monotonic() < until, "the culler stopped nobody"
            assert culler.poll() is None, "the culler ended"
            time.sleep(0.2)
    finally:
        culler.terminate()
        culler.wait(10)


def log_in(page, base, name=NAME, password=PASSWORD):
    """Log in, as a student would, and wait for what comes."""
    page.goto(f"{base}hub/login", timeout=1000 * lab.PATIENCE)
    page.fill("#username_input", name)
    page.fill("#password_input", password)
    page.click("#login_submit")


def test_a_student_on_the_hub(address, tmp_path):
    pytest.importorskip("playwright", reason="this test needs the package playwright")
    if lab.CHROMIUM is None:
        pytest.skip("this test needs the program chromium, which is not installed")
    pictures = Path(__file__).parent / "screenshots"
    answer = lab.answers(LESSON)["1.1"]
    mine = f"{address}user/{NAME}/"

    with lab.page(pictures) as page:
        log_in(page, address)
        page.wait_for_url(f"{mine}lab/tree/notebooks/00_setup.ipynb*", timeout=1000 * lab.PATIENCE)
        settings = page.request.get(f"{mine}lab/api/settings/@jupyterlab/apputils-extension:kernels-settings")
        assert settings.json()["schema"]["properties"]["commsOverSubshells"]["default"] == "disabled"
        notebook = lab.Notebook(page, mine, f"notebooks/{LESSON}.ipynb", token="")
        picture = page.locator(".jp-MarkdownCell img").first
        assert picture.evaluate("image => image.complete && image.naturalWidth > 0"), "no pictures of docs/"
        notebook.run_up_to("exercise-1-1")
        notebook.type("exercise-1-1", answer)
        notebook.run("exercise-1-1")
        assert "✓ 1.1" in notebook.run("check-1-1")
        notebook.save()

    assert servers(address) == [NAME]
    cull(address)

    with lab.page(pictures) as page:
        log_in(page, address)
        page.wait_for_url(f"{mine}lab/tree/notebooks/00_setup.ipynb*", timeout=1000 * lab.PATIENCE)
        notebook = lab.Notebook(page, mine, f"notebooks/{LESSON}.ipynb", token="")
        assert notebook.source("exercise-1-1") == answer
        notebook.type("check-1-3", "from helpers.progress import progress\nprogress()")
        assert "✓ 1.1" in notebook.run("check-1-3")
        notebook.type("check-1-3", 'import shutil\nshutil.make_archive("../my_workshop", "zip", ".")')
        notebook.run("check-1-3")
        taken_home = page.request.get(f"{mine}files/my_workshop.zip").body()
    with zipfile.ZipFile(io.BytesIO(taken_home)) as archive:
        assert {f"{LESSON}.ipynb", "progress.jsonl"} <= set(archive.namelist())


def test_who_is_not_on_the_list_cannot_log_in(address):
    import requests

    for name, password in (("mallory", PASSWORD), (NAME, "guessed")):
        session = requests.Session()
        session.get(f"{address}hub/login", timeout=20)
        form = {"username": name, "password": password, "_xsrf": session.cookies["_xsrf"]}
        answer = session.post(f"{address}hub/login", data=form, timeout=20)
        assert answer.status_code in (401, 403), name


# --- the configuration, without a hub -------------------------------------------------------------


@pytest.fixture
def students(tmp_path, monkeypatch):
    """A list of students."""
    monkeypatch.setenv("WORKSHOP_STUDENTS", str(tmp_path / "students.txt"))
    (tmp_path / "students.txt").write_text("ada\ngrace\n")


def load(path):
    return PyFileConfigLoader(path.name, path=str(path.parent)).load_config()


@pytest.fixture
def values():
    return yaml.safe_load((HUB / "values.yaml").read_text(encoding="utf-8"))


def test_only_the_list_may_log_in_and_only_here(students):
    config = load(HUB / "jupyterhub_config.py")
    assert config.Authenticator.allowed_users == {"ada", "grace"}
    assert "allow_all" not in config.Authenticator
    assert "authenticator_class" not in config.JupyterHub  # JupyterHub's own: the computer's accounts
    assert config.JupyterHub.bind_url == "http://127.0.0.1:8000"


def test_without_a_list_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKSHOP_STUDENTS", str(tmp_path / "students.txt"))
    for text in (None, "", "\n", "Ada Lovelace\n"):
        if text is not None:
            (tmp_path / "students.txt").write_text(text)
        with pytest.raises(SystemExit, match="Write the names of those who may log in into"):
            load(HUB / "jupyterhub_config.py")


def test_a_list_from_a_spreadsheet(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKSHOP_STUDENTS", str(tmp_path / "students.txt"))
    (tmp_path / "students.txt").write_bytes("ada\r\ngrace \r\n\r\n".encode("utf-8-sig"))
    assert load(HUB / "jupyterhub_config.py").Authenticator.allowed_users == {"ada", "grace"}


def test_half_of_https_is_refused(students, monkeypatch):
    monkeypatch.setenv("WORKSHOP_CERTIFICATE", "/somewhere/certificate")
    with pytest.raises(SystemExit, match="only one of them"):
        load(HUB / "jupyterhub_config.py")


def test_https_and_the_board_are_by_choice(students, monkeypatch):
    for name in ("CERTIFICATE", "KEY", "BOARD"):
        monkeypatch.setenv(f"WORKSHOP_{name}", f"/somewhere/{name}")
    config = load(HUB / "jupyterhub_config.py")
    assert config.JupyterHub.bind_url == "https://:8443"
    assert config.JupyterHub.ssl_key == "/somewhere/KEY"
    assert config.Spawner.environment["WORKSHOP_BOARD"] == "/somewhere/BOARD"


def test_on_the_littlest_jupyterhub_there_is_one_culler(students, tmp_path):
    """The Littlest JupyterHub sets its own, then loads ours."""
    theirs = tmp_path / "theirs.py"
    theirs.write_text(
        "c.FirstUseAuthenticator.allow_all = True\n"
        'c.JupyterHub.services = []\nc.JupyterHub.services.append({"name": "cull-idle", "admin": True})\n'
        f'c.Spawner.default_url = "/lab"\nload_subconfig({str(HUB / "jupyterhub_config.py")!r})\n'
    )
    config = load(theirs)
    (service,) = config.JupyterHub.services
    assert "--timeout=3600" in service["command"]
    assert not service.get("admin")
    assert config.Spawner.default_url.endswith("00_setup.ipynb")
    assert not config.FirstUseAuthenticator.allow_all


def test_kubernetes_gets_the_same(students, values):
    config, student = load(HUB / "jupyterhub_config.py"), values["singleuser"]
    spawner = config.Spawner
    assert student["memory"] == {"limit": spawner.mem_limit, "guarantee": spawner.mem_guarantee}
    assert student["cpu"]["limit"] == spawner.cpu_limit
    assert student["defaultUrl"] == spawner.default_url
    assert student["cmd"] == [Path(part).name for part in spawner.cmd + spawner.args]
    culler = config.JupyterHub.services[0]["command"]
    assert {f"--timeout={values['cull']['timeout']}", f"--cull-every={values['cull']['every']}"} <= set(culler)


def test_kubernetes_mounts_the_volume_where_the_image_keeps_notebooks(values):
    image = (lab.notebooks.ROOT / "Dockerfile").read_text(encoding="utf-8")
    folder = values["hub"]["config"]["KubeSpawner"]["notebook_dir"]
    assert f"WORKSHOP_FOLDER={folder} " in image
    assert values["singleuser"]["storage"]["homeMountPath"] == f"{folder}/notebooks"
    assert values["hub"]["config"]["FirstUseAuthenticator"] == {"create_users": False}
    assert values["hub"]["config"]["KubeSpawner"]["delete_pvc"] is False


# --- memory ---------------------------------------------------------------------------------------

#: GB: a student's server without kernels (0.16 measured), and the system with the hub.
SERVER, SYSTEM = 0.16, 2
LESSONS = {"00 to 02 and 08": ("00", "01", "02", "08"), "03 to 06": ("03", "04", "05", "06"), "07": ("07",)}


@pytest.fixture
def peaks():
    """The largest memory of a lesson's kernel in GB, smallest and largest of the runs, by number."""
    found = {}
    for name in lab.notebooks.names():
        path = lab.notebooks.ROOT / "docs" / "results" / f"{name}.json"
        runs = json.loads(path.read_text(encoding="utf-8"))["runs"] if path.exists() else {}
        values = [runs[source]["peak_memory_mb"] for source in ("mnist", "synthetic") if source in runs]
        if values:
            found[name[:2]] = (min(values[0]) / 1000, max(values[0]) / 1000)
    return found


def test_the_limit_holds_two_neighbouring_lessons(students, peaks):
    """The lesson at work, and the kernel of the one before, which is often forgotten."""
    config = load(HUB / "jupyterhub_config.py")
    largest = [peaks[number][1] for number in sorted(peaks)]
    two = max(first + second for first, second in itertools.pairwise(largest))
    assert two + SERVER < int(config.Spawner.mem_limit.removesuffix("G")) * 2**30 / 1e9
    assert sorted(largest)[-2] < int(config.Spawner.mem_guarantee.removesuffix("G")) * 2**30 / 1e9


def test_the_instructions_quote_what_was_measured(peaks):
    text = (lab.notebooks.ROOT / "docs" / "hub.md").read_text(encoding="utf-8")
    for number, (smallest, largest) in peaks.items():
        row = f"| {number} | {' to '.join(dict.fromkeys((f'{smallest:.2f}', f'{largest:.2f}')))} GB |"
        # A lesson without a network plays no part in the size of a server.
        assert row in text or largest < 0.5, f"docs/hub.md lacks the row {row}"
    each = [max(peaks[number][1] for number in group if number in peaks) + SERVER for group in LESSONS.values()]
    for count in (10, 20, 30):
        sizes = " | ".join(f"{math.ceil(count * one + SYSTEM)} GB" for one in each)
        assert f"| {count} students | {sizes} |" in text


def test_the_classes_that_were_tried_are_those_of_the_ledger():
    """Nobody has lost anything, also where there was no memory left; measured by `make class-load`, not here."""
    text = (lab.notebooks.ROOT / "docs" / "hub.md").read_text(encoding="utf-8")
    rows = json.loads((lab.notebooks.ROOT / "docs" / "results" / "class_load.json").read_text(encoding="utf-8"))
    for row in rows["classes"]:
        assert row["lost"] == 0
        assert row["stays_up"] == 1
        first = f"{row['first_result_median']:.0f} s, {row['first_result_longest']:.0f} s"
        memory = f"{row['private_mb'] / 1000:.2f} GB | {row['all_mb'] / 1000:.1f} GB"
        counts = f"{row['students']} | {row['until']} | {row['failures']} | {row['lost']}"
        assert f"| {counts} | {first} | {memory} |" in text
    assert max(row["students"] for row in rows["classes"] if not row["failures"]) >= 30


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--until", "9.9", "no core exercise 9.9"),
        ("--students", "0", "at least 1 student, not 0"),
        ("--students", "-3", "at least 1 student, not -3"),
    ],
)
def test_a_class_that_cannot_be_is_refused(monkeypatch, capsys, option, value, words):
    monkeypatch.setattr(sys, "argv", ["class_load", option, value])
    with pytest.raises(SystemExit):
        class_load.main()
    assert words in capsys.readouterr().err


def test_the_values_fit_the_chart(values):
    """WORKSHOP_CHART is the folder of the unpacked chart (docs/hub.md)."""
    jsonschema = pytest.importorskip("jsonschema")
    if "WORKSHOP_CHART" not in os.environ:
        pytest.skip("to compare values.yaml with the chart, WORKSHOP_CHART must name the unpacked chart (docs/hub.md)")
    chart = Path(os.environ["WORKSHOP_CHART"])
    schema = json.loads((chart / "values.schema.json").read_text(encoding="utf-8"))
    defaults = yaml.safe_load((chart / "values.yaml").read_text(encoding="utf-8"))
    jsonschema.validate(merged(defaults, values), schema)


def merged(defaults, values):
    """As helm does: folders of values are joined, all else is replaced."""
    both = dict(defaults)
    for key, value in values.items():
        both[key] = merged(both[key], value) if isinstance(value, dict) and isinstance(both.get(key), dict) else value
    return both
