"""What was probed, and what is believed: checks, results, changes of status, and their sums."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, SmallInteger, Text
from sqlmodel import Field

from monitor.store.tables.base import BIG_ID, Base, core


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


checks = core(CheckRow)
results = core(ResultRow)
failures = core(FailureRow)
transitions = core(TransitionRow)
rollups = core(RollupRow)
