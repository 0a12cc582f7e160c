"""The probe door: Delivery → Reply. It never raises for a bad listener."""

import asyncio
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from monitor.core.model import Delivery, Failure, FailureKind, Phase, Reply
from monitor.core.redact import Redactor
from monitor.probe import answer
from monitor.probe.dial import Dialer, Target
from monitor.probe.failures import BUG, explain, late
from monitor.probe.names import Names
from monitor.probe.seal import key_problem, seal
from monitor.probe.trail import Trail
from monitor.probe.wire import Answer, Wire, ask, credentials, prepare, target_of

__all__ = ["Prober", "key_problem", "seal"]


class Prober:
    """Sends deliveries. Make one per process, inside the running loop's lifetime; ``close`` it at the end.

    ``nameservers`` ("host:port") are asked instead of those of /etc/resolv.conf.
    """

    def __init__(self, now: Callable[[], datetime], *, nameservers: Sequence[str] = ()) -> None:
        self._now = now
        self._dialer = Dialer(Names(nameservers))
        self._wire = Wire(self._dialer)
        self._log = structlog.get_logger("monitor.probe")

    async def send(self, delivery: Delivery) -> Reply:
        """Send one delivery and return what came back, redacted and capped. Only cancellation is raised."""
        trail = Trail(time.perf_counter)
        hidden = (*delivery.hidden, *credentials(delivery.url))
        redactor = Redactor(hidden)
        started_at = self._now()
        outcome = await self._attempt(delivery, trail, margin=answer.margin(hidden), redactor=redactor)
        trail.stop()
        reply = Reply(
            started_at=started_at,
            phases=trail.phases(),
            address=trail.address,
            certificate_expires_at=trail.expires_at,
        )
        if isinstance(outcome, Failure):
            message = answer.message(outcome.message, redactor)
            return replace(reply, failure=replace(outcome, message=message))
        return reply if outcome is None else _told(reply, outcome, redactor, answer.margin(hidden))

    async def reachable(self, host: str, port: int, *, timeout: float) -> bool:  # noqa: ASYNC109  seconds, a fact
        """Return whether a TCP connection stands within ``timeout`` seconds. Nothing is sent."""
        target = Target(host=host, address=(host, port), tls=None)
        try:
            async with asyncio.timeout(timeout):
                stream = await self._dialer.dial(target, Trail(time.perf_counter))
        except Exception as error:  # noqa: BLE001  whatever went wrong, it was not reached
            self._log.debug("not_reachable", host=host, port=port, error=type(error).__name__)
            return False
        stream.abort()
        return True

    async def close(self) -> None:
        """Hang up every connection, give up every look-up."""
        await self._wire.aclose()
        await self._dialer.close()

    async def _attempt(
        self, delivery: Delivery, trail: Trail, *, margin: int, redactor: Redactor
    ) -> Answer | Failure | None:
        seconds = delivery.timeout.total_seconds()
        deadline = asyncio.timeout(seconds)
        try:
            async with deadline:
                if delivery.handshake_only:
                    await self._shake_hands(delivery, trail)
                    return None
                request = prepare(delivery, trail)
                return await ask(self._wire, request, limit=answer.BODY_CAP + margin)
        except Exception as error:  # noqa: BLE001  a probe never raises: what we do not know is our own fault
            trail.stop()
            if deadline.expired():
                return late(trail, seconds)
            return explain(error, trail) or self._bug(error, trail, redactor)

    async def _shake_hands(self, delivery: Delivery, trail: Trail) -> None:
        """Read the certificate, even one that verification would refuse, and hang up."""
        unchecked = replace(delivery, tls=replace(delivery.tls, verify=False, ca=None))
        stream = await self._dialer.dial(target_of(unchecked), trail)
        stream.close()

    def _bug(self, error: Exception, trail: Trail, redactor: Redactor) -> Failure:
        told = redactor.text("".join(traceback.format_exception(error)))
        self._log.error("probe_failed_here", traceback=told)
        return Failure(kind=FailureKind.LOCAL, phase=trail.phase or Phase.RESOLVE, message=BUG)


def _told(reply: Reply, got: Answer, redactor: Redactor, margin: int) -> Reply:
    body, truncated = answer.body(got.body, said=got.headers, redactor=redactor, margin=margin, cut=got.cut)
    return replace(
        reply,
        http_status=got.status,
        headers=answer.headers(got.headers, redactor),
        body=body,
        truncated=truncated,
    )
