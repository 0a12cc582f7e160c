"""Whose clock is wrong? Only those that agree have a word."""

from datetime import timedelta
from email.utils import format_datetime

import pytest

from monitor.core.model import Reply
from monitor.network import Network
from monitor.skew import Skew
from tests.makers import NOON, SECOND, a_monitor, a_reply

SPREAD = timedelta(seconds=1)


def said(ahead: float) -> Reply:
    """Return an answer from a clock that is so many seconds ahead of ours."""
    return a_reply(200, headers=(("date", format_datetime(NOON + ahead * SECOND, usegmt=True)),))


@pytest.mark.parametrize(
    ("ahead", "ours"),
    [
        ((), None),
        ((300,), None),  # one alone may be wrong itself
        ((300, 301), 300),
        ((0, 600), 0),  # ours has a word, too
        ((300, 600), None),  # who of the three is right?
        ((0, 0, 600), 0),
        ((600, 600, 0), None),
        ((600, 600, 600, 0), 600),
        ((0, 0, 600, 600), 0),
        ((300, 300, 600, 600), None),
        ((-90, -91, -90, 5000), -90),
    ],
)
def test_our_clock_is_judged_by_most_of_those_that_agree(
    ahead: tuple[float, ...], ours: float | None
) -> None:
    skew = Skew()
    for number, seconds in enumerate(ahead):
        skew.heard(f"host{number}", said(seconds))
    if ours is None:
        assert skew.ours is None
    else:
        assert skew.ours is not None
        assert abs(skew.ours - ours * SECOND) <= SPREAD


async def test_what_was_heard_by_a_clock_that_was_wrong_is_forgotten_when_it_is_set() -> None:
    async def reach(_host: str, _port: int) -> bool:
        return False

    now = NOON
    network = Network(now=lambda: now, reach=reach, canaries=(("canary.example", 443),))
    for host in ("a", "b"):
        network.heard(a_monitor(url=f"https://{host}.example.com/"), said(3600))
    assert network.skew.ours is not None
    assert await network._seen("failing.example.com")
    now -= timedelta(hours=1)
    network.clock_set()
    assert network.skew.ours is None
    assert await network._seen("failing.example.com") is False
