"""Over a real socket: listeners with the providers' own libraries take our events and no forgery."""

import http.client
from dataclasses import replace
from datetime import UTC, datetime
from secrets import token_bytes, token_hex
from urllib.parse import urlsplit

import pytest

from monitor.core.event import write
from monitor.core.model import Delivery, Event, EventTemplate, Monitor, Scheme, Secret
from monitor.core.providers import PROVIDERS, custom
from monitor.core.sign import sign
from monitor.core.sign.hostile import forge
from tests.listeners import VERIFIERS, listening
from tests.makers import a_monitor

pytestmark = pytest.mark.real

CUSTOM = custom(
    Scheme(
        hash="sha512",
        key="hex",
        message="{timestamp}.{body}",
        headers=(("X-Acme-Signature", "t={timestamp},{sigs}"),),
        item="v1={sig}",
        timestamp="s",
    )
)
OLD, NEW = "00112233445566778899aabbccddeeff", "ffeeddccbbaa99887766554433221100"  # valid in every form
LISTS = ["stripe", "standard", "svix", "custom"]


def watch(provider: str, url: str, *secrets: str) -> Monitor:
    row = CUSTOM if provider == "custom" else PROVIDERS[provider]
    return a_monitor(
        provider=row, event=row.event, url=url, secrets=tuple(Secret(secret) for secret in secrets)
    )


def written(monitor: Monitor) -> Event:
    return write(monitor, token=token_hex(16), at=datetime.now(UTC))


def signed(monitor: Monitor, event: Event | None = None) -> Delivery:
    return sign(event or written(monitor), monitor, at=datetime.now(UTC), traceparent="00-a-b-01")


def forged(monitor: Monitor) -> Delivery:
    at = datetime.now(UTC)
    return forge(written(monitor), monitor, at=at, traceparent="00-a-b-01", key=token_bytes(32))


def post(delivery: Delivery) -> int:
    where = urlsplit(delivery.url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=5)
    try:
        connection.request(delivery.method, where.path, delivery.body, dict(delivery.headers))
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("provider", VERIFIERS)
def test_a_signed_event_is_accepted_as_it_was_written(provider: str) -> None:
    with listening(VERIFIERS[provider], OLD) as listener:
        monitor = watch(provider, listener.url, OLD)
        event = written(monitor)
        assert post(signed(monitor, event)) == 200
        assert listener.accepted == [event.body]


@pytest.mark.parametrize("provider", VERIFIERS)
def test_a_forged_event_is_refused_and_crashes_nobody(provider: str) -> None:
    with listening(VERIFIERS[provider], OLD) as listener:
        assert post(forged(watch(provider, listener.url, OLD))) == 401
        assert not listener.accepted


@pytest.mark.parametrize("provider", LISTS)
@pytest.mark.parametrize("known", [OLD, NEW])
def test_while_rotating_a_listener_with_either_secret_accepts(provider: str, known: str) -> None:
    with listening(VERIFIERS[provider], known) as listener:
        assert post(signed(watch(provider, listener.url, NEW, OLD))) == 200
        assert post(forged(watch(provider, listener.url, NEW, OLD))) == 401


@pytest.mark.parametrize("provider", sorted(set(VERIFIERS) - set(LISTS)))
def test_where_one_signature_fits_the_first_secret_is_the_one(provider: str) -> None:
    with listening(VERIFIERS[provider], NEW) as listener:
        assert post(signed(watch(provider, listener.url, NEW, OLD))) == 200
        assert post(signed(watch(provider, listener.url, OLD, NEW))) == 401


@pytest.mark.parametrize("provider", VERIFIERS)
def test_another_secret_is_refused(provider: str) -> None:
    with listening(VERIFIERS[provider], OLD) as listener:
        assert post(signed(watch(provider, listener.url, NEW))) == 401


@pytest.mark.parametrize("provider", sorted(set(VERIFIERS) - {"gitlab-token"}))
def test_a_changed_body_is_refused_and_so_our_signature_covers_it(provider: str) -> None:
    with listening(VERIFIERS[provider], OLD) as listener:
        delivery = signed(watch(provider, listener.url, OLD))
        assert post(replace(delivery, body=delivery.body.replace(b"probe", b"prove", 1))) == 401


@pytest.mark.parametrize("provider", VERIFIERS)
@pytest.mark.parametrize("body", ['{"id":"evt_x","b":"{sig}{body}{}"}', '{"id":"evt_ü","✓":"日本"}'])
def test_braces_and_any_language_in_a_body_are_signed_as_sent(provider: str, body: str) -> None:
    with listening(VERIFIERS[provider], OLD) as listener:
        monitor = replace(
            watch(provider, listener.url, OLD), event=EventTemplate(type="probe.ping", body=body)
        )
        assert post(signed(monitor)) == 200
        assert listener.accepted == [body.encode()]


def test_standard_and_svix_take_a_secret_with_its_prefix() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    for provider in ("standard", "svix"):
        with listening(VERIFIERS[provider], secret) as listener:
            assert post(signed(watch(provider, listener.url, secret))) == 200
