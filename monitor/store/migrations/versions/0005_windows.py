"""Windows: what keeps alarms back."""

import sqlalchemy as sa
from alembic import op

revision = "0005_windows"
down_revision = "0002_receipts"


def upgrade() -> None:
    """Make room for what is held back."""
    op.add_column("incident", sa.Column("held", sa.Text(), nullable=True))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("incident", "held")
