"""Whose webhooks a listener expects: one frozen row per provider, read from ``monitor.core.providers``."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A value that signing puts into the JSON body, at a dotted path: a timestamp, a signature.

    One with ``{sig}`` is placed after signing, any other before. ``number``: as a number, not as text.
    ``keep``: only where the body has nothing there yet.
    """

    path: str
    template: str
    number: bool = False
    keep: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """How a provider signs: one template for all (docs/providers.md).

    Templates know ``{timestamp} {id} {type} {body} {url} {method} {content_type} {key_id}``, two digests of
    the body (``{body_sha256}`` in hex, ``{body_sha256_base64}``), ``{form}`` (a form's sorted parameters),
    ``{body:path}`` (a value of the JSON body, empty where there is none) and ``{nonce}``; header templates
    also ``{sig} {sigs} {sig2} {sig3} {secret}``. Substitution is literal and in one pass: a body may
    hold braces.
    """

    hash: str | None = "sha256"  # an HMAC's, or ed25519, ecdsa, provider (see ``PUBLIC_KEY``); None: a token
    key: str = "utf8"  # utf8, hex, base64, whsec (optional prefix, then base64), whsk (the same), pem
    message: str = "{body}"
    digest: str = "hex"  # hex or base64
    headers: tuple[tuple[str, str], ...] = ()
    item: str = "{sig}"  # one per secret while rotating, e.g. "v1={sig}"; joined into {sigs}
    joiner: str = ","
    timestamp: str = "none"  # s, ms, rfc3339, rfc3339nano, none
    event_id: str | None = None  # header name, or a path into the body such as "body:id"
    event_type: str | None = None
    window: timedelta | None = None  # the oldest event that its verifiers accept; None: they do not look
    covers: frozenset[str] = frozenset({"body"})  # what the signature protects, of body url id timestamp
    body: tuple[Placement, ...] = ()
    query: tuple[tuple[str, str], ...] = ()  # parameters added to the URL before signing
    backdate: timedelta = timedelta(0)  # sign with an earlier time: its verifiers refuse any future


PUBLIC_KEY = frozenset({"ed25519", "ecdsa"})  # signed with a private test key of the operator's own
PROVIDER_ONLY = "provider"  # nobody but the provider can sign: hostile probes only


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTemplate:
    """The synthetic event: the least consequential true event of its provider.

    ``body`` is the exact text to send. ``{id}``, ``{timestamp}`` (unix seconds), ``{milliseconds}``,
    ``{time}`` (RFC 3339) and ``{type}`` in it are replaced, in one literal pass, when the event is written.
    An empty ``id_prefix`` makes it a GUID; ``id_length`` cuts it, where ids have a fixed length. ``tamper``
    is the dotted path (or form parameter) of the value that a tampered event changes; without it, the first
    text that holds the id, else the first text.
    ``receipt`` is the dotted path (or form parameter) where the address for the receipt is put, unless the
    body has ``{receipt_url}``. It fits the body of this row: objects on the way are made, lists are there.
    """

    type: str
    body: str
    content_type: str = "application/json"
    id_prefix: str = "evt_probe_"
    id_length: int | None = None
    tamper: str | None = None
    receipt: str | None = None


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
    content_types: tuple[str, ...] = ()  # of a body that is not empty, e.g. "text/xml"; (): any
    refusals: tuple[str, ...] = ("401", "403")  # statuses that mean: the signature was not believed
    follows_redirects: int = 0  # how many the provider follows; we follow none


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """A challenge that the provider sends to see whose endpoint this is, and the answer it wants.

    ``body`` is a template over ``{challenge} {timestamp} {milliseconds} {time}``; None: a request without a
    body. ``signed``: with the monitor's secret, like an event. ``digits``: the challenge is a number. Query
    and headers know ``{challenge}``, ``{token}`` (the operator's verify token) and ``{secret}``; the answer
    knows ``{challenge}``, ``{proof}`` (the hex HMAC-SHA256 of the challenge) and ``{header:name}``, what was
    sent in the header of this (lower-case) name.
    """

    title: str  # what the provider calls it
    method: str = "POST"
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    type: str = ""  # of the event that carries it, for providers that name it in a header
    signed: bool = True
    digits: bool = False
    statuses: tuple[str, ...] = ("2xx",)
    echo: bool = False  # the body is the challenge, as text; or carries it in JSON or a form as ``challenge``
    json: tuple[tuple[str, str], ...] = ()  # dotted path → template of the value
    answer_headers: tuple[tuple[str, str], ...] = ()  # lower-case name → template, or "*" beside it
    empty: bool = False  # the body must be empty
    within: timedelta | None = None  # None: as for events
    needs_token: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How the provider sends an event again that was not acknowledged.

    ``attempts`` is the number of retries, 0 for none, None where only ``over`` is known. ``sure`` is False
    for what no page of the provider's confirms: it is told as uncertain. ``span_sure`` is False where it
    surely retries, and only how often and how long is uncertain.
    """

    attempts: int | None = None
    over: timedelta | None = None
    sure: bool = True
    span_sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Disable:
    """When the provider gives an endpoint up: after so many failed events in a row, or after so long."""

    failures: int | None = None
    after: timedelta | None = None
    what: str = "disables the endpoint"
    sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the provider does with a listener that fails. None: not known, and nothing is claimed."""

    retry: Retry | None = None
    disable: Disable | None = None
    source: str = ""

    @property
    def retries(self) -> bool | None:
        """Whether a failed event comes again; None where nobody knows for sure."""
        if self.retry is None or not self.retry.sure:
            return None
        return self.retry.attempts != 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One row of data. ``custom`` stands for a ``signature:`` template of the operator's own."""

    id: str
    title: str
    scheme: Scheme
    headers: tuple[tuple[str, str], ...]  # unsigned ones the provider sends; {id} {type} {time} are replaced
    user_agent: str
    event: EventTemplate
    expect: Expectation
    source: str  # where the facts of this row come from
    policy: Policy = Policy()
    handshake: Handshake | None = None
    respaced: str | None = None  # how it spaces its JSON where not compactly: "indented"
    unsigned_ok: str | None = None  # why an unsigned event may rightly be accepted
    hint: str = ""  # what a listener must do, in a sentence or two
    note: str = ""  # what an operator should know
