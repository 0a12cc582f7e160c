"""What people are told, word by word."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.core.alert import announce, blind, digest, ours, sample
from monitor.core.incident import Change, addressed
from monitor.core.model import (
    Alert,
    AlertKind,
    Check,
    FailureKind,
    Incident,
    Link,
    Message,
    Phase,
    Phases,
    Policy,
    Public,
    Reason,
    Reply,
    Result,
    Retry,
    Secret,
    Severity,
    Site,
)
from monitor.core.times import duration
from tests.makers import BAD, a_failed_reply, a_monitor, a_provider, a_reply, a_result

START = datetime(2026, 3, 1, 14, 2, 11, tzinfo=UTC)
NOW = START + timedelta(seconds=15)
SITE = Site(name="Acme webhooks", url="https://status.acme.example")
MONITOR = a_monitor(
    id="stripe-payments",
    url="https://user:pw@api.acme.example/hooks/stripe?token=hunter2-hunter2",
    public=Public(name="Payments", group="Incoming events"),
    runbook="https://wiki.acme.example/stripe",
    tags=("team-payments",),
)


def an_incident(**changes: Any) -> Incident:
    incident = Incident(
        number=12,
        monitor="stripe-payments",
        check=Check.DELIVERY,
        started_at=START,
        confirmed_at=NOW,
        severity=Severity.MAJOR,
        reason=Reason.SERVER_ERROR,
        message="answered 503 Service Unavailable",
        failures=2,
        last_good_at=START - timedelta(seconds=30),
        down_since=START,
        told=("oncall",),
    )
    return replace(incident, **changes)


def a_failing(body: str = '{"error": "out of memory"}') -> Result:
    return a_result(BAD, at=NOW, reply=a_reply(503, body=body, address="10.0.0.7:443"))


def tell(
    incident: Incident | None = None,
    kind: AlertKind = AlertKind.OPENED,
    result: Result | None = None,
    **more: Any,
) -> Alert:
    given: dict[str, Any] = {"monitor": MONITOR, "site": SITE, "now": NOW} | more
    monitor, site = given.pop("monitor"), given.pop("site")
    return announce(incident or an_incident(), kind, result or a_failing(), monitor, site, **given)[0]


def test_the_headline_of_an_outage_says_it_all() -> None:
    assert tell().message.headline == (
        "DOWN stripe-payments: answered 503 Service Unavailable (2 failed probes, since 14:02:11 UTC)"
    )


def test_an_outage_is_told_with_all_its_facts() -> None:
    message = tell(also_down=("orders", "refunds")).message
    assert message.colour == "red"
    assert "real events fail the same way" in message.explanation
    assert "First: Search its log for the event id" in message.explanation
    assert dict(message.facts) == {
        "monitor": "stripe-payments (Payments · Incoming events)",
        "tags": "team-payments",
        "listener": "POST https://•••@api.acme.example/hooks/stripe?token=•••",
        "what failed": "answers with a server error (5xx)",
        "failing since": "14:02:11 UTC, first failing probe",
        "last good": "14:01:41 UTC",
        "probes failed": "2",
        "latency": "65 ms (the provider waits 10 s)",
        "event id to search for": "evt_probe_1",
        "incident": "#12",
        "also down": "2: orders, refunds",
    }
    assert message.evidence is not None
    assert message.evidence.summary == "HTTP 503 Service Unavailable from 10.0.0.7:443"
    assert message.links == (
        Link(label="Runbook", url="https://wiki.acme.example/stripe"),
        Link(label="Acknowledge #12", url="webhook-monitor:acknowledge/12"),
        Link(label="Status page", url="https://status.acme.example"),
    )


def test_no_secret_in_a_url_is_shown() -> None:
    monitor = replace(
        MONITOR, url="https://api.acme.example/hook/s3cr3t-in-path", hidden=(Secret("s3cr3t-in-path"),)
    )
    assert dict(tell(monitor=monitor).message.facts)["listener"] == "POST https://api.acme.example/hook/•••"


def test_a_timeout_says_where_it_hung_and_how_long_the_provider_waits() -> None:
    result = a_result(BAD, at=NOW, reply=a_failed_reply(FailureKind.TIMED_OUT, Phase.WAIT))
    message = tell(an_incident(reason=Reason.TIMEOUT, message="no answer in 10 s"), result=result).message
    facts = dict(message.facts)
    assert facts["what failed"] == "no answer in time, while waiting for the answer"
    assert facts["latency"] == "no answer in 10 s (the provider waits 10 s)"
    assert message.evidence is not None
    assert message.evidence.summary == "timed_out while wait"


@pytest.mark.parametrize("phase", [Phase.RESOLVE, Phase.CONNECT, Phase.TLS])
def test_an_event_that_cannot_have_arrived_is_not_searched_for(phase: Phase) -> None:
    result = a_result(BAD, at=NOW, reply=a_failed_reply(FailureKind.REFUSED, phase))
    assert "event id to search for" not in dict(tell(result=result).message.facts)


EXPIRING = an_incident(
    check=Check.CERTIFICATE,
    severity=Severity.WARNING,
    reason=Reason.CERTIFICATE_EXPIRING,
    message="the certificate expires in 5 days, on 2026-03-06 14:02 UTC",
    failures=7,
)


def a_look() -> Result:
    reply = a_reply(None, address="10.0.0.7:443", certificate_expires_at=START + timedelta(days=5))
    return replace(a_result(BAD, at=NOW, check=Check.CERTIFICATE, reply=reply), event_id="")


def test_a_certificate_is_told_in_words_that_fit_one() -> None:
    message = tell(EXPIRING, result=a_look()).message
    assert message.headline == (
        "WARNING stripe-payments: the certificate expires in 5 days, on 2026-03-06 14:02 UTC"
        " (since 14:02:11 UTC)"
    )
    assert list(dict(message.facts)) == [
        "monitor",
        "tags",
        "listener",
        "what failed",
        "seen since",
        "last good look",
        "incident",
    ]
    assert message.evidence is not None
    assert message.evidence.summary == "the certificate ends 2026-03-06 14:02:11 UTC (10.0.0.7:443)"


def test_a_renewed_certificate_is_told_in_words_that_fit_one() -> None:
    over = replace(EXPIRING, ended_at=START + timedelta(hours=2))
    message = tell(over, AlertKind.RECOVERED, a_look()).message
    assert message.headline == "RECOVERED stripe-payments: its certificate is good again, after 2 h"
    assert {"probes failed", "latency"}.isdisjoint(dict(message.facts))


def test_a_flaky_time_has_dates_that_are_true() -> None:
    flaky = an_incident(severity=Severity.MINOR, reason=Reason.FLAKY, failures=3)
    message = tell(flaky).message
    assert message.headline.endswith("(3 of the last 20 probes failed, noticed 14:02:11 UTC)")
    assert "failing since" not in dict(message.facts)
    assert dict(message.facts)["noticed"] == "14:02:11 UTC, failing probes among good ones"
    over = tell(replace(flaky, failures=31, ended_at=NOW), AlertKind.RECOVERED, a_result()).message
    assert over.headline == "RECOVERED stripe-payments after 15 s (31 failed probes)"
    assert dict(over.facts)["was flaky for"] == "15 s"


def test_a_recovery_names_the_cause_that_was_told_and_the_last_one() -> None:
    message = "no answer in 10 s; at last: the answer broke off"
    over = an_incident(reason=Reason.PROTOCOL, message=message, ended_at=NOW)
    assert dict(tell(over, AlertKind.RECOVERED, a_result()).message.facts)["what had failed"] == message


def test_evidence_is_short_and_cannot_end_its_code_block() -> None:
    evidence = tell(result=a_failing("``````x" + "y" * 1000)).message.evidence
    assert evidence is not None
    assert len(evidence.excerpt) == 300
    assert "`" not in evidence.excerpt


def test_evidence_has_no_body_where_the_operator_wants_none() -> None:
    evidence = tell(monitor=replace(MONITOR, keep_bodies=False)).message.evidence
    assert evidence is not None
    assert evidence.excerpt == ""


def test_a_status_that_is_in_no_registry_is_told_as_it_is() -> None:
    evidence = tell(result=a_result(BAD, reply=a_reply(520))).message.evidence
    assert evidence is not None
    assert evidence.summary == "HTTP 520"


def test_a_recovery_says_how_long_and_how_many() -> None:
    incident = an_incident(failures=11, ended_at=START + timedelta(minutes=5, seconds=12))
    alert = tell(incident, AlertKind.RECOVERED, a_result(), now=START + timedelta(minutes=5, seconds=27))
    assert alert.message.headline == "RECOVERED stripe-payments after 5 min 12 s (11 failed probes)"
    assert alert.message.colour == "green"
    facts = dict(alert.message.facts)
    assert (facts["failed for"], facts["from"], facts["until"]) == (
        "5 min 12 s",
        "14:02:11 UTC",
        "14:07:23 UTC",
    )
    assert alert.incident == 12


@pytest.mark.parametrize(
    ("retry", "said"),
    [
        (
            Retry(over=timedelta(days=3)),
            "it sends again what failed between 14:01:41 UTC and 14:03:11 UTC.",
        ),
        (Retry(attempts=0), "Stripe does not retry: replay what it sent between"),
        (None, "Real events are accepted again. Look whether what failed between"),
    ],
)
def test_a_recovery_says_what_becomes_of_lost_events(retry: Retry | None, said: str) -> None:
    monitor = replace(MONITOR, provider=a_provider(title="Stripe", policy=Policy(retry=retry)))
    incident = an_incident(ended_at=START + timedelta(minutes=1))
    assert said in tell(incident, AlertKind.RECOVERED, a_result(), monitor=monitor).message.explanation


def test_an_outage_says_what_becomes_of_real_events() -> None:
    provider = a_provider(title="GitHub", policy=Policy(retry=Retry(attempts=0)))
    monitor = replace(MONITOR, provider=provider, volume=120.0)
    for kind in (AlertKind.OPENED, AlertKind.WORSENED):
        told = dict(
            tell(an_incident(), kind, monitor=monitor, now=START + timedelta(minutes=1)).message.facts
        )
        assert told["consequences"] == (
            "GitHub does not retry: events since 14:02:11 UTC are lost. About 2 events at risk (120 an hour)."
        )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"check": Check.HANDSHAKE, "reason": Reason.HANDSHAKE_FAILED}, "has switched the endpoint off"),
        (
            {"severity": Severity.MINOR, "reason": Reason.SLOW, "down_since": None},
            "A valid event is accepted as it should be.",
        ),
        (
            {"check": Check.FIDELITY, "severity": Severity.WARNING, "reason": Reason.SIGNATURE_REFUSED},
            "All is well again.",
        ),
    ],
)
def test_where_no_event_was_lost_nothing_is_to_be_replayed(changes: dict[str, Any], said: str) -> None:
    provider = a_provider(policy=Policy(retry=Retry(attempts=0)))
    incident = an_incident(ended_at=START + timedelta(minutes=1), **changes)
    monitor = replace(MONITOR, provider=provider)
    explanation = tell(incident, AlertKind.RECOVERED, a_result(), monitor=monitor).message.explanation
    assert said in explanation
    assert "replay" not in explanation
    assert "consequences" not in dict(tell(incident, monitor=monitor).message.facts)


def test_forged_events_are_a_matter_of_security() -> None:
    incident = an_incident(check=Check.FORGED, severity=Severity.CRITICAL, reason=Reason.FORGERY_ACCEPTED)
    alert = tell(incident)
    assert alert.message.headline == "SECURITY stripe-payments accepts forged events (since 14:02:11 UTC)"
    assert alert.severity is Severity.CRITICAL
    links = [link.label for link in alert.message.links]
    assert links == ["Runbook", "Acknowledge #12"]  # a finding is on no public page


def test_a_forgery_that_is_refused_again_does_not_say_the_listener_was_down() -> None:
    incident = an_incident(
        check=Check.FORGED,
        severity=Severity.CRITICAL,
        reason=Reason.FORGERY_ACCEPTED,
        ended_at=START + timedelta(hours=2),
    )
    message = tell(incident, AlertKind.RECOVERED, a_result()).message
    assert message.headline.startswith(
        "RECOVERED stripe-payments: forged events are refused again, after 2 h"
    )
    assert "events accepted between" in message.explanation


@pytest.mark.parametrize(
    ("changes", "start"),
    [
        ({"severity": Severity.MINOR, "reason": Reason.SLOW}, "DEGRADED stripe-payments: "),
        (
            {"severity": Severity.MINOR, "reason": Reason.FLAKY, "failures": 3},
            "DEGRADED stripe-payments: fails now and then, last: answered 503 Service Unavailable (3 of",
        ),
        (
            {"check": Check.CERTIFICATE, "severity": Severity.MINOR, "reason": Reason.CERTIFICATE_EXPIRING},
            "WARNING stripe-payments: ",
        ),
        (
            {"check": Check.CERTIFICATE, "reason": Reason.CERTIFICATE_EXPIRED},
            "DOWN stripe-payments: ",
        ),
        (
            {"check": Check.FORGED, "severity": Severity.MINOR, "reason": Reason.VERIFIER_CRASHED},
            "WARNING stripe-payments: ",
        ),
    ],
)
def test_the_first_word_fits_the_check_and_the_severity(changes: dict[str, Any], start: str) -> None:
    assert tell(an_incident(**changes)).message.headline.startswith(start)


def test_only_what_loses_events_is_red() -> None:
    assert tell(an_incident(severity=Severity.MINOR, reason=Reason.SLOW)).message.colour == "amber"


def test_a_worsened_incident_says_so_and_is_another_fact() -> None:
    worse = tell(an_incident(), AlertKind.WORSENED)
    assert "worse than before" in worse.message.headline
    assert worse.key != tell().key


def test_an_endless_message_leaves_a_headline_that_fits() -> None:
    headline = tell(an_incident(message="x" * 5000 + "\n")).message.headline
    assert len(headline) <= 140
    assert headline.endswith("(2 failed probes, since 14:02:11 UTC)")


def test_another_day_is_named() -> None:
    assert "since 2026-03-01 14:02:11 UTC" in tell(now=NOW + timedelta(days=1)).message.headline


def test_every_reason_makes_a_message() -> None:
    for reason in Reason:
        message = tell(an_incident(reason=reason)).message
        assert "stripe-payments" in message.headline
        assert message.explanation


def test_each_notifier_gets_one_alert_with_its_own_key() -> None:
    opened = Change(incident=an_incident(told=()), kind=AlertKind.OPENED)
    incident = addressed(opened, ("oncall", "mail", "oncall"), NOW).incident
    alerts = announce(incident, AlertKind.OPENED, a_failing(), MONITOR, SITE, now=NOW)
    assert [alert.notifier for alert in alerts] == ["oncall", "mail"]
    assert len({alert.key for alert in alerts}) == 2


def test_the_same_fact_found_out_later_has_the_same_key() -> None:
    again = tell(
        an_incident(started_at=START + timedelta(seconds=30), failures=9), now=NOW + timedelta(minutes=3)
    )
    assert again.key == tell().key
    assert tell(an_incident(number=13, last_good_at=NOW)).key != tell().key


def test_a_listener_that_was_never_good_is_told_too() -> None:
    alert = tell(an_incident(last_good_at=None))
    assert dict(alert.message.facts)["last good"] == "never seen"
    assert ":never:" in alert.key


def test_many_that_are_down_are_named_up_to_ten() -> None:
    ids = tuple(f"m{number}" for number in range(12))
    said = dict(tell(also_down=ids).message.facts)["also down"]
    assert said == "12: m0, m1, m2, m3, m4, m5, m6, m7, m8, m9 and 2 more"


def test_blindness_is_told_as_not_knowing() -> None:
    one, two = blind(START, START + timedelta(minutes=7), ("oncall", "mail"), site=SITE, now=NOW)
    assert one.message.headline == "BLIND 14:02:11–14:09:11 UTC: nothing was measured, nothing is known"
    assert (one.kind, one.message.colour, one.monitor) == (AlertKind.BLIND, "grey", None)
    assert one.key != two.key


def test_our_own_trouble_blames_nobody() -> None:
    (alert,) = ours("the database is full", START, ("oncall",), site=SITE, now=START + timedelta(minutes=2))
    assert alert.message.headline == "MONITOR: the database is full"
    assert "no listener is blamed" in alert.message.explanation
    assert dict(alert.message.facts)["for"] == "2 min"


def test_a_sample_says_first_that_it_is_one() -> None:
    alert = sample("oncall", SITE, NOW)
    assert alert.message.headline == "TEST alerts from Acme webhooks reach oncall"
    assert alert.kind is AlertKind.TEST


def failing(name: str, host: str = "api.acme.example", reason: Reason = Reason.CONNECT) -> Message:
    monitor = replace(MONITOR, id=name, url=f"https://{host}/hook", public=None)
    return tell(an_incident(monitor=name, reason=reason, message="refused"), monitor=monitor).message


def test_one_message_is_its_own_digest() -> None:
    assert digest((failing("a"),)) == failing("a")


def test_a_digest_counts_groups_and_names_everything() -> None:
    back = tell(an_incident(ended_at=NOW), AlertKind.RECOVERED, a_result()).message
    told = digest([failing("a", "one.example"), back, failing("b", "two.example", Reason.DNS)])
    assert told.headline == "3 alerts: 2 down (a, b), 1 recovered (stripe-payments)"
    assert told.colour == "red"
    assert [label for label, _ in told.facts] == ["DOWN (2)", "RECOVERED (1)"]
    first = told.facts[0][1].splitlines()[0]
    assert first == "a: refused (2 failed probes, since 14:02:11 UTC), incident #12, event evt_probe_1"


def test_a_digest_names_the_host_they_share() -> None:
    told = digest([failing(f"m{number}") for number in range(3)])
    assert told.headline == "3 alerts: 3 down (m0, m1, m2); all 3 at api.acme.example"
    assert "look there first" in told.explanation


def test_a_digest_names_the_failure_they_share() -> None:
    told = digest([failing(f"m{number}", f"h{number}.example") for number in range(3)])
    assert told.headline.endswith("; all 3 with the same failure (no connection)")


def test_one_that_differs_does_not_hide_the_cause() -> None:
    told = digest([failing("x", "other.example"), *(failing(f"m{number}") for number in range(9))])
    assert told.headline.endswith("; 9 of 10 at api.acme.example")


def test_recoveries_have_no_common_cause() -> None:
    back = tell(an_incident(ended_at=NOW), AlertKind.RECOVERED, a_result()).message
    assert digest([back, back]).headline == "2 alerts: 2 recovered (stripe-payments, stripe-payments)"
    assert digest([back, back]).colour == "green"


def test_a_digest_names_all_of_them_or_none() -> None:
    back = tell(an_incident(ended_at=NOW), AlertKind.RECOVERED, a_result(at=NOW)).message
    whole = replace(back, headline="RECOVERED 2 monitors (a, b) after 5 min", facts=())
    assert digest([whole, back]).headline == "2 alerts: 2 recovered"


def test_a_pair_that_was_processed_once_misses_no_receipt() -> None:
    unanswered = Reply(started_at=NOW, phases=Phases())
    good = replace(a_result(at=NOW), check=Check.DUPLICATE, reply=unanswered)
    twice = an_incident(check=Check.DUPLICATE, reason=Reason.PROCESSED_TWICE, ended_at=NOW)
    assert "processing" not in dict(tell(twice, AlertKind.RECOVERED, good).message.facts)


def test_a_digest_names_each_event_and_whose_runbook_it_is() -> None:
    def one(name: str, runbook: str) -> Message:
        monitor = replace(MONITOR, id=name, runbook=f"https://wiki.acme.example/{runbook}", public=None)
        return tell(an_incident(monitor=name), monitor=monitor).message

    told = digest([one("a", "x"), one("b", "y"), one("c", "x")])
    assert told.facts[0][1].splitlines()[0].endswith("since 14:02:11 UTC), incident #12, event evt_probe_1")
    assert told.links == (
        Link(label="Runbook of a, c", url="https://wiki.acme.example/x"),
        Link(label="Acknowledge #12", url="webhook-monitor:acknowledge/12"),
        Link(label="Runbook of b", url="https://wiki.acme.example/y"),
    )


def test_a_digest_says_of_each_what_it_looks_like_and_what_it_costs() -> None:
    provider = a_provider(title="GitHub", policy=Policy(retry=Retry(attempts=0)))
    refused = an_incident(diagnosis="A forged event is refused as well: secret mismatch.", down_since=START)
    other = tell(an_incident(monitor="orders")).message
    message = digest([tell(refused, monitor=replace(MONITOR, provider=provider)).message, other])
    line = message.facts[0][1].splitlines()[0]
    assert "A forged event is refused as well: secret mismatch. GitHub does not retry: events since" in line


def test_a_digest_of_a_thousand_leaves_nobody_unnamed() -> None:
    told = digest([failing(f"monitor-{number}") for number in range(1000)])
    for number in range(1000):
        assert f"monitor-{number}" in told.facts[0][1]
    assert len(told.facts[0][1]) < 25_000


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 ms"), (0.065, "65 ms"), (1.5, "1.5 s"), (9.99, "10 s"), (60, "1 min"), (312, "5 min 12 s"),
     (3600, "1 h"), (3601, "1 h"), (93_600, "1 d 2 h"), (-5, "0 ms")],
)  # fmt: skip
def test_spans_are_said_in_two_units(seconds: float, said: str) -> None:
    assert duration(timedelta(seconds=seconds)) == said


BERLIN = replace(SITE, zone=ZoneInfo("Europe/Berlin"))


def test_times_are_told_in_the_zone_of_the_site_and_as_facts_in_utc_too() -> None:
    message = tell(site=BERLIN).message
    assert "since 15:02:11 CET)" in message.headline
    assert dict(message.facts)["failing since"] == "15:02:11 CET (14:02:11 UTC), first failing probe"
    assert dict(message.facts)["last good"] == "15:01:41 CET (14:01:41 UTC)"


def test_an_outage_over_the_end_of_summer_lasted_as_long_as_it_lasted() -> None:
    start = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    end = start + timedelta(hours=2)
    over = an_incident(started_at=start, ended_at=end, down_since=start, last_good_at=start)
    good = a_result(at=end)
    message = announce(over, AlertKind.RECOVERED, good, MONITOR, BERLIN, now=end)[0].message
    facts = dict(message.facts)
    assert (facts["failed for"], facts["from"], facts["until"]) == (
        "2 h",
        "02:30:00 CEST (00:30:00 UTC)",
        "03:30:00 CET (02:30:00 UTC)",
    )


def test_what_is_lost_over_the_end_of_summer_is_counted_in_real_hours() -> None:
    start = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    provider = a_provider(title="Acme", policy=Policy(retry=Retry(over=timedelta(hours=2))))
    open_ = an_incident(started_at=start, down_since=start, last_good_at=start)
    now = start + timedelta(hours=5)
    message = tell(open_, monitor=replace(MONITOR, provider=provider), site=BERLIN, now=now).message
    assert "what failed before 02:00:00 CET is lost" in dict(message.facts)["consequences"]


def test_blindness_is_told_in_the_zone_of_the_site() -> None:
    one = blind(START, START + timedelta(minutes=7), ("oncall",), site=BERLIN, now=NOW)[0]
    assert one.message.headline.startswith("BLIND 15:02:11–15:09:11 CET:")
    assert one.created_at == NOW


def test_a_long_headline_loses_whole_clauses_and_no_time_is_cut() -> None:
    words = "accepted, but not processed within 30 s; the last was processed at 2026-02-28 14:01:43 UTC"
    name = "payments-of-the-eastern-region"
    told = tell(an_incident(monitor=name, check=Check.RECEIPT, reason=Reason.NOT_PROCESSED, message=words))
    assert told.message.headline == (
        f"DOWN {name}: accepted, but not processed within 30 s (2 events, since 14:02:11 UTC)"
    )


@pytest.mark.parametrize(
    ("late_since", "said"),
    [
        (None, "may wait in the queue or be lost"),
        (START + timedelta(minutes=4), "From 14:06:11 UTC on events came out late: the queue had kept them."),
    ],
)
def test_what_is_known_of_the_queue_is_said_when_it_moves_again(
    late_since: datetime | None, said: str
) -> None:
    over = an_incident(
        check=Check.RECEIPT,
        reason=Reason.NOT_PROCESSED,
        down_until=late_since,
        ended_at=START + timedelta(minutes=5),
    )
    assert said in tell(over, AlertKind.RECOVERED).message.explanation


def test_what_was_done_twice_is_to_be_undone() -> None:
    over = an_incident(
        check=Check.DUPLICATE, reason=Reason.PROCESSED_TWICE, ended_at=START + timedelta(minutes=5)
    )
    said = tell(over, AlertKind.RECOVERED).message.explanation
    assert said.startswith("Look for events between 14:02:11 UTC and 14:07:11 UTC that were processed twice")


def test_a_proof_leads_to_no_page_that_hides_it() -> None:
    told = tell(an_incident(check=Check.RECEIPT, reason=Reason.REFUSED_BUT_PROCESSED))
    assert "Status page" not in [link.label for link in told.message.links]
