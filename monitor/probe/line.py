"""One HTTP/1.1 exchange: h11 reads, the trail notes, the caps hold."""

import h11

from monitor.core.model import FailureKind, Phase
from monitor.probe.answer import BODY_CAP
from monitor.probe.failures import Fault
from monitor.probe.stream import Stream
from monitor.probe.trail import Trail

HEAD_CAP = 64 * 1024  # bytes of status line and headers
WIRE_CAP = 8 * BODY_CAP  # bytes of one answer with its framing: 64 KiB in chunks of one byte is less
INTERIM_CAP = 20  # answers of the kind 1xx before the real one
SHOWN = 60  # first bytes of an answer that is not HTTP

GREETING = b"HTTP/1."

RawHeaders = list[tuple[bytes, bytes]]


class Line:
    """A connection in the hands of one probe."""

    def __init__(self, stream: Stream, trail: Trail) -> None:
        self.stream = stream
        self._trail = trail
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_CAP)
        self._start = b""  # the first bytes of the answer, to show what it is when it is not HTTP
        self._read = 0

    @property
    def reusable(self) -> bool:
        """Both sides are done, and nothing was said beyond the answer."""
        done = self._http.our_state is h11.DONE and self._http.their_state is h11.DONE
        return done and self.stream.quiet and not self._http.trailing_data[0]

    async def send(self, method: bytes, path: bytes, headers: RawHeaders, content: bytes) -> None:
        """Send one whole request, its headers in the order and case given. Raises Fault if illegal."""
        self._trail.enter(Phase.SEND)
        await self.stream.write(self._written(method, path, headers, content))

    def _written(self, method: bytes, path: bytes, headers: RawHeaders, content: bytes) -> bytes:
        """h11 checks the head, but would write Host first: the order given is part of a probe."""
        try:
            self._http.send(h11.Request(method=method, target=path, headers=headers))
            body = self._http.send(h11.Data(data=content)) or b""
            end = self._http.send(h11.EndOfMessage()) or b""
        except h11.LocalProtocolError as error:
            # Its text may quote a header, so it is not told.
            problem = "the request cannot be written: its method, url or a header is not valid HTTP"
            raise Fault(FailureKind.LOCAL, problem) from error
        head = b"".join(b"%b: %b\r\n" % header for header in headers)
        return b"%b %b HTTP/1.1\r\n%b\r\n%b%b" % (method, path, head, body, end)

    async def head(self) -> tuple[int, RawHeaders]:
        """Wait for status and headers, past a bounded number of interim answers. Raises Fault, OSError."""
        self._trail.enter(Phase.WAIT)
        for _ in range(INTERIM_CAP + 1):
            event = await self._next()
            if isinstance(event, h11.Response):
                self._trail.http_status = event.status_code
                return event.status_code, event.headers.raw_items()
            self._trail.enter(Phase.WAIT)
        raise Fault(FailureKind.BROKEN_ANSWER, f"more than {INTERIM_CAP} interim answers and no real one")

    async def data(self) -> bytes | None:
        """The next piece of the body, None at its end."""
        event = await self._next()
        return bytes(event.data) if isinstance(event, h11.Data) else None

    async def _next(self) -> object:
        try:
            while (event := self._http.next_event()) is h11.NEED_DATA:
                self._http.receive_data(await self._more())
        except h11.RemoteProtocolError as error:
            raise Fault(FailureKind.BROKEN_ANSWER, self._complaint(error)) from None
        return event

    async def _more(self) -> bytes:
        data = await self.stream.read()
        if not data and not self._start:
            raise Fault(FailureKind.RESET, "the listener closed the connection without an answer")
        if self._trail.phase is Phase.WAIT and data:
            self._trail.enter(Phase.RECEIVE)
            self._trail.heard = True
        if len(self._start) < SHOWN:
            self._start += data[:SHOWN]
        if not _like_http(self._start):  # h11 would wait for an empty line, which may never come
            raise Fault(FailureKind.BROKEN_ANSWER, self._not_http())
        self._read += len(data)
        if self._read > WIRE_CAP:
            raise Fault(FailureKind.BROKEN_ANSWER, "the answer is nearly all framing and hardly any content")
        return data

    def _complaint(self, error: h11.RemoteProtocolError) -> str:
        if error.error_status_hint == 431:
            return f"the headers of the answer are larger than {HEAD_CAP // 1024} KiB"
        if self._trail.http_status is not None:
            problem = "the answer broke off" if self.stream.ended else "its body is not valid HTTP"
            return f"it answered {self._trail.http_status}, but {problem}"
        problem = "broke off in its headers" if self.stream.ended else "has headers that are not valid HTTP"
        return f"the answer {problem}"

    def _not_http(self) -> str:
        if self._start.startswith(b"\x15\x03"):
            return "the listener speaks TLS on this port, and the url says http://"
        return f"the answer is not HTTP/1.1; it begins with “{self._start[:SHOWN].decode('latin-1').strip()}”"


def _like_http(start: bytes) -> bool:
    return start.startswith(GREETING) or GREETING.startswith(start)
