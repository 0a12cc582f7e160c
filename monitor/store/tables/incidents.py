"""What went wrong, and what happened to it."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Text
from sqlmodel import Field

from monitor.store.tables.base import BIG_ID, Base, core


class IncidentRow(Base, table=True):
    """One check's part in an incident, from when to when. A check may take part again."""

    __tablename__ = "incident"
    __table_args__ = (Index("ix_incident_check_id_number", "check_id", "number"),)

    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    check_id: int = Field(
        sa_column=Column(Integer, ForeignKey("check_state.id"), primary_key=True, autoincrement=False)
    )
    started_at: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    confirmed_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    severity: str
    reason: str
    message: str = Field(sa_column=Column(Text, nullable=False))
    diagnosis: str = Field(sa_column=Column(Text, nullable=False))
    failures: int
    unmeasured: int = Field(sa_column=Column(BigInteger, nullable=False))
    told: str = Field(sa_column=Column(Text, nullable=False))  # JSON: names of notifiers
    told_at: int | None = Field(default=None, sa_column=Column(BigInteger))
    reminded_at: int | None = Field(default=None, sa_column=Column(BigInteger))
    flapping_since: int | None = Field(default=None, sa_column=Column(BigInteger))
    changes: int = 0
    held: str | None = Field(default=None, sa_column=Column(Text))  # JSON: what is untold, and why (``rows``)
    last_good_at: int | None = Field(default=None, sa_column=Column(BigInteger))
    down_since: int | None = Field(default=None, sa_column=Column(BigInteger))
    down_until: int | None = Field(default=None, sa_column=Column(BigInteger))
    ended_at: int | None = Field(default=None, sa_column=Column(BigInteger, index=True))
    closing: str | None = None
    joined: str | None = None
    certificate_expires_at: int | None = Field(default=None, sa_column=Column(BigInteger))


class HappenedRow(Base, table=True):
    """One line in the timeline of an incident. Empty, not null: what is unique must compare."""

    __tablename__ = "incident_event"
    __table_args__ = (
        Index("uq_incident_event_what", "origin", "at", "kind", "who", "monitor", "check_name", unique=True),
        Index("ix_incident_event_number", "number"),
        Index("ix_incident_event_kind", "kind"),
    )

    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    number: int
    origin: int  # the number under which it happened, before a merge
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    kind: str
    who: str
    words: str = Field(sa_column=Column(Text, nullable=False))
    monitor: str
    check_name: str
    other: int | None = None
    public: bool


incidents = core(IncidentRow)
happened = core(HappenedRow)
