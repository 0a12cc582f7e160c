"""What becomes of real events: nothing is claimed that nobody can know."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.consequences import Consequences, consequences
from monitor.core.model import (
    Check,
    Closing,
    Disable,
    Incident,
    Monitor,
    Policy,
    Reason,
    Retry,
    Severity,
)
from tests.makers import a_monitor, a_provider

SINCE = datetime(2026, 3, 1, 14, 2, 11, tzinfo=UTC)
GOOD = SINCE - timedelta(seconds=30)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SPAN = "between 14:01:41 UTC and 14:17:11 UTC"
LOOK = f"look whether what failed {SPAN} has arrived, and replay the rest"

NEVER = Policy(retry=Retry(attempts=0))
THREE_DAYS = Policy(retry=Retry(over=3 * DAY))
SHOPIFY = Policy(
    retry=Retry(attempts=8, over=4 * HOUR), disable=Disable(failures=8, what="removes the subscription")
)
SUSPENDING = Policy(retry=Retry(), disable=Disable(after=7 * DAY, what="suspends the app"))
HEARSAY = Policy(retry=Retry(attempts=3, over=7 * HOUR, sure=False), disable=Disable(failures=4, sure=False))


def an_outage(**changes: Any) -> Incident:
    incident = Incident(
        number=7,
        monitor="billing",
        check=Check.DELIVERY,
        started_at=SINCE,
        confirmed_at=SINCE + timedelta(seconds=15),
        severity=Severity.MAJOR,
        reason=Reason.SERVER_ERROR,
        message="answered 503",
        last_good_at=GOOD,
        down_since=SINCE,
    )
    return replace(incident, **changes)


def of(policy: Policy, title: str = "Acme", volume: float | None = None) -> Monitor:
    return a_monitor(provider=a_provider(title=title, policy=policy), volume=volume)


def while_down(policy: Policy, *, after: timedelta = 15 * MINUTE, **more: Any) -> Consequences:
    told = consequences(an_outage(), of(policy, **more), SINCE + after)
    assert told is not None
    return told


def over(policy: Policy, *, lasted: timedelta = 15 * MINUTE, **more: Any) -> Consequences:
    end = SINCE + lasted
    told = consequences(an_outage(ended_at=end, closing=Closing.RECOVERED), of(policy, **more), end)
    assert told is not None
    return told


# --- while it is down ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (NEVER, "Acme does not retry: events since 14:02:11 UTC are lost."),
        (
            THREE_DAYS,
            (
                "Acme retries for up to 3 days: nothing is lost if this is over well before "
                "2026-03-04 14:02:11 UTC."
            ),
        ),
        (
            Policy(retry=Retry(attempts=3, over=HOUR)),
            "Acme retries 3 times over 1 h: nothing is lost if this is over well before 15:02:11 UTC.",
        ),
        (Policy(retry=Retry(attempts=2)), "Acme retries twice."),
        (Policy(retry=Retry()), "Acme retries for some time."),
        (
            SHOPIFY,  # "3 of 8 failures" cannot be known: its own failures are counted, not our probes
            (
                "Acme retries 8 times over 4 h. It removes the subscription after 8 failures in a row; "
                "how many it has counted cannot be seen from here."
            ),
        ),
        (
            SUSPENDING,
            (
                "Acme retries for some time. It suspends the app after 7 days of failures "
                "(2026-03-08 14:02:11 UTC)."
            ),
        ),
        (
            Policy(disable=Disable(failures=1)),
            (
                "Acme disables the endpoint after the first failure; how many it has counted cannot be seen "
                "from here."
            ),
        ),
        (
            Policy(retry=Retry(attempts=0, sure=False)),
            "Acme reportedly does not retry: events since 14:02:11 UTC may be lost.",
        ),
        (
            HEARSAY,
            (
                "Acme reportedly retries 3 times over 7 h. It reportedly disables the endpoint after 4 "
                "failures in a row; how many it has counted cannot be seen from here."
            ),
        ),
    ],
)
def test_an_outage_says_what_the_provider_does_about_it(policy: Policy, said: str) -> None:
    assert while_down(policy).text == said


def test_of_a_provider_that_nobody_knows_nothing_is_claimed() -> None:
    assert consequences(an_outage(), of(Policy()), SINCE + HOUR) is None


def test_the_volume_says_how_many_events_are_at_risk() -> None:
    told = while_down(NEVER, title="GitHub", volume=120.0)
    assert told.text == (
        "GitHub does not retry: events since 14:02:11 UTC are lost. About 30 events at risk (120 an hour)."
    )
    assert told.events_at_risk == 30


@pytest.mark.parametrize(
    ("volume", "said"),
    [
        (1.0, "Probably no event was at risk (1 an hour)."),
        (4.0, "About 1 event was at risk (4 an hour)."),
        (120.0, "About 30 events were at risk (120 an hour)."),
    ],
)
def test_afterwards_the_events_were_at_risk(volume: float, said: str) -> None:
    assert over(NEVER, volume=volume).text.endswith(said)


@pytest.mark.parametrize(
    ("volume", "said", "count"),
    [
        (0.5, "Probably no event is at risk yet (0.5 an hour).", 0),
        (4.0, "About 1 event at risk (4 an hour).", 1),
        (12_000.0, "About 3,000 events at risk (12,000 an hour).", 3000),
    ],
)
def test_the_volume_may_be_tiny_or_huge(volume: float, said: str, count: int) -> None:
    told = while_down(Policy(), volume=volume)
    assert (told.text, told.events_at_risk) == (said, count)


def test_with_the_volume_the_failures_that_a_provider_counts_can_be_foretold() -> None:
    early = while_down(SHOPIFY, after=MINUTE, title="Shopify", volume=120.0).text
    assert "after 8 failures in a row (at 120 events an hour, at about 14:06:11 UTC)." in early
    late = while_down(SHOPIFY, after=HOUR, title="Shopify", volume=120.0).text
    assert "after 8 failures in a row: look whether it has (at 120 events an hour, at about 14:06:11" in late


def test_once_retries_have_run_out_what_failed_first_is_lost() -> None:
    told = while_down(Policy(retry=Retry(over=4 * HOUR)), after=6 * HOUR)
    assert told.text == "Acme retries for up to 4 h: what failed before 16:02:11 UTC is lost."
    assert (told.lost_since, told.resend_until) == (SINCE, SINCE + 4 * HOUR)


def test_who_gives_up_before_its_last_retry_sends_nothing_again_afterwards() -> None:
    policy = Policy(retry=Retry(over=9 * DAY), disable=Disable(after=5 * DAY))
    told = while_down(policy)
    assert told.resend_until == SINCE + 5 * DAY
    assert "well before 2026-03-06 14:02:11 UTC" in told.text


def test_a_410_may_be_taken_for_good_so_no_retry_is_promised() -> None:
    told = consequences(an_outage(reason=Reason.GONE), of(THREE_DAYS), SINCE + HOUR)
    assert told is not None
    assert told.text == "Acme retries for up to 3 days, unless it takes this answer for good."
    assert told.resend_until is None


def test_an_incident_that_began_slow_lost_nothing_before_it_was_down() -> None:
    slow_first = an_outage(started_at=SINCE - 5 * HOUR)
    told = consequences(slow_first, of(NEVER, volume=60.0), SINCE + HOUR)
    assert told is not None
    assert (told.lost_since, told.events_at_risk) == (SINCE, 60)


def test_slow_answers_after_an_outage_are_not_part_of_it() -> None:
    slow_since = an_outage(down_until=SINCE + 15 * MINUTE)
    told = consequences(slow_since, of(NEVER, volume=120.0), SINCE + 5 * HOUR)
    assert told is not None
    assert f"replay what it sent {SPAN}" in told.text
    assert told.events_at_risk == 30


# --- when it is over ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (NEVER, f"Acme does not retry: replay what it sent {SPAN}."),
        (THREE_DAYS, f"Acme retries for up to 3 days: it sends again what failed {SPAN}."),
        (
            Policy(retry=Retry(over=20 * MINUTE)),
            f"Acme retries for up to 20 min: {LOOK}.",
        ),
        (
            Policy(retry=Retry(attempts=3, over=6 * MINUTE)),
            (
                "Acme retries 3 times over 6 min: replay what failed between 14:01:41 UTC and 14:11:11 UTC, "
                "and look whether the rest has arrived."
            ),
        ),
        (
            Policy(retry=Retry()),
            f"Acme retries for some time: {LOOK}.",
        ),
        (Policy(), f"Look whether what failed {SPAN} has arrived, and replay the rest."),
        (
            SHOPIFY,
            (
                f"Acme retries 8 times over 4 h: it sends again what failed {SPAN}. "
                "It removes the subscription after 8 failures in a row: look whether it has."
            ),
        ),
        (
            Policy(retry=Retry(attempts=0, sure=False)),
            f"Acme reportedly does not retry: {LOOK}.",
        ),
        (
            HEARSAY,
            (
                f"Acme reportedly retries 3 times over 7 h: {LOOK}. "
                "It reportedly disables the endpoint after 4 failures in a row: look whether it has."
            ),
        ),
        (
            SUSPENDING,  # a quarter of an hour is not seven days
            f"Acme retries for some time: {LOOK}.",
        ),
    ],
)
def test_a_recovery_says_what_to_replay(policy: Policy, said: str) -> None:
    assert over(policy).text == said


def test_after_very_long_the_endpoint_may_be_gone() -> None:
    told = over(SUSPENDING, lasted=8 * DAY).text
    assert (
        "It suspends the app after 7 days of failures: look whether it has (2026-03-08 14:02:11 UTC)" in told
    )


def test_with_the_volume_nobody_is_sent_to_look_for_nothing() -> None:
    assert "removes" not in over(SHOPIFY, lasted=MINUTE, volume=120.0).text
    assert "removes" in over(SHOPIFY, lasted=HOUR, volume=120.0).text


def test_what_was_sent_again_in_time_is_not_lost() -> None:
    kept, lost = over(THREE_DAYS), over(THREE_DAYS, lasted=4 * DAY)
    assert (kept.lost_since, kept.resend_until) == (None, SINCE + 3 * DAY)
    assert lost.lost_since == SINCE


@pytest.mark.parametrize("closing", [Closing.PAUSED, Closing.MONITOR_REMOVED])
def test_the_end_of_a_watch_is_not_the_end_of_an_outage(closing: Closing) -> None:
    ended = an_outage(ended_at=SINCE + HOUR, closing=closing)
    told = consequences(ended, of(NEVER, volume=120.0), SINCE + 9 * HOUR)
    assert told is not None
    assert told.text.startswith("Acme does not retry: events since 14:02:11 UTC are lost.")
    assert told.events_at_risk == 120


# --- where there are none -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"check": Check.FORGED, "severity": Severity.CRITICAL, "reason": Reason.FORGERY_ACCEPTED},
        {"check": Check.HANDSHAKE, "reason": Reason.HANDSHAKE_FAILED},
        {"severity": Severity.MINOR, "reason": Reason.SLOW, "down_since": None},
        {"severity": Severity.MINOR, "reason": Reason.FLAKY, "down_since": None},
        {"severity": Severity.MINOR, "reason": Reason.RATE_LIMITED, "down_since": None},
        {"severity": Severity.MINOR, "reason": Reason.OWN_FAULT, "down_since": None},
        {"check": Check.CERTIFICATE, "reason": Reason.CERTIFICATE_EXPIRING, "down_since": None},
    ],
)
def test_what_loses_no_events_has_no_consequences(changes: dict[str, Any]) -> None:
    assert consequences(an_outage(**changes), of(NEVER, volume=120.0), SINCE + HOUR) is None


def test_an_expired_certificate_loses_events() -> None:
    expired = an_outage(check=Check.CERTIFICATE, reason=Reason.CERTIFICATE_EXPIRED)
    assert consequences(expired, of(NEVER), SINCE + HOUR) is not None


# --- in public ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "now", "later"),
    [
        (
            NEVER,
            "Acme does not retry: events since 14:02:11 UTC are lost.",
            "Acme does not retry: events between 14:02:11 UTC and 14:17:11 UTC were not accepted.",
        ),
        (
            THREE_DAYS,
            (
                "Acme retries for up to 3 days: nothing is lost if this is over well before "
                "2026-03-04 14:02:11 UTC."
            ),
            "Acme retries for up to 3 days.",
        ),
        (SHOPIFY, "Acme retries 8 times over 4 h.", "Acme retries 8 times over 4 h."),
        (
            Policy(retry=Retry(over=6 * MINUTE)),
            "Acme retries for up to 6 min: what failed before 14:11:11 UTC is lost.",
            "Acme retries for up to 6 min: what failed before 14:11:11 UTC was not accepted.",
        ),
        (HEARSAY, "", ""),
        (Policy(), "", ""),
    ],
)
def test_the_public_hears_what_is_sure_and_neither_advice_nor_traffic(
    policy: Policy, now: str, later: str
) -> None:
    assert while_down(policy, volume=120.0).public == now
    assert over(policy, volume=120.0).public == later


# --- whatever the rows say ----------------------------------------------------------------------------------

SPANS = st.timedeltas(min_value=MINUTE, max_value=30 * DAY)
RETRIES = st.builds(
    Retry, attempts=st.none() | st.integers(0, 60), over=st.none() | SPANS, sure=st.booleans()
)
DISABLES = st.builds(
    Disable, failures=st.none() | st.integers(1, 1000), after=st.none() | SPANS, sure=st.booleans()
)
POLICIES = st.builds(Policy, retry=st.none() | RETRIES, disable=st.none() | DISABLES)


@given(POLICIES, SPANS, st.none() | st.floats(0.01, 1e6), st.sampled_from([None, Closing.RECOVERED]))
def test_any_policy_is_told_in_whole_sentences_and_promises_nothing_unsure(
    policy: Policy, lasted: timedelta, volume: float | None, closing: Closing | None
) -> None:
    now = SINCE + lasted
    outage = an_outage(ended_at=now if closing else None, closing=closing)
    told = consequences(outage, of(policy, volume=volume), now)
    if told is None:
        return
    assert told.text[0].isupper()
    assert told.text.endswith(".")
    assert "None" not in told.text
    assert len(told.text) < 800
    if policy.retry is None or not policy.retry.sure:
        assert (told.lost_since, told.resend_until, told.public) == (None, None, "")
        assert "nothing is lost" not in told.text
