"""TLS: one shared context per way of asking, and the expiry of what the listener showed."""

import asyncio
import os
import ssl
import sys
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import certifi
from cryptography import x509

from monitor.core.model import FailureKind, Phase, Tls
from monitor.probe.failures import Fault

REMEMBERED = 20_000  # chains; one per listener

Stamp = tuple[int, ...]


class Contexts:
    """SSL contexts, each made once, in a thread: loading the certificate authorities takes 20 ms.

    A context is made anew when one of its files changes: client certificates are replaced on disk.
    """

    def __init__(self) -> None:
        self._made: dict[Tls, tuple[Stamp, asyncio.Task[ssl.SSLContext]]] = {}

    async def get(self, tls: Tls) -> ssl.SSLContext:
        """Return the context. Raises Fault (our own) when a file is missing or not what it should be."""
        stamp = _stamp(tls)
        made = self._made.get(tls)
        if made is None or made[0] != stamp or _failed(made[1]):
            made = (stamp, asyncio.create_task(asyncio.to_thread(make_context, tls)))
            self._made[tls] = made
        return await asyncio.shield(made[1])

    async def close(self) -> None:
        await asyncio.gather(*(task for _, task in self._made.values()), return_exceptions=True)


def make_context(tls: Tls) -> ssl.SSLContext:
    """Build a context: TLS 1.2 or newer, and the system's authorities (or certifi's), or only ``tls.ca``."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if not tls.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif tls.ca is not None:
        _load(tls.ca, lambda: context.load_verify_locations(cafile=tls.ca))
    else:
        context.load_default_certs()
        if not context.cert_store_stats()["x509_ca"]:
            context.load_verify_locations(cafile=certifi.where())
    if tls.certificate is not None:
        certificate = tls.certificate
        # Without a password function OpenSSL would ask for one on the terminal.
        _load(certificate, lambda: context.load_cert_chain(certificate, tls.key, password=lambda: ""))
    return context


class Expiries:
    """When a listener's chain runs out. Parsed once per chain, so it costs a digest per handshake."""

    def __init__(self) -> None:
        self._known: dict[bytes, datetime | None] = {}

    def of(self, connection: ssl.SSLObject) -> datetime | None:
        """Return the earliest ``notAfter`` in the chain the listener sent, None if it cannot be read."""
        chain = sent_chain(connection)
        digest = sha256(b"".join(chain)).digest()
        if digest not in self._known:
            if len(self._known) >= REMEMBERED:
                self._known.pop(next(iter(self._known)))
            self._known[digest] = earliest_expiry(chain)
        return self._known[digest]


def sent_chain(connection: ssl.SSLObject) -> list[bytes]:
    """Return the certificates the listener sent, in DER."""
    if sys.version_info >= (3, 13):
        return connection.get_unverified_chain()
    import _ssl  # noqa: PLC0415  the constant has no public name before 3.13

    # The public method came with 3.13; the private one has been there, unchanged, since 3.10.
    chain = connection._sslobj.get_unverified_chain() or []  # type: ignore[attr-defined]  # noqa: SLF001
    return [certificate.public_bytes(_ssl.ENCODING_DER) for certificate in chain]


def earliest_expiry(chain: list[bytes]) -> datetime | None:
    """Return the earliest ``notAfter``; None when OpenSSL took a certificate that we cannot parse."""
    try:
        return min((x509.load_der_x509_certificate(der).not_valid_after_utc for der in chain), default=None)
    except ValueError:
        return None


def _stamp(tls: Tls) -> Stamp:
    """The age of the files, so that a new one is noticed. One that is gone is found out when it is read."""
    stamp = []
    for path in (tls.ca, tls.certificate, tls.key):
        try:
            stamp.append(Path(path).stat().st_mtime_ns if path else 0)
        except OSError:
            stamp.append(-1)
    return tuple(stamp)


def _failed(task: asyncio.Task[ssl.SSLContext]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


def _load(path: str, load: Callable[[], None]) -> None:
    try:
        load()
    except ssl.SSLError as error:
        problem = (error.reason or "not a PEM file").lower().replace("_", " ")
        raise Fault(FailureKind.LOCAL, f"{path} cannot be used: {problem}", phase=Phase.TLS) from error
    except OSError as error:
        problem = os.strerror(error.errno or 0).lower()
        raise Fault(FailureKind.LOCAL, f"{path} cannot be read: {problem}", phase=Phase.TLS) from error
