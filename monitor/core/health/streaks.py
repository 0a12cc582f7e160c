"""Counting: what one probe adds to the streaks and to the window of the last scheduled probes."""

from dataclasses import replace

from monitor.core.model import FINDINGS, Check, Health, Reason, Result, Status, Verdict

WINDOW = 20  # scheduled probes that flakiness is judged by
ACCEPTED = frozenset(
    {Reason.FORGERY_ACCEPTED, Reason.TAMPERING_ACCEPTED, Reason.UNSIGNED_ACCEPTED, Reason.STALE_ACCEPTED}
)
WINDOWED = frozenset({Check.DELIVERY, Check.RECEIPT})
FAILINGS = ACCEPTED | {Reason.VERIFIER_CRASHED}


def acknowledged(verdict: Verdict) -> bool:
    """A slow acknowledgement is an acknowledgement: it ends an outage."""
    return verdict.good or verdict.reason is Reason.SLOW


def counted_before(result: Result) -> bool:
    """Whether its event was counted as given up: its receipt tells more, and is no second failure."""
    return result.check is Check.RECEIPT and not result.scheduled


def reset(health: Health) -> Health:
    """Forget the streaks, keep the belief: what is probed has changed."""
    return replace(
        health, failures=0, successes=0, slow=0, streak_started_at=None, recent="", held_until=None
    )


def counted_good(health: Health, result: Result) -> Health:
    """Count an acknowledgement. While slowness is settled, another slow one is no step towards health."""
    slow = result.verdict.reason is Reason.SLOW
    no_better = slow and health.settled_reason is Reason.SLOW
    slowing_down = slow and health.slow == 0 and health.settled in {Status.UP, Status.UNKNOWN}
    begins = slowing_down or not health.successes
    return replace(
        health,
        successes=0 if no_better else health.successes + 1,
        failures=0,
        slow=health.slow + int(result.scheduled) if slow else 0,
        streak_started_at=result.started_at if begins else health.streak_started_at,
        recent=_window(health, result, "."),
    )


def counted_bad(health: Health, result: Result) -> Health:
    """Count a failure. Accepting and crashing are two findings: one does not confirm the other."""
    failures = health.failures
    if result.check in FINDINGS and health.last_verdict in FAILINGS - {result.verdict.reason}:
        failures = 0
    return replace(
        health,
        successes=0,
        failures=failures + int(not counted_before(result)),
        slow=0,
        streak_started_at=health.streak_started_at if failures else result.started_at,
        recent=_window(health, result, "x"),
    )


def _window(health: Health, result: Result, mark: str) -> str:
    if result.check not in WINDOWED or not result.scheduled:
        return health.recent
    return (health.recent + mark)[-WINDOW:]
