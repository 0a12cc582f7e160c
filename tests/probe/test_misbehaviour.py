"""Listeners that break the rules: each is a Reply with the right failure, and costs a bounded amount."""

import asyncio
import resource
import time
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.core.model import Failure, FailureKind, Phase, Reply
from monitor.probe import Prober
from monitor.probe.answer import BODY_CAP, HEADERS_KEPT, VALUE_CAP
from tests.fakes.listener import (
    OK,
    Behaviour,
    Line,
    answers,
    blackhole,
    closes,
    deaf,
    drips,
    hangs,
    listening,
    nobody,
    resets,
)
from tests.makers import NOON
from tests.probe.conftest import a_delivery

pytestmark = pytest.mark.real
SOON = timedelta(seconds=0.3)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def failure_of(reply: Reply) -> Failure:
    assert reply.http_status is None
    assert reply.failure is not None
    return reply.failure


async def failing(prober: Prober, behave: Behaviour) -> Failure:
    async with listening(behave) as listener:
        return failure_of(await prober.send(a_delivery(listener.port, timeout=SOON)))


async def test_refused(prober: Prober) -> None:
    with nobody() as port:
        reply = await prober.send(a_delivery(port))
    failure = failure_of(reply)
    assert (failure.kind, failure.phase) == (FailureKind.REFUSED, Phase.CONNECT)
    assert failure.message == f"127.0.0.1:{port} refused the connection"
    assert reply.phases.connect is not None
    assert reply.phases.send is None


async def test_a_swallowed_connection_times_out_while_connecting(prober: Prober) -> None:
    with blackhole() as port:
        failure = failure_of(await prober.send(a_delivery(port, timeout=SOON)))
    assert (failure.kind, failure.phase) == (FailureKind.TIMED_OUT, Phase.CONNECT)
    assert failure.message == f"0.3 s passed while connecting to 127.0.0.1:{port}"


async def test_a_reset_before_any_byte_is_a_reset(prober: Prober) -> None:
    failure = await failing(prober, resets)
    assert (failure.kind, failure.phase) == (FailureKind.RESET, Phase.WAIT)


async def test_hanging_up_without_a_word_is_a_reset(prober: Prober) -> None:
    failure = await failing(prober, closes)
    assert (failure.kind, failure.phase) == (FailureKind.RESET, Phase.WAIT)
    assert failure.message == "the listener closed the connection without an answer"


async def test_hanging_up_at_once_is_a_reset(prober: Prober) -> None:
    async def slams(line: Line) -> None:
        line.reset()

    async def leaves(_: Line) -> None:
        """Hang up politely, before the request."""

    for behave in (slams, leaves):
        for _ in range(5):
            assert (await failing(prober, behave)).kind is FailureKind.RESET


async def test_an_answer_before_the_request_counts(prober: Prober) -> None:
    async def hasty(line: Line) -> None:
        await line.say(OK)
        await line.gone()

    async with listening(hasty) as listener:
        assert (await prober.send(a_delivery(listener.port))).http_status == 200


async def test_a_reset_in_the_body_is_a_broken_answer(prober: Prober) -> None:
    async def breaks(line: Line) -> None:
        await line.request()
        await line.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        await asyncio.sleep(0.05)
        line.reset()

    failure = await failing(prober, breaks)
    assert (failure.kind, failure.phase) == (FailureKind.BROKEN_ANSWER, Phase.RECEIVE)
    assert failure.message == "it answered 200, but the answer broke off"


