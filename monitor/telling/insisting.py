"""Insisting: an alert that nobody answers is told to others, and told again, by ``core.following``.

All that it has to remember is on the incident: who was told, and when it was told again. So it survives a
restart, a reload, and another file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache

import structlog

from monitor.core import alert, hush
from monitor.core.following import Escalation, Reminder, escalation, reminder
from monitor.core.hours import known_at, quiet_until
from monitor.core.model import (
    AlertKind,
    CheckKey,
    Happened,
    Incident,
    IncidentEvent,
    Monitor,
    Record,
    Routing,
    Severity,
)
from monitor.core.routing import routing
from monitor.core.summary import check_status
from monitor.core.timeline import whole
from monitor.core.times import duration
from monitor.telling.quiet import Quiet
from monitor.watch import Watch

log = structlog.get_logger()


class Insisting:
    """Looks at what is open and told, and that nobody has acknowledged."""

    def __init__(self, *, watch: Watch, quiet: Quiet) -> None:
        self._watch = watch
        self._quiet = quiet

    def due(self, now: datetime) -> Iterator[Record]:
        """Yield what follows now upon what was told before."""
        parts: dict[int, list[Incident]] = {}
        for part in self._watch.open_incidents():
            if part.told_at is not None and part.told_at < now:
                parts.setdefault(part.number, []).append(part)
        handlings = self._watch.gathering.handlings
        for number, failing in parts.items():
            if handlings[number].acknowledged_at is None:
                yield from self._of(sorted(failing, key=lambda one: one.confirmed_at), now)

    def _of(self, failing: Sequence[Incident], now: datetime) -> Iterator[Record]:
        """Yield what is told of one incident: to others once, to those who know as often as it is due."""
        heard = frozenset(name for part in failing for name in part.told)
        reminded_at = max((part.reminded_at for part in failing if part.reminded_at), default=None)
        tellable = self._tellable(failing, heard, reminded_at, now)
        to: dict[str, Escalation] = {}
        for part, _, plan in tellable:
            if step := escalation(plan, now - known_at(plan.quiet_hours, part), heard):
                to |= dict.fromkeys(step.notify, step)
        if to:
            yield from self._escalated(*tellable[0][:2], to, now)
        again = _again(tellable, reminded_at, now)
        if again:
            yield from self._reminded(*again, heard, now)
        if to or again:
            yield from self._remembered(failing, tuple(to), now if again else None)

    def _tellable(
        self,
        failing: Sequence[Incident],
        heard: frozenset[str],
        reminded_at: datetime | None,
        now: datetime,
    ) -> list[tuple[Incident, Monitor, Routing]]:
        """Return those of which something may be owed, that are known to fail, and that nothing hushes.

        Asked once a second of all that is open: what costs most comes last.
        """
        tellable = []
        oldest = min(part.told_at for part in failing if part.told_at)
        is_quiet = cache(lambda hours: quiet_until(hours, now) is not None)
        for part in failing:
            key = CheckKey(part.monitor, part.check)
            monitor = self._watch.monitor(key)
            if monitor is None or part.told_at is None:
                continue
            plan = routing(monitor, part.severity, part.check)
            reminded = _owed(plan, oldest, reminded_at, now)
            if not reminded and not escalation(plan, now - part.told_at, heard):
                continue
            if part.severity is not Severity.CRITICAL and is_quiet(plan.quiet_hours):
                continue
            health = self._watch.health(key)
            failing_now = hush.still_failing(check_status(monitor, part.check, health, now), health)
            if failing_now and self._quiet.hush(part, monitor, now) is None:
                tellable.append((part, monitor, plan))
        return tellable

    def _remembered(
        self, failing: Sequence[Incident], to: tuple[str, ...], reminded_at: datetime | None
    ) -> Iterator[Record]:
        """Yield all that fails of the incident, with who has heard of it now, and when."""
        for part in failing:
            told = tuple(dict.fromkeys((*part.told, *to)))
            changed = replace(part, told=told, reminded_at=reminded_at or part.reminded_at)
            self._watch.revise(changed)
            yield Record(incident=changed)

    def _escalated(
        self, part: Incident, monitor: Monitor, to: dict[str, Escalation], now: datetime
    ) -> Iterator[Record]:
        last = max((step for step in to.values()), key=lambda step: step.age)
        told = ", ".join(part.told) or "nobody"
        words = f"{', '.join(to)}: not acknowledged for {duration(last.age)}"
        log.info("incident escalated", incident=part.number, monitor=part.monitor, to=list(to), told=told)
        alerts = alert.announce(
            replace(part, told=tuple(to)),
            AlertKind.ESCALATED,
            self._watch.last_result(CheckKey(part.monitor, part.check)),
            monitor,
            self._watch.site,
            now=now,
            begun=self._watch.gathering.begun(part),
            also_down=self._watch.also_down(monitor.id),
            again=alert.Again(age=last.age, words=f"nobody has acknowledged it; told so far: {told}"),
        )
        yield Record(alerts=alerts, happened=(_line(part, now, words),))

    def _reminded(
        self, part: Incident, monitor: Monitor, owed: Reminder, heard: frozenset[str], now: datetime
    ) -> Iterator[Record]:
        log.info("incident told again", incident=part.number, monitor=part.monitor, reminder=owed.number)
        gap = duration(owed.next_age - owed.age) if owed.next_age else ""
        rest = f"the next in {gap}" if gap else "the last"
        alerts = alert.announce(
            replace(part, told=tuple(sorted(heard))),
            AlertKind.REMINDED,
            self._watch.last_result(CheckKey(part.monitor, part.check)),
            monitor,
            self._watch.site,
            now=now,
            begun=self._watch.gathering.begun(part),
            also_down=self._watch.also_down(monitor.id),
            again=alert.Again(
                age=owed.age, words=f"reminder {owed.number}, {rest}, until it is acknowledged"
            ),
        )
        yield Record(alerts=alerts)


def _again(
    tellable: Sequence[tuple[Incident, Monitor, Routing]], reminded_at: datetime | None, now: datetime
) -> tuple[Incident, Monitor, Reminder] | None:
    """Return the reminder that is owed of an incident: it is as old as the first that people know of."""
    first = min(
        (one for one in tellable if one[2].remind),
        key=lambda one: known_at(one[2].quiet_hours, one[0]),
        default=None,
    )
    if first is None:
        return None
    part, monitor, plan = first
    owed = _owed(plan, known_at(plan.quiet_hours, part), reminded_at, now)
    return (part, monitor, owed) if owed else None


def _owed(plan: Routing, since: datetime, reminded_at: datetime | None, now: datetime) -> Reminder | None:
    """Return the reminder that is owed of what people could know of since then."""
    return reminder(plan, now - since, (reminded_at or since) - since)


def _line(part: Incident, now: datetime, words: str) -> IncidentEvent:
    return whole(part.number, Happened.ESCALATED, now, words=words)
