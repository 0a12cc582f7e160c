"""When announced work comes again: RFC 5545's rules, by the clock on the wall. The one door to dateutil.

The rule is followed in local time, so "Sundays at two" stays at two when clocks change. A time that a change
of clocks skips is taken as if it had not been skipped (half past two becomes half past three), one that comes
twice is the first of the two: as RFC 5545 says.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulebase, rrulestr

from monitor.core.model import Scope, Window

SLOW = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
APART = timedelta(hours=3)  # more than any change of clocks moves the wall's away from the sun's
LONGEST = timedelta(days=31)


class WrongWindowError(ValueError):
    """What is written of a window makes none. ``key`` says where, the message what."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


class LocalRule:
    """A rule and the zone in which it is meant."""

    def __init__(self, text: str, *, start: datetime, zone: ZoneInfo) -> None:
        """``start`` is by the clock of the zone. Raises WrongWindowError, in words."""
        self._zone = zone
        self._rule = _rule(text, start)

    def last(self, at: datetime) -> datetime | None:
        local = self._rule.before(self._local(at) + APART, inc=True)
        while local is not None and self._utc(local) > at:
            local = self._rule.before(local)
        return None if local is None else self._utc(local)

    def following(self, at: datetime) -> datetime | None:
        local = self._rule.after(self._local(at) - APART)
        while local is not None and self._utc(local) <= at:
            local = self._rule.after(local)
        return None if local is None else self._utc(local)

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self._zone).replace(tzinfo=None)

    def _utc(self, local: datetime) -> datetime:
        return local.replace(tzinfo=self._zone).astimezone(UTC)


def window(  # noqa: PLR0913  a window in words
    *,
    name: str,
    scope: Scope,
    start: datetime,
    end: datetime | None,
    length: timedelta | None,
    zone: str,
    repeat: str | None,
    public: str | None,
    number: int | None = None,
) -> Window:
    """Return the window; what has no zone of its own is by the clock of ``zone``. Raises WrongWindowError."""
    try:
        clock = ZoneInfo(zone)
    except (LookupError, ValueError, OSError):
        raise WrongWindowError(
            "timezone", "is no time zone: write one such as Europe/Berlin, or UTC"
        ) from None
    begins = _instant(start, clock)
    if (end is None) == (length is None):
        raise WrongWindowError("end", "needs either `end` or `duration`")
    lasts = length or (_instant(end, clock) if end else begins) - begins
    if lasts <= timedelta(0):
        raise WrongWindowError("end", "must be later than `start`")
    if lasts > LONGEST:
        raise WrongWindowError("end", "is more than 31 days after `start`: `enabled: false` pauses a monitor")
    local = begins.astimezone(clock).replace(tzinfo=None)
    return Window(
        name=name,
        scope=scope,
        start=begins,
        length=lasts,
        zone=zone,
        repeat=repeat,
        public=public,
        number=number,
        recurrence=LocalRule(repeat, start=local, zone=clock) if repeat else None,
    )


def again(kept: Window) -> Window:
    """Return a window that was kept without it, knowing again when it comes again."""
    if kept.repeat is None:
        return kept
    zone = ZoneInfo(kept.zone)
    local = kept.start.astimezone(zone).replace(tzinfo=None)
    return replace(kept, recurrence=LocalRule(kept.repeat, start=local, zone=zone))


def _instant(at: datetime, clock: ZoneInfo) -> datetime:
    return (at if at.tzinfo else at.replace(tzinfo=clock)).astimezone(UTC)


def _rule(text: str, start: datetime) -> rrulebase:
    parts = dict(part.partition("=")[::2] for part in text.upper().split(";"))
    if parts.get("FREQ") not in SLOW:
        raise WrongWindowError("repeat", f"needs a rule with FREQ= {', '.join(SLOW[:-1])} or {SLOW[-1]}")
    if not parts.get("INTERVAL", "1").strip("0"):
        raise WrongWindowError("repeat", "INTERVAL=0 never ends")
    if parts.get("UNTIL", "").endswith("Z"):
        raise WrongWindowError("repeat", "UNTIL is read by the clock of `timezone`: write it without Z")
    try:
        found: rrule = rrulestr(text, dtstart=start, cache=True)
        first = found.after(start, inc=True)
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise WrongWindowError("repeat", f"is no rule that can be followed (RFC 5545): {error}") from None
    if first is None:
        raise WrongWindowError("repeat", "never comes")
    return found
