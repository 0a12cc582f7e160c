"""The heartbeat address: what a job, a log shipper, a link preview and a stranger get there."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest

from monitor.core.model import Events, Monitor, Secret, Sign, Signal, TrafficPlan
from monitor.core.tokens import (
    Claim,
    Keyring,
    by_id_key,
    heartbeat_token,
    read_heartbeat,
    read_receipt,
    receipt_token,
)
from monitor.errors import DatabaseAway
from monitor.web import House, public_app
from tests.makers import NOON, SECOND, a_monitor
from tests.test_story_heartbeats import a_heartbeat
from tests.web.houses import Stage, visiting

OLD, NEW = Secret("o" * 32), Secret("n" * 32)
KEYS = Keyring((NEW, OLD))
JOB = f"/hb/{heartbeat_token(KEYS, 'nightly')}"
SHOP = f"/hb/{heartbeat_token(KEYS, 'billing')}"


@dataclass
class Listening:
    """Hears until the database is away."""

    signals: list[Signal] = field(default_factory=list)
    events: list[Events] = field(default_factory=list)
    away: bool = False

    def find(self, token: str) -> Monitor | None:
        known = {
            "nightly": a_heartbeat(),
            "billing": a_monitor(traffic=TrafficPlan(at_least=1, per=3600 * SECOND)),
        }
        return known.get(read_heartbeat(KEYS, token) or "")

    async def hear(self, monitor: Monitor, signal: Signal) -> None:
        self._take()
        assert monitor.id == signal.monitor
        self.signals.append(signal)

    async def count(self, events: Events) -> None:
        self._take()
        self.events.append(events)

    def _take(self) -> None:
        if self.away:
            raise DatabaseAway("gone")


@pytest.fixture
def ear() -> Listening:
    return Listening()


@pytest.fixture
async def caller(ear: Listening) -> AsyncIterator[httpx.AsyncClient]:
    house = replace(Stage().house(), heartbeats=ear)
    async with visiting(public_app(house), base="http://status.example") as client:
        yield client


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize(
    ("path", "sign", "note"),
    [
        ("", Sign.SUCCESS, ""),
        ("/", Sign.SUCCESS, ""),
        ("/success", Sign.SUCCESS, ""),
        ("/success/", Sign.SUCCESS, ""),
        ("/start", Sign.START, ""),
        ("/fail", Sign.FAIL, ""),
        ("/0", Sign.SUCCESS, ""),
        ("/3", Sign.FAIL, "exit status 3"),
        ("/255", Sign.FAIL, "exit status 255"),
    ],
)
async def test_a_job_calls_as_it_can(  # noqa: PLR0917  one row
    caller: httpx.AsyncClient, ear: Listening, method: str, path: str, sign: Sign, note: str
) -> None:
    answer = await caller.request(method, JOB + path)
    assert answer.status_code == 200
    assert answer.text == ("" if method == "HEAD" else "OK\n")
    assert answer.headers["cache-control"] == "no-store"
    assert ear.signals == [Signal(monitor="nightly", sign=sign, at=ear.signals[0].at, note=note)]


@pytest.mark.parametrize(
    ("body", "note"),
    [
        (b"disk full\n", "disk full"),
        (b'{"note": "disk full"}', "disk full"),
        (b"first line\nsecond \x1b[31mline", "first line\nsecond \N{REPLACEMENT CHARACTER}[31mline"),
        (b"x" * 600 + b"the end", "x" * 493 + "the end"),
        (b"\xff\xfe", "\N{REPLACEMENT CHARACTER}" * 2),
        (f"curl http://s.example{JOB}?key=abc".encode(), "curl http://s.example/hb/•••?key=•••"),
    ],
)
async def test_a_note_is_short_harmless_and_without_the_address(
    caller: httpx.AsyncClient, ear: Listening, body: bytes, note: str
) -> None:
    await caller.post(f"{JOB}/fail", content=body)
    assert ear.signals[0].note == note


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("GET", "/hb/x", b"", 404),
        ("GET", "/hb/bmlnaHRseQ.AAAA", b"", 404),
        ("GET", f"/hb/{heartbeat_token(KEYS, 'gone')}", b"", 404),  # not in the file any more
        ("GET", f"{JOB}/256", b"", 404),
        ("GET", f"{JOB}/restart", b"", 404),
        ("POST", f"{JOB}/event", b"", 404),
        ("POST", SHOP, b"", 404),
        ("PUT", JOB, b"", 405),
        ("GET", f"{SHOP}/event", b"", 405),
        ("HEAD", f"{SHOP}/event", b"", 405),
        ("POST", f"{SHOP}/event", b'{"count": 0}', 400),
        ("POST", f"{SHOP}/event", b'{"count": true}', 400),
        ("POST", f"{SHOP}/event", b'{"count": "25"}', 400),
        ("POST", f"{SHOP}/event", b"25", 400),
        ("POST", f"{SHOP}/event", b'{"count": 1e30}', 400),
        ("POST", JOB, b"x" * (1024 * 1024 + 1), 413),
    ],
)
async def test_what_is_no_call_is_refused_in_words(  # noqa: PLR0917  one row
    caller: httpx.AsyncClient, ear: Listening, method: str, path: str, content: bytes, status: int
) -> None:
    answer = await caller.request(method, path, content=content)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert ear.signals == []
    assert ear.events == []


@pytest.mark.parametrize(("body", "count"), [({}, 1), ({"json": {"count": 25}}, 25), ({"content": b" "}, 1)])
async def test_real_events_are_reported_one_by_one_or_together(
    caller: httpx.AsyncClient, ear: Listening, body: dict[str, Any], count: int
) -> None:
    assert (await caller.post(f"{SHOP}/event", **body)).status_code == 200
    assert [(one.monitor, one.count) for one in ear.events] == [("billing", count)]


@pytest.mark.parametrize("path", [JOB, f"{SHOP}/event"])
async def test_what_cannot_be_written_now_is_to_come_again(
    caller: httpx.AsyncClient, ear: Listening, path: str
) -> None:
    ear.away = True
    answer = await caller.post(path)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


async def test_a_process_that_stands_by_sends_callers_away_to_come_again() -> None:
    house = House.standing_by(now=lambda: NOON)
    async with visiting(public_app(house), base="http://status.example") as client:
        for path in (JOB, f"{SHOP}/event", "/hb/x"):
            answer = await client.post(path)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_an_address_made_with_an_older_key_holds_and_a_stranger_s_does_not() -> None:
    assert read_heartbeat(KEYS, heartbeat_token(Keyring((OLD,)), "nightly")) == "nightly"
    assert read_heartbeat(KEYS, heartbeat_token(Keyring((Secret("s" * 32),)), "nightly")) is None
    assert heartbeat_token(KEYS, "nightly") == heartbeat_token(Keyring((NEW,)), "nightly")


def test_a_token_is_useless_for_anything_else() -> None:
    token = heartbeat_token(KEYS, "nightly")
    assert read_receipt(KEYS, token, NOON) is None
    claim = Claim(monitor="nightly", event_id="e", kind=next(iter(a_monitor().checks)).check, sent_at=NOON)
    assert read_heartbeat(KEYS, receipt_token(KEYS, claim)) is None
    about = token.partition(".")[0]
    assert read_heartbeat(KEYS, f"{about}.{by_id_key(KEYS, 'nightly')}") is None
    for place in range(len(token)):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert read_heartbeat(KEYS, changed) in {None, "nightly"}  # the last character has idle bits
        assert read_heartbeat(KEYS, changed) is None or place == len(token) - 1
