"""What goes out, what comes back, and how long each phase took."""

import asyncio
import base64
import socket
from datetime import timedelta

import pytest

from monitor.core.model import FailureKind, Phase
from monitor.probe import Prober
from tests.fakes.listener import Line, answers, blackhole, hangs, listening, nobody
from tests.makers import NOON
from tests.probe.conftest import BODY, a_delivery

pytestmark = pytest.mark.real


async def test_an_answer_comes_back_whole(prober: Prober) -> None:
    raw = b"HTTP/1.1 202 Accepted\r\nContent-Type: text/plain\r\nX-Id: 7\r\nContent-Length: 5\r\n\r\nhello"
    async with listening(answers(raw)) as listener:
        reply = await prober.send(a_delivery(listener.port))
    assert reply.http_status == 202
    assert reply.headers == (("content-type", "text/plain"), ("x-id", "7"), ("content-length", "5"))
    assert reply.body == "hello"
    assert not reply.truncated
    assert reply.failure is None
    assert reply.started_at == NOON
    assert reply.address == f"127.0.0.1:{listener.port}"


async def test_the_bytes_on_the_wire_are_those_of_the_delivery(prober: Prober) -> None:
    headers = (("X-b", "2"), ("User-Agent", "Stripe/1.0"), ("x-A", "1"), ("CONTENT-type", "application/json"))
    body = bytes(range(256)) * 4
    async with listening(answers()) as listener:
        await prober.send(a_delivery(listener.port, headers=headers, body=body))
    assert listener.heard == [
        b"POST /hooks/billing HTTP/1.1\r\n"
        b"Host: 127.0.0.1:%d\r\n"
        b"X-b: 2\r\nUser-Agent: Stripe/1.0\r\nx-A: 1\r\nCONTENT-type: application/json\r\n"
        b"Content-Length: 1024\r\n\r\n" % listener.port + body
    ]


async def test_given_host_and_length_are_left_where_they_are(prober: Prober) -> None:
    headers = (("X-First", "1"), ("content-length", str(len(BODY))), ("hOST", "api.example.com"))
    async with listening(answers()) as listener:
        await prober.send(a_delivery(listener.port, headers=headers))
    head = b"X-First: 1\r\ncontent-length: %d\r\nhOST: api.example.com\r\n\r\n" % len(BODY)
    assert listener.heard == [b"POST /hooks/billing HTTP/1.1\r\n" + head + BODY]


async def test_the_query_and_path_are_sent_as_written(prober: Prober) -> None:
    async with listening(answers()) as listener:
        url = f"http://127.0.0.1:{listener.port}/a%2Fb/c?x=1&y=%20z"
        await prober.send(a_delivery(listener.port, url=url, method="PUT"))
    assert listener.heard[0].startswith(b"PUT /a%2Fb/c?x=1&y=%20z HTTP/1.1\r\n")


