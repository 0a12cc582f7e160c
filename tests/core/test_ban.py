"""When a refusal looks like a ban that our own test probes brought about, and when it does not."""

from datetime import timedelta
from typing import Any

import pytest

from monitor.core.ban import lasts, looks_banned
from monitor.core.judge import judge
from monitor.core.model import (
    Check,
    FailureKind,
    Health,
    Incident,
    Phase,
    Reason,
    Reply,
    Result,
    Severity,
    Status,
)
from tests.makers import NOON, SECOND, a_failed_reply, a_monitor, a_reply, a_result

UP = Health(status=Status.UP, settled=Status.UP)
DAY = timedelta(hours=24)
WALL = a_reply(403, body="<html>blocked</html>", headers=(("content-type", "text/html"),))


def answered(reply: Reply, check: Check = Check.DELIVERY, **changes: Any) -> Result:
    verdict = judge(check, reply, a_monitor())
    return a_result(verdict, check=check, reply=reply, **changes)


@pytest.mark.parametrize(
    ("reply", "banned"),
    [
        (a_reply(403), True),
        (a_reply(429), True),
        (WALL, True),
        (a_failed_reply(FailureKind.REFUSED), True),
        (a_reply(200), False),
        (a_reply(400), False),
        (a_reply(401), False),
        (a_reply(404), False),
        (a_reply(500), False),
        (a_reply(503), False),
        (a_failed_reply(FailureKind.TIMED_OUT, Phase.WAIT), False),
        (a_failed_reply(FailureKind.RESET, Phase.WAIT), False),
        (a_failed_reply(FailureKind.NAME_NOT_FOUND, Phase.RESOLVE), False),
    ],
)
def test_bans_turn_us_away_in_their_own_ways(reply: Reply, *, banned: bool) -> None:
    assert looks_banned(UP, answered(reply), ()) is banned


@pytest.mark.parametrize("settled", [Status.DOWN, Status.DEGRADED, Status.UNKNOWN])
def test_a_listener_that_was_not_up_does_not_turn_to_a_ban(settled: Status) -> None:
    assert not looks_banned(Health(settled=settled), answered(a_reply(403)), ())


@pytest.mark.parametrize("check", [Check.FORGED, Check.TAMPERED, Check.UNSIGNED, Check.STALE])
def test_the_answer_that_hostile_events_get_is_the_verifiers(check: Check) -> None:
    """The secret was rotated, and this listener refuses with 403."""
    refusal = a_reply(403, body='{"error":"bad signature"}')
    assert not looks_banned(UP, answered(refusal), [answered(refusal, check)])


def test_ids_and_times_in_it_make_no_other_answer() -> None:
    one = a_reply(403, body='{"error":"bad signature","request":"8f3a-11c","at":"2026-03-01T12:00:00Z"}')
    other = a_reply(403, body='{"error":"bad signature","request":"77b2-9ee","at":"2026-03-01T12:00:31Z"}')
    assert not looks_banned(UP, answered(one), [answered(other, Check.FORGED)])


@pytest.mark.parametrize(
    "verifiers",
    [a_reply(401), a_reply(403, body="forbidden"), a_reply(403, body="{}"), a_reply(400)],
)
def test_another_answer_than_the_verifiers_is_a_walls(verifiers: Reply) -> None:
    assert looks_banned(UP, answered(WALL), [answered(verifiers, Check.FORGED)])


def test_where_no_bodies_are_kept_the_type_of_the_answer_tells_them_apart() -> None:
    wall = a_reply(403, headers=(("content-type", "text/html"),))
    verifiers = a_reply(403, headers=(("content-type", "application/json"),))
    assert looks_banned(UP, answered(wall), [answered(verifiers, Check.FORGED)])
    assert not looks_banned(UP, answered(verifiers), [answered(verifiers, Check.FORGED)])


def test_a_hostile_event_that_was_turned_away_unread_shows_nothing_of_the_verifier() -> None:
    limited = a_reply(429)
    assert looks_banned(UP, answered(limited), [answered(limited, Check.FORGED)])


# --- how long it lasts --------------------------------------------------------------------------------------


def an_incident(reason: Reason = Reason.OWN_FAULT) -> Incident:
    return Incident(
        number=1,
        monitor="billing",
        check=Check.DELIVERY,
        started_at=NOON,
        confirmed_at=NOON + 15 * SECOND,
        severity=Severity.MINOR,
        reason=reason,
        message="answered 403",
    )


@pytest.mark.parametrize(
    ("reply", "after", "excused"),
    [
        (a_reply(403), SECOND * 30, True),
        (a_reply(403), DAY, True),
        (a_failed_reply(FailureKind.REFUSED), timedelta(minutes=59), True),
        (a_failed_reply(FailureKind.REFUSED), timedelta(hours=2), False),  # its process is gone
        (a_reply(403), DAY + 15 * SECOND, False),
        (a_reply(503), SECOND * 30, False),
        (a_reply(401), SECOND * 30, False),
        (a_reply(200), SECOND * 30, False),
    ],
)
def test_a_ban_excuses_a_wall_for_a_day_and_a_closed_port_for_an_hour(
    reply: Reply, after: timedelta, *, excused: bool
) -> None:
    assert lasts(an_incident(), answered(reply, at=NOON + after), DAY) is excused


def test_an_outage_that_is_not_ours_excuses_nothing() -> None:
    assert not lasts(an_incident(Reason.SIGNATURE_REFUSED), answered(a_reply(403)), DAY)


def test_a_403_that_counts_as_acknowledged_is_no_ban() -> None:
    good = a_result(reply=a_reply(403))
    assert not looks_banned(UP, good, ())
    assert not lasts(an_incident(), good, DAY)
