"""What holds for every story, however strange."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.model import Status
from tests.core.stories import VERDICTS, Story, story
from tests.makers import NOON, SECOND, a_monitor

letters = "".join(VERDICTS) + "XSL"
stories = st.lists(st.tuples(st.sampled_from(letters), st.sampled_from([0, 0, 0, 10, 45, 400])), max_size=60)
thresholds = st.tuples(st.integers(1, 4), st.integers(1, 4))


def told_at_random(probes: list[tuple[str, int]], down_after: int, up_after: int) -> Story:
    told = story(monitor=a_monitor(down_after=down_after, up_after=up_after))
    for letter, pause in probes:
        told.wait(pause).tell(letter)
    return told


@given(stories, thresholds)
def test_history_is_appended_to_and_never_rewritten(
    probes: list[tuple[str, int]], limits: tuple[int, int]
) -> None:
    told = told_at_random(probes, *limits)
    previous, at = Status.UNKNOWN, NOON
    for change in told.transitions:
        assert change.previous is previous
        assert change.status is not previous
        assert at <= change.at <= change.known_at
        previous, at = change.status, change.at
    assert told.health.status is previous


@given(stories, thresholds)
def test_status_and_what_is_settled_differ_only_while_blind(
    probes: list[tuple[str, int]], limits: tuple[int, int]
) -> None:
    health = told_at_random(probes, *limits).health
    assert health.status in {health.settled, Status.UNKNOWN}
    if health.status is health.settled:
        assert health.reason is health.settled_reason or health.settled is Status.UNKNOWN


@given(stories, thresholds)
def test_down_always_has_enough_failures_behind_it(
    probes: list[tuple[str, int]], limits: tuple[int, int]
) -> None:
    told = story(monitor=a_monitor(down_after=limits[0], up_after=limits[1]))
    for letter, pause in probes:
        before = told.health.settled
        told.wait(pause).tell(letter)
        if told.health.settled is Status.DOWN and before is not Status.DOWN:
            assert told.health.failures >= limits[0]
        if told.health.settled is Status.UP and before is Status.DOWN:
            assert told.health.successes >= limits[1]


@given(stories, thresholds)
def test_a_probe_that_says_nothing_changes_nothing(
    probes: list[tuple[str, int]], limits: tuple[int, int]
) -> None:
    with_them = told_at_random(probes, *limits)
    without = story(monitor=with_them.monitor)
    for letter, pause in probes:
        without.wait(pause)
        if letter == "i":
            without.wait(30)
        else:
            without.tell(letter)
    assert with_them.history() == without.history()


@given(stories, thresholds)
def test_our_own_trouble_never_blames_and_never_confirms(
    probes: list[tuple[str, int]], limits: tuple[int, int]
) -> None:
    told = told_at_random(probes, *limits)
    for letter in "no":
        again = replace(told, transitions=())
        belief = again.see(VERDICTS[letter])
        assert belief.health.status is Status.UNKNOWN
        assert belief.health.settled is told.health.settled
        assert (belief.confirm_after, belief.severity) == (None, None)


@given(stories, thresholds)
def test_two_intervals_of_silence_are_unknown_whatever_came_before(
    probes: list[tuple[str, int]], limits: tuple[int, int]
) -> None:
    told = told_at_random(probes, *limits)
    last, settled = told.health.last_result_at, told.health.settled
    told.wait(3600).tell(".")
    if last is not None and settled is not Status.UNKNOWN:
        stale = last + 60 * SECOND
        assert any(change.status is Status.UNKNOWN and change.at <= stale for change in told.transitions)


@given(stories, thresholds)
def test_only_an_acknowledgement_makes_a_check_up(
    probes: list[tuple[str, int]], limits: tuple[int, int]
) -> None:
    told = story(monitor=a_monitor(down_after=limits[0], up_after=limits[1]))
    for letter, pause in probes:
        before = told.health.status
        told.wait(pause).tell(letter)
        if told.health.status is Status.UP and before is not Status.UP:
            assert letter in ".sS"
