"""``probe`` and ``sign``: one event, now. Nothing is recorded, nothing is confirmed."""

import asyncio
import json
import os
import secrets
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from monitor import config as configuration
from monitor.app.wiring import network_of, outside, utc_now
from monitor.cli import pictures
from monitor.core import event
from monitor.core import sign as signing
from monitor.core.model import Check, Config, Delivery, Monitor, Reason, Reply, Result, Status
from monitor.errors import UsageError
from monitor.pipeline import look
from monitor.probe import Prober

AT_ONCE = 50  # probes on their way at the same time

File = Annotated[Path, typer.Option("--config", help="The configuration file.")]
DEFAULT = Path("monitors.yaml")


def probe(
    monitors: Annotated[list[str] | None, typer.Argument(help="Ids of monitors.", metavar="ID...")] = None,
    *,
    all_: Annotated[bool, typer.Option("--all", help="Every enabled monitor.")] = False,
    check: Annotated[Check, typer.Option(help="Which question to ask.")] = Check.DELIVERY,
    config: File = DEFAULT,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
) -> None:
    """Probe now and show what came back. Exit 0 up or skipped, 1 down or degraded, 2 unknown or ours."""
    loaded = configuration.load(config, os.environ)
    chosen = _chosen(loaded, monitors or [], everything=all_)
    results = asyncio.run(_probe(loaded, chosen, check, quiet=as_json))
    for monitor, delivery, result in results:
        if as_json:
            typer.echo(json.dumps(as_row(result), ensure_ascii=False))
        elif len(results) == 1:
            pictures.one(Console(highlight=False), monitor, delivery, result)
    if not as_json and len(results) > 1:
        pictures.many(Console(highlight=False), [result for _, _, result in results])
    raise typer.Exit(exit_code([result for _, _, result in results]))


def _chosen(config: Config, ids: list[str], *, everything: bool) -> tuple[Monitor, ...]:
    if everything == bool(ids):
        raise UsageError("name the monitors to probe, or say --all")
    if everything:
        return tuple(monitor for monitor in config.monitors if monitor.enabled)
    return tuple(find(config, name) for name in ids)


def find(config: Config, name: str) -> Monitor:
    """Return the monitor of that id. Raises UsageError naming what there is."""
    known = {monitor.id: monitor for monitor in config.monitors}
    if name not in known:
        raise UsageError(f"no monitor {name!r}; there are: {', '.join(known)}")
    return known[name]


Seen = tuple[Monitor, Delivery | None, Result]


async def _probe(config: Config, monitors: tuple[Monitor, ...], check: Check, *, quiet: bool) -> list[Seen]:
    prober, gate = Prober(now=utc_now), asyncio.Semaphore(AT_ONCE)
    network = network_of(prober, config)

    async def one(monitor: Monitor) -> Seen:
        sent: list[Delivery] = []

        async def send(delivery: Delivery) -> Reply:
            sent.append(delivery)
            return await prober.send(delivery)

        async with gate:
            result = await look(outside(send=send), network, monitor, check)
        return monitor, sent[0] if sent else None, result

    try:
        return await _watched([lambda m=monitor: one(m) for monitor in monitors], quiet=quiet)  # type: ignore[misc]
    finally:
        await prober.close()


async def _watched(work: list[Callable[[], object]], *, quiet: bool) -> list[Seen]:
    """Do it all, with a bar while it lasts; results come in the order of the work."""
    columns = (TextColumn("probing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=quiet or len(work) == 1) as bar:
        task = bar.add_task("probing", total=len(work))

        async def ticked(make: Callable[[], object]) -> Seen:
            seen: Seen = await make()  # type: ignore[misc]
            bar.advance(task)
            return seen

        return list(await asyncio.gather(*(ticked(make) for make in work)))


def as_row(result: Result) -> dict[str, object]:
    """Return the result with all keys always present; phases in seconds, null where not reached."""
    verdict, phases = result.verdict, result.reply.phases
    return {
        "monitor": result.monitor,
        "check": result.check,
        "status": "skipped" if verdict.reason is Reason.SKIPPED else verdict.status,
        "reason": verdict.reason,
        "severity": verdict.severity,
        "fault_domain": verdict.fault_domain,
        "http_status": result.reply.http_status,
        "event_id": result.event_id,
        "phases": {
            name: getattr(phases, name) for name in ("resolve", "connect", "tls", "send", "wait", "receive")
        },
        "message": verdict.message,
    }


def exit_code(results: list[Result]) -> int:
    """Return 2 if any is unknown or ours, else 1 if any is down or degraded, else 0."""
    told = [result.verdict for result in results if result.verdict.reason is not Reason.SKIPPED]
    if any(verdict.status is Status.UNKNOWN for verdict in told):
        return 2
    return 1 if any(verdict.status is not Status.UP for verdict in told) else 0


def sign(
    monitor: Annotated[str, typer.Argument(help="Id of a monitor.", metavar="ID")],
    *,
    config: File = DEFAULT,
) -> None:
    """Print a freshly signed event as a curl command. Mind that the signature is real, and soon stale."""
    found = find(configuration.load(config, os.environ), monitor)
    token, now = secrets.token_hex(16), utc_now()
    written = event.write(found, token=token, at=now)
    delivery = signing.sign(written, found, at=now, traceparent=f"00-{token}-{token[:16]}-01")
    lines = [f"curl -i -X {delivery.method} {shlex.quote(delivery.url)}"]
    lines += [f"  -H {shlex.quote(f'{name}: {value}')}" for name, value in delivery.headers]
    lines.append(f"  --data-binary {shlex.quote(delivery.body.decode())}")
    typer.echo(" \\\n".join(lines))
