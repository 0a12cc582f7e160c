"""What others told us: receipts of workers, calls of jobs, counts of real events."""

from sqlalchemy import BigInteger, Column, Index, Text
from sqlmodel import Field

from monitor.store.tables.base import BIG_ID, Base, core


class ReceiptRow(Base, table=True):
    """The word of a listener's worker: one for each processing run that named itself."""

    __tablename__ = "receipt"
    __table_args__ = (Index("uq_receipt_event_id_run", "event_id", "run", unique=True),)

    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    event_id: str
    run: str
    monitor: str
    kind: str
    sent_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    arrived_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    outcome: str
    note: str = Field(sa_column=Column(Text, nullable=False))


class HeartbeatRow(Base, table=True):
    """What was heard from outside for one monitor: the last calls of a job, or how many real events ever."""

    __tablename__ = "heartbeat"

    monitor: str = Field(primary_key=True)
    since: int = Field(sa_column=Column(BigInteger, nullable=False))
    deaf_from: int | None = Field(default=None, sa_column=Column(BigInteger))
    heard_at: int | None = Field(default=None, sa_column=Column(BigInteger))
    started_at: int | None = Field(default=None, sa_column=Column(BigInteger))
    failed_at: int | None = Field(default=None, sa_column=Column(BigInteger))
    note: str = Field(default="", sa_column=Column(Text, nullable=False))
    events: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))


class EventsRow(Base, table=True):
    """How many real events of one monitor were reported in one minute."""

    __tablename__ = "real_events"
    __table_args__ = (Index("ix_real_events_minute", "minute"), {"sqlite_with_rowid": False})

    monitor: str = Field(primary_key=True)
    minute: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    events: int = Field(sa_column=Column(BigInteger, nullable=False))


receipts = core(ReceiptRow)
heartbeats = core(HeartbeatRow)
real_events = core(EventsRow)
