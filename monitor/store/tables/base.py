"""What all tables share."""

from sqlalchemy import BigInteger, Integer, MetaData, Table
from sqlmodel import SQLModel

# Without names for every constraint, migrations on SQLite could not drop them.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
BIG_ID = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER is SQLite's own, eight-byte row number


class Base(SQLModel):
    """What all tables share: metadata of our own, with named constraints."""

    metadata = MetaData(naming_convention=NAMING)


def core(row: type[SQLModel]) -> Table:
    """Return the Core table of a row class: SQLModel types the class, not its table."""
    found: Table = row.__table__  # type: ignore[attr-defined]
    return found
