"""Providers: whose webhooks a listener expects. Adding one is adding a row of data."""

from collections.abc import Mapping
from dataclasses import replace

from monitor.core.model import EventTemplate, Expectation, Provider, Scheme
from monitor.core.providers.rows import ROWS

PROVIDERS: Mapping[str, Provider] = {row.id: row for row in ROWS}

# Of a monitor without a listener: a job calls us, and nothing is ever sent.
NOBODY = Provider(
    id="heartbeat",
    title="Heartbeat",
    scheme=Scheme(),
    headers=(),
    user_agent="",
    event=EventTemplate(type="", body=""),
    expect=Expectation(),
    source="",
)

__all__ = ["NOBODY", "PROVIDERS", "UPSTREAM", "custom"]


def custom(scheme: Scheme) -> Provider:
    """Return the provider that a ``signature:`` template stands for."""
    return Provider(
        id="custom",
        title="Custom signature",
        scheme=scheme,
        headers=(),
        user_agent="webhook-monitor (synthetic probe)",
        event=EventTemplate(
            type="probe.ping",
            body='{"id":"{id}","type":"{type}","timestamp":"{time}","synthetic":true}',
            receipt="receipt_url",
        ),
        expect=Expectation(),
        respaced="indented",
        source="the operator's signature template",
    )


# What stands before listeners expects no events. Any answer but an error of its own shows that it is there.
UPSTREAM = replace(
    custom(Scheme()),
    id="upstream",
    title="Upstream",
    expect=Expectation(statuses=("1xx", "2xx", "3xx", "4xx"), refusals=(), html_allowed=True),
    respaced=None,
    source="no provider: what stands before listeners",
)
