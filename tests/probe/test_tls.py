"""TLS: who is trusted, what is shown, when the certificate runs out."""

import asyncio
import os
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from monitor.core.model import Failure, FailureKind, Phase, Reply, Tls
from monitor.probe import Prober
from monitor.probe.tls import Contexts, Expiries, earliest_expiry
from tests.fakes.listener import Line, answers, closes, hangs, listening, nobody, shakes_hands
from tests.probe.conftest import Authority, a_delivery

pytestmark = pytest.mark.real
SOON = timedelta(seconds=0.3)
TOMORROW = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)


def failure_of(reply: Reply) -> Failure:
    assert reply.http_status is None
    assert reply.failure is not None
    return reply.failure


async def test_a_listener_of_a_private_authority_is_trusted_when_named(
    prober: Prober, authority: Authority
) -> None:
    async with listening(answers(), tls=authority.server(not_after=TOMORROW)) as listener:
        reply = await prober.send(a_delivery(listener.port, scheme="https", tls=Tls(ca=authority.path)))
    assert reply.http_status == 200
    assert reply.phases.tls is not None
    assert reply.certificate_expires_at == TOMORROW


async def test_a_stranger_is_refused(prober: Prober, authority: Authority) -> None:
    async with listening(answers(), tls=authority.server()) as listener:
        reply = await prober.send(a_delivery(listener.port, scheme="https"))
    failure = failure_of(reply)
    assert (failure.kind, failure.phase) == (FailureKind.TLS_FAILED, Phase.TLS)
    assert failure.message.startswith("the certificate was refused: ")
    assert reply.phases.tls is not None
    assert reply.phases.send is None


async def test_verification_can_be_off(prober: Prober, authority: Authority) -> None:
    async with listening(answers(), tls=authority.server("elsewhere.example")) as listener:
        reply = await prober.send(a_delivery(listener.port, scheme="https", tls=Tls(verify=False)))
    assert reply.http_status == 200
    assert reply.certificate_expires_at is not None


async def test_an_expired_certificate_is_refused_in_words(prober: Prober, authority: Authority) -> None:
    past = {"not_before": datetime(2020, 1, 1, tzinfo=UTC), "not_after": datetime(2021, 1, 1, tzinfo=UTC)}
    async with listening(answers(), tls=authority.server(**past)) as listener:
        delivery = a_delivery(listener.port, scheme="https", tls=Tls(ca=authority.path))
        assert failure_of(await prober.send(delivery)).message == (
            "the certificate was refused: certificate has expired"
        )


async def test_a_wrong_name_is_refused(prober: Prober, authority: Authority) -> None:
    async with listening(answers(), tls=authority.server("elsewhere.example")) as listener:
        delivery = a_delivery(listener.port, scheme="https", tls=Tls(ca=authority.path))
        assert failure_of(await prober.send(delivery)).kind is FailureKind.TLS_FAILED


async def test_the_public_name_is_asked_for_and_verified_when_we_connect_elsewhere(
    prober: Prober, authority: Authority
) -> None:
    asked: list[str | None] = []
    context = authority.server("hooks.example.com")
    context.sni_callback = lambda _, name, __: asked.append(name)
    async with listening(answers(), tls=context) as listener:
        delivery = a_delivery(
            listener.port,
            url="https://hooks.example.com/",
            connect_to=("127.0.0.1", listener.port),
            tls=Tls(ca=authority.path),
        )
        assert (await prober.send(delivery)).http_status == 200
    assert asked == ["hooks.example.com"]
    assert b"\r\nHost: hooks.example.com\r\n" in listener.heard[0]


async def test_a_handshake_reads_an_expired_certificate_and_sends_nothing(
    prober: Prober, authority: Authority
) -> None:
    expired = datetime(2021, 1, 1, tzinfo=UTC)
    context = authority.server(not_before=datetime(2020, 1, 1, tzinfo=UTC), not_after=expired)
    async with listening(answers(), tls=context) as listener:
        reply = await prober.send(a_delivery(listener.port, scheme="https", handshake_only=True))
        await asyncio.wait_for(listener.hung_up.wait(), 2)
        assert listener.heard == []
    assert reply.failure is None
    assert reply.http_status is None
    assert reply.certificate_expires_at == expired
    assert reply.phases.tls is not None
    assert reply.phases.send is None


