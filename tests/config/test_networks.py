"""Canaries: only hosts that the notifiers really speak to, and only far ones."""

from pathlib import Path

import pytest

from monitor.config import networks
from tests.config.files import around, loaded, warned


@pytest.mark.parametrize(
    ("url", "canary"),
    [
        ("slack://T1/B2/c3", ("hooks.slack.com", 443)),
        ("https://hooks.slack.com/services/T1/B2/c3", ("hooks.slack.com", 443)),
        ("tgram://bot/chat", ("api.telegram.org", 443)),
        ("mailto://u:p@smtp.acme.example?to=a@b.example", ("smtp.acme.example", 25)),
        ("mailtos://u:p@acme.example?smtp=relay.acme.example&to=x", ("relay.acme.example", 587)),
        ("mailtos://u:p@mail.acme.example:465", ("mail.acme.example", 465)),
        ("json://hooks.acme.example/x", ("hooks.acme.example", 80)),
        ("jsons://hooks.acme.example:8443/x", ("hooks.acme.example", 8443)),
        ("ntfys://ntfy.acme.example/topic", ("ntfy.acme.example", 443)),
        ("mailto://bob:pw@gmail.com", None),  # Apprise knows the server behind the address, we do not
        ("json://127.0.0.1:9000", None),
        ("json://localhost", None),
        ("json://10.0.0.7/x", None),
        ("json://inbox/x", None),
        ("json://[::1]:80", None),
        ("json://a.example:99999", None),
        ("exotic://somewhere.example", None),
        ("syslog://", None),
    ],
)
def test_the_host_behind_a_notifier(url: str, canary: tuple[str, int] | None) -> None:
    assert networks.canaries([url, url]) == ((canary,) if canary else ())


@pytest.mark.parametrize("host", ["1.1.1.1", "2606:4700:4700::1111", "a.example", "A.Example."])
def test_far_hosts(host: str) -> None:
    assert networks.is_external(host)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "::1", "10.1.2.3", "192.168.0.1", "fd00::1", "localhost", "db", "x.local", "a.internal"],
)
def test_near_hosts_prove_nothing(host: str) -> None:
    assert not networks.is_external(host)


def test_canaries_come_from_the_notifiers_unless_they_are_named(tmp_path: Path) -> None:
    notifiers = 'notifiers: {a: {url: "${SLACK_URL}"}}\n'
    assert loaded(tmp_path, notifiers + around("")).canaries == (("hooks.slack.com", 443),)
    named = notifiers + 'own_network: ["one.one.one.one:443", "127.0.0.1:22"]\n' + around("")
    assert loaded(tmp_path, named).canaries == (("one.one.one.one", 443),)
    assert "2:38: own_network.1: 127.0.0.1 is near: it proves nothing, and is not asked" in warned(
        tmp_path, named
    )


def test_one_far_listener_without_any_canary_is_warned_of(tmp_path: Path) -> None:
    def told(text: str) -> bool:
        return any("no canary is possible" in it for it in warned(tmp_path, text))

    other = '  other: {url: "https://b.example", provider: stripe, secret: "${SECRET}", notify: []}\n'
    assert told(around(""))
    assert told('notifiers: {a: {url: "json://127.0.0.1"}}\n' + around(""))
    assert not told('notifiers: {a: {url: "${SLACK_URL}"}}\n' + around(""))
    assert not told(around("") + other)  # the other listener speaks for our network
    assert not told(around("connect_to: 10.0.0.7:443"))  # nothing far is asked anything
    assert told(around("") + other.replace("notify", "enabled: false, notify"))
