"""A kernel too many is refused with a reason, and the others live on."""

import asyncio
import sys
from pathlib import Path

import pytest
from tornado.web import HTTPError

from helpers import kernels


@pytest.fixture
def manager(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    return kernels.CarefulKernelManager(needed=1.0, root_dir=str(tmp_path))


def test_one_too_many(manager, monkeypatch):
    async def day():
        monkeypatch.setattr(kernels, "free", lambda: 0.2)
        first = await manager.start_kernel()  # whoever is alone may try
        with pytest.raises(HTTPError, match=r"0\.2 GB of memory left, and another kernel needs 1\.0 GB") as refused:
            await manager.start_kernel()
        assert refused.value.status_code == 503
        assert await manager.get_kernel(first).is_alive()
        monkeypatch.setattr(kernels, "free", lambda: 1.2)
        second = await manager.start_kernel()
        scores = [
            Path(f"/proc/{manager.get_kernel(kernel).provisioner.pid}/oom_score_adj").read_text().strip()
            for kernel in (first, second)
            if sys.platform == "linux"
        ]
        assert set(scores) <= {str(kernels.FIRST_TO_GO)}
        await manager.shutdown_all(now=True)

    asyncio.run(day())


def container(folder, limit, used, files):
    (folder / "memory.max").write_text(f"{limit}\n")
    (folder / "memory.current").write_text(f"{used}\n")
    (folder / "memory.stat").write_text(f"anon 5\ninactive_file {files}\nactive_file 7\n")


def test_free_memory_of_a_container(tmp_path, monkeypatch):
    monkeypatch.setattr(kernels, "CGROUP", tmp_path)
    whole = kernels.free()
    container(tmp_path, 2_000_000, 1_500_000, 300_000)
    assert kernels.free() == pytest.approx(8e-4)
    container(tmp_path, "max", 1_500_000, 0)
    assert kernels.free() == pytest.approx(whole, rel=0.5)
