"""Whose clock is wrong: read off the dates of the answers, asked when an event is refused."""

from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from monitor.core.judge import judge, judge_handshake
from monitor.core.model import Check, FaultDomain, Handshake, Monitor, Reason, Reply, Scheme, Verdict
from monitor.skew import HOSTS, Skew, ahead_of_us
from tests.makers import NOON, SECOND, a_failed_reply, a_monitor, a_provider, a_reply

MINUTE = timedelta(minutes=1)
NOW = timedelta(0)


def dated(ahead: timedelta, http_status: int = 401) -> Reply:
    """An answer of a listener whose clock is so far ahead of ours."""
    date = format_datetime((NOON + ahead).replace(microsecond=0), usegmt=True)
    return a_reply(http_status, headers=(("date", date),))


def strict(window: timedelta | None = 5 * MINUTE, *, backdate: timedelta = NOW) -> Monitor:
    scheme = Scheme(headers=(("X-S", "{sig}"),), window=window, timestamp="s", backdate=backdate)
    return a_monitor(provider=a_provider(scheme=scheme))


def settled(
    ahead: timedelta, *others: timedelta, monitor: Monitor | None = None, status: int = 401
) -> Verdict:
    skew, watched = Skew(), monitor or strict()
    for number, other in enumerate(others):
        skew.heard(f"other-{number}.example", dated(other, 200))
    reply = dated(ahead, status)
    skew.heard("listener.example", reply)
    return skew.settle(judge(Check.DELIVERY, reply, watched), watched, reply)


@pytest.mark.parametrize("ahead", [10 * MINUTE, -10 * MINUTE, 5 * MINUTE, -5 * MINUTE])
def test_a_refusal_that_our_clock_explains_is_our_fault(ahead: timedelta) -> None:
    verdict = settled(ahead, ahead, ahead)
    assert (verdict.reason, verdict.fault_domain) == (Reason.OWN_FAULT, FaultDomain.OURS)
    assert "our clock is" in verdict.message
    assert ("behind" if ahead > NOW else "ahead of") in verdict.message
    assert "401" in verdict.message


@pytest.mark.parametrize("others", [(NOW, NOW), (NOW,), (NOW, NOW, 10 * MINUTE)])
def test_a_refusal_that_their_clock_explains_is_said_so(others: tuple[timedelta, ...]) -> None:
    verdict = settled(10 * MINUTE, *others)
    assert (verdict.reason, verdict.fault_domain) == (Reason.SIGNATURE_REFUSED, FaultDomain.LISTENER)
    assert verdict.diagnosis.startswith("Its clock is 10 min ahead of ours and the others'")


def test_by_the_word_of_one_listener_alone_both_clocks_are_named() -> None:
    verdict = settled(-10 * MINUTE)
    assert verdict.fault_domain is FaultDomain.LISTENER
    assert "Its clock is 10 min behind ours" in verdict.diagnosis
    assert "which of the two is wrong" in verdict.diagnosis


@pytest.mark.parametrize(
    ("ahead", "monitor", "explained"),
    [
        (NOW, strict(), False),
        (4 * MINUTE, strict(), False),
        (-4 * MINUTE, strict(), False),
        (6 * MINUTE, strict(), True),
        (-6 * MINUTE, strict(), True),
        (60 * MINUTE, strict(None), False),
        (3 * SECOND, strict(5 * SECOND), False),
        (-3 * SECOND, strict(5 * SECOND), False),
        (5 * SECOND, strict(5 * SECOND), True),
        (-6 * SECOND, strict(5 * SECOND), True),
        (NOW, strict(10 * MINUTE, backdate=2 * SECOND), False),
        (-4 * SECOND, strict(10 * MINUTE, backdate=2 * SECOND), True),
        (4 * SECOND, strict(10 * MINUTE, backdate=2 * SECOND), False),
    ],
)
def test_a_clock_explains_only_what_its_verifier_looks_at(
    ahead: timedelta, monitor: Monitor, *, explained: bool
) -> None:
    assert bool(settled(ahead, monitor=monitor).diagnosis) is explained
    ours = settled(ahead, ahead, monitor=monitor)
    assert (ours.fault_domain is FaultDomain.OURS) is explained


