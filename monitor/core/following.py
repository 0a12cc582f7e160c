"""What follows upon an alert that nobody answers: it is told to others, and told again. Both have an end.

All is counted in the age of an incident: from the moment when people could know of it. What fell due while
we were away, or while it was quiet, comes once, and not one by one.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta

from monitor.core.model import Routing

REMINDERS = 6  # with the first after an hour, the last comes after two and a half days
NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One telling again. ``age``: when it fell due; ``next_age``: when the next one does (None: never)."""

    number: int
    age: timedelta
    next_age: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """A telling to others. ``age`` is when it fell due."""

    age: timedelta
    notify: tuple[str, ...]


def reminders(first: timedelta) -> Iterator[Reminder]:
    """Return every reminder: each gap is twice the last, so the n-th is due at (2 to the n, less 1) gaps."""
    for number in range(1, REMINDERS + 1):
        following = first * (2 ** (number + 1) - 1) if number < REMINDERS else None
        yield Reminder(number=number, age=first * (2**number - 1), next_age=following)


def reminder(routing: Routing, age: timedelta, reminded: timedelta) -> Reminder | None:
    """Return what is owed at this age; ``reminded`` is the age of which the last reminder was."""
    if routing.remind is None or age < routing.remind:
        return None
    owed = [one for one in reminders(routing.remind) if reminded < one.age <= age]
    return owed[-1] if owed else None


def escalation(routing: Routing, age: timedelta, heard: Collection[str]) -> Escalation | None:
    """Return who is owed a word at this age. Who has ``heard`` of it is told again by reminders alone."""
    owed = [(step.after, name) for step in routing.escalate for name in step.notify if step.after <= age]
    fresh = {name: after for after, name in owed if name not in heard}
    return Escalation(age=max(fresh.values()), notify=tuple(fresh)) if fresh else None