async def test_credentials_in_the_url_are_sent_and_never_come_back(prober: Prober) -> None:
    token = base64.b64encode(b"hook:p4ssword-long")

    async def echoes(line: Line) -> None:
        heard = await line.request()
        await line.say(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\np4ssword-long " + heard)

    async with listening(echoes) as listener:
        url = f"http://hook:p4ssword-long@127.0.0.1:{listener.port}/"
        reply = await prober.send(a_delivery(listener.port, url=url))
    assert b"Authorization: Basic " + token in listener.heard[0]
    assert reply.http_status == 200
    assert "p4ssword" not in reply.body
    assert token.decode() not in reply.body


async def test_a_header_of_the_operator_beats_the_credentials_in_the_url(prober: Prober) -> None:
    async with listening(answers()) as listener:
        url = f"http://hook:p4ssword@127.0.0.1:{listener.port}/"
        await prober.send(a_delivery(listener.port, url=url, headers=(("Authorization", "Bearer x"),)))
    assert listener.heard[0].count(b"uthorization") == 1
    assert b"Authorization: Bearer x\r\n" in listener.heard[0]


async def test_a_redirect_is_an_answer_and_is_not_followed(prober: Prober) -> None:
    async with listening(answers()) as elsewhere:
        location = f"http://127.0.0.1:{elsewhere.port}/"
        raw = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
        async with listening(answers(raw)) as listener:
            reply = await prober.send(a_delivery(listener.port))
        assert reply.http_status == 302
        assert reply.header("location") == location
        assert elsewhere.lines == 0


async def test_proxies_of_the_environment_are_ignored(
    prober: Prober, monkeypatch: pytest.MonkeyPatch
) -> None:
    with nobody() as port:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        async with listening(answers()) as listener:
            assert (await prober.send(a_delivery(listener.port))).http_status == 200


async def test_we_connect_elsewhere_but_speak_of_the_public_name(prober: Prober) -> None:
    async with listening(answers()) as listener:
        url = "http://hooks.example.com/billing"
        delivery = a_delivery(listener.port, url=url, connect_to=("127.0.0.1", listener.port))
        reply = await prober.send(delivery)
    assert reply.http_status == 200
    assert b"\r\nHost: hooks.example.com\r\n" in listener.heard[0]
    assert reply.address == f"127.0.0.1:{listener.port}"


async def test_an_address_has_no_resolve_phase_and_plain_http_no_tls(prober: Prober) -> None:
    async with listening(answers()) as listener:
        phases = (await prober.send(a_delivery(listener.port))).phases
    assert phases.resolve is None
    assert phases.tls is None
    assert all(seconds is not None for seconds in (phases.connect, phases.send, phases.wait, phases.receive))


async def test_waiting_is_told_from_receiving(prober: Prober) -> None:
    async def slow(line: Line) -> None:
        await line.request()
        await asyncio.sleep(0.15)
        await line.say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
        await asyncio.sleep(0.05)
        await line.say(b"ok")

    async with listening(slow) as listener:
        phases = (await prober.send(a_delivery(listener.port))).phases
    assert phases.wait is not None
    assert phases.receive is not None
    assert phases.wait >= 0.14
    assert 0.04 <= phases.receive < 0.14


async def test_the_deadline_is_for_everything_together(prober: Prober) -> None:
    """Each pause alone is shorter than the timeout; together they are not."""

    async def tires(line: Line) -> None:
        await line.request()
        for piece in (b"HTTP/1.1 200 OK\r\n", b"Content-Length: 2\r\n\r\n", b"o", b"k"):
            await asyncio.sleep(0.1)
            await line.say(piece)

    async with listening(tires) as listener:
        reply = await prober.send(a_delivery(listener.port, timeout=timedelta(seconds=0.25)))
    assert reply.http_status is None
    assert reply.failure is not None
    assert reply.failure.kind is FailureKind.TIMED_OUT
    assert reply.failure.phase is Phase.RECEIVE
    assert reply.phases.total == pytest.approx(0.25, abs=0.1)


async def test_a_hanging_listener_is_given_up_at_the_deadline(prober: Prober) -> None:
    async with listening(hangs) as listener:
        reply = await prober.send(a_delivery(listener.port, timeout=timedelta(seconds=0.2)))
        await asyncio.wait_for(listener.hung_up.wait(), 2)
    assert reply.failure is not None
    assert (reply.failure.kind, reply.failure.phase) == (FailureKind.TIMED_OUT, Phase.WAIT)
    assert reply.failure.message == "0.2 s passed while waiting for the answer"
    assert reply.phases.wait == pytest.approx(0.2, abs=0.1)
    assert reply.phases.receive is None


async def test_a_cancelled_probe_hangs_up_and_is_cancelled(prober: Prober) -> None:
    async with listening(hangs) as listener:
        task = asyncio.create_task(prober.send(a_delivery(listener.port)))
        await asyncio.wait_for(listener.spoken_to.wait(), 2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(listener.hung_up.wait(), 2)


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
async def test_an_ipv6_listener_is_reached(prober: Prober) -> None:
    async with listening(answers(), host="::1") as listener:
        reply = await prober.send(a_delivery(listener.port, host="[::1]"))
    assert reply.http_status == 200
    assert reply.address == f"[::1]:{listener.port}"
    assert b"\r\nHost: [::1]:%d\r\n" % listener.port in listener.heard[0]


async def test_each_probe_has_its_own_connection(prober: Prober) -> None:
    async with listening(answers(times=3)) as listener:
        for _ in range(3):
            await prober.send(a_delivery(listener.port))
        assert listener.lines == 3


async def test_a_hundred_probes_at_once_all_come_back(prober: Prober) -> None:
    async with listening(answers()) as listener:
        replies = await asyncio.gather(*(prober.send(a_delivery(listener.port)) for _ in range(100)))
    assert {reply.http_status for reply in replies} == {200}


async def test_a_canary_is_reached_when_it_accepts(prober: Prober) -> None:
    async with listening(hangs) as listener:
        assert await prober.reachable("127.0.0.1", listener.port, timeout=2)
    with nobody() as port:
        assert not await prober.reachable("127.0.0.1", port, timeout=2)
    with blackhole() as port:
        assert not await prober.reachable("127.0.0.1", port, timeout=0.1)


async def test_closing_hangs_up_what_is_kept(prober: Prober) -> None:
    async with listening(answers(times=9)) as listener:
        await prober.send(a_delivery(listener.port, reuse_connection=True))
        await prober.close()
        await asyncio.wait_for(listener.hung_up.wait(), 2)
