"""The operator's socket: /api/v1, /docs, /metrics."""

from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.security import HTTPBearer
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from monitor import __version__
from monitor.core.model import Secret
from monitor.web.api import examples
from monitor.web.api.alerts import alerts_router
from monitor.web.api.asking import refuse_unknown
from monitor.web.api.docs import docs_router
from monitor.web.api.history import history_router
from monitor.web.api.house import house_router
from monitor.web.api.incidents import incidents_router
from monitor.web.api.measures import events_router, measures_router
from monitor.web.api.monitors import monitors_router
from monitor.web.api.notifiers_page import notifiers_page_router
from monitor.web.api.quiet import maintenance_router, silences_router
from monitor.web.api.responding import responding_router
from monitor.web.guard import Guard, Heads, SecurityHeaders
from monitor.web.house import House
from monitor.web.problems import answer_with_problems
from monitor.web.rendering import static_files
from monitor.web.scrape import metrics_router

DESCRIPTION = """What webhook-monitor knows: its monitors, what each was and is, and what people were told.

Every list is `{"items": […], "next": cursor or null}`: give `next` as `cursor` to get the next page.
Times are RFC 3339 in UTC, spans are seconds, errors are `application/problem+json`. Only a POST changes
anything; it takes `application/json`, counts once it is answered, and outlives a restart."""


def operator_app(house: House, *, token: Secret | None) -> FastAPI:
    """Return what the operator, Grafana and Prometheus may ask. Without a token only this machine may."""
    app = FastAPI(
        title="webhook-monitor",
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        telemetry={"auto_configure": False},
    )
    answer_with_problems(app)
    app.include_router(api_router(house, token))
    app.include_router(metrics_router(house), dependencies=_proof(token), responses=_refusal(token))
    app.include_router(docs_router(app))
    app.include_router(notifiers_page_router(house))
    app.mount("/static", static_files())
    app.add_route("/", _to_the_docs, include_in_schema=False)
    app.add_middleware(Heads)
    app.add_middleware(Guard, token=token)
    app.add_middleware(SecurityHeaders, cache="no-store")
    return app


def api_router(house: House, token: Secret | None) -> APIRouter:
    """Return everything under /api/v1."""
    router = APIRouter(
        prefix="/api/v1",
        dependencies=[Depends(refuse_unknown), *_proof(token)],
        responses={
            422: examples.problem("The request cannot be understood."),
            503: examples.problem("The database is away."),
            **_refusal(token),
        },
    )
    parts = (
        monitors_router,
        history_router,
        measures_router,
        events_router,
        incidents_router,
        responding_router,
        maintenance_router,
        silences_router,
        alerts_router,
        house_router,
    )
    for part in parts:
        router.include_router(part(house))
    return router


def _proof(token: Secret | None) -> list[Any]:
    """Return what makes OpenAPI say that a token is wanted; the Guard is who asks for it."""
    return [] if token is None else [Depends(HTTPBearer(auto_error=False))]


def _refusal(token: Secret | None) -> dict[int | str, dict[str, Any]]:
    """Return how whoever may not come in is answered."""
    if token is None:
        return {403: examples.problem("Without an operator token only this machine may ask, and directly.")}
    return {401: examples.problem("The operator token is missing or wrong.")}


async def _to_the_docs(_: Request) -> Response:
    return RedirectResponse("/docs")
