"""What a listener said is made harmless: redacted first, capped after, safe to print."""

import base64
import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.redact import DOTS, Redactor
from monitor.probe import Prober, answer
from monitor.probe.answer import BODY_CAP
from tests.fakes.listener import Line, answers, listening
from tests.probe.conftest import a_delivery

SECRET = "whsec_correct-horse-battery"


def body_of(
    raw: bytes, *headers: tuple[bytes, bytes], hidden: tuple[str, ...] = (), cut: bool = False
) -> tuple[str, bool]:
    spare = answer.margin(hidden)
    return answer.body(raw, said=headers, redactor=Redactor(hidden), margin=spare, cut=cut)


def test_a_gzip_body_is_unpacked() -> None:
    assert body_of(gzip.compress(b"hello"), (b"Content-Encoding", b"GZIP")) == ("hello", False)


@pytest.mark.parametrize("packed", [zlib.compress(b"hello"), zlib.compress(b"hello")[2:-4]])
def test_a_deflate_body_is_unpacked_in_both_dialects(packed: bytes) -> None:
    assert body_of(packed, (b"content-encoding", b"deflate")) == ("hello", False)


def test_a_bomb_is_contained() -> None:
    text, truncated = body_of(gzip.compress(b"0" * 50_000_000), (b"content-encoding", b"gzip"))
    assert truncated
    assert text == "0" * BODY_CAP


def test_a_broken_packing_is_shown_as_far_as_it_goes() -> None:
    packed = gzip.compress(b"hello " * 1000)
    text, _ = body_of(packed[: len(packed) // 2], (b"content-encoding", b"gzip"))
    assert text.startswith("hello") or text == ""
    assert body_of(b"no gzip at all", (b"content-encoding", b"gzip")) == ("no gzip at all", False)


def test_a_packing_we_do_not_know_is_named() -> None:
    assert body_of(b"\x0b\x02\x80", (b"content-encoding", b"br")) == ("[br-encoded body, 3 bytes]", False)


def test_the_charset_of_the_answer_is_used() -> None:
    assert body_of("grüß".encode("latin-1"), (b"content-type", b"text/html; charset=ISO-8859-1")) == (
        "grüß",
        False,
    )
    assert body_of("grüß".encode(), (b"content-type", b"text/html")) == ("grüß", False)
    assert (
        body_of("дом".encode("cp1251"), (b"content-type", b'text/plain; charset="windows-1251"; x=1'))[0]
        == "дом"
    )


@pytest.mark.parametrize(
    "name", ["zlib", "base64", "idna", "punycode", "unicode_escape", "rot13", "no\0such", "x" * 99]
)
def test_a_charset_that_is_no_plain_text_is_read_as_utf8(name: str) -> None:
    assert body_of(b"hello", (b"content-type", f"text/plain; charset={name}".encode())) == ("hello", False)


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert body_of(b"a\xff\xfeb") == ("a\ufffd\ufffdb", False)


def test_control_characters_cannot_reach_a_terminal_or_turn_a_page() -> None:
    text, _ = body_of("a\x00b\x1b[31mc\x9b\u202ed\u2066e\tf\r\ng".encode())
    assert text == "a\ufffdb\ufffd[31mc\ufffd\ufffdd\ufffde\tf\r\ng"


def test_a_secret_is_gone_from_body_and_headers() -> None:
    for coat in (SECRET, base64.b64encode(SECRET.encode()).decode(), SECRET.encode().hex()):
        assert body_of(f"key={coat}!".encode(), hidden=(SECRET,)) == (f"key={DOTS}!", False)
        raw = [(b"X-Echo", coat.encode()), (b"x-" + SECRET.encode(), b"1")]
        told = answer.headers(raw, Redactor((SECRET,)))
        assert told == (("x-echo", DOTS), (f"x-{DOTS}", "1"))


def test_a_secret_in_a_packed_body_is_gone() -> None:
    packed = gzip.compress(f"key={SECRET}!".encode())
    assert body_of(packed, (b"content-encoding", b"gzip"), hidden=(SECRET,)) == (f"key={DOTS}!", False)


@pytest.mark.parametrize("offset", range(-2, 30, 3))
def test_a_secret_across_the_cap_leaves_no_half(offset: int) -> None:
    spare = answer.margin((SECRET,))
    whole = b"x" * (BODY_CAP - offset) + SECRET.encode() * 100
    text, truncated = body_of(whole[: BODY_CAP + spare], hidden=(SECRET,), cut=True)
    assert truncated
    assert "whs" not in text


def test_many_secrets_before_the_cap_do_not_pull_half_a_one_in() -> None:
    """Dots are shorter than what they hide: what was read beyond the cap moves before it."""
    spare = answer.margin((SECRET,))
    whole = SECRET.encode() * 10_000
    for extra in range(len(SECRET)):
        text, _ = body_of(whole[: BODY_CAP + spare - extra], hidden=(SECRET,), cut=True)
        assert "whsec" not in text
        assert "correct" not in text


def test_a_long_header_is_redacted_before_it_is_cut() -> None:
    value = b"x" * (answer.VALUE_CAP - 5) + SECRET.encode()
    assert answer.headers([(b"a", value)], Redactor((SECRET,)))[0][1].endswith("x" + DOTS)


def test_a_message_is_one_short_harmless_line() -> None:
    told = answer.message(f"a\nb\x1b {SECRET} " + "c" * 900, Redactor((SECRET,)))
    assert told.startswith(f"a b\ufffd {DOTS} c")
    assert len(told) == answer.MESSAGE_CAP


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"gzip", b"deflate", b"br", b"\xff"]),
    st.binary(max_size=30),
)
def test_any_bytes_become_harmless_text(raw: bytes, coding: bytes, charset: bytes) -> None:
    headers = ((b"content-encoding", coding), (b"content-type", b"text/plain; charset=" + charset))
    text, _ = body_of(raw, *headers, hidden=(SECRET,))
    text.encode("utf-8", "surrogatepass")
    assert not set(text) & {"\0", "\x1b", "\x7f", "\u202e"}