async def test_a_short_body_is_a_broken_answer(prober: Prober) -> None:
    failure = await failing(prober, answers(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"))
    assert failure.kind is FailureKind.BROKEN_ANSWER
    assert failure.message == "it answered 200, but the answer broke off"


async def test_chunks_that_break_off_are_a_broken_answer(prober: Prober) -> None:
    assert (await failing(prober, answers(CHUNKED + b"5\r\nhel"))).kind is FailureKind.BROKEN_ANSWER


async def test_chunks_that_are_none_are_a_broken_answer(prober: Prober) -> None:
    failure = await failing(prober, answers(CHUNKED + b"zz\r\nhello\r\n"))
    assert failure.kind is FailureKind.BROKEN_ANSWER


async def test_half_a_head_is_a_broken_answer(prober: Prober) -> None:
    failure = await failing(prober, answers(b"HTTP/1.1 200 OK\r\nContent-Le"))
    assert failure.kind is FailureKind.BROKEN_ANSWER
    assert failure.message == "the answer broke off in its headers"


async def test_headers_that_are_none_are_a_broken_answer(prober: Prober) -> None:
    failure = await failing(prober, answers(b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n"))
    assert failure.kind is FailureKind.BROKEN_ANSWER


async def test_two_lengths_are_a_broken_answer(prober: Prober) -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!"
    assert (await failing(prober, answers(raw))).kind is FailureKind.BROKEN_ANSWER


async def test_what_is_not_http_is_shown(prober: Prober) -> None:
    async def ssh(line: Line) -> None:
        await line.say(b"SSH-2.0-OpenSSH_9.2\x1b[31m\r\n")
        await line.gone()

    failure = await failing(prober, ssh)
    assert failure.kind is FailureKind.BROKEN_ANSWER
    assert failure.message == "the answer is not HTTP/1.1; it begins with “SSH-2.0-OpenSSH_9.2\ufffd[31m”"


async def test_binary_noise_is_a_broken_answer(prober: Prober) -> None:
    failure = await failing(prober, answers(bytes(range(256)) * 8))
    assert failure.kind is FailureKind.BROKEN_ANSWER


async def test_switching_protocols_is_a_broken_answer(prober: Prober) -> None:
    raw = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    assert (await failing(prober, answers(raw))).kind is FailureKind.BROKEN_ANSWER


async def test_interim_answers_are_passed_over(prober: Prober) -> None:
    raw = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
    async with listening(answers(raw + b"HTTP/1.1 204 No Content\r\n\r\n")) as listener:
        assert (await prober.send(a_delivery(listener.port))).http_status == 204


async def test_an_interim_answer_and_then_nothing_is_waiting(prober: Prober) -> None:
    async def teases(line: Line) -> None:
        await line.request()
        await line.say(b"HTTP/1.1 100 Continue\r\n\r\n")
        await line.gone()

    failure = await failing(prober, teases)
    assert (failure.kind, failure.phase) == (FailureKind.TIMED_OUT, Phase.WAIT)


async def test_endless_interim_answers_are_a_broken_answer(prober: Prober) -> None:
    failure = await failing(prober, drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 50, every=0))
    assert failure.kind is FailureKind.BROKEN_ANSWER
    assert failure.message == "more than 20 interim answers and no real one"


async def test_a_slow_drip_of_headers_ends_at_the_deadline(prober: Prober) -> None:
    failure = await failing(prober, drips(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"))
    assert (failure.kind, failure.phase) == (FailureKind.TIMED_OUT, Phase.RECEIVE)


async def test_a_slow_drip_of_body_ends_at_the_deadline(prober: Prober) -> None:
    failure = await failing(prober, drips(CHUNKED, b"1\r\nx\r\n"))
    assert (failure.kind, failure.phase) == (FailureKind.TIMED_OUT, Phase.RECEIVE)


async def test_a_flood_of_headers_keeps_the_first_ones(prober: Prober) -> None:
    flood = b"".join(b"X-%d: y\r\n" % number for number in range(1000))
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + flood + b"\r\n"
    async with listening(answers(raw)) as listener:
        reply = await prober.send(a_delivery(listener.port))
    assert reply.http_status == 200
    assert len(reply.headers) == HEADERS_KEPT


async def test_a_huge_header_is_cut(prober: Prober) -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Big: " + b"z" * 50_000 + b"\r\n\r\n"
    async with listening(answers(raw)) as listener:
        reply = await prober.send(a_delivery(listener.port))
    assert reply.header("x-big") == "z" * VALUE_CAP


async def test_endless_headers_are_a_broken_answer(prober: Prober) -> None:
    failure = await failing(prober, drips(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n" * 5000, every=0))
    assert failure.kind is FailureKind.BROKEN_ANSWER
    assert failure.message == "the headers of the answer are larger than 64 KiB"


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n"]
)
async def test_an_endless_body_is_cut_and_hung_up_on(prober: Prober, head: bytes) -> None:
    async with listening(drips(head, b"x" * 60_000, every=0)) as listener:
        reply = await prober.send(a_delivery(listener.port))
        await asyncio.wait_for(listener.hung_up.wait(), 2)
    assert reply.http_status == 200
    assert reply.truncated
    assert reply.body == "x" * BODY_CAP


async def test_endless_tiny_chunks_are_cut(prober: Prober) -> None:
    async with listening(drips(CHUNKED, b"1\r\nx\r\n" * 9000, every=0)) as listener:
        reply = await prober.send(a_delivery(listener.port, timeout=timedelta(minutes=1)))
    assert reply.truncated
    assert reply.body == "x" * BODY_CAP


async def test_a_flood_of_tiny_chunks_does_not_hold_the_loop(prober: Prober) -> None:
    turns: list[float] = []  # in seconds of our own work: what a busy machine takes is not ours

    async def watch() -> None:
        while True:
            before = time.thread_time()
            await asyncio.sleep(0.005)
            turns.append(time.thread_time() - before)

    async with listening(drips(CHUNKED, b"1\r\nx\r\n" * 9000, every=0)) as listener:
        watcher = asyncio.create_task(watch())
        await prober.send(a_delivery(listener.port, timeout=timedelta(minutes=1)))
        watcher.cancel()
    assert len(turns) > 4  # it had its turn between the slices
    assert max(turns) < 0.3


async def test_chunks_of_nothing_but_framing_are_a_broken_answer(prober: Prober) -> None:
    async with listening(drips(CHUNKED, b"1;" + b"e" * 5000 + b"\r\nx\r\n", every=0)) as listener:
        failure = failure_of(await prober.send(a_delivery(listener.port)))
    assert failure.kind is FailureKind.BROKEN_ANSWER


async def test_a_body_of_just_the_cap_is_whole(prober: Prober) -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % BODY_CAP + b"x" * BODY_CAP
    async with listening(answers(raw)) as listener:
        reply = await prober.send(a_delivery(listener.port))
    assert not reply.truncated
    assert len(reply.body) == BODY_CAP


async def test_an_answer_without_length_ends_with_the_connection(prober: Prober) -> None:
    async with listening(answers(b"HTTP/1.0 200 OK\r\n\r\nto the end")) as listener:
        assert (await prober.send(a_delivery(listener.port))).body == "to the end"


async def test_an_answer_to_head_has_no_body(prober: Prober) -> None:
    async with listening(answers(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")) as listener:
        reply = await prober.send(a_delivery(listener.port, method="HEAD", body=b""))
    assert (reply.http_status, reply.body) == (200, "")


async def test_an_answer_before_the_body_was_read_counts(prober: Prober) -> None:
    """A listener may refuse a large event from its headers alone, and never read the rest."""

    async def refuses(line: Line) -> None:
        await line.reader.readuntil(b"\r\n\r\n")
        line.writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        await asyncio.Event().wait()

    async with listening(refuses) as listener:
        reply = await prober.send(a_delivery(listener.port, body=b"x" * 20_000_000))
    assert reply.http_status == 413


async def test_a_listener_that_never_reads_times_out_while_sending(prober: Prober) -> None:
    async with listening(deaf) as listener:
        reply = await prober.send(a_delivery(listener.port, body=b"x" * 20_000_000, timeout=SOON))
    failure = failure_of(reply)
    assert (failure.kind, failure.phase) == (FailureKind.TIMED_OUT, Phase.SEND)
    assert reply.phases.wait is None


async def test_plain_http_to_a_tls_port_says_so(prober: Prober) -> None:
    failure = await failing(prober, answers(b"\x15\x03\x03\x00\x02\x02\x46"))
    assert failure.kind is FailureKind.BROKEN_ANSWER
    assert failure.message == "the listener speaks TLS on this port, and the url says http://"


async def test_no_sockets_left_is_our_own_fault(prober: Prober) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    async with listening(hangs) as listener:
        await prober.send(
            a_delivery(listener.port, timeout=timedelta(seconds=0.05))
        )  # all that is lazy is made
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
        try:
            failure = failure_of(await prober.send(a_delivery(listener.port)))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert (failure.kind, failure.phase) == (FailureKind.LOCAL, Phase.CONNECT)
    assert failure.message == "our own system refused: too many open files"


@pytest.mark.parametrize("url", ["", "nonsense", "ftp://127.0.0.1/", "http://", "http://[::1", "//x"])
async def test_a_url_that_is_none_is_our_own_fault(prober: Prober, url: str) -> None:
    assert failure_of(await prober.send(a_delivery(1, url=url))).kind is FailureKind.LOCAL


async def test_an_illegal_header_is_our_own_fault_and_is_not_quoted(prober: Prober) -> None:
    async with listening(hangs) as listener:
        headers = (("X-Secret", "s3cret\r\nX-Injected: 1"),)
        failure = failure_of(await prober.send(a_delivery(listener.port, headers=headers)))
    assert failure.kind is FailureKind.LOCAL
    assert "s3cret" not in failure.message


async def test_a_length_that_lies_is_our_own_fault(prober: Prober) -> None:
    async with listening(hangs) as listener:
        headers = (("Content-Length", "5"),)
        failure = failure_of(await prober.send(a_delivery(listener.port, headers=headers)))
    assert failure.kind is FailureKind.LOCAL


async def test_a_bug_of_ours_is_our_own_fault_and_is_logged(
    prober: Prober, capsys: pytest.CaptureFixture[str]
) -> None:
    async with listening(answers()) as listener:
        broken = a_delivery(listener.port, headers=((None, "correct-horse"),), hidden=("correct-horse",))
        failure = failure_of(await prober.send(broken))
    assert failure.kind is FailureKind.LOCAL
    assert failure.message == "the monitor itself failed here; its log says how"
    printed = capsys.readouterr().out
    assert "probe_failed_here" in printed
    assert "correct-horse" not in printed


async def test_misbehaving_listeners_leave_no_connection_open(prober: Prober) -> None:
    for behave in (hangs, resets, closes, answers(b"nonsense\r\n\r\n")):
        await failing(prober, behave)
    await asyncio.sleep(0.05)
    assert not prober._dialer._open  # nobody else can see it, and a leak would stop all probing in a day


async def test_connections_that_time_out_leave_no_socket_open(prober: Prober) -> None:
    with blackhole() as port:
        delivery = a_delivery(port, timeout=timedelta(seconds=0.02))
        await prober.send(delivery)  # all that is lazy is made
        before = open_files()
        for _ in range(5):
            await prober.send(delivery)
        await asyncio.sleep(0.02)
        assert open_files() == before


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    url=st.one_of(st.text(max_size=40), st.from_regex(r"https?://[!-~é☃]{0,30}", fullmatch=True)),
    headers=st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=3),
    method=st.text(max_size=5),
    hidden=st.lists(st.text(max_size=8), max_size=2),
)
def test_no_delivery_however_wrong_raises(
    url: str, headers: list[tuple[str, str]], method: str, hidden: list[str]
) -> None:
    async def send() -> Reply:
        prober = Prober(lambda: NOON, nameservers=("127.0.0.1:1",))
        wrong = a_delivery(
            1,
            url=url,
            headers=tuple(headers),
            method=method,
            hidden=tuple(hidden),
            timeout=timedelta(seconds=0.05),
            connect_to=("127.0.0.1", 1),
        )
        try:
            return await prober.send(wrong)
        finally:
            await prober.close()

    assert asyncio.run(send()).failure is not None
