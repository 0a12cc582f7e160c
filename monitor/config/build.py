"""Shapes → the values that travel. Everything was judged before (``rules``): nothing here can be wrong."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from monitor.config.expected import expectation, timeout_of
from monitor.config.files import Files
from monitor.config.kinds import SecretOptions
from monitor.config.observed import status_of, traffic_of
from monitor.config.parts import EventShape, PublicShape, TlsShape
from monitor.config.plans import address, concurrent, interval_of, plans, receipt_of, verify_token
from monitor.config.scalars import meaning
from monitor.config.scheme import provider_of
from monitor.config.shapes import MonitorShape
from monitor.config.tree import Node, Table, Text, step, texts
from monitor.core.model import (
    EventTemplate,
    Monitor,
    Provider,
    Public,
    Scheme,
    Secret,
    Tls,
)

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


def _method(shape: MonitorShape) -> str:
    if shape.upstream is None:
        return shape.method or "POST"
    return "CONNECT" if shape.upstream.startswith("tcp:") else "GET"


def secret_of(source: Text | SecretOptions, scheme: Scheme | None, files: Files) -> Secret:
    """Return the secret, or raise Unusable. Only a private key (or what may be one) has many lines."""
    if isinstance(source, Text):
        return Secret(str(source))
    if source.file is None:
        return Secret(str(source.value or ""), until=source.until)
    one_line = scheme is not None and scheme.key != "pem"
    value = files.secret(source.file) if one_line else files.text(source.file)
    return Secret(value, until=source.until)


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
    return Public(**{name: value for name, value in shape.model_dump().items() if value is not None})


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
