"""Alerts: what people were told, what waits to be told, and another try for what nobody took."""

from typing import Annotated

from fastapi import APIRouter, Query

from monitor.core.model import AlertState
from monitor.web.api import examples, showing
from monitor.web.api.asking import LARGEST, AskedList, AskedPeriod, to_cursor
from monitor.web.api.shapes import AlertShown, Page, RetryAsked, RetryShown
from monitor.web.house import House

OnlyNotifier = Annotated[str | None, Query(max_length=200, description="Only what this notifier is told.")]
OnlyIncident = Annotated[
    int | None, Query(ge=1, le=LARGEST, description="Only what was told of this incident.")
]
OnlyState = Annotated[AlertState | None, Query(description="Only what became of it.")]


def alerts_router(house: House) -> APIRouter:
    """Return the routes of alerts."""
    router = APIRouter(tags=["house"])

    @router.get("/alerts", summary="Alerts, told and waiting", responses=examples.lists(examples.ALERT))
    async def alerts(
        asked: AskedList,
        when: AskedPeriod,
        notifier: OnlyNotifier = None,
        incident: OnlyIncident = None,
        state: OnlyState = None,
    ) -> Page[AlertShown]:
        """What people were told, or are about to be told, newest first. `from` and `to`: when it was made."""
        queued = await house.history.alerts(
            notifier=notifier,
            incident=incident,
            state=state,
            start=when.start,
            end=when.end,
            before=asked.after_number,
            limit=asked.limit + 1,
        )
        page = queued[: asked.limit]
        more = to_cursor(str(page[-1][0])) if len(queued) > len(page) else None
        return Page(items=tuple(showing.alert(one) for _, one in page), next=more)

    @router.post(
        "/alerts/retry",
        summary="Try dead letters again",
        responses=examples.answers(examples.RETRIED),
    )
    async def retry(asked: RetryAsked) -> RetryShown:
        """Put what was given up back into the outbox: it leaves at once, and is tried as long as a new one.

        What is no dead letter is left alone: `retried` says what was.
        """
        return RetryShown(retried=await house.retry(asked.keys))

    return router
