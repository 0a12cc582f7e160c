"""What one probe leaves behind while it is on its way, so that a failure still tells how far it got."""

from collections.abc import Callable
from datetime import datetime

from monitor.core.model import Phase, Phases


class Trail:
    """The stopwatch and the notes of one probe. Written by every part of the way, read when it is over.

    ``clock`` gives seconds that never run backwards. ``heard`` turns true with the first byte of an answer:
    what breaks before it is nobody's fault yet, what breaks after it is the listener's.
    """

    __slots__ = ("_clock", "_seconds", "_since", "address", "expires_at", "heard", "http_status", "phase")

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seconds: dict[Phase, float] = {}
        self._since = 0.0
        self.phase: Phase | None = None
        self.address: str | None = None
        self.expires_at: datetime | None = None
        self.heard = False
        self.http_status: int | None = None

    def enter(self, phase: Phase) -> None:
        """Stop the watch of the phase before, start this one's. A phase may be entered again."""
        self.stop()
        self.phase = phase
        self._since = self._clock()

    def stop(self) -> None:
        """Note what the current phase has taken. ``phase`` stays: it is where the probe ended."""
        if self.phase is None:
            return
        now = self._clock()
        self._seconds[self.phase] = self._seconds.get(self.phase, 0.0) + now - self._since
        self._since = now

    def phases(self) -> Phases:
        return Phases(**{phase.value: seconds for phase, seconds in self._seconds.items()})
