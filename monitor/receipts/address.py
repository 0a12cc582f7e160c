"""Our own address, as workers reach it: looked at once, soon after the start. What is found is only a hint.

We may reach it where workers do not, or the other way round: nobody is told, and nothing is held up.
"""

from datetime import timedelta

from monitor.core.model import Config, Delivery, Reply
from monitor.core.tokens import NO_SUCH_ADDRESS

AFTER = 5.0  # seconds: by then the public socket serves
PATIENCE = timedelta(seconds=10)


def question(config: Config) -> Delivery | None:
    """Return what is asked of our own address; None where no worker is to report to it."""
    plans = (monitor.receipt for monitor in config.monitors if monitor.enabled)
    if config.receipts_url is None or not any(plan is not None and plan.poll is None for plan in plans):
        return None
    return Delivery(
        event_id="",
        method="GET",
        url=f"{config.receipts_url}/r/",
        headers=(("User-Agent", "webhook-monitor (receipts)"),),
        body=b"",
        timeout=PATIENCE,
    )


def doubt(reply: Reply) -> str | None:
    """Return why workers may not reach us, in words; None: we answer there ourselves."""
    if reply.failure is not None:
        return reply.failure.message
    if reply.http_status == 404 and NO_SUCH_ADDRESS in reply.body:
        return None
    return f"it answered {reply.http_status}, and not as we do"
