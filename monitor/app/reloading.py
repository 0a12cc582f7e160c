"""A new configuration while we run: read, compared, handed to who must know, or refused in words."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta

import structlog

from monitor import config as configuration
from monitor import system
from monitor.app.wiring import notifiers_of, telling, utc_now
from monitor.core import changes
from monitor.core.changes import Changes
from monitor.core.model import AWAITED, CheckKey, Config, Message, Print, Record
from monitor.errors import ConfigError, Problem
from monitor.metrics import Metrics
from monitor.network import Network
from monitor.notify import Notifiers
from monitor.pipeline import Pipeline
from monitor.schedule import Clock
from monitor.watch import Watch
from monitor.web import ReloadState

log = structlog.get_logger()

FIRST_LOOK = timedelta(seconds=30)  # a check that never ran runs within this, however rare it is
LINES = 10  # of what changed, in the log; `plan` shows all


class Reloader:
    """Reads the file again when it changes, and when ``hang_up`` is set (SIGHUP). It alone does.

    ``read`` is called in a thread, and may raise ConfigError. ``loaded`` is called with each new
    configuration once it is in force.
    """

    def __init__(  # noqa: PLR0913  all who must know of a new configuration
        self,
        *,
        read: Callable[[], Config],
        hang_up: asyncio.Event,
        watch: Watch,
        network: Network,
        pipeline: Pipeline,
        clock: Clock,
        record: Callable[[Record], None],
        notifiers: Notifiers,
        metrics: Metrics,
        loaded: Callable[[Config], None],
    ) -> None:
        self.state = ReloadState(ok=True, at=utc_now(), problems=())
        self._read = read
        self._hang_up = hang_up
        self._watch = watch
        self._network = network
        self._pipeline = pipeline
        self._clock = clock
        self._record = record
        self._notifiers = notifiers
        self._metrics = metrics
        self._loaded = loaded
        self._refused_files: Mapping[str, Print] = {}

    async def send(self, name: str, message: Message) -> str:
        """Send through the notifiers of this moment: a reload makes new ones."""
        return await self._notifiers.send(name, message)

    def begin(self) -> None:
        """Take what the file has become while nothing ran, and plan."""
        for record in (*self._watch.follow_names(), *self._watch.put_away(utc_now())):
            self._pipeline.quiet.rename(dict(record.renames))
            self._record(record)
        self._plan()
        self._metrics.reloaded(ok=True, at=utc_now())

    def _plan(self, asked: tuple[CheckKey, ...] = ()) -> None:
        """Tell the clock what is due; ask at once what must not wait, and soon what was never asked."""
        due = {key: every for key, every in self._watch.due.items() if key.check not in AWAITED}
        new = self._clock.plan(due)
        self._clock.once(asked)
        rare = (key for key in new if due[key] > FIRST_LOOK)
        self._clock.first([key for key in rare if self._watch.health(key).last_result_at is None], FIRST_LOOK)

    async def watch_files(self) -> None:
        """What a refused file names is watched as well: the mending may be there."""
        async for _ in configuration.watch(lambda: {**self._watch.config.files, **self._refused_files}):
            self._hang_up.set()

    async def when_asked(self) -> None:
        while True:
            await self._hang_up.wait()
            self._hang_up.clear()
            system.notify(f"RELOADING=1\nMONOTONIC_USEC={int(asyncio.get_running_loop().time() * 1e6)}")
            try:
                await self.reload()
            except ConfigError as error:
                self._refused_files = error.files
                self._refused(error.problems)
            system.notify("READY=1")

    def _refused(self, problems: tuple[Problem, ...]) -> None:
        """Keep the old configuration, and say so wherever somebody looks."""
        self.state = ReloadState(ok=False, at=utc_now(), problems=problems)
        self._metrics.reloaded(ok=False, at=utc_now())
        for problem in problems:
            log.error("the new configuration is refused; the old one stays", problem=str(problem))

    def _read_and_compare(self) -> tuple[Config, Changes]:
        """In a thread: both take their time where monitors are many."""
        config = self._read()
        return config, changes.diff(self._watch.config, config)

    async def reload(self) -> None:
        """Read the file and put it in force. Raises ConfigError: then nothing has changed."""
        config, changed = await asyncio.to_thread(self._read_and_compare)
        if telling(self._watch.config) != telling(config):
            self._notifiers = await asyncio.to_thread(notifiers_of, config)
        for record in self._watch.apply(config, changed, utc_now()):
            self._pipeline.quiet.rename(dict(record.renames))
            self._record(record)
        self._network.canaries = config.canaries
        self._plan(self._pipeline.reloaded(changed))
        self._loaded(config)
        self._refused_files = {}
        self.state = ReloadState(ok=True, at=utc_now(), problems=())
        self._metrics.reloaded(ok=True, at=utc_now())
        lines = changed.lines[:LINES]
        log.info(
            "configuration loaded", monitors=len(config.monitors), changed=len(changed.lines), lines=lines
        )
        for _ in self._watch.forget_streaks():
            await asyncio.sleep(0)
