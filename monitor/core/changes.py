"""What a new configuration changes: shown by ``plan``, applied by a reload. Never a secret in words."""

from dataclasses import dataclass, replace

from monitor.core.model import Config, Monitor

WHAT_IS_PROBED = ("url", "provider", "secrets", "event", "expect", "method", "headers", "connect_to", "tls")
TIMING = ("interval", "checks")
IGNORED = ("id", "was", "hidden", "enabled")
LABELS = {
    "secrets": "secret",
    "connect_to": "connect_to",
    "reuse_connection": "connection",
    "keep_bodies": "evidence",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Ids of monitors by what happens to them, and a line for each.

    ``reset``: what is probed changed, so streaks start anew and one probe leaves at once.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    paused: tuple[str, ...] = ()
    resumed: tuple[str, ...] = ()
    reset: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()

    def words(self) -> tuple[str, ...]:
        """One line each: ``+`` added, ``-`` removed, ``~`` changed."""
        return self.lines


def diff(old: Config, new: Config) -> Changes:
    """Compare two configurations."""
    before = {monitor.id: monitor for monitor in old.monitors}
    after = {monitor.id: monitor for monitor in new.monitors}
    renamed = tuple(
        (monitor.was, monitor.id)
        for monitor in new.monitors
        if monitor.was and monitor.was in before and monitor.was not in after and monitor.id not in before
    )
    for was, now in renamed:
        before[now] = replace(before.pop(was), id=now)
    kept = [name for name in after if name in before]
    added = tuple(name for name in after if name not in before)
    removed = tuple(name for name in before if name not in after)
    return Changes(
        added=added,
        removed=removed,
        renamed=renamed,
        paused=tuple(name for name in kept if before[name].enabled and not after[name].enabled),
        resumed=tuple(name for name in kept if after[name].enabled and not before[name].enabled),
        reset=tuple(name for name in kept if _differ(before[name], after[name], WHAT_IS_PROBED)),
        lines=(
            *(f"+ {name}" for name in added),
            *(f"- {name}" for name in removed),
            *(f"~ {now}: was {was}" for was, now in renamed),
            *(line for name in kept for line in _lines(before[name], after[name])),
            *_notifier_lines(old, new),
            *(["~ site"] if old.site != new.site else []),
            *(["~ own_network"] if old.canaries != new.canaries else []),
        ),
    )


def _differ(before: Monitor, after: Monitor, fields: tuple[str, ...]) -> bool:
    return any(getattr(before, name) != getattr(after, name) for name in fields)


def _lines(before: Monitor, after: Monitor) -> list[str]:
    lines = []
    if before.enabled != after.enabled:
        lines.append(f"~ {after.id}: {'resumed' if after.enabled else 'paused'}")
    fields = [
        LABELS.get(name, name)
        for name in Monitor.__dataclass_fields__
        if name not in IGNORED and getattr(before, name) != getattr(after, name)
    ]
    if fields:
        lines.append(f"~ {after.id}: {', '.join(fields)} changed")
    return lines


def _notifier_lines(old: Config, new: Config) -> list[str]:
    before = {notifier.name: notifier for notifier in old.notifiers}
    after = {notifier.name: notifier for notifier in new.notifiers}
    lines = [f"+ notifier {name}" for name in after if name not in before]
    lines += [f"- notifier {name}" for name in before if name not in after]
    return lines + [f"~ notifier {name}" for name in after if name in before and before[name] != after[name]]
