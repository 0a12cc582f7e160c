"""What belongs together, and what people made of it: pure."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.incidents import Gathered, Trait, gather, handled, may_share, shown, sought
from monitor.core.links import dead, filled, to_acknowledge
from monitor.core.model import (
    Check,
    Closing,
    Handling,
    Happened,
    Incident,
    IncidentEvent,
    Joined,
    Link,
    Message,
    Monitor,
    Reason,
    Secret,
    Severity,
)
from monitor.core.timeline import lines, whole
from monitor.core.tokens import Action, Claim, Keyring, Ticket, read_ticket, receipt_token, ticket_token
from tests.makers import NOON, SECOND, a_monitor
from tests.store.records import an_incident

MINUTE = timedelta(minutes=1)
ENDS = NOON + timedelta(days=3)


def on(host: str, name: str = "a", **changes: Any) -> Monitor:
    return a_monitor(id=name, url=f"https://{host}/hooks/{name}", **changes)


def part(name: str = "a", **changes: Any) -> Incident:
    return replace(an_incident(monitor=name), **changes)


def cause(
    first: tuple[Incident, Monitor],
    second: tuple[Incident, Monitor],
    blind: tuple[datetime | None, datetime | None],
) -> Joined | None:
    """Return why the second joins the first, if it does."""
    seen = set(shown(*first, blind[0]))
    return next((trait.cause for trait in sought(*second, blind[1]) if trait in seen), None)


NOT_BLIND = (None, None)
AT_X = (part("a"), on("x.example"))


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        (AT_X, (part("b"), on("x.example", "b")), Joined.HOST),
        (AT_X, (part("b"), on("X.EXAMPLE", "b")), Joined.HOST),
        (AT_X, (part("b", reason=Reason.TIMEOUT), on("x.example", "b")), Joined.HOST),
        (AT_X, (part("b", reason=Reason.SIGNATURE_REFUSED), on("x.example", "b")), None),
        (AT_X, (part("b"), on("y.example", "b")), None),
        (AT_X, (part("b"), on("y.example", "b", connect_to=("x.example", 443))), Joined.HOST),
        ((part("a"), on("127.0.0.1:7001")), (part("b"), on("127.0.0.1:7002", "b")), None),
        ((part("a"), on("127.0.0.1:7001")), (part("b"), on("127.0.0.1:7001", "b")), Joined.HOST),
        (
            (part("a", reason=Reason.NOT_PROCESSED, check=Check.RECEIPT), on("x.example")),
            (part("b", reason=Reason.LATE, check=Check.RECEIPT), on("x.example", "b")),
            Joined.HOST,
        ),
        (
            (part("a", reason=Reason.DISABLED_BY_PROVIDER, check=Check.PROVIDER), on("x.example")),
            (part("b", reason=Reason.DISABLED_BY_PROVIDER, check=Check.PROVIDER), on("x.example", "b")),
            None,
        ),
        (AT_X, (part("b", reason=Reason.GONE), on("y.example", "b", depends_on=("a",))), Joined.PARENT),
        (
            (part("b", reason=Reason.GONE), on("y.example", "b", depends_on=("db",))),
            (part("c", reason=Reason.DNS), on("z.example", "c", depends_on=("db",))),
            Joined.PARENT,
        ),
        ((part("b"), on("y.example", "b", depends_on=("a",))), (part("a"), on("x.example")), Joined.PARENT),
        (
            (part("a", reason=Reason.SIGNATURE_REFUSED), on("x.example")),
            (part("a", reason=Reason.HANDSHAKE_FAILED, check=Check.HANDSHAKE), on("x.example")),
            None,
        ),
        (
            (part("a", reason=Reason.CERTIFICATE_EXPIRED, certificate_expires_at=ENDS), on("x.example")),
            (part("b", reason=Reason.TLS, certificate_expires_at=ENDS), on("y.example", "b")),
            Joined.CERTIFICATE,
        ),
        (
            (part("a", certificate_expires_at=ENDS), on("x.example")),
            (part("b", certificate_expires_at=ENDS), on("y.example", "b")),
            None,
        ),
        (AT_X, (part("b", check=Check.FORGED), on("x.example", "b")), None),
        ((part("a", check=Check.FORGED), on("x.example")), (part("b"), on("x.example", "b")), None),
        (AT_X, (part("b", reason=Reason.OWN_FAULT), on("x.example", "b")), None),
    ],
)
def test_what_is_shared_decides_what_joins(
    first: tuple[Incident, Monitor], second: tuple[Incident, Monitor], why: Joined | None
) -> None:
    assert cause(first, second, NOT_BLIND) is why


def test_what_began_while_we_were_blind_belongs_together() -> None:
    second = (part("b", reason=Reason.GONE), on("y.example", "b"))
    assert cause(AT_X, second, (NOON, NOON)) is Joined.NETWORK
    assert cause(AT_X, second, (NOON, NOON + SECOND)) is None
    assert cause(AT_X, second, (NOON, None)) is None


@pytest.mark.parametrize(
    ("good", "started", "joins"),
    [
        (4 * MINUTE, 5 * MINUTE, True),
        (5 * MINUTE, 6 * MINUTE, True),
        (5 * MINUTE + SECOND, 6 * MINUTE, False),
        (None, 5 * MINUTE, True),
        (None, 6 * MINUTE, False),
        (-6 * 60 * MINUTE, 3 * 60 * MINUTE, True),  # a check that runs every few hours
    ],
)
def test_what_was_seen_to_be_well_later_does_not_join(
    good: timedelta | None, started: timedelta, *, joins: bool
) -> None:
    one = part(started_at=NOON + started, last_good_at=None if good is None else NOON + good)
    assert may_share(one, NOON) is joins


def test_what_depends_on_something_that_fails_joins_for_as_long_as_that_does() -> None:
    child = sought(part("b"), on("y.example", "b", depends_on=("a", "db")), None)
    lasting = {trait.value for trait in child if trait.lasting}
    assert {"a fails", "db fails"} <= lasting
    assert Trait(Joined.PARENT, "a fails") in child


ENDINGS = st.one_of(st.none(), st.integers(0, 600))


@given(
    parts=st.lists(st.tuples(st.integers(0, 600), ENDINGS, st.sampled_from(Severity)), min_size=1, max_size=8)
)
def test_the_whole_encloses_its_parts(parts: list[tuple[int, int | None, Severity]]) -> None:
    made = [
        part(
            f"m{number}",
            started_at=NOON + began * SECOND,
            ended_at=None if lasted is None else NOON + (began + lasted) * SECOND,
            severity=severity,
        )
        for number, (began, lasted, severity) in enumerate(parts)
    ]
    (gathered,) = gather(made)
    assert len(gathered.parts) == len(made)
    assert all(gathered.started_at <= one.started_at for one in made)
    assert (gathered.ended_at is None) is any(one.ended_at is None for one in made)
    assert (gathered.closing is None) or gathered.ended_at is not None
    if gathered.ended_at:
        assert all(one.ended_at is not None and one.ended_at <= gathered.ended_at for one in made)
    assert gathered.severity in {one.severity for one in made}


def line(kind: Happened, **changes: Any) -> IncidentEvent:
    return replace(whole(7, kind, NOON, who="anna", words="words"), **changes)


@pytest.mark.parametrize(
    ("happened", "handling"),
    [
        ([], Handling()),
        ([line(Happened.ACKNOWLEDGED)], Handling(acknowledged_at=NOON, acknowledged_by="anna")),
        ([line(Happened.ACKNOWLEDGED), line(Happened.ENDED)], Handling()),
        ([line(Happened.ACKNOWLEDGED, origin=3)], Handling()),  # it was about what was merged into this
        ([line(Happened.NOTED), line(Happened.ESCALATED), line(Happened.MERGED, other=3)], Handling()),
        ([line(Happened.ASSIGNED, words="ben"), line(Happened.ENDED)], Handling(assignee="ben")),
        ([line(Happened.RESOLVED)], Handling(resolved_at=NOON, resolved_by="anna")),
        ([line(Happened.RESOLVED), line(Happened.REOPENED)], Handling(reopened_at=NOON)),
        ([line(Happened.REOPENED), line(Happened.RESOLVED)], Handling(resolved_at=NOON, resolved_by="anna")),
        ([line(Happened.MERGED_INTO, other=2)], Handling(merged_into=2)),
        (
            [line(Happened.POST_MORTEM, public=True), line(Happened.POST_MORTEM, words="better")],
            Handling(post_mortem="better"),
        ),
    ],
)
def test_what_people_made_of_it_follows_from_what_happened(
    happened: list[IncidentEvent], handling: Handling
) -> None:
    assert handled(happened) == handling


def test_what_was_reopened_is_open_although_nothing_of_it_fails() -> None:
    over = part(ended_at=NOON, closing=Closing.RECOVERED)
    assert Gathered(number=1, parts=(over,)).ended_at == NOON
    held = Gathered(number=1, parts=(over,), handling=Handling(reopened_at=NOON))
    assert (held.ended_at, held.closing) == (None, None)


@pytest.mark.parametrize(
    ("was", "now", "kinds"),
    [
        (None, part(), [Happened.OPENED]),
        (None, part(joined=Joined.HOST), [Happened.JOINED]),
        (part(), part(failures=3), []),
        (part(), part(severity=Severity.CRITICAL), [Happened.WORSENED]),
        (part(), part(reason=Reason.TIMEOUT), [Happened.CHANGED]),
        (part(), part(ended_at=NOON, closing=Closing.RECOVERED), [Happened.RECOVERED]),
        (part(), part(ended_at=NOON, closing=Closing.PAUSED), [Happened.UNWATCHED]),
        (part(), part(ended_at=NOON, closing=Closing.MONITOR_REMOVED), [Happened.UNWATCHED]),
        (part(), part(ended_at=NOON, closing=Closing.RESOLVED), []),  # told once, about the whole
    ],
)
def test_each_change_is_a_line(was: Incident | None, now: Incident, kinds: list[Happened]) -> None:
    assert [one.kind for one in lines(was, now, NOON)] == kinds


KEYS = Keyring((Secret("k" * 32), Secret("o" * 32)))
TICKET = Ticket(action=Action.ACKNOWLEDGE, incident=7, notifier="mail/2", made_at=NOON)


def test_a_link_is_read_as_it_was_made_while_keys_rotate() -> None:
    assert read_ticket(KEYS, ticket_token(KEYS, TICKET)) == TICKET
    old = Keyring((Secret("o" * 32),))
    assert read_ticket(KEYS, ticket_token(old, TICKET)) == TICKET
    assert read_ticket(old, ticket_token(KEYS, TICKET)) is None


@given(st.text(max_size=80))
def test_nothing_made_up_is_a_link(token: str) -> None:
    assert read_ticket(KEYS, token) is None


def test_a_receipts_token_is_no_link() -> None:
    claim = Claim(monitor="acknowledge", event_id="7", kind=Check.DELIVERY, sent_at=NOON)
    assert read_ticket(KEYS, receipt_token(KEYS, claim)) is None


def test_links_are_filled_for_who_gets_them_and_left_out_where_there_is_no_address() -> None:
    book = Link(label="Runbook", url="https://wiki.example")
    message = Message(headline="DOWN", colour="red", links=(to_acknowledge(7), book))
    nobody = dict[int, str]().get
    assert filled(message, lambda number: f"https://s.example/ack/{number}", nobody).links == (
        Link(label="Acknowledge #7", url="https://s.example/ack/7"),
        book,
    )
    assert filled(message, lambda _: "", nobody).links == (book,)


def test_what_somebody_has_in_hand_is_told_with_the_name_and_without_the_link() -> None:
    message = Message(headline="DOWN", colour="red", links=(to_acknowledge(7), to_acknowledge(8)))
    told = filled(message, lambda number: f"https://s.example/ack/{number}", {7: "anna"}.get)
    assert told.facts == (("in hand", "#7: anna"),)
    assert [link.label for link in told.links] == ["Acknowledge #8"]


def test_a_link_is_dead_after_a_day_an_end_or_a_new_beginning() -> None:
    open_ = Gathered(number=7, parts=(part(),))
    assert dead(TICKET, open_, NOON + timedelta(hours=24)) is None
    assert "older than a day" in str(dead(TICKET, open_, NOON + timedelta(hours=24, seconds=1)))
    assert "is over" in str(dead(TICKET, Gathered(number=7, parts=(part(ended_at=NOON),)), NOON))
    reopened = replace(open_, handling=Handling(reopened_at=NOON + SECOND))
    assert "from before" in str(dead(TICKET, reopened, NOON + MINUTE))
