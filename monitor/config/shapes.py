"""The shape of a monitor, and of what monitors have in common."""

from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from monitor.config.checks import ChecksShape
from monitor.config.kinds import (
    Connection,
    Duration,
    HeaderName,
    HeaderValue,
    HostPort,
    HttpUrl,
    Identifier,
    Method,
    OneOrMany,
    ProviderName,
    Rate,
    SecretSource,
    Switch,
    Threshold,
    Upstream,
    Verification,
)
from monitor.config.parts import (
    EventShape,
    EvidenceShape,
    ExpectShape,
    PublicShape,
    SignatureShape,
    TlsShape,
)
from monitor.config.routing import TellingShape
from monitor.core.keys import needs_secret
from monitor.core.providers import PROVIDERS

UNSIGNABLE: list[JsonValue] = [
    name for name, row in sorted(PROVIDERS.items()) if not needs_secret(row.scheme)
]


# What only a monitor of a listener has; the others are what stands before listeners.
OF_LISTENERS = ("url", "provider", "signature", "secret", "key_id", "event", "volume")


class DefaultsShape(TellingShape):
    """What monitors have in common. A monitor's own key wins; mappings are merged key by key."""

    interval: Duration | None = Field(
        default=None, description="How often the delivery check runs. Default 30s.", examples=["30s"]
    )
    timeout: Duration | None = Field(
        default=None,
        description="When we stop waiting. Default: the provider's deadline, but at most 10s.",
        examples=["10s"],
    )
    confirm_interval: Duration | None = Field(
        default=None,
        description="From the start of a failing probe to the probe that confirms it. Default 15s.",
        examples=["15s"],
    )
    down_after: Threshold | None = Field(
        default=None, description="Failing probes in a row that make an outage. Default 2.", examples=[2]
    )
    up_after: Threshold | None = Field(
        default=None, description="Good probes in a row that end one. Default 2.", examples=[2]
    )
    method: Method | None = Field(default=None, description="HTTP method. Default POST.", examples=["PUT"])
    headers: dict[HeaderName, HeaderValue] | None = Field(
        default=None, description="Headers added last to every event.", examples=[{"X-Api-Key": "${API_KEY}"}]
    )
    expect: ExpectShape | None = Field(
        default=None, description="What counts as acknowledged.", examples=[{"status": 202, "within": "3s"}]
    )
    tls: TlsShape | None = Field(
        default=None, description="Certificates: theirs and ours.", examples=[{"ca": "/etc/acme/ca.pem"}]
    )
    connect_to: HostPort | None = Field(
        default=None,
        description="Connect here instead; the URL is signed and sent as it stands.",
        examples=["10.0.0.7:8443"],
    )
    connection: Connection | None = Field(
        default=None,
        description="A fresh connection for each probe, or one that is kept. Default fresh.",
        examples=["reuse"],
    )
    notify: tuple[Identifier, ...] | None = Field(
        default=None,
        description="Names of the notifiers that are told. Default: nobody.",
        examples=[["oncall"]],
    )
    tags: tuple[Identifier, ...] | None = Field(
        default=None, description="Words to find monitors by.", examples=[["payments", "eu"]]
    )
    checks: ChecksShape | None = Field(
        default=None, description="Which questions are asked, and how often.", examples=[{"forged": "1h"}]
    )
    verification: Verification | None = Field(
        default=None,
        description=(
            "Whether the listener verifies an event before it answers, or answers first: then its answer says"
            " nothing of hostile events. Default before_answer."
        ),
        examples=["after_answer"],
    )
    depends_on: tuple[Identifier, ...] | None = Field(
        default=None,
        description=(
            "Ids of monitors that stand before it. While one of them is down it is told, and this one is not."
        ),
        examples=[["gateway"]],
    )
    runbook: HttpUrl | None = Field(
        default=None,
        description="What to do when it is down; linked from alerts.",
        examples=["https://wiki.acme.example/stripe-webhooks"],
    )
    evidence: EvidenceShape | None = Field(
        default=None, description="What is kept of a failing answer.", examples=[{"body": "off"}]
    )


class MonitorShape(DefaultsShape):
    """One watch over one listener."""

    # ``rules`` ask for the required keys: they can then judge the others though one is missing
    model_config = ConfigDict(
        json_schema_extra={
            "if": {"required": ["upstream"]},
            "then": {"not": {"anyOf": [{"required": [key]} for key in OF_LISTENERS]}},
            "else": {
                "required": ["url"],
                "oneOf": [{"required": ["provider"]}, {"required": ["signature"]}],
                "if": {"required": ["provider"], "properties": {"provider": {"enum": UNSIGNABLE}}},
                "then": {"not": {"required": ["secret"]}},
                "else": {"required": ["secret"]},
            },
        }
    )

    url: HttpUrl | None = Field(
        default=None,
        description="Where the listener listens. Required.",
        examples=["https://api.acme.example/webhooks/stripe"],
    )
    upstream: Upstream | None = Field(
        default=None,
        description=(
            "Instead of `url` and a provider: what stands before listeners, such as a load balancer."
            " An address is asked by GET, and any answer below 500 is good; host:port is connected to."
        ),
        examples=["https://lb.acme.example/healthz", "lb.acme.example:443"],
    )
    provider: ProviderName | None = Field(
        default=None,
        description=(
            "Whose webhooks it expects: signature, event, acknowledgement rule, deadline."
            " This or `signature`."
        ),
        examples=["stripe"],
    )
    signature: SignatureShape | None = Field(
        default=None,
        description="How events are signed, where no provider fits. This or `provider`.",
        examples=[
            {"message": "{timestamp}.{body}", "headers": {"X-Acme-Signature": "t={timestamp},v1={sig}"}}
        ],
    )
    secret: Annotated[tuple[SecretSource, ...], OneOrMany()] | None = Field(
        default=None,
        description=(
            "The signing secret, or a list while rotating: the first is current."
            " Required where anybody but the provider can sign, at least 8 characters."
        ),
        examples=[
            "${STRIPE_WEBHOOK_SECRET}",
            {"file": "/run/secrets/stripe"},
            ["${NEW_SECRET}", {"value": "${OLD_SECRET}", "until": "2026-12-01"}],
        ],
    )
    key_id: HeaderValue | None = Field(
        default=None,
        description="The name by which the listener knows the key, where the signature carries {key_id}.",
        examples=["acme-probe"],
    )
    event: EventShape | None = Field(
        default=None,
        description="The synthetic event, where the provider's does not fit.",
        examples=[{"type": "probe.ping", "body": {"kind": "probe"}}],
    )
    public: PublicShape | None = Field(
        default=None,
        description="What the public page may say. Without it the monitor is not on the page.",
        examples=[{"name": "Payments", "group": "Incoming events"}],
    )
    volume: Rate | None = Field(
        default=None,
        description="Real events per minute, hour or day, to say how many an outage puts at risk.",
        examples=["120/h"],
    )
    enabled: Switch | None = Field(
        default=None, description="`false` pauses the monitor. Default true.", examples=[False]
    )
    was: Identifier | None = Field(
        default=None,
        description="The key it had before, so that history follows a rename.",
        examples=["stripe"],
    )
