"""Shapes → the values that travel. Everything was judged before (``rules``): nothing here can be wrong."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from monitor.config.checks import CheckOptions, DuplicateOptions, HandshakeOptions, ReceiptOptions
from monitor.config.files import Files
from monitor.config.kinds import SecretOptions
from monitor.config.observed import ProviderOptions, TrafficOptions, status_of, traffic_of
from monitor.config.parts import EventShape, ExpectShape, PublicShape, TlsShape
from monitor.config.scalars import meaning
from monitor.config.scheme import provider_of
from monitor.config.shapes import MonitorShape
from monitor.config.tree import Node, Table, Text, step, texts
from monitor.core.model import (
    Check,
    CheckPlan,
    EventTemplate,
    Expectation,
    Monitor,
    Poll,
    Provider,
    Public,
    ReceiptPlan,
    Scheme,
    Secret,
    Tls,
)
from monitor.core.possible import NO_EVENTS, OF_UPSTREAM, OFF_UNLESS_ASKED, missing

INTERVAL = timedelta(seconds=30)
LONGEST_TIMEOUT = timedelta(seconds=10)  # the default waits no longer, however patient the provider is
DAILY = timedelta(days=1)
WITHIN = timedelta(seconds=60)  # how long an event may take to the far end
EVERY = {  # all others: daily
    Check.CERTIFICATE: timedelta(hours=6),
    Check.FORGED: timedelta(hours=1),
    Check.TRAFFIC: timedelta(seconds=30),
    Check.PROVIDER: timedelta(minutes=5),
}
_CREDENTIALS = ("authorization", "proxy-authorization", "cookie")


def monitor(name: str, shape: MonitorShape, table: Table, files: Files) -> Monitor:
    """Return the monitor; ``table`` is what it was written as, defaults included."""
    provider = provider_of(shape)
    expect = expectation(shape.expect, provider)
    url, headers = address(shape), tuple((shape.headers or {}).items())
    return Monitor(
        id=name,
        url=url,
        provider=provider,
        secrets=tuple(secret_of(source, provider.scheme, files) for source in shape.secret or ()),
        event=event_of(shape.event, provider, files),
        expect=expect,
        checks=plans(shape),
        method=_method(shape),
        headers=headers,
        hidden=tuple(Secret(value) for value in dict.fromkeys(_hidden(table, url, headers))),
        interval=interval_of(shape),
        timeout=timeout_of(shape, expect),
        confirm_interval=shape.confirm_interval or timedelta(seconds=15),
        down_after=shape.down_after or 2,
        up_after=shape.up_after or 2,
        connect_to=shape.connect_to,
        reuse_connection=shape.connection == "reuse",
        tls=tls_of(shape.tls, files),
        notify=tuple(dict.fromkeys(map(str, shape.notify or ()))),
        tags=tuple(dict.fromkeys(map(str, shape.tags or ()))),
        public=public_of(shape.public),
        runbook=shape.runbook,
        enabled=shape.enabled is not False,
        was=shape.was and str(shape.was),
        keep_bodies=shape.evidence is None or shape.evidence.body is not False,
        key_id=shape.key_id or "",
        verify_token=verify_token(shape),
        verifies_later=shape.verification == "after_answer" and shape.upstream is None,
        receipt=receipt_of(shape),
        concurrent_duplicates=concurrent(shape),
        volume=shape.volume,
        upstream=shape.upstream is not None,
        # Among the defaults it may name one of those that it is the default of.
        depends_on=tuple(dict.fromkeys(str(one) for one in shape.depends_on or () if one != name)),
        traffic=traffic_of(shape.checks and shape.checks.traffic),
        provider_status=status_of(shape.checks and shape.checks.provider, provider),
    )


def address(shape: MonitorShape) -> str:
    """Return where it is, a listener or what stands before some; empty where that is not said."""
    return shape.url or shape.upstream or ""


def _method(shape: MonitorShape) -> str:
    if shape.upstream is None:
        return shape.method or "POST"
    return "CONNECT" if shape.upstream.startswith("tcp:") else "GET"


def expectation(shape: ExpectShape | None, provider: Provider) -> Expectation:
    """Return what the operator expects; what is left out is the provider's rule."""
    return expected(shape, provider.expect)


