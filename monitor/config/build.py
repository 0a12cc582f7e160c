"""Shapes → the values that travel. Everything was judged before (``rules``): nothing here can be wrong."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from monitor.config.checks import CheckOptions, HandshakeOptions
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
    Provider,
    Public,
    Scheme,
    Secret,
    Tls,
)
from monitor.core.possible import OFF_UNLESS_ASKED, missing

INTERVAL = timedelta(seconds=30)
LONGEST_TIMEOUT = timedelta(seconds=10)  # the default waits no longer, however patient the provider is
DAILY = timedelta(days=1)
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
    url, headers = shape.url or "", tuple((shape.headers or {}).items())
    return Monitor(
        id=name,
        url=url,
        provider=provider,
        secrets=tuple(secret_of(source, provider.scheme, files) for source in shape.secret or ()),
        event=event_of(shape.event, provider, files),
        expect=expect,
        checks=plans(shape),
        method=shape.method or "POST",
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
        verifies_later=shape.verification == "after_answer",
        volume=shape.volume,
        traffic=traffic_of(shape.checks and shape.checks.traffic),
        provider_status=status_of(shape.checks and shape.checks.provider, provider),
    )


def expectation(shape: ExpectShape | None, provider: Provider) -> Expectation:
    """Return what the operator expects; what is left out is the provider's rule."""
    if shape is None:
        return provider.expect
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
    return replace(provider.expect, **_without_none(given))


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
        default = interval_of(shape) if check is Check.DELIVERY else EVERY.get(check, DAILY)
        every = setting if isinstance(setting, timedelta) else default
        found.append(CheckPlan(check=check, every=every))
    return tuple(found)


def cannot_exist(check: Check, shape: MonitorShape) -> str | None:
    """Return why this monitor can never be asked this, as far as its file says; None: it can."""
    if check is Check.CERTIFICATE and not (shape.url or "").lower().startswith("https:"):
        return "http has no certificate"
    if check is Check.HEARTBEAT:
        return "for a job that calls us write `kind: heartbeat`"
    provider = provider_of(shape)
    why = missing(check, provider)
    if why:
        return why
    if check is Check.ROTATION and len(shape.secret or ()) < 2:
        return "there is only one secret"
    asked = provider.handshake
    if check is Check.HANDSHAKE and asked and asked.needs_token and verify_token(shape) is None:
        return f"{provider.title} shows a verify token with its handshake"
    return None


def _setting(shape: MonitorShape, check: Check) -> timedelta | bool | None:
    setting = getattr(shape.checks, check.value, None)
    if isinstance(setting, HandshakeOptions | ProviderOptions):
        return setting.every or True
    if isinstance(setting, TrafficOptions):
        return True
    return setting.every if isinstance(setting, CheckOptions) else setting


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
    token = step(step(table.get("checks"), "handshake"), "token")
    secretive = (*(table.get(key) for key in ("url", "headers", "event", "key_id")), token)
    found = [
        value for node in secretive if node is not None for text in texts(node) for value in text.resolved
    ]
    if isinstance(status := step(step(table.get("checks"), "provider"), "token"), Text):
        found.append(str(status))
    parts = urlsplit(url)
    found += [unquote(part) for part in (parts.username, parts.password) if part]
    found += [part for part in (parts.username, parts.password) if part]
    found += [value for _, value in parse_qsl(parts.query)]
    for name, value in headers:
        if name.lower() in _CREDENTIALS or name.lower().endswith(("-token", "-key", "-secret")):
            found += [value, value.rpartition(" ")[2]]
    return [value for value in found if value]
