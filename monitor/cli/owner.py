"""Asking the running main job: what changes its state goes through its operator socket."""

import json
from http.client import HTTPConnection, HTTPException
from typing import Annotated, Any

import typer

from monitor.config import settings_from
from monitor.errors import UsageError

PATIENCE = 15.0  # seconds
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104  how one that listens everywhere is reached

Host = Annotated[
    str | None, typer.Option("--operator-host", help="Operator socket.", show_default="127.0.0.1")
]
Port = Annotated[int | None, typer.Option("--operator-port", help="Operator socket.", show_default="8081")]


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
        name = self._settings.operator_host.strip("[]")
        host = ANYWHERE.get(name, name)
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
                f"the main job must be running for this, and does not answer at {host}, port {port}: {error}"
            ) from error
        finally:
            connection.close()
        if answer.status != 200:
            raise UsageError(said.get("detail", f"the main job answered {answer.status}"))
        return said
