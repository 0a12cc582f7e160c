"""The board where operators announce work and silence alarms while we run. Durable before it counts."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from monitor.app.wiring import utc_now
from monitor.config.recurring import WrongWindowError, again, window
from monitor.config.windows import unknown
from monitor.core.model import Scope, Silence, Window
from monitor.core.window import ended
from monitor.errors import UsageError
from monitor.store import Store
from monitor.telling.quiet import Quiet
from monitor.watch import Watch

log = structlog.get_logger()

LONGEST_SILENCE = timedelta(days=90)


class Board:
    """What is kept here counts at once. Raises UsageError, in words, for what makes no sense."""

    def __init__(self, *, store: Store, watch: Watch, quiet: Quiet) -> None:
        self._store = store
        self._watch = watch
        self._quiet = quiet

    async def announce(  # noqa: PLR0913  a window in words
        self,
        *,
        name: str,
        scope: Scope,
        start: datetime | None,
        end: datetime | None,
        length: timedelta | None,
        zone: str,
        repeat: str | None,
        public: str | None,
    ) -> Window:
        """Announce work; return the window with its number."""
        now = utc_now()
        self._judge(scope)
        try:
            made = window(
                name=name,
                scope=scope,
                start=start or now,
                end=end,
                length=length,
                zone=zone,
                repeat=repeat,
                public=public,
            )
        except WrongWindowError as error:
            raise UsageError(f"{error.key}: {error}") from error
        if not made.repeat and made.start + made.length <= now:
            raise UsageError("end: is past: what was measured cannot be announced any more")
        if name in {one.name for one in self._quiet.maintenance.windows}:
            raise UsageError(f"name: {name} is announced already")
        kept = await self._store.hushes.announce(made)
        self._quiet.maintenance.put(kept)
        log.info("maintenance announced", number=kept.number, name=name)
        return kept

    async def end_window(self, number: int) -> Window:
        """End a window now, and all its repetitions; return what was ended. Raises LookupError."""
        found = self._quiet.maintenance.announced(number)
        if found is None:
            raise LookupError(f"no window with the number {number} was announced")
        rest = ended(found, utc_now())
        await self._store.hushes.rewrite(number, rest)
        self._quiet.maintenance.take_away(number)
        log.info("maintenance ended", number=number, name=found.name)
        return found

    async def silence(self, *, reason: str, scope: Scope, until: datetime) -> Silence:
        """Silence some alarms until then; return the silence with its number."""
        now = utc_now()
        self._judge(scope)
        if until <= now:
            raise UsageError("until: is past")
        if until - now > LONGEST_SILENCE:
            raise UsageError(
                f"until: is more than {LONGEST_SILENCE.days} days away: a silence is for a while"
            )
        asked = Silence(number=0, reason=reason, scope=scope, since=now, until=until)
        kept = await self._store.hushes.silence(asked)
        self._quiet.put(kept)
        log.info("silenced", number=kept.number, reason=reason, until=until)
        return kept

    async def end_silence(self, number: int) -> Silence:
        """End a silence now; return what was ended. Raises LookupError."""
        now = utc_now()
        found = next((one for one in self._quiet.silences(now) if one.number == number), None)
        if found is None:
            raise LookupError(f"there is no silence {number}, or it is over")
        await self._store.hushes.end_silence(number, now)
        self._quiet.put(replace(found, until=now))
        log.info("silence ended", number=number, reason=found.reason)
        return found

    def _judge(self, scope: Scope) -> None:
        if not (scope.everything or scope.monitors or scope.groups or scope.tags):
            raise UsageError("says of nothing: name monitors, groups or tags, or say all")
        for key, _, message in unknown(scope, self._watch.config.monitors):
            raise UsageError(f"{key}: {message}")


def remembered(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Return the windows as they were kept, knowing again when they come again."""
    return tuple(again(one) for one in windows)
