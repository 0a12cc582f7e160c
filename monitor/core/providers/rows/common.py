"""What several rows share."""

from datetime import timedelta

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

GUID = ""  # an empty prefix: the id is a GUID, as that provider's are
NO_GUID = "00000000-0000-0000-0000-000000000000"  # of an object that does not exist
MARK = "(webhook-monitor; synthetic probe)"  # ends a user agent
MAIL = "probe@webhook-monitor.invalid"

BODY = frozenset({"body"})
TIMED = frozenset({"body", "timestamp"})
NAMED = frozenset({"body", "timestamp", "id"})
NOTHING = frozenset[str]()

FIVE_MINUTES = 5 * MINUTE  # the age that most verifiers allow
