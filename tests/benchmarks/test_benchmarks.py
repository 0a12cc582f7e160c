"""The benchmark measures what it says: its configuration is valid, its arithmetic right."""

import json
import os
import sqlite3
import urllib.request
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks import receipts
from benchmarks.__main__ import FULL
from benchmarks.blackbox import configuration
from benchmarks.processes import Listener, Usage, listening
from benchmarks.report import bar, missed
from benchmarks.scenario import Figures, Scenario, write_config
from benchmarks.scrape import Page, lag_between
from monitor.config import load
from monitor.core.model import Check, Config, Secret, Snapshot
from monitor.core.tokens import Keyring, read_receipt
from monitor.metrics import Gauges, Metrics
from tests.makers import NOON, a_monitor, a_result

LISTENER = Listener(ports=(9001, 9002))


def test_the_configuration_it_writes_is_valid_and_asks_for_deliveries_alone(tmp_path: Path) -> None:
    path = tmp_path / "monitors.yaml"
    write_config(Scenario(name="three", monitors=3, interval=5), LISTENER, path)
    config = load(path, os.environ)
    assert [monitor.url for monitor in config.monitors] == [
        "http://127.0.0.1:9001/hooks/0",
        "http://127.0.0.1:9002/hooks/1",
        "http://127.0.0.1:9001/hooks/2",
    ]
    assert {plan.check for monitor in config.monitors for plan in monitor.checks} == {Check.DELIVERY}
    assert {monitor.interval.total_seconds() for monitor in config.monitors} == {5}


def test_it_reads_the_page_as_it_is_written() -> None:
    metrics, monitor = Metrics(), a_monitor()
    for _ in range(3):
        metrics.probe_finished(a_result(), monitor)
    metrics.missed(2)
    metrics.tick(0.003)
    snapshot = Snapshot(
        config=Config(monitors=(monitor,)), healths={}, last_results={}, open_incidents={}, taken_at=NOON
    )
    page = Page.read(metrics.render(snapshot, Gauges(writer_queue=7, dropped_results=1)).decode())
    assert (page.results, page.missed, page.waiting, page.dropped) == (3, 2, 7, 1)
    assert page.lag[0.005] == 1


def test_a_result_is_recorded_when_it_is_written_and_not_before() -> None:
    assert Page(results=100, waiting=30, dropped=5).recorded == 65


def test_lag_is_that_of_the_window_alone() -> None:
    first = Page(lag={0.01: 100, 0.1: 100, float("inf"): 100})
    last = Page(lag={0.01: 100, 0.1: 200, float("inf"): 200})
    assert lag_between(first, last, 0.5) == pytest.approx(0.055)
    assert lag_between(first, last, 1) == pytest.approx(0.1)


def test_lag_beyond_the_last_bucket_is_at_least_its_start() -> None:
    assert lag_between(Page(), Page(lag={1.0: 1, float("inf"): 100}), 0.99) == 1.0


def test_the_peers_are_asked_to_probe_the_same_listener() -> None:
    written = json.loads(configuration(LISTENER, targets=2, interval=30, exporter=9115))
    (job,) = written["scrape_configs"]
    assert job["static_configs"][0]["targets"] == [
        "http://127.0.0.1:9001/hooks/0/blackbox",
        "http://127.0.0.1:9002/hooks/1/blackbox",
    ]


def figures(cost: float, **scenario: float) -> Figures:
    return Figures(
        scenario=Scenario(name="many", monitors=10_000, **scenario),  # type: ignore[arg-type]  # passes any through
        covered_after=1.0,
        probes=100,
        seconds=10.0,
        cpu_per_probe=cost,
        lag_p50=None,
        lag_p99=None,
        rss=1,
        written_per_probe=1.0,
        grown_per_probe=1.0,
        missed=0,
        dropped=0,
        waiting=0,
    )


def test_a_bar_is_said_to_be_met_or_missed_where_there_is_one() -> None:
    assert (missed(figures(0.0024)), bar(figures(0.0024))) == (False, "")
    good, bad = figures(0.0013, bar=0.0015), figures(0.0016, bar=0.0015)
    assert not missed(good)
    assert bar(good) == "many: bar met: 1.30 ms of processor time per recorded probe, 1.50 ms allowed"
    assert missed(bad)
    assert bar(bad).startswith("many: bar missed: 1.60 ms")


def test_the_bar_is_that_of_the_fresh_ten_thousand() -> None:
    assert [one.name for one in FULL if one.bar] == ["10,000 @ 30 s"]


@pytest.mark.real
def test_the_listener_answers_and_counts() -> None:
    with listening() as listener:
        for number in (0, 1, 1):
            request = urllib.request.Request(listener.url(number), data=b"{}", method="POST")  # noqa: S310
            with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - loopback
                assert answer.status == 200
        assert listener.counted() == (3, 2)


def test_receipts_are_reported_to_addresses_that_the_main_job_would_make(tmp_path: Path) -> None:
    path = tmp_path / "monitors.yaml"
    receipts.write_config(receipts.QUICK, LISTENER, path, 8080)
    config, key = load(path, os.environ), "k" * 40
    (reports,) = [monitor.id for monitor in config.monitors if monitor.receipt is not None]
    made = receipts.addresses(receipts.QUICK, key)
    assert len(set(made)) == 2500
    claim = read_receipt(Keyring((Secret(key),)), made[-1].removeprefix("/r/"), datetime.now(UTC))
    assert claim is not None
    assert claim.monitor == reports


@pytest.mark.real
@pytest.mark.parametrize("fresh", [True, False])
def test_the_workers_count_every_answer(tmp_path: Path, *, fresh: bool) -> None:
    few = receipts.Scenario(rate=100, seconds=1, fresh=fresh)
    seen = receipts.bare(few, tmp_path, str(tmp_path / "bare.db"))
    assert (seen.asked, seen.taken) == (100, 100)
    with closing(sqlite3.connect(tmp_path / "bare.db")) as kept:
        assert kept.execute("SELECT count(*), count(DISTINCT run) FROM receipt").fetchone() == (100, 100)


@pytest.mark.real
def test_the_kernel_says_what_a_process_used() -> None:
    usage = Usage.of(os.getpid())
    assert usage.cpu > 0
    assert usage.rss > 1_000_000
