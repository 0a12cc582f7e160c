"""What an operator configured, as plain frozen values. ``monitor.config`` makes them from YAML."""

from dataclasses import dataclass, field
from datetime import timedelta

from monitor.core.model.words import Check


class Secret:
    """A value that must appear nowhere. It prints as dots; ``reveal`` is called where it is used."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(•••)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """How a provider signs: the ten parameters of one template (docs/providers.md).

    Templates know ``{timestamp} {id} {body} {url} {method}``; header templates also
    ``{sig} {sigs} {type} {secret}``. Substitution is literal and in one pass: a body may hold braces.
    """

    hash: str | None = "sha256"  # sha256, sha1, sha512; None: the secret itself is the token
    key: str = "utf8"  # utf8, hex, base64, whsec (optional whsec_ prefix, then base64)
    message: str = "{body}"
    digest: str = "hex"  # hex or base64
    headers: tuple[tuple[str, str], ...] = ()
    item: str = "{sig}"  # one per secret while rotating, e.g. "v1={sig}"; joined into {sigs}
    joiner: str = ","
    timestamp: str = "none"  # s, ms, rfc3339, rfc3339nano, none
    event_id: str | None = None  # header name, or a path into the body such as "body:id"
    event_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTemplate:
    """The synthetic event: the least consequential true event of its provider.

    ``body`` is the exact text to send. ``{id}``, ``{timestamp}`` (unix seconds), ``{time}`` (RFC 3339) and
    ``{type}`` in it are replaced, in one literal pass, when the event is written. An empty ``id_prefix``
    makes the id a GUID.
    """

    type: str
    body: str
    content_type: str = "application/json"
    id_prefix: str = "evt_probe_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What counts as acknowledged. Statuses are exact ("202") or a class ("2xx"); all parts must hold."""

    statuses: tuple[str, ...] = ("2xx",)
    within: timedelta = timedelta(seconds=10)  # the deadline: when the provider gives up
    warning_share: float = 0.5  # past this share of the deadline an acknowledgement is slow
    body_contains: str | None = None
    json: tuple[tuple[str, str | int | float | bool | None], ...] = ()  # dotted path → value
    headers: tuple[tuple[str, str], ...] = ()  # lower-case name → exact value
    html_allowed: bool = False  # an HTML page in a 2xx is a WAF or a login page, unless asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One row of data: whose webhooks a listener expects. ``custom`` stands for a ``signature:`` template."""

    id: str
    title: str
    scheme: Scheme
    headers: tuple[tuple[str, str], ...]  # unsigned ones the provider sends; {id} and {type} are replaced
    user_agent: str
    event: EventTemplate
    expect: Expectation
    retries: bool | None  # None: not known. Decides whether 429 is degraded (it comes again) or down
    source: str  # where the facts of this row come from


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """One watch over one listener. ``id`` is its identity: history follows it."""

    id: str
    url: str
    provider: Provider
    secrets: tuple[Secret, ...]  # the first is current; all sign while rotating
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
    tags: tuple[str, ...] = ()
    public: Public | None = None
    runbook: str | None = None
    enabled: bool = True
    was: str | None = None  # the id it had before
    keep_bodies: bool = True  # evidence: {body: off} turns it off

    @property
    def group(self) -> str:
        """The bounded label for metrics: the public group, or nothing."""
        return (self.public.group if self.public else None) or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifier:
    """A named Apprise URL."""

    name: str
    url: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the public page calls itself. ``url`` has no trailing slash; without it alerts carry no links."""

    name: str = "Webhook status"
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One whole, valid ``monitors.yaml``. A reload makes a new one."""

    site: Site = Site()
    notifiers: tuple[Notifier, ...] = ()
    monitors: tuple[Monitor, ...] = ()
    canaries: tuple[tuple[str, int], ...] = ()  # own_network: host and port of things that are never all away
    files: tuple[str, ...] = field(default=(), compare=False)  # every file it was read from, to be watched
