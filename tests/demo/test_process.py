"""The demo as a process: broken and healed from outside, fed with garbage, stopped."""

import hmac
import http.client
import json
import secrets
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor import demo
from monitor.core.event import write
from monitor.core.model import Secret
from monitor.core.providers import PROVIDERS
from monitor.core.sign import sign
from monitor.demo import Fault, Listener
from monitor.demo.places import port_of, queue_of
from monitor.demo.queue import Queue
from monitor.errors import UsageError
from tests.fakes.demo import Running, start, stop
from tests.fakes.desk import PATH, Desk
from tests.fakes.ports import free_port, free_ports
from tests.fakes.running import until
from tests.makers import a_monitor

pytestmark = pytest.mark.real
HEALTHY = 204


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    started = start(tmp_path_factory.mktemp("demo"), free_ports(len(Listener) + 1))
    yield started
    stop(started)


def ping(running: Running, *, timeout: float = 5) -> int:
    """Send a true event to the GitHub listener."""
    secret = (running.directory / "secrets" / "github").read_text().strip()
    provider = PROVIDERS["github"]
    monitor = a_monitor(provider=provider, event=provider.event, secrets=(Secret(secret),))
    now = datetime.now(UTC)
    delivery = sign(write(monitor, token="1", at=now), monitor, at=now, traceparent="")
    return post(Listener.GITHUB, running, delivery.body, dict(delivery.headers), timeout)


