"""Windows and silences: what keeps alarms back."""

import sqlalchemy as sa
from alembic import op

revision = "0005_windows"
down_revision = "0004_incidents"


def upgrade() -> None:
    """Make room for what is held back, and for what operators announce and silence."""
    op.add_column("incident", sa.Column("held", sa.Text(), nullable=True))
    op.create_table(
        "maintenance",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("repeat", sa.Text(), nullable=True),
        sa.Column("public", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_maintenance")),
    )
    op.create_table(
        "silence",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_silence")),
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("silence")
    op.drop_table("maintenance")
    op.drop_column("incident", "held")