@pytest.mark.parametrize(
    ("status", "ours"),
    [(400, True), (401, True), (403, True), *((status, False) for status in (200, 404, 410, 429, 500, 503))],
)
def test_a_clock_explains_the_refusals_of_verifiers_alone(status: int, *, ours: bool) -> None:
    explained = settled(10 * MINUTE, 10 * MINUTE, 10 * MINUTE, status=status)
    assert (explained.fault_domain is FaultDomain.OURS) is ours


@pytest.mark.parametrize(
    ("status", "signed", "ours"),
    [(401, True, True), (400, True, True), (401, False, False), (200, True, False), (404, True, False)],
)
def test_a_challenge_is_refused_by_the_clock_where_it_is_signed(
    status: int, *, signed: bool, ours: bool
) -> None:
    asked = Handshake(title="url_verification", body="{{}}", echo=True, signed=signed)
    watched, skew, reply = strict(), Skew(), dated(10 * MINUTE, status)
    watched = replace(watched, provider=replace(watched.provider, handshake=asked))
    skew.heard("other.example", reply)
    skew.heard("listener.example", reply)
    verdict = skew.settle(judge_handshake(reply, watched, "a-challenge"), watched, reply)
    assert (verdict.reason is Reason.OWN_FAULT) is ours
    assert (verdict.reason is Reason.HANDSHAKE_FAILED) is not ours


@pytest.mark.parametrize("said", ["", "yesterday", "Sun, 99 Mar 2026 12:00:00 GMT", "\0", "1" * 500])
def test_a_date_that_is_none_says_nothing(said: str) -> None:
    assert ahead_of_us(a_reply(headers=(("date", said),))) is None


@given(said=some.text())
def test_whatever_a_listener_calls_a_date_nothing_raises(said: str) -> None:
    Skew().heard("listener.example", a_reply(headers=(("date", said),)))


def test_no_answer_says_no_time() -> None:
    assert ahead_of_us(a_failed_reply()) is None
    assert ahead_of_us(a_reply()) is None


def test_the_time_on_the_way_is_not_taken_for_skew() -> None:
    reply = dated(timedelta(milliseconds=65))
    ahead = ahead_of_us(reply)
    assert ahead is not None
    assert abs(ahead) <= SECOND


def test_a_date_without_a_zone_is_meant_as_utc() -> None:
    ahead = ahead_of_us(a_reply(headers=(("date", "Sun, 01 Mar 2026 12:00:00 -0000"),)))
    assert ahead is not None
    assert abs(ahead) <= SECOND


def test_one_listener_with_a_wrong_clock_does_not_make_ours_wrong() -> None:
    skew = Skew()
    for number in range(9):
        skew.heard(f"{number}.example", dated(NOW))
    skew.heard("wrong.example", dated(timedelta(days=400)))
    assert skew.ours is not None
    assert abs(skew.ours) <= SECOND


def test_too_few_words_say_nothing_of_our_clock() -> None:
    skew = Skew()
    for _ in range(3):
        skew.heard("one.example", dated(10 * MINUTE))
    assert skew.ours is None


def test_only_the_latest_hosts_are_remembered() -> None:
    skew = Skew()
    skew.heard("first.example", dated(60 * MINUTE))
    for number in range(HOSTS):
        skew.heard(f"{number}.example", dated(NOW))
    assert len(skew._ahead) == HOSTS
    assert "first.example" not in skew._ahead


@given(at=some.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1)))  # noqa: DTZ001  made UTC below
def test_any_date_is_read_to_the_second(at: datetime) -> None:
    moment = at.replace(tzinfo=NOON.tzinfo, microsecond=0)
    reply = a_reply(headers=(("date", format_datetime(moment, usegmt=True)),))
    ahead = ahead_of_us(reply)
    assert ahead is not None
    assert abs(ahead - (moment - NOON)) <= SECOND
