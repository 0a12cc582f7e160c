"""What a result says only beside other probes: a refusal beside a forged event, a failure beside a ban."""

import asyncio
from contextlib import suppress
from dataclasses import replace

from monitor.core import ban, health, judge
from monitor.core.model import HOSTILE, Check, CheckKey, Monitor, Result, Status
from monitor.core.possible import impossible
from monitor.look import Looker, ask_each_secret, kept, look
from monitor.network import Network
from monitor.outside import Outside
from monitor.turnstile import BAN, Turnstile
from monitor.watch import Watch

PATIENCE = 3.0  # seconds that an alert may wait for what a second probe says


class Diagnosis:
    """Looks beside a result before it is believed."""

    def __init__(self, *, outside: Outside, network: Network, watch: Watch, turnstile: Turnstile) -> None:
        self._outside = outside
        self._network = network
        self._watch = watch
        self._turnstile = turnstile
        self._asked_about: set[CheckKey] = set()  # open refusals that were asked about with a forged event

    def beside(self, key: CheckKey, result: Result) -> Result:
        """Some answers say what they say only beside the last delivery, a refusal beside a ban."""
        delivery = CheckKey(key.monitor, Check.DELIVERY)
        open_ = self._watch.incident(delivery)
        if open_ is not None and ban.lasts(open_, result, BAN):
            return replace(result, verdict=judge.banned(result.verdict))
        if key == delivery:
            return result
        last = self._watch.health(delivery).last_verdict
        return replace(result, verdict=judge.beside_delivery(key.check, result.verdict, last))

    async def diagnosed(self, key: CheckKey, result: Result, monitor: Monitor) -> Result:
        """Beside a refusal that is about to be told, ask once with a forged event, and with each secret.

        Right after another hostile probe the next failing delivery asks instead: then only the incident says.
        """
        if self._watch.incident(key) is None:
            self._asked_about.discard(key)  # that one is over: the next is a refusal of its own
        if result.verdict.reason not in judge.DIAGNOSED or not self._confirms(key, result, monitor):
            return result
        soon = self._turnstile.too_soon(monitor, self._outside.now())
        if soon or self.banned(key, kept(result, monitor), monitor):
            return result
        self._asked_about.add(key)
        words = [result.verdict.diagnosis]
        with suppress(TimeoutError):  # then what is known by now must do
            async with asyncio.timeout(PATIENCE):
                words.append(await self._beside_forged(result, monitor))
                words.append(await self._secret_by_secret(monitor))
        return replace(result, verdict=replace(result.verdict, diagnosis=" ".join(filter(None, words))))

    async def _beside_forged(self, result: Result, monitor: Monitor) -> str:
        if impossible(Check.FORGED, monitor):
            return ""
        self._turnstile.sent(monitor, self._outside.now())
        forged = await look(self._outside, self._network, monitor, Check.FORGED)
        return judge.diagnose(result.reply, forged.reply, monitor, result.verdict.diagnosis)

    async def _secret_by_secret(self, monitor: Monitor) -> str:
        if len(monitor.secrets) < 2:
            return ""
        looker = Looker(outside=self._outside, network=self._network, monitor=monitor, check=Check.ROTATION)
        _, accepted = await ask_each_secret(looker)
        return f"Asked one by one: {accepted}."

    def _confirms(self, key: CheckKey, result: Result, monitor: Monitor) -> bool:
        """Whether this result confirms that valid events are refused, and nobody asked about it yet."""
        if key.check is not Check.DELIVERY:
            return False
        open_ = self._watch.incident(key)
        after = health.believe(self._watch.health(key), result, monitor).health
        if after.settled is not Status.DOWN or after.settled_reason is not result.verdict.reason:
            return False
        return open_ is None or not (open_.diagnosis or key in self._asked_about)

    def banned(self, key: CheckKey, result: Result, monitor: Monitor) -> bool:
        """Whether this failing delivery, or the streak that it goes on with, may be a ban of our doing."""
        before = self._watch.health(key)
        since = before.streak_started_at if before.failures else None
        hostile = (self._watch.last_result(CheckKey(key.monitor, check)) for check in HOSTILE)
        return self._turnstile.suspect(monitor, since or result.started_at) and ban.looks_banned(
            before, result, filter(None, hostile)
        )
