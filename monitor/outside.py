"""Everything that is not thinking, as plain callables, gathered once. Tests pass another one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from monitor.core.model import Delivery, Monitor, Pulse, Record, Reply, Result
from monitor.core.sign import Seal
from monitor.core.tokens import Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What touches the outside.

    ``monotonic``  seconds on a clock that nobody sets: for how long something takes
    ``send``       Delivery → Reply; never raises for a bad listener
    ``seal``       algorithm, key, message → a signature that needs a private key
    ``address``    where the worker is to report an event of this id, sent as this kind; empty: nowhere
    ``lag``        how long our event loop was stuck since then, in seconds
    ``record``     takes one unit of work; returns at once
    ``keep``       writes what was heard from outside for one monitor; returns at once
    ``observe``    counts a finished probe
    ``skipped``    counts a start that did not happen, and why
    ``failed``     counts a tick that broke: our bug, never a listener's fault
    """

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]
    token: Callable[[], str]  # 32 random hex digits
    send: Callable[[Delivery], Awaitable[Reply]]
    seal: Seal
    address: Callable[[Claim], str]
    lag: Callable[[datetime], float]
    record: Callable[[Record], None]
    observe: Callable[[Result, Monitor], None]
    skipped: Callable[[str], None]
    failed: Callable[[], None]
    keep: Callable[[Pulse], None] = lambda _: None
