"""Kept connections: one per target, and a dead one is nobody's failure."""

import asyncio
import time

import pytest

from monitor.core.model import FailureKind, Tls
from monitor.probe import Prober
from monitor.probe.dial import Dialer
from monitor.probe.names import Names
from monitor.probe.trail import Trail
from monitor.probe.wire import Wire, ask, prepare
from tests.fakes.listener import OK, Line, answers, listening
from tests.probe.conftest import Authority, a_delivery

pytestmark = pytest.mark.real


async def test_a_kept_connection_takes_the_next_probe(prober: Prober) -> None:
    async with listening(answers(times=9)) as listener:
        delivery = a_delivery(listener.port, reuse_connection=True)
        await prober.send(delivery)
        reply = await prober.send(delivery)
        assert listener.lines == 1
    assert reply.http_status == 200
    assert reply.address == f"127.0.0.1:{listener.port}"
    assert reply.phases.connect is None
    assert reply.phases.wait is not None


async def test_a_kept_tls_connection_still_tells_its_certificate(
    prober: Prober, authority: Authority
) -> None:
    async with listening(answers(times=9), tls=authority.server()) as listener:
        delivery = a_delivery(
            listener.port, scheme="https", reuse_connection=True, tls=Tls(ca=authority.path)
        )
        first = await prober.send(delivery)
        second = await prober.send(delivery)
        assert listener.lines == 1
    assert second.phases.tls is None
    assert second.certificate_expires_at == first.certificate_expires_at is not None


async def test_another_way_of_asking_has_another_connection(prober: Prober) -> None:
    async with listening(answers(times=9)) as listener:
        await prober.send(a_delivery(listener.port, reuse_connection=True))
        elsewhere = ("127.0.0.1", listener.port)
        url = "http://hooks.example.com/"
        await prober.send(a_delivery(listener.port, reuse_connection=True, url=url, connect_to=elsewhere))
        assert listener.lines == 2


async def test_two_probes_at_once_do_not_share_and_one_connection_is_kept(prober: Prober) -> None:
    async with listening(answers(times=9)) as listener:
        delivery = a_delivery(listener.port, reuse_connection=True)
        await asyncio.gather(prober.send(delivery), prober.send(delivery))
        assert listener.lines == 2
        await prober.send(delivery)
        assert listener.lines == 2


async def test_a_connection_closed_by_the_listener_is_replaced(prober: Prober) -> None:
    async with listening(answers(times=1)) as listener:
        delivery = a_delivery(listener.port, reuse_connection=True)
        replies = [await prober.send(delivery) for _ in range(4)]
    assert [reply.http_status for reply in replies] == [200] * 4


async def test_a_listener_that_hangs_up_as_we_write_is_asked_again(prober: Prober) -> None:
    async def shy(line: Line) -> None:
        await line.request()
        await line.say(OK)
        await line.request()  # the second is read, and refused by hanging up
        line.reset()

    async with listening(shy) as listener:
        delivery = a_delivery(listener.port, reuse_connection=True)
        await prober.send(delivery)
        reply = await prober.send(delivery)
        assert listener.lines == 2
    assert reply.http_status == 200


async def test_a_fresh_connection_is_never_asked_twice(prober: Prober) -> None:
    async def never(line: Line) -> None:
        await line.request()
        line.reset()

    async with listening(never) as listener:
        reply = await prober.send(a_delivery(listener.port, reuse_connection=True))
        assert listener.lines == 1
    assert reply.failure is not None
    assert reply.failure.kind is FailureKind.RESET


async def test_a_listener_that_says_close_is_not_kept(prober: Prober) -> None:
    raw = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
    async with listening(answers(raw, times=9)) as listener:
        for _ in range(2):
            await prober.send(a_delivery(listener.port, reuse_connection=True))
        assert listener.lines == 2


async def test_a_capped_answer_is_not_kept(prober: Prober) -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + b"x" * 200_000
    async with listening(answers(raw, times=9)) as listener:
        for _ in range(2):
            reply = await prober.send(a_delivery(listener.port, reuse_connection=True))
            assert reply.truncated
        assert listener.lines == 2


async def test_a_listener_that_says_too_much_is_not_kept(prober: Prober) -> None:
    async with listening(answers(OK + OK, times=9)) as listener:
        for _ in range(2):
            await prober.send(a_delivery(listener.port, reuse_connection=True))
        assert listener.lines == 2


async def test_an_idle_connection_is_given_up() -> None:
    dialer = Dialer(Names())
    wire = Wire(dialer, idle=0.05)
    async with listening(answers(times=9)) as listener:
        delivery = a_delivery(listener.port, reuse_connection=True)
        await ask(wire, prepare(delivery, Trail(time.perf_counter)), limit=100)
        await asyncio.wait_for(listener.hung_up.wait(), 2)
    await dialer.close()
