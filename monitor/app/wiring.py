"""What is made of what: the pieces that the main job and the one-off commands share."""

import asyncio
import os
import secrets
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from monitor import config as configuration
from monitor import cron
from monitor.config import Judges
from monitor.core.model import (
    Config,
    Delivery,
    Monitor,
    Pulse,
    Record,
    Reply,
    Result,
)
from monitor.core.tokens import Claim
from monitor.network import Network
from monitor.notify import Notifiers
from monitor.outside import Outside
from monitor.probe import Prober, key_problem, seal

CANARY_PATIENCE = 3.0  # seconds


def utc_now() -> datetime:
    return datetime.now(UTC)


def no_address(_: Claim) -> str:
    """A one-off probe waits for no receipt."""
    return ""


def outside(  # noqa: PLR0913  the house's outside, gathered once
    *,
    send: Callable[[Delivery], Awaitable[Reply]],
    address: Callable[[Claim], str] = no_address,
    lag: Callable[[datetime], float] = lambda _: 0.0,
    record: Callable[[Record], None] = lambda _: None,
    observe: Callable[[Result, Monitor], None] = lambda _result, _monitor: None,
    skipped: Callable[[str], None] = lambda _: None,
    failed: Callable[[], None] = lambda: None,
    keep: Callable[[Pulse], None] = lambda _: None,
) -> Outside:
    """Return the real outside. What a one-off probe does not need does nothing."""
    return Outside(
        now=utc_now,
        monotonic=time.monotonic,
        sleep=asyncio.sleep,
        token=lambda: secrets.token_hex(16),
        send=send,
        seal=seal,
        address=address,
        lag=lag,
        record=record,
        observe=observe,
        skipped=skipped,
        failed=failed,
        keep=keep,
    )


def network_of(prober: Prober, config: Config) -> Network:
    """Return the question "whose network is it?", asked through this prober."""

    async def reach(host: str, port: int) -> bool:
        return await prober.reachable(host, port, timeout=CANARY_PATIENCE)

    return Network(now=utc_now, reach=reach, canaries=config.canaries)


def notifiers_of(config: Config) -> Notifiers:
    """Open the notifiers of a configuration, in its words. Blocks."""
    return Notifiers(config.notifiers, site=config.site, templates=config.templates)


def telling(config: Config) -> tuple[object, ...]:
    """Return all of a configuration that open notifiers were made from."""
    return (config.notifiers, config.site, config.templates)


def load(file: Path) -> Config:
    """Read and check a whole configuration. Raises ConfigError."""
    judges = Judges(
        notifier=Notifiers.judge,
        key=key_problem,
        cron=cron.problem,
        templates=Notifiers.judge_templates,
        now=utc_now(),
    )
    return configuration.load(file, os.environ, judges=judges)
