"""Who may send a hostile probe, and when: a minute apart per host, and never where it may be doing harm."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from monitor.core.host import APART, host_of
from monitor.core.model import Check, CheckKey, Monitor
from monitor.turnstile import SUSPECT, Turnstile
from tests.makers import NOON, SECOND, a_monitor

MINUTE = timedelta(minutes=1)


def at(host: str, **changes: Any) -> Monitor:
    return a_monitor(url=f"https://{host}/hook", **changes)


@pytest.mark.parametrize(
    ("changes", "host"),
    [
        ({"url": "https://api.example.com/a"}, "api.example.com"),
        ({"url": "https://API.example.com:8443/b?c=d"}, "api.example.com"),
        ({"url": "http://user:pw@api.example.com/"}, "api.example.com"),
        ({"url": "https://api.example.com/", "connect_to": ("10.0.0.7", 443)}, "10.0.0.7"),
        ({"url": "http://127.0.0.1:8001/"}, "127.0.0.1:8001"),
        ({"url": "http://localhost:8001/"}, "localhost:8001"),
        ({"url": "http://[::1]:8001/"}, "::1:8001"),
        ({"url": "https://api.example.com/", "connect_to": ("127.0.0.1", 9)}, "127.0.0.1:9"),
        ({"url": "http://[2001:db8::1]/"}, "2001:db8::1"),
    ],
)
def test_a_host_is_what_a_ban_would_hit(changes: dict[str, Any], host: str) -> None:
    assert host_of(a_monitor(**changes)) == host


def test_turns_at_one_host_are_a_minute_apart_and_in_order() -> None:
    turnstile = Turnstile()
    turns = [turnstile.turn(at("a.example", id=name), NOON) for name in ("x", "y", "z")]
    assert turns == [timedelta(0), APART, 2 * APART]
    assert turnstile.turn(at("b.example"), NOON) == timedelta(0)
    assert turnstile.turn(at("a.example"), NOON + 2 * APART + 10 * SECOND) == APART - 10 * SECOND
    assert turnstile.turn(at("a.example"), NOON + timedelta(hours=1)) == timedelta(0)


def test_a_turn_that_was_used_late_moves_the_next() -> None:
    turnstile, monitor = Turnstile(), at("a.example")
    turnstile.turn(monitor, NOON)
    turnstile.sent(monitor, NOON + 20 * SECOND)
    assert turnstile.turn(monitor, NOON + APART) == 20 * SECOND


@given(arrivals=some.lists(some.tuples(some.sampled_from("ab"), some.integers(0, 90)), max_size=20))
def test_however_they_come_no_two_to_one_host_leave_within_a_minute(arrivals: list[tuple[str, int]]) -> None:
    turnstile, now = Turnstile(), NOON
    left: dict[str, list[datetime]] = {"a": [], "b": []}
    for host, later in arrivals:
        now += later * SECOND
        monitor = at(f"{host}.example")
        leaves = now + turnstile.turn(monitor, now)
        turnstile.sent(monitor, leaves)
        left[host].append(leaves)
    for times in left.values():
        assert all(b - a >= APART for a, b in pairwise(times))


@pytest.mark.parametrize(
    ("after", "suspected"),
    [
        (timedelta(0), True),
        (30 * SECOND, True),
        (SUSPECT, True),
        (SUSPECT + SECOND, False),
        (-SECOND, False),
    ],
)
def test_a_failure_is_suspect_soon_after_a_hostile_probe(after: timedelta, *, suspected: bool) -> None:
    turnstile = Turnstile()
    turnstile.sent(at("a.example", id="x"), NOON)
    assert turnstile.suspect(at("a.example", id="y"), NOON + after) is suspected
    assert not turnstile.suspect(at("b.example"), NOON + after)


def test_a_later_probe_hides_no_earlier_one() -> None:
    turnstile, monitor = Turnstile(), at("a.example")
    for minute in range(30):
        turnstile.sent(monitor, NOON + minute * MINUTE)
    assert turnstile.suspect(monitor, NOON + 29 * MINUTE - SECOND)
    assert turnstile.suspect(monitor, NOON + 25 * MINUTE + SECOND)


def test_who_waits_is_released_once_and_only_by_its_own_monitor() -> None:
    turnstile = Turnstile()
    forged, stale = CheckKey("billing", Check.FORGED), CheckKey("billing", Check.STALE)
    for key in (stale, forged, forged, CheckKey("orders", Check.FORGED)):
        turnstile.wait(key)
    assert turnstile.released("billing") == (forged, stale)
    assert turnstile.released("billing") == ()
    assert turnstile.released("orders") == (CheckKey("orders", Check.FORGED),)
