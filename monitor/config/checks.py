"""The shapes of `checks:`: which questions are asked, and how often."""

from datetime import timedelta
from typing import Annotated

from pydantic import ConfigDict, Discriminator, Field, PlainValidator, Tag, WithJsonSchema

from monitor.config import amounts, scalars
from monitor.config.kinds import DURATION, Duration, HttpUrl, Shape, Switch, text_or_table
from monitor.config.observed import ProviderSetting, TrafficSetting
from monitor.config.parts import ExpectShape
from monitor.config.tree import Text


class CheckOptions(Shape):
    """A check with its options."""

    every: Duration = Field(description="How often the question is asked.", examples=["1h"])


TokenText = Annotated[
    Text, PlainValidator(scalars.text), WithJsonSchema({"type": "string", "pattern": ".{4}"})
]


class HandshakeOptions(Shape):
    """The handshake with its options."""

    every: Duration | None = Field(
        default=None, description="How often the question is asked. Default 1d.", examples=["1d"]
    )
    token: TokenText | None = Field(
        default=None,
        description="The verify token, of a provider that shows one. At least 4 characters.",
        examples=["${META_VERIFY_TOKEN}"],
    )


class DuplicateOptions(Shape):
    """The duplicate with its options."""

    every: Duration | None = Field(
        default=None, description="How often the question is asked. Default 1d.", examples=["1d"]
    )
    concurrent: Switch | None = Field(
        default=None,
        description="Whether both are sent at the same time, not one after the other. Default false.",
        examples=[True],
    )


class ReceiptOptions(Shape):
    """How a worker proves that it processed an event: by the address in it, unless `by_id` or `poll`."""

    model_config = ConfigDict(json_schema_extra={"dependentRequired": {"expect": ["poll"]}})

    within: Duration | None = Field(
        default=None,
        description="How long after its sending an event must be processed. Default 60s, at most 12h.",
        examples=["60s"],
    )
    get: Switch | None = Field(
        default=None,
        description="Whether a GET of the address counts as a receipt as well. Default false.",
        examples=[True],
    )
    by_id: Switch | None = Field(
        default=None,
        description="Whether the worker reports the event's id instead of using an address. Default false.",
        examples=[True],
    )
    poll: HttpUrl | None = Field(
        default=None,
        description="Nobody reports: we ask this URL, {event_id} in it, until it answers as expected.",
        examples=["https://orders.acme.example/events/{event_id}"],
    )
    expect: ExpectShape | None = Field(
        default=None,
        description="Which answer of `poll` says that the event was processed. Default: any 2xx.",
        examples=[{"status": 200, "json": {"state": "done"}}],
    )


CheckTime = Annotated[
    timedelta | bool,
    PlainValidator(amounts.off_or_duration),
    WithJsonSchema(
        {"anyOf": [{"enum": [True, False, "on", "off"]}, {"type": "string", "pattern": DURATION}]},
    ),
]
CheckSetting = Annotated[
    Annotated[CheckTime, Tag("<text>")] | Annotated[CheckOptions, Tag("<table>")],
    Discriminator(text_or_table),
]
HandshakeSetting = Annotated[
    Annotated[CheckTime, Tag("<text>")] | Annotated[HandshakeOptions, Tag("<table>")],
    Discriminator(text_or_table),
]

DuplicateSetting = Annotated[
    Annotated[CheckTime, Tag("<text>")] | Annotated[DuplicateOptions, Tag("<table>")],
    Discriminator(text_or_table),
]


def _on_or_off(value: object) -> bool:
    found = scalars.text(value)
    if found[:1].isdigit():
        raise scalars.wrong(f"needs on, off or {{within: …}}, not {found.shown}")
    return scalars.switch(value)


ReceiptSwitch = Annotated[
    bool, PlainValidator(_on_or_off), WithJsonSchema({"enum": [True, False, "true", "false", "on", "off"]})
]
ReceiptSetting = Annotated[
    Annotated[ReceiptSwitch, Tag("<text>")] | Annotated[ReceiptOptions, Tag("<table>")],
    Discriminator(text_or_table),
]


class ChecksShape(Shape):
    """Which questions are asked. A duration is short for {every: …}; `off` disables."""

    delivery: CheckSetting | None = Field(
        default=None,
        description="Is a valid event accepted? Default: every `interval`.",
        examples=["30s", "off"],
    )
    handshake: HandshakeSetting | None = Field(
        default=None,
        description=(
            "Is the provider's challenge answered? Default 1d where the provider sends one,"
            " and its `token` is known where it shows one."
        ),
        examples=["1d", {"every": "1d", "token": "${META_VERIFY_TOKEN}"}, "off"],
    )
    certificate: CheckSetting | None = Field(
        default=None,
        description="How long will the certificate hold? Default 6h for https, off for http.",
        examples=["6h", "off"],
    )
    forged: CheckSetting | None = Field(
        default=None,
        description="Is an event signed with another key refused? Default 1h.",
        examples=["1h", {"every": "30m"}, "off"],
    )
    tampered: CheckSetting | None = Field(
        default=None,
        description="Is an event refused that was changed after signing? Default 1d.",
        examples=["1d", "off"],
    )
    unsigned: CheckSetting | None = Field(
        default=None,
        description="Is an event without a signature refused? Default 1d.",
        examples=["1d", "off"],
    )
    stale: CheckSetting | None = Field(
        default=None,
        description="Is an event from long ago refused? Default 1d where the provider's libraries look.",
        examples=["1d", "off"],
    )
    duplicate: DuplicateSetting | None = Field(
        default=None,
        description="Is the same event, sent twice, accepted twice, and processed once? Default 1d.",
        examples=["1d", {"concurrent": True}, "off"],
    )
    rotation: CheckSetting | None = Field(
        default=None,
        description="Which of several secrets is accepted? Default 1d where there are several.",
        examples=["1d", "off"],
    )
    fidelity: CheckSetting | None = Field(
        default=None,
        description="Is an event accepted in the provider's unusual spacing? Default off.",
        examples=["1d", "off"],
    )
    receipt: ReceiptSetting | None = Field(
        default=None,
        description="Does what is accepted come out at the far end, once, and in time? Default off.",
        examples=[{"within": "60s"}, {"by_id": True}, "off"],
    )
    traffic: TrafficSetting | None = Field(
        default=None,
        description="Do real events arrive? Whoever sees them reports them. Default off.",
        examples=[{"at_least": 1, "per": "3h", "except": ["22:00-06:00", "sat-sun"]}],
    )
    provider: ProviderSetting | None = Field(
        default=None,
        description="Does the provider say that it still sends? Of GitHub and Stripe. Default off.",
        examples=[{"endpoint": "acme/shop/12345678", "token": "${GITHUB_TOKEN}"}],
    )
