"""The tables. Times are integer microseconds since the epoch, UTC: the same in every database."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlmodel import Field, SQLModel

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


class CheckRow(Base, table=True):
    """One check of one monitor, and what is believed of it (``rows.health_to_text``)."""

    __tablename__ = "check_state"
    __table_args__ = (Index("uq_check_state_monitor_check_name", "monitor", "check_name", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    monitor: str
    check_name: str
    health: str = Field(sa_column=Column(Text, nullable=False))


class ResultRow(Base, table=True):
    """One finished probe, as small as it can be: there are 2,880 a day for every check.

    The writer gives the number, so that writing again what may have been written already changes nothing.
    """

    __tablename__ = "result"
    __table_args__ = (Index("ix_result_check_id_at", "check_id", "at"),)

    id: int = Field(sa_column=Column(BIG_ID, primary_key=True, autoincrement=False))
    check_id: int = Field(sa_column=Column(Integer, ForeignKey("check_state.id"), nullable=False))
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    took: int = Field(sa_column=Column(BigInteger, nullable=False))  # microseconds until it was finished
    status: str
    reason: str
    http_status: int | None = Field(default=None, sa_column=Column(Integer))
    bucket: int | None = Field(default=None, sa_column=Column(SmallInteger))  # none: says nothing of latency
    phases: str  # microseconds, six fields, empty where not reached
    event_id: str
    scheduled: bool


class FailureRow(Base, table=True):
    """The evidence of a result that was not good, kept apart so that successes never push it out."""

    __tablename__ = "failure"
    __table_args__ = (Index("ix_failure_check_id_result_id", "check_id", "result_id"),)

    result_id: int = Field(sa_column=Column(BIG_ID, primary_key=True, autoincrement=False))
    check_id: int = Field(sa_column=Column(Integer, ForeignKey("check_state.id"), nullable=False))
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    evidence: str = Field(sa_column=Column(Text, nullable=False))  # the whole result, as JSON


class TransitionRow(Base, table=True):
    """A change of status: what uptime is computed from."""

    __tablename__ = "transition"
    __table_args__ = (Index("uq_transition_check_id_at_status", "check_id", "at", "status", unique=True),)

    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    check_id: int = Field(sa_column=Column(Integer, ForeignKey("check_state.id"), nullable=False))
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    known_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    status: str
    previous: str
    reason: str | None = None


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


class RollupRow(Base, table=True):
    """The results of one check in one hour or day, with a histogram of latencies that can be added up."""

    __tablename__ = "rollup"
    __table_args__ = ({"sqlite_with_rowid": False},)

    check_id: int = Field(
        sa_column=Column(Integer, ForeignKey("check_state.id"), primary_key=True, autoincrement=False)
    )
    seconds: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))  # 3600 or 86400
    start: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    good: int
    failed: int
    buckets: bytes = Field(sa_column=Column(LargeBinary, nullable=False))  # ``histogram.pack``


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


def _core(row: type[SQLModel]) -> Table:
    """Return the Core table of a row class: SQLModel types the class, not its table."""
    found: Table = row.__table__  # type: ignore[attr-defined]
    return found


checks, results, failures = _core(CheckRow), _core(ResultRow), _core(FailureRow)
transitions, incidents, alerts = _core(TransitionRow), _core(IncidentRow), _core(AlertRow)
happened, receipts, notifiers = _core(HappenedRow), _core(ReceiptRow), _core(NotifierRow)
windows, silences = _core(WindowRow), _core(SilenceRow)
heartbeats, real_events = _core(HeartbeatRow), _core(EventsRow)
rollups, owners, progress = _core(RollupRow), _core(OwnerRow), _core(ProgressRow)
