"""The house itself: its notifiers, its configuration."""

from fastapi import APIRouter

from monitor.core.model import Queue, Snapshot
from monitor.web.api import examples, showing
from monitor.web.api.asking import AskedList, to_cursor
from monitor.web.api.shapes import (
    ConfigShown,
    NotifierShown,
    Page,
    ProblemShown,
)
from monitor.web.house import House


def house_router(house: House) -> APIRouter:
    """Return the routes of the house itself."""
    router = APIRouter(tags=["house"])

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
    known = {queue.notifier: queue for queue in queues}
    configured = {notifier.name: notifier for notifier in snapshot.config.notifiers}
    left = {name for name, queue in known.items() if queue.depth or queue.given_up}
    empty = Queue(notifier="", depth=0, oldest_at=None)
    return [
        showing.notifier(name, configured.get(name), known.get(name, empty))
        for name in sorted(configured.keys() | left)
    ]
