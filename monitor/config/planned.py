"""The shape of announced work. Descriptions and examples go into the JSON Schema."""

from pydantic import ConfigDict, Field, JsonValue

from monitor.config.kinds import Duration, Identifier, Line, Shape, Switch, WallTime

WHOM: list[JsonValue] = [{"required": [key]} for key in ("monitors", "groups", "tags", "all")]


class WindowShape(Shape):
    """Announced work: what fails meanwhile is told when it is over, if it still fails."""

    model_config = ConfigDict(
        json_schema_extra={"anyOf": WHOM, "oneOf": [{"required": ["end"]}, {"required": ["duration"]}]}
    )

    name: Line = Field(description="What the work is called.", examples=["Move to the new data centre"])
    monitors: tuple[Identifier, ...] | None = Field(
        default=None, description="Ids of monitors.", examples=[["stripe-payments"]]
    )
    groups: tuple[Line, ...] | None = Field(
        default=None, description="Groups of the public page.", examples=[["Incoming events"]]
    )
    tags: tuple[Identifier, ...] | None = Field(
        default=None, description="Tags of monitors.", examples=[["payments"]]
    )
    all: Switch | None = Field(default=None, description="`true` means every monitor.", examples=[True])
    start: WallTime = Field(
        description="When it begins (for the first time), by the clock of `timezone`.",
        examples=["2026-12-06T02:00", "2026-12-06T01:00:00Z"],
    )
    end: WallTime | None = Field(
        default=None, description="When it ends. This or `duration`.", examples=["2026-12-06T04:00"]
    )
    duration: Duration | None = Field(
        default=None, description="How long it lasts. This or `end`.", examples=["2h"]
    )
    repeat: Line | None = Field(
        default=None,
        description="When it comes again: a rule of RFC 5545 (RRULE), by the clock of `timezone`.",
        examples=["FREQ=WEEKLY;BYDAY=SU", "FREQ=MONTHLY;BYDAY=1SU"],
    )
    timezone: Line | None = Field(
        default=None, description="Whose clock. Default UTC.", examples=["Europe/Berlin"]
    )
    public: Line | None = Field(
        default=None,
        description="What the public page says of it. Without it only when it is, and of what.",
        examples=["We are moving house. Events are kept and delivered afterwards."],
    )
