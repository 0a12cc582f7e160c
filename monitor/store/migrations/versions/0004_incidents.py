"""Incidents of several checks, and what happened to each."""

import sqlalchemy as sa
from alembic import op

revision = "0004_incidents"
down_revision = "0003_heartbeats"
NAMING = {"pk": "pk_%(table_name)s"}


def upgrade() -> None:
    """Let checks share a number; make room for timelines."""
    with op.batch_alter_table("incident", naming_convention=NAMING, recreate="auto") as incident:
        incident.add_column(sa.Column("joined", sa.String(), nullable=True))
        incident.add_column(sa.Column("certificate_expires_at", sa.BigInteger(), nullable=True))
        incident.drop_constraint("pk_incident", type_="primary")
        incident.create_primary_key("pk_incident", ["number", "check_id", "started_at"])
    op.create_table(
        "incident_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("monitor", sa.String(), nullable=False),
        sa.Column("check_name", sa.String(), nullable=False),
        sa.Column("other", sa.Integer(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_event")),
    )
    op.create_index(
        "uq_incident_event_what",
        "incident_event",
        ["origin", "at", "kind", "who", "monitor", "check_name"],
        unique=True,
    )
    op.create_index("ix_incident_event_number", "incident_event", ["number"], unique=False)
    op.create_index("ix_incident_event_kind", "incident_event", ["kind"], unique=False)


def downgrade() -> None:
    """Forget the timelines. Incidents that share a number cannot go back: only their first part stays."""
    op.drop_table("incident_event")
    op.execute(
        "DELETE FROM incident WHERE EXISTS (SELECT 1 FROM incident AS first "
        "WHERE first.number = incident.number AND (first.confirmed_at, first.check_id, first.started_at) "
        "< (incident.confirmed_at, incident.check_id, incident.started_at))"
    )
    with op.batch_alter_table("incident", naming_convention=NAMING, recreate="auto") as incident:
        incident.drop_constraint("pk_incident", type_="primary")
        incident.create_primary_key("pk_incident", ["number"])
        incident.drop_column("certificate_expires_at")
        incident.drop_column("joined")
