"""How far housekeeping has come: a few named numbers, written together with the work they speak of."""

from typing import Final, overload

from sqlalchemy import Connection, bindparam, select

from monitor.store import upsert
from monitor.store.tables import progress

ROLLED: Final = "rolled"  # all hours before this instant are rolled up
ROLLING: Final = "rolling"  # of the hour after it, all checks up to this number
PRUNED: Final = "pruned"  # raw results before this instant are gone, or going
SWEPT: Final = "swept"  # the old belongings of all checks up to this number were looked through

NAMED = select(progress.c.value).where(progress.c.name == bindparam("wanted"))


@overload
def get(connection: Connection, name: str) -> int | None: ...
@overload
def get(connection: Connection, name: str, default: int) -> int: ...
def get(connection: Connection, name: str, default: int | None = None) -> int | None:
    value: int | None = connection.scalar(NAMED, {"wanted": name})
    return default if value is None else value


def put(connection: Connection, name: str, value: int) -> None:
    upsert.put(connection, progress, [{"name": name, "value": value}], ("name",))
