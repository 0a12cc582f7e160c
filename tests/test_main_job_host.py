"""The main job and the machine it runs on: systemd, secret files, and starts that cannot be."""

import hmac
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.fakes.hook import Hook
from tests.fakes.ports import free_port
from tests.fakes.running import Running, until
from tests.fakes.slack import FakeSlack
from tests.listeners.server import listening
from tests.test_main_job import file_with, headlines, monitor_yaml, up

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]

OLD, NEW = "correct-horse-battery", "staple-of-another-colour"


@pytest.fixture(name="hook")
def a_hook() -> Iterator[Hook]:
    with Hook() as listener:
        yield listener


@contextmanager
def service_manager(path: Path) -> Iterator[list[str]]:
    """Listen as systemd does; what was said is in the list."""
    said: list[str] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(path))
        line.settimeout(0.2)
        done = threading.Event()

        def hear() -> None:
            while not done.is_set():
                try:
                    said.append(line.recv(4096).decode())
                except TimeoutError:
                    continue

        thread = threading.Thread(target=hear)
        thread.start()
        try:
            yield said
        finally:
            done.set()
            thread.join()


def test_systemd_hears_when_it_is_ready_reloads_and_stops(
    tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    yaml = file_with(monitor_yaml("billing", hook), notifier="json://127.0.0.1:9")
    with service_manager(tmp_path / "notify") as said, Running(tmp_path, yaml) as job:
        until(lambda: said.count("WATCHDOG=1") >= 2, "signs of life", 20)
        assert said[0].startswith("READY=1")
        job.signal(signal.SIGHUP)
        until(lambda: said[-1].startswith("READY=1") and len(said) > 2, f"it is ready again: {said}")
        (reloading,) = [one for one in said if one.startswith("RELOADING=1")]
        assert re.search(r"^MONOTONIC_USEC=\d+$", reloading, re.MULTILINE)
        assert "configuration loaded" in job.log
        job.signal(signal.SIGTERM)
        assert job.ended() == 0
        until(lambda: "STOPPING=1" in said[-1], f"it said that it stops: {said}")


def hexed(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    return hmac.compare_digest(headers["x-signature"], hmac.digest(secret.encode(), body, "sha256").hex())


def test_a_secret_that_is_rotated_on_disk_is_taken_without_a_restart(tmp_path: Path, hook: Hook) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{OLD}\n")
    with listening(hexed, OLD) as listener, FakeSlack() as slack:
        yaml = file_with(monitor_yaml("billing", hook)).replace(f"secret: {OLD}", f"secret: {{file: {file}}}")
        yaml = re.sub(r"url: http://127.0.0.1:\d+/hook", f"url: {listener.url}", yaml)
        with Running(tmp_path, yaml, slack_url=slack.url) as job:
            up(job)
            listener.secret = NEW  # the listener is first, as it may be
            until(lambda: job.status("billing") == "down", "the old secret is refused")
            fresh = tmp_path / "fresh"
            fresh.write_text(f"{NEW}\n")
            fresh.replace(file)
            until(lambda: job.status("billing") == "up", f"the new secret is taken\n{job.log}")
            until(lambda: len(slack.messages) == 2, "both were told")
            assert NEW not in job.log
    assert "RECOVERED billing" in headlines(slack)[1]


# --- starts that cannot be ----------------------------------------------------------------------------------


def refused(directory: Path, *options: str, yaml: str = "monitors: {}\n") -> str:
    """Start it as a user does; return what it said when it refused with exit code 2."""
    file = directory / "monitors.yaml"
    file.write_text(yaml)
    command = [sys.executable, "-m", "monitor", "run", "--config", str(file)]
    ended = subprocess.run(
        [*command, *options], cwd=directory, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 2, ended.stderr
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr
    return ended.stderr


@pytest.fixture(name="good")
def a_good_file(hook: Hook) -> str:
    return file_with(monitor_yaml("billing", hook), notifier="json://127.0.0.1:9")


@pytest.mark.parametrize("option", ["--port", "--operator-port"])
def test_a_port_that_is_taken_is_told_in_one_sentence(tmp_path: Path, good: str, option: str) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        taken, free = str(other.getsockname()[1]), str(free_port())
        rest = "--operator-port" if option == "--port" else "--port"
        said = refused(tmp_path, option, taken, rest, free, yaml=good)
    assert said.splitlines() == [f"✗ cannot listen on 127.0.0.1:{taken}: Address already in use"]


def test_a_bad_file_is_refused_with_its_place(tmp_path: Path, good: str) -> None:
    said = refused(tmp_path, yaml=good.replace("interval: 2s", "interval: soon"))
    assert "monitors.yaml:" in said
    assert "interval" in said


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "nowhere.yaml" in refused(tmp_path, "--config", "nowhere.yaml")


@pytest.mark.parametrize("database", [f"mysql://monitor:{NEW}@127.0.0.1/x", "nonsense", "sqlite://"])
def test_a_database_of_another_kind_is_refused(tmp_path: Path, good: str, database: str) -> None:
    said = refused(tmp_path, "--database", database, yaml=good)
    assert len(said.splitlines()) == 1
    assert "sqlite:///" in said
    assert NEW not in said


def test_a_database_server_that_is_not_there_is_named_without_its_password(tmp_path: Path, good: str) -> None:
    where = f"postgresql://monitor:{NEW}@127.0.0.1:{free_port()}/monitor"
    said = refused(tmp_path, "--database", where, yaml=good)
    assert "127.0.0.1" in said
    assert NEW not in said


def test_an_open_operator_socket_needs_a_token(tmp_path: Path, good: str) -> None:
    said = refused(tmp_path, "--operator-host", "0.0.0.0", yaml=good)  # noqa: S104  it is refused
    assert len(said.splitlines()) == 1
    assert "WEBHOOK_MONITOR_OPERATOR_TOKEN" in said


def test_a_database_that_cannot_be_made_there_is_told(tmp_path: Path, good: str) -> None:
    """A file where a directory should be stops even root."""
    (tmp_path / "file").touch()
    said = refused(tmp_path, "--database", f"sqlite:///{tmp_path}/file/monitor.db", yaml=good)
    assert said.splitlines() == [f"✗ {tmp_path}/file/monitor.db: Not a directory"]


def test_a_stop_that_comes_with_the_start_is_a_clean_one(tmp_path: Path, good: str) -> None:
    with Running(tmp_path, good, wait=False) as job:
        until((tmp_path / "monitor.db").exists, "it is about to start", 30)
        job.signal(signal.SIGTERM)
        assert job.ended(30) == 0
        assert "Traceback" not in job.log
