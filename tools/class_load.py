"""A class on one server: what it needs, and what is lost, into the ledger: `make class-load`.

Each student has a kernel and a notebook of lesson 01, fills it in cell by cell with pauses to think, and saves after
each exercise. Half-way all of them save at once, and every fifth restarts the kernel and runs everything again. A cell
that fails, a kernel that dies and a save that is not on the disk in the end are counted. Linux only, because memory is
read from /proc: the private part is a student's own, and the rest of a kernel is shared with the others.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import WebSocketClosedError, websocket_connect

from tools import measure, notebooks

LESSON = "01_mnist_skeleton"
TOKEN = "class-load"
#: Seconds after which a cell, or an answer of the server, counts as failed.
PATIENCE = 600
#: Every so many students one restarts the kernel.
RESTARTS = 5


@dataclass
class Student:
    """One student's afternoon.

    Attributes
    ----------
    number : int
    first_result : float
        Seconds from opening the notebook to the end of its first cell.
    done : int
        Cells that were run to the end.
    failures : list of str
    saved : str
        The notebook as the server last said that it has saved it.
    """

    number: int
    first_result: float = float("nan")
    done: int = 0
    failures: list = field(default_factory=list)
    saved: str = ""

    @property
    def path(self):
        """The student's notebook, below the server's folder."""
        return f"student{self.number:02d}/{LESSON}.ipynb"


class Server:
    """A Jupyter server of its own, in a folder."""

    def __init__(self, folder, needed):
        self.folder, home = Path(folder), Path(folder) / "home"
        home.mkdir()
        environment = {**os.environ, "HOME": str(home), "JUPYTER_RUNTIME_DIR": str(home / "runtime")}
        environment |= {"WORKSHOP_PROGRESS": str(home / "progress.jsonl"), "JUPYTER_CONFIG_DIR": str(home / "config")}
        command = [
            sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.port=0",
            f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={self.folder}",
            "--ServerApp.kernel_manager_class=helpers.kernels.CarefulKernelManager",
            f"--CarefulKernelManager.needed={needed}",
        ]  # fmt: skip
        self.log = (home / "server.log").open("w")
        self.process = subprocess.Popen(command, env=environment, stdout=self.log, stderr=self.log)
        until = time.monotonic() + 60
        while not (files := list((home / "runtime").glob("jpserver-*.json"))):
            if time.monotonic() > until or self.process.poll() is not None:
                raise RuntimeError(f"The server did not start:\n{Path(self.log.name).read_text(encoding='utf-8')}")
            time.sleep(0.2)
        self.address = json.loads(files[0].read_text())["url"].rstrip("/")

    async def ask(self, path, method="GET", contents=None):
        """What the server answers, as JSON."""
        body = None if contents is None else json.dumps(contents)
        headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
        request = HTTPRequest(
            f"{self.address}/api/{path}",
            method,
            headers,
            body,
            request_timeout=PATIENCE,
            allow_nonstandard_methods=True,
        )
        answer = await AsyncHTTPClient().fetch(request)
        return json.loads(answer.body) if answer.body else None

    async def listen(self, kernel, session):
        """A connection to a kernel."""
        address = f"{self.address.replace('http', 'ws', 1)}/api/kernels/{kernel}/channels?session_id={session}"
        return await websocket_connect(
            HTTPRequest(address, headers={"Authorization": f"token {TOKEN}"}, connect_timeout=PATIENCE),
            max_message_size=2**28,
        )

    def memory(self):
        """For each kernel its private, shared and proportional memory in MB, and that of the server itself last."""
        rows = []
        task = Path(f"/proc/{self.process.pid}/task/{self.process.pid}")
        children = (task / "children").read_text(encoding="utf-8").split()
        for pid in [*children, str(self.process.pid)]:
            try:
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()[1:]
            except OSError:  # it has ended in the meantime
                continue
            kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines}
            private = kilobytes["Private_Clean"] + kilobytes["Private_Dirty"]
            rows.append((private / 1000, (kilobytes["Rss"] - private) / 1000, kilobytes["Pss"] / 1000))
        return rows

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()


class Kernel:
    """A student's kernel: runs one cell after the other, and says what went wrong."""

    def __init__(self, server, session):
        self.server, self.kernel, self.session = server, session["kernel"]["id"], uuid.uuid4().hex

    async def connect(self):
        self.socket = await self.server.listen(self.kernel, self.session)

    async def run(self, source):
        """Run a cell; returns None, or what went wrong."""
        header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "session": self.session}
        header |= {"username": "student", "version": "5.3", "date": ""}
        contents = {"code": source, "silent": False, "store_history": True, "user_expressions": {}}
        contents |= {"allow_stdin": False, "stop_on_error": True}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": contents}
        await self.socket.write_message(json.dumps({**message, "channel": "shell", "buffers": []}))
        problem, replied, idle = None, False, False
        while not (replied and idle):
            text = await asyncio.wait_for(self.socket.read_message(), PATIENCE)
            if text is None:
                return "the connection was closed"
            if isinstance(text, bytes):
                continue
            answer = json.loads(text)
            kind, contents = answer["msg_type"], answer["content"]
            if kind == "status" and contents["execution_state"] in ("restarting", "dead"):
                return "the kernel died"
            if answer["parent_header"].get("msg_id") != header["msg_id"]:
                continue
            replied |= kind == "execute_reply"
            idle |= kind == "status" and contents["execution_state"] == "idle"
            if kind == "error":
                problem = f"{contents['ename']}: {contents['evalue'][:200]}"
        return problem


