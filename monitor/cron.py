"""When a cron comes round. The one door to cronsim, which does what Debian's cron does when clocks change."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from monitor.core.model import Cron

FIELDS = 5  # cronsim knows a sixth, for seconds; crontab does not


def next_after(cron: Cron, at: datetime) -> datetime:
    """Return the first time on this cron after an instant, in UTC."""
    return next(CronSim(cron.expression, at.astimezone(ZoneInfo(cron.zone)))).astimezone(UTC)


def problem(expression: str) -> str | None:
    """Return what is wrong with a cron expression, in words; None if it comes round."""
    if len(expression.split()) != FIELDS:
        return "needs five fields: minute, hour, day of month, month, day of week"
    try:
        next(CronSim(expression, datetime(2026, 1, 1, tzinfo=UTC)))
    except CronSimError as error:
        return str(error)[:1].lower() + str(error)[1:]
    except StopIteration:
        return "never comes round"
    return None
