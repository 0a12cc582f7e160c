"""Asking the running main job: what changes its state goes through its operator socket."""

import json
from http.client import HTTPConnection, HTTPException
from typing import Annotated, Any

import typer

from monitor.config import settings_from
from monitor.errors import UsageError

PATIENCE = 30.0  # seconds
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104  how one that listens everywhere is reached

Host = Annotated[
    str | None, typer.Option("--operator-host", help="Operator socket.", show_default="127.0.0.1")
]
Port = Annotated[int | None, typer.Option("--operator-port", help="Operator socket.", show_default="8081")]


def reached(host: str) -> str:
    """Return where one that listens on this host is reached from this machine."""
    name = host.strip("[]")
    return ANYWHERE.get(name, name)


class Owner:
    """The running main job, where `run` with the same options and environment listens."""

    def __init__(self, host: str | None, port: int | None) -> None:
        self._settings = settings_from(operator_host=host, operator_port=port)

    def get(self, path: str) -> Any:  # noqa: ANN401  JSON
        return self._ask("GET", path, None)

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:  # noqa: ANN401  JSON
        return self._ask("POST", path, body)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> Any:  # noqa: ANN401  JSON
        """Return what it answers. Raises UsageError, in its words, for a refusal, or where nobody answers."""
        token, port = self._settings.operator_token, self._settings.operator_port
        host = reached(self._settings.operator_host)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if token is not None:
            headers["Authorization"] = f"Bearer {token.reveal()}"
        connection = HTTPConnection(host, port, timeout=PATIENCE)
        try:
            connection.request(
                method, f"/api/v1{path}", body=json.dumps(body) if body is not None else None, headers=headers
            )
            answer = connection.getresponse()
            said = json.loads(answer.read())
        except (OSError, HTTPException, ValueError) as error:
            raise UsageError(
                f"no webhook-monitor answers at {host}, port {port} ({error}): "
                "start `webhook-monitor run`, or say where it listens"
            ) from None
        finally:
            connection.close()
        if answer.status != 200:
            raise UsageError(str(said.get("detail", answer.reason)))
        return said
