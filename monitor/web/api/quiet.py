"""Announced work and silences: what there is, and how operators make and end them."""

from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Annotated, TypeVar

from fastapi import APIRouter, Path
from starlette.exceptions import HTTPException

from monitor.core.model import Scope, Silence, Window
from monitor.core.window import coming, open_at
from monitor.errors import UsageError
from monitor.web.api import examples
from monitor.web.api.asking import LARGEST
from monitor.web.api.shapes import (
    OccurrenceShown,
    Page,
    SilenceAsked,
    SilenceShown,
    WindowAsked,
    WindowShown,
)
from monitor.web.house import House

T = TypeVar("T")
Number = Annotated[int, Path(ge=1, le=LARGEST, description="As the list shows it.", examples=[3])]
SHOWN = 3  # of the times that a window is open


def maintenance_router(house: House) -> APIRouter:
    """Return the routes of announced work."""
    router = APIRouter(tags=["quiet"])

    @router.get("/maintenance", summary="Announced work", responses=examples.lists(examples.WINDOW))
    async def windows() -> Page[WindowShown]:
        """Work that goes on now, and work to come, the soonest first; of the file and of operators."""
        snapshot = house.snapshot()
        shown = (_window(one.window, snapshot.taken_at) for one in snapshot.maintenance)
        return Page(items=tuple(shown), next=None)

    @router.post("/maintenance", summary="Announce work", responses=examples.answers(examples.WINDOW))
    async def announce(asked: WindowAsked) -> WindowShown:
        """Announce work. Probing goes on; what fails meanwhile is told when it is over, if it still fails."""
        made = house.board.announce(
            name=asked.name,
            scope=Scope(everything=asked.all, monitors=asked.monitors, groups=asked.groups, tags=asked.tags),
            start=asked.start,
            end=asked.end,
            length=_span(asked.duration_seconds),
            zone=asked.timezone,
            repeat=asked.repeat,
            public=asked.public,
        )
        return _window(await _done(made), house.now())

    @router.post(
        "/maintenance/{number}/end",
        summary="End announced work",
        responses=examples.answers(examples.WINDOW) | examples.MISSING,
    )
    async def end_window(number: Number) -> WindowShown:
        """End work now, with all its repetitions; shows what it was. What stands in the file ends there."""
        return _window(await _done(house.board.end_window(number)), house.now())

    return router


def silences_router(house: House) -> APIRouter:
    """Return the routes of silences."""
    router = APIRouter(tags=["quiet"])

    @router.get("/silences", summary="Silences", responses=examples.lists(examples.SILENCE))
    async def silences() -> Page[SilenceShown]:
        """What is silenced now, what ends first before the others."""
        return Page(items=tuple(_silence(one) for one in house.snapshot().silences), next=None)

    @router.post("/silences", summary="Silence alarms", responses=examples.answers(examples.SILENCE))
    async def silence(asked: SilenceAsked) -> SilenceShown:
        """Silence alarms for a while. Status and uptime go on; what outlives it is told then."""
        scope = Scope(
            everything=asked.all,
            monitors=asked.monitors,
            groups=asked.groups,
            tags=asked.tags,
            checks=asked.checks,
        )
        until = _until(asked, house.now())
        return _silence(await _done(house.board.silence(reason=asked.reason, scope=scope, until=until)))

    @router.post(
        "/silences/{number}/end",
        summary="End a silence",
        responses=examples.answers(examples.SILENCE) | examples.MISSING,
    )
    async def end_silence(number: Number) -> SilenceShown:
        """End a silence now; shows what it was."""
        return _silence(await _done(house.board.end_silence(number)))

    return router


async def _done(work: Awaitable[T]) -> T:
    """Wait for what was asked for, or say why it cannot be done."""
    try:
        return await work
    except UsageError as error:
        raise HTTPException(422, str(error)) from error
    except LookupError as error:
        raise HTTPException(404, str(error)) from error


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def _until(asked: SilenceAsked, now: datetime) -> datetime:
    if (asked.until is None) == (asked.duration_seconds is None):
        raise HTTPException(422, "until: needs either until or duration_seconds")
    if asked.until is None:
        return now + timedelta(seconds=asked.duration_seconds or 0)
    return asked.until if asked.until.tzinfo else asked.until.replace(tzinfo=UTC)


def _window(window: Window, now: datetime) -> WindowShown:
    times = tuple(islice(coming(window, now), SHOWN))
    return WindowShown(
        number=window.number,
        name=window.name,
        monitors=window.scope.monitors,
        groups=window.scope.groups,
        tags=window.scope.tags,
        all=window.scope.everything,
        open=any(open_at(one, now) for one in times),
        times=tuple(OccurrenceShown(start=one.start, end=one.end) for one in times),
        repeat=window.repeat,
        timezone=window.zone,
        public=window.public,
    )


def _silence(silence: Silence) -> SilenceShown:
    return SilenceShown(
        number=silence.number,
        reason=silence.reason,
        monitors=silence.scope.monitors,
        groups=silence.scope.groups,
        tags=silence.scope.tags,
        all=silence.scope.everything,
        checks=silence.scope.checks,
        since=silence.since,
        until=silence.until,
    )
