"""Does the provider say that it still sends? Small real servers speak the JSON that they document."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from monitor.app.wiring import network_of, outside, utc_now
from monitor.core.model import Check, CheckPlan, Config, Reason, Result, Secret, Status, StatusPlan
from monitor.core.providers import PROVIDERS
from monitor.look import look
from monitor.probe import Prober
from tests.makers import a_monitor

pytestmark = pytest.mark.real
TOKEN = "ghp_correct_horse_battery"
HOOK = "/repos/acme/shop/hooks/12345678"

# https://docs.github.com/en/rest/repos/webhooks#get-a-repository-webhook
GITHUB_HOOK = {
    "type": "Repository",
    "id": 12345678,
    "name": "web",
    "active": True,
    "events": ["push", "pull_request"],
    "config": {
        "content_type": "json",
        "insecure_ssl": "0",
        "url": "https://example.com/webhook",
        "secret": "********",
    },
    "updated_at": "2019-06-03T00:57:16Z",
    "created_at": "2019-06-03T00:57:16Z",
    "url": "https://api.github.com/repos/octocat/Hello-World/hooks/12345678",
    "last_response": {"code": None, "status": "unused", "message": None},
}
# https://docs.stripe.com/api/webhook_endpoints/object
STRIPE_ENDPOINT = {
    "id": "we_1Mr5jULkdIwHu7ix1ibLTM0x",
    "object": "webhook_endpoint",
    "created": 1680122196,
    "enabled_events": ["charge.succeeded", "charge.failed"],
    "livemode": False,
    "status": "enabled",
    "url": "https://example.com/my/webhook/endpoint",
}

Answer = tuple[int, dict[str, str], object]


def delivered(minutes_ago: float, status_code: int, status: str = "OK") -> dict[str, Any]:
    """https://docs.github.com/en/rest/repos/webhooks#list-deliveries-for-a-repository-webhook ."""
    at = utc_now() - timedelta(minutes=minutes_ago)
    return {
        "id": 12345678,
        "guid": "0b989ba4-242f-11e5-81e1-c7b6966d2516",
        "delivered_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "redelivery": False,
        "duration": 0.27,
        "status": status,
        "status_code": status_code,
        "event": "issues",
        "action": "opened",
    }


