"""Work that comes again, by the clock on the wall: also in the two nights when clocks change."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.recurring import WrongWindowError, window
from monitor.core.model import Scope, Window
from monitor.core.window import coming, covers, occurrence

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata")
RULES = ("FREQ=DAILY", "FREQ=WEEKLY;BYDAY=SU", "FREQ=MONTHLY;BYDAY=1SU", "FREQ=DAILY;BYHOUR=2,14;BYMINUTE=30")


def wall(*parts: int) -> datetime:
    """Return a time on a clock on the wall, as it stands in a file: its zone stands elsewhere."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


def again(
    start: datetime, *, repeat: str = "FREQ=DAILY", zone: str = "Europe/Berlin", length: timedelta = HOUR
) -> Window:
    return window(
        name="w",
        scope=Scope(everything=True),
        start=start,
        end=None,
        length=length,
        zone=zone,
        repeat=repeat,
        public=None,
    )


def starts(found: Window, at: datetime, count: int) -> list[str]:
    return [f"{one.start:%m-%dT%H:%M}" for one in islice(coming(found, at), count)]


def test_sundays_at_two_stay_at_two_when_clocks_change() -> None:
    found = again(wall(2026, 3, 15, 2, 0), repeat="FREQ=WEEKLY;BYDAY=SU")
    at = datetime(2026, 3, 14, tzinfo=UTC)
    # In the night of the 29th two o'clock is skipped: half past two would be half past three, two is three.
    assert starts(found, at, 4) == ["03-15T01:00", "03-22T01:00", "03-29T01:00", "04-05T00:00"]


def test_an_hour_that_comes_twice_opens_a_window_once_and_for_no_longer() -> None:
    found = again(wall(2026, 10, 24, 2, 30))
    at = datetime(2026, 10, 24, 12, tzinfo=UTC)
    (twice, after) = islice(coming(found, at), 2)
    assert twice.start == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # the first half past two, in summer time
    assert twice.end - twice.start == HOUR
    assert after.start == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)
    assert covers(
        (found,), datetime(2026, 10, 25, 1, 15, tzinfo=UTC)
    )  # 02:15 by the clock, for the second time
    assert not covers((found,), datetime(2026, 10, 25, 1, 30, tzinfo=UTC))


def test_a_time_that_is_skipped_is_an_hour_later_and_the_window_is_as_long() -> None:
    found = again(wall(2026, 3, 28, 2, 30))
    one = occurrence(found, datetime(2026, 3, 28, 12, tzinfo=UTC))
    assert one is not None
    assert one.start.astimezone(BERLIN).strftime("%d %H:%M") == "29 03:30"
    assert one.end - one.start == HOUR


def test_a_rule_with_an_end_comes_no_more_after_it() -> None:
    found = again(wall(2026, 3, 1, 12), repeat="FREQ=DAILY;COUNT=2", zone="UTC")
    assert starts(found, datetime(2026, 3, 1, tzinfo=UTC), 5) == ["03-01T12:00", "03-02T12:00"]
    assert occurrence(found, datetime(2026, 3, 2, 13, tzinfo=UTC)) is None


def test_a_window_with_a_zone_of_its_own_is_that_instant_wherever_it_is_read() -> None:
    found = again(datetime(2026, 3, 1, 12, tzinfo=UTC))
    assert starts(found, datetime(2026, 3, 1, tzinfo=UTC), 1) == ["03-01T12:00"]


@pytest.mark.parametrize(
    ("repeat", "words"),
    [
        ("daily", "needs a rule with FREQ="),
        ("FREQ=HOURLY", "needs a rule with FREQ="),
        ("FREQ=DAILY;UNTIL=20270101T000000Z", "without Z"),
        ("FREQ=DAILY;BYDAY=XX", "is no rule that can be followed"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never comes"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL=0 never ends"),
        ("FREQ=DAILY;INTERVAL=x", "is no rule that can be followed"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused_in_words(repeat: str, words: str) -> None:
    with pytest.raises(WrongWindowError, match=words):
        again(wall(2026, 3, 1), repeat=repeat)


@given(
    zone=st.sampled_from(ZONES),
    rule=st.sampled_from(RULES),
    start=st.datetimes(wall(2025, 1, 1), wall(2026, 12, 1)),
    length=st.timedeltas(timedelta(minutes=1), timedelta(hours=30)),
    ahead=st.timedeltas(timedelta(0), timedelta(days=400)),
)
def test_whatever_clocks_do_a_window_is_open_from_its_start_for_its_length(
    zone: str, rule: str, start: datetime, length: timedelta, ahead: timedelta
) -> None:
    found = again(start, repeat=rule, zone=zone, length=length)
    at = found.start + ahead
    several = tuple(islice(coming(found, at), 6))
    assert several
    for one in several:
        assert one.end - one.start == length
        assert covers((found,), one.start)
        assert covers((found,), one.end - timedelta(microseconds=1))
    assert several[0].end > at
    for before, after in pairwise(several):
        assert before.start < after.start
        if before.end < after.start:
            assert not covers((found,), before.end)


@given(
    zone=st.sampled_from(ZONES),
    rule=st.sampled_from(RULES[:3]),
    days=st.integers(0, 700),
    minute=st.integers(0, 1439),
)
def test_away_from_the_nights_of_change_the_wall_shows_the_same_time(
    zone: str, rule: str, days: int, minute: int
) -> None:
    start = wall(2025, 1, 1) + timedelta(minutes=minute)
    found = again(start, repeat=rule, zone=zone)
    one = occurrence(found, datetime(2025, 1, 2, tzinfo=UTC) + timedelta(days=days))
    assert one is not None
    shown = one.start.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    meant = shown.replace(hour=start.hour, minute=start.minute)
    instant = meant.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    skipped = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != meant
    assert skipped or shown == meant
