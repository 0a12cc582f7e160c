"""What Prometheus takes away."""

from datetime import timedelta

from fastapi import APIRouter
from starlette.responses import Response

from monitor.web.fresh import Fresh
from monitor.web.house import House

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
AGE = timedelta(seconds=1)  # two scrapers in one second cost as much as one


def metrics_router(house: House) -> APIRouter:
    """Return the route of /metrics."""
    router = APIRouter(tags=["metrics"])
    fresh = Fresh(house.metrics, age=AGE, now=house.now)

    @router.get("/metrics", summary="Metrics for Prometheus", response_class=Response)
    async def metrics() -> Response:
        """Everything there is to scrape, in the Prometheus text format. At most one second old."""
        return Response(await fresh.get(), media_type=MEDIA_TYPE)

    return router
