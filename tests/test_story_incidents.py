"""Incidents of several checks: what joins, what is told of it, and what people do about it."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from monitor.core.model import (
    Alert,
    AlertKind,
    Check,
    CheckKey,
    CheckPlan,
    Closing,
    Deed,
    Delivery,
    Happened,
    Incident,
    IncidentEvent,
    Joined,
    Monitor,
    Record,
    Reply,
    Status,
)
from monitor.errors import NotPossible
from monitor.responders import Responders
from tests.makers import SECOND, a_monitor, a_reply
from tests.test_story import World

MINUTE = timedelta(minutes=1)
FORGERY = CheckPlan(check=Check.FORGED, every=timedelta(hours=1))


def listening(name: str, host: str = "api.example.com", **changes: object) -> Monitor:
    checks = (CheckPlan(check=Check.DELIVERY, every=30 * SECOND),)
    return a_monitor(**{"id": name, "url": f"https://{host}/hooks/{name}", "checks": checks, **changes})


@dataclass
class Written:
    """What was recorded, as the store would read it back."""

    records: list[Record]

    async def incident(self, number: int) -> tuple[Incident, ...]:
        parts: dict[object, Incident] = {}
        for record in self.records:
            for old, new in record.merges:
                parts = {
                    key: replace(part, number=new) if part.number == old else part
                    for key, part in parts.items()
                }
            if part := record.incident:
                parts[part.number, part.monitor, part.check, part.started_at] = part
        return tuple(part for part in parts.values() if part.number == number)

    async def happened(self, numbers: Collection[int]) -> tuple[IncidentEvent, ...]:
        lines: list[IncidentEvent] = []
        for record in self.records:
            for old, new in record.merges:
                lines = [replace(line, number=new) if line.number == old else line for line in lines]
            lines += record.happened
        return tuple(line for line in lines if line.number in numbers)


async def nothing() -> None:
    pass


@dataclass
class Town(World):
    """Several listeners; ``broken`` answer 503, or what is said there."""

    monitors: tuple[Monitor, ...] = ()
    broken: dict[str, Reply] = field(default_factory=dict)
    asked: list[CheckKey] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.listener = self._answer
        self.reload(*self.monitors)
        self.records.clear()
        pipeline = self.pipeline
        self.responders = Responders(
            outside=pipeline._outside,
            watch=self.watch,
            past=Written(self.records),
            ask=self.asked.append,
            written=nothing,
        )

    def _answer(self, delivery: Delivery) -> Reply:
        return self.broken.get(dict(delivery.headers)["X-Webhook-Probe"], a_reply(200))

    def breaks(self, *names: str, reply: Reply | None = None) -> None:
        self.broken |= dict.fromkeys(names, reply or a_reply(503))

    def heals(self, *names: str) -> None:
        for name in names:
            del self.broken[name]

    async def pass_by(self, span: timedelta) -> None:
        """Let every check run every 30 s, one after the other."""
        end = self.now + span
        while self.now < end:
            due = self.now + 30 * SECOND
            for key in list(self.watch.due):
                if key.check is Check.DELIVERY:
                    await self.tick(key)
            self.now = max(self.now, due)

    def told(self) -> list[Alert]:
        return [alert for record in self.records for alert in record.alerts]

    def part(self, name: str, check: Check = Check.DELIVERY) -> Incident | None:
        return self.watch.incident(CheckKey(name, check))


def kinds(lines: Collection[IncidentEvent]) -> list[tuple[Happened, str]]:
    return [(line.kind, line.monitor) for line in lines]


async def timeline(town: Town, number: int) -> tuple[IncidentEvent, ...]:
    return await Written(town.records).happened([number])


def deed(kind: Happened, words: str = "", **more: object) -> Deed:
    return Deed(**{"kind": kind, "who": "anna", "words": words, **more})  # type: ignore[arg-type]  # named alike


async def test_listeners_of_one_host_that_fail_together_are_one_incident_told_as_one() -> None:
    town = Town(monitors=tuple(listening(name) for name in ("a", "b", "c")))
    await town.pass_by(MINUTE)
    town.breaks("a", "b", "c")
    await town.pass_by(2 * MINUTE)
    parts = [town.part(name) for name in ("a", "b", "c")]
    assert [part and (part.number, part.joined) for part in parts] == [
        (1, None),
        (1, Joined.HOST),
        (1, Joined.HOST),
    ]
    opened = town.told()
    assert [(alert.kind, alert.monitor, alert.incident) for alert in opened] == [
        (AlertKind.OPENED, "a", 1),
        (AlertKind.OPENED, "b", 1),
        (AlertKind.OPENED, "c", 1),
    ]
    assert dict(opened[1].message.facts)["incident"] == "#1, joined: same host"


async def test_the_mails_about_one_incident_are_one_thread_that_one_of_them_begins() -> None:
    town = Town(monitors=(listening("a"), listening("b")))
    await town.pass_by(MINUTE)
    town.breaks("a")
    await town.pass_by(MINUTE)
    town.breaks("b")  # a minute later: it has a beginning of its own
    await town.pass_by(2 * MINUTE)
    a, b = town.part("a"), town.part("b")
    assert a
    assert b
    assert a.started_at < b.started_at
    first, second = town.told()
    assert first.message.thread == second.message.thread
    assert (first.message.first, second.message.first) == (True, False)


async def test_its_end_is_told_once_when_the_last_of_it_is_well() -> None:
    town = Town(monitors=tuple(listening(name) for name in ("a", "b")))
    await town.pass_by(MINUTE)
    town.breaks("a", "b")
    await town.pass_by(2 * MINUTE)
    town.heals("a")
    await town.pass_by(3 * MINUTE)
    assert [alert.kind for alert in town.told()] == [AlertKind.OPENED, AlertKind.OPENED]
    town.heals("b")
    await town.pass_by(2 * MINUTE)
    (end,) = [alert for alert in town.told() if alert.kind is AlertKind.RECOVERED]
    assert end.message.headline.startswith("RECOVERED 2 monitors (a, b) after 5 min")
    affected = dict(end.message.facts)["affected"].splitlines()
    assert [line.partition(":")[0] for line in affected] == ["a", "b"]
    lines = await timeline(town, 1)
    assert kinds(lines) == [
        (Happened.OPENED, "a"),
        (Happened.JOINED, "b"),
        (Happened.RECOVERED, "a"),
        (Happened.RECOVERED, "b"),
        (Happened.ENDED, ""),
    ]


async def test_who_heard_of_one_part_alone_hears_of_its_end_at_once() -> None:
    town = Town(monitors=(listening("a", notify=("team-a",)), listening("b", notify=("team-b",))))
    await town.pass_by(MINUTE)
    town.breaks("a", "b")
    await town.pass_by(2 * MINUTE)
    town.heals("a")
    await town.pass_by(2 * MINUTE)
    ends = [alert for alert in town.told() if alert.kind is AlertKind.RECOVERED]
    assert [(alert.notifier, alert.message.headline.split(" after")[0]) for alert in ends] == [
        ("team-a", "RECOVERED a")
    ]
    assert town.part("b") is not None


async def test_what_recovered_is_told_when_the_rest_of_the_incident_is_watched_no_more() -> None:
    town = Town(monitors=(listening("a"), listening("b")))
    await town.pass_by(MINUTE)
    town.breaks("a", "b")
    await town.pass_by(2 * MINUTE)
    town.heals("a")
    await town.pass_by(2 * MINUTE)
    town.reload(listening("a"))
    ends = [alert for alert in town.told() if alert.kind is AlertKind.RECOVERED]
    assert [alert.message.headline.split(" after")[0] for alert in ends] == ["RECOVERED a"]
    assert kinds(await timeline(town, 1))[-2:] == [(Happened.UNWATCHED, "b"), (Happened.ENDED, "")]


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (listening("b", "other.example.com"), "another host"),
        (
            listening("b", checks=(CheckPlan(check=Check.DELIVERY, every=30 * SECOND),)),
            "fails in another way",
        ),
    ],
)
async def test_what_shares_no_cause_is_an_incident_of_its_own(second: Monitor, why: str) -> None:
    town = Town(monitors=(listening("a"), second))
    await town.pass_by(MINUTE)
    town.breaks("a")
    town.breaks("b", reply=a_reply(503) if why == "another host" else a_reply(401))
    await town.pass_by(2 * MINUTE)
    numbers = [part.number for name in ("a", "b") if (part := town.part(name))]
    assert numbers == [1, 2]


async def test_a_failure_long_after_the_others_is_an_incident_of_its_own() -> None:
    town = Town(monitors=(listening("a"), listening("b")))
    await town.pass_by(MINUTE)
    town.breaks("a")
    await town.pass_by(8 * MINUTE)
    town.breaks("b")
    await town.pass_by(2 * MINUTE)
    assert [part.number for name in ("a", "b") if (part := town.part(name))] == [1, 2]


async def test_a_child_joins_what_it_depends_on_however_long_that_has_failed() -> None:
    town = Town(
        monitors=(
            listening("queue", "q.example.com"),
            listening("shop", "s.example.com", depends_on=("queue",)),
        )
    )
    await town.pass_by(MINUTE)
    town.breaks("queue")
    await town.pass_by(20 * MINUTE)
    town.breaks("shop", reply=a_reply(401))
    await town.pass_by(2 * MINUTE)
    shop = town.part("shop")
    assert shop is not None
    assert (shop.number, shop.joined) == (1, Joined.PARENT)


async def test_a_forgery_joins_no_outage() -> None:
    town = Town(monitors=(listening("a"), listening("b", checks=(FORGERY,))))
    await town.pass_by(MINUTE)
    town.breaks("a")
    await town.pass_by(MINUTE)
    await town.tick(CheckKey("b", Check.FORGED))
    forged = town.part("b", Check.FORGED)
    assert forged is not None
    assert (forged.number, forged.joined) == (2, None)


async def test_an_acknowledgement_stops_no_check_and_ends_with_recovery() -> None:
    town = Town(monitors=(listening("a"),))
    await town.pass_by(MINUTE)
    town.breaks("a")
    await town.pass_by(MINUTE)
    now = await town.responders.act(1, deed(Happened.ACKNOWLEDGED))
    assert now.handling.acknowledged_by == "anna"
    assert town.watch.snapshot(town.now).handlings[1].acknowledged_by == "anna"
    with pytest.raises(NotPossible, match="#1 is acknowledged already, by anna"):
        await town.responders.act(1, deed(Happened.ACKNOWLEDGED))
    before = len(town.sent)
    await town.pass_by(2 * MINUTE)
    assert len(town.sent) > before
    town.heals("a")
    await town.pass_by(2 * MINUTE)
    assert (await town.responders.find(1)).handling.acknowledged_by == ""
    with pytest.raises(NotPossible, match="#1 is over since"):
        await town.responders.act(1, deed(Happened.ACKNOWLEDGED))


async def test_what_is_resolved_by_hand_and_still_fails_is_a_new_incident() -> None:
    town = Town(monitors=(listening("a"),))
    await town.pass_by(MINUTE)
    town.breaks("a")
    await town.pass_by(MINUTE)
    now = await town.responders.act(1, deed(Happened.RESOLVED, "rolled back"))
    assert (now.closing, now.ended_at) == (Closing.RESOLVED, town.now)
    assert town.health(CheckKey("a", Check.DELIVERY)).status is Status.UNKNOWN
    assert town.asked == [CheckKey("a", Check.DELIVERY)]
    (said,) = [alert for alert in town.told() if alert.kind is AlertKind.RESOLVED]
    assert said.message.headline.startswith("RESOLVED a by anna after")
    await town.pass_by(MINUTE)
    again = town.part("a")
    assert again is not None
    assert again.number == 2
    assert kinds(await timeline(town, 1))[1:] == [(Happened.RESOLVED, ""), (Happened.ENDED, "")]


async def test_what_is_resolved_by_hand_and_well_is_told_no_more() -> None:
    town = Town(monitors=(listening("a"),))
    await town.pass_by(MINUTE)
    town.breaks("a")
    await town.pass_by(MINUTE)
    town.heals("a")
    await town.responders.act(1, deed(Happened.RESOLVED))
    await town.pass_by(2 * MINUTE)
    assert [alert.kind for alert in town.told()] == [AlertKind.OPENED, AlertKind.RESOLVED]
    assert town.health(CheckKey("a", Check.DELIVERY)).status is Status.UP


async def test_a_reopened_incident_stays_open_and_what_fails_again_belongs_to_it() -> None:
    town = Town(monitors=(listening("a"),))
    await town.pass_by(MINUTE)
    town.breaks("a")
    await town.pass_by(MINUTE)
    with pytest.raises(NotPossible, match="#1 is open"):
        await town.responders.act(1, deed(Happened.REOPENED))
    town.heals("a")
    await town.pass_by(MINUTE)
    now = await town.responders.act(1, deed(Happened.REOPENED))
    assert now.ended_at is None
    await town.pass_by(timedelta(hours=1))
    town.breaks("a")
    await town.pass_by(MINUTE)
    again = town.part("a")
    assert again is not None
    assert (again.number, again.joined) == (1, Joined.REOPENED)
    town.heals("a")
    await town.pass_by(MINUTE)
    assert (await town.responders.find(1)).ended_at is None
    now = await town.responders.act(1, deed(Happened.RESOLVED))
    assert now.ended_at is not None
    town.breaks("a")
    await town.pass_by(MINUTE)
    fresh = town.part("a")
    assert fresh is not None
    assert fresh.number == 2


async def test_a_merged_incident_is_found_under_both_numbers_and_told_to_be_over_once() -> None:
    town = Town(monitors=(listening("a"), listening("b", "other.example.com")))
    await town.pass_by(MINUTE)
    town.breaks("a", "b")
    await town.pass_by(MINUTE)
    await town.responders.act(2, deed(Happened.ACKNOWLEDGED))
    now = await town.responders.act(2, deed(Happened.MERGED, into=1))
    assert (now.number, [part.monitor for part in now.parts]) == (1, ["a", "b"])
    assert now.handling.acknowledged_by == ""  # nobody has acknowledged what it was merged into
    assert (await town.responders.find(2)).number == 1
    town.heals("a", "b")
    await town.pass_by(2 * MINUTE)
    ends = [alert for alert in town.told() if alert.kind is AlertKind.RECOVERED]
    assert [(alert.incident, alert.message.headline.split(" after")[0]) for alert in ends] == [
        (1, "RECOVERED 2 monitors (a, b)")
    ]
    assert (await town.responders.find(2)).number == 1
    assert (Happened.MERGED, "") in kinds(await timeline(town, 1))


async def test_a_finding_is_never_merged_into_what_may_become_public() -> None:
    town = Town(monitors=(listening("a"), listening("b", checks=(FORGERY,))))
    await town.pass_by(MINUTE)
    town.breaks("a")
    await town.pass_by(MINUTE)
    await town.tick(CheckKey("b", Check.FORGED))
    for one, other in ((1, 2), (2, 1)):
        with pytest.raises(NotPossible, match="about safety"):
            await town.responders.act(one, deed(Happened.MERGED, into=other))
    with pytest.raises(NotPossible, match="into itself"):
        await town.responders.act(1, deed(Happened.MERGED, into=1))
    with pytest.raises(NotPossible, match="there is no incident 9"):
        await town.responders.act(1, deed(Happened.MERGED, into=9))


async def test_notes_an_assignee_and_a_post_mortem_are_kept_after_the_end() -> None:
    town = Town(monitors=(listening("a"),))
    await town.pass_by(MINUTE)
    town.breaks("a")
    await town.pass_by(MINUTE)
    await town.responders.act(1, deed(Happened.NOTED, "the disk is full"))
    await town.responders.act(1, deed(Happened.ASSIGNED, "ben"))
    town.heals("a")
    await town.pass_by(MINUTE)
    now = await town.responders.act(1, deed(Happened.POST_MORTEM, "The disk was full.", public=True))
    assert (now.handling.assignee, now.handling.post_mortem) == ("ben", "The disk was full.")
    found = await town.responders.find(1)
    assert (found.handling.assignee, found.handling.post_mortem_public) == ("ben", True)
    assert (await timeline(town, 1))[1].words == "the disk is full"


async def test_an_incident_of_a_removed_monitor_stays_readable() -> None:
    town = Town(monitors=(listening("a"), listening("z", "z.example.com")))
    await town.pass_by(MINUTE)
    town.breaks("a")
    await town.pass_by(MINUTE)
    town.reload(listening("z", "z.example.com"))
    found = await town.responders.find(1)
    assert found.closing is Closing.MONITOR_REMOVED
    assert kinds(await timeline(town, 1)) == [
        (Happened.OPENED, "a"),
        (Happened.UNWATCHED, "a"),
        (Happened.ENDED, ""),
    ]
    await town.responders.act(1, deed(Happened.NOTED, "it is gone for good"))


async def test_a_renamed_monitor_keeps_its_place_in_the_incident() -> None:
    town = Town(monitors=(listening("a"), listening("b")))
    await town.pass_by(MINUTE)
    town.breaks("a", "b")
    await town.pass_by(MINUTE)
    town.reload(listening("new", was="a"), listening("b"))
    new = town.part("new")
    assert new is not None
    assert new.number == 1
    town.heals("b")
    await town.pass_by(2 * MINUTE)
    (end,) = [alert for alert in town.told() if alert.kind is AlertKind.RECOVERED]
    assert end.message.headline.startswith("RECOVERED 2 monitors (new, b)")


async def test_reopening_what_fails_anew_elsewhere_takes_nothing_away_from_there() -> None:
    town = Town(monitors=(listening("a"),))
    await town.pass_by(MINUTE)
    town.breaks("a")
    await town.pass_by(MINUTE)
    await town.responders.act(1, deed(Happened.RESOLVED))
    await town.pass_by(MINUTE)
    await town.responders.act(1, deed(Happened.REOPENED))
    await town.pass_by(MINUTE)
    again = town.part("a")
    assert again is not None
    assert again.number == 2
    now = await town.responders.act(2, deed(Happened.MERGED, into=1))
    assert [(part.monitor, part.ended_at is None) for part in now.parts] == [("a", False), ("a", True)]
    await town.pass_by(MINUTE)
    assert [part.number for part in [town.part("a")] if part] == [1]
