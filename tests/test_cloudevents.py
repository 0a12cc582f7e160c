"""CloudEvents has no known answer and no library that verifies: a listener written from the specification."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from secrets import token_hex

import pytest

from monitor.core.model import Check, Monitor, Reason, Secret
from monitor.core.providers import PROVIDERS
from monitor.look import look
from monitor.network import Network
from monitor.outside import Outside
from monitor.probe import Prober, seal
from tests.fakes.listener import Line, listening
from tests.makers import a_monitor

pytestmark = pytest.mark.real

TOKEN = "made-up-for-the-tests"
NEEDED = ("ce-specversion: 1.0", "ce-id: evt_probe_", "ce-type: probe.ping", "ce-source: ", "ce-time: ")


async def specified(line: Line, origin: str = "webhook-monitor.invalid") -> None:
    """Let one origin in, want the token of it, and ask for what every event must carry."""
    request = (await line.request()).decode()
    head = request.partition("\r\n\r\n")[0]
    named = f"\r\nWebHook-Request-Origin: {origin}\r\n" in f"{head}\r\n"
    if head.startswith("OPTIONS "):
        allowed = f"WebHook-Allowed-Origin: {origin}\r\n" if named else ""
        await line.say(f"HTTP/1.1 200 OK\r\n{allowed}Content-Length: 0\r\n\r\n".encode())
        return
    true = f"\r\nAuthorization: Bearer {TOKEN}\r\n" in head
    complete = named and all(f"\r\n{header}" in head for header in NEEDED)
    status = "202 Accepted" if true and complete else "401 Unauthorized"
    await line.say(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())


async def strict(line: Line) -> None:
    """Let in Azure's origin alone."""
    await specified(line, origin="eventgrid.azure.net")


def watch(port: int) -> Monitor:
    row = PROVIDERS["cloudevents"]
    return a_monitor(
        provider=row,
        event=row.event,
        expect=row.expect,
        url=f"http://127.0.0.1:{port}/events",
        secrets=(Secret(TOKEN),),
    )


@asynccontextmanager
async def outside() -> AsyncIterator[Outside]:
    def now() -> datetime:
        return datetime.now(UTC)

    prober = Prober(now)
    try:
        yield Outside(
            now=now,
            monotonic=time.monotonic,
            sleep=asyncio.sleep,
            token=lambda: token_hex(16),
            send=prober.send,
            address=lambda _: "",
            seal=seal,
            lag=lambda _: 0.0,
            record=lambda _: None,
            observe=lambda _result, _monitor: None,
            skipped=lambda _: None,
            failed=lambda: None,
        )
    finally:
        await prober.close()


async def asked(monitor: Monitor, check: Check) -> Reason:
    async def reach(_host: str, _port: int) -> bool:
        return True

    async with outside() as world:
        result = await look(world, Network(now=world.now, reach=reach, canaries=()), monitor, check)
    return result.verdict.reason


@pytest.mark.parametrize(
    ("check", "reason"),
    [
        (Check.DELIVERY, Reason.ACCEPTED),
        (Check.HANDSHAKE, Reason.ACCEPTED),
        (Check.FORGED, Reason.REFUSED),
        (Check.UNSIGNED, Reason.REFUSED),
        (Check.TAMPERED, Reason.SKIPPED),
        (Check.STALE, Reason.SKIPPED),
    ],
)
async def test_a_listener_that_keeps_to_the_specification_is_well(check: Check, reason: Reason) -> None:
    async with listening(specified) as listener:
        assert await asked(watch(listener.port), check) is reason


@pytest.mark.parametrize("check", [Check.DELIVERY, Check.HANDSHAKE])
async def test_a_listener_for_one_origin_is_asked_in_its_name_when_told_so(check: Check) -> None:
    async with listening(strict) as listener:
        monitor = watch(listener.port)
        assert await asked(monitor, check) in {Reason.SIGNATURE_REFUSED, Reason.HANDSHAKE_FAILED}
        named = replace(monitor, headers=(("WebHook-Request-Origin", "eventgrid.azure.net"),))
        assert await asked(named, check) is Reason.ACCEPTED
