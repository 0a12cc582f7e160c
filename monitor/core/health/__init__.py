"""Believing: from single verdicts to what we hold to be true of a check.

Theory of operation. Probes make streaks, of acknowledgements or of failures (``streaks``); a streak that is
long enough settles the status, dated from its first probe (``settling`` has the table). Verdicts that say
nothing of the listener break no streak:

* our own fault or network: the status is unknown from that probe on, what was settled waits;
* inconclusive: as if the probe had not been sent;
* skipped: the check cannot be asked (any more): nothing is believed, whatever was.

Nothing is inferred across a gap: after two silent intervals the status is unknown until the next probe, and
streaks begin anew. Only a confirming probe continues its streak: we were silent on purpose, the listener
asked us to stay away or the operator confirms late. The silence stays unknown all the same. After any
blindness a failure does not bring "up" back: it takes an acknowledgement.

History is appended to, never rewritten: no transition is dated before the one it follows.
While a status stays, its reason follows each failing probe; that is no transition.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from monitor.core.health.settling import Settled, is_outage, needed, settle_bad, settle_good
from monitor.core.health.streaks import (
    ACCEPTED,
    acknowledged,
    counted_bad,
    counted_before,
    counted_good,
    reset,
)
from monitor.core.model import (
    FINDINGS,
    Check,
    FaultDomain,
    Health,
    Monitor,
    Reason,
    Result,
    Severity,
    Status,
    Transition,
)

__all__ = [
    "Belief",
    "acknowledged",
    "believe",
    "counted_before",
    "interval_of",
    "is_stale",
    "needed",
    "reset",
    "stale_at",
]

GAP_INTERVALS = 2
A_MOMENT = timedelta(seconds=1)  # by which a probe may start late without being missed
RARE = timedelta(seconds=60)  # between two looks at a finding: these are tests, and must not hurt
LOOKED_AT_RARELY = FINDINGS | {Check.HANDSHAKE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What one result made of a health.

    ``confirm_after``: send another probe so long after the *start* of this one; None: do not.
    ``severity`` is how loudly the new status is to be told; None while all is well, or where this probe
    contradicts what is believed of a finding.
    """

    health: Health
    transitions: tuple[Transition, ...] = ()
    confirm_after: timedelta | None = None
    severity: Severity | None = None


def interval_of(monitor: Monitor, check: Check) -> timedelta:
    """Return how often this check runs."""
    return next((plan.every for plan in monitor.checks if plan.check is check), monitor.interval)


def stale_at(health: Health, every: timedelta) -> datetime | None:
    """Return from when on a check with no newer result is unknown; None if it never had one."""
    return health.last_result_at + GAP_INTERVALS * every if health.last_result_at else None


def is_stale(last_result_at: datetime | None, every: timedelta, at: datetime) -> bool:
    """Return whether a check is unknown at this instant: one missed probe is no gap, two are.

    Phases are fixed: after one missed probe the next starts two intervals after the last, a moment sooner or
    later. So the gap is noticed a moment after it began (``stale_at``), and long before the third interval.
    """
    moment = min(max(A_MOMENT, every / 120), every / 2)
    return last_result_at is None or at - last_result_at > GAP_INTERVALS * every + moment


def believe(health: Health, result: Result, monitor: Monitor) -> Belief:
    """Take one result. Pure: the same health and result always make the same belief."""
    verdict = result.verdict
    held = _held_until(health, result)
    if verdict.reason is Reason.INCONCLUSIVE:
        return Belief(health=replace(health, last_verdict=verdict.reason, held_until=held))
    if verdict.reason is Reason.SKIPPED:
        after = _unasked(health, result)
        return Belief(health=after, transitions=_moves((health, after), result))
    before = _across_gap(_resumed(_whole(health)), result, monitor)
    after = _blinded(before, result) if verdict.status is Status.UNKNOWN else _seen(before, result, monitor)
    return Belief(
        health=after if after.held_until == held else replace(after, held_until=held),
        transitions=_moves((health, before, after), result),
        confirm_after=_confirm_after(after, result, monitor),
        severity=_severity(after, result),
    )


# --- what was before ----------------------------------------------------------------------------------------


def _whole(health: Health) -> Health:
    """While we see, the reason of the status is the reason of what is settled."""
    if health.settled is Status.UNKNOWN or health.status is not health.settled:
        return health
    if health.settled_reason is health.reason:
        return health
    return replace(health, settled_reason=health.reason)


def _resumed(health: Health) -> Health:
    """A pause ends what was settled: its incident was closed, and nobody watched since."""
    if health.status is not Status.PAUSED:
        return health
    return Health(status=Status.PAUSED, since=health.since, last_good_at=health.last_good_at)


def _across_gap(health: Health, result: Result, monitor: Monitor) -> Health:
    """After two silent intervals we have been blind, and only a confirming probe's streak reaches across."""
    every = interval_of(monitor, result.check)
    silent_from = stale_at(health, every)
    if silent_from is None or not is_stale(health.last_result_at, every, result.started_at):
        return health
    kept = health
    if result.scheduled:
        kept = replace(reset(health), recent=health.recent)  # the window counts probes, not time
    if health.settled is Status.UNKNOWN:  # a streak from before the silence must not be what dates it
        return replace(kept, since=_not_before(health, result.started_at))
    if health.status is Status.UNKNOWN:
        return kept
    return replace(kept, status=Status.UNKNOWN, reason=None, since=_not_before(health, silent_from))


