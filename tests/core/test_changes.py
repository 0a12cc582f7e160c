"""What a new configuration changes: for the reload that applies it, and for who reads it first."""

from dataclasses import fields, replace
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.core.changes import IGNORED, LABELS, PLAIN, TIMING, WHAT_IS_PROBED, Changes, diff
from monitor.core.model import (
    OBSERVED,
    Check,
    CheckKey,
    CheckPlan,
    Config,
    EventTemplate,
    Expectation,
    HeartbeatPlan,
    Monitor,
    Notifier,
    Policy,
    Poll,
    Public,
    QuietHours,
    ReceiptPlan,
    Retry,
    Route,
    Secret,
    Site,
    StatusPlan,
    Step,
    Tls,
    TrafficPlan,
)
from tests.makers import SECOND, a_monitor, a_provider, a_window

NIGHTS = QuietHours(start=time(22), end=time(7), zone=ZoneInfo("Europe/Berlin"))
OTHER = {
    "url": "https://api.example.com/other?token=hunter22",
    "provider": a_provider(id="github", title="GitHub"),
    "secrets": (Secret("hunter22-hunter22"),),
    "event": EventTemplate(type="probe.pong", body='{"key": "hunter22"}'),
    "expect": Expectation(statuses=("202",), body_contains="hunter22"),
    "checks": (CheckPlan(check=Check.DELIVERY, every=30 * SECOND),),
    "method": "PUT",
    "headers": (("x-key", "hunter22"),),
    "interval": 60 * SECOND,
    "timeout": 5 * SECOND,
    "confirm_interval": 20 * SECOND,
    "down_after": 3,
    "up_after": 1,
    "connect_to": ("127.0.0.1", 8443),
    "reuse_connection": True,
    "tls": Tls(verify=False),
    "notify": ("oncall", "mail"),
    "escalate": (Step(after=timedelta(minutes=15), notify=("boss",)),),
    "remind": timedelta(hours=1),
    "quiet_hours": (NIGHTS,),
    "routes": (Route(notify=("boss",)),),
    "tags": ("payments",),
    "public": Public(name="Payments"),
    "runbook": "https://wiki.example.com/?token=hunter22",
    "keep_bodies": False,
    "key_id": "monitor",
    "verify_token": Secret("hunter2222"),
    "verifies_later": True,
    "volume": 120.0,
    "upstream": True,
    "depends_on": ("gate",),
    "receipt": ReceiptPlan(
        within=60 * SECOND, poll=Poll(url="https://x.example/{event_id}?key=hunter22", expect=Expectation())
    ),
    "concurrent_duplicates": True,
    "heartbeat": HeartbeatPlan(rhythm=timedelta(hours=1), grace=timedelta(minutes=5)),
    "traffic": TrafficPlan(at_least=1, per=timedelta(hours=3)),
    "provider_status": StatusPlan(endpoint="we_1", token=Secret("hunter2222"), api="https://api.stripe.com"),
}


def changed(**changes: Any) -> Changes:
    return diff(Config(monitors=(a_monitor(),)), Config(monitors=(a_monitor(**changes),)))


def test_the_same_configuration_changes_nothing() -> None:
    same = Config(monitors=(a_monitor(),), notifiers=(Notifier(name="oncall", url=Secret("json://host")),))
    assert diff(same, replace(same, files={"/etc/monitors.yaml": None})) == Changes()


def test_every_field_of_a_monitor_is_noticed() -> None:
    assert set(OTHER) == {field.name for field in fields(Monitor)} - {*IGNORED}
    for name, value in OTHER.items():
        found = changed(**{name: value})
        assert len(found.lines) == 1, name
        kinds = [found.reset, found.moved, found.changed]
        assert sorted(map(len, kinds)) == [0, 0, 1], name


def test_no_line_holds_what_may_be_a_secret() -> None:
    for name, value in OTHER.items():
        assert "hunter22" not in "".join(changed(**{name: value}).lines)


def test_names_of_fields_are_names_of_fields() -> None:
    known = {field.name for field in fields(Monitor)}
    assert {*WHAT_IS_PROBED, *TIMING, *IGNORED, *PLAIN, *LABELS} <= known


