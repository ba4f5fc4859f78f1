"""A kernel too many is refused with a reason, and the others live on."""

import asyncio
import sys
import time
from pathlib import Path

import psutil
import pytest
from jupyter_client.kernelspec import NoSuchKernel
from tornado.web import HTTPError

from helpers import kernels


@pytest.fixture
def manager(tmp_path):
    return kernels.CarefulKernelManager(needed=1.0, root_dir=str(tmp_path), connection_dir=str(tmp_path))


def score(manager, kernel):
    """How willingly Linux ends a kernel; elsewhere nothing is to be done."""
    if sys.platform != "linux":
        return kernels.FIRST_TO_GO
    return int(Path(f"/proc/{manager.get_kernel(kernel).provisioner.pid}/oom_score_adj").read_text(encoding="utf-8"))


def test_one_too_many(manager, monkeypatch):
    async def day():
        monkeypatch.setattr(kernels, "free", lambda: 0.2)
        monkeypatch.setattr(kernels, "YOUNG", 0)
        first = await manager.start_kernel()  # whoever is alone may try
        with pytest.raises(HTTPError, match=r"0\.2 GB of memory to spare, and another kernel needs 1\.0 GB") as refused:
            await manager.start_kernel()
        assert refused.value.status_code == 503
        assert await manager.get_kernel(first).is_alive()
        monkeypatch.setattr(kernels, "free", lambda: 1.2)
        monkeypatch.setattr(kernels, "YOUNG", 60)  # the first one has not grown yet
        with pytest.raises(
            HTTPError, match=r"has 1\.2 GB of memory to spare, (0\.9|1\.0) of which are for kernels that have just"
        ):
            await manager.start_kernel()
        monkeypatch.setattr(manager, "_taken", lambda kernel: 1.1)  # now it has
        await manager.shutdown_kernel(await manager.start_kernel(), now=True)
        monkeypatch.setattr(kernels, "YOUNG", 0)
        second = await manager.start_kernel()
        assert {score(manager, kernel) for kernel in (first, second)} == {kernels.FIRST_TO_GO}
        await manager.shutdown_all(now=True)

    asyncio.run(day())


@pytest.mark.parametrize(("gigabytes", "fit"), [(2.5, 2), (0.2, 1)])
def test_all_at_once(manager, monkeypatch, gigabytes, fit):
    """At the start of a class; the first one may always try, and that is one only."""

    async def day():
        monkeypatch.setattr(kernels, "free", lambda: gigabytes)
        answers = await asyncio.gather(*(manager.start_kernel() for _ in range(5)), return_exceptions=True)
        refused = [answer for answer in answers if isinstance(answer, HTTPError)]
        assert [answer for answer in answers if answer not in refused] == manager.list_kernel_ids()
        assert (len(manager), manager.starting) == (fit, 0)
        assert {answer.status_code for answer in refused} == {503}
        kept = min(fit * 1.0, gigabytes)
        for answer in refused:
            assert f"{kept:.1f} of which are for kernels that have just been started" in str(answer)
            assert f"{fit} kernel{' is' if fit == 1 else 's are'} running" in str(answer)
        await manager.shutdown_all(now=True)

    asyncio.run(day())


def test_a_kernel_that_does_not_start_is_not_kept_memory_for(manager, monkeypatch):
    async def day():
        monkeypatch.setattr(kernels, "free", lambda: 1.5)
        with pytest.raises(NoSuchKernel):
            await manager.start_kernel(kernel_name="nonsense")
        await manager.shutdown_kernel(await manager.start_kernel(), now=True)
        assert manager.starting == 0

    asyncio.run(day())


def test_after_a_restart(manager, monkeypatch):
    """A kernel still goes before the server, and is kept memory for, as it has to grow again."""

    async def day():
        monkeypatch.setattr(kernels, "free", lambda: 1.5)
        kernel = await manager.start_kernel()
        manager.get_kernel(kernel).began -= kernels.YOUNG
        before = manager.get_kernel(kernel).provisioner.pid
        await manager.restart_kernel(kernel, now=True)
        assert manager.get_kernel(kernel).provisioner.pid != before
        assert score(manager, kernel) == kernels.FIRST_TO_GO
        with pytest.raises(HTTPError, match="for kernels that have just been started"):
            await manager.start_kernel()
        await manager.shutdown_all(now=True)

    asyncio.run(day())


def test_a_kernel_that_died_and_came_back(manager):
    async def day():
        kernel = await manager.start_kernel()
        before = manager.get_kernel(kernel).provisioner.pid
        psutil.Process(before).kill()
        until = time.monotonic() + 60
        while manager.get_kernel(kernel).provisioner.pid == before or not manager.get_kernel(kernel).ready.done():
            assert time.monotonic() < until
            await asyncio.sleep(0.1)
        assert score(manager, kernel) == kernels.FIRST_TO_GO
        await manager.shutdown_all(now=True)

    asyncio.run(day())


@pytest.fixture
def inside(tmp_path, monkeypatch):
    """Puts this process into a control group: the line that Linux writes for it."""
    monkeypatch.setattr(kernels, "CGROUP", tmp_path / "cgroup")
    monkeypatch.setattr(kernels, "MINE", tmp_path / "mine")

    def put(line):
        kernels.MINE.write_text(f"1:name=systemd:/\n{line}\n")

    return put


def limited(group, kind, limit, used, kept):
    names, folder = kernels.VERSIONS[kind], kernels.CGROUP / kind / group
    folder.mkdir(parents=True, exist_ok=True)
    (folder / names[0]).write_text(f"{limit}\n")
    (folder / names[1]).write_text(f"{used}\n")
    (folder / "memory.stat").write_text(f"anon 5\n{names[2]} {kept}\nactive_file 7\n")


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("", "0::/"),
        ("", "0::/../../elsewhere"),
        ("memory", "4:memory:/docker/0123abc"),
        ("memory", "4:hugetlb,memory:/"),
    ],
)
def test_free_memory_of_a_container(inside, kind, line):
    inside(line)
    limited("", kind, 2_000_000, 1_500_000, 300_000)
    assert kernels.free() == pytest.approx(8e-4)


@pytest.mark.parametrize(("kind", "line"), [("", "0::"), ("memory", "4:memory:")])
def test_free_memory_of_a_service(inside, kind, line):
    """As on The Littlest JupyterHub: the limit is that of a group further in, and the groups around it count too."""
    inside(f"{line}/system.slice/jupyter-ada.service")
    limited("system.slice/jupyter-ada.service", kind, 2_000_000, 1_500_000, 300_000)
    limited("system.slice/jupyter-bob.service", kind, 1_000, 1_000, 0)
    assert kernels.free() == pytest.approx(8e-4)
    limited("system.slice", kind, 9_000_000, 8_500_000, 0)
    assert kernels.free() == pytest.approx(5e-4)


def test_free_memory_of_a_computer(inside):
    whole = kernels.free()
    inside("0::/user.slice")
    limited("user.slice", "", "max", 1_500_000, 0)
    assert kernels.free() == pytest.approx(whole, rel=0.5)
    assert whole > 0.01
