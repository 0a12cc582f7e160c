"""Does it look as if our own test probes had got us banned?

Only where a listener that acknowledged events suddenly turns us away, in a way in which bans do, shortly
after a hostile probe, and not with the very answer that its verifier gives to hostile events.
"""

import re
from collections.abc import Iterable
from datetime import timedelta

from monitor.core.model import (
    FailureKind,
    FaultDomain,
    Health,
    Incident,
    Reason,
    Reply,
    Result,
    Status,
)

CLOSED_PORT = timedelta(hours=1)
STATUSES = frozenset({403, 429})
SAME = 200  # characters of a body that make two answers alike
FRESH = re.compile(r"[\w-]*\d[\w-]*")  # ids and times: they differ in every answer


def looks_banned(before: Health, result: Result, hostile: Iterable[Result]) -> bool:
    """Return whether this failing delivery may be a ban. ``hostile``: the last of each hostile check."""
    if before.settled is not Status.UP or not _turned_away(result):
        return False
    refusals = {_answer(one.reply) for one in hostile if one.verdict.reason is Reason.REFUSED}
    return _answer(result.reply) not in refusals


def lasts(open_: Incident, result: Result, longest: timedelta) -> bool:
    """Return whether the ban that this incident tells of explains one more refusal.

    A port that stays closed is a process that is gone, far more often than a ban: that excuse is short.
    """
    excused = longest if result.reply.failure is None else CLOSED_PORT
    ours = open_.reason is Reason.OWN_FAULT and result.started_at - open_.confirmed_at < excused
    return ours and _turned_away(result)


def _turned_away(result: Result) -> bool:
    if result.verdict.fault_domain is not FaultDomain.LISTENER:  # what expect lists, say, is no refusal
        return False
    failure, status = result.reply.failure, result.reply.http_status
    return failure.kind is FailureKind.REFUSED if failure else status in STATUSES


def _answer(reply: Reply) -> tuple[int | None, str, str]:
    return reply.http_status, reply.header("content-type") or "", FRESH.sub("", reply.body[:SAME])
