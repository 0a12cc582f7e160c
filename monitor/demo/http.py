"""Just enough HTTP/1.1 for the demo: one request, one answer, and the connection is over."""

import json
from asyncio import IncompleteReadError, LimitOverrunError, StreamReader
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

LARGEST_BODY = 1_000_000  # bytes; the head is capped by the stream's own limit of 64 KiB


class BadRequest(Exception):
    """Not something we can answer well; ``status`` says how to refuse it."""

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(problem)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked. Header names are lower-case; the last of a name wins."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def header(self, name: str) -> str:
        """Return the header, or nothing."""
        return self.headers.get(name, "")

    def json(self) -> Any:  # noqa: ANN401  that is what JSON is
        """Return the body as JSON. Raises BadRequest."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise BadRequest(400, "the body is not JSON") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is answered."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"

    @property
    def acknowledges(self) -> bool:
        return 200 <= self.status < 300

    def render(self) -> bytes:
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = ""
        head = (
            f"HTTP/1.1 {self.status} {phrase}\r\n"
            f"Content-Type: {self.content_type}\r\n"
            f"Content-Length: {len(self.body)}\r\n"
            "Connection: close\r\n\r\n"
        )
        return head.encode("latin-1") + self.body


def text(status: int, words: str) -> Answer:
    return Answer(status=status, body=words.encode())


def document(value: object, *, status: int = 200) -> Answer:
    return Answer(status=status, body=json.dumps(value).encode(), content_type="application/json")


async def read_request(reader: StreamReader) -> Request | None:
    """Return the request, or None where the other side hung up. Raises BadRequest on anything else."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        method, path, headers = _parse(head)
        return Request(
            method=method, path=path, headers=headers, body=await reader.readexactly(_length(headers))
        )
    except IncompleteReadError:
        return None
    except LimitOverrunError as error:
        raise BadRequest(431, "the head is too long") from error


def _parse(head: bytes) -> tuple[str, str, dict[str, str]]:
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise BadRequest(400, "this is not HTTP/1.1")
    pairs = (line.partition(":") for line in lines if line)
    return words[0], words[1], {name.strip().lower(): value.strip() for name, _, value in pairs}


def _length(headers: Mapping[str, str]) -> int:
    if "transfer-encoding" in headers:
        raise BadRequest(411, "send a Content-Length")
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        raise BadRequest(400, "the Content-Length is no number")
    if len(length) > 9 or int(length) > LARGEST_BODY:
        raise BadRequest(413, "the body is too long")
    return int(length)
