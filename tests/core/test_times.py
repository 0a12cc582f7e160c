"""Moments as people read them: in the zone of the site, summer and winter, and in UTC beside it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.core.times import both, clock

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "zone", "told"),
    [
        ("2026-01-15T13:02:11", "UTC", "13:02:11 UTC"),
        ("2026-01-15T13:02:11", "Etc/UTC", "13:02:11 UTC"),
        ("2026-01-15T13:02:11", "Europe/Berlin", "14:02:11 CET (13:02:11 UTC)"),
        ("2026-07-15T13:02:11", "Europe/Berlin", "15:02:11 CEST (13:02:11 UTC)"),
        ("2026-07-15T13:02:11", "Asia/Kathmandu", "18:47:11 UTC+05:45 (13:02:11 UTC)"),
        ("2026-07-15T13:02:11", "America/Sao_Paulo", "10:02:11 UTC-03:00 (13:02:11 UTC)"),
    ],
)
def test_a_moment_is_told_in_the_zone_and_in_utc(moment: str, zone: str, told: str) -> None:
    now = at(moment) + timedelta(minutes=1)
    assert both(at(moment), now.astimezone(ZoneInfo(zone))) == told


def test_today_is_the_day_of_the_zone() -> None:
    now = at("2026-01-15T23:30:00").astimezone(BERLIN)  # 00:30 on the 16th
    assert both(at("2026-01-15T23:10:00"), now) == "00:10:00 CET (23:10:00 UTC)"
    assert both(at("2026-01-15T22:50:00"), now) == "2026-01-15 23:50:00 CET (2026-01-15 22:50:00 UTC)"


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    now = at("2026-10-25T02:00:00").astimezone(BERLIN)
    assert clock(at("2026-10-25T00:30:00"), now) == "02:30:00 CEST"
    assert clock(at("2026-10-25T01:30:00"), now) == "02:30:00 CET"


def test_a_moment_of_another_offset_of_the_same_day_has_its_own_name() -> None:
    now = at("2026-03-29T06:00:00").astimezone(BERLIN)  # summer began in the night
    assert clock(at("2026-03-29T00:30:00"), now) == "01:30:00 CET"
