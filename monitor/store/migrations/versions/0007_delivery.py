"""How notifiers do, and what became of alerts that they did not take."""

import sqlalchemy as sa
from alembic import op

revision = "0007_delivery"
down_revision = "0003_heartbeats"


def upgrade() -> None:
    """Remember what left and did not report back, who was told instead, and how each notifier did."""
    op.add_column("alert", sa.Column("left_at", sa.BigInteger(), nullable=True))
    op.add_column("alert", sa.Column("handed_to", sa.String(), nullable=True))
    op.add_column("alert", sa.Column("revived_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "notifier",
        sa.Column("notifier", sa.String(), nullable=False),
        sa.Column("succeeded_at", sa.BigInteger(), nullable=True),
        sa.Column("took", sa.BigInteger(), nullable=True),
        sa.Column("failed_at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("dead_since", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("notifier", name=op.f("pk_notifier")),
    )


def downgrade() -> None:
    """Forget it; what was handed over is no longer told apart from what was sent."""
    op.drop_table("notifier")
    for name in ("revived_at", "handed_to", "left_at"):
        op.drop_column("alert", name)
