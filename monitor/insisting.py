"""Insisting: an alert that nobody answers is told to others, and told again, by ``core.following``.

All that it has to remember is on the incident: who was told, and when it was told again. So it survives a
restart, a reload, and another file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

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
from monitor.quiet import Quiet
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
                yield from self._of(failing, now)

    def _of(self, failing: Sequence[Incident], now: datetime) -> Iterator[Record]:
        """Yield what is told of one incident: to others once, to those who know as often as it is due."""
        heard = frozenset(name for part in failing for name in part.told)
        tellable = self._tellable(failing, now)
        to: dict[str, Escalation] = {}
        for part, _, plan in tellable:
            if step := escalation(plan, now - known_at(plan.quiet_hours, part), heard):
                to |= dict.fromkeys(step.notify, step)
        if to:
            yield from self._escalated(*tellable[0][:2], to, now)
        again = False
        for part, monitor, plan in tellable:
            if plan.remind:
                if owed := self._owed(part, plan, now):
                    again = True
                    yield from self._reminded(part, monitor, owed, heard, now)
                break
        if to or again:
            for part in failing:
                known = self._watch.incident(CheckKey(part.monitor, part.check)) or part
                told = tuple(dict.fromkeys((*known.told, *to)))
                changed = replace(known, told=told, reminded_at=now if again else known.reminded_at)
                self._watch.revise(changed)
                yield Record(incident=changed)

    def _tellable(
        self, failing: Sequence[Incident], now: datetime
    ) -> list[tuple[Incident, Monitor, Routing]]:
        """Return those of which something may be told: they are known to fail, and nothing hushes them."""
        tellable = []
        for part in sorted(failing, key=lambda one: (one.confirmed_at, one.started_at)):
            key = CheckKey(part.monitor, part.check)
            monitor = self._watch.monitor(key)
            if monitor is None:
                continue
            plan, health = routing(monitor, part.severity, part.check), self._watch.health(key)
            if not plan.escalate and not plan.remind:
                continue
            if part.severity is not Severity.CRITICAL and quiet_until(plan.quiet_hours, now):
                continue
            failing_now = hush.still_failing(check_status(monitor, part.check, health, now), health)
            if failing_now and self._quiet.hush(part, monitor, now) is None:
                tellable.append((part, monitor, plan))
        return tellable

    def _owed(self, part: Incident, plan: Routing, now: datetime) -> Reminder | None:
        """Return what is owed of the incident: it is as old as the first that was told of it."""
        gathered = self._watch.gathering.find(part.number)
        parts = [one for one in gathered.parts if one.told_at] if gathered else [part]
        since = min(known_at(plan.quiet_hours, one) for one in parts)
        reminded_at = max((one.reminded_at for one in parts if one.reminded_at), default=since)
        return reminder(plan, now - since, reminded_at - since)

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
            also_down=self._watch.also_down(monitor.id),
            again=alert.Again(
                age=owed.age, words=f"reminder {owed.number}, {rest}, until it is acknowledged"
            ),
        )
        yield Record(alerts=alerts)


def _line(part: Incident, now: datetime, words: str) -> IncidentEvent:
    return whole(part.number, Happened.ESCALATED, now, words=words)