def post(
    listener: Listener, running: Running, body: bytes, headers: dict[str, str], timeout: float = 5
) -> int:
    port = port_of(listener, running.port)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("POST", f"/hooks/{listener}", body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def order(running: Running, *, secret: str = "", receipt: str = "") -> int:
    """Send a true event to the listener with a worker; or, with another secret, a forged one."""
    key = secret or (running.directory / "secrets" / "orders").read_text().strip()
    at = str(int(time.time()))
    body = json.dumps({"order": secrets.token_hex(8), "receipt": receipt}).encode()
    signature = hmac.digest(key.encode(), f"{at}.".encode() + body, "sha256").hex()
    return post(Listener.ORDERS, running, body, {"X-Acme-Signature": f"t={at},v1={signature}"})


def test_a_listener_breaks_and_heals(running: Running) -> None:
    assert ping(running) == HEALTHY
    demo.break_(Listener.GITHUB, Fault.SERVER_ERROR, port=running.port)
    assert ping(running) == 503
    demo.heal(Listener.GITHUB, port=running.port)
    assert ping(running) == HEALTHY


def test_a_listener_that_refuses_has_closed_its_port(running: Running) -> None:
    demo.break_(Listener.GITHUB, Fault.REFUSE, port=running.port)
    demo.break_(Listener.GITHUB, Fault.REFUSE, port=running.port)
    with pytest.raises(ConnectionRefusedError):
        ping(running)
    demo.heal(Listener.GITHUB, port=running.port)
    assert ping(running) == HEALTHY


def test_a_listener_that_hangs_takes_the_request_and_says_nothing(running: Running) -> None:
    demo.break_(Listener.GITHUB, Fault.HANG, port=running.port)
    with pytest.raises(TimeoutError):
        ping(running, timeout=0.3)
    demo.break_(Listener.GITHUB, Fault.SERVER_ERROR, port=running.port)
    assert ping(running) == 503
    demo.heal(Listener.GITHUB, port=running.port)


def test_the_state_tells_who_is_broken_and_how(running: Running) -> None:
    demo.break_(Listener.SLACK, Fault.SLOW, port=running.port)
    states = {state.listener: state for state in demo.state(port=running.port)}
    demo.heal(Listener.SLACK, port=running.port)
    assert states[Listener.SLACK].fault is Fault.SLOW
    assert states[Listener.STRIPE].fault is None
    assert states[Listener.STRIPE].url == f"http://127.0.0.1:{running.port + 1}/hooks/stripe"


def test_only_the_listener_with_a_worker_can_lose_it(running: Running) -> None:
    with pytest.raises(UsageError, match="stripe has no worker; orders has one"):
        demo.break_(Listener.STRIPE, Fault.STOP_WORKER, port=running.port)


def test_without_its_worker_orders_goes_on_accepting_and_the_next_one_finds_it(running: Running) -> None:
    demo.break_(Listener.ORDERS, Fault.STOP_WORKER, port=running.port)
    queue = Queue(queue_of(running.directory))
    assert order(running) == 202
    assert queue.first() is not None
    demo.heal(Listener.ORDERS, port=running.port)
    until(lambda: queue.first() is None, "it is worked off")
    queue.close()


def test_a_forged_order_is_refused_and_processed_all_the_same_only_where_that_is_the_fault(
    running: Running,
) -> None:
    desk, port = Desk(), free_port()
    receipt = f"http://127.0.0.1:{port}{PATH}"
    with desk.serving(port):
        assert order(running, secret="not the secret", receipt=receipt) == 401
        demo.break_(Listener.ORDERS, Fault.PROCESS_FORGED, port=running.port)
        assert desk.taken == []
        assert order(running, secret="not the secret", receipt=receipt) == 401
        until(lambda: desk.taken, "it is processed")
        demo.heal(Listener.ORDERS, port=running.port)


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"POST /inbox HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /inbox HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"POST /inbox HTTP/1.1\r\nContent-Length: 3\r\n\r\n{{{",
        b"POST /inbox HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /control/break HTTP/1.1\r\nContent-Length: 2\r\n\r\n[]",
        b'POST /control/break HTTP/1.1\r\nContent-Length: 20\r\n\r\n{"listener": "nope"}',
        b"POST /control/heal HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" + b"[" * 100_000,
        b"X" * 200_000,
        b"POST /inbox HTTP/1.1\r\nContent-Length: 50\r\n\r\nhalf",
    ],
    ids=range(13),
)
def test_garbage_is_refused_and_survived(running: Running, garbage: bytes) -> None:
    for port in (running.port, port_of(Listener.GITHUB, running.port)):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            try:
                connection.sendall(garbage)
                connection.shutdown(socket.SHUT_WR)
                answer = connection.recv(1000)
            except TimeoutError:
                raise
            except OSError:  # it hung up before we were done: reset, broken pipe, not connected
                answer = b""
        assert not answer or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 401"))
    assert ping(running) == HEALTHY


def test_alerts_are_kept_over_a_restart_and_the_secrets_too(tmp_path: Path) -> None:
    port = free_ports(len(Listener) + 1)
    first = start(tmp_path, port)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/inbox", '{"title": "t", "message": "down", "type": "failure"}')
    assert connection.getresponse().status == 200
    connection.close()
    before = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    assert stop(first) == 0
    second = start(tmp_path, port)
    (alert,) = demo.inbox(port=port)
    assert stop(second) == 0
    assert (alert.title, alert.message, alert.kind) == ("t", "down", "failure")
    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == before


def test_it_stops_while_somebody_hangs(tmp_path: Path) -> None:
    running = start(tmp_path, free_ports(len(Listener) + 1))
    demo.break_(Listener.GITHUB, Fault.HANG, port=running.port)
    with pytest.raises(TimeoutError):
        ping(running, timeout=0.3)
    with socket.create_connection(("127.0.0.1", port_of(Listener.GITHUB, running.port))) as connection:
        connection.sendall(b"POST /hooks/github HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
        assert stop(running) == 0


def test_it_ends_when_whoever_started_it_is_gone(tmp_path: Path) -> None:
    running = start(tmp_path, free_ports(len(Listener) + 1), "0")
    assert ping(running) == HEALTHY
    running.process.communicate(timeout=10)  # closes the other end, as a kill -9 does
    assert running.process.returncode == 0


def test_a_taken_port_is_said_in_words(running: Running, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "monitor.demo", str(tmp_path), str(running.port)]
    second = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert second.returncode == 2
    assert second.stderr == f"port {running.port} is taken: is the demo running already?\n"


def test_without_a_demo_the_client_says_how_to_start_one() -> None:
    with pytest.raises(UsageError, match="run --demo"):
        demo.inbox(port=free_ports(1))


def test_secrets_are_random_and_readable_by_their_owner_alone(tmp_path: Path) -> None:
    demo.prepare(tmp_path / "one")
    demo.prepare(tmp_path / "two")
    for listener in Listener:
        one, two = (tmp_path / name / "secrets" / listener for name in ("one", "two"))
        assert one.read_text() != two.read_text()
        assert stat.S_IMODE(one.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "one" / "secrets").stat().st_mode) == 0o700
