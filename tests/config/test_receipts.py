"""What the receipt check needs is there, or the file says in words what is missing."""

from pathlib import Path

import pytest

from monitor.core.model import Check, Expectation, Poll, ReceiptPlan
from tests.config.editor import disagreements
from tests.config.files import a_loaded_monitor, around, loaded, problems_of, warned
from tests.makers import SECOND

URL = 'receipts: {url: "https://in.acme.example/"}\n'
ASKED = "checks: {receipt: {within: 20s}}"
INSTEAD = "or let workers report ids (`by_id: true`), or let us ask (`poll: …`)"


def test_it_is_off_unless_asked_for(tmp_path: Path) -> None:
    found = a_loaded_monitor(tmp_path)
    assert found.receipt is None
    assert Check.RECEIPT not in {plan.check for plan in found.checks}


@pytest.mark.parametrize(
    ("written", "plan"),
    [
        ("on", ReceiptPlan(within=60 * SECOND)),
        ("{}", ReceiptPlan(within=60 * SECOND)),
        ("{within: 20s}", ReceiptPlan(within=20 * SECOND)),
        ("{get: true}", ReceiptPlan(within=60 * SECOND, by_get=True)),
        ("{by_id: true}", ReceiptPlan(within=60 * SECOND, by_id=True)),
        (
            '{poll: "https://o.example/{event_id}", expect: {status: 200, json: {state: done}}}',
            ReceiptPlan(
                within=60 * SECOND,
                poll=Poll(
                    url="https://o.example/{event_id}",
                    expect=Expectation(statuses=("200",), json=(("state", "done"),)),
                ),
            ),
        ),
        ("off", None),
    ],
)
def test_how_a_worker_proves_it(tmp_path: Path, written: str, plan: ReceiptPlan | None) -> None:
    text = URL + around(f"checks: {{receipt: {written}}}")
    assert loaded(tmp_path, text).monitors[0].receipt == plan
    assert disagreements(text) == []


def test_workers_reach_us_where_the_page_is_unless_it_is_said(tmp_path: Path) -> None:
    assert loaded(tmp_path, around("")).receipts_url is None
    site = 'site: {url: "https://status.acme.example/"}\n'
    assert loaded(tmp_path, site + around("")).receipts_url == "https://status.acme.example"
    assert loaded(tmp_path, site + URL + around("")).receipts_url == "https://in.acme.example"


def test_a_receipt_may_come_as_late_as_it_is_allowed_to_before_nothing_is_known(tmp_path: Path) -> None:
    found = loaded(tmp_path, URL + around("interval: 20s\nchecks: {receipt: {within: 5m}}")).monitors[0]
    assert next(plan.every for plan in found.checks if plan.check is Check.RECEIPT) == 320 * SECOND


@pytest.mark.parametrize(
    ("extra", "problem"),
    [
        (
            ASKED,
            (
                "checks.receipt: workers need an address to report to: say where they reach us in"
                f" `receipts: {{url: …}}` or `site: {{url: …}}`, {INSTEAD}"
            ),
        ),
        ("checks: {receipt: 60s}", "checks.receipt: needs on, off or {within: …}, not '60s'"),
        ("checks: {receipt: {within: 13h}}", "checks.receipt.within: is longer than 12h"),
        (
            "checks: {receipt: {by_id: true, get: true}}",
            "checks.receipt.get: belongs to an address in the event: there is none here",
        ),
        (
            'checks: {receipt: {by_id: true, poll: "https://o.example/{event_id}"}}',
            "checks.receipt.poll: either workers report ids (by_id), or we ask: keep one",
        ),
        (
            'checks: {receipt: {poll: "https://o.example/"}}',
            "checks.receipt.poll: needs {event_id} where the event's id belongs",
        ),
        (
            "checks: {receipt: {expect: {status: 200}}}",
            "checks.receipt.expect: says what `poll` must answer: there is no `poll` here",
        ),
        (
            "event: {body: {kind: probe}}\nchecks: {receipt: on}",
            (
                "checks.receipt: this event has no place for the address that workers report to: put"
                f" {{receipt_url}} into `event: {{body: …}}`, {INSTEAD}"
            ),
        ),
        (
            "checks: {receipt: on, delivery: off}",
            (
                "checks.receipt: delivery is off, so no event is sent that could be processed:"
                " write off, or leave it out"
            ),
        ),
    ],
)
def test_what_keeps_receipts_from_coming_is_told(tmp_path: Path, extra: str, problem: str) -> None:
    assert problem in problems_of(tmp_path, extra)


def test_an_event_without_an_id_cannot_be_reported_by_its_id(tmp_path: Path) -> None:
    own = "signature: {headers: {X-Sig: '{sig}'}}\nevent: {body: {kind: probe}}\n"
    assert problems_of(tmp_path, own + "checks: {receipt: {by_id: true}}", without="provider") == [
        "checks.receipt.by_id: the event holds no {id} that a worker could report"
    ]


def test_an_address_that_nobody_waits_for_is_warned_of(tmp_path: Path) -> None:
    told = "monitors.m.event.body: {receipt_url} stays empty: no receipt is asked for in `checks:`"
    assert told in warned(tmp_path, around('event: {body: "{receipt_url}"}'))[-1]


def test_what_a_poll_is_asked_with_is_hidden(tmp_path: Path) -> None:
    asked = 'checks: {receipt: {poll: "https://o.example/{event_id}?key=hunter22&id={event_id}"}}'
    hidden = [secret.reveal() for secret in a_loaded_monitor(tmp_path, asked).hidden]
    assert "hunter22" in hidden
    assert "{event_id}" not in hidden