@pytest.mark.real
async def test_what_a_listener_echoes_never_leaves_the_door(prober: Prober) -> None:
    async def echoes(line: Line) -> None:
        await line.request()
        await line.say(
            b"HTTP/1.1 401 No\r\nX-Got: " + SECRET.encode() + b"\r\n\r\nbad key " + SECRET.encode()
        )

    async with listening(echoes) as listener:
        headers = (("X-Key", SECRET),)
        reply = await prober.send(a_delivery(listener.port, headers=headers, hidden=(SECRET,)))
    assert SECRET not in repr(reply)
    assert reply.body == f"bad key {DOTS}"


@pytest.mark.real
async def test_a_failure_does_not_quote_a_secret(prober: Prober) -> None:
    async with listening(answers(SECRET.encode() + b"\r\n\r\n")) as listener:
        reply = await prober.send(a_delivery(listener.port, hidden=(SECRET,)))
    assert reply.failure is not None
    assert DOTS in reply.failure.message
    assert SECRET not in repr(reply)


@pytest.mark.real
async def test_nothing_packed_is_asked_for_unless_the_delivery_does(prober: Prober) -> None:
    async with listening(answers()) as listener:
        await prober.send(a_delivery(listener.port))
        await prober.send(a_delivery(listener.port, headers=(("Accept-Encoding", "gzip"),)))
    assert b"accept-encoding" not in listener.heard[0].lower()
    assert b"Accept-Encoding: gzip\r\n" in listener.heard[1]


@pytest.mark.real
async def test_an_endless_bomb_is_cut_on_the_wire(prober: Prober) -> None:
    """Empty deflate blocks: bytes without end that unpack to nothing."""
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"")[:10]
    async with listening(answers(head + b"\x00\x00\x00\xff\xff" * 400_000)) as listener:
        reply = await prober.send(a_delivery(listener.port))
    assert reply.truncated
    assert reply.body == ""
