"""What is counted as it happens, what the service tells of itself, and the page as a whole."""

import asyncio
import re
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.core.model import (
    Check,
    CheckKey,
    CheckPlan,
    FaultDomain,
    Health,
    NotifierHealth,
    Phases,
    Public,
    Pulse,
    Queue,
    Reason,
    Reply,
    Status,
    TrafficPlan,
    Verdict,
)
from monitor.metrics import Gauges, Metrics
from tests.fakes.programs import needs
from tests.makers import BAD, GOOD, NOON, SECOND, a_monitor, a_reply, a_result
from tests.metrics.pages import BILLING, a_snapshot, an_incident, one, shown

PROCESSED = Verdict(status=Status.UP, reason=Reason.PROCESSED, message="processed 2.5 s after it was sent")
DOCS = Path(__file__).parents[2] / "docs" / "metrics.md"


def test_results_are_counted_by_reason() -> None:
    metrics, monitor = Metrics(), a_monitor()
    for verdict in (GOOD, GOOD, BAD):
        metrics.probe_finished(a_result(verdict), monitor)
    series = shown(a_snapshot(), metrics=metrics)
    labels = {"monitor": "billing", "check": "delivery"}
    assert one(series, "webhook_monitor_results_total", **labels, reason="accepted") == 2
    assert one(series, "webhook_monitor_results_total", **labels, reason="server_error") == 1


def test_an_edit_of_the_configuration_resets_no_counter() -> None:
    metrics, monitor = Metrics(), a_monitor()
    metrics.probe_finished(a_result(), monitor)
    edited = replace(monitor, public=Public(name="Billing", group="New group"))
    metrics.render(a_snapshot(), Gauges())
    metrics.probe_finished(a_result(), edited)
    series = shown(a_snapshot(monitors=(edited, a_monitor(id="new"))), metrics=metrics)
    labels = {"monitor": "billing", "check": "delivery", "reason": "accepted"}
    assert one(series, "webhook_monitor_results_total", **labels) == 2


def test_the_series_of_a_removed_monitor_go() -> None:
    metrics, monitor = Metrics(), a_monitor()
    metrics.probe_finished(a_result(), monitor)
    other = a_monitor(id="other")
    healths = {BILLING: Health(status=Status.UP, last_result_at=NOON)}
    series = shown(a_snapshot(a_result(), monitors=(other,), healths=healths), metrics=metrics)
    assert not [labels for _, labels in series if ("monitor", "billing") in labels]
    again = shown(a_snapshot(), metrics=metrics)
    assert not [name for name, _ in again if name == "webhook_monitor_results_total"]


def test_durations_have_no_monitor_label_and_leave_out_our_own_faults() -> None:
    metrics = Metrics()
    monitor = a_monitor(public=Public(name="Billing", group="Money"))
    metrics.probe_finished(a_result(), monitor)
    own = Verdict(status=Status.UNKNOWN, reason=Reason.OWN_FAULT, message="", fault_domain=FaultDomain.OURS)
    metrics.probe_finished(a_result(own), monitor)
    series = shown(a_snapshot(monitors=(monitor,)), metrics=metrics)
    labels = {"group": "Money", "check": "delivery"}
    assert one(series, "webhook_monitor_probe_duration_seconds_count", **labels) == 1
    assert one(series, "webhook_monitor_probe_duration_seconds_bucket", **labels, le="0.05") == 0
    assert one(series, "webhook_monitor_probe_duration_seconds_bucket", **labels, le="0.1") == 1


def test_processing_is_told_apart_from_acknowledgement() -> None:
    page = a_busy_page().decode()
    assert 'webhook_monitor_processing_seconds_sum{group=""} 2.5' in page
    assert 'webhook_monitor_last_processing_seconds{monitor="billing"} 2.5' in page
    assert 'webhook_monitor_probe_duration_seconds_count{check="receipt"' not in page


def test_what_the_clock_did_is_counted() -> None:
    metrics = Metrics()
    metrics.tick(-0.001)  # a timer may fire a moment early
    metrics.tick(0.3)
    metrics.missed(3)
    metrics.skipped("still running")
    metrics.tick_failed()
    series = shown(a_snapshot(), metrics=metrics)
    assert one(series, "webhook_monitor_schedule_lag_seconds_count") == 2
    assert one(series, "webhook_monitor_schedule_lag_seconds_sum") == pytest.approx(0.3)
    assert one(series, "webhook_monitor_probes_missed_total") == 3
    assert one(series, "webhook_monitor_probes_skipped_total", why="still running") == 1
    assert one(series, "webhook_monitor_tick_failures_total") == 1


def test_no_created_timestamps_are_shown() -> None:
    metrics = Metrics()
    metrics.probe_finished(a_result(), a_monitor())
    assert b"_created" not in metrics.render(a_snapshot(), Gauges())


