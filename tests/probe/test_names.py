"""Names: looked up without blocking anybody, once at a time, and remembered no longer than they last."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.core.model import FailureKind, Phase
from monitor.probe import Prober
from monitor.probe.dial import Dialer, Target
from monitor.probe.names import LOCALHOST, Names, known
from monitor.probe.trail import Trail
from tests.fakes.dns import REFUSED, SERVFAIL, NameServer, name_server
from tests.fakes.listener import answers, blackhole, listening, nobody
from tests.makers import NOON
from tests.probe.conftest import a_delivery

pytestmark = pytest.mark.real
Zone = dict[str, tuple[str, ...] | int | None]


@asynccontextmanager
async def probing(zone: Zone, *, ttl: int = 0) -> AsyncIterator[tuple[Prober, NameServer]]:
    async with name_server(zone, ttl=ttl) as server:
        prober = Prober(lambda: NOON, nameservers=(server.address,))
        yield prober, server
        await prober.close()


@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("192.0.2.7", ("192.0.2.7",)),
        ("2001:DB8::1", ("2001:db8::1",)),
        ("localhost", LOCALHOST),
        ("LocalHost.", LOCALHOST),
        ("demo.localhost", LOCALHOST),
        ("example.com", None),
        ("1.2.3", None),
    ],
)
def test_what_needs_no_look_up(host: str, addresses: tuple[str, ...] | None) -> None:
    assert known(host) == addresses


async def test_a_name_is_looked_up_and_the_time_is_told() -> None:
    async with (
        probing({"hooks.example.com": ("127.0.0.1",)}) as (prober, server),
        listening(answers()) as listener,
    ):
        reply = await prober.send(a_delivery(listener.port, host="hooks.example.com"))
        assert reply.http_status == 200
        assert reply.phases.resolve is not None
        assert reply.address == f"127.0.0.1:{listener.port}"
        assert listener.heard[0].startswith(
            b"POST /hooks/billing HTTP/1.1\r\nHost: hooks.example.com:%d\r\n" % listener.port
        )
        assert server.asked["hooks.example.com"] == 1


async def test_an_international_name_is_looked_up_in_ascii() -> None:
    async with (
        probing({"xn--bcher-kva.example": ("127.0.0.1",)}) as (prober, _),
        listening(answers()) as listener,
    ):
        reply = await prober.send(a_delivery(listener.port, host="bücher.example"))
        assert reply.http_status == 200
        assert b"\r\nHost: xn--bcher-kva.example:" in listener.heard[0]


def of_the_hosts_file() -> str | None:
    """A name of /etc/hosts for 127.0.0.1 that is not localhost."""
    lines = [line.split() for line in Path("/etc/hosts").read_text().splitlines()]
    named = [name for fields in lines if fields[:1] == ["127.0.0.1"] for name in fields[1:]]
    return next((name for name in named if known(name) is None), None)


@pytest.mark.skipif(of_the_hosts_file() is None, reason="/etc/hosts names nothing but localhost")
async def test_the_hosts_file_is_honoured() -> None:
    async with probing({}) as (prober, server), listening(answers()) as listener:
        reply = await prober.send(a_delivery(listener.port, host=str(of_the_hosts_file())))
        assert reply.http_status == 200
        assert not server.asked


async def test_connect_to_may_be_a_name() -> None:
    async with probing({"inside.example": ("127.0.0.1",)}) as (prober, _), listening(answers()) as listener:
        delivery = a_delivery(1, url="http://outside.example/", connect_to=("inside.example", listener.port))
        assert (await prober.send(delivery)).http_status == 200
        assert b"\r\nHost: outside.example\r\n" in listener.heard[0]


async def test_localhost_is_asked_of_nobody() -> None:
    async with probing({"localhost": ("192.0.2.1",)}) as (prober, server), listening(answers()) as listener:
        reply = await prober.send(a_delivery(listener.port, host="localhost"))
        assert reply.http_status == 200
        assert reply.phases.resolve is None
        assert not server.asked


@pytest.mark.parametrize(
    ("zone", "kind", "message"),
    [
        ({}, FailureKind.NAME_NOT_FOUND, "the name does not exist"),
        ({"a.example.com": ()}, FailureKind.NAME_NOT_FOUND, "the name has no address"),
        ({"a.example.com": SERVFAIL}, FailureKind.RESOLVER_FAILED, "the name server could not say"),
        ({"a.example.com": REFUSED}, FailureKind.RESOLVER_FAILED, "the name server could not say"),
    ],
)
async def test_what_the_name_server_says_is_told(zone: Zone, kind: FailureKind, message: str) -> None:
    async with probing(zone) as (prober, _):
        reply = await prober.send(a_delivery(80, host="a.example.com"))
    assert reply.failure is not None
    assert (reply.failure.kind, reply.failure.phase) == (kind, Phase.RESOLVE)
    assert reply.failure.message.startswith(message)
    assert reply.phases.connect is None


async def test_no_name_server_at_all_is_nobodys_fault() -> None:
    prober = Prober(lambda: NOON, nameservers=("127.0.0.1:1",))
    reply = await prober.send(a_delivery(80, host="a.example.com"))
    await prober.close()
    assert reply.failure is not None
    assert reply.failure.kind is FailureKind.RESOLVER_FAILED


async def test_a_silent_name_server_is_given_up_at_the_deadline() -> None:
    async with probing({"a.example.com": None}) as (prober, _):
        reply = await prober.send(a_delivery(80, host="a.example.com", timeout=timedelta(seconds=0.2)))
    assert reply.failure is not None
    assert (reply.failure.kind, reply.failure.phase) == (FailureKind.TIMED_OUT, Phase.RESOLVE)
    assert reply.phases.resolve == pytest.approx(0.2, abs=0.1)


async def test_fifty_blackholed_names_delay_nobody() -> None:
    zone: Zone = {f"dead-{number}.example.com": None for number in range(50)}
    zone["alive.example.com"] = ("127.0.0.1",)
    async with probing(zone) as (prober, _), listening(answers()) as listener:
        patient = timedelta(seconds=2)
        dead = [
            asyncio.create_task(prober.send(a_delivery(80, host=name, timeout=patient)))
            for name in list(zone)[:50]
        ]
        await asyncio.sleep(0.05)
        alive = await prober.send(a_delivery(listener.port, host="alive.example.com"))
        waiting = [one for one in dead if not one.done()]
        replies = await asyncio.gather(*dead)
    assert alive.http_status == 200
    assert len(waiting) == 50
    assert {reply.failure and reply.failure.phase for reply in replies} == {Phase.RESOLVE}


async def test_one_look_up_is_in_flight_per_name() -> None:
    async with name_server({"a.example.com": ("127.0.0.1",)}) as server:
        names = Names((server.address,))
        found = await asyncio.gather(*(names.addresses("a.example.com") for _ in range(20)))
        assert server.asked["a.example.com"] == 1
        assert set(found) == {("127.0.0.1",)}
        await names.close()


async def test_a_waiter_that_gives_up_takes_nothing_from_the_others() -> None:
    async with name_server({"a.example.com": None}) as server:
        names = Names((server.address,))
        hasty = asyncio.create_task(names.addresses("a.example.com"))
        patient = asyncio.create_task(names.addresses("a.example.com"))
        await asyncio.wait_for(server.spoken_to.wait(), 2)
        hasty.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hasty
        server.end_silence("a.example.com", ("127.0.0.1",))
        assert await asyncio.wait_for(patient, 8) == ("127.0.0.1",)
        await names.close()


async def test_an_answer_without_a_lifetime_is_asked_for_again() -> None:
    async with name_server({"a.example.com": ("127.0.0.1",)}) as server:
        names = Names((server.address,))
        await names.addresses("a.example.com")
        server.zone["a.example.com"] = ("127.0.0.2",)
        assert await names.addresses("a.example.com") == ("127.0.0.2",)
        await names.close()


async def test_an_answer_is_not_remembered_for_long_whatever_its_lifetime() -> None:
    async with name_server({"a.example.com": ("127.0.0.1",)}, ttl=3600) as server:
        names = Names((server.address,), fresh_for=0.1)
        await names.addresses("a.example.com")
        server.zone["a.example.com"] = ("127.0.0.2",)
        await asyncio.sleep(0.15)
        assert await names.addresses("a.example.com") == ("127.0.0.2",)
        await names.close()


async def test_a_look_up_outlives_the_resolver_that_took_it() -> None:
    async with name_server({"slow.example.com": None, "b.example.com": ("127.0.0.1",)}) as server:
        names = Names((server.address,), fresh_for=0.0)
        slow = asyncio.create_task(names.addresses("slow.example.com"))
        await asyncio.wait_for(server.spoken_to.wait(), 2)
        for _ in range(5):
            await names.addresses("b.example.com")
        gc.collect()
        server.end_silence("slow.example.com", ("127.0.0.3",))
        assert await asyncio.wait_for(slow, 8) == ("127.0.0.3",)
        await names.close()


async def test_a_dead_address_does_not_take_the_whole_deadline() -> None:
    async with (
        name_server({"a.example.com": ("127.0.0.7", "127.0.0.1")}) as server,
        listening(answers()) as listener,
    ):
        dialer = Dialer(Names((server.address,)), enough=0.1)
        with blackhole("127.0.0.7", listener.port):
            target = Target(host="a.example.com", address=("a.example.com", listener.port), tls=None)
            stream = await asyncio.wait_for(dialer.dial(target, Trail(time.perf_counter)), 2)
        assert stream.address == f"127.0.0.1:{listener.port}"
        await dialer.close()


async def test_the_last_address_to_fail_does_not_hide_a_refusal() -> None:
    async with probing({"a.example.com": ("127.0.0.1", "::1")}) as (prober, _):
        with nobody() as port:
            reply = await prober.send(a_delivery(port, host="a.example.com"))
    assert reply.failure is not None
    assert reply.failure.kind is FailureKind.REFUSED


async def test_the_next_address_is_tried_when_one_refuses() -> None:
    zone: Zone = {"a.example.com": ("127.0.0.7", "127.0.0.1", "::1")}
    async with probing(zone) as (prober, _), listening(answers()) as listener:
        reply = await prober.send(a_delivery(listener.port, host="a.example.com"))
        assert reply.http_status == 200
        assert reply.address == f"127.0.0.1:{listener.port}"
