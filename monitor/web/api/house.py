"""The house itself: its alerts, its notifiers, its configuration."""

from typing import Annotated

from fastapi import APIRouter, Query

from monitor.core.model import Queue, Snapshot
from monitor.web.api import examples, showing
from monitor.web.api.asking import LARGEST, AskedList, AskedPeriod, to_cursor
from monitor.web.api.shapes import AlertShown, ConfigShown, NotifierShown, Page, ProblemShown
from monitor.web.house import House

OnlyNotifier = Annotated[str | None, Query(max_length=200, description="Only what this notifier is told.")]
OnlyIncident = Annotated[
    int | None, Query(ge=1, le=LARGEST, description="Only what was told of this incident.")
]


def house_router(house: House) -> APIRouter:
    """Return the routes of the house itself."""
    router = APIRouter(tags=["house"])

    @router.get("/alerts", summary="Alerts, told and waiting", responses=examples.lists(examples.ALERT))
    async def alerts(
        asked: AskedList, when: AskedPeriod, notifier: OnlyNotifier = None, incident: OnlyIncident = None
    ) -> Page[AlertShown]:
        """What people were told, or are about to be told, newest first. `from` and `to`: when it was made."""
        queued = await house.history.alerts(
            notifier=notifier,
            incident=incident,
            start=when.start,
            end=when.end,
            before=asked.after_number,
            limit=asked.limit + 1,
        )
        page = queued[: asked.limit]
        more = to_cursor(str(page[-1][0])) if len(queued) > len(page) else None
        return Page(items=tuple(showing.alert(one) for _, one in page), next=more)

    @router.get(
        "/notifiers", summary="Notifiers and their queues", responses=examples.lists(examples.NOTIFIER)
    )
    async def notifiers(asked: AskedList) -> Page[NotifierShown]:
        """Every configured notifier by name, and those that have left while alerts wait for them."""
        everyone = notifiers_of(house.snapshot(), await house.queues())
        rest = [one for one in everyone if asked.after is None or one.name > asked.after]
        page = rest[: asked.limit]
        more = to_cursor(page[-1].name) if len(rest) > len(page) else None
        return Page(items=tuple(page), next=more)

    @router.get("/config", summary="The configuration in force", responses=examples.answers(examples.CONFIG))
    async def config() -> ConfigShown:
        """Whether the file could be read when it was read last; if not, everything that is wrong with it."""
        reload, loaded = house.reload_state(), house.snapshot().config
        return ConfigShown(
            ok=reload.ok,
            at=reload.at,
            problems=tuple(
                ProblemShown(**{name: getattr(bad, name) for name in ProblemShown.__dataclass_fields__})
                for bad in reload.problems
            ),
            site=loaded.site.name,
            monitors=len(loaded.monitors),
            notifiers=len(loaded.notifiers),
            files=tuple(loaded.files),
        )

    return router


def notifiers_of(snapshot: Snapshot, queues: tuple[Queue, ...]) -> list[NotifierShown]:
    """Return every notifier anybody may ask about, by name."""
    waiting = {queue.notifier: queue for queue in queues}
    configured = {notifier.name for notifier in snapshot.config.notifiers}
    empty = Queue(notifier="", depth=0, oldest_at=None)
    return [
        NotifierShown(
            name=name,
            configured=name in configured,
            waiting=waiting.get(name, empty).depth,
            oldest_at=waiting.get(name, empty).oldest_at,
            given_up=waiting.get(name, empty).given_up,
        )
        for name in sorted(configured | waiting.keys())
    ]
