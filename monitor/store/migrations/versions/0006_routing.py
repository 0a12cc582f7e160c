"""Routing: when an incident was told, and told again; what flaps; what quiet hours hold back."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0006_routing"
down_revision = "0005_windows"


def upgrade() -> None:
    """Make room. What is open was told when it was confirmed."""
    op.add_column("incident", sa.Column("told_at", sa.BigInteger(), nullable=True))
    op.add_column("incident", sa.Column("reminded_at", sa.BigInteger(), nullable=True))
    op.add_column("incident", sa.Column("flapping_since", sa.BigInteger(), nullable=True))
    op.add_column("incident", sa.Column("changes", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("alert", sa.Column("held_until", sa.BigInteger(), nullable=True))
    # A health is a JSON list; it gets one more item.
    op.execute(
        "UPDATE check_state SET health = substr(health, 1, length(health) - 1) || ',[]]' "
        "WHERE health LIKE '[%'"
    )
    op.execute("UPDATE incident SET told_at = confirmed_at WHERE told <> '[]'")


def downgrade() -> None:
    """Forget it."""
    states = sa.table("check_state", sa.column("id", sa.Integer()), sa.column("health", sa.Text()))
    for number, health in op.get_bind().execute(sa.select(states)).all():
        if health.startswith("["):
            kept = json.dumps(json.loads(health)[:-1], separators=(",", ":"))
            op.execute(states.update().where(states.c.id == number).values(health=kept))
    op.drop_column("alert", "held_until")
    for name in ("changes", "flapping_since", "reminded_at"):
        op.drop_column("incident", name)
    op.drop_column("incident", "told_at")
