"""One look at a listener: write → sign → send → judge. Records nothing, believes nothing.

Most checks send one probe; a few send two or more and judge the answers together. The tables at the end say
what each check sends: a new check is one function and one line.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core import event, judge, sign
from monitor.core.model import (
    Check,
    Delivery,
    Event,
    Monitor,
    Phases,
    Reason,
    Reply,
    Result,
    Verdict,
)
from monitor.core.possible import impossible
from monitor.core.providers.status import APIS, questions
from monitor.core.sign import body, handshake, hostile
from monitor.core.tokens import Claim
from monitor.network import Network
from monitor.outside import Outside

LAG_LIMIT = 1.0  # seconds; a loop stuck for longer may have caused the failure itself
BETWEEN_DUPLICATES = 1.0  # seconds, at least: a provider does not repeat at once either


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one look saw: the verdict, and the reply that decided it. ``first``: the one before, of two."""

    event_id: str
    verdict: Verdict
    reply: Reply
    first: Reply | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Looker:
    """Who looks at what: everything that the asking of one check needs."""

    outside: Outside
    network: Network
    monitor: Monitor
    check: Check

    def write(self, at: datetime | None = None) -> tuple[Event, str]:
        """Return a fresh event and its traceparent."""
        token = self.outside.token()
        event_id = event.identify(self.monitor.event, token)
        written = event.write(
            self.monitor,
            token=token,
            at=at or self.outside.now(),
            event_id=event_id,
            receipt_url=self._address(event_id),
        )
        return written, f"00-{token}-{token[:16]}-01"

    def _address(self, event_id: str) -> str:
        if self.monitor.receipt is None or not self.monitor.receipt.addressed:
            return ""
        at = self.outside.now()
        return self.outside.address(
            Claim(monitor=self.monitor.id, event_id=event_id, kind=self.check, sent_at=at)
        )

    async def send(self, delivery: Delivery) -> Reply:
        reply = await self.outside.send(delivery)
        self.network.heard(self.monitor, reply)
        return reply


async def look(outside: Outside, network: Network, monitor: Monitor, check: Check) -> Result:
    """Send what one check sends, and judge what comes back."""
    looker = Looker(outside=outside, network=network, monitor=monitor, check=check)
    why = impossible(check, monitor)
    ask = _knock if monitor.upstream and check is Check.DELIVERY else ASKED.get(check, _ask_once)
    seen = _nothing_sent(looker, why) if why else await ask(looker)
    verdict = _own_lag(outside, seen.verdict, seen.reply)
    verdict = await network.settle(verdict, monitor, seen.reply)
    return Result(
        monitor=monitor.id,
        check=check,
        event_id=seen.event_id,
        verdict=verdict,
        reply=seen.reply,
        finished_at=outside.now(),
        sent_first=seen.first.started_at if seen.first else None,
    )


def kept(result: Result, monitor: Monitor) -> Result:
    """Return what may be shown and stored of a result that was judged: no body, where none is wanted."""
    return result if monitor.keep_bodies else replace(result, reply=replace(result.reply, body=""))


async def ask_each_secret(looker: Looker) -> tuple[Seen, str]:
    """Send one valid event per secret, signed with it alone; say which are accepted."""
    replies = []
    for secret in looker.monitor.secrets:
        written, trace = looker.write()
        at, seal = looker.outside.now(), looker.outside.seal
        signed = sign.sign(written, looker.monitor, at=at, traceparent=trace, secrets=(secret,), seal=seal)
        replies.append(await looker.send(signed))
    verdict = judge.judge_rotation(replies, looker.monitor, looker.outside.now())
    words = judge.which_accepted(replies, looker.monitor)
    return Seen(event_id=written.id, verdict=verdict, reply=replies[-1]), words


async def _ask_once(looker: Looker) -> Seen:
    """Send one probe and judge its answer."""
    at = looker.outside.now()
    scheme = looker.monitor.provider.scheme
    written, trace = looker.write(hostile.stale_since(scheme, at) if looker.check is Check.STALE else at)
    delivery = MADE.get(looker.check, _signed)(looker, written, trace)
    if delivery is None:
        return _nothing_sent(looker, UNCHANGEABLE[looker.check])
    reply = await looker.send(delivery)
    verdict = judge.judge(looker.check, reply, looker.monitor)
    return Seen(event_id=written.id, verdict=verdict, reply=reply)


def _signed(looker: Looker, written: Event, trace: str) -> Delivery | None:
    """Sign as of the time the event was written: right before it is sent, or long ago for a stale one."""
    seal, secrets = looker.outside.seal, looker.monitor.signing(looker.outside.now())
    return sign.sign(written, looker.monitor, at=written.at, traceparent=trace, secrets=secrets, seal=seal)


def _forged(looker: Looker, written: Event, trace: str) -> Delivery | None:
    key = bytes.fromhex(looker.outside.token() + looker.outside.token())
    return hostile.forge(
        written, looker.monitor, at=written.at, traceparent=trace, key=key, seal=looker.outside.seal
    )


def _tampered(looker: Looker, written: Event, trace: str) -> Delivery | None:
    seal = looker.outside.seal
    return hostile.tamper(written, looker.monitor, at=written.at, traceparent=trace, seal=seal)


def _unsigned(looker: Looker, written: Event, trace: str) -> Delivery | None:
    return hostile.strip(written, looker.monitor, at=written.at, traceparent=trace, seal=looker.outside.seal)


def _respaced(looker: Looker, written: Event, trace: str) -> Delivery | None:
    spaced = body.respaced(written.body)
    return None if spaced == written.body else _signed(looker, replace(written, body=spaced), trace)


