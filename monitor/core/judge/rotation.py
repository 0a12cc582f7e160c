"""Rotation: which of several secrets does the listener accept, each asked alone?"""

from collections.abc import Sequence
from datetime import UTC, datetime

from monitor.core.judge.delivery import acknowledges
from monitor.core.judge.expectation import TURNED_AWAY
from monitor.core.judge.verdicts import accepted, degraded, inconclusive
from monitor.core.model import Monitor, Reason, Reply, Secret, Severity, Verdict

ORDINALS = ("first", "second", "third", "fourth", "fifth")


def judge_rotation(replies: Sequence[Reply], monitor: Monitor, at: datetime) -> Verdict:
    """Judge one answer per secret, in their order. A retired secret must be refused."""
    if any(_unanswered(reply) for reply in replies):
        return inconclusive("not every secret could be asked: a probe got no answer, a crash, or no hearing")
    pairs = zip(monitor.secrets, replies, strict=True)
    taken = [secret for secret, reply in pairs if acknowledges(reply, monitor)]
    words = which_accepted(replies, monitor)
    retired = [secret for secret in taken if secret.until is not None and secret.until <= at]
    if retired:
        until = min(secret.until for secret in retired if secret.until)
        late = f"a secret retired on {until.astimezone(UTC):%Y-%m-%d %H:%M} UTC is still accepted"
        return degraded(Reason.RETIRED_ACCEPTED, f"{late}: {words}", Severity.WARNING)
    if not taken:
        return inconclusive("no secret is accepted; that is the delivery check's business")
    return accepted(words)


def which_accepted(replies: Sequence[Reply], monitor: Monitor) -> str:
    """Say which secrets are accepted, by their place in the file."""
    names = [_name(place, secret) for place, secret in enumerate(monitor.secrets)]
    taken = [name for name, reply in zip(names, replies, strict=True) if acknowledges(reply, monitor)]
    if not taken:
        return f"none of the {len(names)} secrets is accepted"
    return f"of {len(names)} secrets, the listener accepts {' and '.join(taken)}"


def _unanswered(reply: Reply) -> bool:
    status = reply.http_status
    return status is None or status // 100 == 5 or status in TURNED_AWAY


def _name(place: int, secret: Secret) -> str:
    until = f" (until {secret.until.astimezone(UTC):%Y-%m-%d})" if secret.until else ""
    return f"the {ORDINALS[place] if place < len(ORDINALS) else f'{place + 1}th'}{until}"
