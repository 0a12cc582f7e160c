"""Does it look as if our own test probes had got us banned?

Only where a listener that acknowledged events suddenly turns us away, in a way in which bans do, shortly
after a hostile probe, and not with the very answer that it gives to forged events: that one is its
verifier's.
"""

from datetime import timedelta

from monitor.core.model import FailureKind, Health, Incident, Reason, Reply, Result, Status

STATUSES = frozenset({403, 429})
SAME = 200  # characters of a body that make two answers alike


def looks_banned(before: Health, result: Result, forged: Reply | None) -> bool:
    """Return whether this failing delivery may be a ban. ``forged``: the last answer to a forged event."""
    if before.settled is not Status.UP or not _turned_away(result.reply):
        return False
    return forged is None or _answer(forged) != _answer(result.reply)


def lasts(open_: Incident, result: Result, longest: timedelta) -> bool:
    """Return whether the ban that this incident tells of explains one more refusal."""
    ours = open_.reason is Reason.OWN_FAULT and result.started_at - open_.confirmed_at < longest
    return ours and _turned_away(result.reply)


def _turned_away(reply: Reply) -> bool:
    if reply.failure is not None:
        return reply.failure.kind is FailureKind.REFUSED
    return reply.http_status in STATUSES


def _answer(reply: Reply) -> tuple[int | None, str]:
    return reply.http_status, reply.body[:SAME]