@pytest.mark.parametrize("name", WHAT_IS_PROBED)
def test_another_question_resets_the_streaks(name: str) -> None:
    assert changed(**{name: OTHER[name]}).reset == {"billing"}
    assert changed(**{name: OTHER[name], "interval": 60 * SECOND}).moved == frozenset()


EVERY_CHECK = tuple(CheckPlan(check=check, every=timedelta(hours=1)) for check in Check)
AT_ONCE = {Check.DELIVERY, Check.HANDSHAKE, Check.CERTIFICATE, Check.ROTATION} | OBSERVED


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("headers", AT_ONCE),
        ("expect", AT_ONCE),
        ("url", AT_ONCE | {Check.FORGED}),
        ("secrets", AT_ONCE | {Check.FORGED}),
        ("down_after", set()),
        ("interval", set()),
    ],
)
def test_another_question_is_asked_at_once_and_hostile_ones_as_planned(name: str, asked: set[Check]) -> None:
    before = a_monitor(checks=EVERY_CHECK)
    after = a_monitor(**{"checks": EVERY_CHECK, name: OTHER[name]})
    found = diff(Config(monitors=(before,)), Config(monitors=(after,)))
    assert {key.check for key in found.asked} == asked


def test_a_paused_monitor_is_asked_nothing_however_it_changes() -> None:
    assert changed(enabled=False, url=OTHER["url"]).asked == ()


def test_ten_times_as_many_monitors_take_ten_times_as_long() -> None:
    def compared(count: int) -> int:
        """Return how often a name is looked at."""
        looks = 0

        class Name(str):
            __slots__ = ()

            def __hash__(self) -> int:
                nonlocal looks
                looks += 1
                return str.__hash__(self)

        def config(**changes: Any) -> Config:
            return Config(monitors=tuple(a_monitor(id=Name(f"m{n}"), **changes) for n in range(count)))

        assert len(diff(config(), config(method="PUT")).reset) == count
        return looks

    assert compared(200) < 20 * compared(20)


def test_another_interval_only_moves() -> None:
    plans = tuple(replace(plan, every=timedelta(minutes=1)) for plan in a_monitor().checks)
    found = changed(interval=timedelta(minutes=1), checks=plans)
    assert [set(one) for one in (found.moved, found.reset, found.changed)] == [{"billing"}, set(), set()]


def test_thresholds_and_names_change_neither_streak_nor_phase() -> None:
    found = changed(down_after=3, public=Public(name="Payments"))
    assert [set(one) for one in (found.moved, found.reset, found.changed)] == [set(), set(), {"billing"}]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"url": OTHER["url"]}, "~ billing: url changed"),
        ({"secrets": OTHER["secrets"]}, "~ billing: secret changed"),
        ({"interval": 90 * SECOND}, "~ billing: interval 30s → 90s"),
        ({"interval": 0.5 * SECOND}, "~ billing: interval 30s → 0.5s"),
        ({"down_after": 3, "up_after": 1}, "~ billing: down_after 2 → 3, up_after 2 → 1"),
        ({"notify": ("oncall", "mail")}, "~ billing: notify oncall → oncall, mail"),
        ({"notify": ()}, "~ billing: notify oncall → none"),
        ({"provider": OTHER["provider"]}, "~ billing: provider custom → github"),
        ({"provider": a_provider(policy=Policy(retry=Retry()))}, "~ billing: signature changed"),
        ({"checks": OTHER["checks"]}, "~ billing: check certificate 6h → off, check forged 1h → off"),
        ({"enabled": False}, "~ billing: paused"),
        ({"volume": 120.0}, "~ billing: volume none → 120/h"),
        ({"depends_on": ("gate", "power")}, "~ billing: depends_on none → gate, power"),
        ({"verifies_later": True}, "~ billing: verification before_answer → after_answer"),
        ({"verify_token": Secret("hunter2222")}, "~ billing: handshake token changed"),
        ({"key_id": "monitor"}, "~ billing: key_id changed"),
        ({"public": Public(name="Payments", consequences=True)}, "~ billing: public changed"),
    ],
)
def test_a_line_says_what_changed(changes: dict[str, Any], line: str) -> None:
    assert changed(**changes).lines == (line,)


