"""Incidents, of one monitor and of all."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.exceptions import HTTPException

from monitor.web.api import examples, showing
from monitor.web.api.asking import LARGEST, AskedList, AskedPeriod, Listing, Period, to_cursor
from monitor.web.api.monitors import Known, finder
from monitor.web.api.shapes import IncidentShown, Page
from monitor.web.house import House

OnlyOpen = Annotated[bool, Query(alias="open", description="Only those that are not over.")]
Number = Annotated[int, Path(ge=1, le=LARGEST, description="As alerts name it.", examples=[7])]


def incidents_router(house: House) -> APIRouter:
    """Return the routes of incidents."""
    router = APIRouter(tags=["incidents"])
    find = finder(house)

    @router.get(
        "/incidents", summary="Incidents of all monitors", responses=examples.lists(examples.INCIDENT)
    )
    async def incidents(
        asked: AskedList,
        when: AskedPeriod,
        only_open: OnlyOpen = False,  # noqa: FBT002  (a query parameter)
    ) -> Page[IncidentShown]:
        """Incidents that were open at some time between `from` and `to`, newest first.

        Those of monitors that have left the configuration are among them.
        """
        return await page_of_incidents(house, asked, when, monitor=None, open_only=only_open)

    @router.get(
        "/incidents/{number}",
        summary="One incident",
        responses=examples.answers(examples.INCIDENT) | examples.MISSING,
    )
    async def incident(number: Number) -> IncidentShown:
        """One incident."""
        parts = await house.history.incident(number)
        if not parts:
            raise HTTPException(404, f"there is no incident {number}")
        return showing.incidents(parts, house.snapshot())[0]

    @router.get(
        "/monitors/{id}/incidents",
        summary="Incidents of a monitor",
        responses=examples.lists(examples.INCIDENT) | examples.MISSING,
    )
    async def incidents_of_monitor(
        found: Annotated[Known, Depends(find)],
        asked: AskedList,
        when: AskedPeriod,
        only_open: OnlyOpen = False,  # noqa: FBT002  (a query parameter)
    ) -> Page[IncidentShown]:
        """Incidents that were open at some time between `from` and `to`, newest first."""
        return await page_of_incidents(house, asked, when, monitor=found[0].id, open_only=only_open)

    return router


async def page_of_incidents(
    house: House, asked: Listing, when: Period, *, monitor: str | None, open_only: bool
) -> Page[IncidentShown]:
    """Read one page of incidents."""
    told = await house.history.incidents(
        monitor=monitor,
        open_only=open_only,
        start=when.start,
        end=when.end,
        before=asked.after_number,
        limit=asked.limit + 1,
    )
    page, snapshot = told[: asked.limit], house.snapshot()
    more = to_cursor(str(page[-1].number)) if len(told) > len(page) else None
    return Page(items=showing.incidents(page, snapshot), next=more)
