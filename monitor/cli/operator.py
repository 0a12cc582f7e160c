"""The running main job, asked through its operator socket: only the owner changes what people are told."""

import json
from http.client import HTTPConnection, HTTPException
from typing import Annotated, Any

import typer

from monitor.cli.health import ANYWHERE
from monitor.config import settings_from
from monitor.errors import UsageError

PATIENCE = 30.0  # seconds

HostOption = Annotated[
    str | None, typer.Option("--operator-host", help="Operator socket.", show_default="127.0.0.1")
]
PortOption = Annotated[
    int | None, typer.Option("--operator-port", help="Operator socket.", show_default="8081")
]


def ask(method: str, path: str, body: object = None, *, host: str | None, port: int | None) -> Any:  # noqa: ANN401  JSON
    """Return what the owner answers to a request below /api/v1. Raises UsageError if it does not, or refuses.

    It is asked where `run` with the same options and environment listens, with the token it wants.
    """
    settings = settings_from(operator_host=host, operator_port=port)
    name = settings.operator_host.strip("[]")
    where = ANYWHERE.get(name, name)
    headers = {"Content-Type": "application/json"}
    if settings.operator_token is not None:
        headers["Authorization"] = f"Bearer {settings.operator_token.reveal()}"
    connection = HTTPConnection(where, settings.operator_port, timeout=PATIENCE)
    try:
        sent = None if body is None else json.dumps(body)
        connection.request(method, f"/api/v1{path}", body=sent, headers=headers)
        answer = connection.getresponse()
        said = json.loads(answer.read())
    except (OSError, HTTPException, ValueError) as error:
        raise UsageError(
            f"no webhook-monitor answers at {where}, port {settings.operator_port} ({error}): "
            "start `webhook-monitor run`, or say where it listens"
        ) from None
    finally:
        connection.close()
    if answer.status >= 400:
        raise UsageError(str(said.get("detail", answer.reason)))
    return said
