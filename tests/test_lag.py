"""Our own event loop: when it was stuck, it is the first suspect."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from monitor.lag import LagMeter


def now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def measuring() -> AsyncIterator[LagMeter]:
    meter = LagMeter()
    task = asyncio.create_task(meter.run())
    await asyncio.sleep(0.15)
    yield meter
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_a_loop_that_was_stuck_is_remembered() -> None:
    async with measuring() as meter:
        started = now()
        time.sleep(0.5)  # noqa: ASYNC251  this is the stall
        await asyncio.sleep(0.15)
        assert meter.since(started, now()) > 0.3


async def test_a_stall_that_has_just_ended_counts_before_the_meter_had_its_turn() -> None:
    async with measuring() as meter:
        started = now()
        time.sleep(0.5)  # noqa: ASYNC251  this is the stall
        assert meter.since(started, now()) > 0.3


async def test_a_stall_that_was_over_before_the_probe_excuses_nothing() -> None:
    async with measuring() as meter:
        time.sleep(0.5)  # noqa: ASYNC251  this is the stall
        await asyncio.sleep(0.3)
        assert meter.since(now(), now()) < 0.3
