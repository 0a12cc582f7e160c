"""What else a monitor may say: its volume, its event, what it expects, what is public, what is asked."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.core.model import Check, Public
from monitor.core.providers import PROVIDERS
from tests.config.files import a_loaded_monitor, around, loaded, problems_of, warned

NO_TEXT = "event.tamper: the event has no text there: name the path of one, such as data.id, or leave it out"


@pytest.mark.parametrize(
    ("volume", "hourly"), [("120/h", 120.0), ("2/m", 120.0), ("2.5/m", 150.0), ("12/d", 0.5), ("0.1/h", 0.1)]
)
def test_a_volume_is_counted_by_the_hour(tmp_path: Path, volume: str, hourly: float) -> None:
    assert a_loaded_monitor(tmp_path, f"volume: {volume}").volume == hourly


def test_without_a_word_nothing_is_known_of_the_volume(tmp_path: Path) -> None:
    assert a_loaded_monitor(tmp_path).volume is None


def test_a_share_of_the_deadline_and_statuses_that_refuse_arrive(tmp_path: Path) -> None:
    expect = a_loaded_monitor(tmp_path, "expect: {slow_after: 30%, refused: [400, 5xx, 400]}")
    assert (expect.expect.warning_share, expect.expect.refusals) == (0.3, ("400", "5xx"))
    plain = a_loaded_monitor(tmp_path, "expect: {within: 3s}").expect
    assert (plain.warning_share, plain.refusals) == (0.5, ("401", "403"))


def test_what_an_expectation_leaves_out_stays_the_providers_rule(tmp_path: Path) -> None:
    for provider in ("mailgun", "twilio-form", "woocommerce"):
        extra = f"provider: {provider}\nexpect: {{within: 4s}}"
        found = a_loaded_monitor(tmp_path, extra, without="provider").expect
        assert found == replace(PROVIDERS[provider].expect, within=timedelta(seconds=4))


def test_an_event_says_what_a_tampered_one_changes_and_of_what_type_it_is(tmp_path: Path) -> None:
    event = a_loaded_monitor(
        tmp_path, "event: {body: {id: '{id}', data: {name: x}}, tamper: data.name, content_type: text/json}"
    ).event
    assert (event.tamper, event.content_type) == ("data.name", "text/json")


def test_a_body_of_ones_own_is_not_changed_where_the_providers_would_be(tmp_path: Path) -> None:
    plain = a_loaded_monitor(tmp_path, "provider: twitch\nevent: {type: pong}", without="provider")
    own = a_loaded_monitor(tmp_path, "provider: twitch\nevent: {body: {c: d}}", without="provider")
    assert (plain.event.tamper, own.event.tamper) == ("challenge", None)


def test_a_form_names_a_parameter(tmp_path: Path) -> None:
    form = "event: {body: 'kind=probe&id={id}', content_type: application/x-www-form-urlencoded, tamper: "
    assert a_loaded_monitor(tmp_path, form + "kind}").event.tamper == "kind"
    assert problems_of(tmp_path, form + "kid}") == [NO_TEXT]


def test_the_public_is_told_of_consequences_only_if_that_is_said(tmp_path: Path) -> None:
    assert a_loaded_monitor(tmp_path, "public: {name: A, consequences: on}").public == Public(
        name="A", consequences=True
    )
    assert a_loaded_monitor(tmp_path, "public: {name: A}").public == Public(name="A", consequences=False)


def test_defaults_ask_only_what_can_be_asked(tmp_path: Path) -> None:
    chat, repo, token = loaded(
        tmp_path,
        """
        defaults:
          notify: []
          checks: {handshake: 2d, stale: 3d, tampered: 4d, rotation: 5d, fidelity: 6d, certificate: 7d}
        monitors:
          chat: {url: "https://a.example", provider: zoom, secret: "${SECRET}"}
          repo: {url: "http://b.example", provider: github, secret: "${SECRET}"}
          token:
            url: http://c.example
            signature: {hash: none, headers: {X: "{secret}"}}
            secret: "${SECRET}"
        """,
    ).monitors
    rare = [{plan.check: plan.every.days for plan in it.checks if plan.every.days > 1} for it in (chat, repo)]
    assert rare == [
        {Check.HANDSHAKE: 2, Check.TAMPERED: 4, Check.CERTIFICATE: 7},
        {Check.TAMPERED: 4},
    ]
    assert {plan.check for plan in token.checks} == {
        Check.DELIVERY,
        Check.FORGED,
        Check.UNSIGNED,
        Check.DUPLICATE,
        Check.FIDELITY,
    }


@pytest.mark.parametrize(
    ("extra", "problem"),
    [
        ("volume: 120", "volume: a volume needs a unit: /m, /h or /d (did you mean 120/h?)"),
        ("volume: 5/s", "volume: '5/s' is not a volume: write 120/h, 2/m or 5000/d"),
        ("volume: 1e3/h", "volume: '1e3/h' is not a volume: write 120/h, 2/m or 5000/d"),
        ("volume: 0/h", "volume: must be more than nothing: leave it out where it is not known"),
        (
            "expect: {slow_after: 50}",
            "expect.slow_after: needs a share from 1% to 100%, not '50' (did you mean 50%?)",
        ),
        ("expect: {slow_after: 0%}", "expect.slow_after: needs a share from 1% to 100%, not '0%'"),
        ("expect: {slow_after: 5s}", "expect.slow_after: needs a share from 1% to 100%, not '5s'"),
        (
            "expect: {refused: [401, 204]}",
            "expect.refused: 204 acknowledges an event here: it cannot refuse one, too",
        ),
        (
            "expect: {status: 404, refused: 4xx}",
            "expect.refused: 4xx acknowledges an event here: it cannot refuse one, too",
        ),
        ("slow_after: 50%", "slow_after: unknown key here: it belongs under `expect:`"),
        ("until: 2026-12-01", "until: unknown key here: it belongs under `secret:`"),
        (
            "event: {tamper: data.id}",
            NO_TEXT,
        ),
        (
            "event: {tamper: created}",
            NO_TEXT,
        ),
        (
            "event: {content_type: json}",
            "event.content_type: needs a type such as application/json, or text/xml; charset=utf-8",
        ),
        ("public: {name: A, consequences: yes}", "public.consequences: needs true or false, not 'yes'"),
        (
            "checks: {malformed: 1d}",
            (
                "checks.malformed: is asked on demand only,"
                " by `webhook-monitor probe ID --check malformed`: remove the line"
            ),
        ),
        (
            "checks: {handshake: {every: 1s, tokn: x}}",
            "checks.handshake.tokn: unknown key (did you mean token?)",
        ),
    ],
)
def test_one_mistake_is_one_sentence(tmp_path: Path, extra: str, problem: str) -> None:
    assert problems_of(tmp_path, extra) == [problem]


# --- many monitors, one host --------------------------------------------------------------------------------


def crowd(count: int, every: str, *, host: str = "https://a.example") -> str:
    return (
        f"defaults: {{notify: [], checks: {{forged: {every}, tampered: off, unsigned: off}}}}\nmonitors:\n"
        + "".join(
            f"  m{number}: {{url: '{host}/{number}', provider: github, secret: '${{SECRET}}'}}\n"
            for number in range(count)
        )
    )


def crowded(directory: Path, text: str) -> list[str]:
    return [it for it in warned(directory, text) if "hostile" in it]


def test_more_hostile_probes_than_one_host_takes_are_warned_of_once(tmp_path: Path) -> None:
    assert crowded(tmp_path, crowd(60, "1h")) == []
    assert crowded(tmp_path, crowd(61, "1h")) == [
        (
            "1:32: monitors.m0.checks: 61 hostile probes an hour are asked of this host"
            " (together with m1, m2, m3 and 57 more), and 60 can run, one a minute:"
            " ask less often, or switch some off"
        )
    ]


def test_a_monitor_alone_may_ask_too_much(tmp_path: Path) -> None:
    (warning,) = crowded(tmp_path, around("checks: {forged: 30s}"))
    assert warning.startswith(
        "7:13: monitors.m.checks: 121 hostile probes an hour are asked of this host, and"
    )


def test_what_is_never_sent_crowds_nobody(tmp_path: Path) -> None:
    text = crowd(61, "1h")
    assert crowded(tmp_path, text.replace("notify: []", "notify: [], verification: after_answer")) == []
    assert crowded(tmp_path, text.replace("secret:", "enabled: false, secret:")) == []
    local = "".join(
        f"  n{port}: {{url: 'http://127.0.0.1:{port}', provider: github, secret: '${{SECRET}}'}}\n"
        for port in (7101, 7102)
    )
    assert crowded(tmp_path, crowd(1, "1m") + local) == []


def test_a_host_that_came_by_a_variable_is_not_quoted(tmp_path: Path) -> None:
    (warning,) = crowded(tmp_path, crowd(61, "1h", host="https://b.example/${SECRET}"))
    assert "b.example" not in warning
