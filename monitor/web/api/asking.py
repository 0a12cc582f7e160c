"""What may be asked: limit, cursor, from and to, each understood once for all lists."""

import base64
import binascii
import difflib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.dependencies.models import Dependant
from starlette.exceptions import HTTPException

LARGEST = 2**63 - 1  # what a database takes for an integer
YEARS = range(1970, 2200)  # beyond these, adding an interval could leave the calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Which page of a list is asked for. ``after`` is what the cursor says was already seen."""

    limit: int
    after: str | None

    @property
    def after_number(self) -> int | None:
        """The cursor as the number it must be in a numbered list. Raises 422."""
        if self.after is None:
            return None
        if not self.after.isascii() or not self.after.isdecimal() or int(self.after) > LARGEST:
            raise _unusable_cursor()
        return int(self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From the first instant inside to the first instant outside; None: without bound."""

    start: datetime | None
    end: datetime | None


Limit = Annotated[int, Query(ge=1, le=1000, description="How many items at most.")]
Cursor = Annotated[str | None, Query(max_length=1000, description="The `next` of the page before.")]
From = Annotated[
    datetime | None,
    Query(
        alias="from",
        description="The first instant inside. Without a zone it is UTC.",
        examples=["2026-03-01"],
    ),
]
To = Annotated[
    datetime | None,
    Query(
        description="The first instant outside. Without a zone it is UTC.",
        examples=["2026-03-02T12:00:00Z"],
    ),
]


def listing(limit: Limit = 100, cursor: Cursor = None) -> Listing:
    """Read limit and cursor."""
    return Listing(limit=limit, after=None if cursor is None else from_cursor(cursor))


def period(from_: From = None, to: To = None) -> Period:
    """Read from and to."""
    start, end = _utc(from_, "from"), _utc(to, "to")
    if start is not None and end is not None and end <= start:
        raise HTTPException(422, "query.to: must be later than from")
    return Period(start=start, end=end)


AskedList = Annotated[Listing, Depends(listing)]
AskedPeriod = Annotated[Period, Depends(period)]


def to_cursor(seen: str) -> str:
    """Return the cursor that says what was seen last. Clients must not look inside."""
    return base64.urlsafe_b64encode(seen.encode()).decode().rstrip("=")


def from_cursor(cursor: str) -> str:
    """Return what was seen last. Raises 422 for anything we did not make."""
    try:
        seen = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise _unusable_cursor() from None
    if "\x00" in seen:
        raise _unusable_cursor()
    return seen


def refuse_unknown(request: Request) -> None:
    """Refuse a query parameter that would be ignored: a typo must not look like an answer."""
    known = _query_parameters(request.scope["route"].dependant)
    for name in request.query_params:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            raise HTTPException(422, f"query.{name}: is not known here{hint}")


def _query_parameters(dependant: Dependant) -> set[str]:
    """Return the names a route understands, its own and those of what it depends on."""
    mine = {field.alias for field in dependant.query_params}
    return mine.union(*(_query_parameters(part) for part in dependant.dependencies))


def _utc(at: datetime | None, name: str) -> datetime | None:
    if at is None:
        return None
    if at.year not in YEARS:
        raise HTTPException(422, f"query.{name}: the year must be from {YEARS.start} to {YEARS.stop - 1}")
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _unusable_cursor() -> HTTPException:
    return HTTPException(422, "query.cursor: was not given by this list")
