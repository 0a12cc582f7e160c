"""What goes in comes out, on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import timedelta

from monitor.core.model import (
    Check,
    CheckKey,
    Closing,
    Failure,
    FailureKind,
    FaultDomain,
    Health,
    Phase,
    Phases,
    Reason,
    Record,
    Reply,
    Severity,
    Status,
    Verdict,
)
from monitor.store import Store
from tests.makers import BAD, NOON, SECOND, a_result
from tests.store.conftest import Opener
from tests.store.records import DELIVERY, a_record, a_transition, an_alert, an_incident, an_outage

HEALTH = Health(
    status=Status.UNKNOWN,
    settled=Status.DOWN,
    reason=Reason.TIMEOUT,
    since=NOON,
    failures=3,
    successes=1,
    slow=2,
    streak_started_at=NOON + SECOND,
    recent="..x.x",
    last_result_at=NOON + 2 * SECOND,
    last_good_at=NOON + 3 * SECOND,
    last_verdict=Reason.SLOW,
    settled_reason=Reason.SERVER_ERROR,
    held_until=NOON + timedelta(days=1),  # a stop of the hostile checks outlives a restart
)
UGLY = Verdict(
    status=Status.DOWN,
    reason=Reason.RATE_LIMITED,
    message="429 \0 and half a smile \ud83d",
    severity=Severity.MINOR,
    fault_domain=FaultDomain.LISTENER,
    retry_after=timedelta(seconds=90),
)


async def test_a_good_result_keeps_what_is_worth_keeping(store: Store) -> None:
    phases = Phases(resolve=0.000012, connect=0.002, send=0.001, wait=0.25, receive=0.000001)
    reply = Reply(started_at=NOON, phases=phases, http_status=202, headers=(("server", "x"),), body="thanks")
    good = a_result(reply=reply, scheduled=False, finished_at=NOON + timedelta(microseconds=254_321))
    store.record(Record(result=good))
    assert await store.flush(5)
    (kept,) = await store.results(monitor="billing")
    slim = replace(good, reply=replace(reply, headers=(), body=""), verdict=replace(good.verdict, message=""))
    assert kept.result == slim
    assert await store.results(failing=True) == ()


async def test_a_failing_result_is_kept_whole(store: Store) -> None:
    reply = Reply(
        started_at=NOON,
        phases=Phases(resolve=0.5),
        http_status=None,
        headers=(("server", "Grüße"), ("x", "\x01")),
        body="é" * 3000,
        failure=Failure(kind=FailureKind.REFUSED, phase=Phase.CONNECT, message="refused"),
        certificate_expires_at=NOON + timedelta(days=9),
        address="192.0.2.1:443",
    )
    bad = a_result(UGLY, reply=reply)
    store.record(a_record(result=bad))
    assert await store.flush(5)
    (kept,) = await store.results()
    assert (kept,) == await store.results(failing=True, monitor="billing", check=Check.DELIVERY)
    assert kept.result.reply == replace(reply, body="é" * 2048, truncated=True)
    assert kept.result.verdict == replace(UGLY, message="429 \0 and half a smile ?")
    assert store.dropped == 0


async def test_all_of_a_unit_of_work_comes_back(store: Store) -> None:
    outage = an_outage()
    store.record(replace(outage, health=HEALTH))
    assert await store.flush(5)
    memory = await store.recall()
    assert memory.healths == {DELIVERY: HEALTH}
    assert memory.open_incidents == {DELIVERY: outage.incident}
    assert memory.last_incident == 1
    assert await store.incident(1) == (outage.incident,)
    assert await store.incident(2) == ()
    assert await store.transitions("billing", start=NOON, end=NOON + SECOND) == outage.transitions
    ((_, queued),) = await store.alerts()
    assert queued.alert == outage.alerts[0]
    assert (queued.attempts, queued.due_at, queued.sent_at, queued.error) == (0, NOON, None, None)


async def test_an_incident_ends_where_it_stands(store: Store) -> None:
    store.record(an_outage())
    ended = an_incident(ended_at=NOON + timedelta(minutes=5), closing=Closing.RECOVERED, failures=9)
    store.record(a_record(incident=ended, transitions=(a_transition(status=Status.UP),)))
    assert await store.flush(5)
    assert await store.incidents() == (ended,)
    assert await store.incidents(open_only=True) == ()
    assert (await store.recall()).open_incidents == {}
    assert (await store.recall()).last_incident == 1


async def test_incidents_are_asked_for_by_when_they_were_open(store: Store) -> None:
    minute = timedelta(minutes=1)
    for number in (1, 2, 3):
        start = NOON + number * 10 * minute
        ended = None if number == 3 else start + 5 * minute
        incident = an_incident(number, started_at=start, ended_at=ended)
        store.record(Record(incident=incident))
    assert await store.flush(5)

    async def numbers(**asked: object) -> list[int]:
        return [one.number for one in await store.incidents(**asked)]  # type: ignore[arg-type]

    assert await numbers() == [3, 2, 1]
    assert await numbers(limit=2) == [3, 2]
    assert await numbers(before=2) == [1]
    assert await numbers(start=NOON + 16 * minute) == [3, 2]
    assert await numbers(end=NOON + 20 * minute) == [1]
    assert await numbers(start=NOON + 12 * minute, end=NOON + 30 * minute) == [2, 1]
    assert await numbers(monitor="other") == []


async def test_results_are_asked_for_in_every_way(store: Store) -> None:
    for second in range(6):
        store.record(a_record(NOON + second * SECOND, verdict=BAD if second == 1 else a_result().verdict))
        store.record(a_record(NOON + second * SECOND, monitor="other"))
    forged = a_result(check=Check.FORGED, at=NOON + 10 * SECOND)
    store.record(Record(result=forged))
    assert await store.flush(5)

    async def seconds(**asked: object) -> list[int]:
        found = await store.results(monitor="billing", **asked)  # type: ignore[arg-type]
        return [int((one.result.started_at - NOON).total_seconds()) for one in found]

    assert await seconds() == [10, 5, 4, 3, 2, 1, 0]
    assert await seconds(check=Check.DELIVERY, limit=2) == [5, 4]
    assert await seconds(start=NOON + 2 * SECOND, end=NOON + 4 * SECOND) == [3, 2]
    assert await seconds(failing=True) == [1]
    assert await seconds(failing=True, start=NOON + 2 * SECOND) == []
    assert len(await store.results(limit=50)) == 13
    assert await store.results(monitor="nobody") == ()


async def test_paging_shows_every_result_once(store: Store) -> None:
    for second in range(7):
        store.record(a_record(NOON + (second // 2) * SECOND, verdict=BAD))
        store.record(Record(result=a_result(check=Check.FORGED, at=NOON + second * SECOND)))
    assert await store.flush(5)
    for asked in ({}, {"monitor": "billing"}, {"failing": True}, {"monitor": "billing", "failing": True}):
        seen: list[int] = []
        while page := await store.results(**asked, before=seen[-1] if seen else None, limit=3):
            seen += [one.id for one in page]
        assert len(seen) == len(set(seen)) == (7 if "failing" in asked else 14)


async def test_the_transition_before_the_window_says_how_it_began(store: Store) -> None:
    changes = [
        a_transition(NOON - timedelta(days=3), Status.UP),
        a_transition(NOON - timedelta(days=2), Status.DOWN),
        a_transition(NOON, Status.UP),
        a_transition(NOON + timedelta(hours=1), Status.DOWN),
        a_transition(NOON - timedelta(days=9), Status.UP, monitor="other"),
    ]
    for change in changes:
        store.record(Record(transitions=(change,)))
    assert await store.flush(5)
    day = timedelta(days=1)
    assert await store.transitions("billing", start=NOON - day, end=NOON + day) == (*changes[1:4],)
    assert await store.transitions("billing", start=NOON, end=NOON + timedelta(hours=1)) == (changes[2],)
    assert await store.transitions(None, start=NOON - day, end=NOON) == (changes[4], changes[1])
    assert await store.transitions("billing", start=NOON - 9 * day, end=NOON - 8 * day) == ()


async def test_the_same_fact_is_never_told_twice(store: Store) -> None:
    store.record(Record(alerts=(an_alert(), an_alert("2"))))
    store.record(Record(alerts=(an_alert(created_at=NOON + SECOND),)))
    assert await store.flush(5)
    assert [queued.alert.key for _, queued in await store.alerts()] == ["2", "1/opened/oncall"]


async def test_alerts_are_asked_for_in_every_way(store: Store) -> None:
    for second in range(4):
        at = NOON + second * SECOND
        store.record(
            Record(alerts=(an_alert(str(second), created_at=at, incident=second % 2, notifier=f"n{second}"),))
        )
    assert await store.flush(5)

    async def keys(**asked: object) -> str:
        return "".join(one.alert.key for _, one in await store.alerts(**asked))  # type: ignore[arg-type]

    assert await keys() == "3210"
    assert await keys(notifier="n2") == "2"
    assert await keys(incident=1) == "31"
    assert await keys(start=NOON + SECOND, end=NOON + 3 * SECOND) == "21"
    (place, _), *_ = await store.alerts(limit=1)
    assert await keys(before=place) == "210"


RENAMED = Record(renames=(("billing", "payments"),))


async def test_history_follows_a_monitor_to_its_new_name(store: Store) -> None:
    store.record(an_outage())
    store.record(RENAMED)
    store.record(a_record(NOON + SECOND, monitor="payments"))
    assert await store.flush(5)
    assert len(await store.results(monitor="payments")) == 2
    assert await store.results(monitor="billing") == ()
    assert set((await store.recall()).healths) == {CheckKey("payments", Check.DELIVERY)}
    ((_, queued),) = await store.alerts()
    assert queued.alert.monitor == "payments"


async def test_a_rename_done_twice_does_no_harm(store: Store) -> None:
    store.record(a_record())
    store.record(RENAMED)
    store.record(a_record(NOON + SECOND))  # the old name has come back to life
    store.record(RENAMED)
    assert await store.flush(5)
    assert len(await store.results(monitor="payments")) == 1
    assert len(await store.results(monitor="billing")) == 1


async def test_a_new_process_numbers_results_where_the_last_one_stopped(store: Store, opened: Opener) -> None:
    store.record(a_record(verdict=BAD))
    assert await store.flush(5)
    await store.release()
    again = await opened(holder="two")
    again.record(a_record(NOON + SECOND, verdict=BAD))
    assert await again.flush(5)
    newer, older = await again.results(failing=True)
    assert newer.id > older.id
