"""Quiet hours: by the clock of people, also when it is put forward or back."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.hours import LONGEST, held_until, quiet_until
from monitor.core.model import QuietHours, Severity

BERLIN = ZoneInfo("Europe/Berlin")


def hours(start: str = "22:00", end: str = "07:00", **changes: Any) -> QuietHours:
    given: dict[str, Any] = {
        "zone": BERLIN,
        "start": time.fromisoformat(start),
        "end": time.fromisoformat(end),
    }
    return QuietHours(**given | changes)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NIGHTS = (hours(),)
WEEKENDS = (hours("00:00", "00:00", days=frozenset({5, 6})),)


@pytest.mark.parametrize(
    ("quiet", "at", "until"),
    [
        (NIGHTS, "2026-01-15 12:00", None),
        (NIGHTS, "2026-01-15 20:59:59", None),
        (NIGHTS, "2026-01-15 21:00", "2026-01-16 06:00"),  # 22:00 in Berlin
        (NIGHTS, "2026-01-16 05:59:59", "2026-01-16 06:00"),
        (NIGHTS, "2026-01-16 06:00", None),  # the end is outside
        (NIGHTS, "2026-07-15 20:00", "2026-07-16 05:00"),  # in summer an hour earlier, by UTC
        (NIGHTS, "2026-03-28 23:00", "2026-03-29 05:00"),  # the night has an hour less
        (NIGHTS, "2026-10-24 22:00", "2026-10-25 06:00"),  # … and an hour more
        ((hours("01:00", "02:30"),), "2026-03-29 00:30", "2026-03-29 01:30"),  # 02:30 is not: 03:30 is then
        ((hours("02:30", "04:00"),), "2026-10-25 00:30", "2026-10-25 03:00"),  # 02:30 comes twice: the first
        ((hours("12:00", "13:00"),), "2026-01-15 11:30", "2026-01-15 12:00"),
        (WEEKENDS, "2026-01-16 22:59", None),  # Friday
        (WEEKENDS, "2026-01-17 09:00", "2026-01-18 23:00"),  # Saturday: both days in one
        ((*NIGHTS, *WEEKENDS), "2026-01-16 21:30", "2026-01-19 06:00"),  # from Friday night to Monday morning
        ((hours(days=frozenset({4})),), "2026-01-17 03:00", "2026-01-17 06:00"),  # it began on Friday
        ((hours(days=frozenset({5})),), "2026-01-17 03:00", None),
        ((), "2026-01-17 03:00", None),
    ],
)
def test_it_is_quiet_until(quiet: tuple[QuietHours, ...], at: str, until: str | None) -> None:
    assert quiet_until(quiet, utc(at)) == (until and utc(until))


def test_what_is_critical_is_never_held_and_what_is_known_is_told_to_its_end() -> None:
    night, morning = utc("2026-01-16 02:00"), utc("2026-01-16 06:00")
    assert held_until(NIGHTS, Severity.MAJOR, night, night) == morning
    assert held_until(NIGHTS, Severity.WARNING, night, night + timedelta(hours=1)) == morning
    assert held_until(NIGHTS, Severity.CRITICAL, night, night) is None
    assert held_until(NIGHTS, Severity.MAJOR, utc("2026-01-15 20:00"), night) is None
    assert held_until(NIGHTS, Severity.MAJOR, night, morning) is None


ZONES = st.sampled_from(
    [ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia")]
)
TIMES = st.times().map(lambda one: one.replace(second=0, microsecond=0))
HOURS = st.builds(
    QuietHours, start=TIMES, end=TIMES, zone=ZONES, days=st.frozensets(st.integers(0, 6), min_size=1)
)


@given(
    st.lists(HOURS, max_size=3).map(tuple),
    st.timedeltas(timedelta(0), timedelta(days=7000)).map(lambda since: utc("2011-01-01 00:00") + since),
)
def test_quiet_ends_and_then_it_is_not_quiet(quiet: tuple[QuietHours, ...], at: datetime) -> None:
    end = quiet_until(quiet, at)
    if end is not None:
        assert end > at
        assert end - at > LONGEST or quiet_until(quiet, end) is None
        assert quiet_until(quiet, end - timedelta(microseconds=1)) is not None
