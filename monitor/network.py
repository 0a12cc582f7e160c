"""Whose network is away (and whose clock is wrong), theirs or ours? Asked at once when a probe ends unsure,
before anybody is blamed.
"""

import asyncio
import ipaddress
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from monitor.core import judge
from monitor.core.model import FaultDomain, Monitor, Reply, Verdict
from monitor.skew import Skew

FRESH = timedelta(seconds=10)  # how long an answer from outside proves that we can see the outside


class Network:
    """What we know of our own sight: who answered lately, and what the canaries say.

    ``reach`` opens a TCP connection to host and port and says whether it stood.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        reach: Callable[[str, int], Coroutine[Any, Any, bool]],
        canaries: tuple[tuple[str, int], ...],
    ) -> None:
        self.canaries = canaries
        self.skew = Skew()
        self._now = now
        self._reach = reach
        self._answers: tuple[tuple[str, datetime], ...] = ()  # the newest, and the newest of another host
        self._question: asyncio.Task[bool] | None = None

    def heard(self, monitor: Monitor, reply: Reply) -> None:
        """Remember that this listener answered, if that proves anything about the internet."""
        host = _host(monitor)
        self.skew.heard(host, reply)
        if reply.http_status is not None and is_external(host, reply.address):
            others = tuple(answer for answer in self._answers if answer[0] != host)
            self._answers = ((host, self._now()), *others[:1])

    def clock_set(self) -> None:
        """The clock of this machine was set: what was heard by the old one means nothing any more."""
        self.skew = Skew()
        self._answers = ()

    async def settle(self, verdict: Verdict, monitor: Monitor, reply: Reply) -> Verdict:
        """Return the verdict with nobody left in doubt: theirs, or ours.

        The internet says nothing about a private listener: it answers for itself.
        """
        if verdict.fault_domain is not FaultDomain.UNSURE:
            return self.skew.settle(verdict, monitor, reply)
        host = _host(monitor)
        seen = await self._seen(host) if is_external(host, reply.address) else None
        return judge.settle(verdict, seen=seen)

    async def _seen(self, failing: str) -> bool | None:
        """True: the outside is there. False: all canaries are away. None: nobody could tell."""
        if any(host != failing and self._now() - at <= FRESH for host, at in self._answers):
            return True
        if not self.canaries:
            return None
        if self._question is None or self._question.done():
            self._question = asyncio.create_task(self._ask())
        return await asyncio.shield(self._question)  # one question in flight serves all who ask

    async def _ask(self) -> bool:
        asked = [asyncio.create_task(self._reach(host, port)) for host, port in self.canaries]
        try:
            for answer in asyncio.as_completed(asked):
                if await answer:
                    return True
            return False
        finally:
            for task in asked:
                task.cancel()


def _host(monitor: Monitor) -> str:
    if monitor.connect_to:
        return monitor.connect_to[0]
    return urlsplit(monitor.url).hostname or ""


def is_external(host: str, address: str | None) -> bool:
    """Return whether reaching it proves something about the internet: loopback and private do not.

    ``address`` is the "ip:port" that was spoken to, where known.
    """
    known = address.rpartition(":")[0].strip("[]") if address else host
    try:
        return ipaddress.ip_address(known).is_global
    except ValueError:
        return address is None and "." in host and not host.endswith((".local", ".internal", ".localhost"))
