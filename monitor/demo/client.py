"""Break, heal and look at a running demo, from another process."""

import http.client
import json
from typing import Any

from monitor.demo.inbox import Received, from_json
from monitor.demo.places import HOST, PORT, Fault, Listener, State
from monitor.errors import UsageError

TIMEOUT = 5  # seconds; it is on this machine


def break_(listener: Listener, fault: Fault, *, port: int = PORT) -> None:
    """Break a listener. Raises UsageError where no demo is running."""
    _ask("POST", "/control/break", {"listener": listener, "with": fault}, port)


def heal(listener: Listener, *, port: int = PORT) -> None:
    """Mend a listener. Raises UsageError where no demo is running."""
    _ask("POST", "/control/heal", {"listener": listener}, port)


def state(*, port: int = PORT) -> tuple[State, ...]:
    """Return every listener and how it is broken. Raises UsageError where no demo is running."""
    return tuple(
        State(
            listener=Listener(item["listener"]),
            url=item["url"],
            fault=Fault(item["fault"]) if item["fault"] else None,
        )
        for item in _ask("GET", "/control/state", None, port)["listeners"]
    )


def inbox(*, port: int = PORT) -> tuple[Received, ...]:
    """Return the alerts received, oldest first. Raises UsageError where no demo is running."""
    return tuple(from_json(item) for item in _ask("GET", "/inbox", None, port)["items"])


def _ask(method: str, path: str, body: dict[str, str] | None, port: int) -> Any:  # noqa: ANN401  JSON
    connection = http.client.HTTPConnection(HOST, port, timeout=TIMEOUT)
    try:
        connection.request(method, path, json.dumps(body) if body else None)
        response = connection.getresponse()
        answer = json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise UsageError(
            f"no demo answers on port {port}: start one with `webhook-monitor run --demo`"
        ) from error
    finally:
        connection.close()
    if response.status != 200:
        raise UsageError(f"the demo says: {answer.get('error', response.status)}")
    return answer
