"""The dead man's switch: somebody outside pages people when our sign of life stays away."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from monitor.core.model import Config, Delivery, Reply, Watchdog

log = structlog.get_logger()

LOOK = 1.0  # seconds
PATIENCE = timedelta(seconds=10)


class DeadMansSwitch:
    """Fetches the URL at the start and then every so often, while nothing is ``unwell``; not at the end.

    A stop without a start soon after is an outage as well: nothing is said to the switch then.
    """

    def __init__(
        self,
        *,
        config: Callable[[], Config],
        send: Callable[[Delivery], Awaitable[Reply]],
        unwell: Callable[[], str | None],
        monotonic: Callable[[], float],
        observe: Callable[[str], None],
    ) -> None:
        """``observe`` hears what became of each sign of life: "sent", "failed" or "withheld"."""
        self._config = config
        self._send = send
        self._unwell = unwell
        self._monotonic = monotonic
        self._observe = observe
        self._said = ""

    async def run(self) -> None:
        due, known = 0.0, None
        while True:
            switch, now = self._config().watchdog, self._monotonic()
            if switch is not None and (now >= due or switch != known):
                due, known = now + switch.every.total_seconds(), switch
                await self._give_sign(switch)
            await asyncio.sleep(LOOK)

    async def _give_sign(self, switch: Watchdog) -> None:
        if why := self._unwell():
            self._observe("withheld")
            self._say(f"no sign of life is given: {why}")
            return
        reply = await self._send(_ping(switch))
        if reply.failure is None and reply.http_status is not None and 200 <= reply.http_status < 300:
            self._observe("sent")
            self._say("")
            return
        self._observe("failed")
        answer = reply.failure.message if reply.failure else f"it answered {reply.http_status}"
        self._say(f"the watchdog did not take our sign of life: {answer}")

    def _say(self, problem: str) -> None:
        """Say it once, and once when it is over."""
        if problem and not self._said:
            log.warning(problem)
        if self._said and not problem:
            log.info("the watchdog takes our sign of life again")
        self._said = problem


def _ping(switch: Watchdog) -> Delivery:
    url = switch.url.reveal()
    agent = (("User-Agent", "webhook-monitor"),)
    return Delivery(
        event_id="", method="GET", url=url, headers=agent, body=b"", timeout=PATIENCE, hidden=(url,)
    )
