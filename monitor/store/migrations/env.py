"""Alembic's entry. The connection comes from monitor.store.schema."""

from alembic import context

from monitor.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter a table in place
    transactional_ddl=True,
)
context.run_migrations()
