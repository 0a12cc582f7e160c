"""`kind: heartbeat`: a monitor without a listener. A job calls us, and silence is the alarm."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from pydantic import ConfigDict, Field, PlainValidator, WithJsonSchema

from monitor.config import scalars
from monitor.config.findings import Scope
from monitor.config.kinds import Duration, HttpUrl, Identifier, Line, Shape, Switch
from monitor.config.observed import Zone
from monitor.config.parts import PublicShape
from monitor.config.tree import Table
from monitor.core.model import Check, CheckPlan, Cron, HeartbeatPlan, Monitor, Public
from monitor.core.providers import NOBODY

KINDS = ("heartbeat",)
LONGEST_GRACE = timedelta(hours=1)  # that is given unasked
LOOK = timedelta(seconds=30)  # between two looks at whether a call is overdue, at most
CLOSE_LOOK = timedelta(seconds=5)  # where so little grace is given
SHORTEST = timedelta(seconds=10)

Kind = Annotated[str, PlainValidator(scalars.one_of(KINDS)), WithJsonSchema({"enum": list(KINDS)})]


class HeartbeatShape(Shape):
    """A job that calls us. `webhook-monitor heartbeat url ID` prints its address."""

    model_config = ConfigDict(
        title="Heartbeat",
        json_schema_extra={"required": ["kind"], "oneOf": [{"required": ["every"]}, {"required": ["cron"]}]},
    )

    kind: Kind | None = Field(
        default=None,
        description="`heartbeat`: nothing is probed, a job calls us. Required.",
        examples=["heartbeat"],
    )
    every: Duration | None = Field(
        default=None, description="How often it calls, at least 10s. This or `cron`.", examples=["1h"]
    )
    cron: Line | None = Field(
        default=None,
        description="When it calls, in five fields as crontab has them. This or `every`.",
        examples=["0 3 * * mon-fri"],
    )
    time_zone: Zone | None = Field(
        default=None, description="Where `cron` is meant. Default UTC.", examples=["Europe/Berlin"]
    )
    grace: Duration | None = Field(
        default=None,
        description=(
            "How much later is still in time, and how long a run may take whose start is reported."
            " Default: as long as `every`, at most 1h; 1h on a cron."
        ),
        examples=["10m"],
    )
    notify: tuple[Identifier, ...] | None = Field(
        default=None,
        description="Names of the notifiers that are told. Default: nobody.",
        examples=[["oncall"]],
    )
    tags: tuple[Identifier, ...] | None = Field(
        default=None, description="Words to find monitors by.", examples=[["backup"]]
    )
    runbook: HttpUrl | None = Field(
        default=None,
        description="What to do when it is silent; linked from alerts.",
        examples=["https://wiki.acme.example/nightly-backup"],
    )
    public: PublicShape | None = Field(
        default=None,
        description="What the public page may say. Without it the monitor is not on the page.",
        examples=[{"name": "Nightly import"}],
    )
    enabled: Switch | None = Field(
        default=None, description="`false` pauses the monitor. Default true.", examples=[False]
    )
    was: Identifier | None = Field(
        default=None,
        description="The key it had before. As long as it stands here, its old address holds, too.",
        examples=["nightly"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatDraft:
    """A heartbeat that may have faults: ``bad`` are the keys already told."""

    scope: Scope
    shape: HeartbeatShape
    bad: frozenset[str]
    own: Table


def judge(draft: HeartbeatDraft, cron_problem: Callable[[str], str | None]) -> None:
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
    if shape.time_zone is not None and shape.cron is None and "cron" not in draft.bad:
        scope.key_problem(("time_zone",), "belongs to `cron`: remove it")


def monitor(name: str, shape: HeartbeatShape) -> Monitor:
    """Return the monitor. Everything was judged before: nothing here can be wrong."""
    grace = shape.grace or min(shape.every or LONGEST_GRACE, LONGEST_GRACE)
    look = max(CLOSE_LOOK, min(LOOK, grace))
    rhythm = shape.every or Cron(expression=shape.cron or "", zone=shape.time_zone or "UTC")
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
