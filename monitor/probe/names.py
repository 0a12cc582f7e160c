"""Names to addresses, without ever blocking the loop or a thread."""

import asyncio
import ipaddress
import socket
from collections.abc import Sequence

from aiodns import DNSResolver

from monitor.core.model import FailureKind
from monitor.probe.failures import Fault

FRESH_FOR = 10.0  # seconds a resolver lives, and with it the answers it remembers
PATIENCE = 2.0  # seconds before a name server is asked again
TRIES = 2
LOCALHOST = ("127.0.0.1", "::1")


def known(host: str) -> tuple[str, ...] | None:
    """Return the addresses of a host that needs no look-up: an IP address, or localhost."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return LOCALHOST
    try:
        return (str(ipaddress.ip_address(host)),)
    except ValueError:
        return None


class Names:
    """Asks c-ares (/etc/hosts first, then the servers of /etc/resolv.conf), one look-up in flight per name.

    We remember nothing ourselves: a monitor that trusts an old address would call a moved listener dead, or
    a dead name alive. c-ares keeps answers for their TTL (an hour at most), so its resolver is replaced every
    few seconds. That bounds what is remembered, and a changed /etc/resolv.conf is read. An old resolver
    finishes what it was asked, then goes.
    """

    def __init__(self, nameservers: Sequence[str] = (), *, fresh_for: float = FRESH_FOR) -> None:
        self._nameservers = nameservers
        self._fresh_for = fresh_for
        self._resolver: DNSResolver | None = None
        self._born = 0.0
        self._asked: dict[str, asyncio.Task[tuple[str, ...]]] = {}

    async def addresses(self, host: str) -> tuple[str, ...]:
        """Return the addresses of a name in the order to try them. Raises DNSError or Fault.

        A waiter that is cancelled takes nothing from the others.
        """
        task = self._asked.get(host)
        if task is None:
            task = asyncio.create_task(self._look_up(host), name=f"look-up {host}")
            self._asked[host] = task
            task.add_done_callback(lambda done: self._answered(host, done))
        return await asyncio.shield(task)

    async def close(self) -> None:
        tasks = list(self._asked.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._resolver is not None:
            await self._resolver.close()
            self._resolver = None

    def _answered(self, host: str, task: asyncio.Task[tuple[str, ...]]) -> None:
        del self._asked[host]
        if not task.cancelled():
            task.exception()  # all who asked may have gone: nobody else will look at it

    async def _look_up(self, host: str) -> tuple[str, ...]:
        resolver = self._fresh()  # held until it has answered: one that is let go gives up its look-ups
        answer = await resolver.getaddrinfo(host, type=socket.SOCK_STREAM)
        addresses = tuple(dict.fromkeys(node.addr[0].decode("ascii") for node in answer.nodes))
        if not addresses:
            raise Fault(FailureKind.NAME_NOT_FOUND, "the name has no address")
        return addresses

    def _fresh(self) -> DNSResolver:
        loop = asyncio.get_running_loop()
        if self._resolver is None or loop.time() - self._born > self._fresh_for:
            self._resolver = DNSResolver(
                self._nameservers or None, loop, timeout=PATIENCE, tries=TRIES, lookups="fb"
            )
            self._born = loop.time()
        return self._resolver
