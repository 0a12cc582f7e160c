"""An HTTP endpoint on loopback that keeps what is posted to it, and answers as it is told."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


@dataclass(frozen=True, kw_only=True)
class Post:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Reply:
    """``status`` 0: it hangs up without a word."""

    status: int = 200
    body: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=dict)


Answerer = Callable[[Post], Reply]


class Postbox:
    """``next`` are answers to give before ``answer`` is asked again; while ``held`` nothing is answered."""

    def __init__(self, answer: Answerer = lambda _: Reply()) -> None:
        self.posts: list[Post] = []
        self.next: deque[Reply] = deque()
        self._answer = answer
        self._open = threading.Event()
        self._open.set()
        postbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                post = Post(path=self.path, headers=dict(self.headers), body=self.rfile.read(length))
                reply = postbox._take(post)
                if not reply.status:
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            do_GET = do_POST  # noqa: N815  http.server's name

            def log_message(self, *_: object) -> None:
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def _take(self, post: Post) -> Reply:
        self.posts.append(post)
        self._open.wait(30)
        return self.next.popleft() if self.next else self._answer(post)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def hold(self) -> None:
        self._open.clear()

    def let_go(self) -> None:
        self._open.set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._open.set()
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that went away is part of the tests, not news."""
