"""A server for several: a kernel is started only if there is memory for it, and is the first to go if there is none.

    jupyter lab --ServerApp.kernel_manager_class=helpers.kernels.CarefulKernelManager

Without this, one kernel too many makes the system end some process, perhaps the server, and everybody's work with it.
"""

import math
import time
from pathlib import Path

import psutil
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager, ServerKernelManager
from tornado.web import HTTPError
from traitlets import Float, default

#: Where Linux keeps the control groups, which limit the memory of a container or a service, and where it says in which
#: of them this process is.
CGROUP, MINE = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")
#: For both versions of them, by what MINE calls them: the files with the limit and with what is used, and which part
#: of that can be given up.
VERSIONS = {
    "": ("memory.max", "memory.current", "inactive_file"),
    "memory": ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
}
#: Seconds in which a kernel has grown to its size.
YOUNG = 60
#: How willingly Linux ends a process if memory runs out, from -1000 to 1000; a server has 0.
FIRST_TO_GO = 800


def free():
    """Memory that can be had without harm to others, in GB (10^9 bytes): of the computer, or within a limit."""
    available = psutil.virtual_memory().available
    for folder, (limit, used, files) in _groups():
        if (folder / limit).exists() and (most := (folder / limit).read_text().strip()) != "max":
            kept = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
            available = min(available, int(most) - int((folder / used).read_text()) + int(kept[files]))
    return available / 1e9


def _groups():
    """The control groups that this process is in, as far as they can be seen: in a container only the outermost."""
    for line in MINE.read_text(encoding="utf-8").splitlines() if MINE.exists() else ():
        _, kinds, path = line.split(":", 2)
        for kind in kinds.split(","):
            if kind in VERSIONS:
                outermost = CGROUP / kind
                group = outermost / path.lstrip("/")
                for folder in (group, *group.parents):
                    if folder.is_relative_to(outermost):
                        yield folder, VERSIONS[kind]


class FirstToGo(ServerKernelManager):
    """Jupyter's manager of one kernel, which tells Linux to end that before the server if memory runs out all the same.

    Attributes
    ----------
    began : float
        When it was started or restarted, by `time.monotonic`.
    """

    async def _async_post_start_kernel(self, **settings):
        """After every start: also after a restart, and where Jupyter has started a kernel anew that had ended."""
        await super()._async_post_start_kernel(**settings)
        self.began = time.monotonic()
        pid = getattr(self.provisioner, "pid", None)
        score = Path(f"/proc/{pid}/oom_score_adj")
        if pid and score.exists():
            try:
                score.write_text(str(FIRST_TO_GO), encoding="utf-8")
            except OSError as error:
                self.log.warning("Kernel %s cannot be made the first to go: %s", self.kernel_id, error)

    post_start_kernel = _async_post_start_kernel


class CarefulKernelManager(AsyncMappingKernelManager):
    """Jupyter's manager of kernels, which refuses to start one for which there is no memory.

    The first kernel is always started: whoever is alone decides for themselves.
    """

    needed = Float(1.0, min=0, help="GB that have to be free for another kernel.").tag(config=True)

    #: Kernels that are being started at this moment.
    starting = 0

    @default("kernel_manager_class")
    def _default_kernel_manager_class(self):
        return "helpers.kernels.FirstToGo"

    async def start_kernel(self, *args, **settings):
        """Start a kernel and return its id; raises HTTPError 503, with the reason, if there is no memory."""
        now = time.monotonic()
        began = {kernel: getattr(self.get_kernel(kernel), "began", -math.inf) for kernel in self.list_kernel_ids()}
        young = [kernel for kernel, start in began.items() if now - start < YOUNG]
        kept = self.starting * self.needed + sum(max(0.0, self.needed - self._taken(kernel)) for kernel in young)
        left, others = free(), len(self) + self.starting
        if others and left - kept < self.needed:
            soon = (
                f", {min(kept, left):.1f} of which are for kernels that have just been started" if kept > 0.05 else ""
            )
            running = f"{others} kernel{' is' if others == 1 else 's are'} running"
            raise HTTPError(
                503,
                f"This server has {left:.1f} GB of memory to spare{soon}, and another kernel needs {self.needed:.1f} "
                f"GB. Nothing is lost. {running}: shut down those that nobody uses (Kernel > "
                "Shut Down Kernel, or the list of running kernels on the left), and try again.",
                reason="Not enough memory for another kernel",
            )
        self.starting += 1
        try:
            return await super().start_kernel(*args, **settings)
        finally:
            self.starting -= 1

    def _taken(self, kernel):
        """Memory that a kernel has for itself, in GB; what it shares with others is left out where the system tells."""
        try:
            memory = psutil.Process(int(self.get_kernel(kernel).provisioner.pid)).memory_info()
        except (psutil.Error, AttributeError, TypeError):  # it has ended, or runs elsewhere
            return 0.0
        return (memory.rss - getattr(memory, "shared", 0)) / 1e9
