"""Many alerts in one message: how many, which, and what they have in common."""

from collections import Counter
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from monitor.core.alert.facts import (
    CONSEQUENCES,
    EVENT,
    FAILED,
    LISTENER,
    MEANT_FOR,
    RUNBOOK,
    counted,
    diagnosed,
)
from monitor.core.model import Link, Message

WORST_FIRST = ("red", "amber", "grey", "green")
WORDS = {
    "SECURITY": "security",
    "DOWN": "down",
    "TWICE": "processed twice",
    "DEGRADED": "degraded",
    "FLAPPING": "flapping",
    "WARNING": "warning",
    "UNKNOWN": "unknown",
    "MONITOR": "about the monitor itself",
    "BLIND": "blind",
    "TEST": "test",
    "RESOLVED": "resolved",
    "RECOVERED": "recovered",
}
LINES = 25  # told in full in each group; the rest are named
NAMED = 3  # a group up to here is named in the headline
COMMON = 0.8  # the share that makes something a common cause
LINKS = 5


def digest(messages: Sequence[Message]) -> Message:
    """Return one message that stands for all of them (at least one). Nothing is left unnamed.

    Grouped by the first word of each headline, worst first; the order inside a group is kept. One that tells
    of a single incident belongs to its thread.
    """
    if len(messages) == 1:
        return messages[0]
    groups: dict[str, list[Message]] = {word: [] for word in WORDS}
    for message in messages:
        groups.setdefault(message.headline.split(" ", 1)[0].rstrip(":"), []).append(message)
    groups = {word: group for word, group in groups.items() if group}
    counts = ", ".join(_count(word, group) for word, group in groups.items())
    threads = {message.thread for message in messages}
    cause = _common_cause([message for message in messages if message.colour in ("red", "amber")])
    return Message(
        headline=f"{counted(len(messages), 'alert')}: {counts}" + (f"; {cause}" if cause else ""),
        colour=min((message.colour for message in messages), key=WORST_FIRST.index),
        explanation=_explain(cause),
        facts=tuple((f"{word} ({len(group):,})", _lines(group)) for word, group in groups.items()),
        links=links_of(messages),
        thread=threads.pop() if len(threads) == 1 else "",
        first=any(message.first for message in messages),
    )


def _explain(cause: str) -> str:
    told = "These came within seconds of each other and are told in one message."
    return f"{cause[0].upper()}{cause[1:]}: look there first. {told}" if cause else told


def _count(word: str, group: list[Message]) -> str:
    counts = f"{len(group):,} {WORDS.get(word, word.lower())}"
    named = [name for message in group if (name := _monitor(message))]
    whole = len(named) == len(group) <= NAMED  # the end of a whole incident names many, in its own line
    return f"{counts} ({', '.join(named)})" if named and whole else counts


def _lines(group: list[Message]) -> str:
    told = [_line(message) for message in group[:LINES]]
    rest = [_name(message) for message in group[LINES:]]
    if rest:
        told.append(f"and {len(rest):,} more: {', '.join(rest)}")
    return "\n".join(told)


def _line(message: Message) -> str:
    facts = dict(message.facts)
    event, meant = ("event", facts.get(EVENT)), (MEANT_FOR, facts.get(MEANT_FOR))
    more = (("incident", facts.get("incident")), event, meant)
    named = [message.headline.split(" ", 1)[-1], *(f"{word} {said}" for word, said in more if said)]
    told = (diagnosed(message.explanation).rstrip("."), facts.get(CONSEQUENCES, "").rstrip("."))
    return ". ".join([", ".join(named), *filter(None, told)])


def _name(message: Message) -> str:
    return _monitor(message) or message.headline


def _monitor(message: Message) -> str:
    return dict(message.facts).get("monitor", "").split(" ", 1)[0]


def _common_cause(failing: list[Message]) -> str:
    """Name the one host, or else the one way of failing, that most of them share."""
    host, how_many = _most_common(failing, _host)
    if host:
        return f"{_share(how_many, len(failing))} at {host}"
    failed, how_many = _most_common(failing, lambda message: dict(message.facts).get(FAILED, ""))
    return f"{_share(how_many, len(failing))} with the same failure ({failed})" if failed else ""


def _most_common(failing: list[Message], trait: Callable[[Message], str]) -> tuple[str, int]:
    counts = Counter(found for message in failing if (found := trait(message)))
    if not counts:
        return "", 0
    found, how_many = counts.most_common(1)[0]
    return (found, how_many) if how_many >= max(2, COMMON * len(failing)) else ("", 0)


def _share(part: int, whole: int) -> str:
    return f"all {whole:,}" if part == whole else f"{part:,} of {whole:,}"


def _host(message: Message) -> str:
    url = dict(message.facts).get(LISTENER, "").rpartition(" ")[2]
    return urlsplit(url).hostname or ""


def links_of(messages: Sequence[Message]) -> tuple[Link, ...]:
    """Say whose runbook it is: all of them would be called the same."""
    owners: dict[Link, list[str]] = {}
    for message in messages:
        for link in message.links:
            names, name = owners.setdefault(link, []), _monitor(message)
            if link.label == RUNBOOK and name and name not in names:
                names.append(name)
    return tuple(_owned(link, names) for link, names in list(owners.items())[:LINKS])


def _owned(link: Link, names: list[str]) -> Link:
    if not names:
        return link
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return Link(label=f"{link.label} of {', '.join(names[:NAMED])}{more}", url=link.url)
