"""The receipt address: what a worker, a scanner and a stranger get there."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import httpx
import pytest
from starlette.types import Message
from structlog.testing import capture_logs

from monitor.core.model import Check, Outcome, Receipt, Secret
from monitor.core.tokens import Claim, Keyring, read_receipt, receipt_token
from monitor.errors import DatabaseAway
from monitor.store.receipts import Full
from monitor.web import House, public_app
from tests.makers import NOON, SECOND
from tests.web.houses import Stage, visiting

KEYS = Keyring((Secret("k" * 32),))
CLAIM = Claim(monitor="billing", event_id="evt_probe_1", kind=Check.FORGED, sent_at=NOON - SECOND)
ADDRESS = f"/r/{receipt_token(KEYS, CLAIM)}"


@dataclass
class Counter:
    """Takes receipts until the database is away."""

    taken: list[Receipt] = field(default_factory=list)
    away: bool = False
    full: bool = False
    fetched: bool = False

    def read(self, token: str) -> Claim | None:
        return read_receipt(KEYS, token, NOON)

    def find(self, key: str, event_id: str) -> Claim | None:
        return replace(CLAIM, event_id=event_id) if key == "billing.key" else None

    def by_get(self, monitor: str) -> bool:
        return self.fetched and monitor == "billing"

    async def receive(self, receipt: Receipt) -> None:
        if self.away:
            raise DatabaseAway("gone")
        if self.full:
            raise Full
        self.taken.append(receipt)


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
async def worker(counter: Counter) -> AsyncIterator[httpx.AsyncClient]:
    house = replace(Stage().house(), receipts=counter)
    async with visiting(public_app(house), base="http://status.example") as client:
        yield client


async def test_an_empty_post_says_processed(worker: httpx.AsyncClient, counter: Counter) -> None:
    answer = await worker.post(ADDRESS, headers={"Idempotency-Key": "run-7"})
    assert (answer.status_code, answer.content) == (204, b"")
    (receipt,) = counter.taken
    assert (receipt.monitor, receipt.event_id, receipt.kind) == ("billing", "evt_probe_1", Check.FORGED)
    assert (receipt.outcome, receipt.run, receipt.took) == (Outcome.PROCESSED, "run-7", SECOND)


async def test_a_worker_may_say_what_became_of_it(worker: httpx.AsyncClient, counter: Counter) -> None:
    await worker.post(ADDRESS, json={"outcome": "failed", "note": "no such customer" + "!" * 1000})
    assert counter.taken[0].outcome is Outcome.FAILED
    assert counter.taken[0].note.startswith("no such customer")
    assert len(counter.taken[0].note) == 500


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"outcome":"maybe"}', b"x" * 5000, b"\xff\xfe"])
async def test_what_is_no_receipt_is_refused_in_words(
    worker: httpx.AsyncClient, counter: Counter, body: bytes
) -> None:
    answer = await worker.post(ADDRESS, content=body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert counter.taken == []


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_scanner_that_fetches_addresses_proves_nothing(
    worker: httpx.AsyncClient, counter: Counter, method: str
) -> None:
    answer = await worker.request(method, ADDRESS)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert counter.taken == []


async def test_a_monitor_may_allow_get(worker: httpx.AsyncClient, counter: Counter) -> None:
    counter.fetched = True
    assert (await worker.get(ADDRESS)).status_code == 204
    assert len(counter.taken) == 1


@pytest.mark.parametrize("token", ["", "x", "a.b", ADDRESS[3:-1], ADDRESS[3:] + "x", "%00"])
async def test_an_address_that_is_not_ours_gives_nothing_away(
    worker: httpx.AsyncClient, counter: Counter, token: str
) -> None:
    answer = await worker.post(f"/r/{token}")
    assert answer.status_code == 404
    assert "billing" not in answer.text
    assert counter.taken == []


async def test_while_it_cannot_be_kept_the_worker_is_asked_to_come_again(
    worker: httpx.AsyncClient, counter: Counter
) -> None:
    counter.away = True
    answer = await worker.post(ADDRESS)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


@pytest.mark.parametrize(
    ("headers", "said", "status"),
    [
        ({"Authorization": "Bearer billing.key"}, {"event_id": "evt_7"}, 204),
        ({"Authorization": "bearer billing.key"}, {"event_id": "evt_7", "outcome": "skipped"}, 204),
        ({"Authorization": "Bearer billing.other"}, {"event_id": "evt_7"}, 401),
        ({}, {"event_id": "evt_7"}, 401),
        ({"Authorization": "Bearer billing.key"}, {}, 400),
        ({"Authorization": "Bearer billing.key"}, {"event_id": 7}, 400),
        ({"Authorization": "Bearer billing.key"}, [], 400),
    ],
)
async def test_a_worker_that_knows_only_the_id_brings_the_key_of_its_monitor(
    worker: httpx.AsyncClient, counter: Counter, headers: dict[str, str], said: object, status: int
) -> None:
    answer = await worker.post("/api/v1/receipts", json=said, headers=headers)
    assert answer.status_code == status
    assert [receipt.event_id for receipt in counter.taken] == (["evt_7"] if status == 204 else [])


async def test_a_process_that_stands_by_asks_the_worker_to_come_again() -> None:
    house = House.standing_by(now=lambda: NOON)
    async with visiting(public_app(house), base="http://status.example") as client:
        for path in (ADDRESS, "/r/nonsense", "/api/v1/receipts"):
            answer = await client.post(path)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


async def test_a_queue_that_is_full_asks_the_worker_to_come_again(
    worker: httpx.AsyncClient, counter: Counter
) -> None:
    counter.full = True
    answer = await worker.post(ADDRESS)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


@pytest.mark.parametrize("path", [ADDRESS, "/api/v1/receipts"])
async def test_a_worker_that_hangs_up_is_no_fault_of_ours(counter: Counter, path: str) -> None:
    half: Message = {"type": "http.request", "body": b"{", "more_body": True}
    came: list[Message] = [half, {"type": "http.disconnect"}]
    answers: list[Message] = []

    async def receive() -> Message:
        return came.pop(0)

    async def send(message: Message) -> None:
        answers.append(message)

    key = (b"authorization", b"Bearer billing.key")
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": [key]}
    with capture_logs() as logs:
        await public_app(replace(Stage().house(), receipts=counter))(scope, receive, send)
    assert counter.taken == []
    assert not [line for line in logs if line["log_level"] == "error"]
    assert answers[0]["status"] == 400  # which nobody hears
