"""A real Redis for tests: on a port of its own, keeping nothing."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fakes.ports import free_port

PROGRAM = "redis-server"


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Run a server for as long as the block lasts, and give its URL. It may still be starting."""
    port = free_port()
    options = ("--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(folder))
    with (folder / "redis.log").open("wb") as log:
        process = subprocess.Popen([PROGRAM, *options], stdout=log, stderr=log)
        try:
            yield f"redis://127.0.0.1:{port}"
        finally:
            process.kill()
            process.wait(10)
