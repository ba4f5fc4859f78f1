"""A server for several: a kernel is started only if there is memory for it, and is the first to go if there is none.

    jupyter lab --ServerApp.kernel_manager_class=helpers.kernels.CarefulKernelManager

Without this, one kernel too many makes the system end some process, perhaps the server, and everybody's work with it.
"""

from pathlib import Path

import psutil
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.web import HTTPError
from traitlets import Float

#: Where Linux says how much memory a container may use, and uses.
CGROUP = Path("/sys/fs/cgroup")
#: How willingly Linux ends a process if memory runs out, from -1000 to 1000; a server has 0.
FIRST_TO_GO = 800


def free():
    """Memory that can be had without harm to others, in GB (10^9 bytes): of the computer, or of the container."""
    available = psutil.virtual_memory().available
    try:
        limit = int((CGROUP / "memory.max").read_text())
        used = int((CGROUP / "memory.current").read_text())
        files = dict(line.split() for line in (CGROUP / "memory.stat").read_text().splitlines())
        available = min(available, limit - used + int(files.get("inactive_file", 0)))
    except (OSError, ValueError):  # no container, or one without a limit: "max" is no number
        pass
    return available / 1e9


class CarefulKernelManager(AsyncMappingKernelManager):
    """Jupyter's manager of kernels, which refuses to start one for which there is no memory.

    The first kernel is always started: whoever is alone decides for themselves.
    """

    needed = Float(1.0, min=0, help="GB that have to be free for another kernel.").tag(config=True)

    async def start_kernel(self, *args, **settings):
        """Start a kernel and return its id; raises HTTPError 503, with the reason, if there is no memory."""
        left = free()
        if len(self) and left < self.needed:
            raise HTTPError(
                503,
                f"This server has {left:.1f} GB of memory left, and another kernel needs {self.needed:.1f} GB. Nothing "
                f"is lost. {len(self)} kernels are running: shut down those that nobody uses (Kernel > Shut Down "
                "Kernel, or the list of running kernels on the left), and try again.",
                reason="Not enough memory for another kernel",
            )
        kernel = await super().start_kernel(*args, **settings)
        self._let_it_go_first(kernel)
        return kernel

    def _let_it_go_first(self, kernel):
        """Tell Linux to end this kernel before the server, if memory runs out all the same."""
        pid = getattr(self.get_kernel(kernel).provisioner, "pid", None)
        score = Path(f"/proc/{pid}/oom_score_adj")
        if pid and score.exists():
            try:
                score.write_text(str(FIRST_TO_GO))
            except OSError as error:
                self.log.warning("Kernel %s cannot be made the first to go: %s", kernel, error)
