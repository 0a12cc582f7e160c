import os
import sqlite3

SYNTHETIC = "msg_probe_"  # what the ids of the monitor's events begin with, at this provider


def fulfil(event_id, event):
    """Do the work of an event, once. False: it was done before."""
    with sqlite3.connect(os.environ["SHOP_DATABASE"]) as database:
        database.execute("CREATE TABLE IF NOT EXISTS fulfilled (event_id TEXT PRIMARY KEY)")
        inserted = database.execute("INSERT OR IGNORE INTO fulfilled VALUES (?)", [event_id])
        if inserted.rowcount and not event_id.startswith(SYNTHETIC):
            ship(event)  # the last step, and the only one that a synthetic event does not take
    return inserted.rowcount == 1


def ship(event):
    print("shipping", event["data"])
