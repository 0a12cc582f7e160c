"""What a new configuration changes: shown by ``plan``, applied by a reload. Never a secret in words.

Values are told only of the fields in ``PLAIN``; of anything that may hold a secret (URL, headers, event,
expectation, notifiers), only that it changed.
"""

from collections.abc import Iterator, Set
from dataclasses import dataclass, fields, replace
from datetime import timedelta

from monitor.core.model import AWAITED, OBSERVED, Check, CheckKey, Config, Monitor, ReceiptPlan
from monitor.core.routing import who_hears

# Another question is asked, or asked of something else: what was counted so far says nothing about it.
WHAT_IS_PROBED = (
    *("url", "provider", "secrets", "event", "expect", "method", "headers", "connect_to", "tls"),
    *("key_id", "verify_token", "verifies_later", "upstream", "heartbeat"),
)
TIMING = ("interval", "checks")
# What is asked at once after that. The hostile checks keep their schedule: they are tests, and must not hurt.
ASKED_AT_ONCE = frozenset({Check.DELIVERY, Check.HANDSHAKE, Check.ROTATION} | OBSERVED)
ASKS_FOR_A_FORGED_ONE = frozenset({"url", "secrets"})  # but another door, or another key, is tried once
IGNORED = ("id", "was", "hidden", "enabled")  # told in their own way, or derived from the others
COMPARED = tuple(field.name for field in fields(Monitor) if field.name not in IGNORED)
PLAIN = (
    *("interval", "timeout", "confirm_interval", "down_after", "up_after", "method", "notify", "tags"),
    *("volume", "depends_on"),
)
LABELS = {
    "secrets": "secret",
    "expect": "expectation",
    "reuse_connection": "connection",
    "keep_bodies": "evidence",
    "provider": "signature",  # the same provider, and another template
    "verify_token": "handshake token",
    "concurrent_duplicates": "duplicate",
    "provider_status": "access to the provider's API",
}
WHO_HEARS = ("escalate", "remind", "quiet_hours", "routes")  # told together, in the words of ``validate``
VERIFIES = {False: "before_answer", True: "after_answer"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Ids of monitors by what happens to them, and a line for each.

    ``reset``    what is probed changed: streaks begin anew
    ``asked``    the checks of those that are asked at once
    ``moved``    nothing but intervals changed: only the phase moves
    ``changed``  anything else of a monitor that stays: thresholds, notifiers, public name
    ``dropped``  checks that a monitor no longer has; what is open there cannot recover any more
    ``lines``    one for each: ``+`` added, ``-`` removed, ``~`` changed; none if nothing changed
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()  # old id, new id
    paused: tuple[str, ...] = ()
    resumed: tuple[str, ...] = ()
    reset: frozenset[str] = frozenset()
    asked: tuple[CheckKey, ...] = ()
    moved: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    dropped: tuple[CheckKey, ...] = ()
    lines: tuple[str, ...] = ()  # as they are shown to an operator


def diff(old: Config, new: Config) -> Changes:
    """Compare two configurations."""
    before = {monitor.id: monitor for monitor in old.monitors}
    after = {monitor.id: monitor for monitor in new.monitors}
    renamed = tuple(_renamed(before, after))
    for was, now in renamed:
        before[now] = replace(before.pop(was), id=now)
    kept = [(before[name], monitor) for name, monitor in after.items() if name in before]
    differing = {now.id: _differing(was, now) for was, now in kept}
    reset = frozenset(name for name, found in differing.items() if found & {*WHAT_IS_PROBED})
    moved = frozenset(name for name, found in differing.items() if found and found <= {*TIMING})
    stirred = frozenset(name for name, found in differing.items() if found)
    return Changes(
        added=tuple(name for name in after if name not in before),
        removed=tuple(name for name in before if name not in after),
        renamed=renamed,
        paused=tuple(now.id for was, now in kept if was.enabled and not now.enabled),
        resumed=tuple(now.id for was, now in kept if now.enabled and not was.enabled),
        reset=reset,
        asked=tuple(
            key for name, found in differing.items() if name in reset for key in _asked(after[name], found)
        ),
        moved=moved,
        changed=stirred - reset - moved,
        dropped=tuple(key for was, now in kept for key in _dropped(was, now)),
        lines=(
            *(f"+ {name}" for name in after if name not in before),
            *(f"- {name}" for name in before if name not in after),
            *(f"~ {now}: was {was}" for was, now in renamed),
            *(line for was, now in kept for line in _lines(was, now, differing[now.id])),
            *_house_lines(old, new),
        ),
    )


def _renamed(before: dict[str, Monitor], after: dict[str, Monitor]) -> Iterator[tuple[str, str]]:
    """A ``was`` that leads nowhere (it was done long ago), or that another took first, is no rename."""
    taken: set[str] = set()
    for monitor in after.values():
        was = monitor.was
        if was and was in before and was not in after and monitor.id not in before and was not in taken:
            taken.add(was)
            yield was, monitor.id


def _differing(was: Monitor, now: Monitor) -> frozenset[str]:
    return frozenset(name for name in COMPARED if getattr(was, name) != getattr(now, name))


def _asked(now: Monitor, differing: Set[str]) -> Iterator[CheckKey]:
    asked = ASKED_AT_ONCE | ({Check.FORGED} if differing & ASKS_FOR_A_FORGED_ONE else frozenset())
    if now.enabled:
        yield from (CheckKey(now.id, plan.check) for plan in now.checks if plan.check in asked)


def _dropped(was: Monitor, now: Monitor) -> Iterator[CheckKey]:
    asked = {plan.check for plan in now.checks}
    yield from (CheckKey(now.id, plan.check) for plan in was.checks if plan.check not in asked)


# --- words --------------------------------------------------------------------------------------------------


def _lines(was: Monitor, now: Monitor, differing: frozenset[str]) -> Iterator[str]:
    if was.enabled != now.enabled:
        yield f"~ {now.id}: {'resumed' if now.enabled else 'paused'}"
    told = {*WHO_HEARS, "notify"} if differing.intersection(WHO_HEARS) else set()
    found = [words for name in COMPARED if name in differing - told for words in _field_words(name, was, now)]
    if told:
        before = who_hears(was)
        found.append(f"now told: {'. '.join(line for line in who_hears(now) if line not in before)}")
    if found:
        yield f"~ {now.id}: {', '.join(found)}"


def _field_words(name: str, was: Monitor, now: Monitor) -> Iterator[str]:
    if name == "checks":
        yield from _check_words(was, now)
    elif name == "provider" and was.provider.id != now.provider.id:
        yield f"provider {was.provider.id} → {now.provider.id}"
    elif name == "receipt":
        yield f"receipt {_receipt(was.receipt)} → {_receipt(now.receipt)}"
    elif name == "verifies_later":
        yield f"verification {VERIFIES[was.verifies_later]} → {VERIFIES[now.verifies_later]}"
    elif name in PLAIN:
        yield f"{name} {_value(getattr(was, name))} → {_value(getattr(now, name))}"
    else:
        yield f"{LABELS.get(name, name)} changed"


def _check_words(was: Monitor, now: Monitor) -> Iterator[str]:
    """The delivery check runs at the monitor's interval, which has a word of its own."""
    before = {plan.check: plan.every for plan in was.checks}
    after = {plan.check: plan.every for plan in now.checks}
    for check in Check:
        old, new = before.get(check), after.get(check)
        told = check is Check.DELIVERY and was.interval != now.interval
        if old == new or check in AWAITED or (told and old and new):
            continue
        yield f"check {check} {_value(old) if old else 'off'} → {_value(new) if new else 'off'}"


def _receipt(plan: ReceiptPlan | None) -> str:
    """The address that is asked may hold a secret: that it is asked is all that is told."""
    if plan is None:
        return "off"
    way = "polled" if plan.poll else "by id" if plan.by_id else "by GET or POST" if plan.by_get else ""
    return f"within {_duration(plan.within)}{way and f' ({way})'}"


def _value(value: object) -> str:
    """Return a value as the operator writes it: "90s", "1h", "120/h", "oncall, mail"."""
    if isinstance(value, timedelta):
        return _duration(value)
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value) or "none"
    if isinstance(value, float):
        return f"{value:.9g}/h"
    return "none" if value is None else str(value)


