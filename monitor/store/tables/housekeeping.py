"""What the house knows of itself."""

from sqlalchemy import BigInteger, Column
from sqlmodel import Field

from monitor.store.tables.base import Base, core


class OwnerRow(Base, table=True):
    """Who owns the clock of this database. There is one row."""

    __tablename__ = "owner"

    id: int = Field(default=1, primary_key=True)
    epoch: int
    holder: str
    beat_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    measured_until: int | None = Field(default=None, sa_column=Column(BigInteger))


class ProgressRow(Base, table=True):
    """How far a piece of housekeeping has come."""

    __tablename__ = "progress"

    name: str = Field(primary_key=True)
    value: int = Field(sa_column=Column(BigInteger, nullable=False))


owners = core(OwnerRow)
progress = core(ProgressRow)
