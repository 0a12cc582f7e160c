"""What stands before listeners, asked for real: a GET, or nothing but a connection."""

import asyncio
from datetime import UTC, datetime

import pytest

from monitor.core.judge import judge_upstream
from monitor.core.model import Monitor, Reason, Status
from monitor.core.providers import UPSTREAM
from monitor.core.sign import knock
from monitor.probe import Prober
from tests.fakes.ports import free_port
from tests.makers import SECOND, a_monitor

pytestmark = pytest.mark.real


def an_upstream(url: str) -> Monitor:
    return a_monitor(
        url=url, upstream=True, provider=UPSTREAM, expect=UPSTREAM.expect, secrets=(), timeout=5 * SECOND
    )


async def asked(monitor: Monitor) -> tuple[Status, Reason, str]:
    prober = Prober(now=lambda: datetime.now(UTC))
    verdict = judge_upstream(await prober.send(knock(monitor)), monitor)
    await prober.close()
    return verdict.status, verdict.reason, verdict.message


async def test_a_connection_that_stands_is_enough_and_nothing_is_sent() -> None:
    heard: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.set_result(await reader.read())
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    status, reason, message = await asked(an_upstream(f"tcp://127.0.0.1:{port}"))
    assert (status, reason) == (Status.UP, Reason.ACCEPTED)
    assert message.startswith("took the connection in")
    assert await heard == b""
    server.close()


async def test_a_refused_connection_is_the_upstreams() -> None:
    status, reason, _ = await asked(an_upstream(f"tcp://127.0.0.1:{free_port()}"))
    assert (status, reason) == (Status.DOWN, Reason.CONNECT)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("200 OK", Status.UP),
        ("302 Found", Status.UP),
        ("404 Not Found", Status.UP),
        ("401 Unauthorized", Status.UP),
        ("503 Service Unavailable", Status.DOWN),
    ],
)
async def test_any_answer_below_500_shows_that_it_is_there(answer: str, status: Status) -> None:
    requests: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await reader.readuntil(b"\r\n\r\n"))
        page = b"<html>hello</html>"
        head = f"HTTP/1.1 {answer}\r\nContent-Type: text/html\r\nContent-Length: {len(page)}\r\n\r\n"
        writer.write(head.encode() + page)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert (await asked(an_upstream(f"http://127.0.0.1:{port}/healthz")))[0] is status
    assert requests[0].startswith(b"GET /healthz HTTP/1.1\r\n")
    assert b"signature" not in requests[0].lower()
    server.close()
