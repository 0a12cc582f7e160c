"""What an operator configured, as plain frozen values. ``monitor.config`` makes them from YAML."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

from monitor.core.model.heartbeat import HeartbeatPlan, StatusPlan, TrafficPlan
from monitor.core.model.hushing import Window
from monitor.core.model.provider import EventTemplate, Expectation, Provider
from monitor.core.model.receipt import ReceiptPlan
from monitor.core.model.routing import QuietHours, Route, Step
from monitor.core.model.secret import Secret
from monitor.core.model.words import Check


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPlan:
    """How often one question is asked."""

    check: Check
    every: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """``ca``, ``certificate`` and ``key`` are absolute paths to PEM files."""

    verify: bool = True
    ca: str | None = None
    certificate: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Public:
    """What the public page may say of a monitor. Without it the monitor is not on the page."""

    name: str
    group: str | None = None
    description: str | None = None
    consequences: bool = False  # whether it says what becomes of the events while it is down


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """One watch over one listener. ``id`` is its identity: history follows it.

    With a ``heartbeat`` there is no listener (``url`` is empty, and nothing is sent): a job calls us.
    """

    id: str
    url: str
    provider: Provider
    secrets: tuple[Secret, ...]  # the first is current; the others sign too, until they are retired
    event: EventTemplate
    expect: Expectation
    checks: tuple[CheckPlan, ...]
    method: str = "POST"
    headers: tuple[tuple[str, str], ...] = ()  # the operator's own, added last; they win over ours
    hidden: tuple[Secret, ...] = ()  # secrets resolved into headers, url, body or event: redacted everywhere
    interval: timedelta = timedelta(seconds=30)  # of the delivery check
    timeout: timedelta = timedelta(seconds=10)
    confirm_interval: timedelta = timedelta(seconds=15)
    down_after: int = 2
    up_after: int = 2
    connect_to: tuple[str, int] | None = None  # sign the public URL, connect here instead
    reuse_connection: bool = False
    tls: Tls = Tls()
    notify: tuple[str, ...] = ()  # names of notifiers
    escalate: tuple[Step, ...] = ()
    remind: timedelta | None = None
    quiet_hours: tuple[QuietHours, ...] = ()
    routes: tuple[
        Route, ...
    ] = ()  # those of the house that are about this monitor; ``core.routing`` reads all
    tags: tuple[str, ...] = ()
    public: Public | None = None
    runbook: str | None = None
    enabled: bool = True
    was: str | None = None  # the id it had before
    keep_bodies: bool = True  # evidence: {body: off} turns it off
    key_id: str = ""  # names the key to the listener, where the scheme has room for it
    verify_token: Secret | None = None  # of a handshake that shows one (Meta)
    verifies_later: bool = False  # verification: after_answer: what it answers says nothing of signatures
    receipt: ReceiptPlan | None = None  # what it accepts must come out at the far end, too
    concurrent_duplicates: bool = False  # a duplicate pair is sent at the same time
    heartbeat: HeartbeatPlan | None = None  # instead of a listener: when a job is to call
    traffic: TrafficPlan | None = None  # how many real events are to be reported
    provider_status: StatusPlan | None = None  # the provider's API is asked whether it still sends
    volume: float | None = None  # real events per hour, as the operator estimates
    upstream: bool = False  # no listener, but what stands before some: it is sent no events
    depends_on: tuple[str, ...] = ()  # monitors; while one of these is down, it is told, and this one is not

    def signing(self, at: datetime) -> tuple[Secret, ...]:
        """Return the secrets that sign at this instant, the current one first; never none."""
        return tuple(one for one in self.secrets if one.until is None or at < one.until) or self.secrets[:1]

    @property
    def group(self) -> str:
        """The bounded label for metrics: the public group, or nothing."""
        return (self.public.group if self.public else None) or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifier:
    """A named Apprise URL, or one of the targets that it names.

    ``target``: which one, from 0; None where it is all that the URL names. ``indivisible``: these are
    several, and cannot be told apart. ``fallback``: who is told when this one is dead; each of them.
    ``self_test``: how often a test is sent through it; None: never.
    """

    name: str
    url: Secret
    target: int | None = None
    indivisible: bool = False
    fallback: tuple[str, ...] = ()
    self_test: timedelta | None = None

    @property
    def by_mail(self) -> bool:
        return self.url.reveal().lower().startswith(("mailto:", "mailtos:"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchdog:
    """Who pages people when our sign of life stays away. The URL is a secret: who knows it can silence it."""

    url: Secret
    every: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the public page calls itself. ``url`` has no trailing slash; without it alerts carry no links.

    ``zone``: in which people are told times.
    """

    name: str = "Webhook status"
    url: str | None = None
    zone: tzinfo = UTC


Print = tuple[int, ...] | None  # what tells one content of a file from another; None: it cannot be seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One whole, valid ``monitors.yaml``. A reload makes a new one."""

    site: Site = Site()
    notifiers: tuple[Notifier, ...] = ()
    monitors: tuple[Monitor, ...] = ()
    templates: Mapping[str, str] = field(
        default_factory=dict
    )  # the operator's words for alerts, by file name
    give_up_after: timedelta = timedelta(hours=24)  # so long an alert is tried again
    watchdog: Watchdog | None = None
    receipts_url: str | None = None  # where workers reach us; without a trailing slash
    canaries: tuple[tuple[str, int], ...] = ()  # own_network: host and port of things that are never all away
    maintenance: tuple[Window, ...] = ()
    # Every file it was read from, to be watched, and what it looked like then.
    files: Mapping[str, Print] = field(default_factory=dict, compare=False)
