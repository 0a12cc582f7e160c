"""The tables. Times are integer microseconds since the epoch, UTC: the same in every database."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, SmallInteger, Text
from sqlmodel import Field, SQLModel

# Without names for every constraint, migrations on SQLite could not drop them.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
BIG_ID = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up by itself only with INTEGER


class Base(SQLModel):
    """What all tables share: metadata of our own, with named constraints."""

    metadata = MetaData(naming_convention=NAMING)


class CheckRow(Base, table=True):
    """One check of one monitor, and what is believed of it (``rows.health_to_text``)."""

    __tablename__ = "check_state"
    __table_args__ = (Index("uq_check_state_monitor_check_name", "monitor", "check_name", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    monitor: str
    check_name: str
    health: str = Field(sa_column=Column(Text, nullable=False))


class ResultRow(Base, table=True):
    """One finished probe, as small as it can be: there are 2,880 a day for every check."""

    __tablename__ = "result"
    __table_args__ = (Index("ix_result_check_id_at", "check_id", "at"),)

    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    check_id: int = Field(sa_column=Column(Integer, ForeignKey("check_state.id"), nullable=False))
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    status: str
    reason: str
    http_status: int | None = Field(default=None, sa_column=Column(SmallInteger))
    bucket: int | None = Field(default=None, sa_column=Column(SmallInteger))  # none: says nothing of latency
    phases: str  # microseconds, six fields, empty where not reached
    event_id: str
    scheduled: bool


class FailureRow(Base, table=True):
    """The evidence of a result that was not good, kept apart so that successes never push it out."""

    __tablename__ = "failure"
    __table_args__ = (Index("ix_failure_check_id_at", "check_id", "at"),)

    result_id: int = Field(sa_column=Column(BIG_ID, primary_key=True, autoincrement=False))
    check_id: int = Field(sa_column=Column(Integer, ForeignKey("check_state.id"), nullable=False))
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    evidence: str = Field(sa_column=Column(Text, nullable=False))  # the whole result, as JSON


class TransitionRow(Base, table=True):
    """A change of status: what uptime is computed from."""

    __tablename__ = "transition"
    __table_args__ = (Index("ix_transition_check_id_at", "check_id", "at"),)

    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    check_id: int = Field(sa_column=Column(Integer, ForeignKey("check_state.id"), nullable=False))
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    known_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    status: str
    previous: str
    reason: str | None = None


class IncidentRow(Base, table=True):
    """What was broken, from when to when."""

    __tablename__ = "incident"
    __table_args__ = (Index("ix_incident_check_id_number", "check_id", "number"),)

    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    check_id: int = Field(sa_column=Column(Integer, ForeignKey("check_state.id"), nullable=False))
    started_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    confirmed_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    severity: str
    reason: str
    message: str = Field(sa_column=Column(Text, nullable=False))
    failures: int
    last_good_at: int | None = Field(default=None, sa_column=Column(BigInteger))
    ended_at: int | None = Field(default=None, sa_column=Column(BigInteger, index=True))
    closing: str | None = None


class AlertRow(Base, table=True):
    """The outbox: one message to one notifier, with its final words."""

    __tablename__ = "alert"
    __table_args__ = (
        Index("uq_alert_key", "key", unique=True),
        Index("ix_alert_notifier_settled_at_due_at", "notifier", "settled_at", "due_at"),
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
    leased_until: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    attempts: int = 0
    settled_at: int | None = Field(default=None, sa_column=Column(BigInteger))  # sent or given up
    given_up: bool = False
    error: str | None = Field(default=None, sa_column=Column(Text))


class RollupRow(Base, table=True):
    """The deliveries of one check in one hour or day, with a histogram that can be added up."""

    __tablename__ = "rollup"

    check_id: int = Field(
        sa_column=Column(Integer, ForeignKey("check_state.id"), primary_key=True, autoincrement=False)
    )
    seconds: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))  # 3600 or 86400
    start: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    total: int  # results
    good: int
    buckets: str = Field(sa_column=Column(Text, nullable=False))  # JSON: bucket → count


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
