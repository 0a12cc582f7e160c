"""The least that takes a receipt: uvicorn and Starlette. ``python -m benchmarks.bare PORT [DATABASE]``

It answers 204 to every POST. With a DATABASE it keeps a row first, durably, in a transaction of its own.
"""

import sqlite3
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def app(database: str | None) -> Starlette:
    kept = sqlite3.connect(database, isolation_level=None) if database else None
    if kept is not None:
        kept.execute("PRAGMA journal_mode = WAL")
        kept.execute("CREATE TABLE receipt (token TEXT PRIMARY KEY, run TEXT)")

    async def receive(request: Request) -> Response:
        await request.body()
        if kept is not None:
            row = (request.path_params["token"], request.headers.get("idempotency-key"))
            kept.execute("INSERT OR IGNORE INTO receipt VALUES (?, ?)", row)
        return Response(status_code=204)

    return Starlette(routes=[Route("/r/{token}", receive, methods=["POST"])])


if __name__ == "__main__":
    port, *rest = sys.argv[1:]
    uvicorn.run(app(rest[0] if rest else None), port=int(port), access_log=False, log_level="error")