def cells_until(exercise):
    """The code cells of the solved lesson up to the check of an exercise; extras are left out."""
    found = []
    for cell in notebooks.solution(LESSON).cells:
        if cell.cell_type == "code" and "extra" not in cell.metadata.get("tags", []):
            number = cell.metadata.get("check")
            if number in (None, exercise) or any(row.metadata.get("exercise") == number for row in found):
                found.append(cell)
            if number == exercise:
                return found
    raise ValueError(f"Lesson 01 has no core exercise {exercise}; expected one of those in its headings, such as 1.9.")


async def work(student, server, cells, think, rng, everybody):
    """All that a student does."""
    notebook = notebooks.skeleton(LESSON)
    place = {cell.id: number for number, cell in enumerate(notebook.cells)}

    async def save():
        text = nbformat.writes(notebook)
        await server.ask(f"contents/{student.path}", "PUT", {"type": "notebook", "content": json.loads(text)})
        student.saved = text

    try:
        await save()
        start = time.perf_counter()
        session = {"path": student.path, "name": LESSON, "type": "notebook", "kernel": {"name": "python3"}}
        kernel = Kernel(server, await server.ask("sessions", "POST", session))
        await kernel.connect()
        restart_at = rng.randrange(len(cells) // 2, len(cells)) if student.number % RESTARTS == 0 else None
        for number, cell in enumerate(cells):
            await asyncio.sleep(think * rng.expovariate(1) if number else 0)
            if number == restart_at:
                await server.ask(f"kernels/{kernel.kernel}/restart", "POST", {})
                kernel.socket.close()
                await kernel.connect()
                for earlier in cells[:number]:
                    if problem := await kernel.run(earlier.source):
                        student.failures.append(f"after the restart: {problem}")
                        return
            if problem := await kernel.run(cell.source):
                student.failures.append(f"cell {number + 1} of {len(cells)}: {problem}")
                return
            if not number:
                student.first_result = time.perf_counter() - start
            student.done += 1
            notebook.cells[place[cell.id]].source = cell.source
            if "check" in cell.metadata:
                await save()
            if number == len(cells) // 2:
                everybody.arrived += 1
                await asyncio.wait_for(everybody.wait(), PATIENCE)
                await save()
    except (TimeoutError, HTTPClientError, WebSocketClosedError, OSError) as error:
        said = error.response.body[:200].decode(errors="replace") if getattr(error, "response", None) else ""
        student.failures.append(f"{type(error).__name__}: {error} {said}".strip())
    finally:
        everybody.left += 1


class Everybody:
    """A meeting of all students who are still there, so that they save at the same moment."""

    def __init__(self, count):
        self.count, self.arrived, self.left = count, 0, 0

    async def wait(self):
        while self.arrived + self.left < self.count:
            await asyncio.sleep(0.05)


async def watched(server, peaks):
    """Keep the largest memory that was seen: MB private and shared of a kernel, proportional of all."""
    while True:
        rows = server.memory()
        if len(rows) > 1:
            peaks["private"] = max(peaks["private"], statistics.median(row[0] for row in rows[:-1]))
            peaks["shared"] = max(peaks["shared"], statistics.median(row[1] for row in rows[:-1]))
            peaks["all"] = max(peaks["all"], sum(row[2] for row in rows))
        await asyncio.sleep(2)


async def afternoon(count, exercise, think, arrive, needed, seed):
    """One class of so many students; returns what it needed and what went wrong, a dict."""
    cells = cells_until(exercise)
    AsyncHTTPClient.configure(None, max_clients=4 * count)
    with tempfile.TemporaryDirectory() as folder:
        students = [Student(number) for number in range(1, count + 1)]
        for student in students:
            (Path(folder) / student.path).parent.mkdir()
        server = Server(folder, needed)
        peaks = {"private": 0.0, "shared": 0.0, "all": 0.0}
        watching = asyncio.create_task(watched(server, peaks))
        try:
            everybody, start = Everybody(count), time.perf_counter()

            async def one(student):
                rng = random.Random(1000 * seed + student.number)
                await asyncio.sleep(rng.uniform(0, arrive))
                await work(student, server, cells, think, rng, everybody)

            await asyncio.gather(*map(one, students))
            seconds = time.perf_counter() - start
            stays_up = server.process.poll() is None and bool(await server.ask("status"))
        finally:
            server.stop()
        if watching.done():  # it goes on for ever, unless it has failed
            watching.result()
        watching.cancel()
        lost = [student.number for student in students if not _on_disk(Path(folder) / student.path, student.saved)]
    failures = [f"student {student.number}, {said}" for student in students for said in student.failures]
    first = [student.first_result for student in students if student.first_result == student.first_result]
    return {
        "students": count,
        "failures": len(failures),
        "lost": len(lost),
        "stays_up": int(stays_up),
        "first_result_median": round(statistics.median(first), 1) if first else None,
        "first_result_longest": round(max(first), 1) if first else None,
        "private_mb": round(peaks["private"]),
        "shared_mb": round(peaks["shared"]),
        "all_mb": round(peaks["all"]),
        "seconds": round(seconds),
    }, failures


def _on_disk(path, saved):
    """Whether a notebook is on the disk as it was saved last, and whole."""
    if not saved:
        return not path.exists()
    try:
        found, wanted = (nbformat.reads(text, as_version=4) for text in (path.read_text(encoding="utf-8"), saved))
    except (OSError, ValueError):
        return False
    return [cell.source for cell in found.cells] == [cell.source for cell in wanted.cells]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=_count, nargs="+", default=[30, 40, 60])
    parser.add_argument("--until", default="1.9", metavar="EXERCISE", help="work to this exercise; 1.9 by default")
    parser.add_argument("--think", type=float, default=10, metavar="SECONDS", help="mean pause before a cell")
    parser.add_argument("--arrive", type=float, default=60, metavar="SECONDS", help="all open the lesson within these")
    parser.add_argument("--needed", type=float, default=0.6, metavar="GB", help="refuse a kernel if less is free")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    try:
        cells_until(chosen.until)
    except ValueError as error:
        parser.error(str(error))
    if not Path("/proc/self/smaps_rollup").exists():
        print("Memory is read from /proc, which this system does not have; run it on Linux.", file=sys.stderr)
        return 2
    for count in chosen.students:
        row, failures = asyncio.run(
            afternoon(count, chosen.until, chosen.think, chosen.arrive, chosen.needed, chosen.seed)
        )
        print(json.dumps(row), *failures[:5], sep="\n  ", flush=True)
        keep(row | {name: getattr(chosen, name) for name in ("until", "think", "arrive", "needed")})
    return 0


def _count(text):
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected at least 1 student, not {text}")
    return int(text)


def keep(row):
    """Put a class into the ledger, beside those of other sizes and of other ways to work."""
    path = measure.RESULTS / "class_load.json"
    rows = json.loads(path.read_text(encoding="utf-8"))["classes"] if path.exists() else []
    rows = [other for other in rows if any(other[name] != row[name] for name in ("students", "until"))]
    rows = sorted([*rows, row], key=lambda one: (one["until"], one["students"]))
    measure.save("class_load", measure.entry("class_load", "make class-load", classes=rows))


if __name__ == "__main__":
    sys.exit(main())