async def test_the_earliest_of_the_chain_counts(prober: Prober) -> None:
    """An intermediate that runs out breaks a listener whose own certificate is still good."""
    root = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    middle = root.create_child_ca()
    issued = middle.issue_cert("127.0.0.1", not_after=TOMORROW + timedelta(days=9))
    issued.configure_cert(context)
    async with listening(answers(), tls=context) as listener:
        reply = await prober.send(a_delivery(listener.port, scheme="https", handshake_only=True))
    chain = [ssl.PEM_cert_to_DER_cert(pem.bytes().decode()) for pem in issued.cert_chain_pems]
    assert len(chain) == 2
    assert reply.certificate_expires_at == earliest_expiry(chain)


async def test_a_chain_is_parsed_once(authority: Authority) -> None:
    expiries = Expiries()
    async with listening(hangs, tls=authority.server()) as listener:
        for _ in range(2):
            context = ssl.create_default_context(cafile=authority.path)
            _, writer = await asyncio.open_connection("127.0.0.1", listener.port, ssl=context)
            assert expiries.of(writer.get_extra_info("ssl_object")) is not None
            writer.transport.abort()
    assert len(expiries._known) == 1  # what it costs is what matters here, and nothing outside shows it


def test_a_chain_that_cannot_be_parsed_tells_nothing() -> None:
    assert earliest_expiry([b"nonsense"]) is None
    assert earliest_expiry([]) is None


async def test_a_client_certificate_is_shown(prober: Prober, authority: Authority) -> None:
    context = authority.server()
    context.verify_mode = ssl.CERT_REQUIRED
    authority.ca.configure_trust(context)
    certificate, key = authority.client()
    shown = Tls(ca=authority.path, certificate=certificate, key=key)
    async with listening(answers(), tls=context) as listener:
        assert (await prober.send(a_delivery(listener.port, scheme="https", tls=shown))).http_status == 200


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_missing_client_certificate_is_a_tls_failure(
    prober: Prober, authority: Authority, newest: ssl.TLSVersion
) -> None:
    """With TLS 1.3 the refusal comes after the handshake, in place of the answer."""
    context = authority.server()
    context.maximum_version = newest
    context.verify_mode = ssl.CERT_REQUIRED
    authority.ca.configure_trust(context)
    async with listening(shakes_hands(context)) as listener:
        delivery = a_delivery(listener.port, scheme="https", tls=Tls(ca=authority.path))
        failure = failure_of(await prober.send(delivery))
    assert failure.kind is FailureKind.TLS_FAILED
    assert failure.message.startswith("TLS failed: ")


async def test_a_listener_of_old_tls_only_is_a_tls_failure(prober: Prober) -> None:
    async def old(line: Line) -> None:
        await line.reader.read(100)
        await line.say(b"\x15\x03\x01\x00\x02\x02\x46")  # alert: fatal, protocol version

    async with listening(old) as listener:
        failure = failure_of(await prober.send(a_delivery(listener.port, scheme="https")))
    assert (failure.kind, failure.phase) == (FailureKind.TLS_FAILED, Phase.TLS)
    assert "protocol version" in failure.message


