"""Uptime from transitions, never from samples; latency percentiles from histograms."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.model import Check, Latency, Status, Transition
from monitor.core.uptime import BASE, Span, Uptime, bucket, clip, measure, percentile, spans, worst, worst_of
from tests.makers import NOON, SECOND

UP, DOWN, DEGRADED, UNKNOWN = Status.UP, Status.DOWN, Status.DEGRADED, Status.UNKNOWN
PAUSED, MAINTENANCE = Status.PAUSED, Status.MAINTENANCE
HOUR = timedelta(hours=1)
Lane = list[tuple[int, int, Status]]


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def a_change(minutes: float, status: Status, *, known: float | None = None) -> Transition:
    return Transition(
        monitor="billing",
        check=Check.DELIVERY,
        at=at(minutes),
        known_at=at(minutes if known is None else known),
        status=status,
        previous=UNKNOWN,
        reason=None,
    )


def an_hour(*changes: Transition, measured_until: float | None = 60) -> Lane:
    limit = None if measured_until is None else at(measured_until)
    return shown(spans(changes, start=NOON, end=at(60), measured_until=limit))


def shown(timeline: tuple[Span, ...]) -> Lane:
    """Spans as (first minute, last minute, status)."""
    return [
        (round((span.start - NOON) / (60 * SECOND)), round((span.end - NOON) / (60 * SECOND)), span.status)
        for span in timeline
    ]


def lane(*parts: tuple[int, int, Status]) -> tuple[Span, ...]:
    return tuple(Span(start=at(start), end=at(end), status=status) for start, end, status in parts)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([], [(0, 60, UNKNOWN)]),
        ([(-30, UP)], [(0, 60, UP)]),
        ([(10, UP)], [(0, 10, UNKNOWN), (10, 60, UP)]),
        ([(-30, UP), (20, DOWN), (25, UP)], [(0, 20, UP), (20, 25, DOWN), (25, 60, UP)]),
        ([(-30, UP), (-20, DOWN)], [(0, 60, DOWN)]),
        ([(0, UP), (60, DOWN), (70, UP)], [(0, 60, UP)]),
        ([(0, UP), (20, UP), (40, DOWN)], [(0, 40, UP), (40, 60, DOWN)]),
        ([(40, DOWN), (0, UP)], [(0, 40, UP), (40, 60, DOWN)]),
        # at the same instant the later word counts
        ([(0, UP), (20, DOWN), (20, UP)], [(0, 60, UP)]),
    ],
)
def test_a_check_is_what_its_last_transition_says(changes: list[tuple[int, Status]], expected: Lane) -> None:
    made = [a_change(minute, status, known=minute + 0.1) for minute, status in changes]
    assert an_hour(*made) == expected


def test_of_two_words_about_one_instant_the_later_known_counts() -> None:
    early, late = a_change(20, UP, known=20), a_change(20, DOWN, known=21)
    assert an_hour(late, early) == [(0, 20, UNKNOWN), (20, 60, DOWN)]


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (None, [(0, 60, UP)]),
        (60, [(0, 60, UP)]),
        (90, [(0, 60, UP)]),
        (40, [(0, 40, UP), (40, 60, UNKNOWN)]),
        (0, [(0, 60, UNKNOWN)]),
        (-5, [(0, 60, UNKNOWN)]),
    ],
)
def test_nothing_is_known_after_the_last_measurement(until: float | None, expected: Lane) -> None:
    assert an_hour(a_change(-30, UP), measured_until=until) == expected


def test_a_pause_lasts_also_while_nobody_measures() -> None:
    assert an_hour(a_change(-30, UP), a_change(10, PAUSED), measured_until=20) == [
        (0, 10, UP),
        (10, 60, PAUSED),
    ]


def test_a_stretch_without_length_has_no_spans() -> None:
    assert spans([a_change(0, UP)], start=NOON, end=NOON, measured_until=None) == ()


# --- several checks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("delivery", "certificate", "status"),
    [
        (UP, UP, UP),
        (UP, DEGRADED, DEGRADED),
        (UP, DOWN, DOWN),
        (UP, UNKNOWN, UP),  # nobody could look at the certificate, but deliveries arrive
        (UP, PAUSED, UP),  # resumed, and not looked at yet
        (DOWN, UNKNOWN, DOWN),
        (DEGRADED, UP, DEGRADED),
        (DEGRADED, DOWN, DOWN),
        (UNKNOWN, UP, UNKNOWN),
        (UNKNOWN, DEGRADED, UNKNOWN),  # degraded counts as up: not without a delivery
        (UNKNOWN, DOWN, DOWN),  # an expired certificate refuses events also while we are blind
        (UNKNOWN, UNKNOWN, UNKNOWN),
        (PAUSED, PAUSED, PAUSED),
        (PAUSED, UP, PAUSED),
        (MAINTENANCE, DOWN, MAINTENANCE),
    ],
)
def test_a_monitor_is_the_worst_of_its_checks(delivery: Status, certificate: Status, status: Status) -> None:
    shown_now = {Check.DELIVERY: delivery, Check.CERTIFICATE: certificate}
    assert worst_of(shown_now) is status
    lanes = {check: lane((0, 60, each)) for check, each in shown_now.items()}
    assert shown(worst(lanes)) == [(0, 60, status)]


def test_without_a_delivery_check_the_others_speak() -> None:
    assert worst_of({Check.CERTIFICATE: DEGRADED}) is DEGRADED
    assert worst_of({Check.CERTIFICATE: UNKNOWN}) is UNKNOWN
    assert worst_of({}) is UNKNOWN


def test_checks_are_merged_at_each_instant() -> None:
    merged = worst(
        {
            Check.DELIVERY: lane((0, 20, UP), (20, 30, DOWN), (30, 50, UP), (50, 60, UNKNOWN)),
            Check.CERTIFICATE: lane((0, 10, UNKNOWN), (10, 25, UP), (25, 60, DEGRADED)),
        }
    )
    assert shown(merged) == [(0, 20, UP), (20, 30, DOWN), (30, 50, DEGRADED), (50, 60, UNKNOWN)]


def test_findings_never_touch_what_a_monitor_was() -> None:
    lanes = {Check.DELIVERY: lane((0, 60, UP)), Check.FORGED: lane((0, 60, DOWN))}
    assert shown(worst(lanes)) == [(0, 60, UP)]
    assert worst({Check.FORGED: lane((0, 60, DOWN))}) == ()


# --- measuring ----------------------------------------------------------------------------------------------


def test_time_is_what_counts_not_the_number_of_probes() -> None:
    measured = measure(lane((0, 54, UP), (54, 57, DOWN), (57, 60, DEGRADED)))
    assert measured == Uptime(
        up=timedelta(minutes=54), down=timedelta(minutes=3), degraded=timedelta(minutes=3)
    )
    assert measured.ratio == pytest.approx(0.95)
    assert measured.coverage == 1.0


def test_what_was_not_measured_is_neither_up_nor_down() -> None:
    measured = measure(lane((0, 15, UP), (15, 30, UNKNOWN), (30, 45, PAUSED), (45, 60, DOWN)))
    assert measured.ratio == pytest.approx(0.5)
    assert measured.coverage == pytest.approx(0.5)
    assert measured.unknown == timedelta(minutes=30)


def test_maintenance_is_neither_downtime_nor_missing() -> None:
    measured = measure(lane((0, 30, UP), (30, 60, MAINTENANCE)))
    assert (measured.ratio, measured.coverage, measured.maintenance) == (1.0, 1.0, 0.5 * HOUR)


@pytest.mark.parametrize("status", [UNKNOWN, PAUSED, MAINTENANCE])
def test_no_number_is_made_of_nothing(status: Status) -> None:
    assert measure(lane((0, 60, status))).ratio is None
    assert measure(()).ratio is None
    assert measure(()).coverage == 0.0


def test_a_timeline_can_be_cut() -> None:
    timeline = lane((0, 20, UP), (20, 30, DOWN), (30, 60, UP))
    assert shown(clip(timeline, start=at(10), end=at(25))) == [(10, 20, UP), (20, 25, DOWN)]
    assert clip(timeline, start=at(60), end=at(70)) == ()


changes = st.lists(
    st.tuples(st.integers(-120, 180), st.integers(0, 30), st.sampled_from(list(Status))), max_size=25
)


@given(changes, st.none() | st.integers(-60, 180))
def test_spans_have_no_hole_no_overlap_and_no_seam(
    drawn: list[tuple[int, int, Status]], until: int | None
) -> None:
    made = [a_change(minute, status, known=minute + later) for minute, later, status in drawn]
    limit = None if until is None else at(until)
    timeline = spans(made, start=NOON, end=at(60), measured_until=limit)
    assert (timeline[0].start, timeline[-1].end) == (NOON, at(60))
    for before, after in pairwise(timeline):
        assert before.end == after.start
        assert before.status is not after.status
    whole = measure(timeline)
    assert whole.up + whole.degraded + whole.down + whole.unknown + whole.maintenance == HOUR
    assert whole.ratio is None or 0 <= whole.ratio <= 1


@given(changes, changes, st.integers(0, 59))
def test_a_monitor_is_at_each_instant_the_worst_of_its_checks(
    delivery: list[tuple[int, int, Status]], certificate: list[tuple[int, int, Status]], minute: int
) -> None:
    lanes = {
        check: spans(
            [a_change(at_, status, known=at_ + later) for at_, later, status in drawn],
            start=NOON,
            end=at(60),
            measured_until=None,
        )
        for check, drawn in ((Check.DELIVERY, delivery), (Check.CERTIFICATE, certificate))
    }
    moment = at(minute + 0.5)
    expected = worst_of({check: _at(timeline, moment) for check, timeline in lanes.items()})
    assert _at(worst(lanes), moment) is expected


def _at(timeline: tuple[Span, ...], moment: datetime) -> Status:
    return next(span.status for span in timeline if span.start <= moment < span.end)


@given(changes, st.integers(1, 59))
def test_uptime_of_the_parts_adds_up_to_the_whole(drawn: list[tuple[int, int, Status]], cut: int) -> None:
    made = [a_change(minute, status, known=minute + later) for minute, later, status in drawn]
    timeline = spans(made, start=NOON, end=at(60), measured_until=None)
    first, second = clip(timeline, start=NOON, end=at(cut)), clip(timeline, start=at(cut), end=at(60))
    assert measure(first).up + measure(second).up == measure(timeline).up


# --- latency ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "index"), [(0, 0), (-1, 0), (0.0005, 0), (0.001, 0), (0.0011, 1), (0.00111, 2), (0.00121, 2)]
)
def test_latencies_fall_into_buckets_ten_per_cent_wide(seconds: float, index: int) -> None:
    assert bucket(seconds) == index


@given(st.integers(0, 150))
def test_the_upper_edge_belongs_to_its_bucket(index: int) -> None:
    assert bucket(BASE**index / 1000) == index
    assert bucket(BASE**index / 1000 * 1.001) == index + 1


def a_histogram(latencies: list[float]) -> Latency:
    buckets: dict[int, int] = {}
    for seconds in latencies:
        buckets[bucket(seconds)] = buckets.get(bucket(seconds), 0) + 1
    return Latency(count=len(latencies), buckets=buckets)


def test_without_a_probe_there_is_no_percentile() -> None:
    assert percentile(a_histogram([]), 0.5) is None


@given(
    st.lists(st.floats(0.001, 60), min_size=1, max_size=200),
    st.sampled_from([0.01, 0.5, 0.9, 0.95, 0.99, 1.0]),
)
def test_a_percentile_is_at_most_ten_per_cent_too_long_and_never_too_short(
    latencies: list[float], share: float
) -> None:
    wanted = -(-round(share * 1000) * len(latencies) // 1000)  # ceiling, in whole numbers
    true = sorted(latencies)[max(wanted, 1) - 1]
    found = percentile(a_histogram(latencies), share)
    assert found is not None
    assert true * (1 - 1e-6) <= found <= true * BASE * (1 + 1e-6)