def _duration(span: timedelta) -> str:
    for unit, seconds in (("d", 86_400), ("h", 3600), ("m", 60)):
        if span and not span % timedelta(seconds=seconds):
            return f"{span // timedelta(seconds=seconds)}{unit}"
    return f"{span.total_seconds():g}s"


def _house_lines(old: Config, new: Config) -> Iterator[str]:
    before = {notifier.name: notifier for notifier in old.notifiers}
    after = {notifier.name: notifier for notifier in new.notifiers}
    yield from (f"+ notifier {name}" for name in after if name not in before)
    yield from (f"- notifier {name}" for name in before if name not in after)
    for name in after.keys() & before.keys():
        one, other = before[name], after[name]
        if (one.url, one.target) != (other.url, other.target):
            yield f"~ notifier {name}: url changed"
        elif one != other:
            yield f"~ notifier {name} changed"
    announced = {window.name: window for window in old.maintenance}
    planned = {window.name: window for window in new.maintenance}
    yield from (f"+ maintenance {name}" for name in planned if name not in announced)
    yield from (f"- maintenance {name}" for name in announced if name not in planned)
    yield from (
        f"~ maintenance {name}: changed"
        for name, window in planned.items()
        if name in announced and announced[name] != window
    )
    if old.site != new.site:
        yield "~ site changed"
    if old.receipts_url != new.receipts_url:
        yield "~ receipts: url changed"
    if old.canaries != new.canaries:
        yield "~ own_network changed"
    if old.give_up_after != new.give_up_after:
        yield f"~ give_up_after: {_duration(old.give_up_after)} → {_duration(new.give_up_after)}"
    if old.watchdog != new.watchdog:
        yield "~ watchdog changed"


def probes_something_else(sent: Monitor, now: Monitor | None) -> bool:
    """Return whether an answer to what was sent says nothing of the monitor as it is now."""
    if sent is now:  # mostly: asked for every probe
        return False
    return now is None or any(getattr(sent, name) != getattr(now, name) for name in WHAT_IS_PROBED)
