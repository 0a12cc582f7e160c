"""Who hears of what, as it is written: routes of the house, and the keys of a monitor."""

from datetime import time, timedelta
from pathlib import Path
from textwrap import dedent

import pytest

from monitor.config import Judges, load
from monitor.core.model import Check, Config, Notifier, Severity, Step
from monitor.core.routing import routing, who_hears
from tests.config.files import ENVIRON, loaded, refused, warned, written

HOUSE = """
notifiers:
  oncall: {url: "json://127.0.0.1/oncall"}
  boss: {url: "json://127.0.0.1/boss"}
  security: {url: "json://127.0.0.1/security"}
"""
MONITORS = """
monitors:
  billing: {url: "https://a.example", provider: stripe, secret: "${SECRET}", tags: [money], notify: [oncall]}
  orders:
    {url: "https://b.example", provider: stripe, secret: "${SECRET}", public: {name: Orders, group: Shop}}
"""
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def house(routes: str, *, defaults: str = "") -> str:
    """Return a whole file with these lines under `routes:`, and under `defaults:`."""
    return HOUSE + _section("routes", routes) + _section("defaults", defaults) + MONITORS


def _section(key: str, lines: str) -> str:
    return (
        f"{key}:\n" + "".join(f"  {line}\n" for line in dedent(lines).strip().splitlines()) if lines else ""
    )


def told(
    config: Config, severity: Severity = Severity.MAJOR, check: Check = Check.DELIVERY
) -> dict[str, str]:
    """Return who hears of such an incident, of each monitor."""
    return {one.id: " ".join(routing(one, severity, check).notify) for one in config.monitors}


@pytest.mark.parametrize(
    ("routes", "billing", "orders"),
    [
        ("- {notify: [boss]}", "boss", "boss"),
        ("- {monitors: billing, notify: [boss]}", "boss", ""),
        ("- {tags: money, notify: [boss]}", "boss", ""),
        ("- {tags: [money], groups: Shop, notify: [boss]}", "oncall", ""),
        ("- {groups: Shop, notify: [boss, oncall]}", "oncall", "boss oncall"),
        ("- {severity: major, notify: [boss]}", "boss", "boss"),
        ("- {severity: [critical, minor], notify: [boss]}", "oncall", ""),
        ("- {findings: false, notify: [boss]}", "boss", "boss"),
        ("- {findings: true, notify: [boss]}", "oncall", ""),
        ("- {tags: money, notify: [security]}\n- {notify: [boss]}", "security", "boss"),
        ("- {tags: money, remind: 1h}\n- {notify: [boss]}", "boss", "boss"),
        ("- {tags: money, notify: []}", "", ""),
    ],
)
def test_the_first_route_that_matches_says_who_hears_of_an_outage(
    tmp_path: Path, routes: str, billing: str, orders: str
) -> None:
    assert told(loaded(tmp_path, house(routes))) == {"billing": billing, "orders": orders}


def test_security_findings_can_have_a_route_of_their_own(tmp_path: Path) -> None:
    config = loaded(tmp_path, house("- {findings: true, notify: [security]}", defaults="notify: [boss]"))
    assert told(config) == {"billing": "oncall", "orders": "boss"}
    assert told(config, Severity.CRITICAL, Check.FORGED) == {"billing": "security", "orders": "security"}
    assert told(config, Severity.WARNING, Check.DUPLICATE) == {"billing": "security", "orders": "security"}


def test_each_key_is_decided_by_the_first_route_that_has_it(tmp_path: Path) -> None:
    routes = """
        - {severity: major, remind: off}
        - {tags: money, escalate: [{after: 1h, notify: [boss]}, {after: 5m, notify: [security]}]}
        - {remind: 15m, quiet_hours: off}
        """
    defaults = """
        remind: 1h
        escalate: [{after: 15m, notify: [boss]}]
        quiet_hours: {from: 22:00, to: 07:00, timezone: Europe/Berlin}
        """
    billing, orders = loaded(tmp_path, house(routes, defaults=defaults)).monitors
    down = routing(billing, Severity.MAJOR, Check.DELIVERY)
    assert (down.notify, down.remind, down.quiet_hours) == (("oncall",), None, ())
    assert down.escalate == (
        Step(after=5 * MINUTE, notify=("security",)),
        Step(after=HOUR, notify=("boss",)),
    )
    slow = routing(orders, Severity.MINOR, Check.DELIVERY)
    assert (slow.remind, slow.escalate) == (15 * MINUTE, (Step(after=15 * MINUTE, notify=("boss",)),))


def test_quiet_hours_are_one_or_several(tmp_path: Path) -> None:
    defaults = """
        quiet_hours:
          - {from: 22:00, to: 07:00, timezone: Europe/Berlin}
          - {from: 00:00, to: 00:00, timezone: UTC, days: [sat, sun]}
        """
    nights, weekends = loaded(tmp_path, house("", defaults=defaults)).monitors[0].quiet_hours
    assert (nights.start, nights.end, nights.zone.key, len(nights.days)) == (
        *(time(22), time(7)),
        "Europe/Berlin",
        7,
    )
    assert weekends.days == {5, 6}


