"""Who may come in at the operator socket."""

import base64
from collections.abc import Mapping
from functools import cache

import pytest
from fastapi import FastAPI

from monitor.core.model import Secret
from monitor.web import operator_app
from monitor.web.guard import SECURITY_HEADERS, is_loopback
from tests.web.houses import Stage, visiting

TOKEN = Secret("open-sesame-please")
EVERYWHERE = ("/api/v1/monitors", "/metrics", "/docs", "/openapi.json", "/", "/static/style.css", "/nowhere")


@cache
def socket(token: Secret | None = None) -> FastAPI:
    """Return one app for all tests: it keeps nothing, and making it takes a while."""
    return operator_app(Stage().house(), token=token)


async def ask(headers: Mapping[str, str], *, token: Secret | None = None, path: str = "/metrics") -> int:
    async with visiting(socket(token)) as client:
        answer = await client.get(path, headers=headers)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
        return answer.status_code


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8081", "LOCALHOST.", "127.0.0.1", "127.4.5.6:80", "[::1]", "[::1]:8081"]
)
async def test_without_a_token_this_machine_is_let_in_by_its_names(host: str) -> None:
    assert await ask({"Host": host}) == 200


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "evil.example:8081",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "10.0.0.1",
        "[::2]:1",
        "[::ffff:10.0.0.1]",
        "0.0.0.0",  # noqa: S104  a name to be refused
        "2130706433",
        "127.1",
        "localhost@evil.example",
    ],
)
async def test_a_name_that_was_pointed_here_is_refused(host: str) -> None:
    assert await ask({"Host": host}) == 403


@pytest.mark.parametrize(
    "header",
    [
        "Forwarded",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "x-forwarded-anything",
        "X-Real-IP",
        "Via",
        "CF-Connecting-IP",
        "True-Client-IP",
    ],
)
async def test_whatever_a_proxy_carries_here_is_refused(header: str) -> None:
    assert await ask({header: "127.0.0.1"}) == 403


@pytest.mark.parametrize("path", EVERYWHERE)
async def test_no_corner_of_the_socket_is_open_to_strangers(path: str) -> None:
    assert await ask({"Host": "evil.example"}, path=path) == 403
    assert await ask({}, token=TOKEN, path=path) == 401


async def test_the_token_opens_from_anywhere_even_through_a_proxy() -> None:
    headers = {
        "Authorization": f"bearer {TOKEN.reveal()}",
        "Host": "ops.example",
        "X-Forwarded-For": "192.0.2.1",
    }
    assert await ask(headers, token=TOKEN) == 200


async def test_a_browser_may_give_the_token_as_a_password() -> None:
    given = base64.b64encode(f"me:{TOKEN.reveal()}".encode()).decode()
    assert await ask({"Authorization": f"Basic {given}"}, token=TOKEN) == 200


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer open-sesame",
        "Bearer open-sesame-please-",
        "Token open-sesame-please",
        "Basic !!!",
        "Basic /w==",
        "Basic " + base64.b64encode(b"open-sesame-please").decode(),
        "Bearer \xff",
    ],
)
async def test_nothing_but_the_token_opens(authorization: str) -> None:
    async with visiting(socket(TOKEN)) as client:
        answer = await client.get("/metrics", headers={b"Authorization": authorization.encode("latin-1")})
    assert answer.status_code == 401
    ways = [way.split()[0] for way in answer.headers.get_list("www-authenticate")]
    assert ways == ["Basic", "Bearer"]  # each on a line of its own, or Chromium does not ask
    assert TOKEN.reveal() not in answer.text


POSTS = sorted(path for path, methods in socket().openapi()["paths"].items() if "post" in methods)


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "application/json", "Origin": "https://evil.example"}, 403),
        ({"Content-Type": "application/json", "Origin": "null"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": "text/plain; charset=application/json"}, 415),
        ({}, 415),
    ],
)
async def test_no_page_elsewhere_can_make_a_browser_act(
    path: str, headers: dict[str, str], status: int
) -> None:
    """Whatever is posted, and though the browser has proved the token: it is refused before it is read."""
    proved = {"Authorization": f"Bearer {TOKEN.reveal()}", **headers}
    async with visiting(socket(TOKEN)) as client:
        answer = await client.post(path.format(number=1), content=b"{}", headers=proved)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b'{"all": true}', {"Content-Type": "application/json"}),
        (b'{"all": true}', {"Content-Type": "Application/JSON; charset=utf-8"}),
        (b'{"all": true}', {"Content-Type": "application/json", "Origin": "http://127.0.0.1:8081"}),
    ],
)
async def test_json_from_our_own_pages_and_from_programs_is_taken(
    body: bytes, headers: dict[str, str]
) -> None:
    async with visiting(socket()) as client:
        assert (await client.post("/api/v1/alerts/retry", content=body, headers=headers)).status_code == 200


async def test_what_has_no_body_needs_no_type() -> None:
    async with visiting(socket()) as client:
        typed = await client.post("/api/v1/silences/1/end", headers={"Content-Type": "text/plain"})
        assert (
            await client.post("/api/v1/silences/1/end")
        ).status_code == 503  # the board of one that stands by
    assert typed.status_code == 415


async def test_every_answer_carries_the_security_headers() -> None:
    async with visiting(socket()) as client:
        for path in EVERYWHERE:
            answer = await client.get(path)
            assert {name: answer.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
        refused = await client.get("/metrics", headers={"Via": "1.1 proxy"})
        assert refused.headers["x-content-type-options"] == "nosniff"


def test_only_what_can_mean_nothing_else_is_loopback() -> None:
    assert all(is_loopback(host) for host in ("localhost", "127.9.9.9", "[::1]", "::1"))
    assert not any(is_loopback(host) for host in ("", "::", "localhost.lan", "127.0.0.1:80", "0x7f000001"))
