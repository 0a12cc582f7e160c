"""A message on its way to a person: the door to Apprise.

Apprise costs a second and 57 MB to load, so nothing of it is imported before a notifier is opened or checked;
both block, and belong in a thread. Each sending has a thread of its own, and Apprise's shared pool is not
used: a service that hangs keeps its own thread, and nobody else's.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from monitor.core.model import BadTemplate, Message, Notifier, Site
from monitor.errors import NotifyError

if TYPE_CHECKING:
    from monitor.notify.service import Service

TIME_LIMIT = 20.0  # seconds; well above a slow service, well below the outbox's lease
HANGING = 3  # sendings that we gave up waiting for, still on their way, before we refuse to add another


NAMELESS = Site()
OURS: Mapping[str, str] = MappingProxyType({})  # no template of the operator's


class Notifiers:
    """The notifiers of one configuration. A new configuration makes new ones."""

    def __init__(
        self,
        notifiers: tuple[Notifier, ...],
        *,
        site: Site = NAMELESS,
        templates: Mapping[str, str] = OURS,
        slack_url: str | None = None,
        time_limit: float = TIME_LIMIT,
    ) -> None:
        """Open every notifier. Blocks while Apprise loads: call it in a thread.

        ``templates`` are the operator's, by name; they were judged before.
        ``slack_url`` replaces ``https://hooks.slack.com/services``, and ``https://slack.com/api`` for a bot:
        a Slack that is somewhere else.
        A notifier whose URL is refused stays closed: ``send`` says so. ``judge`` finds it earlier.
        """
        from monitor.notify.dress import Dress  # noqa: PLC0415  loads Jinja2
        from monitor.notify.service import opened  # noqa: PLC0415  loads Apprise

        dress = Dress(site, templates)
        self._time_limit = time_limit
        self._lines = {notifier.name: _Line(opened(notifier, dress, slack_url)) for notifier in notifiers}

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._lines)

    @staticmethod
    def judge(notifier: Notifier) -> tuple[Notifier, ...] | str:
        """Return what is wrong with a notifier's URL, without the URL; else a notifier for each target of it.

        Each target has a line of its own in the outbox: one that refuses is tried again without the others
        hearing it twice. The first keeps the name, the others are ``name/2``, ``name/3``, … Blocks.
        """
        from monitor.notify.dress import Dress  # noqa: PLC0415  loads Jinja2
        from monitor.notify.service import how_many, opened  # noqa: PLC0415  loads Apprise

        service = opened(notifier, Dress(NAMELESS, OURS))
        if isinstance(service, str):
            return service
        count = how_many(notifier)
        if count is None:
            return (replace(notifier, indivisible=True),)
        names = (notifier.name, *(f"{notifier.name}/{number}" for number in range(2, count + 1)))
        return tuple(
            replace(notifier, name=name, target=target if count > 1 else None)
            for target, name in enumerate(names)
        )

    @staticmethod
    def judge_templates(templates: Mapping[str, str], site: Site) -> tuple[BadTemplate, ...]:
        """Return what is wrong with an operator's templates. Loads nothing of Apprise."""
        from monitor.notify.dress import Dress  # noqa: PLC0415  loads Jinja2

        return Dress(site, templates).judge()

    async def send(self, name: str, message: Message) -> str:
        """Send, and return in a few words what the service answered. Raises NotifyError.

        After a time-out the service may still take the message: at least once, not exactly once.
        """
        line = self._lines.get(name)
        if line is None:
            raise NotifyError(f"no notifier is named {name}")
        return await line.send(message, self._time_limit)


class _Line:
    """One notifier: its service, or why there is none, and how many sendings hang in it."""

    def __init__(self, service: "Service | str") -> None:
        self._service = service
        self._free = threading.BoundedSemaphore(HANGING)

    async def send(self, message: Message, time_limit: float) -> str:
        service = self._service
        if isinstance(service, str):
            raise NotifyError(service)
        if not self._free.acquire(blocking=False):
            raise NotifyError(
                f"{HANGING} earlier messages hang in this service; waiting for one to come back"
            )
        try:
            async with asyncio.timeout(time_limit):
                return await _in_a_thread(lambda: service.send(message), self._free.release)
        except TimeoutError:
            raise NotifyError(
                f"no answer within {time_limit:g} s; it may have been taken all the same", unsure=True
            ) from None


async def _in_a_thread(work: Callable[[], str], done: Callable[[], None]) -> str:
    """Run blocking work in a daemon thread: one that hangs must not keep the process from ending."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[str] = loop.create_future()

    def settle(answer: str | BaseException) -> None:
        if future.done():  # nobody waits any more
            return
        if isinstance(answer, BaseException):
            future.set_exception(answer)
        else:
            future.set_result(answer)

    def run() -> None:
        answer: str | BaseException
        try:
            answer = work()
        except BaseException as error:  # noqa: BLE001  whatever it is, it belongs to the one who waits
            answer = error
        finally:
            done()
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
            loop.call_soon_threadsafe(settle, answer)

    threading.Thread(target=run, name="notify", daemon=True).start()
    return await future
