"""A real name server on loopback: it knows what a test tells it, and counts what it is asked."""

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

A, AAAA = 1, 28
NXDOMAIN, SERVFAIL, REFUSED = 3, 2, 5


class NameServer(asyncio.DatagramProtocol):
    """``zone``: name → addresses, or an error code, or None to stay silent. Unknown names do not exist."""

    def __init__(self, zone: Mapping[str, tuple[str, ...] | int | None], ttl: int) -> None:
        self.zone = dict(zone)
        self.asked: Counter[str] = Counter()  # questions for IPv4 addresses, by name
        self.spoken_to = asyncio.Event()
        self.address = ""
        self._unanswered: list[tuple[bytes, tuple[str, int]]] = []
        self._ttl = ttl
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport
        self.address = "127.0.0.1:{}".format(transport.get_extra_info("sockname")[1])

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        name, kind, _ = _question(data)
        if kind == A:
            self.asked[name] += 1
        self.spoken_to.set()
        self._reply(data, addr)

    def _reply(self, data: bytes, addr: tuple[str, int]) -> None:
        name, kind, question = _question(data)
        known = self.zone.get(name, NXDOMAIN)
        if known is None:
            self._unanswered.append((data, addr))
        elif self._transport is not None:
            self._transport.sendto(self._answer(data[:2], known, kind, question), addr)

    def end_silence(self, name: str, addresses: tuple[str, ...]) -> None:
        """Answer at last what was asked, and what will be."""
        self.zone[name] = addresses
        unanswered, self._unanswered = self._unanswered, []
        for data, addr in unanswered:
            self._reply(data, addr)

    def _answer(self, ident: bytes, known: tuple[str, ...] | int, kind: int, question: bytes) -> bytes:
        addresses = [] if isinstance(known, int) else [_packed(one) for one in known]
        records = [packed for packed in addresses if len(packed) == (4 if kind == A else 16)]
        code = known if isinstance(known, int) else 0
        head = ident + struct.pack("!HHHHH", 0x8580 | code, 1, len(records), 0, 0)
        return (
            head
            + question
            + b"".join(
                b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, self._ttl, len(packed)) + packed
                for packed in records
            )
        )


def _packed(address: str) -> bytes:
    return socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)


def _question(data: bytes) -> tuple[str, int, bytes]:
    labels, at = [], 12
    while length := data[at]:
        labels.append(data[at + 1 : at + 1 + length].decode("ascii").lower())
        at += 1 + length
    return ".".join(labels), struct.unpack("!H", data[at + 1 : at + 3])[0], data[12 : at + 5]


@asynccontextmanager
async def name_server(
    zone: Mapping[str, tuple[str, ...] | int | None], *, ttl: int = 0
) -> AsyncIterator[NameServer]:
    """Answer for a zone on a free port of loopback; ``address`` is host:port."""
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(
        lambda: NameServer(zone, ttl), local_addr=("127.0.0.1", 0)
    )
    try:
        yield server
    finally:
        transport.close()
