"""What people are told, by which ways, and what they do not want to hear."""

from sqlalchemy import BigInteger, Column, Index, Text, text
from sqlmodel import Field

from monitor.store.tables.base import BIG_ID, Base, core


class AlertRow(Base, table=True):
    """The outbox: one message to one notifier, with its final words."""

    __tablename__ = "alert"
    __table_args__ = (
        Index("uq_alert_key", "key", unique=True),
        Index("ix_alert_incident", "incident"),
        # What waits, and what was given up, are few among all that was ever told: they are asked for often.
        Index(
            "ix_alert_waiting",
            "notifier",
            "id",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
        Index(
            "ix_alert_given_up",
            "notifier",
            sqlite_where=text("given_up = 1"),
            postgresql_where=text("given_up"),
        ),
    )

    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    key: str
    notifier: str
    kind: str
    severity: str
    monitor: str | None = None
    check_name: str | None = None
    incident: int | None = None
    message: str = Field(sa_column=Column(Text, nullable=False))
    created_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    due_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    held_until: int | None = Field(default=None, sa_column=Column(BigInteger))  # by quiet hours
    leased_until: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    attempts: int = 0
    settled_at: int | None = Field(default=None, sa_column=Column(BigInteger))  # sent or given up
    given_up: bool = False
    error: str | None = Field(default=None, sa_column=Column(Text))
    left_at: int | None = Field(default=None, sa_column=Column(BigInteger))  # and no word of its arrival
    handed_to: str | None = None
    revived_at: int | None = Field(default=None, sa_column=Column(BigInteger))


class NotifierRow(Base, table=True):
    """How a notifier did, last (``core.model.NotifierHealth``)."""

    __tablename__ = "notifier"

    notifier: str = Field(primary_key=True)
    succeeded_at: int | None = Field(default=None, sa_column=Column(BigInteger))
    took: int | None = Field(default=None, sa_column=Column(BigInteger))  # microseconds
    failed_at: int | None = Field(default=None, sa_column=Column(BigInteger))
    error: str | None = Field(default=None, sa_column=Column(Text))
    failing_since: int | None = Field(default=None, sa_column=Column(BigInteger))
    dead_since: int | None = Field(default=None, sa_column=Column(BigInteger))


class WindowRow(Base, table=True):
    """Work that an operator announced while we ran; what stands in the file is not here."""

    __tablename__ = "maintenance"

    number: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_column=Column(Text, nullable=False))
    scope: str = Field(sa_column=Column(Text, nullable=False))  # JSON (``hushes``)
    start: int = Field(sa_column=Column(BigInteger, nullable=False))
    length: int = Field(sa_column=Column(BigInteger, nullable=False))
    zone: str
    repeat: str | None = Field(default=None, sa_column=Column(Text))
    public: str | None = Field(default=None, sa_column=Column(Text))


class SilenceRow(Base, table=True):
    """What an operator does not want to hear of for a while, and why."""

    __tablename__ = "silence"

    number: int | None = Field(default=None, primary_key=True)
    reason: str = Field(sa_column=Column(Text, nullable=False))
    scope: str = Field(sa_column=Column(Text, nullable=False))  # JSON (``hushes``)
    since: int = Field(sa_column=Column(BigInteger, nullable=False))
    until: int = Field(sa_column=Column(BigInteger, nullable=False))


alerts = core(AlertRow)
notifiers = core(NotifierRow)
windows = core(WindowRow)
silences = core(SilenceRow)