def expected(shape: ExpectShape | None, usual: Expectation) -> Expectation:
    """Return what the operator expects; what is left out is as usual."""
    if shape is None:
        return usual
    given: dict[str, Any] = {
        "statuses": shape.status and tuple(dict.fromkeys(shape.status)),
        "within": shape.within,
        "warning_share": shape.slow_after,
        "body_contains": str(shape.body.contains) if shape.body else None,
        "json": tuple(shape.json_values.items()) if shape.json_values else None,
        "headers": tuple((name.lower(), value) for name, value in shape.header.items())
        if shape.header
        else None,
        "html_allowed": shape.html == "allowed" if shape.html else None,
        "refusals": shape.refused and tuple(dict.fromkeys(shape.refused)),
    }
    return replace(usual, **_without_none(given))


def _without_none(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def timeout_of(shape: MonitorShape, expect: Expectation) -> timedelta:
    return shape.timeout or min(expect.within, LONGEST_TIMEOUT)


def interval_of(shape: MonitorShape) -> timedelta:
    """Return how often the delivery check runs; what `checks` says of it wins over `interval`."""
    setting = _setting(shape, Check.DELIVERY)
    return setting if isinstance(setting, timedelta) else shape.interval or INTERVAL


def plans(shape: MonitorShape) -> tuple[CheckPlan, ...]:
    """Return the checks that are on. One that cannot exist here is off, whatever the defaults ask for."""
    found = []
    for check in Check:
        setting = _setting(shape, check)
        unasked = setting is None and check in OFF_UNLESS_ASKED
        if setting is False or unasked or cannot_exist(check, shape):
            continue
        every = setting if isinstance(setting, timedelta) else _usually(check, shape)
        found.append(CheckPlan(check=check, every=every))
    return tuple(found)


def _usually(check: Check, shape: MonitorShape) -> timedelta:
    """Return how often a check runs where nothing is said. A receipt may come as late as it is allowed to."""
    if check is Check.DELIVERY:
        return interval_of(shape)
    if check is Check.RECEIPT:
        return interval_of(shape) + within_of(shape)
    return EVERY.get(check, DAILY)


def within_of(shape: MonitorShape) -> timedelta:
    """Return how long after its sending an event must be processed."""
    setting = shape.checks and shape.checks.receipt
    given = setting.within if isinstance(setting, ReceiptOptions) else None
    return given or WITHIN


def receipt_of(shape: MonitorShape) -> ReceiptPlan | None:
    """Return how events prove that they were processed; None where they need not."""
    if all(plan.check is not Check.RECEIPT for plan in plans(shape)):
        return None
    setting = shape.checks and shape.checks.receipt
    if not isinstance(setting, ReceiptOptions):
        return ReceiptPlan(within=WITHIN)
    poll = Poll(url=setting.poll, expect=expected(setting.expect, Expectation())) if setting.poll else None
    return ReceiptPlan(
        within=within_of(shape), by_get=bool(setting.get), by_id=bool(setting.by_id), poll=poll
    )


def cannot_exist(check: Check, shape: MonitorShape) -> str | None:
    """Return why this monitor can never be asked this, as far as its file says; None: it can."""
    if shape.upstream is not None and check not in OF_UPSTREAM:
        return NO_EVENTS
    if check is Check.CERTIFICATE and not address(shape).lower().startswith("https:"):
        return "http has no certificate"
    if check is Check.HEARTBEAT:
        return "for a job that calls us write `kind: heartbeat`"
    return missing(check, provider_of(shape)) or _lacking(check, shape)


def _lacking(check: Check, shape: MonitorShape) -> str | None:
    """Return what the file would have to say for this check; None: it says it."""
    if check is Check.ROTATION and len(shape.secret or ()) < 2:
        return "there is only one secret"
    if check is Check.RECEIPT and _setting(shape, Check.DELIVERY) is False:
        return "delivery is off, so no event is sent that could be processed"
    asked = provider_of(shape).handshake
    if check is Check.HANDSHAKE and asked and asked.needs_token and verify_token(shape) is None:
        return f"{provider_of(shape).title} shows a verify token with its handshake"
    return None


def _setting(shape: MonitorShape, check: Check) -> timedelta | bool | None:
    setting = getattr(shape.checks, check.value, None)
    if isinstance(setting, HandshakeOptions | DuplicateOptions | ProviderOptions):
        return setting.every or True
    if isinstance(setting, ReceiptOptions | TrafficOptions):
        return True
    return setting.every if isinstance(setting, CheckOptions) else setting


def concurrent(shape: MonitorShape) -> bool:
    """Return whether a duplicate pair is sent at the same time."""
    setting = shape.checks and shape.checks.duplicate
    return isinstance(setting, DuplicateOptions) and bool(setting.concurrent)


def secret_of(source: Text | SecretOptions, scheme: Scheme | None, files: Files) -> Secret:
    """Return the secret, or raise Unusable. Only a private key (or what may be one) has many lines."""
    if isinstance(source, Text):
        return Secret(str(source))
    if source.file is None:
        return Secret(str(source.value or ""), until=source.until)
    one_line = scheme is not None and scheme.key != "pem"
    value = files.secret(source.file) if one_line else files.text(source.file)
    return Secret(value, until=source.until)


def verify_token(shape: MonitorShape) -> Secret | None:
    """Return the token that the handshake shows, where the provider shows one."""
    asked, setting = provider_of(shape).handshake, shape.checks and shape.checks.handshake
    if asked is None or not asked.needs_token or not isinstance(setting, HandshakeOptions):
        return None
    return None if setting.token is None else Secret(str(setting.token))


def tls_of(shape: TlsShape | None, files: Files) -> Tls:
    if shape is None:
        return Tls()
    paths = {name: getattr(shape, name) for name in ("ca", "certificate", "key")}
    return Tls(
        verify=shape.verify is not False,
        **{name: files.path(path) for name, path in paths.items() if path},
    )


def event_of(shape: EventShape | None, provider: Provider, files: Files) -> EventTemplate:
    """Return the event, or raise Unusable where its body's file cannot be read."""
    template = provider.event
    if shape is None:
        return template
    # Where single values are signed, no other one may be tampered with, whoever wrote the body.
    some = "{body:" in provider.scheme.message
    return replace(
        template,
        type=shape.type or template.type,
        body=template.body if shape.body is None else _body(shape.body, files),
        content_type=shape.content_type or template.content_type,
        tamper=shape.tamper or (template.tamper if some or shape.body is None else None),
        receipt=template.receipt if shape.body is None else None,
    )


def public_of(shape: PublicShape | None) -> Public | None:
    if shape is None:
        return None
    return Public(**_without_none(shape.model_dump()))


def body_file(body: Node | None) -> Text | None:
    """Return the path in a body that is ``{file: path}``."""
    if isinstance(body, Table) and list(body) == ["file"] and isinstance(body["file"], Text):
        return body["file"]
    return None


def _body(body: Node, files: Files) -> str:
    if isinstance(body, Text):
        return str(body)
    name = body_file(body)
    if name is not None:
        return files.text(name)
    return json.dumps(_data(body), separators=(",", ":"))


def _data(node: Node) -> Any:  # noqa: ANN401 - whatever JSON can say
    if isinstance(node, Table):
        return {key: _data(value) for key, value in node.items()}
    if isinstance(node, Text):
        return meaning(node) if node.plain and not node.variables else str(node)
    return [_data(item) for item in node]


def _hidden(table: Table, url: str, headers: tuple[tuple[str, str], ...]) -> list[str]:
    """Return all that must not come back from a listener: what came in by ``${VAR}``, and credentials."""
    checks = table.get("checks")
    token, poll = step(step(checks, "handshake"), "token"), step(step(checks, "receipt"), "poll")
    secretive = (*(table.get(key) for key in ("url", "headers", "event", "key_id")), token, poll)
    found = [
        value for node in secretive if node is not None for text in texts(node) for value in text.resolved
    ]
    if isinstance(status := step(step(checks, "provider"), "token"), Text):
        found.append(str(status))
    for parts in map(urlsplit, (url, str(poll or ""))):
        found += [unquote(part) for part in (parts.username, parts.password) if part]
        found += [part for part in (parts.username, parts.password) if part]
        found += [value for _, value in parse_qsl(parts.query) if value != "{event_id}"]
    for name, value in headers:
        if name.lower() in _CREDENTIALS or name.lower().endswith(("-token", "-key", "-secret")):
            found += [value, value.rpartition(" ")[2]]
    return [value for value in found if value]
