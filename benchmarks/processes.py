"""Processes of ours, and what the kernel says they used."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Seconds of processor time, bytes of memory, bytes sent to the disk: of one process, since its start."""

    cpu: float
    rss: int
    written: int

    @classmethod
    def of(cls, pid: int) -> "Usage":
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        io = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text("ascii").splitlines())
        return cls(
            cpu=(int(stat[11]) + int(stat[12])) / TICKS,
            rss=int(stat[21]) * os.sysconf("SC_PAGE_SIZE"),
            written=int(io["write_bytes"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Where the listener is, and what it counted."""

    ports: tuple[int, ...]

    def url(self, number: int) -> str:
        return f"http://127.0.0.1:{self.ports[number % len(self.ports)]}/hooks/{number}"

    def counted(self) -> tuple[int, int]:
        """Return requests, and different paths, since the start."""
        found = json.loads(fetch(f"http://127.0.0.1:{self.ports[0]}/"))
        return found["requests"], found["paths"]


@contextmanager
def listening() -> Iterator[Listener]:
    """Run a listener of its own process."""
    command = [sys.executable, "-m", "benchmarks.listener"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        try:
            yield Listener(ports=tuple(json.loads(process.stdout.readline())))
        finally:
            stop(process)


@contextmanager
def running(
    command: list[str], log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program, its words in ``log``, until the block ends."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
    try:
        yield process
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes] | subprocess.Popen[str]) -> None:
    """End a process of ours; with force after half a minute."""
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def fetch(url: str) -> str:
    """Return the body of a page on this machine."""
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310  loopback, made here
        body: bytes = answer.read()
    return body.decode()
