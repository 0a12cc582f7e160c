"""What is not asked of a listener: `kind: heartbeat`, and `checks: {traffic, provider}`."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import ConfigDict, Discriminator, Field, PlainValidator, Tag, WithJsonSchema

from monitor.config import amounts, scalars, times
from monitor.config.amounts import spoken
from monitor.config.findings import Scope
from monitor.config.kinds import (
    VARIABLE,
    AnyText,
    Duration,
    HttpUrl,
    Identifier,
    Line,
    OneOrMany,
    Shape,
    Switch,
    Zone,
    text_or_table,
)
from monitor.config.parts import PublicShape
from monitor.config.routing import TellingShape
from monitor.core.model import Provider, Secret, StatusPlan, TrafficPlan
from monitor.core.providers.status import APIS
from monitor.core.redact import SHORTEST
from monitor.core.traffic import ever_passes

KINDS = ("heartbeat",)
LONGEST_PER = timedelta(days=14)
SHORTEST_PER = timedelta(minutes=5)
SOONEST = timedelta(minutes=1)  # between two questions to a provider: its limits are shared with others

Count = Annotated[
    int,
    PlainValidator(amounts.whole(1, 1_000_000)),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1, "maximum": 1_000_000}, VARIABLE]}),
]
QuietTime = Annotated[
    object, PlainValidator(times.quiet), WithJsonSchema({"type": "string", "pattern": times.QUIET})
]


def _off(value: object) -> bool:
    found = scalars.text(value)
    if found in {"off", "false"}:
        return False
    raise scalars.wrong(f"needs its options in a mapping, or off, not {found.shown}")


Off = Annotated[bool, PlainValidator(_off), WithJsonSchema({"enum": [False, "off"]})]


Kind = Annotated[str, PlainValidator(scalars.one_of(KINDS)), WithJsonSchema({"enum": list(KINDS)})]


class HeartbeatShape(TellingShape):
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
    timezone: Zone | None = Field(
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


class TrafficOptions(Shape):
    """How many real events are to be reported at `/hb/<token>/event`."""

    at_least: Count = Field(description="How many real events, at least. Required.", examples=[1])
    per: Duration = Field(
        description="In how much of the time that is not quiet. 5m to 14d. Required.", examples=["3h"]
    )
    except_: Annotated[tuple[QuietTime, ...], OneOrMany()] | None = Field(
        default=None,
        alias="except",
        description="Quiet times, in which none need come: hours, days, or both.",
        examples=[["22:00-06:00", "sat-sun"], "mon-fri 20:00-07:00"],
    )
    timezone: Zone | None = Field(
        default=None, description="Where the quiet times are meant. Default UTC.", examples=["Europe/Berlin"]
    )


class ProviderOptions(Shape):
    """The provider's own API, asked whether it still sends. The token can read, and nothing else."""

    endpoint: AnyText = Field(
        description="GitHub: OWNER/REPO/HOOK-ID; Stripe: the id of the endpoint. Required.",
        examples=["acme/shop/12345678", "we_1Mr5jULkdIwHu7ix1ibLTM0x"],
    )
    token: AnyText = Field(description="A token that can only read. Required.", examples=["${GITHUB_TOKEN}"])
    every: Duration | None = Field(
        default=None, description="How often it is asked. Default 5m, at least 1m.", examples=["5m"]
    )
    api: HttpUrl | None = Field(
        default=None,
        description="Where its API is, if not where all find it.",
        examples=["https://github.acme.example/api/v3"],
    )


TrafficSetting = Annotated[
    Annotated[Off, Tag("<text>")] | Annotated[TrafficOptions, Tag("<table>")], Discriminator(text_or_table)
]
ProviderSetting = Annotated[
    Annotated[Off, Tag("<text>")] | Annotated[ProviderOptions, Tag("<table>")], Discriminator(text_or_table)
]


def traffic_of(setting: object) -> TrafficPlan | None:
    if not isinstance(setting, TrafficOptions):
        return None
    return _plan(setting)


def _plan(setting: TrafficOptions) -> TrafficPlan:
    return TrafficPlan(
        at_least=setting.at_least,
        per=setting.per,
        quiet=setting.except_ or (),  # type: ignore[arg-type]  # pydantic takes a parser's type as given
        zone=setting.timezone.key if setting.timezone else "UTC",
    )


def status_of(setting: object, provider: Provider) -> StatusPlan | None:
    if not isinstance(setting, ProviderOptions) or provider.id not in APIS:
        return None
    return StatusPlan(
        endpoint=str(setting.endpoint),
        token=Secret(str(setting.token)),
        api=(setting.api or APIS[provider.id].api).rstrip("/"),
    )


def judge(scope: Scope, traffic: object, status: object, provider: Provider) -> None:
    """Tell what cannot be meant. Paths are relative to the monitor."""
    if isinstance(traffic, TrafficOptions):
        _judge_traffic(scope, traffic)
    if isinstance(status, ProviderOptions):
        _judge_status(scope, status, provider)


def _judge_traffic(scope: Scope, traffic: TrafficOptions) -> None:
    path, per = ("checks", "traffic"), spoken(traffic.per)
    if not SHORTEST_PER <= traffic.per <= LONGEST_PER:
        scope.problem((*path, "per"), f"{per} is not between 5m and 14d")
    elif not ever_passes(_plan(traffic)):
        scope.problem(
            (*path, "except"),
            f"leaves less than {per} in 60 days: silence would never be told; except less, or shorten per",
        )


def _judge_status(scope: Scope, status: ProviderOptions, provider: Provider) -> None:
    path, api = ("checks", "provider"), APIS.get(provider.id)
    if api is None:
        known = " and ".join(sorted(APIS))
        scope.problem(path, f"no API of {provider.title} tells whether it still sends; that of {known} does")
        return
    if not re.fullmatch(api.form, status.endpoint):
        scope.problem((*path, "endpoint"), f"{status.endpoint.shown} is none; one looks like {api.example}")
    if len(status.token) < 2 * SHORTEST:
        scope.problem((*path, "token"), f"a token has at least {2 * SHORTEST} characters")
    elif not status.token.variables:
        scope.warning((*path, "token"), "a token in plain text: put it in the environment, as ${NAME}")
    if status.every is not None and status.every < SOONEST:
        scope.problem(
            (*path, "every"), f"{spoken(status.every)} is too often: its API has limits; at least 1m"
        )
