"""A kernel too many is refused with a reason, and the others live on."""

import asyncio
import sys
from pathlib import Path

import pytest
from tornado.web import HTTPError

from helpers import kernels


@pytest.fixture
def manager(tmp_path):
    return kernels.CarefulKernelManager(needed=1.0, root_dir=str(tmp_path), connection_dir=str(tmp_path))


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
        scores = [
            Path(f"/proc/{manager.get_kernel(kernel).provisioner.pid}/oom_score_adj").read_text().strip()
            for kernel in (first, second)
            if sys.platform == "linux"
        ]
        assert set(scores) <= {str(kernels.FIRST_TO_GO)}
        await manager.shutdown_all(now=True)

    asyncio.run(day())


def container(folder, names, limit, used, kept):
    (folder / names[0]).parent.mkdir(exist_ok=True)
    (folder / names[0]).write_text(f"{limit}\n")
    (folder / names[1]).write_text(f"{used}\n")
    (folder / names[2]).write_text(f"anon 5\n{names[3]} {kept}\nactive_file 7\n")


@pytest.mark.parametrize("names", kernels.VERSIONS, ids=["version 2", "version 1"])
def test_free_memory_of_a_container(names, tmp_path, monkeypatch):
    monkeypatch.setattr(kernels, "CGROUP", tmp_path)
    container(tmp_path, names, 2_000_000, 1_500_000, 300_000)
    assert kernels.free() == pytest.approx(8e-4)


def test_free_memory_of_a_computer(tmp_path, monkeypatch):
    monkeypatch.setattr(kernels, "CGROUP", tmp_path)
    whole = kernels.free()
    container(tmp_path, kernels.VERSIONS[0], "max", 1_500_000, 0)
    assert kernels.free() == pytest.approx(whole, rel=0.5)
    assert whole > 0.01
