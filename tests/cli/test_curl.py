"""A delivery as a curl command."""

import shlex
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from monitor.cli.curl import command
from monitor.core.model import Delivery, Tls
from monitor.errors import UsageError


def a_delivery(**changes: Any) -> Delivery:
    fields: dict[str, Any] = {
        "event_id": "evt_probe_1",
        "method": "POST",
        "url": "https://api.acme.example/hook",
        "headers": (("X-One", "1"),),
        "body": b"{}",
        "timeout": timedelta(seconds=2.5),
    }
    return Delivery(**{**fields, **changes})


def words(**changes: Any) -> list[str]:
    return shlex.split(command(a_delivery(**changes)))


def follows(option: str, found: list[str]) -> list[str]:
    return [after for before, after in pairwise(found) if before == option]


@pytest.mark.parametrize(
    "body", [b"", b"@/etc/passwd", b'it\'s\n"$HOME" `id` \\ \r\n', "ünï ☃".encode(), b"\xff\xfe raw"]
)
def test_the_body_survives_the_shell(body: bytes) -> None:
    (sent,) = follows("--data-raw", words(body=body))
    assert sent.encode("utf-8", "surrogateescape") == body


def test_a_body_that_no_argument_can_hold_is_refused() -> None:
    with pytest.raises(UsageError, match="NUL"):
        command(a_delivery(body=b"a\0b"))


def test_headers_keep_their_order_and_an_empty_one_is_sent() -> None:
    found = words(headers=(("B", "2"), ("A", "it's; $x"), ("Empty", "")))
    assert follows("--header", found) == ["B: 2", "A: it's; $x", "Empty;"]


def test_the_probe_s_own_way_is_taken() -> None:
    found = words(
        method="PUT",
        connect_to=("::1", 8443),
        tls=Tls(verify=False, ca="/ca.pem", certificate="/c.pem", key="/k.pem"),
    )
    assert follows("--request", found) == ["PUT"]
    assert follows("--connect-to", found) == ["::[::1]:8443"]
    assert follows("--cacert", found) == ["/ca.pem"]
    assert follows("--cert", found) == ["/c.pem"]
    assert follows("--key", found) == ["/k.pem"]
    assert "--insecure" in found
    assert follows("--max-time", found) == ["2.5"]
    assert found[-1] == "https://api.acme.example/hook"


def test_verification_is_not_switched_off_unasked() -> None:
    assert "--insecure" not in words()
