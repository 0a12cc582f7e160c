"""Incidents: one per outage, told when it opens, when it grows worse, and when it is over."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.incident import advance, close
from monitor.core.model import (
    AlertKind,
    Check,
    Closing,
    Health,
    Incident,
    Monitor,
    Reason,
    Severity,
    Status,
    Verdict,
)
from tests.core.stories import (
    ACCEPTED,
    CRASHED,
    EXPIRED,
    EXPIRING,
    REFUSED,
    URGENT,
    VALID,
    VERDICTS,
    Story,
    story,
)
from tests.makers import BAD, NOON, SECOND, a_monitor, a_result

OPENED, WORSENED, RECOVERED = AlertKind.OPENED, AlertKind.WORSENED, AlertKind.RECOVERED
INCIDENT = Incident(
    number=1,
    monitor="billing",
    check=Check.DELIVERY,
    started_at=NOON,
    confirmed_at=NOON + 15 * SECOND,
    severity=Severity.MAJOR,
    reason=Reason.SERVER_ERROR,
    message="answered 503",
)


class Ledger:
    """A check, its open incident, and all that was told."""

    def __init__(self, told: Story) -> None:
        self.story = told
        self.open: Incident | None = None
        self.told: list[tuple[int, AlertKind]] = []
        self.past: list[Incident] = []

    def see(self, verdict: Verdict, *, scheduled: bool = True) -> None:
        at = self.story.at
        before = self.story.health
        belief = self.story.see(verdict, scheduled=scheduled)
        result = a_result(verdict, at=at, check=self.story.check, scheduled=scheduled)
        change = advance(self.open, belief, result, before=before)
        if change is None:
            return
        if change.kind is not None:
            self.told.append((int((at - NOON).total_seconds()), change.kind))
        over = change.incident.ended_at is not None
        self.open = None if over else change.incident
        self.past += [change.incident] if over else []

    def tell(self, probes: str) -> "Ledger":
        for letter in probes:
            self.see(VERDICTS[letter.lower()], scheduled=not letter.isupper())
        return self


def ledger(*probes: str | Verdict, check: Check = Check.DELIVERY, monitor: Monitor | None = None) -> Ledger:
    kept = Ledger(story(check=check, monitor=monitor))
    for probe in probes:
        if isinstance(probe, str):
            kept.tell(probe)
        else:
            kept.see(probe)
    return kept


@pytest.mark.parametrize(
    ("probes", "told"),
    [
        (".", []),
        (".x.", []),
        ("xx", [(30, OPENED)]),
        (".xx", [(60, OPENED)]),
        (".xxxxhl", [(60, OPENED)]),
        (".xx.", [(60, OPENED)]),
        (".xx..", [(60, OPENED), (120, RECOVERED)]),
        (".xx..xx", [(60, OPENED), (120, RECOVERED), (180, OPENED)]),
        (".xx.x.x..", [(60, OPENED), (240, RECOVERED)]),
        # blindness opens nothing and ends nothing
        (".nnnn", []),
        (".xxnnn", [(60, OPENED)]),
        (".xxnnn.", [(60, OPENED)]),
        (".xxnnn..", [(60, OPENED), (210, RECOVERED)]),
        (".xxnnnx", [(60, OPENED)]),
        # milder and worse
        (".sss", [(90, OPENED)]),
        (".sssxx", [(90, OPENED), (150, WORSENED)]),
        (".sssxx..", [(90, OPENED), (150, WORSENED), (210, RECOVERED)]),
        (".xxss", [(60, OPENED)]),
        (".xxss..", [(60, OPENED), (180, RECOVERED)]),
        (".xxssxx", [(60, OPENED)]),
        (".llx", [(60, OPENED), (90, WORSENED)]),
        (".x.x.x", [(150, OPENED)]),
        (".x.x.xx", [(150, OPENED), (180, WORSENED)]),
        (".x.x.xsss..", [(150, OPENED)]),
        (".x.x.x" + "." * 20, [(150, OPENED), (750, RECOVERED)]),
    ],
)
def test_each_outage_is_told_once_and_its_end_once(probes: str, told: list[tuple[int, AlertKind]]) -> None:
    assert ledger(probes).told == told


def test_an_incident_is_dated_from_the_first_failing_probe_to_the_first_good_one() -> None:
    kept = ledger(".xxx")
    assert kept.open is not None
    assert (kept.open.started_at, kept.open.confirmed_at) == (
        NOON + 30 * SECOND,
        NOON + 60 * SECOND + timedelta(milliseconds=65),
    )
    assert kept.open.last_good_at == NOON
    over = kept.tell("..").past[0]
    assert (over.ended_at, over.closing) == (NOON + 120 * SECOND, Closing.RECOVERED)


@pytest.mark.parametrize(
    ("probes", "down", "good"),
    [
        (".xx", (30, None), 0),
        (".xxx..", (30, None), 0),
        (".xnx", (30, None), 0),
        (".xxnnnx", (30, None), 0),
        (".sss", (None, None), 90),
        (".sssxx", (120, None), 90),  # it was slow first: those events arrived
        (".x.x.xx", (150, None), 120),
        (".llx", (90, None), 0),
        (".xxss", (30, 90), 0),  # slow afterwards: events arrive again
        (".xxss..", (30, 90), 0),
        (".xxssxx", (30, None), 0),  # one incident, two outages
        (".xxssxxss", (30, 210), 0),
    ],
)
def test_an_incident_knows_from_when_until_when_it_was_down(
    probes: str, down: tuple[int | None, int | None], good: int
) -> None:
    """Seconds after noon; None where it never was, or where it still is or ended well."""
    kept = ledger(probes)
    incident = kept.open or kept.past[0]
    noted = (incident.down_since, incident.down_until)
    assert tuple(at and int((at - NOON).total_seconds()) for at in noted) == down
    assert incident.last_good_at == NOON + good * SECOND


def test_a_certificate_that_expires_is_down_only_once_it_has_expired() -> None:
    kept = ledger(VALID, EXPIRING, URGENT, EXPIRED, check=Check.CERTIFICATE)
    assert kept.open is not None
    assert kept.open.down_since == NOON + timedelta(hours=18)


def test_an_incident_is_dated_from_before_blindness_hid_it() -> None:
    kept = ledger(".xnx")
    assert kept.open is not None
    assert kept.open.started_at == NOON + 30 * SECOND


@pytest.mark.parametrize(
    ("probes", "failures"),
    [
        (".xx", 2),
        (".xX", 2),
        (".xxx.x.", 4),
        (".xxnx", 3),
        (".sss", 3),
        (".ssss", 4),
        (".xxss", 2),
        (".x.x.x", 3),
    ],
)
def test_failing_probes_are_counted(probes: str, failures: int) -> None:
    open_ = ledger(probes).open
    assert open_ is not None
    assert open_.failures == failures


@pytest.mark.parametrize("letter", [".", "s", "n", "i"])
def test_a_probe_that_changes_nothing_leaves_nothing_to_write(letter: str) -> None:
    kept = ledger(".xx")
    before, at = kept.story.health, kept.story.at
    belief = kept.story.see(VERDICTS[letter])
    result = a_result(VERDICTS[letter], at=at)
    assert advance(kept.open, belief, result, before=before) is None


def test_the_words_that_were_told_stay_beside_the_last_ones() -> None:
    hang = replace(BAD, reason=Reason.TIMEOUT, message="no answer in 10 s")
    kept = ledger(".xx")
    assert kept.open is not None
    assert (kept.open.reason, kept.open.message) == (Reason.SERVER_ERROR, "answered 503")
    kept.see(hang)
    assert kept.open.reason is Reason.TIMEOUT
    assert kept.open.message == "answered 503; at last: no answer in 10 s"
    kept.see(replace(hang, message="no answer in 10.1 s"))
    assert kept.open.message == "answered 503; at last: no answer in 10 s"
    kept.see(replace(BAD, reason=Reason.GONE, message="answered 410"))
    assert kept.open.message == "answered 503; at last: answered 410"
    kept.see(BAD)
    assert (kept.open.reason, kept.open.message) == (Reason.SERVER_ERROR, "answered 503")


@pytest.mark.parametrize(
    ("check", "verdicts", "severity"),
    [
        (Check.DELIVERY, [BAD] * 2, Severity.MAJOR),
        (Check.DELIVERY, [VERDICTS["s"]] * 3, Severity.MINOR),
        (Check.DELIVERY, [VERDICTS["l"]] * 2, Severity.MINOR),
        (Check.FORGED, [ACCEPTED] * 2, Severity.CRITICAL),
        (Check.FORGED, [CRASHED] * 2, Severity.MINOR),
        (Check.FORGED, [ACCEPTED, ACCEPTED, CRASHED, CRASHED], Severity.CRITICAL),
        (Check.CERTIFICATE, [EXPIRING], Severity.WARNING),
        (Check.CERTIFICATE, [URGENT], Severity.MINOR),
        (Check.CERTIFICATE, [EXPIRED], Severity.MAJOR),
    ],
)
def test_severity_is_the_worst_it_ever_was(check: Check, verdicts: list[Verdict], severity: Severity) -> None:
    open_ = ledger(*verdicts, check=check).open
    assert open_ is not None
    assert open_.severity is severity


def test_a_certificate_is_told_at_each_step_down() -> None:
    kept = ledger(VALID, EXPIRING, EXPIRING, URGENT, URGENT, EXPIRED, VALID, check=Check.CERTIFICATE)
    assert [kind for _, kind in kept.told] == [OPENED, WORSENED, WORSENED, RECOVERED]


def test_a_forgery_is_told_with_its_repeat_and_lifted_by_refusals() -> None:
    kept = ledger(ACCEPTED, ACCEPTED, ACCEPTED, REFUSED, REFUSED, check=Check.FORGED)
    assert kept.told == [(3600, OPENED), (4 * 3600, RECOVERED)]


def test_a_good_probe_opens_nothing_whatever_is_still_believed() -> None:
    kept = ledger()
    kept.story.health = Health(status=Status.DOWN, settled=Status.DOWN, last_result_at=NOON)
    assert kept.tell(".").told == []


@pytest.mark.parametrize("closing", [Closing.PAUSED, Closing.MONITOR_REMOVED])
def test_the_operator_ends_an_incident_without_a_recovery(closing: Closing) -> None:
    over = close(INCIDENT, closing, NOON + 60 * SECOND)
    assert (over.ended_at, over.closing) == (NOON + 60 * SECOND, closing)


def test_no_incident_ends_before_it_began() -> None:
    assert close(INCIDENT, Closing.PAUSED, NOON - SECOND).ended_at == NOON


@given(
    st.lists(st.tuples(st.sampled_from("....xxxhslnoiXS"), st.sampled_from([0, 0, 0, 10, 400])), max_size=80),
    st.integers(1, 4),
    st.integers(1, 4),
)
def test_alarms_and_recoveries_alternate_and_incidents_follow_belief(
    probes: list[tuple[str, int]], down_after: int, up_after: int
) -> None:
    kept = ledger(monitor=a_monitor(down_after=down_after, up_after=up_after))
    for letter, pause in probes:
        kept.story.wait(pause)
        kept.tell(letter)
        failing = kept.story.health.settled in {Status.DOWN, Status.DEGRADED}
        assert (kept.open is not None) is failing
    kinds = [kind for _, kind in kept.told if kind is not WORSENED]
    assert kinds == [OPENED if turn % 2 == 0 else RECOVERED for turn in range(len(kinds))]
    for past in kept.past:
        assert past.ended_at is not None
        assert past.started_at <= past.ended_at
