"""Our own probes, put to the providers' own libraries at the real clock: what a listener built on them says."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from secrets import token_bytes, token_hex
from urllib.parse import urlsplit

import pytest

from monitor.core.event import write
from monitor.core.model import Check, Delivery, Event, Monitor, Secret
from monitor.core.possible import missing
from monitor.core.providers import PROVIDERS
from monitor.core.sign import sign
from monitor.core.sign.body import respaced
from monitor.core.sign.hostile import forge, stale_since, strip, tamper
from monitor.probe.seal import seal
from tests.makers import a_monitor
from tests.sdk.keys import KEYS
from tests.sdk.oracle import SIDES, Oracle

pytestmark = pytest.mark.real

Oracles = Mapping[str, Oracle]
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
STRANGER = token_bytes(32)

# Whose library accepts an event that any other would find too old.
AGELESS = {("mailgun", "anymail")}


def pairs(check: Check) -> list[object]:
    """Every scheme and library that can be asked this."""
    return [
        pytest.param(name, scheme, library, id=f"{scheme}-{library}", marks=side.skip)
        for name, side in SIDES.items()
        for scheme, libraries in side.libraries.items()
        if scheme in PROVIDERS and missing(check, PROVIDERS[scheme]) is None
        for library in libraries
    ]


def watch(scheme: str, url: str) -> Monitor:
    """Return a monitor as an operator would set it up; nobody has a secret of SNS or PayPal."""
    row, key = PROVIDERS[scheme], KEYS.get(scheme)
    return a_monitor(
        provider=row,
        event=row.event,
        expect=row.expect,
        url=url,
        secrets=(Secret(key.signing),) if key else (),
        key_id=(key.key_id if key else None) or "",
    )


def written(monitor: Monitor, at: datetime) -> Event:
    return write(monitor, token=token_hex(16), at=at)


def valid(monitor: Monitor, at: datetime) -> Delivery:
    return sign(written(monitor, at), monitor, at=at, traceparent=TRACE, seal=seal)


def answer(oracle: Oracle, scheme: str, library: str, delivery: Delivery) -> tuple[int, str]:
    """Send it as it is: what it adds to the URL too."""
    parts = urlsplit(delivery.url)
    target = f"{library}?{parts.query}" if parts.query else library
    return oracle.post(scheme, target, dict(delivery.headers), delivery.body)


@pytest.mark.parametrize(("side", "scheme", "library"), pairs(Check.DELIVERY))
def test_our_event_is_accepted(oracles: Oracles, side: str, scheme: str, library: str) -> None:
    monitor = watch(scheme, oracles[side].url(scheme, library))
    assert answer(oracles[side], scheme, library, valid(monitor, datetime.now(UTC))) == (200, "")


@pytest.mark.parametrize(("side", "scheme", "library"), pairs(Check.FORGED))
def test_a_forged_one_is_refused(oracles: Oracles, side: str, scheme: str, library: str) -> None:
    monitor, at = watch(scheme, oracles[side].url(scheme, library)), datetime.now(UTC)
    forged = forge(written(monitor, at), monitor, at=at, traceparent=TRACE, key=STRANGER, seal=seal)
    assert answer(oracles[side], scheme, library, forged) == (401, "")


@pytest.mark.parametrize(("side", "scheme", "library"), pairs(Check.TAMPERED))
def test_a_tampered_one_is_refused(oracles: Oracles, side: str, scheme: str, library: str) -> None:
    monitor, at = watch(scheme, oracles[side].url(scheme, library)), datetime.now(UTC)
    tampered = tamper(written(monitor, at), monitor, at=at, traceparent=TRACE, seal=seal)
    assert tampered is not None
    assert answer(oracles[side], scheme, library, tampered) == (401, "")


@pytest.mark.parametrize(("side", "scheme", "library"), pairs(Check.UNSIGNED))
def test_an_unsigned_one_is_refused_or_crashes(
    oracles: Oracles, side: str, scheme: str, library: str
) -> None:
    monitor, at = watch(scheme, oracles[side].url(scheme, library)), datetime.now(UTC)
    unsigned = strip(written(monitor, at), monitor, at=at, traceparent=TRACE, seal=seal)
    assert answer(oracles[side], scheme, library, unsigned)[0] in {401, 500}


@pytest.mark.parametrize(("side", "scheme", "library"), pairs(Check.STALE))
def test_a_stale_one_is_refused(oracles: Oracles, side: str, scheme: str, library: str) -> None:
    monitor = watch(scheme, oracles[side].url(scheme, library))
    stale = valid(monitor, stale_since(PROVIDERS[scheme].scheme, datetime.now(UTC)))
    assert answer(oracles[side], scheme, library, stale) == (401, "")


@pytest.mark.parametrize(("side", "scheme", "library"), pairs(Check.DELIVERY))
def test_where_stale_cannot_be_asked_nobody_looks_at_age(
    oracles: Oracles, side: str, scheme: str, library: str
) -> None:
    """Else the row lacks a window."""
    monitor = watch(scheme, oracles[side].url(scheme, library))
    if monitor.provider.scheme.window is None:
        old = valid(monitor, datetime.now(UTC) - timedelta(days=30))
        assert answer(oracles[side], scheme, library, old) == (200, "")
