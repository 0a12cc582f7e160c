"""Believing: from single verdicts to what we hold to be true of a check.

Theory of operation. Good and bad probes make streaks; a streak that is long enough settles the status, dated
from its first probe. Verdicts that say nothing of the listener (``UNKNOWN``) break no streak:

* our own fault or network: the status is unknown from that probe on, what was settled waits;
* inconclusive, skipped: as if the probe had not been sent.

Nothing is inferred across a gap: after two silent intervals the status is unknown until the next probe.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.model import (
    HOSTILE,
    Check,
    FaultDomain,
    Health,
    Monitor,
    Reason,
    Result,
    Severity,
    Status,
    Transition,
    Verdict,
)

SLOW_IN_A_ROW = 3
WINDOW = 20  # scheduled probes that flakiness is judged by
FLAKY_FAILURES = 3
GAP_INTERVALS = 2
Settlement = tuple[Status, Reason | None, datetime | None]  # what is settled, why, since when
FACTS = frozenset({Check.CERTIFICATE})  # one look is proof: a date does not flicker


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What one result made of a health.

    ``confirm_after``: send a confirming probe so long after the *start* of this one; None: do not.
    ``severity`` is how loudly the new status is to be told; None while all is well.
    """

    health: Health
    transitions: tuple[Transition, ...] = ()
    confirm_after: timedelta | None = None
    severity: Severity | None = None


def interval_of(monitor: Monitor, check: Check) -> timedelta:
    """Return how often this check runs."""
    return next((plan.every for plan in monitor.checks if plan.check is check), monitor.interval)


def stale_at(health: Health, every: timedelta) -> datetime | None:
    """Return from when on a check with no newer result is unknown."""
    return health.last_result_at + GAP_INTERVALS * every if health.last_result_at else None


def reset(health: Health) -> Health:
    """Forget the streaks, keep the belief: what is probed has changed."""
    return replace(health, failures=0, successes=0, slow=0, streak_started_at=None, recent="")


def believe(health: Health, result: Result, monitor: Monitor) -> Belief:
    """Take one result. Pure: the same health and result always make the same belief."""
    verdict = result.verdict
    if verdict.reason in {Reason.INCONCLUSIVE, Reason.SKIPPED}:
        return Belief(health=replace(health, last_verdict=verdict.reason))
    gap = _gap(health, result, monitor)
    if gap:  # nothing is inferred across it: what was settled waits, the streaks are void
        health = replace(reset(health), status=Status.UNKNOWN, since=gap[0].at, recent=health.recent)
    after = _blinded(health, result) if verdict.status is Status.UNKNOWN else _seen(health, result, monitor)
    return Belief(
        health=after,
        transitions=gap + _moved(health, after, result),
        confirm_after=_confirm_after(after, verdict, result, monitor),
        severity=_severity(after, verdict),
    )


def _blinded(health: Health, result: Result) -> Health:
    """We could not see. Keep what was settled, claim nothing."""
    since = health.since if health.status is Status.UNKNOWN else result.started_at
    reason = result.verdict.reason
    return replace(health, status=Status.UNKNOWN, reason=reason, since=since, last_verdict=reason)


def _seen(health: Health, result: Result, monitor: Monitor) -> Health:
    counted, verdict = _count(health, result), result.verdict
    settle = _settle_good if _acceptable(verdict) else _settle_bad
    status, reason, since = settle(counted, result, monitor)
    return replace(
        counted,
        status=status,
        settled=status,
        reason=reason,
        since=since,
        recent="" if status is Status.DOWN else counted.recent,
        last_result_at=result.started_at,
        last_good_at=result.started_at if _acceptable(verdict) else counted.last_good_at,
        last_verdict=verdict.reason,
    )


def _count(health: Health, result: Result) -> Health:
    """Take the probe into the streaks and the window."""
    verdict, good = result.verdict, _acceptable(result.verdict)
    recent = health.recent
    if result.scheduled and result.check is Check.DELIVERY:
        recent = (recent + ("." if good else "x"))[-WINDOW:]
    streak = health.successes if good else health.failures
    if result.check in HOSTILE and verdict.reason is not health.last_verdict:
        streak = 0  # accepting and crashing are two different findings
    return replace(
        health,
        successes=streak + 1 if good else 0,
        failures=0 if good else streak + 1,
        slow=health.slow + 1 if verdict.reason is Reason.SLOW else 0,
        recent=recent,
        streak_started_at=health.streak_started_at if streak else result.started_at,
    )


def _acceptable(verdict: Verdict) -> bool:
    """A slow acknowledgement is an acknowledgement: it ends an outage."""
    return verdict.good or verdict.reason is Reason.SLOW


