"""Settling: when a streak is long enough to be believed.

| settled                | becomes    | when                                                              |
|------------------------|------------|-------------------------------------------------------------------|
| unknown                | up         | at the first acknowledgement                                      |
| any                    | as judged  | ``needed`` failures in a row; a delivery that is down stays down  |
| down, rate limited     | up         | ``up_after`` acknowledgements in a row; if all were slow: slow    |
| up, flaky              | slow       | slow in 3 scheduled probes in a row                               |
| slow, crashed verifier | up         | ``up_after`` good ones in a row; flaky if that was hidden         |
| up                     | flaky      | 3 failures among the last 20 scheduled, none of them confirmed    |
| flaky                  | up         | 20 scheduled probes without a failure                             |
"""

from dataclasses import dataclass
from datetime import datetime

from monitor.core.health.streaks import ACCEPTED, WINDOW
from monitor.core.model import OBSERVED, PROOFS, Check, Health, Monitor, Reason, Result, Status, Verdict

SLOW_IN_A_ROW = 3
FLAKY_FAILURES = 3
FACTS = OBSERVED | {Check.ROTATION}  # one look is proof: a date does not flicker


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What is settled now, why, and from which probe on if that is news."""

    status: Status
    reason: Reason | None
    since: datetime


def needed(verdict: Verdict, check: Check, monitor: Monitor) -> int:
    """Return how many failures in a row must agree before they are believed."""
    if check in FACTS or verdict.reason in PROOFS:
        return 1
    if verdict.reason in ACCEPTED:
        return 2  # one immediate repeat must agree, whatever down_after says
    return monitor.down_after


def is_outage(status: Status, reason: Reason | None) -> bool:
    """Return whether failures are confirmed: then they are no flakiness, and slow answers are progress."""
    return status is Status.DOWN or reason in {Reason.RATE_LIMITED, Reason.LATE}


def settle_bad(counted: Health, result: Result, monitor: Monitor) -> Settled:
    """Settle a failure that ``counted`` holds already."""
    verdict, settled, at = result.verdict, counted.settled, result.started_at
    required = needed(verdict, result.check, monitor)
    if counted.failures < required:
        if settled is Status.UP and counted.recent.count("x") >= FLAKY_FAILURES:
            if result.check is Check.RECEIPT:  # one in seven events lost is an outage of its own
                return Settled(status=verdict.status, reason=verdict.reason, since=at)
            return Settled(status=Status.DEGRADED, reason=Reason.FLAKY, since=at)
        return _as_before(counted, at)
    if settled is Status.DOWN and verdict.status is Status.DEGRADED and result.check is Check.DELIVERY:
        return _as_before(counted, at)  # an outage ends with an acknowledgement, not a milder refusal
    settled_already = settled in {Status.DOWN, Status.DEGRADED} and counted.failures > required
    since = at if settled_already else counted.streak_started_at or at
    return Settled(status=verdict.status, reason=verdict.reason, since=since)


def settle_good(counted: Health, result: Result, monitor: Monitor) -> Settled:
    """Settle an acknowledgement, fast or slow, that ``counted`` holds already."""
    since = counted.streak_started_at or result.started_at
    enough = 1 if result.check in FACTS else monitor.up_after
    all_slow = is_outage(counted.settled, counted.settled_reason) and counted.slow >= enough
    if all_slow or counted.slow >= SLOW_IN_A_ROW:
        return Settled(status=Status.DEGRADED, reason=Reason.SLOW, since=since)
    if counted.settled in {Status.DOWN, Status.DEGRADED} and not _lifted(counted, enough):
        return _as_before(counted, result.started_at)
    if counted.settled is Status.DEGRADED and counted.recent.count("x") >= FLAKY_FAILURES:
        return Settled(status=Status.DEGRADED, reason=Reason.FLAKY, since=since)  # slowness hid it
    reason = Reason.ACCEPTED if result.verdict.reason is Reason.SLOW else result.verdict.reason
    return Settled(status=Status.UP, reason=reason, since=since)


def _lifted(counted: Health, enough: int) -> bool:
    if counted.settled_reason is Reason.FLAKY:
        return "x" not in counted.recent and len(counted.recent) >= WINDOW
    return counted.successes >= enough


def _as_before(counted: Health, at: datetime) -> Settled:
    return Settled(status=counted.settled, reason=counted.settled_reason, since=at)
