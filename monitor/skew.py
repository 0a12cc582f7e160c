"""Whose clock is wrong, theirs or ours? Read off every answer's ``Date``, asked when an event is refused.

A listener that refuses a fresh event as too old, or as from the future, may be right: by its own clock.
"""

from collections import OrderedDict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from statistics import median_low

from monitor.core import judge
from monitor.core.judge.diagnosis import UNREAD
from monitor.core.model import Monitor, Reason, Reply, Scheme, Verdict

READ_AGAIN = timedelta(seconds=10)
HOSTS = 50  # the latest to answer are asked; one word each
WORDS = 2  # hosts that must agree before it is our clock
AGREE = timedelta(seconds=3)  # a Date has whole seconds, and an answer takes its time
REFUSALS = frozenset({Reason.SIGNATURE_REFUSED, Reason.CLIENT_ERROR, Reason.HANDSHAKE_FAILED})


class Skew:
    """How far other clocks are ahead of ours (negative: behind), by the host they answered from."""

    def __init__(self) -> None:
        self._ahead: OrderedDict[str, timedelta] = OrderedDict()
        self._asked_at: dict[str, datetime] = {}

    def heard(self, host: str, reply: Reply) -> None:
        """Remember what time it is for this host. Its clock is not read with every answer: dates are slow."""
        asked_at = self._asked_at.get(host)
        if asked_at is not None and timedelta(0) <= reply.started_at - asked_at < READ_AGAIN:
            return
        ahead = ahead_of_us(reply)
        if ahead is None:
            return
        self._asked_at[host] = reply.started_at
        self._ahead[host] = ahead
        self._ahead.move_to_end(host)
        if len(self._ahead) > HOSTS:
            gone, _ = self._ahead.popitem(last=False)
            del self._asked_at[gone]

    @property
    def ours(self) -> timedelta | None:
        """Return how far most clocks are ahead of ours; None while too few have spoken, or they disagree.

        Our own has a word, too.
        """
        if len(self._ahead) < WORDS:
            return None
        words = (timedelta(0), *self._ahead.values())
        middle = median_low(words)
        agreeing = sum(abs(one - middle) <= AGREE for one in words)
        return middle if 2 * agreeing > len(words) else None

    def settle(self, verdict: Verdict, monitor: Monitor, reply: Reply) -> Verdict:
        """Return the verdict with the clocks taken into account: a refusal may be explained by them."""
        if not _refused(verdict, monitor, reply):
            return verdict
        ahead = ahead_of_us(reply)
        if ahead is None or not _explains(ahead, monitor.provider.scheme):
            return verdict
        apart, ours = _spoken(ahead), self.ours
        if ours is None:
            words = f"Its clock is {apart} ours, which explains the refusal: look which of the two is wrong."
            return replace(verdict, diagnosis=words)
        if abs(ours - ahead) <= AGREE:
            wrong = f"our clock is {_spoken(-ahead)} that of the listeners, which explains the refusal"
            return judge.own_fault(f"{verdict.message}: {wrong}")
        words = f"Its clock is {apart} ours and the others': it takes fresh events for old or future ones."
        return replace(verdict, diagnosis=words)


def ahead_of_us(reply: Reply) -> timedelta | None:
    """Return how far the clock behind this answer is ahead of ours; None where it says no time."""
    said = reply.header("date")
    if reply.http_status is None or not said:
        return None
    try:
        theirs = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None
    if theirs.tzinfo is None:
        theirs = theirs.replace(tzinfo=UTC)
    here: datetime = reply.started_at + timedelta(seconds=reply.phases.total)
    return theirs + timedelta(seconds=0.5) - here  # a Date is cut off to the second


def _refused(verdict: Verdict, monitor: Monitor, reply: Reply) -> bool:
    """Whether a verifier may have refused what we signed: an event, or the provider's challenge."""
    status, asked = reply.http_status or 0, monitor.provider.handshake
    if verdict.reason is Reason.HANDSHAKE_FAILED and (
        asked is None or not asked.signed or status // 100 != 4
    ):
        return False
    return verdict.reason in REFUSALS and status not in UNREAD


def _explains(ahead: timedelta, scheme: Scheme) -> bool:
    """Whether a verifier with that clock finds our events too old, or from too far in the future."""
    if scheme.window is None:
        return False
    nearly = scheme.window - min(AGREE, scheme.window / 5)
    if ahead > timedelta(0):
        return ahead >= nearly
    return -ahead >= (scheme.backdate or nearly)  # who must be sent earlier times refuses all that is to come


def _spoken(ahead: timedelta) -> str:
    seconds = abs(ahead).total_seconds()
    span = f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"
    return f"{span} {'ahead of' if ahead > timedelta(0) else 'behind'}"
