"""The listeners of the demo: their names, ports and secrets, and the ways to break them."""

import base64
import os
import secrets
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

HOST = "127.0.0.1"
PORT = 7100  # control and inbox; the listeners follow. monitors.yaml names these ports


class Listener(StrEnum):
    """One webhook endpoint each, as an application of that provider would have it."""

    STRIPE = "stripe"
    GITHUB = "github"
    SLACK = "slack"
    SHOPIFY = "shopify"
    STANDARD = "standard"
    ORDERS = "orders"  # signs in a way of its own: a ``signature:`` template; has a queue and a worker


class Fault(StrEnum):
    """How a listener can be broken."""

    SERVER_ERROR = "503"
    HANG = "hang"  # takes the request and never answers
    REFUSE = "refuse"  # its port is closed
    SLOW = "slow"  # acknowledges, but late
    ACCEPT_FORGED = "accept-forged"  # says 200 to anything: verification is off
    STOP_WORKER = "stop-worker"  # acknowledges as ever, and nobody works
    PROCESS_TWICE = "process-twice"  # an event that comes twice is processed twice
    PROCESS_FORGED = "process-forged"  # refuses a forged event, and processes it all the same


OF_WORKERS = frozenset({Fault.STOP_WORKER, Fault.PROCESS_TWICE, Fault.PROCESS_FORGED})
WITH_WORKER = Listener.ORDERS


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A listener and how it is broken; None when it is well."""

    listener: Listener
    url: str
    fault: Fault | None


def port_of(listener: Listener, base: int = PORT) -> int:
    """Return the port of a listener: 7101 for the first."""
    return base + 1 + list(Listener).index(listener)


def url_of(listener: Listener, base: int = PORT) -> str:
    return f"http://{HOST}:{port_of(listener, base)}/hooks/{listener}"


def queue_of(directory: Path) -> Path:
    """Return the file with the queue of the listener that has one."""
    return directory / f"{WITH_WORKER}.db"


def prepare(directory: Path) -> None:
    """Create what is missing: one secret per listener, readable by its owner alone. Keeps what is there."""
    place = directory / "secrets"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    for listener in Listener:
        _write_once(place / listener, _new_secret(listener))


def read_secrets(directory: Path) -> dict[Listener, str]:
    """Return the secret of every listener. Raises OSError where ``prepare`` was never called."""
    place = directory / "secrets"
    return {listener: (place / listener).read_text().strip() for listener in Listener}


def _write_once(path: Path, secret: str) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w") as file:
        file.write(secret + "\n")


def _new_secret(listener: Listener) -> str:
    """In the form its provider hands out, random every time."""
    match listener:
        case Listener.STRIPE:
            return "whsec_" + secrets.token_hex(24)
        case Listener.STANDARD:
            return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        case Listener.SHOPIFY:
            return "shpss_" + secrets.token_hex(16)
    return secrets.token_hex(20)
