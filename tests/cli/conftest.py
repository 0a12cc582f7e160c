"""The program as a person calls it, and demo listeners on ports of their own."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor import cli
from monitor.demo import Listener
from monitor.demo.places import PORT, port_of
from tests.fakes.demo import start, stop
from tests.fakes.ports import free_ports

SHIPPED = Path(__file__).parent.parent.parent / "monitors.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


Call = Callable[..., Ended]


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Call:
    """Run a command in this process, through the same ``main`` as the real program, in an empty directory."""
    monkeypatch.chdir(tmp_path)
    for name in ("WEBHOOK_MONITOR_CONFIG", "WEBHOOK_MONITOR_DATABASE", "COLUMNS", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: str | Path) -> Ended:
        monkeypatch.setattr(sys, "argv", ["webhook-monitor", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capfdbinary.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        assert b"Traceback" not in said.err
        return Ended(code=code, out=said.out.decode(), err=said.err.decode())

    return run


def program(*words: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the real program."""
    return subprocess.run(
        [sys.executable, "-m", "monitor", *map(str, words)],
        cwd=cwd,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(SHIPPED.parent), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """Demo listeners that run, and the configuration that watches them."""

    config: Path
    port: int

    def secret(self, listener: Listener) -> str:
        return (self.config.parent / ".demo" / "secrets" / listener).read_text().strip()


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Start the demo, with the shipped configuration moved to its ports."""
    place = tmp_path_factory.mktemp("demo")
    port = free_ports(len(Listener) + 1)
    text = SHIPPED.read_text().replace(f":{PORT}/", f":{port}/")
    for listener in Listener:
        text = text.replace(f":{port_of(listener)}/", f":{port_of(listener, port)}/")
    (place / "monitors.yaml").write_text(text)
    running = start(place / ".demo", port)
    yield Demo(config=place / "monitors.yaml", port=port)
    stop(running)
    shutil.rmtree(place)


@pytest.fixture
def config(tmp_path: Path) -> Callable[[str], Path]:
    """Write a configuration and return where it is."""

    def write(text: str) -> Path:
        path = tmp_path / "monitors.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write
