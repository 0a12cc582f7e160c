"""From the outbox to people: claims what is due, sends it, settles it. At least once, in order, no flood.

Each notifier has a line of its own (``line``), so one that is slow or dead delays nobody. When to send and
when to hold back is decided in ``pace``, which touches nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from datetime import datetime, timedelta

from monitor.core.model import Config
from monitor.core.times import duration
from monitor.errors import NotOwner, StoreError
from monitor.outbox.health import unheard
from monitor.outbox.line import Line, either
from monitor.outbox.outside import Outside, Send, Shelf

__all__ = ["Outbox", "Send", "Shelf", "unheard"]

SWEEP = timedelta(minutes=10)  # between two looks for what waits for nobody
LOOK = 1.0  # seconds between two looks for alerts that the database did not take
PATIENCE = timedelta(seconds=3)  # so long an alert waits for the database before it leaves from memory


class Outbox:
    """Keeps one line for each notifier that the configuration names.

    What is queued for a name that the configuration does not know stays queued, untouched, until it does:
    for as long as a service may refuse. Then it is given up, like any other.
    """

    def __init__(  # noqa: PLR0913  the outside, in callables, so that a test can be the outside
        self,
        *,
        store: Shelf,
        send: Send,
        config: Callable[[], Config],
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
        jitter: Callable[[], float],
        observe: Callable[[str, str, float], None],
    ) -> None:
        """``jitter`` gives 0 to 1. ``observe`` hears of each sending: notifier, outcome ("sent", "failed",
        "handed_over", "given_up") and seconds.
        """
        self._config = config
        self._outside = Outside(
            store=store,
            send=send,
            config=config,
            now=now,
            sleep=sleep,
            jitter=jitter,
            observe=observe,
        )
        self._lines: dict[str, Line] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._woken = asyncio.Event()
        self._swept_at = now()

    def wake(self, names: Collection[str]) -> None:
        """Something was put into the outbox for these notifiers, or the configuration changed."""
        for name in names:
            if name in self._lines:
                self._lines[name].wake()
        self._woken.set()

    def renew(self) -> None:
        """Something was mended: whoever refused is asked again now."""
        for line in self._lines.values():
            line.renew()

    async def run(self) -> None:
        """Serve until cancelled. Raises NotOwner when the database is somebody else's."""
        try:
            while True:
                self._woken.clear()
                await self._keep_lines()
                self._hand_out_unwritten()
                await self._sweep()
                await either(self._woken.wait(), self._outside.sleep(LOOK))
        finally:
            await _end(self._tasks.values())

    async def drain(self, seconds: float) -> None:
        """Let what is due leave now, windows or not; for so long at most."""
        lines = list(self._lines.values())
        for line in lines:
            line.hurry()
        idle = asyncio.gather(*(line.idle.wait() for line in lines))
        await either(idle, self._outside.sleep(seconds))

    def stuck(self, longest: timedelta) -> str | None:
        """Return what does not move, if a line has not looked for so long what there is to do."""
        now = self._outside.now()
        for name, line in self._lines.items():
            if now - line.moved_at > longest:
                return f"the outbox of {name} has not moved for {duration(now - line.moved_at)}"
        return None

    async def _keep_lines(self) -> None:
        """Open a line for each new name, close those whose name has left, raise what ended one."""
        for task in self._tasks.values():
            if task.done():
                task.result()
        notifiers = {notifier.name: notifier for notifier in self._config().notifiers}
        for name, line in self._lines.items():
            if name in notifiers:
                line.follow(notifiers[name])
        for name in notifiers.keys() - self._lines.keys():
            self._lines[name] = line = Line(notifiers[name], self._outside)
            self._tasks[name] = task = asyncio.create_task(line.run(), name=f"outbox {name}")
            task.add_done_callback(lambda _: self._woken.set())
        gone = self._lines.keys() - notifiers.keys()
        for name in gone:
            del self._lines[name]
        await _end([self._tasks.pop(name) for name in gone])

    def _hand_out_unwritten(self) -> None:
        unwritten = self._outside.store.unwritten_alerts(PATIENCE)
        for name, line in self._lines.items():
            line.take_unwritten([alert for alert in unwritten if alert.notifier == name])

    async def _sweep(self) -> None:
        """Give up what nobody has served for too long."""
        now = self._outside.now()
        if now - self._swept_at < SWEEP:
            return
        self._swept_at = now
        patience = self._config().give_up_after
        try:
            await self._outside.store.give_up_unserved(
                list(self._lines),
                made_before=now - patience,
                at=now,
                error=f"no notifier of this name was configured for {duration(patience)}",
            )
        except NotOwner:
            raise
        except StoreError:
            return  # the lines say that the database is away; the next look will do


async def _end(tasks: Iterable[asyncio.Task[None]]) -> None:
    tasks = list(tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
