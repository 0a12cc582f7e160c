"""Heartbeats: what jobs said of themselves, and how many real events listeners reported."""

import sqlalchemy as sa
from alembic import op

revision = "0003_heartbeats"
down_revision = "0002_receipts"


def upgrade() -> None:
    """Make room for heartbeats and real events."""
    op.create_table(
        "heartbeat",
        sa.Column("monitor", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("deaf_from", sa.BigInteger(), nullable=True),
        sa.Column("heard_at", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("failed_at", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("monitor", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "real_events",
        sa.Column("monitor", sa.String(), nullable=False),
        sa.Column("minute", sa.BigInteger(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("monitor", "minute", name=op.f("pk_real_events")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_real_events_minute", "real_events", ["minute"])


def downgrade() -> None:
    """Forget the heartbeats and the real events."""
    op.drop_table("real_events")
    op.drop_table("heartbeat")
