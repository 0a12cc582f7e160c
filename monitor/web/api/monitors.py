"""Monitors and what is held to be true of each: /api/v1/monitors."""

import asyncio
from bisect import bisect_right
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.exceptions import HTTPException

from monitor.core.model import Monitor, Snapshot
from monitor.core.summary import standing
from monitor.web.api import examples, showing
from monitor.web.api.asking import AskedList, AskedPeriod, Listing, Period, to_cursor
from monitor.web.api.shapes import MonitorDetail, MonitorShown, Page
from monitor.web.house import House

Known = tuple[Monitor, Snapshot]  # a configured monitor, and the picture it was found in


def finder(house: House) -> Callable[[str], Known]:
    """Return the dependency that finds the monitor of a path, or answers 404."""

    def find(
        monitor_id: Annotated[
            str, Path(alias="id", description="Its key in monitors.yaml.", examples=["billing"])
        ],
    ) -> Known:
        snapshot = house.snapshot()
        for monitor in snapshot.config.monitors:
            if monitor.id == monitor_id:
                return monitor, snapshot
        raise HTTPException(404, f"no monitor {monitor_id!r} is configured")

    return find


def monitors_router(house: House) -> APIRouter:
    """Return the routes that show monitors as they are now."""
    router = APIRouter(prefix="/monitors", tags=["monitors"])
    find = finder(house)

    @router.get("", summary="All monitors", responses=examples.lists(examples.MONITOR))
    async def monitors(asked: AskedList, when: AskedPeriod) -> Page[MonitorShown]:
        """Every configured monitor, by id. `from` and `to`: only those whose status began in between."""
        return await asyncio.to_thread(page_of_monitors, house.snapshot(), asked, when)

    @router.get(
        "/{id}", summary="One monitor", responses=examples.answers(examples.DETAIL) | examples.MISSING
    )
    async def monitor(found: Annotated[Known, Depends(find)]) -> MonitorDetail:
        """One monitor with its checks, what is believed of each, and the last probe of each."""
        return showing.detail(*found)

    return router


def page_of_monitors(snapshot: Snapshot, asked: Listing, when: Period) -> Page[MonitorShown]:
    """Return one page of the monitors, ordered by id: the cursor survives a reload."""
    monitors = sorted(snapshot.config.monitors, key=lambda monitor: monitor.id)
    if when.start or when.end:
        monitors = [monitor for monitor in monitors if _began(monitor, snapshot, when)]
    first = bisect_right([monitor.id for monitor in monitors], asked.after) if asked.after is not None else 0
    page = monitors[first : first + asked.limit]
    more = to_cursor(page[-1].id) if first + asked.limit < len(monitors) else None
    return Page(items=tuple(showing.monitor(monitor, snapshot) for monitor in page), next=more)


def _began(monitor: Monitor, snapshot: Snapshot, when: Period) -> bool:
    since = standing(monitor, snapshot.healths, snapshot.taken_at).since
    if since is None:
        return False
    return (when.start is None or since >= when.start) and (when.end is None or since < when.end)
