"""What quiet hours held back, as people read it in the morning."""

from datetime import timedelta
from typing import Any

from monitor.core.alert.waited import waited
from monitor.core.model import Alert, AlertKind, Message, Severity
from tests.makers import NOON

MORNING = NOON + timedelta(hours=7)
RED, GREEN = "red", "green"


def held(number: int, headline: str, kind: AlertKind = AlertKind.OPENED, **changes: Any) -> Alert:
    colour = GREEN if kind is AlertKind.RECOVERED else RED
    given: dict[str, Any] = {
        "key": headline,
        "notifier": "oncall",
        "kind": kind,
        "severity": Severity.MAJOR,
        "message": Message(headline=headline, colour=colour, explanation="Look at it."),
        "created_at": NOON,
        "monitor": headline.split()[1].rstrip(":"),
        "incident": number,
        "held_until": None if kind is AlertKind.RECOVERED else MORNING,
    }
    return Alert(**given | changes)


def test_what_is_still_open_comes_first_and_what_came_and_went_is_one_line() -> None:
    said = waited(
        (
            held(1, "DOWN billing: answered 503"),
            held(2, "DOWN orders: no answer in 10 s"),
            held(1, "RECOVERED billing after 5 min", AlertKind.RECOVERED),
            held(3, "WARNING refunds: certificate expires"),
        )
    )
    assert said.headline == (
        "QUIET HOURS are over: 3 incidents, 2 still open (orders, refunds), 1 over (billing)"
    )
    assert said.colour == RED
    assert said.facts == (
        ("still open (2)", "DOWN orders: no answer in 10 s #2\nWARNING refunds: certificate expires #3"),
        ("came and went (1)", "RECOVERED billing after 5 min #1"),
    )


def test_a_night_in_which_all_mended_itself_is_green() -> None:
    said = waited(
        [
            alert
            for number, name in enumerate("abcd")
            for alert in (
                held(number, f"DOWN {name}: answered 503"),
                held(number, f"RECOVERED {name} after 5 min", AlertKind.RECOVERED),
            )
        ]
    )
    assert (said.headline, said.colour) == ("QUIET HOURS are over: 4 incidents, 4 over", GREEN)
    assert "Nothing of it is open any more" in said.explanation


def test_one_incident_is_told_as_it_would_have_been_and_says_why_so_late() -> None:
    still = waited([held(1, "DOWN billing: answered 503")])
    assert still.headline == "DOWN billing: answered 503"
    assert still.explanation.startswith("Quiet hours held this back")
    over = waited(
        [held(1, "DOWN billing: 503"), held(1, "RECOVERED billing after 5 min", AlertKind.RECOVERED)]
    )
    assert over.headline == "RECOVERED billing after 5 min"


def test_a_dead_host_of_the_night_is_one_incident_and_is_counted() -> None:
    parts = [held(1, f"DOWN m{number}: connection refused") for number in range(200)]
    said = waited([*parts, held(2, "DOWN billing: answered 503")])
    assert said.headline == "QUIET HOURS are over: 2 incidents, 2 still open"
    (fact,) = said.facts
    assert fact[1].startswith("DOWN m0: connection refused and 199 others #1\n")


def test_what_another_did_not_take_says_so_in_the_morning() -> None:
    meant = Message(
        headline="DOWN billing", colour=RED, facts=(("meant for", "gone, which did not take it"),)
    )
    said = waited((held(1, "DOWN billing", message=meant), held(2, "DOWN orders")))
    assert dict(said.facts)["still open (2)"] == (
        "DOWN billing #1 (meant for gone, which did not take it)\nDOWN orders #2"
    )


def test_what_failed_again_is_still_open() -> None:
    said = waited(
        [
            held(1, "DOWN billing: 503"),
            held(1, "RECOVERED billing after 5 min", AlertKind.RECOVERED),
            held(1, "DOWN billing: 504"),
            held(2, "DOWN orders: 503"),
        ]
    )
    assert "2 still open" in said.headline
