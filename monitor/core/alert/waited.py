"""What quiet hours held back, in one message: what is still open, and what came and went meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.core.alert.digest import WORST_FIRST, links_of
from monitor.core.alert.facts import MEANT_FOR, counted
from monitor.core.model import Alert, AlertKind, Message

LINES = 25  # told in full in each group; the rest are counted
NAMED = 3
OVER = frozenset({AlertKind.RECOVERED, AlertKind.RESOLVED})
WHY = "Quiet hours held this back; nothing of it was critical."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Story:
    """What was held back of one incident, in order."""

    alerts: tuple[Alert, ...]

    @property
    def over(self) -> bool:
        return self.alerts[-1].kind in OVER

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(alert.monitor or "" for alert in self.alerts))

    @property
    def line(self) -> str:
        """The last word on it: that it is over, or else the worst that was said last."""
        if self.over:
            return self.alerts[-1].message.headline
        first = self.alerts[0].message.headline
        more = len(self.names) - 1
        return f"{first} and {counted(more, 'other')}" if more else first


def waited(alerts: Sequence[Alert]) -> Message:
    """Return one message for all that was held back of one or more incidents, oldest first."""
    stories = [_Story(alerts=each) for each in _by_incident(alerts)]
    still, over = [one for one in stories if not one.over], [one for one in stories if one.over]
    if len(stories) == 1:
        last = alerts[-1].message
        first = any(alert.message.first for alert in alerts)
        return replace(last, explanation=f"{WHY}\n{last.explanation}".strip(), first=first)
    counts = [_count(word, group) for word, group in (("still open", still), ("over", over)) if group]
    shown = [one.alerts[-1].message for one in (still or over)]
    return Message(
        headline=f"QUIET HOURS are over: {counted(len(stories), 'incident')}, {', '.join(counts)}",
        colour=min((message.colour for message in shown), key=WORST_FIRST.index),
        explanation=WHY + (" Look at what is still open." if still else " Nothing of it is open any more."),
        facts=tuple(
            (f"{title} ({len(group):,})", _lines(group))
            for title, group in (("still open", still), ("came and went", over))
            if group
        ),
        links=links_of(shown),
    )


def _by_incident(alerts: Sequence[Alert]) -> list[tuple[Alert, ...]]:
    stories: dict[int | str, list[Alert]] = {}
    for alert in alerts:
        stories.setdefault(alert.key if alert.incident is None else alert.incident, []).append(alert)
    return [tuple(each) for each in stories.values()]


def _count(word: str, stories: Sequence[_Story]) -> str:
    names = list(dict.fromkeys(name for one in stories for name in one.names if name))
    named = f" ({', '.join(names)})" if len(names) <= NAMED else ""
    return f"{len(stories):,} {word}{named}"


def _meant(story: _Story) -> str:
    """Say whom it was for, where this is another."""
    whom = dict(story.alerts[0].message.facts).get(MEANT_FOR)
    return f" ({MEANT_FOR} {whom})" if whom else ""


def _lines(stories: Sequence[_Story]) -> str:
    told = [f"{one.line} #{one.alerts[0].incident}{_meant(one)}" for one in stories[:LINES]]
    if rest := stories[LINES:]:
        told.append(f"and {len(rest):,} more: {', '.join(name for one in rest for name in one.names)}")
    return "\n".join(told)
