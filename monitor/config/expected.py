"""What counts as acknowledged, and how long we wait for it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from monitor.config.parts import ExpectShape
from monitor.config.shapes import MonitorShape
from monitor.core.model import Expectation, Provider

LONGEST_TIMEOUT = timedelta(seconds=10)  # the default waits no longer, however patient the provider is


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
    return replace(usual, **{name: value for name, value in given.items() if value is not None})


def timeout_of(shape: MonitorShape, expect: Expectation) -> timedelta:
    return shape.timeout or min(expect.within, LONGEST_TIMEOUT)