async def test_tls_to_a_plain_port_is_a_tls_failure(prober: Prober) -> None:
    async def plain(line: Line) -> None:
        await line.reader.read(100)
        await line.say(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with listening(plain) as listener:
        failure = failure_of(
            await prober.send(a_delivery(listener.port, scheme="https", tls=Tls(verify=False)))
        )
    assert (failure.kind, failure.phase) == (FailureKind.TLS_FAILED, Phase.TLS)
    assert failure.message == "the listener does not speak TLS on this port"


async def test_tls_to_a_listener_that_greets_first_is_a_tls_failure(prober: Prober) -> None:
    async def greets(line: Line) -> None:
        await line.say(b"220 mail.example.com ESMTP\r\n")
        await line.gone()

    async with listening(greets) as listener:
        failure = failure_of(await prober.send(a_delivery(listener.port, scheme="https")))
    assert (failure.kind, failure.phase) == (FailureKind.TLS_FAILED, Phase.TLS)


async def test_a_handshake_that_hangs_times_out_in_its_phase(prober: Prober) -> None:
    async def mute(line: Line) -> None:
        await line.gone()

    with nobody() as port:
        await prober.send(a_delivery(port, scheme="https"))  # the authorities are loaded once
    async with listening(mute) as listener:
        reply = await prober.send(a_delivery(listener.port, scheme="https", timeout=SOON))
    failure = failure_of(reply)
    assert (failure.kind, failure.phase) == (FailureKind.TIMED_OUT, Phase.TLS)
    assert reply.phases.tls is not None
    assert reply.phases.tls <= 0.4


async def test_hanging_up_in_the_handshake_is_a_reset(prober: Prober) -> None:
    async def leaves(line: Line) -> None:
        await line.reader.read(100)

    async with listening(leaves) as listener:
        failure = failure_of(await prober.send(a_delivery(listener.port, scheme="https")))
    assert (failure.kind, failure.phase) == (FailureKind.RESET, Phase.TLS)


async def test_hanging_up_after_the_handshake_is_a_reset(prober: Prober, authority: Authority) -> None:
    async with listening(closes, tls=authority.server()) as listener:
        delivery = a_delivery(listener.port, scheme="https", tls=Tls(ca=authority.path))
        failure = failure_of(await prober.send(delivery))
    assert (failure.kind, failure.phase) == (FailureKind.RESET, Phase.WAIT)


async def test_a_large_body_over_tls_arrives_whole(prober: Prober, authority: Authority) -> None:
    body = bytes(range(256)) * 4096
    async with listening(answers(), tls=authority.server()) as listener:
        delivery = a_delivery(listener.port, scheme="https", tls=Tls(ca=authority.path), body=body)
        assert (await prober.send(delivery)).http_status == 200
        assert listener.heard[0].endswith(body)


async def test_an_endless_body_over_tls_is_cut(prober: Prober, authority: Authority) -> None:
    async def pours(line: Line) -> None:
        await line.request()
        await line.say(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            await line.say(b"x" * 60_000)

    async with listening(pours, tls=authority.server()) as listener:
        delivery = a_delivery(listener.port, scheme="https", tls=Tls(ca=authority.path))
        reply = await prober.send(delivery)
        await asyncio.wait_for(listener.hung_up.wait(), 2)
    assert reply.truncated


async def test_files_that_are_missing_or_no_pem_are_our_own_fault(
    prober: Prober, authority: Authority, tmp_path: Path
) -> None:
    noise = tmp_path / "noise.pem"
    noise.write_text("no certificate")
    for bad in (
        Tls(ca="/nowhere/ca.pem"),
        Tls(ca=str(noise)),
        Tls(certificate=str(noise), key=str(noise)),
        Tls(certificate=authority.path, key=str(noise)),
    ):
        failure = failure_of(await prober.send(a_delivery(1, scheme="https", tls=bad)))
        assert (failure.kind, failure.phase) == (FailureKind.LOCAL, Phase.TLS)
        assert "/" in failure.message


async def test_a_context_is_made_once_and_again_when_a_file_changes(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    contexts = Contexts()
    tls = Tls(ca=str(path))
    first, again = await asyncio.gather(contexts.get(tls), contexts.get(tls))
    assert first is again
    assert await contexts.get(Tls()) is not first
    stat = path.stat()
    trustme.CA().cert_pem.write_to_path(str(path))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000))
    assert await contexts.get(tls) is not first


async def test_a_bad_file_that_is_mended_is_read_again(
    tmp_path: Path, authority: Authority, prober: Prober
) -> None:
    path = tmp_path / "ca.pem"
    async with listening(answers(), tls=authority.server()) as listener:
        delivery = a_delivery(listener.port, scheme="https", tls=Tls(ca=str(path)))
        assert failure_of(await prober.send(delivery)).kind is FailureKind.LOCAL
        authority.ca.cert_pem.write_to_path(str(path))
        assert (await prober.send(delivery)).http_status == 200


async def test_the_default_context_trusts_the_world_from_tls_1_2_on() -> None:
    context = await Contexts().get(Tls())
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.cert_store_stats()["x509_ca"] > 50
