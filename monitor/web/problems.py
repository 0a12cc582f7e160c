"""Errors as application/problem+json (RFC 9457), whoever raised them."""

import json
from collections.abc import Mapping
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.errors import NotPossible, StoreError

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"


def problem(
    status: int,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    errors: list[dict[str, str]] | None = None,
) -> Response:
    """Return a problem. ``errors`` are the single faults of a request: ``where`` and ``message``."""
    content: dict[str, object] = {
        "type": "about:blank",
        "title": _phrase(status),
        "status": status,
        "detail": detail,
    }
    if errors:
        content["errors"] = errors
    text = json.dumps(content, ensure_ascii=False)
    return Response(text, status_code=status, headers=headers, media_type=MEDIA_TYPE)


def answer_with_problems(app: FastAPI) -> None:
    """Make every error of this app a problem."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(StoreError, _database_away)
    app.add_exception_handler(NotPossible, _not_possible)
    app.add_middleware(CatchBugs)


class CatchBugs:
    """Answers our own bug with a problem that says nothing of it, and logs it once, with its traceback.

    A handler for Exception would not do: Starlette raises it again, and uvicorn logs it a second time.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def send_on(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, send_on)
        except Exception as bug:
            log.exception("a request failed", path=scope.get("path"), bug=type(bug).__name__)
            if started:
                raise  # half an answer is gone: all that is left is to break the connection
            await problem(500, "something went wrong in webhook-monitor; its log says what")(
                scope, receive, send
            )


def http_problem(request: Request, error: HTTPException) -> Response:
    """Return an HTTP error as a problem, in words where Starlette has only the phrase of the status."""
    detail = error.detail
    if detail == _phrase(error.status_code):
        detail = _said(request, error.status_code)
    return problem(error.status_code, detail, headers=error.headers)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  (what it is registered for)
    return http_problem(request, error)


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  (what it is registered for)
    errors = [
        {"where": ".".join(str(part) for part in fault["loc"]), "message": str(fault["msg"])}
        for fault in error.errors()
    ]
    return problem(422, "; ".join(f"{e['where']}: {e['message']}" for e in errors), errors=errors)


async def _database_away(_: Request, error: Exception) -> Response:
    return problem(503, f"history cannot be read now: {error}", headers={"Retry-After": "5"})


async def _not_possible(_: Request, error: Exception) -> Response:
    assert isinstance(error, NotPossible)  # noqa: S101  (what it is registered for)
    return problem(404 if error.missing else 409, str(error))


def _said(request: Request, status: int) -> str:
    if status == 404:
        return f"there is nothing at {request.url.path}"
    if status == 405:
        return f"{request.method} is not possible here"
    return _phrase(status)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
