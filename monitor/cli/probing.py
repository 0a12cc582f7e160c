"""``probe``: one event to each listener, now. Nothing is recorded, nothing is confirmed.

A monitor that is named is asked, even one that the file pauses or spares this check: whoever names it wants
to know. ``--all`` asks only what the main job would ask.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from monitor.cli import pictures, screen
from monitor.cli.loading import load_to_probe
from monitor.cli.options import DEFAULT, ConfigOption
from monitor.cli.pictures import Seen
from monitor.core import judge
from monitor.core.model import (
    Check,
    Config,
    Delivery,
    FaultDomain,
    Monitor,
    Phase,
    Phases,
    Reply,
    Result,
    Status,
)
from monitor.core.possible import impossible
from monitor.errors import UsageError
from monitor.look import kept, look

AT_ONCE = 50  # probes on their way at the same time


def probe(
    monitors: Annotated[list[str] | None, typer.Argument(help="Ids of monitors.", metavar="ID...")] = None,
    *,
    all_: Annotated[bool, typer.Option("--all", help="Every monitor that is not paused.")] = False,
    check: Annotated[
        Check, typer.Option(metavar="NAME", help=f"Which question to ask: {', '.join(Check)}.")
    ] = Check.DELIVERY,
    config: ConfigOption = DEFAULT,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
) -> None:
    """Probe now and show what came back.

    Nothing is recorded, nothing is confirmed. One monitor is shown with the whole request (secrets masked)
    and the reply, several in a table. A monitor that is named is probed even if it is paused.

    Exit code: 0 all up or skipped, 1 any down or degraded, 2 any unknown or our own fault.
    """
    if all_ == bool(monitors):
        raise UsageError("name the monitors to probe, or say --all")
    loaded = load_to_probe(config)
    chosen = _chosen(loaded, monitors or [])
    spared = {monitor.id for monitor in chosen if all_ and _is_off(check, monitor)}
    seen = asyncio.run(_probe(loaded, chosen, check, spared))
    if as_json:
        for one in seen:
            typer.echo(json.dumps(as_row(one.result)))
    else:
        pictures.show(screen.out(), seen)
    raise typer.Exit(exit_code(one.result for one in seen))


def _chosen(config: Config, ids: list[str]) -> tuple[Monitor, ...]:
    """Return the monitors that are named; without a name, all that are not paused."""
    if ids:
        return tuple(find(config, name) for name in dict.fromkeys(ids))
    chosen = tuple(monitor for monitor in config.monitors if monitor.enabled)
    if not chosen:
        raise UsageError("every monitor is paused: nothing was probed")
    return chosen


def _is_off(check: Check, monitor: Monitor) -> bool:
    """Return whether the main job does not ask it: the file switches it off, or it cannot exist."""
    return all(plan.check is not check for plan in monitor.checks)


def find(config: Config, name: str) -> Monitor:
    """Return the monitor of that id. Raises UsageError naming what there is."""
    known = {monitor.id: monitor for monitor in config.monitors}
    if name not in known:
        raise UsageError(f"no monitor {name!r}; there are: {', '.join(known) or 'none'}")
    return known[name]


async def _probe(config: Config, monitors: tuple[Monitor, ...], check: Check, spared: set[str]) -> list[Seen]:
    from monitor.app.wiring import network_of, outside, utc_now  # noqa: PLC0415  loads the whole house
    from monitor.probe import Prober  # noqa: PLC0415  loads httpx

    prober, gate = Prober(now=utc_now), asyncio.Semaphore(AT_ONCE)
    network = network_of(prober, config)

    async def one(monitor: Monitor) -> Seen:
        sent: list[Delivery] = []

        async def send(delivery: Delivery) -> Reply:
            sent.append(delivery)
            return await prober.send(delivery)

        async with gate:
            result = kept(await look(outside(send=send), network, monitor, check), monitor)
        return Seen(monitor=monitor, delivery=sent[-1] if sent else None, result=result)

    async def ask(monitor: Monitor) -> Seen:
        return _left_out(monitor, check) if monitor.id in spared else await one(monitor)

    try:
        return await _watched(ask, monitors)
    finally:
        await prober.close()


async def _watched(ask: Callable[[Monitor], Awaitable[Seen]], monitors: tuple[Monitor, ...]) -> list[Seen]:
    """Ask all, with a bar where somebody looks; what was seen comes in the order of the monitors."""
    columns = (TextColumn("probing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = screen.err()
    alone = len(monitors) == 1 or not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=alone) as bar:
        task = bar.add_task("probing", total=len(monitors))

        async def ticked(monitor: Monitor) -> Seen:
            seen = await ask(monitor)
            bar.advance(task)
            return seen

        return list(await asyncio.gather(*(ticked(monitor) for monitor in monitors)))


def _left_out(monitor: Monitor, check: Check) -> Seen:
    now = datetime.now(UTC)
    off = f"the check {check} is off for this monitor; name it to ask all the same"
    result = Result(
        monitor=monitor.id,
        check=check,
        event_id="",
        verdict=judge.skipped(impossible(check, monitor) or off),
        reply=Reply(started_at=now, phases=Phases()),
        finished_at=now,
    )
    return Seen(monitor=monitor, delivery=None, result=result)


def as_row(result: Result) -> dict[str, object]:
    """Return the result with all keys always present; phases in seconds, null where not reached."""
    verdict, phases = result.verdict, result.reply.phases
    return {
        "monitor": result.monitor,
        "check": result.check,
        "status": pictures.status_word(result),
        "reason": verdict.reason,
        "severity": verdict.severity,
        "fault_domain": verdict.fault_domain,
        "http_status": result.reply.http_status,
        "event_id": result.event_id,
        "phases": dict(zip(Phase, phases.seconds(), strict=True)),
        "message": verdict.message,
        "diagnosis": verdict.diagnosis or None,
    }


def exit_code(results: Iterable[Result]) -> int:
    """Return 2 if any is unknown or ours, else 1 if any is down or degraded, else 0."""
    told = [result.verdict for result in results if not pictures.was_skipped(result)]
    if any(one.status is Status.UNKNOWN or one.fault_domain is FaultDomain.OURS for one in told):
        return 2
    return 0 if all(verdict.good for verdict in told) else 1
