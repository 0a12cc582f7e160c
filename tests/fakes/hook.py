"""A webhook listener of our own on loopback, in this process: it verifies nothing, and breaks when told."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


class Hook:
    """Answers ``status`` to all; ``hang()`` makes it take requests and never answer."""

    def __init__(self) -> None:
        self.status = 200
        self.taken = 0
        self._go = threading.Event()
        self._go.set()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                hook.taken += 1
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                hook._go.wait(30)
                self.send_response(hook.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    def hang(self) -> None:
        self._go.clear()

    def heal(self) -> None:
        self.status = 200
        self._go.set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._go.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class Server(ThreadingHTTPServer):
    """Lets go of connections that the other side gave up on, without a word."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A prober that hangs up is no error of ours."""
