"""From a target to a connection that stands: resolve, connect, TLS."""

import asyncio
import errno
import ssl
from dataclasses import dataclass
from typing import cast

from monitor.core.model import FailureKind, Phase, Tls
from monitor.probe.failures import Fault
from monitor.probe.names import Names, known
from monitor.probe.stream import Stream
from monitor.probe.tls import Contexts, Expiries
from monitor.probe.trail import Trail

EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS})
ENOUGH = 3.0  # seconds for an address that is not the last: a dead IPv6 must not take the whole deadline
GOODBYE = 1.0  # seconds a listener has to answer our "closing" in TLS


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Whom to speak to. ``host`` is the name on the envelope (SNI, certificate); we knock at ``address``.

    ``tls`` is None for plain HTTP.
    """

    host: str
    address: tuple[str, int]
    tls: Tls | None


class Dialer:
    """Opens connections, and knows all that are open."""

    def __init__(self, names: Names, *, enough: float = ENOUGH) -> None:
        self._names = names
        self._enough = enough
        self._contexts = Contexts()
        self._expiries = Expiries()
        self._open: set[Stream] = set()

    async def dial(self, target: Target, trail: Trail) -> Stream:
        """Return a connection that stands; ``trail`` has its phases, address and certificate.

        Raises Fault, OSError, ssl.SSLError, DNSError. The context is made before the watch starts: waiting
        for it (once in a process) is our own time.
        """
        context = await self._contexts.get(target.tls) if target.tls else None
        host, port = target.address
        addresses = known(host)
        if addresses is None:
            trail.enter(Phase.RESOLVE)
            addresses = await self._names.addresses(host)
        trail.enter(Phase.CONNECT)
        stream = await self._first(addresses, port, trail)
        self._open.add(stream)
        try:
            if context is not None:
                trail.enter(Phase.TLS)
                await self._secure(stream, context, target.host)
                trail.expires_at = stream.expires_at
        except BaseException:
            stream.abort()
            self._open.discard(stream)
            raise
        return stream

    async def close(self) -> None:
        """Hang up everywhere."""
        for stream in tuple(self._open):
            stream.abort()
        await self._contexts.close()
        await self._names.close()
        await asyncio.sleep(0)  # let the loop close what was aborted

    async def _first(self, addresses: tuple[str, ...], port: int, trail: Trail) -> Stream:
        """Connect to the first address that answers. Refusals tell most, so one is what we report."""
        failures: list[OSError] = []
        for address in addresses:
            trail.address = _spelled(address, port)
            try:
                return await self._connect(address, port, None if address == addresses[-1] else self._enough)
            except OSError as error:
                if error.errno in EXHAUSTED:
                    raise
                failures.append(error)
        raise next((e for e in failures if isinstance(e, ConnectionRefusedError)), failures[0])

    async def _connect(self, address: str, port: int, patience: float | None) -> Stream:
        loop = asyncio.get_running_loop()
        limit = asyncio.timeout(patience)
        try:
            async with limit:
                _, stream = await loop.create_connection(lambda: Stream(self._open.discard), address, port)
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise TimeoutError(errno.ETIMEDOUT, "silent") from error
        stream.address = _spelled(address, port)
        return stream

    async def _secure(self, stream: Stream, context: ssl.SSLContext, host: str) -> None:
        if not stream.quiet:
            raise Fault(FailureKind.TLS_FAILED, "the listener does not speak TLS on this port")
        transport = await asyncio.get_running_loop().start_tls(
            stream.transport,
            stream,
            context,
            server_hostname=host.rstrip("."),
            ssl_handshake_timeout=3600,  # the probe's own deadline is the one that counts
            ssl_shutdown_timeout=GOODBYE,
        )
        if transport is None:  # the loop says so when the listener hung up in between
            raise ConnectionResetError(errno.ECONNRESET, "closed during the handshake")
        stream.use(transport)
        stream.expires_at = self._expiries.of(cast("ssl.SSLObject", transport.get_extra_info("ssl_object")))


def _spelled(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