STANDS = NotifierHealth(
    notifier="oncall",
    succeeded_at=NOON - 60 * SECOND,
    took=SECOND / 4,
    failing_since=NOON - 30 * SECOND,
    dead_since=NOON - 30 * SECOND,
)


def test_a_notifier_is_shown_dead_or_alive_with_its_last_success() -> None:
    queue = Queue(notifier="oncall", depth=0, oldest_at=None, health=STANDS)
    series = shown(a_snapshot(notifiers=("oncall", "mail")), Gauges(queues=(queue,)))
    assert one(series, "webhook_monitor_notifier_up", notifier="oncall") == 0
    assert one(series, "webhook_monitor_notifier_up", notifier="mail") == 1
    assert one(series, "webhook_monitor_notifier_failing_seconds", notifier="oncall") == 31
    assert one(series, "webhook_monitor_notifier_failing_seconds", notifier="mail") == 0
    at = one(series, "webhook_monitor_notifier_last_success_timestamp_seconds", notifier="oncall")
    assert at == NOON.timestamp() - 60
    assert one(series, "webhook_monitor_notifier_last_success_seconds", notifier="oncall") == 0.25


def test_the_outbox_is_shown_with_its_depth_and_the_age_of_its_oldest_alert() -> None:
    queues = (Queue(notifier="oncall", depth=3, oldest_at=NOON - timedelta(seconds=59), given_up=2),)
    series = shown(a_snapshot(), Gauges(queues=queues))
    assert one(series, "webhook_monitor_outbox_depth", notifier="oncall") == 3
    assert one(series, "webhook_monitor_outbox_oldest_age_seconds", notifier="oncall") == 60
    assert one(series, "webhook_monitor_outbox_given_up", notifier="oncall") == 2


OUTBOX = (
    "webhook_monitor_outbox_depth",
    "webhook_monitor_outbox_oldest_age_seconds",
    "webhook_monitor_outbox_given_up",
)


@pytest.mark.parametrize("name", OUTBOX)
def test_a_notifier_that_nothing_waits_for_is_at_zero_from_the_start(name: str) -> None:
    """A series that first appears at 1 has risen by nothing: no rule would ever see it."""
    series = shown(a_snapshot(notifiers=("oncall", "mail")), Gauges(queues=()))
    assert one(series, name, notifier="oncall") == 0
    assert one(series, name, notifier="mail") == 0


def test_what_waits_for_a_notifier_that_left_is_shown_apart() -> None:
    queues = (Queue(notifier="gone", depth=2, oldest_at=NOON, given_up=3),)
    series = shown(a_snapshot(), Gauges(queues=queues))
    assert one(series, "webhook_monitor_outbox_unserved", notifier="gone") == 2
    assert one(series, "webhook_monitor_outbox_given_up", notifier="gone") == 3
    assert one(series, "webhook_monitor_outbox_oldest_age_seconds", notifier="gone") is None
    assert one(series, "webhook_monitor_outbox_depth", notifier="gone") is None


@pytest.mark.parametrize("name", OUTBOX)
def test_nothing_is_claimed_of_an_outbox_that_nobody_has_looked_into(name: str) -> None:
    """A zero of no meaning, and then the true number, would look like alerts just given up."""
    assert one(shown(a_snapshot(), Gauges()), name, notifier="oncall") is None


def test_alerts_are_counted_by_notifier_and_outcome() -> None:
    metrics = Metrics()
    metrics.alert_sent("oncall", "sent", 0.2)
    metrics.alert_sent("oncall", "failed", 10.0)
    series = shown(a_snapshot(), metrics=metrics)
    assert one(series, "webhook_monitor_alerts_total", notifier="oncall", outcome="sent") == 1
    assert one(series, "webhook_monitor_alerts_total", notifier="oncall", outcome="failed") == 1
    assert one(series, "webhook_monitor_alert_duration_seconds_count", notifier="oncall") == 2


def test_a_refused_configuration_is_seen_until_a_good_one_is_read() -> None:
    metrics = Metrics()
    metrics.reloaded(ok=True, at=NOON)
    metrics.reloaded(ok=False, at=NOON + SECOND)
    refused = shown(a_snapshot(), metrics=metrics)
    assert one(refused, "webhook_monitor_config_last_reload_success") == 0
    at = one(refused, "webhook_monitor_config_last_reload_success_timestamp_seconds")
    assert at == NOON.timestamp()
    metrics.reloaded(ok=True, at=NOON + 2 * SECOND)
    mended = shown(a_snapshot(), metrics=metrics)
    assert one(mended, "webhook_monitor_config_last_reload_success") == 1
    assert one(mended, "webhook_monitor_config_reloads_total", outcome="success") == 2
    assert one(mended, "webhook_monitor_config_reloads_total", outcome="failure") == 1


