"""A delivery as a curl command that sends the same bytes to the same place."""

import shlex
from datetime import timedelta

from monitor.core.model import Delivery, Tls
from monitor.errors import UsageError


def command(delivery: Delivery) -> str:
    """Return the command for a POSIX shell. Raises UsageError for a body that no argument can hold."""
    if b"\0" in delivery.body:
        raise UsageError("the body holds a NUL byte, which no command line can carry")
    words = [
        ["curl", "--include", "--http1.1", "--globoff", "--noproxy", "*"],
        ["--max-time", f"{delivery.timeout / timedelta(seconds=1):g}"],
        *_where(delivery),
        *_tls(delivery.tls),
        ["--request", delivery.method],
        *(["--header", _header(name, value)] for name, value in delivery.headers),
        # Not --data-binary: it reads a file where the body begins with an @.
        ["--data-raw", delivery.body.decode("utf-8", "surrogateescape")],
        [delivery.url],
    ]
    return " \\\n  ".join(shlex.join(word) for word in words)


def _where(delivery: Delivery) -> list[list[str]]:
    if delivery.connect_to is None:
        return []
    host, port = delivery.connect_to
    return [["--connect-to", f"::{f'[{host}]' if ':' in host else host}:{port}"]]


def _tls(tls: Tls) -> list[list[str]]:
    named = (("--cacert", tls.ca), ("--cert", tls.certificate), ("--key", tls.key))
    words = [[option, path] for option, path in named if path is not None]
    return words if tls.verify else [*words, ["--insecure"]]


def _header(name: str, value: str) -> str:
    return f"{name}: {value}" if value else f"{name};"  # with a colon and no value, curl leaves it out
