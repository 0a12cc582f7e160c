"""The demo process: one port for control and inbox, and one for each listener."""

import asyncio
import signal
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from monitor.demo.answers import answer, delay
from monitor.demo.foreman import Foreman
from monitor.demo.http import Answer, BadRequest, Request, document, read_request, text
from monitor.demo.inbox import Inbox, from_apprise
from monitor.demo.places import (
    HOST,
    OF_WORKERS,
    PORT,
    WITH_WORKER,
    Fault,
    Listener,
    port_of,
    queue_of,
    read_secrets,
    url_of,
)
from monitor.demo.queue import Queue
from monitor.errors import UsageError

PATIENCE = 30  # seconds for a request to arrive in full

Word = TypeVar("Word", Listener, Fault)
Handler = Callable[[Request, asyncio.StreamReader], Awaitable[Answer | None]]


def serve(directory: Path, port: int = PORT, *, lifeline: int | None = None) -> None:
    """Run until SIGTERM or SIGINT. Raises UsageError where a port is taken, or ``prepare`` was not called.

    ``lifeline`` is our end of a pipe. Whoever started us holds the other one: it closes with them, however
    they end.
    """
    try:
        demo = Demo(directory, secrets=read_secrets(directory), port=port)
    except (OSError, sqlite3.Error) as error:
        raise UsageError(f"the demo cannot read its files in {directory}: {error}") from error
    asyncio.run(_until_stopped(demo, lifeline))


async def _until_stopped(demo: "Demo", lifeline: int | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if lifeline is not None:
        loop.add_reader(lifeline, stop.set)  # nobody writes: what there is to read is the end
    await demo.open()
    try:
        await stop.wait()
    finally:
        await demo.close()


class Demo:
    """All listeners, one worker, and the inbox. ``faults`` holds who is broken, and how."""

    def __init__(self, directory: Path, *, secrets: dict[Listener, str], port: int) -> None:
        self._secrets = secrets
        self._inbox = Inbox(directory / "inbox.jsonl")
        self._queue = Queue(queue_of(directory))
        self._foreman = Foreman(directory)
        self._port = port
        self._faults: dict[Listener, Fault] = {}
        self._changed = {listener: asyncio.Event() for listener in Listener}
        self._servers: dict[int, asyncio.Server] = {}
        self._talks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Open every port, or none: raises UsageError."""
        try:
            await self._listen(self._port, self._control)
            for listener in Listener:
                await self._listen_for(listener)
        except UsageError:
            await self.close()
            raise
        await self._foreman.arrange(None)

    async def close(self) -> None:
        for server in self._servers.values():
            server.close()
        talks = list(self._talks)
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await self._foreman.dismiss()
        self._queue.close()

    async def change(self, listener: Listener, fault: Fault | None) -> None:
        """Break a listener (another way), or heal it. Whoever hangs there is hung up on."""
        if listener is WITH_WORKER:
            await self._foreman.arrange(fault)
        elif fault in OF_WORKERS:
            raise UsageError(f"{listener} has no worker; {WITH_WORKER} has one")
        if fault is Fault.REFUSE:
            closed = self._servers.pop(port_of(listener, self._port), None)
            if closed is not None:
                closed.close()
        else:
            await self._listen_for(listener)
        self._changed[listener].set()
        self._changed[listener] = asyncio.Event()
        if fault is None:
            self._faults.pop(listener, None)
        else:
            self._faults[listener] = fault

    async def _listen_for(self, listener: Listener) -> None:
        async def handle(request: Request, reader: asyncio.StreamReader) -> Answer | None:
            return await self._attend(listener, request, reader)

        await self._listen(port_of(listener, self._port), handle)

    async def _listen(self, port: int, handle: Handler) -> None:
        if port in self._servers:
            return

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._talk(handle, reader, writer)

        try:
            self._servers[port] = await asyncio.start_server(talk, HOST, port)
        except OSError as error:
            raise UsageError(f"port {port} is taken: is the demo running already?") from error

    async def _talk(
        self, handle: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """One connection, one request. Whatever comes in, the listener lives on."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  we are in one
        self._talks.add(task)
        try:
            reply = await _answer(handle, reader)
            if reply is not None:
                writer.write(reply.render())
                await writer.drain()
        except (OSError, TimeoutError):
            pass  # they went away, or never got to the point
        finally:
            self._talks.discard(task)
            writer.close()

    async def _attend(
        self, listener: Listener, request: Request, reader: asyncio.StreamReader
    ) -> Answer | None:
        fault = self._faults.get(listener)
        if fault is Fault.HANG:
            await _either(reader.read(1), self._changed[listener].wait())
            return None
        await asyncio.sleep(delay(listener, fault))
        secret, now = self._secrets[listener], datetime.now(UTC).timestamp()
        reply = answer(listener, request, fault=fault, secret=secret, now=now)
        if listener is WITH_WORKER and (reply.acknowledges or fault is Fault.PROCESS_FORGED):
            self._queue.put(request.body)
        return reply

    async def _control(self, request: Request, _reader: asyncio.StreamReader) -> Answer:
        match request.method, request.path:
            case "POST", "/inbox":
                self._inbox.add(from_apprise(request.json(), datetime.now(UTC)))
                return document({"received": True})
            case "GET", "/inbox":
                return document({"items": [received.as_json() for received in self._inbox.items()]})
            case "GET", "/control/state":
                return document({"listeners": [self._state(listener) for listener in Listener]})
            case "POST", "/control/break":
                await self.change(_word(Listener, request, "listener"), _word(Fault, request, "with"))
                return document({"ok": True})
            case "POST", "/control/heal":
                await self.change(_word(Listener, request, "listener"), None)
                return document({"ok": True})
        return text(404, "Not Found")

    def _state(self, listener: Listener) -> dict[str, str | None]:
        fault = self._faults.get(listener)
        return {"listener": listener, "url": url_of(listener, self._port), "fault": fault}


async def _answer(handle: Handler, reader: asyncio.StreamReader) -> Answer | None:
    try:
        async with asyncio.timeout(PATIENCE):
            request = await read_request(reader)
        return None if request is None else await handle(request, reader)
    except BadRequest as refusal:
        return document({"error": str(refusal)}, status=refusal.status)
    except UsageError as error:
        return document({"error": str(error)}, status=409)


async def _either(*waits: Awaitable[object]) -> None:
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError, OSError):
                await task


def _word(kind: type[Word], request: Request, key: str) -> Word:
    body = request.json()
    try:
        return kind(body[key])
    except (KeyError, TypeError, ValueError) as error:
        known = ", ".join(kind)
        raise BadRequest(400, f'"{key}" must be one of: {known}') from error
