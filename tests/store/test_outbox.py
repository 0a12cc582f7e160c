"""Alerts wait in the outbox: leased, settled, due again, given up."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.model import Alert, AlertKind, AlertState, NotifierHealth, Queue, Record, Severity
from monitor.store import Store
from tests.makers import NOON, SECOND
from tests.store.conftest import Opener
from tests.store.records import an_alert

LEASE = timedelta(seconds=60)


async def put(store: Store, *keys: str, **changes: object) -> None:
    store.record(Record(alerts=tuple(an_alert(key, **{"incident": None, **changes}) for key in keys)))
    assert await store.flush(5)


async def claimed(store: Store, seconds: float = 0, notifier: str = "oncall", limit: int = 50) -> list[str]:
    now = NOON + timedelta(seconds=seconds)
    found = await store.shelf.claim(notifier, now=now, lease=LEASE, limit=limit)
    return [one.alert.key for one in found]


async def test_what_is_due_is_leased_once_in_the_order_it_was_made(store: Store) -> None:
    await put(store, "c", "a", "b")
    assert await claimed(store, limit=2) == ["c", "a"]
    assert await claimed(store) == ["b"]
    assert await claimed(store) == []


async def test_each_notifier_has_a_queue_of_its_own(store: Store) -> None:
    await put(store, "a")
    await put(store, "b", notifier="mail")
    assert await claimed(store, notifier="mail") == ["b"]
    assert await claimed(store, notifier="nobody") == []
    assert await claimed(store) == ["a"]


async def test_nothing_is_claimed_before_it_is_due(store: Store) -> None:
    await put(store, "a", created_at=NOON + 10 * SECOND)
    assert await claimed(store, 9) == []
    assert await claimed(store, 10) == ["a"]


async def test_a_lease_that_ran_out_makes_it_due_again(store: Store) -> None:
    await put(store, "a")
    assert await claimed(store) == ["a"]
    assert await claimed(store, 59) == []
    (again,) = await store.shelf.claim("oncall", now=NOON + LEASE, lease=LEASE)
    assert (again.attempts, again.left_at) == (0, None)  # it was held, and never left


async def test_what_the_service_took_is_never_claimed_again(store: Store) -> None:
    await put(store, "a")
    await claimed(store)
    await store.shelf.settle(["a"], at=NOON + SECOND)
    assert await claimed(store, 3600) == []
    ((_, kept),) = await store.alerts()
    assert (kept.sent_at, kept.given_up_at, kept.error) == (NOON + SECOND, None, None)


async def test_what_was_refused_is_due_again_later_and_says_why(store: Store) -> None:
    await put(store, "a")
    await claimed(store)
    await store.shelf.postpone(["a"], due_at=NOON + 5 * SECOND, error="429 \0" + "x" * 1000)
    ((_, kept),) = await store.alerts()
    assert kept.error is not None
    assert kept.error.startswith("429 �xxx")
    assert len(kept.error) == 500
    assert await claimed(store, 4) == []
    assert await claimed(store, 5) == ["a"]


async def test_what_was_given_up_stays_visibly(store: Store) -> None:
    await put(store, "a", "b")
    await claimed(store)
    await store.shelf.give_up(["a"], at=NOON + SECOND, error="404 no such channel")
    await store.shelf.give_up(["a"], at=NOON + 2 * SECOND, error="again")
    assert await claimed(store, 3600) == ["b"]
    ((_, _), (_, kept)) = await store.alerts()
    assert (kept.given_up_at, kept.sent_at, kept.error) == (NOON + SECOND, None, "404 no such channel")
    assert await store.queues() == (Queue(notifier="oncall", depth=1, oldest_at=NOON, given_up=1),)


async def test_what_waits_for_nobody_for_too_long_is_given_up_visibly(store: Store) -> None:
    await put(store, "old", "older", notifier="gone")
    await put(store, "new", notifier="gone", created_at=NOON + 2 * SECOND)
    await put(store, "served")
    made_before, at = NOON + SECOND, NOON + 9 * SECOND
    await store.shelf.give_up_unserved(["oncall"], made_before=made_before, at=at, error="no such")
    kept = {one.alert.key: one for _, one in await store.alerts()}
    assert {key for key, one in kept.items() if one.given_up_at} == {"old", "older"}
    assert (kept["old"].given_up_at, kept["old"].error) == (NOON + 9 * SECOND, "no such")


async def test_queues_show_what_waits(store: Store) -> None:
    assert await store.queues() == ()
    await put(store, "a", created_at=NOON + SECOND)
    await put(store, "b", "c")
    await put(store, "d", notifier="mail")
    await store.shelf.settle(["d"], at=NOON)
    assert await store.queues() == (Queue(notifier="oncall", depth=3, oldest_at=NOON),)


async def test_the_next_due_time_is_when_something_can_be_claimed(store: Store) -> None:
    assert await store.shelf.next_due("oncall") is None
    await put(store, "a")
    assert await store.shelf.next_due("oncall") == NOON
    await claimed(store)
    assert await store.shelf.next_due("oncall") == NOON + LEASE
    await store.shelf.postpone(["a"], due_at=NOON + 2 * LEASE, error="away")
    assert await store.shelf.next_due("oncall") == NOON + 2 * LEASE


async def test_a_recovery_never_overtakes_its_alarm(store: Store) -> None:
    await put(store, "alarm", incident=7)
    await put(store, "recovery", incident=7, kind=AlertKind.RECOVERED)
    await put(store, "another", incident=8)
    assert await claimed(store, limit=1) == ["alarm"]
    assert await claimed(store) == ["another"]
    await store.shelf.postpone(["alarm"], due_at=NOON + 10 * SECOND, error="away")
    assert await claimed(store, 9) == []
    assert await claimed(store, 10) == ["alarm", "recovery"]


async def test_what_fails_of_one_incident_leaves_together_and_its_end_after_all_of_it(store: Store) -> None:
    await put(store, "a", incident=7, monitor="one")
    assert await claimed(store) == ["a"]
    await put(store, "b", incident=7, monitor="two")
    await put(store, "end", incident=7, monitor="three", kind=AlertKind.RECOVERED)
    assert await claimed(store) == ["b"]  # though the first is still held for the end of its window
    await store.shelf.settle(["a"], at=NOON)
    assert await claimed(store) == []
    await store.shelf.settle(["b"], at=NOON)
    assert await claimed(store) == ["end"]


async def test_what_waited_is_found_by_the_next_process_at_once(store: Store, opened: Opener) -> None:
    await put(store, "a", "b")
    await claimed(store, limit=1)
    await store.close()
    again = await opened(holder="two")
    assert await claimed(again) == ["a", "b"]  # whoever had leased it is gone, and its lease with it


async def test_a_commit_tells_which_alerts_are_in_the_outbox(store: Store) -> None:
    told: list[str] = []
    store.on_commit(lambda alerts: told.extend(alert.key for alert in alerts))
    await put(store, "a", "b")
    assert told == ["a", "b"]


async def test_a_listener_of_commits_that_breaks_stops_no_writing(store: Store) -> None:
    def broken(_: tuple[Alert, ...]) -> None:
        raise RuntimeError("a bug of somebody else")

    store.on_commit(broken)
    await put(store, "a")
    store.on_commit(lambda _: None)
    await put(store, "b")
    assert len(await store.alerts()) == 2


async def test_what_quiet_hours_hold_back_waits_and_what_follows_upon_it_waits_behind(store: Store) -> None:
    morning = NOON + 100 * SECOND
    await put(store, "alarm", incident=7, held_until=morning)
    await put(store, "recovery", incident=7, kind=AlertKind.RECOVERED)
    await put(store, "another", incident=8)
    await put(store, "breach", incident=7, severity=Severity.CRITICAL)
    assert await claimed(store) == ["another", "breach"]
    assert await store.queues() == (Queue(notifier="oncall", depth=4, oldest_at=NOON),)
    await store.shelf.settle(["another", "breach"], at=NOON)
    assert await store.shelf.next_due("oncall") == NOON  # the recovery, not what only waits for the morning
    assert await claimed(store, 99) == []
    assert await claimed(store, 100) == ["alarm", "recovery"]
    (_, kept), *_ = reversed(await store.alerts())
    assert kept.alert.held_until == morning


async def test_what_left_and_was_never_settled_is_known_to_have_left(store: Store, opened: Opener) -> None:
    await put(store, "gone", "held")
    await claimed(store)
    await store.shelf.depart(["gone"], at=NOON)
    await store.close()
    again = await opened(holder="two")
    found = await again.shelf.claim("oncall", now=NOON + SECOND, lease=LEASE)
    assert {one.alert.key: (one.left_at, one.attempts) for one in found} == {
        "gone": (NOON, 1),
        "held": (None, 0),
    }


async def test_a_refusal_that_was_heard_says_that_it_did_not_arrive(store: Store) -> None:
    await put(store, "sure", "unsure")
    await store.shelf.depart(["sure", "unsure"], at=NOON)
    await store.shelf.postpone(["sure"], due_at=NOON, error="503")
    await store.shelf.postpone(["unsure"], due_at=NOON, error="no answer", left_at=NOON)
    kept = {one.alert.key: one.left_at for _, one in await store.alerts()}
    assert kept == {"sure": None, "unsure": NOON}


async def test_what_is_put_back_keeps_its_last_error_and_its_count(store: Store) -> None:
    await put(store, "a")
    await store.shelf.depart(["a"], at=NOON)
    await store.shelf.postpone(["a"], due_at=NOON, error="503")
    await claimed(store)
    await store.shelf.put_back(["a"], due_at=NOON + 9 * SECOND)
    ((_, kept),) = await store.alerts()
    assert (kept.error, kept.attempts, kept.due_at) == ("503", 1, NOON + 9 * SECOND)
    assert await claimed(store, 9) == ["a"]


async def test_what_is_handed_over_waits_for_the_other_and_is_not_told_twice(store: Store) -> None:
    await put(store, "fact:oncall", "both:oncall")
    await put(store, "both:mail", notifier="mail")
    others = [an_alert(f"{fact}:mail", notifier="mail", incident=None) for fact in ("fact", "both")]
    await store.shelf.hand_over(["fact:oncall", "both:oncall"], others, at=NOON, error="404 gone")
    assert await claimed(store, notifier="mail") == ["both:mail", "fact:mail"]
    assert await claimed(store, 3600) == []
    handed = await store.alerts(state=AlertState.HANDED_OVER)
    assert [(one.handed_to, one.handed_at, one.sent_at) for _, one in handed] == [("mail", NOON, None)] * 2


@pytest.mark.parametrize("lost", ["given up", "handed over"])
async def test_a_recovery_knows_that_its_alarm_never_arrived(store: Store, lost: str) -> None:
    await put(store, "alarm", incident=7)
    if lost == "given up":
        await store.shelf.give_up(["alarm"], at=NOON, error="no")
    else:
        other = an_alert("other", notifier="mail", incident=7)
        await store.shelf.hand_over(["alarm"], [other], at=NOON, error="no")
    await put(store, "over", incident=7, kind=AlertKind.RECOVERED)
    await put(store, "another", incident=8, kind=AlertKind.RECOVERED)
    found = await store.shelf.claim("oncall", now=NOON, lease=LEASE)
    assert {one.alert.key: one.untold for one in found} == {"over": True, "another": False}


async def test_dead_letters_are_tried_again_when_somebody_asks(store: Store) -> None:
    await put(store, "a", "b", "sent", "waiting")
    await store.shelf.settle(["sent"], at=NOON)
    await store.shelf.give_up(["a", "b"], at=NOON, error="404")
    assert {one.alert.key for _, one in await store.alerts(state=AlertState.GIVEN_UP)} == {"a", "b"}
    assert await store.shelf.retry(["a", "sent", "nonsense"], at=NOON + SECOND) == ("a",)
    assert set(await claimed(store, 1)) == {"a", "waiting"}
    ((_, kept),) = await store.alerts(state=AlertState.GIVEN_UP)
    assert kept.alert.key == "b"
    assert await store.shelf.retry(None, at=NOON + SECOND) == ("b",)
    revived = [one for _, one in await store.alerts() if one.alert.key == "b"]
    assert (revived[0].revived_at, revived[0].error) == (NOON + SECOND, "404")


async def test_another_address_makes_what_was_refused_due_and_nothing_else(store: Store) -> None:
    await put(store, "tried", "never")
    await store.shelf.depart(["tried"], at=NOON)
    later = NOON + 300 * SECOND
    await store.shelf.postpone(["tried"], due_at=later, error="404")
    await store.shelf.put_back(["never"], due_at=later)
    await store.shelf.hasten("oncall", at=NOON)
    assert await claimed(store) == ["tried"]


async def test_how_a_notifier_did_is_kept_and_shown_beside_its_queue(store: Store, opened: Opener) -> None:
    stands = NotifierHealth(
        notifier="oncall",
        succeeded_at=NOON,
        took=timedelta(milliseconds=585),
        failed_at=NOON + SECOND,
        error="404 \0 gone",
        failing_since=NOON + SECOND,
        dead_since=NOON + SECOND,
    )
    await store.shelf.note(replace(stands, dead_since=None))
    await store.shelf.note(stands)
    assert await store.shelf.health("nobody") == NotifierHealth(notifier="nobody")
    await store.close()
    kept = replace(stands, error="404 \N{REPLACEMENT CHARACTER} gone")
    again = await opened(holder="two")
    assert await again.shelf.health("oncall") == kept
    assert await again.queues() == (Queue(notifier="oncall", depth=0, oldest_at=None, health=kept),)
