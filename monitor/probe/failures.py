"""Every way a probe can fail, told in plain words. This is the one place where foreign errors are read."""

import errno
import os
import ssl
from collections.abc import Iterator

from aiodns.error import (
    ARES_EBADNAME,
    ARES_ECANCELLED,
    ARES_EDESTRUCTION,
    ARES_ENODATA,
    ARES_ENOMEM,
    ARES_ENONAME,
    ARES_ENOTFOUND,
    ARES_ENOTINITIALIZED,
    ARES_ETIMEOUT,
    DNSError,
)

from monitor.core.model import Failure, FailureKind, Phase
from monitor.probe.trail import Trail

OURS = frozenset(
    {
        errno.EMFILE,
        errno.ENFILE,
        errno.ENETDOWN,
        errno.ENOBUFS,
        errno.EADDRNOTAVAIL,
        errno.ENOMEM,
        errno.EACCES,  # our own firewall
        errno.EPERM,
    }
)
NO_WAY = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.EAFNOSUPPORT})
BROKEN = frozenset({errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED, errno.ESHUTDOWN, errno.ENOTCONN})
NO_SUCH_NAME = frozenset({ARES_ENOTFOUND, ARES_ENODATA, ARES_ENONAME, ARES_EBADNAME})
RESOLVER_OURS = frozenset({ARES_ECANCELLED, ARES_EDESTRUCTION, ARES_ENOMEM, ARES_ENOTINITIALIZED})
NOT_TLS = frozenset(
    {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"}
)
DOING = {
    Phase.RESOLVE: "looking up the name",
    Phase.CONNECT: "connecting",
    Phase.TLS: "agreeing on TLS",
    Phase.SEND: "sending the request",
    Phase.WAIT: "waiting for the answer",
    Phase.RECEIVE: "receiving the answer",
}
BUG = "the monitor itself failed here; its log says how"


class Fault(Exception):
    """A failure that we saw ourselves, already in words. ``phase`` where it differs from the trail's."""

    def __init__(self, kind: FailureKind, message: str, *, phase: Phase | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.phase = phase


def late(trail: Trail, seconds: float) -> Failure:
    """The total deadline passed. Before any phase began we had only ourselves to wait for."""
    if trail.phase is None:
        message = "the probe could not begin in time"
        return Failure(kind=FailureKind.LOCAL, phase=Phase.RESOLVE, message=message)
    what = DOING[trail.phase]
    where = f" to {trail.address}" if trail.phase is Phase.CONNECT and trail.address else ""
    message = f"{seconds:g} s passed while {what}{where}"
    return Failure(kind=FailureKind.TIMED_OUT, phase=trail.phase, message=message)


def explain(error: BaseException, trail: Trail) -> Failure | None:
    """Return the failure an error stands for, or None where it is none we know: then it is our bug."""
    for cause in _chain(error):
        known = _known(cause, trail)
        if known is not None:
            kind, message = known
            phase = cause.phase if isinstance(cause, Fault) and cause.phase else trail.phase
            return Failure(kind=kind, phase=phase or Phase.RESOLVE, message=message)
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The innermost cause says most: libraries wrap it in words. What we said ourselves stands."""
    if isinstance(error, Fault):
        return iter((error,))
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or current.__context__
    return reversed(chain)


def _known(error: BaseException, trail: Trail) -> tuple[FailureKind, str] | None:
    match error:
        case Fault():
            return error.kind, error.message
        case DNSError():
            return _resolver(error)
        case ssl.SSLError():
            return _tls(error, trail)
        case OSError():
            return _system(error, trail)
    return None


def _resolver(error: DNSError) -> tuple[FailureKind, str]:
    code = error.args[0] if error.args else None
    if code == ARES_ENODATA:
        return FailureKind.NAME_NOT_FOUND, "the name has no address"
    if code == ARES_EBADNAME:
        return FailureKind.NAME_NOT_FOUND, "the name is not a valid host name"
    if code in NO_SUCH_NAME:
        return FailureKind.NAME_NOT_FOUND, "the name does not exist"
    if code in RESOLVER_OURS:
        return FailureKind.LOCAL, "the look-up of the name broke off inside the monitor"
    if code == ARES_ETIMEOUT:
        return FailureKind.RESOLVER_FAILED, "no name server answered"
    words = str(error.args[1]) if len(error.args) > 1 else "the look-up failed"
    return FailureKind.RESOLVER_FAILED, f"the name server could not say: {words.lower()}"


def _tls(error: ssl.SSLError, trail: Trail) -> tuple[FailureKind, str]:
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return _broken(trail)
    if isinstance(error, ssl.SSLCertVerificationError):
        return FailureKind.TLS_FAILED, f"the certificate was refused: {error.verify_message}"
    reason = error.reason or "no reason given"
    if reason in NOT_TLS:
        return FailureKind.TLS_FAILED, "the listener does not speak TLS on this port"
    return FailureKind.TLS_FAILED, f"TLS failed: {reason.lower().replace('_', ' ')}"


def _system(error: OSError, trail: Trail) -> tuple[FailureKind, str] | None:
    if error.errno in OURS:
        return FailureKind.LOCAL, f"our own system refused: {_words(error)}"
    if error.errno == errno.ECONNREFUSED:
        return FailureKind.REFUSED, f"{trail.address or 'the listener'} refused the connection"
    if error.errno in NO_WAY:
        return FailureKind.UNREACHABLE, f"no way to {trail.address or 'the listener'}: {_words(error)}"
    if error.errno == errno.ETIMEDOUT:
        return FailureKind.TIMED_OUT, f"the network gave up while {DOING[trail.phase or Phase.CONNECT]}"
    if error.errno in BROKEN or isinstance(error, ConnectionError):
        return _broken(trail)
    return None


def _broken(trail: Trail) -> tuple[FailureKind, str]:
    if not trail.heard:
        doing = DOING[trail.phase or Phase.CONNECT]
        return FailureKind.RESET, f"the connection was closed from outside while {doing}"
    status = f"it answered {trail.http_status}, but " if trail.http_status else ""
    return FailureKind.BROKEN_ANSWER, f"{status}the answer broke off"


def _words(error: OSError) -> str:
    """The system's words for a number, without the addresses libraries put around them."""
    return os.strerror(error.errno or 0).lower()
