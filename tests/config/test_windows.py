"""``maintenance:``, ``depends_on:`` and ``upstream:``: what they mean, and what is refused in words."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.core.model import Check, Config, Scope
from monitor.core.window import covers
from tests.config.files import LISTENER, around, loaded, refused

HOUR = timedelta(hours=1)


def with_window(*lines: str, listener: str = "") -> str:
    window = "".join(f"    {line}\n" for line in lines)
    return f"maintenance:\n  -\n{window}{around(listener)}"


def windows_of(config: Config) -> list[tuple[str, datetime, timedelta]]:
    return [(one.name, one.start, one.length) for one in config.maintenance]


def test_a_window_is_by_the_clock_of_its_zone(tmp_path: Path) -> None:
    lines = ("name: disks", "all: true", "start: 2026-07-05T02:00", "duration: 2h", "timezone: Europe/Berlin")
    config = loaded(tmp_path, with_window(*lines))
    assert windows_of(config) == [("disks", datetime(2026, 7, 5, 0, 0, tzinfo=UTC), 2 * HOUR)]
    assert config.maintenance[0].scope == Scope(everything=True)


def test_a_time_with_a_zone_of_its_own_is_that_instant(tmp_path: Path) -> None:
    lines = ("name: disks", "monitors: [m]", "start: 2026-07-05T02:00:00+01:00", "end: 2026-07-05 02:30Z")
    config = loaded(tmp_path, with_window(*lines))
    assert windows_of(config) == [("disks", datetime(2026, 7, 5, 1, 0, tzinfo=UTC), 1.5 * HOUR)]


def test_a_window_that_repeats_knows_when(tmp_path: Path) -> None:
    lines = (
        "name: disks",
        "all: on",
        "start: 2026-07-05T02:00",
        "duration: 1h",
        "repeat: FREQ=WEEKLY;BYDAY=SU",
    )
    config = loaded(tmp_path, with_window(*lines))
    assert covers(config.maintenance, datetime(2026, 7, 12, 2, 30, tzinfo=UTC))
    assert not covers(config.maintenance, datetime(2026, 7, 13, 2, 30, tzinfo=UTC))


GOOD = ("name: disks", "start: 2026-07-05T02:00", "duration: 1h")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (GOOD, "maintenance.0: says of nothing: name `monitors`, `groups` or `tags`, or say `all: true`"),
        ((*GOOD, "monitors: [n]"), "maintenance.0.monitors.0: no monitor has the id n"),
        ((*GOOD, "groups: [Payments]"), "maintenance.0.groups.0: no monitor is in the group Payments"),
        ((*GOOD, "tags: [eu]"), "maintenance.0.tags.0: no monitor has the tag eu"),
        ((*GOOD, "all: yes"), "maintenance.0.all: needs true or false, not 'yes'"),
        ((*GOOD, "all: on", "end: 2026-07-05T03:00"), "maintenance.0.end: needs either `end` or `duration`"),
        ((*GOOD[:2], "all: on"), "maintenance.0.end: needs either `end` or `duration`"),
        ((*GOOD[:2], "all: on", "end: 2026-07-05T02:00"), "maintenance.0.end: must be later than `start`"),
        ((*GOOD[:2], "all: on", "duration: 40d"), "is more than 31 days after `start`"),
        ((*GOOD, "all: on", "timezone: Berlin"), "maintenance.0.timezone: is no time zone"),
        ((*GOOD, "all: on", "timezone: ../../etc/passwd"), "maintenance.0.timezone: is no time zone"),
        ((*GOOD, "all: on", "repeat: daily"), "maintenance.0.repeat: needs a rule with FREQ="),
        (("name: x", "start: 2026-07-05", "duration: 1h", "all: on"), "'2026-07-05' is no time"),
        (("name: x", "start: 2026-02-30T00:00", "duration: 1h", "all: on"), "is not in the calendar"),
        (("start: 2026-07-05T02:00", "duration: 1h", "all: on"), "maintenance.0.name: is missing"),
        ((*GOOD, "all: on", "cron: 0 2 * * 0"), "maintenance.0.cron: unknown key"),
    ],
)
def test_a_window_that_makes_no_sense_is_refused_where_it_stands(
    tmp_path: Path, lines: tuple[str, ...], said: str
) -> None:
    (problem,) = refused(tmp_path, with_window(*lines))
    assert said in problem


def test_no_two_windows_have_one_name(tmp_path: Path) -> None:
    window = "  - {name: disks, all: on, start: 2026-07-05T02:00, duration: 1h}\n"
    assert refused(tmp_path, f"maintenance:\n{window}{window}{around('')}") == [
        "3:12: maintenance.1.name: another window has this name"
    ]


@pytest.mark.parametrize("value", ["soon", "{name: disks}"])
def test_windows_are_a_list(tmp_path: Path, value: str) -> None:
    (problem,) = refused(tmp_path, f"maintenance: {value}\n{around('')}")
    assert "maintenance: needs a list of windows" in problem


# --- depends_on ---------------------------------------------------------------------------------------------


def several(**parents: str) -> str:
    body = "".join(f"    {line}\n" for line in LISTENER.strip().splitlines())
    return "monitors:\n" + "".join(
        f"  {name}:\n{body}    depends_on: {listed}\n" for name, listed in parents.items()
    )


def test_a_monitor_depends_on_others(tmp_path: Path) -> None:
    config = loaded(tmp_path, several(a="[b, c, b]", b="[c]", c="[]"))
    assert [one.depends_on for one in config.monitors] == [("b", "c"), ("c",), ()]


@pytest.mark.parametrize(
    ("parents", "said"),
    [
        ({"a": "[gat]", "gate": "[]"}, ["a.depends_on.0: no monitor has the id gat (did you mean gate?)"]),
        ({"a": "[a]"}, ["a.depends_on.0: a monitor cannot depend on itself"]),
        (
            {"a": "[b]", "b": "[c]", "c": "[a]", "d": "[a]"},
            [
                "a.depends_on.0: depends on itself in the end: a → b → c → a",
                "b.depends_on.0: depends on itself in the end: b → c → a → b",
                "c.depends_on.0: depends on itself in the end: c → a → b → c",
            ],
        ),
    ],
)
def test_what_is_not_there_and_a_circle_are_refused(
    tmp_path: Path, parents: dict[str, str], said: list[str]
) -> None:
    assert [one.partition("monitors.")[2] for one in refused(tmp_path, several(**parents))] == said


def test_among_the_defaults_a_parent_may_be_one_of_them(tmp_path: Path) -> None:
    text = (
        f"defaults: {{depends_on: [n]}}\n{around('')}  n: {{upstream: 'lb.acme.example:443', notify: []}}\n"
    )
    config = loaded(tmp_path, text)
    assert [one.depends_on for one in config.monitors] == [("n",), ()]


# --- upstream -----------------------------------------------------------------------------------------------


def an_upstream(value: str, *more: str) -> str:
    return f"monitors:\n  lb: {{upstream: '{value}', notify: []{''.join(f', {one}' for one in more)}}}\n"


@pytest.mark.parametrize(
    ("value", "url", "method", "checks"),
    [
        (
            "https://lb.acme.example/z",
            "https://lb.acme.example/z",
            "GET",
            {Check.DELIVERY, Check.CERTIFICATE},
        ),
        ("http://lb.acme.example/z", "http://lb.acme.example/z", "GET", {Check.DELIVERY}),
        ("lb.acme.example:443", "tcp://lb.acme.example:443", "CONNECT", {Check.DELIVERY}),
        ("[::1]:443", "tcp://[::1]:443", "CONNECT", {Check.DELIVERY}),
    ],
)
def test_an_upstream_is_asked_for_no_more_than_whether_it_is_there(
    tmp_path: Path, value: str, url: str, method: str, checks: set[Check]
) -> None:
    (monitor,) = loaded(
        tmp_path, f"defaults: {{checks: {{forged: 1m}}, method: PUT}}\n{an_upstream(value)}"
    ).monitors
    assert (monitor.url, monitor.method, monitor.upstream) == (url, method, True)
    assert {plan.check for plan in monitor.checks} == checks
    assert monitor.provider.id == "upstream"


@pytest.mark.parametrize(
    ("value", "more", "said"),
    [
        ("lb.acme.example", (), "lb.upstream: needs host:port"),
        ("ftp://lb.acme.example", (), "lb.upstream: needs a URL such as https://host/path"),
        ("lb.acme.example:443", ("url: 'https://x.example/'",), "lb.url: an upstream is sent no events"),
        ("lb.acme.example:443", ("provider: stripe",), "lb.provider: an upstream is sent no events"),
        ("lb.acme.example:443", ("checks: {forged: 1h}",), "lb.checks.forged: an upstream is sent no events"),
        ("lb.acme.example:443", ("checks: {delivery: off}",), "lb.checks: every check is off"),
    ],
)
def test_an_upstream_has_nothing_that_only_a_listener_has(
    tmp_path: Path, value: str, more: tuple[str, ...], said: str
) -> None:
    (problem,) = refused(tmp_path, an_upstream(value, *more))
    assert said in problem