# --- what is after ------------------------------------------------------------------------------------------


def _blinded(health: Health, result: Result) -> Health:
    """We could not see. Keep what was settled, claim nothing."""
    reason = result.verdict.reason
    blind_already = health.status is Status.UNKNOWN and health.since is not None
    since = health.since if blind_already else _not_before(health, result.started_at)
    if blind_already:  # a streak that was to prove something would reach across time that nobody saw
        health = replace(health, failures=0, successes=0, slow=0, streak_started_at=None)
    return replace(health, status=Status.UNKNOWN, reason=reason, since=since, last_verdict=reason)


def _unasked(health: Health, result: Result) -> Health:
    """Never green: a check that cannot be asked has no status, and what it once found counts no more."""
    unknown_already = health.status is Status.UNKNOWN and health.since is not None
    return Health(
        status=Status.UNKNOWN,
        reason=Reason.SKIPPED,
        since=health.since if unknown_already else _not_before(health, result.started_at),
        last_good_at=health.last_good_at,
        last_verdict=Reason.SKIPPED,
    )


def _seen(health: Health, result: Result, monitor: Monitor) -> Health:
    good = acknowledged(result.verdict)
    counted = counted_good(health, result) if good else counted_bad(health, result)
    now = settle_good(counted, result, monitor) if good else settle_bad(counted, result, monitor)
    # After blindness, one probe that contradicts what was settled proves neither the one nor the other.
    contradicted = Status.DOWN if good else Status.UP
    unproven = health.status is Status.UNKNOWN and now.status is contradicted
    return replace(
        counted,
        status=Status.UNKNOWN if unproven else now.status,
        settled=now.status,
        reason=None if unproven else now.reason,
        settled_reason=now.reason,
        since=counted.since if unproven else _since(counted, now, result),
        successes=0 if result.verdict.reason is now.reason is Reason.SLOW else counted.successes,
        recent="" if is_outage(now.status, now.reason) else counted.recent,
        last_result_at=result.started_at,
        last_good_at=result.started_at if good else counted.last_good_at,
        last_verdict=result.verdict.reason,
    )


def _since(counted: Health, now: Settled, result: Result) -> datetime | None:
    """Date the status. What blindness hid is dated from the first probe that saw it again."""
    if now.status is counted.status:
        return counted.since
    blind = counted.status is Status.UNKNOWN and counted.settled is not Status.UNKNOWN
    seen_since = counted.since is not None and now.since >= counted.since  # the streak is younger
    return _not_before(counted, result.started_at if blind and not seen_since else now.since)


def _not_before(health: Health, at: datetime) -> datetime:
    """Nothing begins before the status it follows, even where the clock went back."""
    return max(at, health.since or at)


# --- what follows -------------------------------------------------------------------------------------------


def _confirm_after(after: Health, result: Result, monitor: Monitor) -> timedelta | None:
    """One failure asks for another look, and so does a rare check that seems mended."""
    verdict = result.verdict
    patience = max(monitor.confirm_interval, RARE if result.check in FINDINGS else timedelta(0))
    if acknowledged(verdict):
        mended = result.check in LOOKED_AT_RARELY and after.settled in {Status.DOWN, Status.DEGRADED}
        return patience if mended else None  # its next scheduled probe may be hours away
    if verdict.fault_domain is not FaultDomain.LISTENER:
        return None
    another = result.check in FINDINGS and after.settled_reason is not verdict.reason
    if after.failures >= needed(verdict, result.check, monitor):
        return None
    if after.settled is Status.DOWN and not another:
        return None
    if verdict.reason in ACCEPTED:
        return timedelta(0)
    return max(patience, verdict.retry_after or timedelta(0))


def _held_until(health: Health, result: Result) -> datetime | None:
    """Stay away as long as the listener asks now; a stop that lasts longer outlives what it asks."""
    asked = result.finished_at + result.verdict.retry_after if result.verdict.retry_after else None
    lasting = health.held_until if health.held_until and health.held_until > result.finished_at else None
    return max(filter(None, (asked, lasting)), default=None)


def _severity(after: Health, result: Result) -> Severity | None:
    """How loud the status is. None: as loud as it was told, for this probe contradicts the finding."""
    verdict = result.verdict
    if after.status not in {Status.DOWN, Status.DEGRADED}:
        return None
    if after.status is verdict.status and after.reason is verdict.reason:
        return verdict.severity
    if result.check in FINDINGS:
        return None
    return Severity.MAJOR if after.status is Status.DOWN else Severity.MINOR


def _moves(stations: tuple[Health, ...], result: Result) -> tuple[Transition, ...]:
    """Return the way from what was shown, through a gap if there was one, to what is shown now."""
    return tuple(
        Transition(
            monitor=result.monitor,
            check=result.check,
            at=to.since or result.started_at,
            known_at=result.finished_at,
            status=to.status,
            previous=before.status,
            reason=to.reason,
        )
        for before, to in pairwise(stations)
        if to.status is not before.status
    )
