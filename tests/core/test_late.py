"""What is told late, or perhaps twice: in words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from monitor.core.alert import alive, dead, digest, instead
from monitor.core.alert.late import words
from monitor.core.model import Alert, AlertKind, Message, NotifierHealth, QueuedAlert, Severity, Site
from tests.core.test_alert import MONITOR, NOW, START, an_incident, tell
from tests.makers import GOOD, a_result

SITE = Site(name="Acme webhooks")
OVER = START + timedelta(minutes=38)


def queued(alert: Alert, **changes: Any) -> QueuedAlert:
    return replace(QueuedAlert(alert=alert, attempts=0, due_at=alert.created_at), **changes)


def recovery(**changes: Any) -> Alert:
    incident = an_incident(ended_at=OVER, failures=76, **changes)
    return tell(incident, AlertKind.RECOVERED, a_result(GOOD, at=OVER), now=OVER)


def an_alarm(**changes: Any) -> Alert:
    return tell(an_incident(**changes))


def headlines(*waiting: QueuedAlert) -> list[str]:
    return [message.headline for message in words(waiting)]


def test_an_outage_that_came_and_went_unheard_is_one_honest_message() -> None:
    (told,) = words([queued(an_alarm()), queued(recovery())])
    assert told.headline == (
        "RECOVERED stripe-payments after 38 min (76 failed probes); "
        "was down 14:02:11–14:40:11 UTC, could not tell you earlier"
    )
    assert told.explanation.startswith("We could not tell you earlier: the alarm did not get out.\n")
    assert told.colour == "green"
    assert told.evidence == an_alarm().message.evidence


def test_the_times_are_those_of_the_site_with_its_zone_named_once() -> None:
    berlin = replace(SITE, zone=ZoneInfo("Europe/Berlin"))
    before, after = datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    for start, end, span in (
        (START, OVER, "15:02:11–15:40:11 CET"),
        (before, after, "01:30:00 CET–03:30:00 CEST"),
    ):
        over = tell(
            an_incident(started_at=start, ended_at=end),
            AlertKind.RECOVERED,
            a_result(GOOD, at=end),
            site=berlin,
            now=end,
        )
        (told,) = headlines(queued(an_alarm()), queued(over))
        assert told.endswith(f"; was down {span}, could not tell you earlier")


def test_the_manual_shows_it_as_it_is_sent() -> None:
    end = START + timedelta(minutes=5, seconds=12)
    over = tell(an_incident(failures=11, ended_at=end), AlertKind.RECOVERED, a_result(at=end), now=end)
    (told,) = headlines(queued(an_alarm()), queued(over))
    manual = Path(__file__).parents[2] / "docs" / "alerts.md"
    assert told in manual.read_text(encoding="utf-8").splitlines()


def test_what_happened_in_between_is_in_it() -> None:
    worse = replace(an_alarm(), kind=AlertKind.WORSENED)
    assert len(words([queued(an_alarm()), queued(worse), queued(recovery())])) == 1


def test_a_headline_that_would_be_too_long_loses_the_times_alone() -> None:
    long = replace(recovery(), message=replace(recovery().message, headline="RECOVERED " + "x" * 90))
    (told,) = headlines(queued(an_alarm()), queued(long))
    assert told == f"RECOVERED {'x' * 90}; could not tell you earlier"


def test_two_incidents_are_two_messages() -> None:
    other = replace(recovery(), incident=13)
    assert len(words([queued(an_alarm()), queued(other)])) == 2


def test_an_alarm_that_may_have_been_heard_is_told_beside_its_recovery() -> None:
    first, second = headlines(queued(an_alarm(), left_at=NOW), queued(recovery()))
    assert first.endswith("(may be a repeat)")
    assert "could not tell you" not in second


def test_what_has_begun_again_is_not_told_as_over() -> None:
    told = headlines(queued(an_alarm()), queued(recovery()), queued(an_alarm()))
    assert [line.split()[0] for line in told] == ["DOWN", "RECOVERED", "DOWN"]


def test_a_recovery_whose_alarm_was_lost_says_so() -> None:
    (told,) = headlines(queued(recovery(), untold=True))
    assert told.endswith("could not tell you earlier")


def test_a_repeat_says_in_the_headline_and_in_words_that_it_may_be_one() -> None:
    (told,) = words([queued(an_alarm(), left_at=NOW)])
    assert told.headline.endswith("(may be a repeat)")
    assert len(told.headline) <= 140
    assert dict(told.facts)["repeat"].startswith("we may have told you this already")


def test_a_digest_of_what_may_be_repeats_says_so_for_each() -> None:
    pair = [queued(an_alarm(), left_at=NOW), queued(replace(an_alarm(), incident=13, key="other"))]
    told = digest(words(pair))
    assert str(told.facts).count("may be a repeat") == 1


def test_alerts_of_no_incident_are_left_alone() -> None:
    message = Message(headline="MONITOR: away", colour="grey")
    one = Alert(
        key="a",
        notifier="oncall",
        kind=AlertKind.OURS,
        severity=Severity.WARNING,
        message=message,
        created_at=NOW,
    )
    assert words([queued(one), queued(one)]) == (message, message)


STANDS = NotifierHealth(
    notifier="oncall", error="Slack: 404 no_service", dead_since=NOW, succeeded_at=NOW - timedelta(hours=2)
)


def test_a_death_is_told_with_what_the_service_said_and_what_becomes_of_the_alerts() -> None:
    (told,) = dead(STANDS, ["mail"], fallback=True, site=SITE, now=NOW)
    assert told.message.headline == "MONITOR: notifier oncall is dead; its alerts go to mail"
    assert told.message.explanation.startswith("It said: Slack: 404 no_service\n")
    assert dict(told.message.facts)["last success"] == "12:02:26 UTC"
    assert "notify test oncall" in told.message.explanation
    (waiting,) = dead(STANDS, ["mail"], fallback=False, site=SITE, now=NOW)
    assert waiting.message.headline.endswith("its alerts wait, and are tried again")


def test_a_digest_names_the_reason_of_a_death_and_for_whom_the_rest_was_meant() -> None:
    (death,) = dead(STANDS, ["mail"], fallback=True, site=SITE, now=NOW)
    told = str(digest([death.message, instead(an_alarm(), "mail").message]).facts)
    assert "its alerts go to mail. It said: Slack: 404 no_service" in told
    assert "meant for oncall, which did not take it" in told


def test_each_death_has_a_key_of_its_own_and_its_end_has_another() -> None:
    (first,) = dead(STANDS, ["mail"], fallback=True, site=SITE, now=NOW)
    (again,) = dead(STANDS, ["mail"], fallback=True, site=SITE, now=OVER)
    (later,) = dead(replace(STANDS, dead_since=OVER), ["mail"], fallback=True, site=SITE, now=OVER)
    (over,) = alive(STANDS, NOW, ["mail"], site=SITE, now=OVER)
    assert first.key == again.key
    assert len({first.key, later.key, over.key}) == 3
    assert over.message.headline == "MONITOR: notifier oncall takes alerts again after 37 min 45 s"


def test_who_is_told_instead_is_told_the_same_fact_under_its_own_key() -> None:
    alarm = an_alarm()
    told = instead(alarm, "mail")
    assert told.key == alarm.key.removesuffix("oncall") + "mail"
    assert told.notifier == "mail"
    assert told.message.headline == alarm.message.headline
    assert MONITOR.id == told.monitor


def test_a_long_alarm_that_may_be_a_repeat_keeps_since_when() -> None:
    alarm = an_alarm(message="answered 503 Service Unavailable; " + "and so on " * 12)
    (told,) = headlines(queued(alarm, left_at=START))
    assert told.endswith("(2 failed probes, since 14:02:11 UTC) (may be a repeat)")
    assert len(told) <= 140
