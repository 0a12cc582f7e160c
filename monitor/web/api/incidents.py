"""Incidents, of one monitor and of all."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.exceptions import HTTPException

from monitor.core import incidents as gathering
from monitor.web.api import examples, gathered
from monitor.web.api.asking import LARGEST, AskedList, AskedPeriod, Listing, Period, to_cursor
from monitor.web.api.monitors import Known, finder
from monitor.web.api.shapes import IncidentDetail, IncidentShown, Page
from monitor.web.house import House

OnlyOpen = Annotated[bool, Query(alias="open", description="Only those that are not over.")]
Number = Annotated[int, Path(ge=1, le=LARGEST, description="As alerts name it.", examples=[7])]
MOST_ALERTS = 2000  # of one incident, in its timeline


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
        responses=examples.answers(examples.INCIDENT_DETAIL) | examples.MISSING,
    )
    async def incident(number: Number) -> IncidentDetail:
        """One incident with its timeline, also by the number of one that was merged into it."""
        return await detail_of_incident(house, number)

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
        """Incidents that it was part of, open at some time between `from` and `to`, newest first."""
        return await page_of_incidents(house, asked, when, monitor=found[0].id, open_only=only_open)

    return router


async def page_of_incidents(
    house: House, asked: Listing, when: Period, *, monitor: str | None, open_only: bool
) -> Page[IncidentShown]:
    """Read one page of incidents."""
    parts = await house.history.incidents(
        monitor=monitor,
        open_only=open_only,
        start=when.start,
        end=when.end,
        before=asked.after_number,
        limit=asked.limit + 1,
    )
    numbers = sorted({part.number for part in parts}, reverse=True)
    happened, snapshot = await house.history.happened(numbers), house.snapshot()
    page = gathered.gather(parts, happened, snapshot)[: asked.limit]
    more = to_cursor(str(page[-1].number)) if len(numbers) > len(page) else None
    return Page(items=tuple(gathered.shown(one, snapshot) for one in page), next=more)


async def detail_of_incident(house: House, number: int) -> IncidentDetail:
    """Read one incident and its timeline. Raises 404."""
    happened = await house.history.happened([number])
    parts = await house.history.incident(number)
    if not parts:
        into = gathering.handled(happened).merged_into
        if into is None:
            raise HTTPException(404, f"there is no incident {number}")
        return await detail_of_incident(house, into)
    alerts = await house.history.alerts(incident=number, limit=MOST_ALERTS)
    first = parts[0]
    evidence = await house.history.results(
        monitor=first.monitor,
        check=first.check,
        start=first.started_at,
        end=first.ended_at,
        failing=True,
        limit=1,
    )
    snapshot = house.snapshot()
    found = gathered.gather(parts, happened, snapshot)[0]
    return gathered.detail(found, happened, [queued for _, queued in alerts], evidence, snapshot)
