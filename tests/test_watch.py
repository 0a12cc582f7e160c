"""Hot reload, sentence by sentence: what a new configuration keeps, resets, closes, and follows."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from monitor.core.changes import diff
from monitor.core.model import (
    Check,
    CheckKey,
    Closing,
    Config,
    Health,
    Incident,
    Monitor,
    Reason,
    Recollection,
    Record,
    Secret,
    Severity,
    Status,
)
from monitor.schedule import place
from monitor.watch import Watch
from tests.makers import NOON, SECOND, a_monitor, a_result

DELIVERY = CheckKey("billing", Check.DELIVERY)
DOWN = Health(
    status=Status.DOWN,
    settled=Status.DOWN,
    reason=Reason.TIMEOUT,
    since=NOON,
    failures=4,
    streak_started_at=NOON,
    last_result_at=NOON + 90 * SECOND,
)
OPEN = Incident(
    number=7,
    monitor="billing",
    check=Check.DELIVERY,
    started_at=NOON,
    confirmed_at=NOON + 15 * SECOND,
    severity=Severity.MAJOR,
    reason=Reason.TIMEOUT,
    message="no answer in 10 s",
)
LATER = NOON + timedelta(minutes=5)


def a_config(*monitors: Monitor) -> Config:
    return Config(monitors=monitors)


def an_outage(*monitors: Monitor) -> Watch:
    """Return a watch over ``billing`` in the middle of an outage."""
    memory = Recollection(
        healths={DELIVERY: DOWN}, open_incidents={DELIVERY: OPEN}, last_incident=7, measured_until=NOON
    )
    return Watch(a_config(*(monitors or (a_monitor(),))), memory)


def applied(watch: Watch, config: Config, now: datetime) -> tuple[Record, ...]:
    return watch.apply(config, diff(watch.config, config), now)


def closed(records: tuple[Record, ...]) -> list[tuple[Closing | None, int]]:
    return [(record.incident.closing, len(record.alerts)) for record in records if record.incident]


def test_an_unchanged_monitor_keeps_health_incident_and_phase() -> None:
    watch = an_outage()
    before = place(DELIVERY, watch.due[DELIVERY])
    assert applied(watch, a_config(a_monitor(), a_monitor(id="new")), LATER) == ()
    assert watch.health(DELIVERY) == DOWN
    assert watch.incident(DELIVERY) == OPEN
    assert place(DELIVERY, watch.due[DELIVERY]) == before


def test_a_changed_url_resets_the_streak_and_keeps_the_incident() -> None:
    watch = an_outage()
    applied(watch, a_config(a_monitor(url="https://api.example.com/hooks/v2")), LATER)
    assert watch.health(DELIVERY).failures == 0
    assert watch.health(DELIVERY).status is Status.DOWN
    assert watch.incident(DELIVERY) == OPEN


def test_a_changed_secret_resets_the_streak_and_keeps_the_incident() -> None:
    watch = an_outage()
    applied(watch, a_config(a_monitor(secrets=(Secret("another-secret"),))), LATER)
    assert watch.health(DELIVERY).failures == 0
    assert watch.incident(DELIVERY) == OPEN


def test_a_changed_interval_moves_only_the_phase() -> None:
    watch = an_outage()
    monitor = a_monitor()
    slower = replace(monitor, checks=(replace(monitor.checks[0], every=60 * SECOND), *monitor.checks[1:]))
    applied(watch, a_config(replace(slower, interval=60 * SECOND)), LATER)
    assert watch.health(DELIVERY) == DOWN
    assert watch.due[DELIVERY] == 60 * SECOND


def test_a_removed_monitor_closes_its_incident_and_nobody_hears_that_it_recovered() -> None:
    watch = an_outage(a_monitor(), a_monitor(id="other"))
    records = applied(watch, a_config(a_monitor(id="other")), LATER)
    assert closed(records) == [(Closing.MONITOR_REMOVED, 0)]
    assert watch.incident(DELIVERY) is None
    assert DELIVERY not in watch.due


def test_a_paused_monitor_closes_its_incident_and_is_paused_from_now() -> None:
    watch = an_outage()
    records = applied(watch, a_config(a_monitor(enabled=False)), LATER)
    assert closed(records) == [(Closing.PAUSED, 0)]
    transition = [one for record in records for one in record.transitions][-1]
    assert (transition.status, transition.at) == (Status.PAUSED, LATER)
    assert watch.due == {}
    assert watch.monitor(DELIVERY) is None


def test_a_renamed_monitor_takes_its_history_with_it() -> None:
    watch = an_outage()
    (record,) = applied(watch, a_config(a_monitor(id="payments", was="billing")), LATER)
    assert record == Record(renames=(("billing", "payments"),))
    assert watch.health(CheckKey("payments", Check.DELIVERY)) == DOWN
    incident = watch.incident(CheckKey("payments", Check.DELIVERY))
    assert incident is not None
    assert (incident.number, incident.monitor) == (7, "payments")


def test_a_monitor_that_was_renamed_while_nothing_ran_is_known_by_its_new_name() -> None:
    watch = an_outage(a_monitor(id="payments", was="billing"))
    assert watch.follow_names() == (Record(renames=(("billing", "payments"),)),)
    assert watch.put_away(LATER) == ()
    assert watch.health(CheckKey("payments", Check.DELIVERY)) == DOWN
    assert watch.follow_names() == ()


def test_a_streak_that_is_void_is_forgotten_before_anybody_looks() -> None:
    watch = an_outage()
    applied(watch, a_config(a_monitor(method="PUT")), LATER)
    for _ in watch.forget_streaks():
        pass
    assert watch.snapshot(LATER).healths[DELIVERY].failures == 0
    watch.believe(DELIVERY, DOWN, OPEN, a_result())
    assert watch.health(DELIVERY) == DOWN  # it is forgotten once


def test_the_next_incident_has_the_next_number_whatever_was_closed() -> None:
    watch = an_outage()
    applied(watch, a_config(a_monitor(enabled=False)), LATER)
    assert watch.placed(replace(OPEN, number=0)).number == 8


def test_a_check_that_was_turned_off_is_not_due_and_its_incident_is_closed() -> None:
    watch = an_outage()
    monitor = a_monitor()
    records = applied(watch, a_config(replace(monitor, checks=monitor.checks[1:])), LATER)
    assert closed(records) == [(Closing.PAUSED, 0)]
    assert DELIVERY not in watch.due


def test_what_left_the_file_while_nothing_ran_is_closed_at_the_next_start() -> None:
    watch = an_outage(a_monitor(id="other"))
    assert closed(watch.put_away(LATER)) == [(Closing.MONITOR_REMOVED, 0)]


def test_a_pause_is_written_once() -> None:
    watch = an_outage()
    paused = a_config(a_monitor(enabled=False))
    assert applied(watch, paused, LATER) != ()
    assert applied(watch, paused, LATER) == ()


def test_only_other_monitors_that_lost_their_listener_are_also_down() -> None:
    watch = an_outage()
    assert watch.also_down("billing") == ()
    assert watch.also_down("orders") == ("billing",)


def test_a_snapshot_does_not_change_afterwards() -> None:
    watch = an_outage()
    before = watch.snapshot(NOON)
    watch.believe(DELIVERY, Health(), None, a_result())
    assert before.healths[DELIVERY] == DOWN


def test_a_removed_monitor_is_put_away_once_however_often_we_start() -> None:
    paused = replace(DOWN, status=Status.PAUSED)
    memory = Recollection(healths={DELIVERY: paused}, open_incidents={}, last_incident=7, measured_until=NOON)
    assert Watch(a_config(a_monitor(id="other")), memory).put_away(LATER) == ()


def test_what_was_silent_before_a_pause_is_unknown_and_not_what_it_was_last() -> None:
    watch = an_outage()
    days_later = NOON + timedelta(days=5)
    (record,) = applied(watch, a_config(a_monitor(enabled=False)), days_later)
    assert [(one.status, one.at) for one in record.transitions] == [
        (Status.UNKNOWN, NOON + 150 * SECOND),
        (Status.PAUSED, days_later),
    ]


def test_in_a_mass_outage_an_alert_names_some_of_the_others() -> None:
    keys = [CheckKey(f"m{number}", Check.DELIVERY) for number in range(500)]
    memory = Recollection(
        healths={},
        open_incidents={key: replace(OPEN, monitor=key.monitor) for key in keys},
        last_incident=7,
        measured_until=NOON,
    )
    assert 1 < len(Watch(a_config(), memory).also_down("m1")) <= 50


def test_a_monitor_that_is_only_slow_is_not_also_down() -> None:
    slow = replace(OPEN, severity=Severity.MINOR, reason=Reason.SLOW)
    memory = Recollection(healths={}, open_incidents={DELIVERY: slow}, last_incident=7, measured_until=NOON)
    assert Watch(a_config(a_monitor()), memory).also_down("orders") == ()


def test_who_else_is_down_is_known_without_walking_over_who_is_slow() -> None:
    class Counted(dict[CheckKey, Incident]):
        looks = 0

        def items(self) -> Any:
            Counted.looks += 1
            return super().items()

    slow = replace(OPEN, severity=Severity.MINOR, reason=Reason.SLOW)
    keys = [CheckKey(f"m{number}", Check.DELIVERY) for number in range(10)]
    memory = Recollection(
        healths={},
        open_incidents={key: replace(slow, monitor=key.monitor) for key in keys},
        last_incident=7,
        measured_until=NOON,
    )
    watch = Watch(a_config(), memory)
    watch.gathering._parts = Counted(watch.gathering._parts)
    assert watch.also_down("orders") == ()
    watch.believe(DELIVERY, DOWN, OPEN, a_result())
    assert watch.also_down("orders") == ("billing",)
    assert Counted.looks == 0


def test_a_monitor_is_also_down_until_it_is_better_renamed_or_gone() -> None:
    watch = an_outage(a_monitor(), a_monitor(id="other"))
    applied(watch, a_config(a_monitor(id="payments", was="billing"), a_monitor(id="other")), LATER)
    assert watch.also_down("other") == ("payments",)
    key = CheckKey("payments", Check.DELIVERY)
    watch.believe(key, DOWN, replace(OPEN, monitor="payments", severity=Severity.MINOR), a_result())
    assert watch.also_down("other") == ()
    watch.believe(key, DOWN, replace(OPEN, monitor="payments"), a_result())
    assert watch.also_down("other") == ("payments",)
    applied(watch, a_config(a_monitor(id="other")), LATER)
    assert watch.also_down("other") == ()
