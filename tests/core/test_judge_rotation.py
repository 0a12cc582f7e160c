"""Which of several secrets is accepted, each asked alone; a retired one must be refused."""

from datetime import timedelta

import pytest

from monitor.core.judge import judge_rotation, which_accepted
from monitor.core.model import Monitor, Reason, Reply, Secret, Severity, Status
from tests.makers import NOON, a_failed_reply, a_monitor, a_reply

DAY = timedelta(days=1)
YES, NO = a_reply(200), a_reply(401)


def rotating(*until: timedelta | None) -> Monitor:
    secrets = [
        Secret(f"secret-number-{place}", until=NOON + left if left is not None else None)
        for place, left in enumerate(until)
    ]
    return a_monitor(secrets=tuple(secrets))


@pytest.mark.parametrize(
    ("until", "replies", "reason"),
    [
        ((None, DAY), (YES, YES), Reason.ACCEPTED),
        ((None, DAY), (YES, NO), Reason.ACCEPTED),
        ((None, DAY), (NO, YES), Reason.ACCEPTED),
        ((None, -DAY), (YES, NO), Reason.ACCEPTED),
        ((None, -DAY), (YES, YES), Reason.RETIRED_ACCEPTED),
        ((None, -DAY), (NO, YES), Reason.RETIRED_ACCEPTED),
        ((None, timedelta(0)), (YES, YES), Reason.RETIRED_ACCEPTED),
        ((None, None), (YES, YES), Reason.ACCEPTED),
        ((None, DAY), (NO, NO), Reason.INCONCLUSIVE),
        ((None, -DAY), (NO, NO), Reason.INCONCLUSIVE),
        ((None, -DAY), (YES, a_reply(503)), Reason.INCONCLUSIVE),
        ((None, -DAY), (YES, a_reply(429)), Reason.INCONCLUSIVE),
        ((None, -DAY), (a_reply(408), YES), Reason.INCONCLUSIVE),
        ((None, -DAY), (a_failed_reply(), YES), Reason.INCONCLUSIVE),
    ],
)
def test_a_retired_secret_must_be_refused(
    until: tuple[timedelta | None, ...], replies: tuple[Reply, ...], reason: Reason
) -> None:
    verdict = judge_rotation(replies, rotating(*until), NOON)
    assert verdict.reason is reason
    assert "secret-number" not in verdict.message


def test_a_retired_secret_is_a_warning_and_says_since_when() -> None:
    verdict = judge_rotation((YES, YES), rotating(None, -DAY), NOON)
    assert (verdict.status, verdict.severity) == (Status.DEGRADED, Severity.WARNING)
    assert verdict.message == (
        "a secret retired on 2026-02-28 12:00 UTC is still accepted: "
        "of 2 secrets, the listener accepts the first and the second (until 2026-02-28)"
    )


@pytest.mark.parametrize(
    ("replies", "words"),
    [
        ((YES, NO), "of 2 secrets, the listener accepts the first"),
        ((NO, YES), "of 2 secrets, the listener accepts the second (until 2026-03-02)"),
        ((YES, YES), "of 2 secrets, the listener accepts the first and the second (until 2026-03-02)"),
        ((NO, NO), "none of the 2 secrets is accepted"),
    ],
)
def test_it_is_said_which_are_accepted(replies: tuple[Reply, ...], words: str) -> None:
    assert which_accepted(replies, rotating(None, DAY)) == words


def test_many_secrets_have_places_too() -> None:
    assert which_accepted((NO,) * 5 + (YES,), rotating(*(None,) * 6)).endswith("accepts the 6th")
