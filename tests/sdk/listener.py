"""One program with a listener per scheme and library: ``python -m tests.sdk.listener``, in ``.venv-sdk``.

The first line of its input is a JSON object: name → ``{"scheme", "secret"}``, where ``secret`` has the form
that the vectors have. A known answer was given for a URL and at a time that are not ours: two more entries,
``url`` and ``now`` (seconds since 1970), set them for this name. Otherwise the clock is the real one, and the
URL is the one asked for, whatever a header says.

The first line of its output is its port. ``POST /NAME/LIBRARY`` answers 200 to a true event, 401 to one that
is refused, 500 and the error where the library throws one that its documentation does not name. ``GET /``
lists what can be asked. The program ends with its input.
"""

import json
import os
import sys
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from threading import Lock, Thread
from typing import Any

import time_machine
from requests.structures import CaseInsensitiveDict

from tests.sdk.verifiers import VERIFIERS, Request, verify

CLOCK = Lock()  # a frozen clock is frozen for every thread


def judge(setting: Mapping[str, Any], library: str, request: Request) -> tuple[int, str]:
    """Return the status and the words of an application that asks this library."""
    with CLOCK:
        try:
            if "now" not in setting:
                true = verify(setting["scheme"], library, request)
            else:
                with time_machine.travel(setting["now"], tick=False):
                    true = verify(setting["scheme"], library, request)
        except Exception as error:  # noqa: BLE001  an application without a guard answers 500
            return 500, repr(error)
    return (200, "") if true else (401, "")


class Handler(BaseHTTPRequestHandler):
    """What is asked for is in the path alone."""

    protocol_version = "HTTP/1.1"
    settings: Mapping[str, Mapping[str, Any]]
    origin: str

    def do_GET(self) -> None:
        listed = [
            {"name": name, "scheme": scheme, "library": library, "version": version(library)}
            for name, setting in self.settings.items()
            for scheme, library in VERIFIERS
            if scheme == setting["scheme"]
        ]
        self.answer(200, json.dumps(listed))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        name, _, library = self.path.partition("?")[0].strip("/").partition("/")
        setting = self.settings.get(name, {"scheme": None})
        if (setting["scheme"], library) not in VERIFIERS:
            self.answer(404, "")
            return
        request = Request(
            method=self.command,
            url=setting.get("url") or self.origin + self.path,
            headers=CaseInsensitiveDict(self.headers.items()),
            body=body,
            secret=setting["secret"],
        )
        self.answer(*judge(setting, library, request))

    def answer(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's name
        """Stay quiet."""


def main() -> None:
    Handler.settings = json.loads(sys.stdin.readline())
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Handler.origin = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, daemon=True).start()
        print(server.server_port, flush=True)
        os.dup2(2, 1)  # some libraries print, and nobody reads on
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main()
