"""The orders listener's queue and worker: what was accepted is worked off once, reported, and never lost."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitor.demo.places import queue_of
from monitor.demo.queue import Order, Queue
from monitor.demo.worker import RECEIPT, reported
from tests.fakes.desk import PATH, Desk
from tests.fakes.ports import free_port
from tests.fakes.running import until


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    opened = Queue(queue_of(tmp_path))
    yield opened
    opened.close()


@contextmanager
def working(directory: Path, *habits: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "monitor.demo.worker", str(directory), *habits]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def an_event(order: str, port: int) -> bytes:
    return json.dumps({"order": order, "receipt": f"http://127.0.0.1:{port}{PATH}"}).encode()


def test_an_order_is_placed_once_and_the_run_that_did_it_stays_to_be_reported(queue: Queue) -> None:
    for event in (b"first", b"again"):
        queue.put(event)
    first = queue.first()
    assert first is not None
    order = Order(id="1", receipt="")
    assert queue.place(order, first, run="a", twice=False)
    kept = queue.first()
    assert kept is not None
    assert (kept.event, kept.run) == (b"first", "a")
    queue.done(kept)
    again = queue.first()
    assert again is not None
    assert not queue.place(order, again, run="b", twice=False)
    assert queue.place(order, again, run="c", twice=True)


@pytest.mark.parametrize("event", [b"", b"[]", b"1", b"{}", b"\xff", b"[" * 100_000, b'{"receipt": "x"}'])
def test_what_is_no_order_is_none(event: bytes) -> None:
    assert Order.read(event) is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "None",
        "https://127.0.0.1:8080/r/YWJj.ZGVm",
        "http://127.0.0.1:8080/api/v1/receipts",
        "http://127.0.0.1:8080/r/YWJj.ZGVm/../../x",
        "http://127.0.0.1:8080/r/..",
        "http://127.0.0.1:8080/r/YWJj.ZGVm?x=1",
        "http://127.0.0.1:8080@evil.example/r/YWJj.ZGVm",
        "http://127.0.0.1.evil.example/r/YWJj.ZGVm",
        "http://evil.example/r/YWJj.ZGVm",
        "http://127.0.0.1:8080/r/YWJj.ZGVm\r\nX: y",
        "file:///r/YWJj.ZGVm",
    ],
)
def test_an_address_that_is_not_the_monitors_is_not_called(address: str) -> None:
    assert not RECEIPT.fullmatch(address)
    assert reported(address, "run")


@pytest.mark.real
def test_what_waits_in_the_queue_is_worked_off_and_a_repeat_has_no_effect(
    tmp_path: Path, queue: Queue
) -> None:
    desk, port = Desk(), free_port()
    for order in ("1", "1", "2"):
        queue.put(an_event(order, port))
    queue.put(b"no order")
    with desk.serving(port), working(tmp_path):
        until(lambda: queue.first() is None, "the queue is empty")
    assert [path for path, _ in desk.taken] == [PATH] * 2
    assert len({run for _, run in desk.taken}) == 2


@pytest.mark.real
def test_a_worker_that_forgets_places_a_repeat_in_a_run_of_its_own(tmp_path: Path, queue: Queue) -> None:
    desk, port = Desk(), free_port()
    for _ in range(2):
        queue.put(an_event("1", port))
    with desk.serving(port), working(tmp_path, "twice"):
        until(lambda: queue.first() is None, "the queue is empty")
    assert len({run for _, run in desk.taken}) == 2


@pytest.mark.real
def test_a_report_that_nobody_takes_is_tried_again_by_the_next_worker_under_the_same_run(
    tmp_path: Path, queue: Queue
) -> None:
    desk, port = Desk(status=503), free_port()
    queue.put(an_event("1", port))
    with working(tmp_path):
        until(lambda: (job := queue.first()) and job.run, "its work is done, and nobody is there to be told")
    with desk.serving(port), working(tmp_path):
        until(lambda: desk.taken, "it was tried")
        desk.status = 404  # a refusal is final
        until(lambda: queue.first() is None, "the queue is empty")
    assert len({run for _, run in desk.taken}) == 1


@pytest.mark.real
def test_the_worker_ends_with_its_input(tmp_path: Path) -> None:
    with working(tmp_path) as process:
        process.communicate(timeout=20)
        assert process.returncode == 0
