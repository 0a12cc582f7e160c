"""What becomes of real events while a listener is down, and what to do about it afterwards.

Real events are not seen from here. So nothing that the provider counts is claimed as counted: its rule is
told, and with the operator's estimate of the traffic (``volume``) what follows from it. What no page of the
provider's confirms is told as "reportedly", promises nothing, and is not public.

Only an outage of deliveries, or an expired certificate, loses events. What is slow, flaky, or turned away to
be retried still arrives; a failed handshake, a finding, and a fault of our own lose none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.core.model import Check, Closing, Disable, Incident, Monitor, Reason, Retry
from monitor.core.times import clock, duration

LOSING = frozenset({Check.DELIVERY, Check.CERTIFICATE})
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SEEN = {None, Closing.RECOVERED}  # of an end: not the operator's, who stopped watching
TIMES = {1: "once", 2: "twice"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    """``public`` is what of the ``text`` anybody may read: no advice, nothing of the operator's traffic.

    ``lost_since`` dates events that do not come again by themselves. ``resend_until`` is when, at the latest,
    the provider sends for the last time what failed first. Both are None where nobody knows for sure.
    """

    text: str
    public: str
    events_at_risk: int | None = None
    lost_since: datetime | None = None
    resend_until: datetime | None = None


def consequences(incident: Incident, monitor: Monitor, now: datetime) -> Consequences | None:
    """Return what an incident costs up to ``now``; None where it costs no events, or nothing is known."""
    if incident.check not in LOSING or incident.down_since is None or monitor.upstream:
        return None
    outage = _Outage(
        who=monitor.provider.title,
        retry=monitor.provider.policy.retry,
        disable=monitor.provider.policy.disable,
        volume=monitor.volume,
        since=incident.down_since,
        good=incident.last_good_at or incident.down_since,
        end=_end(incident),
        now=_end(incident) or incident.ended_at or now.astimezone(UTC),
        told_at=now,
        final=incident.reason is Reason.GONE,
    )
    over = outage.end is not None
    retrying = _afterwards(outage) if over else _meanwhile(outage)
    told = (retrying, *_giving_up(outage, "It" if outage.retry else outage.who), _at_risk(outage))
    text = " ".join(filter(None, told))
    if not text:
        return None
    return Consequences(
        text=text,
        public=_in_public(outage),
        events_at_risk=None if outage.events is None else round(outage.events),
        lost_since=outage.since if outage.loses else None,
        resend_until=outage.resend_until,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outage:
    """All that the sentences are made of. ``now`` is the end of an outage that is over."""

    who: str
    retry: Retry | None
    disable: Disable | None
    volume: float | None
    since: datetime
    good: datetime  # the last good probe: events may be lost from then on
    end: datetime | None
    now: datetime
    told_at: datetime  # in the zone that times are told in
    final: bool  # it answered 410, which some providers take for good

    @property
    def window(self) -> timedelta | None:
        """How long an event is surely retried, at most; None where nobody can tell."""
        retry = self.retry
        if retry is None or retry.attempts == 0 or self.final or not (retry.sure and retry.span_sure):
            return None
        ended = self.disable.after if self.disable and self.disable.sure else None
        return min(retry.over, ended) if retry.over and ended else retry.over

    @property
    def resend_until(self) -> datetime | None:
        return self.since + self.window if self.window else None

    @property
    def given_up(self) -> datetime | None:
        """What failed before is not retried any more."""
        before = self.now - self.window if self.window else None
        return before if before is not None and before > self.since else None

    @property
    def loses(self) -> bool:
        never = self.retry is not None and self.retry.sure and self.retry.attempts == 0
        return never or self.given_up is not None

    @property
    def events(self) -> float | None:
        return None if self.volume is None else self.volume * ((self.now - self.since) / HOUR)

    @property
    def span(self) -> str:
        return f"between {self.at(self.good)} and {self.at(self.now)}"

    @property
    def retries(self) -> str:
        """The provider and what it does, as far as it retries at all."""
        retry = self.retry or Retry()
        often = None if retry.attempts is None else TIMES.get(retry.attempts, f"{retry.attempts} times")
        if retry.over:
            how = f"{often} over {_span(retry.over)}" if often else f"for up to {_span(retry.over)}"
        else:
            how = often or "for some time"
        span = "" if retry.span_sure else ", reportedly"
        return f"{self.who} {_reportedly(sure=retry.sure)}retries{span} {how}"

    def at(self, moment: datetime) -> str:
        return clock(moment, self.told_at)


def _end(incident: Incident) -> datetime | None:
    """A watch that ended before the outage did has not seen its end."""
    return incident.down_until or (incident.ended_at if incident.closing in SEEN else None)


def _meanwhile(outage: _Outage) -> str:
    """Say what the provider does with what fails now. It may retry less long than it says: "well before"."""
    retry = outage.retry
    if retry is None:
        return ""
    if retry.attempts == 0:
        lost = f"events since {outage.at(outage.since)} {'are' if retry.sure else 'may be'} lost"
        return f"{outage.who} {_reportedly(sure=retry.sure)}does not retry: {lost}."
    if outage.final:
        return f"{outage.retries}, unless it takes this answer for good."
    if outage.given_up:
        return f"{outage.retries}: what failed before {outage.at(outage.given_up)} is lost."
    if outage.resend_until is None or (outage.disable and outage.disable.failures):
        return f"{outage.retries}."
    before = outage.at(outage.resend_until)
    return f"{outage.retries}: nothing is lost if this is over well before {before}."


def _afterwards(outage: _Outage) -> str:
    """Say what to replay. Too much is safer than too little: from the last good probe on."""
    retry = outage.retry
    look = f"look whether what failed {outage.span} has arrived, and replay the rest"
    if retry is None:
        return f"{look[0].upper()}{look[1:]}."
    if retry.attempts == 0:
        todo = f"replay what it sent {outage.span}" if retry.sure else look
        return f"{outage.who} {_reportedly(sure=retry.sure)}does not retry: {todo}."
    if outage.given_up:
        first = f"between {outage.at(outage.good)} and {outage.at(outage.given_up)}"
        return f"{outage.retries}: replay what failed {first}, and look whether the rest has arrived."
    if _surely_again(outage):
        return f"{outage.retries}: it sends again what failed {outage.span}."
    return f"{outage.retries}: {look}."


def _surely_again(outage: _Outage) -> bool:
    """Pauses between retries grow: in the second half of the window there may be no more than one."""
    return outage.window is not None and 2 * (outage.now - outage.since) <= outage.window


def _giving_up(outage: _Outage, subject: str) -> Iterator[str]:
    """Say when the provider gives the endpoint up, and afterwards only what may have come to pass."""
    rule = outage.disable
    if rule is None:
        return
    does = f"{subject} {_reportedly(sure=rule.sure)}{rule.what}"
    if rule.failures is not None:
        failed = "the first failure" if rule.failures == 1 else f"{rule.failures} failures in a row"
        yield from _counted(outage, rule.failures, f"{does} after {failed}")
    if rule.after is not None:
        due = outage.since + rule.after
        yield from _due(outage, due, f"{does} after {_span(rule.after)} of failures", f"{outage.at(due)}")


def _counted(outage: _Outage, failures: int, does: str) -> Iterator[str]:
    if outage.volume:
        due = outage.since + failures / outage.volume * HOUR
        about = f"at {_number(outage.volume)} events an hour, at about {outage.at(due)}"
        yield from _due(outage, due, does, about)
    elif outage.end is not None:
        yield f"{does}: look whether it has."
    else:
        yield f"{does}; how many it has counted cannot be seen from here."


def _due(outage: _Outage, due: datetime, does: str, when: str) -> Iterator[str]:
    if due <= outage.now:
        yield f"{does}: look whether it has ({when})."
    elif outage.end is None:
        yield f"{does} ({when})."


def _at_risk(outage: _Outage) -> str:
    if outage.events is None or outage.volume is None:
        return ""
    rate = f"({_number(outage.volume)} an hour)"
    count = round(outage.events)
    if not count:
        return f"Probably no event {'is at risk yet' if outage.end is None else 'was at risk'} {rate}."
    were = "" if outage.end is None else "was " if count == 1 else "were "
    return f"About {count:,} {'event' if count == 1 else 'events'} {were}at risk {rate}."


def _in_public(outage: _Outage) -> str:
    """Say what is sure, and nothing that only the operator can use."""
    retry = outage.retry
    if retry is None or not (retry.sure and retry.span_sure):
        return ""
    if outage.end is None:
        return _meanwhile(outage)
    if retry.attempts == 0:
        span = f"between {outage.at(outage.since)} and {outage.at(outage.end)}"
        return f"{outage.who} does not retry: events {span} were not accepted."
    if outage.given_up:
        return f"{outage.retries}: what failed before {outage.at(outage.given_up)} was not accepted."
    return f"{outage.retries}."


def _reportedly(*, sure: bool) -> str:
    return "" if sure else "reportedly "


def _span(span: timedelta) -> str:
    if span % DAY:
        return duration(span)
    return f"{span.days} {'day' if span.days == 1 else 'days'}"


def _number(volume: float) -> str:
    return f"{volume:,.0f}" if volume >= 10 else f"{volume:.2g}"
