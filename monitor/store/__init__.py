"""The store: everything that outlives the process. SQLite in one file, or PostgreSQL by URL.

``door``     what the rest of the house sees      ``threads``  one that writes, a few that read
``tables``   what lies in the database            ``rows``     values ⇄ rows
``schema``   migrations                           ``engine``   connections, and whose fault an error is
``patience`` waiting, but not for ever
``waiting``  what is not written yet              ``writer``   the one writer, in groups
``write``    one batch, one transaction           ``upsert``   the one thing said in two dialects
``owner``    one process owns the clock           ``locks``    that die with their holder
``outbox``   alerts: lease, settle, postpone
``read``     history                              ``find``     results, of which there are many
``rollup``   histograms that stay                 ``prune``    raw results that go
``tidy``     a step of both                       ``latency``  days, hours and raw results, added up
"""

from monitor.store import schema
from monitor.store.door import Store
from monitor.store.engine import parse

__all__ = ["Store", "check_schema", "upgrade"]


def upgrade(url: str) -> None:
    """Bring the tables up to this version (``db upgrade``).

    Raises UsageError, SchemaMismatch, DatabaseAway.
    """
    schema.upgrade(parse(url))


def check_schema(url: str) -> None:
    """Raise SchemaMismatch unless the tables are those of this version (``db check``)."""
    schema.check(parse(url))
