"""What was: results and transitions."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from monitor.core.model import Check, Transition
from monitor.web.api import examples, showing
from monitor.web.api.asking import AskedList, AskedPeriod, Listing, to_cursor
from monitor.web.api.monitors import Known, finder
from monitor.web.api.shapes import Page, ResultShown, TransitionShown
from monitor.web.house import House

KEPT = timedelta(days=400)  # how far back history goes
OnlyFailing = Annotated[bool, Query(description="Only probes that failed.")]
OnlyCheck = Annotated[Check | None, Query(description="Only this check.")]


def history_router(house: House) -> APIRouter:
    """Return the routes of one monitor's past."""
    router = APIRouter(prefix="/monitors/{id}", tags=["history"], responses=examples.MISSING)
    find = finder(house)

    @router.get("/results", summary="Results of a monitor", responses=examples.lists(examples.RESULT))
    async def results(
        found: Annotated[Known, Depends(find)],
        asked: AskedList,
        when: AskedPeriod,
        check: OnlyCheck = None,
        failing: OnlyFailing = False,  # noqa: FBT002  (a query parameter)
    ) -> Page[ResultShown]:
        """Finished probes with their evidence, newest first."""
        stored = await house.history.results(
            monitor=found[0].id,
            check=check,
            start=when.start,
            end=when.end,
            failing=failing,
            before=asked.after_number,
            limit=asked.limit + 1,
        )
        page = stored[: asked.limit]
        more = to_cursor(str(page[-1].id)) if len(stored) > len(page) else None
        return Page(items=tuple(showing.result(one.result, number=one.id) for one in page), next=more)

    @router.get(
        "/transitions",
        summary="Changes of status of a monitor",
        responses=examples.lists(examples.TRANSITION),
    )
    async def transitions(
        found: Annotated[Known, Depends(find)], asked: AskedList, when: AskedPeriod
    ) -> Page[TransitionShown]:
        """Changes of status of each of its checks, newest first."""
        end = when.end or found[1].taken_at + timedelta(days=1)
        start = when.start or end - KEPT
        seen = await house.history.transitions(found[0].id, start=start, end=end)
        return page_of_transitions([one for one in seen if start <= one.at < end], asked)

    return router


def page_of_transitions(seen: list[Transition], asked: Listing) -> Page[TransitionShown]:
    """Return one page, newest first. The cursor is the place of the last seen: new ones shift nothing."""
    ordered = sorted(seen, key=_place, reverse=True)
    if asked.after is not None:
        ordered = [one for one in ordered if _place(one) < asked.after]
    page = ordered[: asked.limit]
    more = to_cursor(_place(page[-1])) if len(ordered) > len(page) else None
    return Page(items=tuple(showing.transition(one) for one in page), next=more)


def _place(change: Transition) -> str:
    began, known = (f"{at:%Y-%m-%dT%H:%M:%S.%f}" for at in (change.at, change.known_at))
    return f"{began} {known} {change.check} {change.status}"
