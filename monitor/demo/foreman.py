"""Who starts and stops the worker, to break it and to heal it."""

import asyncio
import subprocess
import sys
from pathlib import Path

from monitor.demo.places import Fault

PATIENCE = 5.0  # seconds for the worker to end


class Foreman:
    """Has one worker or none: a process, which ends with ours."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._worker: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()  # two who break it at once must not leave two workers

    async def arrange(self, fault: Fault | None) -> None:
        """Have the worker that goes with this fault: none, a forgetful one, or a good one."""
        async with self._turn:
            await self._dismiss()
            if fault is Fault.STOP_WORKER:
                return
            habits = ["twice"] if fault is Fault.PROCESS_TWICE else []
            self._worker = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "monitor.demo.worker", str(self._directory), *habits),
                stdin=subprocess.PIPE,  # it ends when this closes, however we end
            )

    async def dismiss(self) -> None:
        """End the worker, as a deploy would. What it had begun is in the queue."""
        async with self._turn:
            await self._dismiss()

    async def _dismiss(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None or worker.returncode is not None:
            return
        worker.terminate()
        try:
            await asyncio.wait_for(worker.wait(), PATIENCE)
        except TimeoutError:
            worker.kill()
            await worker.wait()