def _settle_bad(counted: Health, result: Result, monitor: Monitor) -> Settlement:
    verdict, settled = result.verdict, counted.settled
    if counted.failures < needed(verdict, result.check, monitor):
        if settled in {Status.UP, Status.DEGRADED} and counted.recent.count("x") >= FLAKY_FAILURES:
            return _same_or(Status.DEGRADED, Reason.FLAKY, result.started_at, counted, result)
        reason = verdict.reason if settled is Status.UNKNOWN else counted.reason
        return settled, reason, _since(counted, result)
    status = verdict.status
    if settled is Status.DOWN and result.check is Check.DELIVERY:
        status = Status.DOWN  # an outage ends with a good probe, not with a milder refusal
    started = counted.streak_started_at or result.started_at
    if settled is Status.DEGRADED and counted.failures > needed(verdict, result.check, monitor):
        started = result.started_at  # the streak so far was the milder one
    return _same_or(status, verdict.reason, started, counted, result)


def _settle_good(counted: Health, result: Result, monitor: Monitor) -> Settlement:
    settled, slow = counted.settled, result.verdict.reason is Reason.SLOW
    if settled is Status.DOWN and result.check not in FACTS and counted.successes < monitor.up_after:
        return Status.DOWN, counted.reason, _since(counted, result)
    if counted.slow >= SLOW_IN_A_ROW:
        return _same_or(Status.DEGRADED, Reason.SLOW, result.started_at, counted, result)
    flaky = counted.reason is Reason.FLAKY and not _clean(counted)
    if settled is Status.DEGRADED and (flaky or slow):
        return Status.DEGRADED, counted.reason, _since(counted, result)
    started = counted.streak_started_at if settled is Status.DOWN else result.started_at
    reason = Reason.ACCEPTED if slow else result.verdict.reason
    return _same_or(Status.UP, reason, started, counted, result)


def _same_or(
    status: Status, reason: Reason, started: datetime | None, counted: Health, result: Result
) -> Settlement:
    """A status that was settled already keeps its date."""
    return status, reason, _since(counted, result) if status is counted.settled else started


def _since(counted: Health, result: Result) -> datetime | None:
    """While we were blind, ``since`` dated the blindness; what was settled is seen again from this probe."""
    return counted.since if counted.status is counted.settled else result.started_at


def needed(verdict: Verdict, check: Check, monitor: Monitor) -> int:
    """Return how many probes in a row must agree before this is believed."""
    if check in FACTS:
        return 1
    if verdict.reason is Reason.FORGERY_ACCEPTED:
        return 2  # one immediate repeat must agree, whatever down_after says
    return monitor.down_after


def _clean(health: Health) -> bool:
    return "x" not in health.recent and len(health.recent) >= WINDOW


def _confirm_after(after: Health, verdict: Verdict, result: Result, monitor: Monitor) -> timedelta | None:
    if _acceptable(verdict) or verdict.fault_domain is not FaultDomain.LISTENER:
        return None
    if after.failures >= needed(verdict, result.check, monitor):
        return None
    if verdict.reason is Reason.FORGERY_ACCEPTED:
        return timedelta(0)
    if result.check is not Check.DELIVERY:
        return None  # a crashing verifier waits for its next scheduled probe
    return max(monitor.confirm_interval, verdict.retry_after or timedelta(0))


def _severity(after: Health, verdict: Verdict) -> Severity | None:
    if after.status not in {Status.DOWN, Status.DEGRADED}:
        return None
    if after.status is verdict.status and after.reason is verdict.reason:
        return verdict.severity
    return Severity.MAJOR if after.status is Status.DOWN else Severity.MINOR


def _gap(health: Health, result: Result, monitor: Monitor) -> tuple[Transition, ...]:
    """Return the transition into the unknown, if nothing was heard for two intervals before this probe."""
    silent_from = stale_at(health, interval_of(monitor, result.check))
    if silent_from is None or result.started_at <= silent_from or health.status is Status.UNKNOWN:
        return ()
    return (
        Transition(
            monitor=result.monitor,
            check=result.check,
            at=silent_from,
            known_at=result.finished_at,
            status=Status.UNKNOWN,
            previous=health.status,
            reason=None,
        ),
    )


def _moved(before: Health, after: Health, result: Result) -> tuple[Transition, ...]:
    """Return the transition this result made, if the status is another one now."""
    if after.status is before.status:
        return ()
    seen_again = before.status is Status.UNKNOWN and before.settled is not Status.UNKNOWN
    return (
        Transition(
            monitor=result.monitor,
            check=result.check,
            at=result.started_at if seen_again or after.since is None else after.since,
            known_at=result.finished_at,
            status=after.status,
            previous=before.status,
            reason=after.reason,
        ),
    )
