"""Ninety days, as numbers and as bars."""

import re
from datetime import date, timedelta

from monitor.core.model import Status
from monitor.core.uptime import Span, measure
from monitor.web.page.days import DAYS, HEIGHT, Day, bars, days, first_midnight, in_words
from monitor.web.page.moments import moment
from monitor.web.page.view import percent
from tests.makers import NOON, SECOND
from tests.web.houses import DAY

MIDNIGHT = NOON.replace(hour=0)
HOUR = timedelta(hours=1)


def ninety(*spans: tuple[int, Status]) -> tuple[Day, ...]:
    """Return the days of a timeline given as hours before noon today, each lasting until the next."""
    starts = [NOON - hours * HOUR for hours, _ in spans]
    ends = [*starts[1:], NOON]
    line = [
        Span(start=start, end=end, status=status)
        for start, end, (_, status) in zip(starts, ends, spans, strict=True)
    ]
    return days(line, now=NOON)


def test_there_are_ninety_days_and_the_last_is_today() -> None:
    shown = ninety((24 * 100, Status.UP))
    assert len(shown) == DAYS
    assert (shown[0].date, shown[-1].date) == (first_midnight(NOON).date(), NOON.date())
    assert all(day.uptime.ratio == 1 for day in shown)


def test_today_is_only_as_long_as_it_has_been() -> None:
    assert ninety((24 * 100, Status.UP))[-1].uptime.up == 12 * HOUR


def test_an_outage_across_midnight_belongs_to_both_days() -> None:
    shown = ninety((24 * 100, Status.UP), (13, Status.DOWN), (10, Status.UP))
    assert shown[-2].uptime.down == HOUR
    assert shown[-1].uptime.down == 2 * HOUR


def test_the_days_add_up_to_the_whole() -> None:
    statuses = [Status.UP, Status.DOWN, Status.UNKNOWN, Status.UP] * 10
    edges = [MIDNIGHT - n * DAY - n * HOUR for n in range(40, -1, -1)]
    spans = [
        Span(start=start, end=end, status=status)
        for start, end, status in zip(edges[:-1], edges[1:], statuses, strict=True)
    ]
    whole = measure(spans)
    shown = days(spans, now=NOON)
    assert sum((day.uptime.down for day in shown), timedelta()) == whole.down
    assert sum((day.uptime.up for day in shown), timedelta()) == whole.up


def test_a_day_before_the_first_probe_is_not_measured() -> None:
    shown = ninety((30, Status.UP))
    assert not shown[0].measured
    assert in_words(shown[0]) == "2 Dec 2025: not measured"
    assert 'class="none"' in bars(shown[:1])


def test_a_day_is_told_with_all_that_was_wrong_with_it() -> None:
    quiet = ninety((24 * 100, Status.UP))[0]
    assert in_words(quiet) == "2 Dec 2025: no trouble"
    bad = ninety((24 * 100, Status.UP), (10, Status.DOWN), (9, Status.UNKNOWN), (8, Status.UP))[-1]
    assert in_words(bad) == "1 Mar 2026: down for 1 h, not measured for 1 h"
    kept = ninety((24 * 100, Status.MAINTENANCE))[3]
    assert in_words(kept) == "5 Dec 2025: maintenance"


def test_a_second_of_outage_is_still_to_be_seen() -> None:
    line = [
        Span(start=MIDNIGHT, end=NOON - SECOND, status=Status.UP),
        Span(start=NOON - SECOND, end=NOON, status=Status.DOWN),
    ]
    drawn = str(bars(days(line, now=NOON)[-1:]))
    assert re.search(r'class="down" x="0" y="0" width="6" height="7\.8"', drawn)


def test_no_bar_is_higher_than_the_drawing() -> None:
    everything = [Status.DOWN, Status.DEGRADED, Status.MAINTENANCE, Status.UNKNOWN, Status.UP]
    shown = ninety(*((12 - 2 * n, status) for n, status in enumerate(everything)))
    drawn = str(bars(shown[-1:]))
    for top, height in re.findall(r'y="([\d.]+)" width="6" height="([\d.]+)"', drawn):
        assert float(top) + float(height) <= HEIGHT + 0.2


def test_a_share_is_never_rounded_up_to_perfection() -> None:
    told = [percent(ratio).replace("\N{NO-BREAK SPACE}", " ") for ratio in (1.0, 0.999999, 0.99986, 0.5, 0.0)]
    assert told == ["100 %", "99.99 %", "99.98 %", "50.00 %", "0.00 %"]


def test_a_moment_says_the_day_only_where_it_is_another() -> None:
    assert moment(NOON, NOON).words == "12:00 UTC"
    assert moment(NOON - DAY, NOON).words == "28 Feb, 12:00 UTC"
    assert moment(NOON - 90 * DAY, NOON).words == "1 Dec 2025, 12:00 UTC"
    assert NOON.date() == date(2026, 3, 1)
