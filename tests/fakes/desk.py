"""Stands for the monitor where receipts go: takes them all, or is not well."""

import http.server
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

PATH = "/r/YWJj.ZGVm"  # in the form of a real one


@dataclass
class Desk:
    """What was taken: of each receipt the path, and the run that its ``Idempotency-Key`` names."""

    status: int = 204
    taken: list[tuple[str, str]] = field(default_factory=list)

    @contextmanager
    def serving(self, port: int) -> Iterator[None]:
        desk = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                desk.taken.append((self.path, self.headers["Idempotency-Key"]))
                self.send_response(desk.status)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Stay quiet."""

        with http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
            Thread(target=server.serve_forever, daemon=True).start()
            yield
            server.shutdown()
