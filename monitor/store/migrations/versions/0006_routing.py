"""Routing: when an incident was told, and told again; what quiet hours hold back."""

import sqlalchemy as sa
from alembic import op

revision = "0006_routing"
down_revision = ("0004_incidents", "0005_windows")


def upgrade() -> None:
    """Make room. What is open was told when it was confirmed."""
    op.add_column("incident", sa.Column("told_at", sa.BigInteger(), nullable=True))
    op.add_column("incident", sa.Column("reminded_at", sa.BigInteger(), nullable=True))
    op.add_column("alert", sa.Column("held_until", sa.BigInteger(), nullable=True))
    op.execute("UPDATE incident SET told_at = confirmed_at WHERE told <> '[]'")


def downgrade() -> None:
    """Forget it."""
    op.drop_column("alert", "held_until")
    op.drop_column("incident", "reminded_at")
    op.drop_column("incident", "told_at")
