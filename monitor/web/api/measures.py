"""Numbers over any stretch of time: uptime and latency, each with how it is made."""

import asyncio
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.exceptions import HTTPException

from monitor.core import uptime as measuring
from monitor.core.model import Check, Latency
from monitor.web.api import examples, showing
from monitor.web.api.asking import AskedPeriod, Period
from monitor.web.api.monitors import Known, finder
from monitor.web.api.shapes import EventsShown, HourShown, LatencyShown, UptimeShown
from monitor.web.house import House
from monitor.web.timeline import timeline

USUAL = timedelta(days=30)  # what is covered when nobody says
LATENCY_METHOD = (
    "percentiles of a histogram over acknowledged probes; each is the upper bound of its bucket, "
    "at most 10 % above the true value; to the hour where single results have aged out"
)
OfCheck = Annotated[Check, Query(description="Whose probes are counted.")]


def measures_router(house: House) -> APIRouter:
    """Return the routes of uptime and latency."""
    router = APIRouter(prefix="/monitors/{id}", tags=["measures"], responses=examples.MISSING)
    find = finder(house)

    @router.get("/uptime", summary="Uptime of a monitor", responses=examples.answers(examples.UPTIME))
    async def uptime(found: Annotated[Known, Depends(find)], when: AskedPeriod) -> UptimeShown:
        """The share of measured time in which real events were accepted. Without bounds: the last 30 days."""
        monitor, snapshot = found
        start, end = bounds(when, snapshot.taken_at)
        seen = await house.history.transitions(monitor.id, start=start, end=end)
        line = await asyncio.to_thread(timeline, monitor, seen, snapshot, start=start, end=end)
        measured = measuring.measure(line)
        return UptimeShown(
            monitor=monitor.id,
            from_=start,
            to=end,
            uptime=measured.ratio,
            coverage=measured.coverage,
            seconds=showing.seconds(measured),
            method=measuring.METHOD,
        )

    @router.get("/latency", summary="Latency of a monitor", responses=examples.answers(examples.LATENCY))
    async def latency(
        found: Annotated[Known, Depends(find)], when: AskedPeriod, check: OfCheck = Check.DELIVERY
    ) -> LatencyShown:
        """How long the listener took to answer, in percentiles. Without bounds: the last 30 days."""
        monitor, snapshot = found
        start, end = bounds(when, snapshot.taken_at)
        took = await house.history.latency(monitor.id, check, start=start, end=end)
        return LatencyShown(
            monitor=monitor.id,
            check=check,
            from_=start,
            to=end,
            count=took.count,
            p50_seconds=_percentile(took, 0.50),
            p90_seconds=_percentile(took, 0.90),
            p95_seconds=_percentile(took, 0.95),
            p99_seconds=_percentile(took, 0.99),
            method=LATENCY_METHOD,
        )

    return router


def events_router(house: House) -> APIRouter:
    """Return the route of real events."""
    router = APIRouter(prefix="/monitors/{id}", tags=["measures"], responses=examples.MISSING)
    find = finder(house)

    @router.get("/events", summary="Real events of a monitor", responses=examples.answers(examples.EVENTS))
    async def events(found: Annotated[Known, Depends(find)], when: AskedPeriod) -> EventsShown:
        """How many real events were reported, by the hour. Without bounds: the last 30 days; 60 are kept."""
        monitor, snapshot = found
        start, end = bounds(when, snapshot.taken_at)
        hours = await house.history.real_events(monitor.id, start=start, end=end)
        return EventsShown(
            monitor=monitor.id,
            from_=start,
            to=end,
            count=sum(hour.count for hour in hours),
            hours=tuple(HourShown(start=hour.at, count=hour.count) for hour in hours),
        )

    return router


def _percentile(took: Latency, share: float) -> float | None:
    seconds = measuring.percentile(took, share)
    return None if seconds is None else round(seconds, 6)


def bounds(when: Period, now: datetime) -> tuple[datetime, datetime]:
    """Return the stretch to measure: what was asked for, but nothing of the future. Raises 422."""
    end = min(when.end or now, now)
    start = when.start or end - USUAL
    if start >= end:
        raise HTTPException(422, "query.from: must be in the past")
    return start, end
