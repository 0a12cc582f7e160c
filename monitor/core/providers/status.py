"""Providers whose public API says whether they still send: one row for each, and how they are asked."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from monitor.core.judge.provider import judge_github, judge_stripe
from monitor.core.model import Delivery, Reply, StatusPlan, Verdict
from monitor.core.template import fill

PATIENCE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusApi:
    """``form`` is what an endpoint looks like; its groups fill ``paths``, which are fetched one by one.

    ``judge`` gets their replies, in that order; the first that fails may be the last.
    """

    api: str
    form: str
    example: str
    paths: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]
    judge: Callable[[Sequence[Reply]], Verdict]


APIS: Mapping[str, StatusApi] = {
    "github": StatusApi(
        api="https://api.github.com",
        form=r"(?P<owner>[A-Za-z0-9-]+)/(?P<repo>[A-Za-z0-9._-]+)/(?P<hook>[0-9]+)",
        example="acme/shop/12345678",
        paths=(
            "/repos/{owner}/{repo}/hooks/{hook}",
            "/repos/{owner}/{repo}/hooks/{hook}/deliveries?per_page=10",
        ),
        headers=(("Accept", "application/vnd.github+json"), ("X-GitHub-Api-Version", "2022-11-28")),
        judge=judge_github,
    ),
    "stripe": StatusApi(
        api="https://api.stripe.com",
        form=r"(?P<id>we_[A-Za-z0-9]+)",
        example="we_1Mr5jULkdIwHu7ix1ibLTM0x",
        paths=("/v1/webhook_endpoints/{id}",),
        headers=(),
        judge=judge_stripe,
    ),
}


def questions(api: StatusApi, plan: StatusPlan) -> tuple[Delivery, ...]:
    """Return what is fetched. The token is gone from whatever comes back."""
    found = re.fullmatch(api.form, plan.endpoint)
    values = found.groupdict() if found else {}
    token = plan.token.reveal()
    headers = (*api.headers, ("Authorization", f"Bearer {token}"), ("User-Agent", "webhook-monitor"))
    return tuple(
        Delivery(
            event_id="",
            method="GET",
            url=plan.api + fill(path, values),
            headers=headers,
            body=b"",
            timeout=PATIENCE,
            hidden=(token,),
        )
        for path in api.paths
    )