@contextmanager
def an_api(answers: dict[str, Answer], heard: list[tuple[str, str]]) -> Iterator[str]:
    """Serve these; whoever does not show the token gets 401, as both providers do."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append((self.path, self.headers["Authorization"]))
            shown = self.headers["Authorization"] == f"Bearer {TOKEN}"
            status, headers, body = answers.get(self.path, (404, {}, {"message": "Not Found"}))
            if not shown:
                status, headers, body = (
                    401,
                    {},
                    {"message": f"Bad credentials: {self.headers['Authorization']}"},
                )
            said = json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


async def asked(provider: str, endpoint: str, api: str, token: str = TOKEN) -> Result:
    monitor = replace(
        a_monitor(provider=PROVIDERS[provider]),
        checks=(CheckPlan(check=Check.PROVIDER, every=timedelta(minutes=5)),),
        provider_status=StatusPlan(endpoint=endpoint, token=Secret(token), api=api),
    )
    prober = Prober(now=utc_now)
    try:
        return await look(outside(send=prober.send), network_of(prober, Config()), monitor, Check.PROVIDER)
    finally:
        await prober.close()


def github(*deliveries: dict[str, Any], active: bool = True) -> dict[str, Answer]:
    return {
        HOOK: (200, {}, GITHUB_HOOK | {"active": active}),
        f"{HOOK}/deliveries?per_page=10": (200, {}, list(deliveries)),
    }


FAILED = (502, "failed to connect to host")


@pytest.mark.parametrize(
    ("answers", "verdict", "says"),
    [
        (github, (Status.UP, Reason.ACCEPTED), "the hook is active; it lists no deliveries"),
        (lambda: github(delivered(5, 200)), (Status.UP, Reason.ACCEPTED), "was answered 200 (OK)"),
        (lambda: github(active=False), (Status.DOWN, Reason.DISABLED_BY_PROVIDER), "the hook is not active"),
        (
            lambda: github(*(delivered(ago, *FAILED) for ago in (3, 2, 1))),
            (Status.DEGRADED, Reason.DELIVERIES_FAILING),
            "the last 3 deliveries of GitHub failed",
        ),
        (
            lambda: github(delivered(1, 200), *(delivered(ago, *FAILED) for ago in (4, 3, 2))),
            (Status.UP, Reason.ACCEPTED),
            "was answered 200",
        ),
        (  # long ago: it says nothing of now
            lambda: github(*(delivered(ago, *FAILED) for ago in (400, 300, 200))),
            (Status.UP, Reason.ACCEPTED),
            "was answered 502",
        ),
        (dict, (Status.UNKNOWN, Reason.INCONCLUSIVE), "knows no such endpoint"),
        (
            lambda: {HOOK: (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "99999999999"}, {})},
            (Status.UNKNOWN, Reason.INCONCLUSIVE),
            "asks us to wait",
        ),
        (lambda: {HOOK: (403, {}, {})}, (Status.UNKNOWN, Reason.INCONCLUSIVE), "does not let our token"),
        (lambda: {HOOK: (500, {}, {})}, (Status.UNKNOWN, Reason.INCONCLUSIVE), "could not say (500)"),
        (
            lambda: {HOOK: (200, {}, []), f"{HOOK}/deliveries?per_page=10": (200, {}, [])},
            (Status.UNKNOWN, Reason.INCONCLUSIVE),
            "something else than it documents",
        ),
    ],
)
async def test_what_github_says(
    answers: Callable[[], dict[str, Answer]], verdict: tuple[Status, Reason], says: str
) -> None:
    heard: list[tuple[str, str]] = []
    with an_api(answers(), heard) as api:
        result = await asked("github", "acme/shop/12345678", api)
    assert (result.verdict.status, result.verdict.reason) == verdict
    assert says in result.verdict.message
    assert heard[0] == (HOOK, f"Bearer {TOKEN}")
    assert TOKEN not in repr(result)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("enabled", (Status.UP, Reason.ACCEPTED)),
        ("disabled", (Status.DOWN, Reason.DISABLED_BY_PROVIDER)),
        ("paused", (Status.UNKNOWN, Reason.INCONCLUSIVE)),
    ],
)
async def test_what_stripe_says(status: str, verdict: tuple[Status, Reason]) -> None:
    path = f"/v1/webhook_endpoints/{STRIPE_ENDPOINT['id']}"
    with an_api({path: (200, {}, STRIPE_ENDPOINT | {"status": status})}, []) as api:
        result = await asked("stripe", str(STRIPE_ENDPOINT["id"]), api)
    assert (result.verdict.status, result.verdict.reason) == verdict


async def test_a_token_that_is_refused_is_named_and_never_shown() -> None:
    with an_api(github(), []) as api:
        result = await asked("github", "acme/shop/12345678", api, token="ghp_wrong_wrong_wrong")
    assert result.verdict.reason is Reason.INCONCLUSIVE
    assert "does not take our token" in result.verdict.message
    assert result.verdict.fault_domain is None
    assert "ghp_wrong_wrong_wrong" not in repr(result)


async def test_an_api_that_is_away_says_nothing_of_the_listener() -> None:
    result = await asked("github", "acme/shop/12345678", "http://127.0.0.1:1")
    assert result.verdict.reason is Reason.INCONCLUSIVE
    assert "did not answer" in result.verdict.message


async def test_a_rate_limit_is_respected() -> None:
    limited: Answer = (429, {"Retry-After": "120"}, {})
    with an_api({"/v1/webhook_endpoints/we_1": limited}, []) as api:
        result = await asked("stripe", "we_1", api)
    assert result.verdict.retry_after == timedelta(seconds=120)
