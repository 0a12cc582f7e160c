"""One listener on a loopback port: a true event gets 200, anything else 401, a verifier that crashes 500."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from tests.listeners.verifiers import Verifier


@dataclass
class Listener:
    """What it verified with, and the bodies it accepted."""

    verify: Verifier
    secret: str
    url: str = ""
    accepted: list[bytes] = field(default_factory=list)


@contextmanager
def listening(verify: Verifier, secret: str) -> Iterator[Listener]:
    listener = Listener(verify=verify, secret=secret)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(_status(listener, headers, body))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's name
            """Stay quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        listener.url = f"http://127.0.0.1:{server.server_port}/hook"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield listener
        finally:
            server.shutdown()
            thread.join()


def _status(listener: Listener, headers: dict[str, str], body: bytes) -> int:
    try:
        true = listener.verify(body, headers, listener.secret)
    except Exception:  # noqa: BLE001  an application without a guard answers 500
        return 500
    if not true:
        return 401
    listener.accepted.append(body)
    return 200
