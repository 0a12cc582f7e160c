"""Receipts: what workers said of the events that they processed."""

import sqlalchemy as sa
from alembic import op

revision = "0002_receipts"
down_revision = "0001_first"


def upgrade() -> None:
    """Make room for receipts."""
    op.create_table(
        "receipt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("run", sa.String(), nullable=False),
        sa.Column("monitor", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("arrived_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
    )
    op.create_index("uq_receipt_event_id_run", "receipt", ["event_id", "run"], unique=True)


def downgrade() -> None:
    """Forget the receipts."""
    op.drop_table("receipt")
