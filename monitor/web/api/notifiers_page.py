"""/notifiers: do alerts get out? For people, on the operator's socket."""

from functools import partial

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from monitor.core.times import clock
from monitor.web.api.house import notifiers_of
from monitor.web.api.shapes import NotifierShown, NotifierState
from monitor.web.house import House
from monitor.web.rendering import templates

MARKS = {NotifierState.ALIVE: "✓", NotifierState.FAILING: "!", NotifierState.DEAD: "✗"}


def notifiers_page_router(house: House) -> APIRouter:
    """Return the route of /notifiers."""
    router = APIRouter()
    template = templates().get_template("notifiers.html")

    @router.get("/notifiers", include_in_schema=False)
    async def notifiers() -> Response:
        everyone = notifiers_of(house.snapshot(), await house.queues())
        told = partial(clock, now=house.now())
        return HTMLResponse(
            template.render(notifiers=everyone, verdict=verdict(everyone), marks=MARKS, clock=told)
        )

    return router


def verdict(everyone: list[NotifierShown]) -> str:
    """Say in one line whether people are told."""
    if not everyone:
        return "Nobody is told: there are no notifiers"
    dead = [one.name for one in everyone if one.state is NotifierState.DEAD]
    failing = [one.name for one in everyone if one.state is NotifierState.FAILING]
    if dead:
        return f"Alerting is impaired: {', '.join(dead)} takes nothing until somebody mends it"
    return f"{', '.join(failing)} takes nothing now; it is tried again" if failing else "Alerts get out"