def test_a_skew_that_nobody_knows_is_no_zero() -> None:
    assert b"clock_skew" not in Metrics().render(a_snapshot(), Gauges())


def test_the_service_tells_its_queue_its_database_and_its_role() -> None:
    gauges = Gauges(
        writer_queue=12,
        dropped_results=5,
        loop_lag_seconds=0.25,
        owner=False,
        checks_running=4,
        database_up=False,
        clock_skew_seconds=-12.5,
    )
    series = shown(a_snapshot(), gauges)
    assert one(series, "webhook_monitor_writer_queue") == 12
    assert one(series, "webhook_monitor_results_dropped_total") == 5
    assert one(series, "webhook_monitor_loop_lag_seconds") == 0.25
    assert one(series, "webhook_monitor_owner") == 0
    assert one(series, "webhook_monitor_checks_running") == 4
    assert one(series, "webhook_monitor_database_up") == 0
    assert one(series, "webhook_monitor_clock_skew_seconds") == -12.5
    assert one(series, "webhook_monitor_monitors") == 1


BUSY = a_monitor(traffic=TrafficPlan(at_least=1, per=timedelta(hours=3)))
HEARD = Pulse(monitor="billing", since=NOON, heard_at=NOON, events=26)


def a_busy_page() -> bytes:
    """Every family has at least one series."""
    metrics = Metrics()
    secure = a_result(reply=a_reply(certificate_expires_at=NOON))
    processed = a_result(
        PROCESSED, check=Check.RECEIPT, reply=Reply(started_at=NOON, phases=Phases(wait=2.5))
    )
    metrics.probe_finished(secure, a_monitor())
    metrics.probe_finished(processed, a_monitor())
    metrics.tick(0.01)
    metrics.skipped("still running")
    metrics.alert_sent("oncall", "sent", 0.2)
    metrics.reloaded(ok=True, at=NOON)
    queues = (
        Queue(notifier="oncall", depth=1, oldest_at=NOON, health=STANDS),
        Queue(notifier="gone", depth=1, oldest_at=NOON),
    )
    asked = CheckPlan(check=Check.RECEIPT, every=90 * SECOND)
    snapshot = a_snapshot(
        secure,
        processed,
        monitors=(replace(BUSY, checks=(*BUSY.checks, asked)),),
        healths={CheckKey("billing", Check.RECEIPT): Health(status=Status.UP, last_result_at=NOON)},
        incidents=(an_incident(),),
        pulses=(HEARD,),
    )
    return metrics.render(snapshot, Gauges(queues=queues, clock_skew_seconds=0.2))


@pytest.mark.real
@needs("promtool")
def test_promtool_finds_nothing_to_say_against_the_page() -> None:
    checked = subprocess.run(
        ["promtool", "check", "metrics"], input=a_busy_page(), capture_output=True, check=False
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")


def test_every_metric_is_in_the_docs_and_the_docs_have_no_other() -> None:
    rendered = set(re.findall(r"^# TYPE (\S+) ", a_busy_page().decode(), flags=re.MULTILINE))
    documented = set(re.findall(r"^\| `([a-z_]+)[`{]", DOCS.read_text(), flags=re.MULTILINE))
    assert documented == rendered


def test_secrets_and_addresses_of_listeners_are_nowhere_on_the_page() -> None:
    assert b"api.example.com" not in a_busy_page()
    assert b"correct-horse" not in a_busy_page()


async def test_a_page_of_thousands_of_monitors_leaves_the_event_loop_free() -> None:
    """Not a measurement (see benchmarks/): rendered without a rest, the worst wait is whole seconds."""
    monitors = tuple(a_monitor(id=f"monitor-{number}") for number in range(3000))
    snapshot = a_snapshot(*(a_result(monitor=monitor.id) for monitor in monitors), monitors=monitors)
    rendering = asyncio.create_task(asyncio.to_thread(Metrics().render, snapshot, Gauges()))
    beats = 0
    while not rendering.done():
        await asyncio.sleep(0.001)
        beats += 1
    assert beats > 50
    assert (await rendering).count(b"probe_success{") == 3000


async def test_counting_goes_on_while_a_page_is_written() -> None:
    metrics, monitors = Metrics(), tuple(a_monitor(id=f"monitor-{number}") for number in range(500))
    snapshot = a_snapshot(monitors=monitors)
    rendering = [asyncio.create_task(asyncio.to_thread(metrics.render, snapshot, Gauges())) for _ in range(4)]
    for monitor in monitors * 4:
        metrics.probe_finished(a_result(monitor=monitor.id), monitor)
        await asyncio.sleep(0)
    await asyncio.gather(*rendering)
    series = shown(snapshot, metrics=metrics)
    assert (
        sum(value for (name, _), value in series.items() if name == "webhook_monitor_results_total") == 2000
    )
