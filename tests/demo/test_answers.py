"""The demo listeners are strict: true events in, everything else out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.event import write
from monitor.core.model import EventTemplate, Monitor, Scheme, Secret
from monitor.core.providers import PROVIDERS, custom
from monitor.core.sign import sign
from monitor.core.sign.hostile import forge
from monitor.demo.answers import DEADLINES, answer, delay
from monitor.demo.http import Request
from monitor.demo.places import Fault, Listener
from tests.makers import NOON, a_monitor

NOW = NOON.timestamp()
SECRET = "whsec_" + "c2VjcmV0" * 4
ORDERS = custom(
    Scheme(
        message="{timestamp}.{body}",
        timestamp="s",
        headers=(("X-Acme-Signature", "t={timestamp},v1={sig}"),),
    )
)
TIMED = [Listener.STRIPE, Listener.SLACK, Listener.STANDARD, Listener.ORDERS]


def watch(listener: Listener) -> Monitor:
    provider = ORDERS if listener is Listener.ORDERS else PROVIDERS[listener]
    return a_monitor(provider=provider, event=provider.event, secrets=(Secret(SECRET),))


def a_request(listener: Listener, *, age: int = 0, forged: bool = False) -> Request:
    monitor, at = watch(listener), NOON - timedelta(seconds=age)
    event = write(monitor, token="0af7651916cd43dd8448eb211c80319c", at=at)
    delivery = (
        forge(event, monitor, at=at, traceparent="", key=bytes(32))
        if forged
        else sign(event, monitor, at=at, traceparent="")
    )
    headers = {name.lower(): value for name, value in delivery.headers}
    return Request(method="POST", path=f"/hooks/{listener}", headers=headers, body=delivery.body)


def status(listener: Listener, request: Request, fault: Fault | None = None) -> int:
    return answer(listener, request, fault=fault, secret=SECRET, now=NOW).status


@pytest.mark.parametrize("listener", Listener)
def test_a_true_event_is_acknowledged(listener: Listener) -> None:
    expected = {Listener.ORDERS: 202, Listener.GITHUB: 204}
    assert status(listener, a_request(listener)) == expected.get(listener, 200)


@pytest.mark.parametrize("listener", Listener)
def test_a_forged_event_is_refused(listener: Listener) -> None:
    assert status(listener, a_request(listener, forged=True)) == 401


@pytest.mark.parametrize("listener", Listener)
def test_a_changed_body_is_refused(listener: Listener) -> None:
    request = a_request(listener)
    assert status(listener, replace(request, body=request.body.replace(b"probe", b"prove", 1))) == 401


@pytest.mark.parametrize("listener", Listener)
def test_an_unsigned_event_is_refused(listener: Listener) -> None:
    request = a_request(listener)
    assert status(listener, replace(request, headers={})) == 401
    for name in request.headers:
        odd = replace(request, headers={**request.headers, name: "ünïcode=,=²"})
        assert status(listener, odd) in {200, 202, 204, 401}


@pytest.mark.parametrize("listener", TIMED)
@pytest.mark.parametrize("direction", [1, -1])
def test_an_event_from_another_time_is_refused(listener: Listener, direction: int) -> None:
    assert status(listener, a_request(listener, age=300 * direction)) in {200, 202}
    assert status(listener, a_request(listener, age=301 * direction)) == 401


@pytest.mark.parametrize("listener", Listener)
def test_broken_listeners_break_as_they_were_told(listener: Listener) -> None:
    assert status(listener, a_request(listener), Fault.SERVER_ERROR) == 503
    assert status(listener, a_request(listener, forged=True), Fault.ACCEPT_FORGED) in {200, 202, 204}
    assert status(listener, a_request(listener), Fault.SLOW) in {200, 202, 204}


@pytest.mark.parametrize("listener", Listener)
def test_slow_is_past_the_warning_and_before_every_timeout(listener: Listener) -> None:
    deadline = DEADLINES[listener]
    assert deadline / 2 < delay(listener, Fault.SLOW) < min(deadline, 10)
    assert delay(listener, None) == 0


@pytest.mark.parametrize("listener", [listener for listener in Listener if listener is not Listener.ORDERS])
def test_the_demo_knows_the_deadlines_of_the_providers(listener: Listener) -> None:
    assert PROVIDERS[listener].expect.within.total_seconds() == DEADLINES[listener]


def test_slack_gets_its_challenge_back() -> None:
    reply = answer(Listener.SLACK, a_request(Listener.SLACK), fault=None, secret=SECRET, now=NOW)
    assert reply.body == b"evt_probe_0af7651916cd43dd8448eb211c80319c"


@pytest.mark.parametrize("body", ["[]", "{", '{"type":"event_callback"}', '"x"', "[" * 100_000])
def test_slack_has_nothing_to_say_to_any_other_event(body: str) -> None:
    monitor = replace(watch(Listener.SLACK), event=EventTemplate(type="x", body=body))
    delivery = sign(write(monitor, token="1", at=NOON), monitor, at=NOON, traceparent="")
    headers = {name.lower(): value for name, value in delivery.headers}
    request = Request(method="POST", path="/hooks/slack", headers=headers, body=delivery.body)
    reply = answer(Listener.SLACK, request, fault=None, secret=SECRET, now=NOW)
    assert (reply.status, reply.body) == (200, b"")


def test_other_ways_lead_nowhere() -> None:
    request = a_request(Listener.STRIPE)
    assert status(Listener.STRIPE, replace(request, path="/")) == 404
    assert status(Listener.STRIPE, replace(request, method="GET")) == 405
