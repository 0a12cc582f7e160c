"""Who hears of what: judged, and given to each monitor. Unknown names and endless quiet are refused."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from monitor.config.findings import Scope
from monitor.config.routing import DAYS, QuietShape, RouteShape, StepShape, TellingShape
from monitor.config.scalars import quotable, suggestion
from monitor.config.tree import Path, step
from monitor.core.hours import LONGEST, quiet_until
from monitor.core.model import EVERY_DAY, Check, Monitor, QuietHours, Route, Severity, Step
from monitor.core.routing import NEWS, matches

MISSING = {
    "monitors": "no monitor is named",
    "groups": "no monitor is in the group",
    "tags": "no monitor has the tag",
}
SAID = ("notify", "escalate", "remind", "quiet_hours")
SOME_WEEKS = tuple(datetime(2026, month, 1, 12, tzinfo=UTC) for month in (1, 7))  # winter and summer
Targets = Mapping[str, tuple[str, ...]]


# --- judged -------------------------------------------------------------------------------------------------


def judge(scope: Scope, shape: TellingShape, notify: Iterable[str], known: frozenset[str]) -> None:
    """Tell what is wrong with who hears, of a monitor, of what they have in common, or of a route."""
    judge_names(scope, ("notify",), notify, known)
    for index, one in enumerate(shape.escalate or ()):
        judge_names(scope, ("escalate", index, "notify"), one.notify, known)
    hours = _hours(shape.quiet_hours or ())
    if hours and any(_endless(hours, at) for at in SOME_WEEKS):
        scope.problem(("quiet_hours",), "it would be quiet at all times: use `notify: []` to tell nobody")


def judge_names(scope: Scope, path: Path, names: Iterable[str], known: frozenset[str]) -> None:
    """Tell each name in a list that no notifier has."""
    for index, name in enumerate(names):
        if name not in known:
            scope.problem((*path, index), no_such_notifier(name, known))


def no_such_notifier(name: str, known: frozenset[str]) -> str:
    """Say that nobody bears this name, and who was perhaps meant."""
    others = f"; known: {', '.join(sorted(known))}" if known else "; there are no notifiers"
    return f"no notifier is named {quotable(name)}{suggestion(name, known) or others}"


def judge_routes(
    scope: Scope, routes: tuple[RouteShape, ...], known: frozenset[str], monitors: Mapping[str, TellingShape]
) -> None:
    """Tell what is wrong with the routes of the house; ``monitors`` are the shapes of all."""
    there = _there(monitors)
    for index, shape in enumerate(routes):
        node = step(scope.node, index) or scope.node
        one = Scope(findings=scope.findings, node=node, prefix=(*scope.prefix, index), at=node.at)
        judge(one, shape, shape.notify or (), known)
        for key, names in there.items():
            for place, name in enumerate(getattr(shape, key) or ()):
                if name not in names:
                    many = isinstance(step(node, key), list)
                    words = MISSING[key]
                    message = f"{words} {quotable(name)}{suggestion(name, names)}"
                    one.problem((key, place) if many else (key,), message)
        if all(getattr(shape, key) is None for key in SAID):
            one.problem((), f"says nothing: give it one of {', '.join(SAID)}")


def _there(monitors: Mapping[str, TellingShape]) -> dict[str, frozenset[str]]:
    """Return the names that a condition may have."""
    publics = [getattr(shape, "public", None) for shape in monitors.values()]
    return {
        "monitors": frozenset(monitors),
        "groups": frozenset(str(one.group) for one in publics if one and one.group),
        "tags": frozenset(
            str(tag) for shape in monitors.values() for tag in getattr(shape, "tags", ()) or ()
        ),
    }


def advise(scope: Scope, routes: tuple[RouteShape, ...], monitors: Iterable[Monitor]) -> None:
    """Warn of a route that never decides anything, because others that stand above it always do."""
    used: set[tuple[int, str]] = set()
    watched = tuple(monitors)
    for severity, check in NEWS.values():
        for monitor in watched:
            used.update(_deciding(routes, monitor, severity, check))
    for index, shape in enumerate(routes):
        idle = [key for key in SAID if getattr(shape, key) is not None and (index, key) not in used]
        if idle:
            scope.warning((index, idle[0]), "never decides: the routes above it take all that it is about")


def _deciding(
    routes: tuple[RouteShape, ...], monitor: Monitor, severity: Severity, check: Check
) -> Iterator[tuple[int, str]]:
    decided: set[str] = set()
    for index, shape in enumerate(routes):
        if _about(shape, monitor) and matches(_route(shape, {}), severity, check):
            said = {key for key in SAID if getattr(shape, key) is not None} - decided
            decided |= said
            yield from ((index, key) for key in said)


def _endless(hours: tuple[QuietHours, ...], at: datetime) -> bool:
    until = quiet_until(hours, at)
    return until is not None and until - at >= LONGEST


# --- built --------------------------------------------------------------------------------------------------


def addressed(
    monitor: Monitor, shape: TellingShape, routes: tuple[RouteShape, ...], targets: Targets
) -> Monitor:
    """Return the monitor with who hears of it; ``targets``: what each name of a notifier stands for."""
    return replace(
        monitor,
        notify=_names(monitor.notify, targets),
        escalate=_steps(shape.escalate or (), targets),
        remind=shape.remind or None,
        quiet_hours=_hours(shape.quiet_hours or ()),
        routes=tuple(_route(route, targets) for route in routes if _about(route, monitor)),
    )


def _about(route: RouteShape, monitor: Monitor) -> bool:
    return (
        (route.monitors is None or monitor.id in route.monitors)
        and (route.groups is None or monitor.group in route.groups)
        and (route.tags is None or not set(route.tags).isdisjoint(monitor.tags))
    )


def _route(shape: RouteShape, targets: Targets) -> Route:
    return Route(
        severities=frozenset(Severity(name) for name in shape.severity or Severity),
        findings=shape.findings,
        notify=None if shape.notify is None else _names(shape.notify, targets),
        escalate=None if shape.escalate is None else _steps(shape.escalate, targets),
        remind=shape.remind,
        quiet_hours=None if shape.quiet_hours is None else _hours(shape.quiet_hours),
    )


def _names(names: Iterable[str], targets: Targets) -> tuple[str, ...]:
    every = (each for name in names for each in targets.get(name, (str(name),)))
    return tuple(dict.fromkeys(every))


def _steps(shapes: tuple[StepShape, ...], targets: Targets) -> tuple[Step, ...]:
    steps = (Step(after=one.after, notify=_names(one.notify, targets)) for one in shapes)
    return tuple(sorted(steps, key=lambda one: one.after))


def _hours(shapes: tuple[QuietShape, ...]) -> tuple[QuietHours, ...]:
    return tuple(
        QuietHours(
            start=one.from_,
            end=one.to,
            zone=one.timezone,
            days=frozenset(DAYS.index(day) for day in one.days) if one.days else EVERY_DAY,
        )
        for one in shapes
    )
