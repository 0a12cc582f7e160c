"""``sign``: what is printed is run, and a listener that verifies takes it."""

import http.client
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from monitor.demo import Listener
from tests.cli.conftest import Call, Demo

MONITORS = {
    "stripe-payments": Listener.STRIPE,
    "github-deploys": Listener.GITHUB,
    "slack-commands": Listener.SLACK,
    "shopify-shop": Listener.SHOPIFY,
    "partner-events": Listener.STANDARD,
    "internal-orders": Listener.ORDERS,
}


def deliver(command: str) -> int:
    """Send what a curl command would send, and return the status."""
    words = iter(shlex.split(command))
    headers, method, body, url = {}, "", "", ""
    for word in words:
        match word:
            case "--request":
                method = next(words)
            case "--header":
                name, _, value = next(words).partition(": ")
                headers[name] = value
            case "--data-raw":
                body = next(words)
        url = word
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.netloc, timeout=10)
    try:
        connection.request(method, place.path, body.encode(), headers)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.real
@pytest.mark.parametrize("monitor", MONITORS)
def test_what_is_signed_is_taken_by_a_listener_that_verifies(call: Call, demo: Demo, monitor: str) -> None:
    ended = call("sign", monitor, "--config", demo.config)
    assert (ended.code, ended.err) == (0, "")
    assert demo.secret(MONITORS[monitor]) not in ended.out
    assert deliver(ended.out) in {200, 202, 204}
    assert deliver(ended.out.replace("probe", "prove")) in {401, 404}


@pytest.mark.real
@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl: the printed command is only parsed")
@pytest.mark.parametrize("monitor", ["stripe-payments", "shopify-shop", "internal-orders"])
def test_the_printed_command_runs(call: Call, demo: Demo, monitor: str) -> None:
    command = call("sign", monitor, "--config", demo.config).out
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=30, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith(("HTTP/1.1 200", "HTTP/1.1 202"))


def test_a_token_that_travels_as_it_is_is_announced(call: Call, config: Callable[[str], Path]) -> None:
    config("monitors: {lab: {url: 'https://x.example/h', provider: gitlab-token, secret: a-token-in-clear}}")
    ended = call("sign", "lab")
    assert ended.code == 0
    assert "a-token-in-clear" in ended.out
    assert "a-token-in-clear" not in ended.err
    assert "sends its secret as it is" in ended.err


def test_secrets_in_the_url_are_announced(call: Call, config: Callable[[str], Path]) -> None:
    config("monitors: {a: {url: 'https://x.example/h?key=in-the-url', provider: stripe, secret: '12345678'}}")
    ended = call("sign", "a")
    assert "hold secrets" in ended.err
    assert "12345678" not in ended.out