async def _ask_certificate(looker: Looker) -> Seen:
    """Shake hands with TLS alone: no event is sent."""
    reply = await looker.send(sign.certificate(looker.monitor))
    return Seen(event_id="", verdict=judge.judge(looker.check, reply, looker.monitor), reply=reply)


async def _knock(looker: Looker) -> Seen:
    """Ask what stands before listeners whether it is there: no event is sent."""
    reply = await looker.send(sign.knock(looker.monitor))
    return Seen(event_id="", verdict=judge.judge_upstream(reply, looker.monitor), reply=reply)


async def _ask_twice(looker: Looker) -> Seen:
    """Send the same bytes twice, one after the other or, where that is asked for, at the same time."""
    written, trace = looker.write()
    at, seal = looker.outside.now(), looker.outside.seal
    delivery = sign.sign(written, looker.monitor, at=at, traceparent=trace, seal=seal)
    if looker.monitor.concurrent_duplicates:
        both = await asyncio.gather(looker.send(delivery), looker.send(delivery))
        verdict = judge.judge_concurrent(both, looker.monitor)
        return Seen(event_id=written.id, verdict=verdict, reply=both[0])
    first, second = await looker.send(delivery), None
    if judge.acknowledges(first, looker.monitor):
        await looker.outside.sleep(BETWEEN_DUPLICATES)
        second = await looker.send(delivery)
    verdict = judge.judge_duplicate(first, second, looker.monitor)
    return Seen(event_id=written.id, verdict=verdict, reply=second or first, first=first)


async def _ask_nonsense(looker: Looker) -> Seen:
    """Send garbage for a signature, then, if that was refused, a signed body that is not JSON."""
    monitor, outside = looker.monitor, looker.outside
    written, trace = looker.write()
    garbled = hostile.garble(written, monitor, at=outside.now(), traceparent=trace)
    reply = await looker.send(garbled)
    verdict = judge.judge(Check.MALFORMED, reply, monitor)
    if not verdict.good or impossible(Check.DELIVERY, monitor) or "json" not in written.content_type:
        return Seen(event_id=written.id, verdict=verdict, reply=reply)
    written, trace = looker.write()
    nonsense = hostile.not_json(written, monitor, at=outside.now(), traceparent=trace, seal=outside.seal)
    reply = await looker.send(nonsense)
    return Seen(event_id=written.id, verdict=judge.judge_nonsense(reply), reply=reply)


async def _ask_handshake(looker: Looker) -> Seen:
    """Send the provider's challenge."""
    asked, outside = looker.monitor.provider.handshake, looker.outside
    if asked is None:
        return _nothing_sent(looker, "this provider sends no handshake")
    word, trace = handshake.word(asked, outside.token()), outside.token()
    delivery = handshake.challenge(
        asked,
        looker.monitor,
        word,
        at=outside.now(),
        traceparent=f"00-{trace}-{trace[:16]}-01",
        seal=outside.seal,
    )
    reply = await looker.send(delivery)
    return Seen(event_id=word, verdict=judge.judge_handshake(reply, looker.monitor, word), reply=reply)


async def _ask_provider(looker: Looker) -> Seen:
    """Ask the provider's API whether it still sends. The listener is sent nothing, and proves nothing."""
    plan, api = looker.monitor.provider_status, APIS.get(looker.monitor.provider.id)
    if plan is None or api is None:
        return _nothing_sent(looker, "nobody is to be asked")
    replies: list[Reply] = []
    for question in questions(api, plan):
        replies.append(await looker.outside.send(question))
        if replies[-1].http_status != 200:
            break
    return Seen(event_id="", verdict=api.judge(replies), reply=replies[-1])


async def _wait_for_calls(looker: Looker) -> Seen:
    return _nothing_sent(looker, "nobody is asked: `webhook-monitor run` waits for calls")


async def _ask_secrets(looker: Looker) -> Seen:
    return (await ask_each_secret(looker))[0]


def _nothing_sent(looker: Looker, why: str) -> Seen:
    nothing = Reply(started_at=looker.outside.now(), phases=Phases())
    return Seen(event_id="", verdict=judge.skipped(why), reply=nothing)


def _own_lag(outside: Outside, verdict: Verdict, reply: Reply) -> Verdict:
    """A failure or a slow answer while our own loop was stuck says nothing about the listener."""
    if reply.failure is None and verdict.reason not in {Reason.SLOW, Reason.TIMEOUT}:
        return verdict
    lag = outside.lag(reply.started_at)
    if lag <= LAG_LIMIT:
        return verdict
    return judge.own_fault(f"our own event loop was stuck for {lag:.1f} s during this probe")


ASKED: Mapping[Check, Callable[[Looker], Awaitable[Seen]]] = {
    Check.CERTIFICATE: _ask_certificate,
    Check.DUPLICATE: _ask_twice,
    Check.MALFORMED: _ask_nonsense,
    Check.HANDSHAKE: _ask_handshake,
    Check.ROTATION: _ask_secrets,
    Check.PROVIDER: _ask_provider,
    Check.HEARTBEAT: _wait_for_calls,
    Check.TRAFFIC: _wait_for_calls,
}
MADE: Mapping[Check, Callable[[Looker, Event, str], Delivery | None]] = {
    Check.FORGED: _forged,
    Check.TAMPERED: _tampered,
    Check.UNSIGNED: _unsigned,
    Check.FIDELITY: _respaced,
}
UNCHANGEABLE: Mapping[Check, str] = {
    Check.TAMPERED: "its event has no text that could be changed",
    Check.FIDELITY: "the delivery check sends such a body already",
}
