"""`kind: heartbeat`: a monitor without a listener. A job calls us, and silence is the alarm."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from monitor.config import routes
from monitor.config.explain import check_keys, keys_of
from monitor.config.findings import Scope
from monitor.config.observed import HeartbeatShape
from monitor.config.tree import Table
from monitor.core.model import Check, CheckPlan, Cron, HeartbeatPlan, Monitor, Public
from monitor.core.providers import NOBODY

LONGEST_GRACE = timedelta(hours=1)  # that is given unasked
LOOK = timedelta(seconds=30)  # between two looks at whether a call is overdue, at most
CLOSE_LOOK = timedelta(seconds=5)  # where so little grace is given
SHORTEST = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatDraft:
    """A heartbeat that may have faults: ``bad`` are the keys already told."""

    scope: Scope
    shape: HeartbeatShape
    bad: frozenset[str]


def known_of(defaults: Table) -> Table:
    """Return what a heartbeat takes of the defaults: what it knows."""
    known, taken = keys_of(HeartbeatShape), Table(defaults.at)
    for key in defaults:
        if key in known:
            taken.put(key, defaults[key], defaults.key_at[key])
    return taken


def drafted(
    scope: Scope, notifiers: frozenset[str], cron_problem: Callable[[str], str | None]
) -> HeartbeatDraft | None:
    """Judge a monitor without a listener; None where nothing of it can be judged."""
    checked = check_keys(scope, HeartbeatShape)
    if checked is None:
        return None
    shape, bad = checked
    draft = HeartbeatDraft(scope=scope, shape=shape, bad=bad)
    _judge(draft, cron_problem)
    routes.judge(scope, shape, shape.notify or (), notifiers)
    return draft


def _judge(draft: HeartbeatDraft, cron_problem: Callable[[str], str | None]) -> None:
    """Tell every problem that shows only when the keys are read together."""
    scope, shape = draft.scope, draft.shape
    if not draft.bad & {"every", "cron"} and (shape.every is None) == (shape.cron is None):
        if shape.every is None:
            scope.problem((), "is missing (or `cron`): how often does the job call?", missing="every")
        else:
            scope.key_problem(("cron",), "one of `every` and `cron`, not both")
    if shape.cron is not None and (why := cron_problem(shape.cron)):
        scope.problem(("cron",), f"is no cron expression: {why}")
    if shape.every is not None and shape.every < SHORTEST:
        scope.problem(("every",), "a job calls every 10s at most")
    if shape.timezone is not None and shape.cron is None and "cron" not in draft.bad:
        scope.key_problem(("timezone",), "belongs to `cron`: remove it")


def monitor(name: str, shape: HeartbeatShape) -> Monitor:
    """Return the monitor. Everything was judged before: nothing here can be wrong."""
    grace = shape.grace or min(shape.every or LONGEST_GRACE, LONGEST_GRACE)
    look = max(CLOSE_LOOK, min(LOOK, grace))
    rhythm = shape.every or Cron(
        expression=shape.cron or "", zone=shape.timezone.key if shape.timezone else "UTC"
    )
    public = shape.public
    return Monitor(
        id=name,
        url="",
        provider=NOBODY,
        secrets=(),
        event=NOBODY.event,
        expect=NOBODY.expect,
        checks=(CheckPlan(check=Check.HEARTBEAT, every=look),),
        interval=look,
        heartbeat=HeartbeatPlan(rhythm=rhythm, grace=grace),
        notify=tuple(dict.fromkeys(map(str, shape.notify or ()))),
        tags=tuple(dict.fromkeys(map(str, shape.tags or ()))),
        public=Public(**{key: value for key, value in public.model_dump().items() if value is not None})
        if public
        else None,
        runbook=shape.runbook,
        enabled=shape.enabled is not False,
        was=shape.was and str(shape.was),
    )
