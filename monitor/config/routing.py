"""The shapes of who hears, and when: `escalate`, `remind`, `quiet_hours`, `routes`."""

from datetime import time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Discriminator, Field, PlainValidator, Tag, WithJsonSchema

from monitor.config import amounts, scalars
from monitor.config.kinds import DURATION, Identifier, Line, OneOrMany, Shape, Switch
from monitor.config.tree import Text
from monitor.core.model import Severity

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SEVERITIES = tuple(severity.value for severity in Severity if severity is not Severity.NOTE)

After = Annotated[
    timedelta, PlainValidator(amounts.after), WithJsonSchema({"type": "string", "pattern": DURATION})
]
TimeOfDay = Annotated[
    time,
    PlainValidator(amounts.time_of_day),
    WithJsonSchema({"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9]$|\$\{"}),
]
Zone = Annotated[
    ZoneInfo, PlainValidator(amounts.zone), WithJsonSchema({"type": "string", "pattern": r"^[A-Za-z]|\$\{"})
]
Day = Annotated[str, PlainValidator(scalars.one_of(DAYS)), WithJsonSchema({"enum": list(DAYS)})]
SeverityName = Annotated[
    str, PlainValidator(scalars.one_of(SEVERITIES)), WithJsonSchema({"enum": list(SEVERITIES)})
]


class StepShape(Shape):
    """Who else is told while nobody has acknowledged."""

    after: After = Field(description="How long after the first alert, at least 1m.", examples=["15m"])
    notify: tuple[Identifier, ...] = Field(
        description="Names of the notifiers that are told then.", examples=[["boss"]], min_length=1
    )


class QuietShape(Shape):
    """Hours in which only what is critical is told at once."""

    from_: TimeOfDay = Field(alias="from", description="When they begin.", examples=["22:00"])
    to: TimeOfDay = Field(
        description="When they end: on the next day, where that is no later than `from`.", examples=["07:00"]
    )
    timezone: Zone = Field(description="Whose clock that is.", examples=["Europe/Berlin"])
    days: Annotated[tuple[Day, ...], OneOrMany()] | None = Field(
        default=None,
        description="The days on which they begin. Default: every day.",
        examples=[["sat", "sun"]],
    )


def _off_or_hours(value: object) -> str:
    """Tell the word `off` from hours, or a list of them."""
    return "<text>" if isinstance(value, Text) else "<hours>"


Off = Annotated[
    tuple[()], PlainValidator(scalars.off), WithJsonSchema({"enum": [False, "off", "false"]}), Tag("<text>")
]
QuietSetting = Annotated[
    Annotated[Annotated[tuple[QuietShape, ...], OneOrMany()], Tag("<hours>")] | Off,
    Discriminator(_off_or_hours),
]
Remind = Annotated[
    timedelta,
    PlainValidator(amounts.remind),
    WithJsonSchema(
        {"anyOf": [{"enum": [False, "off", "false"]}, {"type": "string", "pattern": DURATION}]},
    ),
]


class TellingShape(Shape):
    """What happens after the first alert, of a monitor and of a route."""

    escalate: tuple[StepShape, ...] | None = Field(
        default=None,
        description="Who else is told while nobody has acknowledged an open incident. Default: nobody.",
        examples=[[{"after": "15m", "notify": ["boss"]}]],
    )
    remind: Remind | None = Field(
        default=None,
        description=(
            "When it is told again while nobody has acknowledged it; each gap is twice the last, six in all."
            " Default: never."
        ),
        examples=["1h", "off"],
    )
    quiet_hours: QuietSetting | None = Field(
        default=None,
        description=(
            "When only what is critical is told at once; the rest is told at their end, in one message."
            " One, or a list. Default: never."
        ),
        examples=[{"from": "22:00", "to": "07:00", "timezone": "Europe/Berlin"}, "off"],
    )


class RouteShape(TellingShape):
    """A rule of the house. All of its conditions must hold; a list is one of these."""

    monitors: Annotated[tuple[Identifier, ...], OneOrMany()] | None = Field(
        default=None, description="Ids of monitors.", examples=[["stripe-payments"]]
    )
    groups: Annotated[tuple[Line, ...], OneOrMany()] | None = Field(
        default=None, description="Groups of the public page.", examples=[["Incoming events"]]
    )
    tags: Annotated[tuple[Identifier, ...], OneOrMany()] | None = Field(
        default=None, description="Tags of monitors.", examples=[["payments"]]
    )
    severity: Annotated[tuple[SeverityName, ...], OneOrMany()] | None = Field(
        default=None, description="How bad it is.", examples=["critical", ["minor", "warning"]]
    )
    findings: Switch | None = Field(
        default=None,
        description="`true`: only what is about safety, such as forged events; `false`: only what is not.",
        examples=[True],
    )
    notify: tuple[Identifier, ...] | None = Field(
        default=None, description="Names of the notifiers that are told.", examples=[["security"]]
    )
