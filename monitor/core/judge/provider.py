"""Provider: does it say itself that it still sends? Trouble with its API is never the listener's fault."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.core.document import parsed
from monitor.core.judge.verdicts import accepted, degraded, down, inconclusive
from monitor.core.model import Reason, Reply, Verdict
from monitor.core.times import clock

LONGEST_WAIT = timedelta(hours=1)  # rate limits of APIs reach further than those of listeners
IN_A_ROW = 3
FRESH = timedelta(hours=1)  # older deliveries say nothing of now


def judge_github(replies: Sequence[Reply]) -> Verdict:
    """Judge a repository's hook, and its last deliveries.

    "active": "Determines if notifications are sent when the webhook is triggered."
    https://docs.github.com/en/rest/repos/webhooks#get-a-repository-webhook
    https://docs.github.com/en/rest/repos/webhooks#list-deliveries-for-a-repository-webhook
    """
    if trouble := _trouble(replies, "GitHub"):
        return trouble
    hook, deliveries = (parsed(reply.body.encode()) for reply in replies)
    if not isinstance(hook, dict) or not isinstance(hook.get("active"), bool):
        return _not_understood("GitHub")
    if not hook["active"]:
        return down(
            Reason.DISABLED_BY_PROVIDER, "GitHub says that the hook is not active: it sends no events"
        )
    return _deliveries(deliveries, replies[-1].started_at)


def judge_stripe(replies: Sequence[Reply]) -> Verdict:
    """Judge a webhook endpoint. "status": "The status of the webhook. It can be enabled or disabled."

    https://docs.stripe.com/api/webhook_endpoints/object
    """
    if trouble := _trouble(replies, "Stripe"):
        return trouble
    endpoint = parsed(replies[0].body.encode())
    status = endpoint.get("status") if isinstance(endpoint, dict) else None
    if status == "disabled":
        words = "Stripe says that the endpoint is disabled: it sends no events"
        return down(Reason.DISABLED_BY_PROVIDER, words)
    return (
        accepted("Stripe says that the endpoint is enabled")
        if status == "enabled"
        else _not_understood("Stripe")
    )


def _deliveries(said: Any, now: datetime) -> Verdict:  # noqa: ANN401  JSON
    """Real deliveries may fail where ours do not: another address, another secret, another type of event."""
    found = [_delivery(one) for one in said] if isinstance(said, list) else []
    last = sorted((one for one in found if one is not None), reverse=True)
    if not last:
        return accepted("GitHub says that the hook is active; it lists no deliveries")
    at, status, words = last[0]
    newest = f"the last delivery, at {clock(at, now)}, was answered {status} ({words})"
    failing = [200 <= one[1] < 300 for one in last[:IN_A_ROW]] == [False] * IN_A_ROW
    if failing and now - at <= FRESH:
        return degraded(
            Reason.DELIVERIES_FAILING, f"the last {IN_A_ROW} deliveries of GitHub failed: {newest}"
        )
    return accepted(f"GitHub says that the hook is active; {newest}")


def _delivery(said: Any) -> tuple[datetime, int, str] | None:  # noqa: ANN401  JSON
    try:
        at, words = datetime.fromisoformat(said["delivered_at"]).astimezone(UTC), str(said["status"])
        return at, int(said["status_code"]), words[:100]
    except (KeyError, TypeError, ValueError):
        return None


def _trouble(replies: Sequence[Reply], title: str) -> Verdict | None:
    """Return why nothing can be said, for the first request that did not go well."""
    for reply in replies:
        if reply.failure is not None:
            return inconclusive(f"the API of {title} did not answer: {reply.failure.message}")
        if reply.http_status != 200:
            return _refused(reply, title)
    return None


def _refused(reply: Reply, title: str) -> Verdict:
    """https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api (403 and 429)."""
    wait = _wait(reply)
    if wait is not None:
        return inconclusive(f"the API of {title} asks us to wait ({reply.http_status})", retry_after=wait)
    words = {
        401: "does not take our token: it is wrong, or has expired",
        403: "does not let our token read this",
        404: "knows no such endpoint, or does not show it to our token",
    }.get(reply.http_status or 0, "could not say")
    return inconclusive(f"the API of {title} {words} ({reply.http_status})")


def _wait(reply: Reply) -> timedelta | None:
    """Return how long we are asked to stay away."""
    if reply.http_status not in {403, 429}:
        return None
    asked = reply.header("retry-after") or ""
    if asked.isascii() and asked.isdigit() and len(asked) < 9:
        return min(LONGEST_WAIT, timedelta(seconds=int(asked)))
    reset = reply.header("x-ratelimit-reset") or ""
    if (
        reply.header("x-ratelimit-remaining") == "0"
        and reset.isascii()
        and reset.isdigit()
        and len(reset) < 12
    ):
        left = timedelta(seconds=int(reset) - reply.started_at.timestamp())
        return min(LONGEST_WAIT, max(timedelta(0), left))
    return timedelta(minutes=5) if reply.http_status == 429 else None


def _not_understood(title: str) -> Verdict:
    return inconclusive(f"the API of {title} answered something else than it documents")
