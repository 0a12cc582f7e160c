"""What the page tells of the past: read now and then, however many visitors there are."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog
from markupsafe import Markup

from monitor.core.model import AVAILABILITY, PROOFS, Incident, Monitor, Reason, Snapshot, Transition
from monitor.core.summary import standing
from monitor.core.times import duration
from monitor.core.uptime import Uptime, measure
from monitor.errors import StoreError
from monitor.web.house import History, House
from monitor.web.page.days import DAYS, Day, bars, days, first_midnight, in_words
from monitor.web.timeline import timeline

log = structlog.get_logger()

KEPT = timedelta(minutes=1)
FEW = 20  # so many monitors are read one by one; more, all at once
RECENT = timedelta(days=14)
INCIDENTS = 500  # read at most so many; findings and hidden monitors are among them


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Ninety days of one component, ready to be shown."""

    bars: Markup
    uptime: Uptime
    troubled: tuple[str, ...]  # the days with trouble, in words, newest first
    label: str  # the whole drawing in one sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """``known`` is False while the database is away and nothing was read before."""

    lines: Mapping[str, Line]
    ended: tuple[Incident, ...] = ()
    known: bool = True


class Historian:
    """Reads the past: again when a status has changed, else once a minute.

    The last good reading stays for when the database is away.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._last = Past(lines={}, known=False)
        self._seen: tuple[object, ...] = ()
        self._due = house.now()

    async def read(self) -> Past:
        """Return the past as of now, or as of when it could be read last."""
        snapshot = self._house.snapshot()
        shown, now = published(snapshot), snapshot.taken_at
        seen = tuple((one.id, standing(one, snapshot.healths, now).status) for one in shown)
        if self._last.known and seen == self._seen and now < self._due <= now + KEPT:
            return self._last
        try:
            self._last = await _read(self._house.history, shown, snapshot)
        except StoreError as error:
            log.warning("the page shows an older past", why=str(error))
        else:
            self._seen, self._due = seen, now + KEPT
        return self._last


def published(snapshot: Snapshot) -> tuple[Monitor, ...]:
    """Return the monitors that the public may know of."""
    return tuple(monitor for monitor in snapshot.config.monitors if monitor.public is not None)


def may_be_told(incident: Incident) -> bool:
    """A finding is never public, and what our own probes brought about is no incident of a component."""
    told = incident.reason is not Reason.OWN_FAULT and incident.reason not in PROOFS
    return incident.check in AVAILABILITY and told


async def _read(history: History, shown: tuple[Monitor, ...], snapshot: Snapshot) -> Past:
    if not shown:
        return Past(lines={})
    now = snapshot.taken_at
    wanted = [monitor.id for monitor in shown] if len(shown) <= FEW else [None]
    changes = [
        change
        for monitor in wanted
        for change in await history.transitions(monitor, start=first_midnight(now), end=now)
    ]
    incidents = await history.incidents(start=now - RECENT, end=now, limit=INCIDENTS)
    ids = {monitor.id for monitor in shown}
    over = [one for one in incidents if may_be_told(one) and one.ended_at is not None]
    lines = await asyncio.to_thread(_lines, shown, changes, snapshot)
    return Past(lines=lines, ended=tuple(one for one in over if one.monitor in ids))


def _lines(shown: tuple[Monitor, ...], changes: list[Transition], snapshot: Snapshot) -> Mapping[str, Line]:
    mine: dict[str, list[Transition]] = defaultdict(list)
    for change in changes:
        mine[change.monitor].append(change)
    return {monitor.id: _line(monitor, mine[monitor.id], snapshot) for monitor in shown}


def _line(monitor: Monitor, changes: list[Transition], snapshot: Snapshot) -> Line:
    now = snapshot.taken_at
    whole = timeline(monitor, changes, snapshot, start=first_midnight(now), end=now)
    several = days(whole, now=now)
    return Line(
        bars=bars(several),
        uptime=measure(whole),
        troubled=tuple(in_words(day) for day in reversed(several) if day.troubled),
        label=_label(several),
    )


def _label(several: tuple[Day, ...]) -> str:
    down = sum((day.uptime.down for day in several), timedelta(0))
    troubled = sum(day.troubled for day in several)
    unmeasured = sum(not day.measured for day in several)
    told = [f"{troubled} {'day' if troubled == 1 else 'days'} with trouble"]
    if down:
        told.append(f"down for {duration(down)} in all")
    if unmeasured:
        told.append(f"{unmeasured} {'day' if unmeasured == 1 else 'days'} not measured")
    return f"The last {DAYS} days: {', '.join(told)}"
