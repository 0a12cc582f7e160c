"""What the page says, decided before any HTML is written. Nothing here knows a finding, an id or a URL."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core.model import (
    Check,
    CheckKey,
    Health,
    Monitor,
    Public,
    Site,
    Snapshot,
    Status,
)
from monitor.core.summary import Overall, Standing, check_status, overall, standing
from monitor.core.times import duration
from monitor.core.uptime import Uptime
from monitor.web.page.days import DAYS
from monitor.web.page.gathered import Trouble, by_number, together
from monitor.web.page.moments import Moment, ago, moment
from monitor.web.page.past import Line, Past, may_be_told, published
from monitor.web.page.planned import Planned, excused, planned
from monitor.web.page.troubles import investigated, over, running

RECENT_SHOWN = 20
NAMED = 10  # components of announced work are named up to here, then counted
NO_BREAK = "\N{NO-BREAK SPACE}"
WORDS = {
    Status.UP: "Operational",
    Status.DEGRADED: "Degraded",
    Status.DOWN: "Down",
    Status.MAINTENANCE: "Maintenance",
    Status.PAUSED: "Paused",
    Status.UNKNOWN: "Unknown",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One row of the page."""

    name: str
    description: str | None
    status: Status
    word: str
    hint: str | None  # since when, where that matters
    parts: tuple[tuple[str, str], ...]  # acknowledgement and processing apart, where both are measured
    uptime: str | None
    coverage: str | None  # None where nothing is missing
    line: Line | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Components under one heading; the group without a name comes first."""

    name: str | None
    components: tuple[Component, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Announced work, as the public may know it."""

    title: str
    text: str | None
    names: str
    begins: Moment
    ends: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """The whole page."""

    site: Site
    overall: Overall
    measured: str | None
    at: Moment
    open: tuple[Trouble, ...]
    works: tuple[Work, ...]
    ended: tuple[Trouble, ...]
    groups: tuple[Group, ...]
    past_known: bool
    days: int = DAYS


def page_view(snapshot: Snapshot, past: Past) -> PageView:
    """Decide what the public is told."""
    site, shown = snapshot.config.site, published(snapshot)
    now = snapshot.taken_at.astimezone(site.zone)  # every time is told in the zone of `now`
    stands = {monitor.id: standing(monitor, snapshot.healths, now) for monitor in shown}
    known = {monitor.id: (monitor, monitor.public) for monitor in shown if monitor.public is not None}
    open_ = [
        one
        for one in snapshot.open_incidents.values()
        if may_be_told(one) and one.monitor in known and not excused(one, snapshot)
    ]
    open_.sort(key=lambda one: one.started_at, reverse=True)
    still = {one.number for one in open_}
    told = (one for one in past.ended if one.monitor in known and not excused(one, snapshot))
    ended = sorted((one for one in told if one.number not in still), key=lambda one: one.started_at)
    ended.reverse()
    return PageView(
        site=site,
        overall=overall([stands[monitor.id].status for monitor in shown]),
        measured=_measured(stands.values(), now),
        at=moment(now, now),
        open=tuple(
            investigated(
                together([running(part, *known[part.monitor], stands[part.monitor], now) for part in parts]),
                snapshot.handlings.get(number),
            )
            for number, parts in by_number(open_)
        ),
        works=tuple(_work(one, now) for one in planned(snapshot, shown)),
        ended=tuple(
            replace(
                together([over(part, *known[part.monitor], now) for part in parts]),
                post_mortem=past.post_mortems.get(number, ""),
            )
            for number, parts in by_number(ended)[:RECENT_SHOWN]
        ),
        groups=_groups(snapshot, shown, stands, past),
        past_known=past.known,
    )


def _work(one: Planned, now: datetime) -> Work:
    names = ", ".join(one.names[:NAMED])
    more = len(one.names) - NAMED
    return Work(
        title="Maintenance goes on" if one.running else "Maintenance is planned",
        text=one.one.window.public,
        names=f"{names} and {more} more" if more > 0 else names,
        begins=moment(one.one.start, now),
        ends=moment(one.one.end, now),
    )


def _measured(stands: Iterable[Standing], now: datetime) -> str | None:
    """Say how old the oldest part of the picture is; what is unknown says so itself."""
    seen = [
        stand.last_result_at
        for stand in stands
        if stand.status not in {Status.UNKNOWN, Status.PAUSED} and stand.last_result_at is not None
    ]
    return f"measured {ago(min(seen), now)}" if seen else None


def _groups(
    snapshot: Snapshot, shown: tuple[Monitor, ...], stands: dict[str, Standing], past: Past
) -> tuple[Group, ...]:
    """Group the components in the order of the file."""
    now = snapshot.taken_at.astimezone(snapshot.config.site.zone)
    found: dict[str | None, list[Component]] = {}
    for monitor in shown:
        if monitor.public is not None:
            component = _component(
                monitor.public,
                stands[monitor.id],
                past.lines.get(monitor.id),
                _parts(monitor, snapshot),
                now,
            )
            found.setdefault(monitor.public.group or None, []).append(component)
    ordered = sorted(found.items(), key=lambda entry: entry[0] is not None)
    return tuple(Group(name=name, components=tuple(components)) for name, components in ordered)


def _parts(monitor: Monitor, snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    """Say acknowledgement and processing apart, where both are measured."""
    if monitor.receipt is None or not monitor.enabled:
        return ()

    def word(check: Check) -> str:
        known = snapshot.healths.get(CheckKey(monitor.id, check), Health())
        return WORDS[check_status(monitor, check, known, snapshot.taken_at)]

    return ("Accepted", word(Check.DELIVERY)), ("Processed", word(Check.RECEIPT))


def _component(
    public: Public,
    stands: Standing,
    line: Line | None,
    parts: tuple[tuple[str, str], ...],
    now: datetime,
) -> Component:
    return Component(
        name=public.name,
        description=public.description,
        status=stands.status,
        word=WORDS[stands.status],
        hint=_hint(stands, now),
        parts=parts,
        uptime=percent(line.uptime.ratio) if line and line.uptime.ratio is not None else None,
        coverage=_coverage(line.uptime) if line else None,
        line=line,
    )


def _hint(stands: Standing, now: datetime) -> str | None:
    if stands.status is Status.UP or stands.since is None:
        return None
    word = "not measured " if stands.status is Status.UNKNOWN else ""
    return f"{word}since {moment(stands.since, now).words}"


def _coverage(measured: Uptime) -> str | None:
    """Say what the number rests on, unless that is (nearly) everything."""
    if measured.coverage >= 0.995:
        return None
    if not measured.measured:
        return f"not measured in the last {DAYS} days"
    return f"measured for {duration(measured.measured)}".replace(" ", NO_BREAK)


def percent(ratio: float) -> str:
    """Say a share, never rounded up: 100 % means that there was no trouble at all."""
    if ratio >= 1:
        return f"100{NO_BREAK}%"
    hundredths = int(ratio * 10_000)
    return f"{hundredths // 100}.{hundredths % 100:02d}{NO_BREAK}%"
