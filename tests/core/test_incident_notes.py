"""Findings that are only noted, incidents that are ours, and checks that cannot be asked any more."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.health import believe
from monitor.core.incident import advance, ours
from monitor.core.judge import banned, judge, own_fault, skipped
from monitor.core.model import AlertKind, Check, Closing, Health, Reason, Severity, Status, Verdict
from tests.core.stories import ACCEPTED, CRASHED, REFUSED, VERDICTS, story
from tests.core.test_incident import Ledger
from tests.makers import BAD, NOON, SECOND, a_monitor, a_reply, a_result

OPENED, WORSENED, RECOVERED = AlertKind.OPENED, AlertKind.WORSENED, AlertKind.RECOVERED
NOTED = judge(Check.UNSIGNED, a_reply(500), a_monitor())
UNSIGNED = judge(Check.UNSIGNED, a_reply(200), a_monitor())
STALE = judge(Check.STALE, a_reply(200), a_monitor())
CRITICAL, MINOR, WARNING = Severity.CRITICAL, Severity.MINOR, Severity.WARNING


@pytest.mark.parametrize(
    ("check", "verdicts", "told"),
    [
        (Check.UNSIGNED, [NOTED], []),
        (Check.UNSIGNED, [NOTED] * 5, []),
        (Check.UNSIGNED, [NOTED, REFUSED, NOTED, NOTED], []),
        (Check.UNSIGNED, [UNSIGNED, UNSIGNED], [OPENED]),
        (Check.UNSIGNED, [UNSIGNED, UNSIGNED, NOTED], [OPENED]),
        (Check.UNSIGNED, [UNSIGNED, UNSIGNED, NOTED, NOTED], [OPENED, RECOVERED]),
        (Check.UNSIGNED, [UNSIGNED, UNSIGNED, NOTED, NOTED, NOTED], [OPENED, RECOVERED]),
        (Check.UNSIGNED, [UNSIGNED, UNSIGNED, NOTED, NOTED, REFUSED, REFUSED], [OPENED, RECOVERED]),
        (Check.UNSIGNED, [NOTED, NOTED, UNSIGNED], []),
        (Check.UNSIGNED, [NOTED, NOTED, UNSIGNED, UNSIGNED], [OPENED]),
        (Check.FORGED, [CRASHED], []),
        (Check.FORGED, [CRASHED, CRASHED], [OPENED]),
        (Check.FORGED, [CRASHED, CRASHED, ACCEPTED], [OPENED]),
        (Check.FORGED, [CRASHED, CRASHED, ACCEPTED, ACCEPTED], [OPENED, WORSENED]),
        (Check.FORGED, [ACCEPTED, ACCEPTED, CRASHED, CRASHED], [OPENED]),
        (Check.STALE, [STALE, STALE, REFUSED, REFUSED], [OPENED, RECOVERED]),
    ],
)
def test_a_crash_on_an_unsigned_event_is_noted_and_told_to_nobody(
    check: Check, verdicts: list[Verdict], told: list[AlertKind]
) -> None:
    ledger = Ledger(story(check=check))
    for verdict in verdicts:
        ledger.see(verdict)
    assert [kind for _, kind in ledger.told] == told


@pytest.mark.parametrize(
    ("check", "verdict", "severity"),
    [
        (Check.FORGED, ACCEPTED, CRITICAL),
        (Check.UNSIGNED, UNSIGNED, CRITICAL),
        (Check.STALE, STALE, WARNING),
        (Check.FORGED, CRASHED, MINOR),
    ],
)
def test_a_finding_is_told_as_loudly_as_it_is(check: Check, verdict: Verdict, severity: Severity) -> None:
    ledger = Ledger(story(check=check))
    ledger.see(verdict)
    ledger.see(verdict)
    assert ledger.open is not None
    assert ledger.open.severity is severity


def test_a_noted_crash_is_believed_all_the_same() -> None:
    told = story(check=Check.UNSIGNED)
    told.see(NOTED)
    belief = told.see(NOTED)
    assert (belief.health.status, belief.health.reason) == (Status.DEGRADED, Reason.VERIFIER_CRASHED)
    assert belief.severity is Severity.NOTE


# --- our own fault ------------------------------------------------------------------------------------------


def test_a_ban_is_told_as_ours_and_a_real_outage_behind_it_as_worse() -> None:
    told = story("..x")
    before = told.health
    refusal = a_result(BAD, at=told.at)
    change = advance(None, believe(before, refusal, told.monitor), refusal, before=before)
    assert change is not None
    change = ours(change, replace(refusal, verdict=banned(BAD)))
    assert change.kind is OPENED
    assert (change.incident.severity, change.incident.reason) == (MINOR, Reason.OWN_FAULT)
    assert "our test probes seem to have got us banned" in change.incident.message
    assert change.incident.started_at == told.at - told.every
    told.see(banned(BAD))
    told.see(banned(BAD))
    kinds = []
    for _ in range(2):
        before, result = told.health, a_result(BAD, at=told.at)
        belief = told.see(BAD)
        step = advance(change.incident, belief, result, before=before)
        kinds.append(step.kind if step else None)
    assert kinds == [None, WORSENED]


def test_a_ban_is_over_with_the_first_acknowledgement() -> None:
    told = story("..x")
    told.see(banned(BAD))
    assert told.health.status is Status.UNKNOWN
    assert told.tell(".").health.status is Status.UP


# --- what is held, what is skipped --------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", [REFUSED, ACCEPTED, CRASHED, own_fault("a bug"), VERDICTS["i"]])
def test_a_stop_outlives_the_probe_that_was_on_its_way(verdict: Verdict) -> None:
    stopped = Health(status=Status.UNKNOWN, held_until=NOON + timedelta(days=1))
    after = believe(stopped, a_result(verdict, check=Check.FORGED), a_monitor()).health
    assert after.held_until == NOON + timedelta(days=1)


def test_what_a_listener_asked_for_is_forgotten_when_it_is_over() -> None:
    asked = Health(held_until=NOON - SECOND)
    assert believe(asked, a_result(), a_monitor()).health.held_until is None


def test_a_ban_does_not_make_us_forget_that_we_were_asked_to_stay_away() -> None:
    busy = replace(BAD, reason=Reason.RATE_LIMITED, retry_after=120 * SECOND)
    held = believe(Health(), a_result(banned(busy)), a_monitor()).health.held_until
    assert held == a_result().finished_at + 120 * SECOND


@pytest.mark.parametrize("before", [[], [REFUSED], [ACCEPTED, ACCEPTED]])
def test_a_check_that_cannot_be_asked_any_more_is_never_green(before: list[Verdict]) -> None:
    told = story(check=Check.FORGED)
    for verdict in before:
        told.see(verdict)
    belief = told.see(skipped("not observable"))
    assert (belief.health.status, belief.health.settled) == (Status.UNKNOWN, Status.UNKNOWN)
    assert belief.health.reason is Reason.SKIPPED
    assert bool(belief.transitions) is bool(before)
    assert told.see(skipped("not observable")).transitions == ()


def test_what_is_open_of_a_check_that_cannot_be_asked_any_more_ends_without_a_word() -> None:
    ledger = Ledger(story(check=Check.FORGED))
    for verdict in (ACCEPTED, ACCEPTED, skipped("not observable")):
        ledger.see(verdict)
    assert ledger.open is None
    assert [kind for _, kind in ledger.told] == [OPENED]
    assert ledger.past[-1].closing is Closing.PAUSED
