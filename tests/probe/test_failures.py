"""Foreign errors become our words, whatever library wrapped them."""

import errno
import ssl

import pytest
from aiodns import error as dns

from monitor.core.model import Failure, FailureKind, Phase
from monitor.probe.failures import explain, late
from monitor.probe.trail import Trail


def a_trail(phase: Phase = Phase.CONNECT, *, heard: bool = False) -> Trail:
    trail = Trail(lambda: 0.0)
    trail.enter(phase)
    trail.heard = heard
    trail.address = "192.0.2.1:443"
    return trail


def explained(error: BaseException, trail: Trail | None = None) -> Failure:
    failure = explain(error, trail or a_trail())
    assert failure is not None
    return failure


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.EMFILE, FailureKind.LOCAL),
        (errno.ENFILE, FailureKind.LOCAL),
        (errno.ENETDOWN, FailureKind.LOCAL),
        (errno.ENOBUFS, FailureKind.LOCAL),
        (errno.EADDRNOTAVAIL, FailureKind.LOCAL),
        (errno.ENOMEM, FailureKind.LOCAL),
        (errno.EPERM, FailureKind.LOCAL),
        (errno.ECONNREFUSED, FailureKind.REFUSED),
        (errno.EHOSTUNREACH, FailureKind.UNREACHABLE),
        (errno.ENETUNREACH, FailureKind.UNREACHABLE),
        (errno.ETIMEDOUT, FailureKind.TIMED_OUT),
        (errno.ECONNRESET, FailureKind.RESET),
        (errno.EPIPE, FailureKind.RESET),
    ],
)
def test_each_number_of_the_system_has_its_kind(number: int, kind: FailureKind) -> None:
    failure = explained(OSError(number, "[Errno] Connect call failed ('192.0.2.1', 443)"))
    assert (failure.kind, failure.phase) == (kind, Phase.CONNECT)
    assert "Errno" not in failure.message
    assert "Error" not in failure.message


def test_a_reset_after_the_first_byte_is_a_broken_answer() -> None:
    failure = explained(ConnectionResetError(errno.ECONNRESET, ""), a_trail(Phase.RECEIVE, heard=True))
    assert failure.kind is FailureKind.BROKEN_ANSWER


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (dns.ARES_ENOTFOUND, FailureKind.NAME_NOT_FOUND),
        (dns.ARES_ENODATA, FailureKind.NAME_NOT_FOUND),
        (dns.ARES_EBADNAME, FailureKind.NAME_NOT_FOUND),
        (dns.ARES_ESERVFAIL, FailureKind.RESOLVER_FAILED),
        (dns.ARES_EREFUSED, FailureKind.RESOLVER_FAILED),
        (dns.ARES_ECONNREFUSED, FailureKind.RESOLVER_FAILED),
        (dns.ARES_ETIMEOUT, FailureKind.RESOLVER_FAILED),
        (dns.ARES_EBADRESP, FailureKind.RESOLVER_FAILED),
        (dns.ARES_ENOMEM, FailureKind.LOCAL),
        (dns.ARES_EFILE, FailureKind.RESOLVER_FAILED),
        (dns.ARES_EDESTRUCTION, FailureKind.LOCAL),
    ],
)
def test_each_answer_of_the_resolver_has_its_kind(code: int, kind: FailureKind) -> None:
    assert explained(dns.DNSError(code, "Some words"), a_trail(Phase.RESOLVE)).kind is kind


def test_an_error_in_foreign_wrapping_is_found() -> None:
    wrapped = RuntimeError("All connection attempts failed")
    wrapped.__cause__ = OSError(errno.ECONNREFUSED, "x")
    assert explained(wrapped).kind is FailureKind.REFUSED


def test_an_error_we_do_not_know_is_not_explained() -> None:
    assert explain(ValueError("x"), a_trail()) is None


def test_a_certificate_is_refused_in_the_words_of_openssl() -> None:
    error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")
    error.verify_message = "certificate has expired"
    failure = explained(error, a_trail(Phase.TLS))
    assert failure.kind is FailureKind.TLS_FAILED
    assert failure.message == "the certificate was refused: certificate has expired"


def test_a_deadline_before_any_phase_is_our_own_fault() -> None:
    failure = late(Trail(lambda: 0.0), 10.0)
    assert failure.kind is FailureKind.LOCAL


def test_the_watch_adds_up_a_phase_that_is_entered_twice() -> None:
    times = iter([1.0, 2.0, 2.0, 5.0, 5.0, 9.0])
    trail = Trail(lambda: next(times))
    trail.enter(Phase.WAIT)
    trail.enter(Phase.RECEIVE)
    trail.enter(Phase.WAIT)
    trail.stop()
    phases = trail.phases()
    assert (phases.wait, phases.receive, phases.connect) == (5.0, 3.0, None)
