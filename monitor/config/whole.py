"""The shape of monitors.yaml as a whole. Values are texts parsed; what they mean together is ``build``'s."""

from pydantic import ConfigDict, Field

from monitor.config.kinds import (
    Duration,
    HostPort,
    Identifier,
    Line,
    Shape,
)
from monitor.config.observed import HeartbeatShape
from monitor.config.parts import (
    NotifierShape,
    ReceiptsShape,
    SiteShape,
    WatchdogShape,
)
from monitor.config.planned import WindowShape
from monitor.config.routing import RouteShape
from monitor.config.shapes import DefaultsShape, MonitorShape


class FileShape(Shape):
    """What webhook-monitor watches, and whom it tells."""

    model_config = ConfigDict(title="webhook-monitor", json_schema_extra={"required": ["monitors"]})

    site: SiteShape | None = Field(
        default=None,
        description="What the public status page calls itself.",
        examples=[{"name": "Acme webhooks"}],
    )
    notifiers: dict[Identifier, NotifierShape] | None = Field(
        default=None,
        description="Ways to tell people, by name.",
        examples=[{"oncall": {"url": "${SLACK_URL}"}}],
    )
    receipts: ReceiptsShape | None = Field(
        default=None,
        description="Where workers report that events were processed.",
        examples=[{"url": "https://receipts.acme.example"}],
    )
    templates: Line | None = Field(
        default=None,
        description="A folder with your own templates for alerts, beside this file.",
        examples=["templates"],
    )
    give_up_after: Duration | None = Field(
        default=None,
        description="How long an alert is tried before it is given up, 5m or more. Default 24h.",
        examples=["24h"],
    )
    watchdog: WatchdogShape | None = Field(
        default=None,
        description="A dead man's switch outside of this machine.",
        examples=[{"url": "${WATCHDOG_URL}", "every": "60s"}],
    )
    own_network: tuple[HostPort, ...] | None = Field(
        default=None,
        description=(
            "Hosts that are never all away: asked whether our own network is up."
            " Default: the notifiers' hosts."
        ),
        examples=[["one.one.one.one:443"]],
    )
    routes: tuple[RouteShape, ...] | None = Field(
        default=None,
        description=(
            "Who hears of what, for the whole house, read from top to bottom: for each key, the first route"
            " that matches and has it decides; where none does, the monitor's own key."
        ),
        examples=[[{"findings": True, "notify": ["security"]}]],
    )
    maintenance: tuple[WindowShape, ...] | None = Field(
        default=None,
        description="Announced work: what fails meanwhile is told when it is over, if it still fails.",
        examples=[
            [
                {
                    "name": "Sunday works",
                    "all": True,
                    "start": "2026-12-06T02:00",
                    "duration": "2h",
                    "repeat": "FREQ=WEEKLY;BYDAY=SU",
                    "timezone": "Europe/Berlin",
                }
            ]
        ],
    )
    defaults: DefaultsShape | None = Field(
        default=None,
        description="What monitors have in common.",
        examples=[{"interval": "30s", "notify": ["oncall"]}],
    )
    monitors: dict[Identifier, MonitorShape | HeartbeatShape] | None = Field(
        default=None,
        description="The monitors, by id. The id is the identity: history follows it.",
        examples=[
            {
                "stripe-payments": {
                    "url": "https://api.acme.example/hook",
                    "provider": "stripe",
                    "secret": "${S}",
                }
            }
        ],
        min_length=1,
    )
