"""Silence when silence is right, and the telling afterwards: told late, told once, never told for nothing."""

from dataclasses import dataclass, replace
from datetime import timedelta

from monitor.core.model import Alert, AlertKind, CheckKey, Delivery, Monitor, Reply, Status
from tests.makers import NOON, SECOND, a_monitor, a_reply
from tests.test_story import DELIVERY, World

GATE = CheckKey("gate", DELIVERY.check)
MINUTE = timedelta(minutes=1)


@dataclass
class Street(World):
    """A listener behind a gate: two monitors, and who of them is broken."""

    broken: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.monitor = a_monitor(depends_on=("gate",))
        super().__post_init__()
        self.listener = self._answer
        self.reload(self.monitor, a_gate())

    def _answer(self, delivery: Delivery) -> Reply:
        return a_reply(503 if delivery.url.rpartition("/")[2] in self.broken else 200)

    async def minutes(self, count: int, *, first: CheckKey = GATE) -> None:
        """Let both be asked twice a minute, one of them first, and the owner tell what is due."""
        second = DELIVERY if first is GATE else GATE
        for _ in range(2 * count):
            due = self.now + 30 * SECOND
            for key in (first, second):
                await self.tick(key)
                self.tell()
            self.now = max(due, self.now)

    def told(self) -> list[Alert]:
        return [alert for record in self.records for alert in record.alerts]

    def news(self) -> list[tuple[str | None, AlertKind]]:
        return [(alert.monitor, alert.kind) for alert in self.told()]


def a_gate() -> Monitor:
    return a_monitor(id="gate", url="https://gate.example.com/gate")


async def test_a_child_is_not_told_while_its_parent_is_down_and_nothing_is_told_when_both_are_back() -> None:
    street = Street()
    await street.minutes(1)
    street.broken = frozenset({"billing", "gate"})
    await street.minutes(3)
    assert street.news() == [("gate", AlertKind.OPENED)]
    assert street.health(DELIVERY).status is Status.DOWN
    street.broken = frozenset()
    await street.minutes(3)
    assert street.news() == [("gate", AlertKind.OPENED), ("gate", AlertKind.RECOVERED)]
    assert street.watch.incident(DELIVERY) is None


async def test_a_child_that_stays_down_after_its_parent_is_back_is_told_then_and_says_why_so_late() -> None:
    street = Street()
    await street.minutes(1)
    street.broken = frozenset({"billing", "gate"})
    await street.minutes(3)
    street.broken = frozenset({"billing"})
    await street.minutes(3)
    assert street.news() == [
        ("gate", AlertKind.OPENED),
        ("gate", AlertKind.RECOVERED),
        ("billing", AlertKind.OPENED),
    ]
    late = street.told()[-1].message
    assert dict(late.facts)["told so late because of"] == "gate, which it depends on, was down"
    assert "told now: gate was down" in late.headline
    assert f"since {NOON + MINUTE:%H:%M}" in late.headline
    street.broken = frozenset()
    await street.minutes(3)
    assert street.news()[-1] == ("billing", AlertKind.RECOVERED)


async def test_who_heard_of_the_child_before_its_parent_fell_hears_its_end_whatever_the_parent_does() -> None:
    street = Street()
    await street.minutes(1)
    street.broken = frozenset({"billing"})
    await street.minutes(2)
    street.broken = frozenset({"billing", "gate"})
    await street.minutes(2)
    street.broken = frozenset({"gate"})
    await street.minutes(2)
    assert street.news() == [
        ("billing", AlertKind.OPENED),
        ("gate", AlertKind.OPENED),
        ("billing", AlertKind.RECOVERED),
    ]


async def test_what_is_held_back_is_told_to_whom_the_file_names_then() -> None:
    street = Street()
    await street.minutes(1)
    street.broken = frozenset({"billing", "gate"})
    await street.minutes(2)
    street.reload(replace(street.monitor, notify=("boss",)), a_gate())
    street.broken = frozenset({"billing"})
    await street.minutes(2)
    assert [(one.monitor, one.notifier) for one in street.told()][-1] == ("billing", "boss")


async def test_what_no_longer_depends_on_a_parent_that_is_down_is_told_at_once() -> None:
    street = Street()
    await street.minutes(1)
    street.broken = frozenset({"billing", "gate"})
    await street.minutes(2)
    street.reload(replace(street.monitor, depends_on=()), a_gate())
    street.tell()
    assert street.news()[-1] == ("billing", AlertKind.OPENED)


async def test_an_incident_that_is_held_back_says_what_keeps_it() -> None:
    street = Street()
    await street.minutes(1)
    street.broken = frozenset({"billing", "gate"})
    await street.minutes(2)
    incident = street.watch.incident(DELIVERY)
    assert incident is not None
    assert incident.held is not None
    assert (incident.held.hush.name, incident.told) == ("gate", ())
