"""A ban hits a host, not a monitor."""

import pytest

from monitor.core.host import host_of
from tests.makers import a_monitor


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://api.example.com/a", "api.example.com"),
        ("https://API.example.com:8443/b", "api.example.com"),
        ("http://10.0.0.7:8080/", "10.0.0.7"),
        ("http://127.0.0.1:7101/a", "127.0.0.1:7101"),
        ("http://localhost:7102/a", "localhost:7102"),
    ],
)
def test_monitors_share_a_host_whatever_their_port_but_not_on_this_machine(url: str, host: str) -> None:
    assert host_of(a_monitor(url=url)) == host


def test_what_counts_is_where_we_connect_to() -> None:
    assert host_of(a_monitor(connect_to=("10.0.0.7", 8443))) == "10.0.0.7"
