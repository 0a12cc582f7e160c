"""Who is told when a notifier is dead, for how long one is tried, and who watches the watcher."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from monitor.config.findings import Scope
from monitor.config.parts import NotifierShape, WatchdogShape
from monitor.config.routes import no_such_notifier
from monitor.core.model import Notifier, Secret, Watchdog

SHORTEST_PATIENCE = timedelta(minutes=5)  # the longest pause between two tries
SHORTEST_SELF_TEST = timedelta(hours=1)
INDIVISIBLE = (
    "names several targets that cannot be told apart: what only some of them take is lost for the others;"
    " give each target a notifier of its own"
)
WATCHDOG_EVERY = (timedelta(seconds=10), timedelta(hours=1))


def with_fallbacks(
    found: Mapping[str, tuple[Notifier, ...]], written: Mapping[str, tuple[Scope, NotifierShape]]
) -> dict[str, tuple[Notifier, ...]]:
    """Return the notifiers with their fallbacks: each target of what is named."""
    asked = {name: str(shape.fallback) for name, (_, shape) in written.items() if shape.fallback}
    for name, heir in asked.items():
        scope, _ = written[name]
        if heir not in written:
            scope.problem(("fallback",), no_such_notifier(heir, frozenset(written)))
        elif name in _heirs(name, asked):
            chain = " → ".join((name, *_heirs(name, asked)))
            scope.problem(("fallback",), f"a notifier cannot fall back to itself: {chain}")
    targets = {name: tuple(one.name for one in each) for name, each in found.items()}
    return {
        name: tuple(replace(one, fallback=targets.get(asked.get(name, ""), ())) for one in each)
        for name, each in found.items()
    }


def _heirs(name: str, asked: Mapping[str, str]) -> list[str]:
    """Return who is told in place of ``name``, one after the other, until one comes again."""
    chain: list[str] = []
    while (heir := asked.get(chain[-1] if chain else name)) and heir not in chain:
        chain.append(heir)
    return chain


def judge_self_test(scope: Scope, every: timedelta | None) -> None:
    if every is not None and every < SHORTEST_SELF_TEST:
        scope.problem(("self_test",), "is too often: people stop reading; 1h is the shortest")


def judge_patience(top: Scope, patience: timedelta | None) -> None:
    if patience is not None and patience < SHORTEST_PATIENCE:
        top.problem(("give_up_after",), "is too short: there would be no second try; 5m is the shortest")


def watchdog(scope: Scope, shape: WatchdogShape | None) -> Watchdog | None:
    """Return who pages people when we fall silent."""
    if shape is None:
        return None
    every, (shortest, longest) = shape.every or timedelta(seconds=60), WATCHDOG_EVERY
    if not shortest <= every <= longest:
        scope.problem(("every",), "must be from 10s to 1h")
    if not shape.url.variables:
        scope.warning(
            ("url",), "whoever knows this URL can silence it: put it in the environment, as ${NAME}"
        )
    if not shape.url.startswith(("https://", "http://")):
        scope.problem(("url",), "needs an http:// or https:// URL, such as https://hc-ping.com/…")
    return Watchdog(url=Secret(str(shape.url)), every=every)