def test_a_moved_delivery_check_is_told_once() -> None:
    before, rest = a_monitor(), a_monitor().checks[1:]
    faster = CheckPlan(check=Check.DELIVERY, every=10 * SECOND)
    after = replace(before, interval=10 * SECOND, checks=(faster, *rest))
    found = diff(Config(monitors=(before,)), Config(monitors=(after,)))
    assert found.lines == ("~ billing: interval 30s → 10s",)


def test_a_check_that_is_no_longer_asked_is_named() -> None:
    found = changed(checks=OTHER["checks"])
    assert found.dropped == (CheckKey("billing", Check.FORGED), CheckKey("billing", Check.CERTIFICATE))


def test_monitors_come_and_go() -> None:
    found = diff(
        Config(monitors=(a_monitor(id="a"), a_monitor(id="b"))),
        Config(monitors=(a_monitor(id="b"), a_monitor(id="c"))),
    )
    assert (found.added, found.removed, found.lines) == (("c",), ("a",), ("+ c", "- a"))


def test_a_monitor_is_paused_and_resumed_by_its_switch() -> None:
    on, off = Config(monitors=(a_monitor(),)), Config(monitors=(a_monitor(enabled=False),))
    assert (diff(on, off).paused, diff(on, off).resumed) == (("billing",), ())
    assert (diff(off, on).paused, diff(off, on).resumed) == ((), ("billing",))
    assert diff(on, off).changed == frozenset()


def renaming(old: tuple[Monitor, ...], *new: Monitor) -> Changes:
    return diff(Config(monitors=old), Config(monitors=new))


def test_a_rename_keeps_what_was_and_is_compared_under_its_new_name() -> None:
    found = renaming((a_monitor(id="old"),), a_monitor(id="new", was="old", down_after=3))
    assert (found.renamed, found.added, found.removed) == ((("old", "new"),), (), ())
    assert found.lines == ("~ new: was old", "~ new: down_after 2 → 3")


def test_a_rename_that_was_done_is_not_done_again() -> None:
    found = renaming((a_monitor(id="new", was="old"),), a_monitor(id="new"))
    assert found == Changes()


def test_a_rename_from_nowhere_is_an_addition() -> None:
    assert renaming((), a_monitor(id="new", was="old")).added == ("new",)


def test_a_monitor_that_stays_cannot_be_renamed_away() -> None:
    found = renaming((a_monitor(id="old"),), a_monitor(id="old"), a_monitor(id="new", was="old"))
    assert (found.renamed, found.added) == ((), ("new",))


def test_only_one_monitor_inherits() -> None:
    found = renaming((a_monitor(id="old"),), a_monitor(id="a", was="old"), a_monitor(id="b", was="old"))
    assert (found.renamed, found.added) == ((("old", "a"),), ("b",))


def test_the_house_changes_too() -> None:
    old = Config(
        notifiers=(
            Notifier(name="a", url=Secret("json://hunter22")),
            Notifier(name="b", url=Secret("json://b")),
        )
    )
    new = Config(
        notifiers=(
            Notifier(name="b", url=Secret("json://hunter22")),
            Notifier(name="c", url=Secret("json://c")),
        ),
        site=Site(name="Acme"),
        receipts_url="https://receipts.example",
        canaries=(("1.1.1.1", 443),),
    )
    assert diff(old, new).lines == (
        "+ notifier c",
        "- notifier a",
        "~ notifier b: url changed",
        "~ site changed",
        "~ receipts: url changed",
        "~ own_network changed",
    )


def test_announced_work_that_comes_goes_or_changes_is_noticed() -> None:
    old = Config(monitors=(a_monitor(),), maintenance=(a_window(name="a"), a_window(name="b")))
    new = replace(old, maintenance=(a_window(name="b", length=2 * a_window().length), a_window(name="c")))
    assert diff(old, new).lines == ("+ maintenance c", "- maintenance a", "~ maintenance b: changed")
