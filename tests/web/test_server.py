"""Real sockets: opened, refused in words, and closed in time."""

import asyncio
import socket

import httpx
import pytest
from fastapi import FastAPI

from monitor.errors import UsageError
from monitor.web import listen, public_app, serve_on
from monitor.web.patience import CONNECTIONS, HEAD_WITHIN, LARGEST_HEAD
from monitor.web.server import GRACE
from tests.fakes.ports import free_port
from tests.web.houses import Stage
from tests.web.serving import served

pytestmark = pytest.mark.real


async def test_the_page_is_served_and_the_server_does_not_name_itself() -> None:
    async with served(public_app(Stage().house())) as base, httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(base)
    assert answer.status_code == 200
    assert "server" not in answer.headers


def test_a_port_that_is_taken_is_said_in_words() -> None:
    (first,) = listen("127.0.0.1", 0)
    port = first.getsockname()[1]
    with (
        first,
        pytest.raises(UsageError, match=rf"cannot listen on 127.0.0.1:{port}: Address already in use"),
    ):
        listen("127.0.0.1", port)


def test_a_host_that_is_none_of_ours_is_said_in_words() -> None:
    with pytest.raises(UsageError, match=r"cannot listen on 192.0.2.1:8080: Cannot assign"):
        listen("192.0.2.1", 8080)
    with pytest.raises(UsageError, match=r"cannot listen on no-such-host.invalid:8080"):
        listen("no-such-host.invalid", 8080)


async def test_a_port_is_free_again_at_once_after_a_stop() -> None:
    app, port = public_app(Stage().house()), free_port()
    async with served(app, port=port) as base, httpx.AsyncClient(trust_env=False) as client:
        await client.get(f"{base}/healthz")
    for again in listen("127.0.0.1", port):
        again.close()


async def test_an_answer_on_its_way_is_finished_before_the_stop() -> None:
    app, asked, go_on = FastAPI(), asyncio.Event(), asyncio.Event()

    @app.get("/")
    async def slow() -> str:
        asked.set()
        await go_on.wait()
        return "done"

    stop, sockets = asyncio.Event(), listen("127.0.0.1", 0)
    serving = asyncio.create_task(serve_on(sockets, app, stop=stop))
    async with httpx.AsyncClient(trust_env=False) as client:
        asking = asyncio.create_task(client.get(f"http://127.0.0.1:{sockets[0].getsockname()[1]}/"))
        await asked.wait()
        stop.set()
        await asyncio.sleep(0.2)
        assert not serving.done()
        go_on.set()
        assert (await asking).json() == "done"
    await serving


async def test_an_answer_that_never_ends_does_not_hold_up_the_stop() -> None:
    app, asked = FastAPI(), asyncio.Event()

    @app.get("/")
    async def endless() -> None:
        asked.set()
        await asyncio.Event().wait()

    stop, sockets = asyncio.Event(), listen("127.0.0.1", 0)
    serving = asyncio.create_task(serve_on(sockets, app, stop=stop))
    async with httpx.AsyncClient(trust_env=False) as client:
        asking = asyncio.create_task(client.get(f"http://127.0.0.1:{sockets[0].getsockname()[1]}/"))
        await asked.wait()
        stop.set()
        async with asyncio.timeout(GRACE + 2):
            await serving
        with pytest.raises(httpx.HTTPError):
            (await asking).raise_for_status()


async def test_a_cancelled_server_lets_go_of_its_port() -> None:
    port = free_port()
    serving = asyncio.create_task(serve_on(listen("127.0.0.1", port), FastAPI(), stop=asyncio.Event()))
    await asyncio.sleep(0.1)
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    with socket.create_server(("127.0.0.1", port)):
        pass


async def gone(reader: asyncio.StreamReader) -> bytes:
    """Return what came before the connection broke; fail if it does not break in time."""
    async with asyncio.timeout(HEAD_WITHIN + 3):
        try:
            return await reader.read()
        except ConnectionResetError:
            return b""


async def test_whoever_says_nothing_or_trickles_is_let_go() -> None:
    async with served(public_app(Stage().house())) as base:
        port = int(base.rpartition(":")[2])
        silent, silent_writer = await asyncio.open_connection("127.0.0.1", port)
        slow, slow_writer = await asyncio.open_connection("127.0.0.1", port)
        again, again_writer = await asyncio.open_connection("127.0.0.1", port)
        slow_writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n")
        again_writer.write(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert b"200 OK" in await again.readuntil(b"\r\n\r\n")
        again_writer.write(b"GET /heal")
        assert [await gone(reader) for reader in (silent, slow)] == [b"", b""]
        assert b"200 OK" not in await gone(again)
        for writer in (silent_writer, slow_writer, again_writer):
            writer.close()


async def test_an_answer_may_take_longer_than_a_question() -> None:
    app = FastAPI()

    @app.get("/")
    async def slow() -> str:
        await asyncio.sleep(HEAD_WITHIN + 0.5)
        return "done"

    async with served(app) as base, httpx.AsyncClient(trust_env=False, timeout=20) as client:
        assert (await client.get(base)).json() == "done"


async def test_a_question_without_end_is_cut_off() -> None:
    async with served(public_app(Stage().house())) as base:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(base.rpartition(":")[2]))
        writer.write(b"GET / HTTP/1.1\r\n" + b"x-more: yes\r\n" * (2 * LARGEST_HEAD // 13))
        assert await gone(reader) == b""
        writer.close()


async def test_more_visitors_than_seats_cost_nobody_else_a_descriptor() -> None:
    async with served(public_app(Stage().house())) as base, httpx.AsyncClient(trust_env=False) as client:
        port = int(base.rpartition(":")[2])
        crowd = [await asyncio.open_connection("127.0.0.1", port) for _ in range(CONNECTIONS)]
        late, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await gone(late) == b""
        for _, other in crowd:
            other.close()
        writer.close()
        await asyncio.sleep(0.1)
        assert (await client.get(f"{base}/healthz")).status_code == 200
