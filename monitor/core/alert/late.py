"""What is told late, or perhaps twice, and says so."""

from collections.abc import Sequence
from dataclasses import replace

from monitor.core.alert.digest import digest
from monitor.core.alert.facts import HEADLINE, SHORTEST, shortened, span
from monitor.core.alert.waited import waited
from monitor.core.model import Alert, AlertKind, Message, QueuedAlert

WAS = {"DOWN": "was down", "DEGRADED": "was degraded"}
UNTOLD = "could not tell you earlier"
REPEAT = " (may be a repeat)"
WHY_REPEAT = (
    "we may have told you this already: we were stopped, or got no answer, while it was on its way to you"
)


def message(queued: Sequence[QueuedAlert]) -> Message:
    """Return the one message that tells all of these, which leave together."""
    if any(one.alert.held_until for one in queued):
        return waited([replace(one.alert, message=_words(one)) for one in queued])
    return digest(words(queued))


def words(queued: Sequence[QueuedAlert]) -> tuple[Message, ...]:
    """Return what is told of these alerts, which wait together for one notifier, in order.

    An incident that came and went before its alarm got out is one message. What may have arrived already is
    marked; an alarm that may have is told beside its recovery, for who has seen it would miss it.
    """
    told = [(one.alert, _words(one)) for one in queued]
    for alarm, recovery in _untold_stories(queued):
        whole = _whole(recovery.message, alarm)
        told = [
            (alert, whole if alert is recovery else message)
            for alert, message in told
            if alert is recovery or alert.incident != recovery.incident
        ]
    return tuple(message for _, message in told)


def _words(one: QueuedAlert) -> Message:
    message = one.alert.message
    if one.untold and one.alert.kind is AlertKind.RECOVERED:
        message = _whole(message, None)
    return _marked(message) if one.left_at else message


def _untold_stories(queued: Sequence[QueuedAlert]) -> list[tuple[Alert, Alert]]:
    """Return alarm and recovery of each incident that begins and ends here."""
    of: dict[int, list[QueuedAlert]] = {}
    for one in queued:
        if one.alert.incident is not None:
            of.setdefault(one.alert.incident, []).append(one)
    return [
        (story[0].alert, story[-1].alert)
        for story in of.values()
        if story[0].alert.kind is AlertKind.OPENED
        and story[-1].alert.kind is AlertKind.RECOVERED
        and all(one.left_at is None for one in story)
    ]


def _whole(recovery: Message, alarm: Alert | None) -> Message:
    """Return the one message that tells of beginning and end."""
    facts, headline = dict(recovery.facts), alarm.message.headline if alarm else ""
    what = WAS.get(headline.partition(" ")[0], "it failed")
    was = f"{what} {span(facts['from'], facts['until'])}, " if {"from", "until"} <= {*facts} else ""
    told = f"{recovery.headline}; {was}{UNTOLD}"
    return replace(
        recovery,
        headline=told if len(told) <= HEADLINE else f"{recovery.headline}; {UNTOLD}",
        explanation=f"We {UNTOLD}: the alarm did not get out.\n{recovery.explanation}".strip(),
        evidence=alarm.message.evidence if alarm else None,
        first=recovery.first or alarm is not None,
    )


def _marked(message: Message) -> Message:
    head, bracket, since = message.headline.rpartition(" (")
    tail = f"{bracket}{since}{REPEAT}"
    headline = shortened(head, max(SHORTEST, HEADLINE - len(tail))) + tail
    return replace(message, headline=headline, facts=(*message.facts, ("repeat", WHY_REPEAT)))
