"""One incident of several components is one entry of the page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from monitor.core.model import Incident, Status
from monitor.web.page.moments import Moment

WORST_FIRST = (Status.DOWN, Status.DEGRADED, Status.UNKNOWN)
NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One incident, as the public may know it."""

    name: str
    title: str
    status: Status
    text: str
    began: Moment
    lasted: str
    length: timedelta
    post_mortem: str = ""


def by_number(parts: Sequence[Incident]) -> list[tuple[int, list[Incident]]]:
    """Return the incidents that these are parts of, in the order of their first ones here."""
    found: dict[int, list[Incident]] = {}
    for part in parts:
        found.setdefault(part.number, []).append(part)
    return list(found.items())


def together(several: Sequence[Trouble]) -> Trouble:
    """Return one entry: the worst of it first, all of its components by name, since the first of it."""
    worst = min(several, key=lambda one: WORST_FIRST.index(one.status))
    names = list(dict.fromkeys(one.name for one in (worst, *several)))
    if len(names) == 1:
        return worst
    first, longest = min(several, key=lambda one: one.began.iso), max(several, key=lambda one: one.length)
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    affected = f"Affected: {', '.join(names[:NAMED])}{more}."
    title = worst.title.replace(worst.name, f"{worst.name} and {_others(len(names) - 1)}", 1)
    title = title.replace(" is ", " are ", 1).replace(" was ", " were ", 1)
    return replace(
        worst, title=title, text=f"{worst.text} {affected}".strip(), began=first.began, lasted=longest.lasted
    )


def _others(count: int) -> str:
    return "one other" if count == 1 else f"{count:,} others"
