"""A webhook listener with a queue and a worker: the worker reports to the address in the event."""

import json
import queue
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from tests.fakes.hook import Server

Report = Callable[[dict[str, Any], str], None]


class Shop:
    """Answers ``status`` at once and works later; ``working`` says whether its worker does.

    ``report(event, run)`` is what the worker does at the end; ``runs``: how often it does each event's work.
    """

    def __init__(self) -> None:
        self.status = 200
        self.runs = 1
        self.report: Report = self.post
        self.body = b""
        self.answers: list[int] = []
        self.working = threading.Event()
        self.working.set()
        self._queue: queue.Queue[bytes | None] = queue.Queue()
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(length)
                if len(body) < length:  # its sender was killed
                    return
                self.send_response(shop.status)
                self.send_header("Content-Length", "0")
                self.end_headers()
                shop._queue.put(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server: ThreadingHTTPServer = Server(("127.0.0.1", 0), Handler)
        self._threads = (
            threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True),
            threading.Thread(target=self._work, daemon=True),
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    def post(self, event: dict[str, Any], run: str) -> None:
        """Report to the address in the event."""
        self.send(event["receipt_url"], self.body, {"Idempotency-Key": run})

    def send(self, url: str, body: bytes, headers: dict[str, str]) -> None:
        request = urllib.request.Request(url, data=body, headers=headers, method="POST")  # noqa: S310  a test's own
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310  a test's own
                self.answers.append(answer.status)
        except urllib.error.HTTPError as error:
            self.answers.append(error.code)
        except OSError:
            self.answers.append(0)

    def _work(self) -> None:
        number = 0
        while (body := self._queue.get()) is not None:
            self.working.wait()
            for _ in range(self.runs):
                number += 1
                self.report(json.loads(body), f"run-{number}")

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.working.set()
        self._queue.put(None)
        self._server.shutdown()
        self._server.server_close()
        for thread in self._threads:
            thread.join(5)