def test_a_notifier_of_several_targets_stands_for_all_of_them_everywhere(tmp_path: Path) -> None:
    text = house("- {findings: true, notify: [boss]}", defaults="escalate: [{after: 1h, notify: [boss]}]")
    judges = Judges(
        notifier=lambda one: (
            (one, Notifier(name=f"{one.name}/2", url=one.url)) if one.name == "boss" else (one,)
        )
    )
    config = load(written(tmp_path, text), ENVIRON, judges=judges)
    billing = config.monitors[0]
    assert told(config, Severity.CRITICAL, Check.FORGED)["billing"] == "boss boss/2"
    assert billing.escalate == (Step(after=HOUR, notify=("boss", "boss/2")),)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{notify: [bos]}", "7:15: routes.0.notify.0: no notifier is named bos (did you mean boss?)"),
        (
            "{escalate: [{after: 1h, notify: [bos]}]}",
            "7:38: routes.0.escalate.0.notify.0: no notifier is named bos (did you mean boss?)",
        ),
        (
            "{tags: mony, notify: []}",
            "7:12: routes.0.tags: no monitor has the tag mony (did you mean money?)",
        ),
        (
            "{tags: [money, shop], notify: []}",
            "7:20: routes.0.tags.1: no monitor has the tag shop",
        ),
        (
            "{groups: shop, notify: []}",
            "7:14: routes.0.groups: no monitor is in the group shop (did you mean Shop?)",
        ),
        (
            "{monitors: bill, notify: []}",
            "7:16: routes.0.monitors: no monitor is named bill (did you mean billing?)",
        ),
        (
            "{tags: money}",
            "7:5: routes.0: says nothing: give it one of notify, escalate, remind, quiet_hours",
        ),
        ("{tag: [money], notify: []}", "7:6: routes.0.tag: unknown key (did you mean tags?)"),
        (
            "{severity: note, notify: []}",
            "7:16: routes.0.severity: 'note' is not known; known: critical, major, minor, warning",
        ),
        ("{remind: 30s}", "7:14: routes.0.remind: what follows upon an alert comes after 1m at the earliest"),
        ("{remind: on}", "7:14: routes.0.remind: 'on' is not a duration: write 30s, 5m, 1h or 1h30m"),
        ("{escalate: [{after: 1h}]}", "7:17: routes.0.escalate.0.notify: is missing"),
        ("{escalate: [{after: 1h, notify: []}]}", "7:37: routes.0.escalate.0.notify: is empty"),
        (
            "{quiet_hours: {from: 25:00, to: 07:00, timezone: UTC}}",
            "7:26: routes.0.quiet_hours.from: '25:00' is no time of day: write 07:00 or 22:30",
        ),
        (
            "{quiet_hours: {from: 22:00, to: 07:00, timezone: Berlin}}",
            "7:54: routes.0.quiet_hours.timezone: 'Berlin' is no time zone (did you mean Europe/Berlin?)",
        ),
        (
            "{quiet_hours: {from: 22:00, to: 07:00}}",
            "7:6: routes.0.quiet_hours.timezone: is missing",
        ),
        (
            "{quiet_hours: nights}",
            "7:19: routes.0.quiet_hours: needs a mapping (lines of `key: value`), a list of them, or off",
        ),
        (
            "{quiet_hours: {from: 08:00, to: 08:00, timezone: UTC}}",
            "7:19: routes.0.quiet_hours: it would be quiet at all times: use `notify: []` to tell nobody",
        ),
        (
            "{quiet_hours: {from: 08:00, to: 12:00, timezone: UTC, days: monday}}",
            "7:65: routes.0.quiet_hours.days: 'monday' is not known (did you mean mon?)",
        ),
    ],
)
def test_a_mistake_is_told_at_its_place(tmp_path: Path, line: str, problem: str) -> None:
    (said,) = refused(tmp_path, house(f"- {line}"))
    assert said.startswith(problem)


def test_a_mistake_in_the_defaults_is_told_once(tmp_path: Path) -> None:
    text = house("", defaults="escalate: [{after: 1h, notify: [bos]}]")
    assert len(refused(tmp_path, text)) == 1


def test_a_route_that_never_decides_is_warned_of(tmp_path: Path) -> None:
    routes = (
        "- {severity: [critical, major], notify: [boss]}\n- {tags: money, severity: major, notify: [oncall]}"
    )
    (said,) = [it for it in warned(tmp_path, house(routes)) if "routes" in it]
    assert said == "8:44: routes.1.notify: never decides: the routes above it take all that it is about"


def test_a_monitor_that_hears_only_by_a_route_is_heard(tmp_path: Path) -> None:
    silent = "monitors.orders: nobody is told when this monitor fails"
    assert any(silent in it for it in warned(tmp_path, house("")))
    assert any(silent in it for it in warned(tmp_path, house("- {findings: true, notify: [boss]}")))
    assert not any(silent in it for it in warned(tmp_path, house("- {severity: major, notify: [boss]}")))


def test_who_hears_is_told_in_words(tmp_path: Path) -> None:
    routes = "- {findings: true, notify: [security]}\n- {severity: [minor, warning], remind: off}"
    defaults = """
        escalate: [{after: 15m, notify: [boss]}]
        remind: 1h
        quiet_hours: {from: 22:00, to: 07:00, timezone: Europe/Berlin}
        """
    billing, _ = loaded(tmp_path, house(routes, defaults=defaults)).monitors
    nights = "quiet 22:00–07:00 Europe/Berlin"
    assert who_hears(billing) == (
        f"down: oncall; after 15 min boss; again after 1 h, 3 h, …; {nights}",
        f"degraded, warning: oncall; after 15 min boss; {nights}",
        "security: security; after 15 min boss; again after 1 h, 3 h, …",
        f"major finding: security; after 15 min boss; again after 1 h, 3 h, …; {nights}",
        f"minor finding, finding: security; after 15 min boss; {nights}",
    )
    assert who_hears(loaded(tmp_path, house("")).monitors[0]) == ("oncall",)
    assert who_hears(loaded(tmp_path, house("")).monitors[1]) == ("nobody",)
