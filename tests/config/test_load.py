"""monitors.yaml, as it should be, becomes the values that travel."""

import json
from datetime import UTC, timedelta
from pathlib import Path
from textwrap import dedent, indent
from zoneinfo import ZoneInfo

import pytest

from monitor.config import load
from monitor.core.model import Check, Public, Secret, Tls
from monitor.core.providers import PROVIDERS
from tests.config.files import ENVIRON, LISTENER, a_loaded_monitor, around, loaded, refused, written

SECOND = timedelta(seconds=1)
OPERATORS_FILE = """
site: {name: Acme webhooks, url: "https://status.acme.example/"}

notifiers:
  oncall:  {url: "${SLACK_URL}"}
  mail:    {url: "mailto://user:${SECRET}@smtp.acme.example?to=team@acme.example"}

defaults: {interval: 30s, down_after: 3, notify: [oncall], headers: {X-Env: prod, X-Team: a}}

monitors:
  stripe-payments:
    url: https://api.acme.example/webhooks/stripe
    provider: stripe
    secret: "${SECRET}"
    checks:
      forged: 2h
    public: {name: Payments, group: Incoming events}
    runbook: https://wiki.acme.example/stripe-webhooks
  internal-orders:
    url: http://orders.acme.example/hook
    signature: {message: "{timestamp}.{body}", headers: {X-Acme-Signature: "t={timestamp},v1={sig}"}}
    secret: {file: orders.secret}
    event: {type: probe.ping, body: {kind: probe, at: "{timestamp}", n: 1, flags: [true, null, "2", 1.5, no]}}
    expect: {status: 202, within: 3s}
    headers: {X-Team: b}
    notify: [oncall, mail]
"""


DAILY = dict.fromkeys((Check.TAMPERED, Check.UNSIGNED, Check.STALE, Check.DUPLICATE), 86_400)
AGELESS = {*DAILY} - {Check.STALE}  # where no verifier looks at the age of an event


def test_the_operators_file_reads_as_it_is_meant(tmp_path: Path) -> None:
    (tmp_path / "orders.secret").write_text("correct-horse-battery\n")
    config = loaded(tmp_path, OPERATORS_FILE)
    payments, orders = config.monitors
    assert (config.site.name, config.site.url) == ("Acme webhooks", "https://status.acme.example")
    assert [notifier.name for notifier in config.notifiers] == ["oncall", "mail"]
    assert config.notifiers[0].url == Secret("slack://T1/B2/c3")

    assert payments.provider is PROVIDERS["stripe"]
    assert payments.secrets == (Secret(ENVIRON["SECRET"]),)
    assert payments.public == Public(name="Payments", group="Incoming events")
    assert {plan.check: plan.every for plan in payments.checks} == {
        Check.DELIVERY: 30 * SECOND,
        Check.FORGED: timedelta(hours=2),
        Check.CERTIFICATE: timedelta(hours=6),
        **{check: timedelta(seconds=seconds) for check, seconds in DAILY.items()},
    }
    assert (payments.down_after, payments.up_after, payments.notify) == (3, 2, ("oncall",))
    assert payments.headers == (("X-Env", "prod"), ("X-Team", "a"))

    assert orders.provider.id == "custom"
    assert orders.provider.scheme.timestamp == "s"
    assert orders.secrets == (Secret("correct-horse-battery"),)
    assert orders.event.body == '{"kind":"probe","at":"{timestamp}","n":1,"flags":[true,null,"2",1.5,"no"]}'
    assert (orders.expect.statuses, orders.expect.within, orders.timeout) == (
        ("202",),
        3 * SECOND,
        3 * SECOND,
    )
    assert orders.headers == (("X-Env", "prod"), ("X-Team", "b"))
    assert {plan.check for plan in orders.checks} == {Check.DELIVERY, Check.FORGED, *AGELESS}
    assert orders.notify == ("oncall", "mail")


def test_every_file_it_was_read_from_is_named_to_be_watched(tmp_path: Path) -> None:
    (tmp_path / "orders.secret").write_text("correct-horse-battery")
    assert tuple(loaded(tmp_path, OPERATORS_FILE).files) == (
        str(tmp_path / "monitors.yaml"),
        str(tmp_path / "orders.secret"),
    )


def test_a_relative_path_counts_from_the_file_not_from_where_we_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "s").write_text("correct-horse-battery")
    (tmp_path / "sub" / "m.yaml").write_text(
        "monitors: {m: {url: 'https://a.example', provider: stripe, secret: {file: s}}}"
    )
    monkeypatch.chdir(tmp_path)
    config = load(Path("sub/m.yaml"), {})
    assert config.monitors[0].secrets == (Secret("correct-horse-battery"),)


def test_what_is_left_out_is_the_house_default(tmp_path: Path) -> None:
    monitor = a_loaded_monitor(tmp_path)
    assert monitor.interval == 30 * SECOND
    assert monitor.timeout == 10 * SECOND
    assert monitor.confirm_interval == 15 * SECOND
    assert (monitor.down_after, monitor.up_after, monitor.method) == (2, 2, "POST")
    assert (monitor.tls, monitor.connect_to, monitor.reuse_connection) == (Tls(), None, False)
    assert (monitor.enabled, monitor.keep_bodies, monitor.was, monitor.public) == (True, True, None, None)
    assert monitor.event == PROVIDERS["stripe"].event
    assert monitor.expect == PROVIDERS["stripe"].expect


def test_every_key_of_a_monitor_arrives(tmp_path: Path) -> None:
    monitor = a_loaded_monitor(
        tmp_path,
        """
        interval: 1m30s
        timeout: 4s
        confirm_interval: 500ms
        down_after: 1
        up_after: 5
        method: PUT
        headers: {X-One: "1"}
        expect:
          status: [200, 2xx]
          within: 8s
          body: {contains: ok}
          json: {data.0.id: 7, state: done, quoted: "7", gone: null}
          header: {X-Handled-By: orders}
          html: allowed
        tls: {verify: false}
        connect_to: "[::1]:8443"
        connection: reuse
        tags: [payments, eu]
        runbook: https://wiki.acme.example/x
        evidence: {body: off}
        enabled: false
        was: old-name
        """,
    )
    assert (monitor.interval, monitor.timeout, monitor.confirm_interval) == (
        90 * SECOND,
        4 * SECOND,
        SECOND / 2,
    )
    assert (monitor.down_after, monitor.up_after, monitor.method) == (1, 5, "PUT")
    assert monitor.headers == (("X-One", "1"),)
    assert monitor.expect.statuses == ("200", "2xx")
    assert monitor.expect.body_contains == "ok"
    assert monitor.expect.json == (("data.0.id", 7), ("state", "done"), ("quoted", "7"), ("gone", None))
    assert monitor.expect.headers == (("x-handled-by", "orders"),)
    assert monitor.expect.html_allowed
    assert not monitor.tls.verify
    assert (monitor.connect_to, monitor.reuse_connection) == (("::1", 8443), True)
    assert (monitor.tags, monitor.runbook) == (("payments", "eu"), "https://wiki.acme.example/x")
    assert (monitor.enabled, monitor.keep_bodies, monitor.was) == (False, False, "old-name")


def test_all_parameters_of_a_signature_arrive(tmp_path: Path) -> None:
    extra = r"""
        secret: ["${SECRET_B64}"]
        signature:
          hash: sha512
          key: base64
          message: "{id}\n{body}"
          digest: base64
          headers: {X-Id: "{id}", X-Sig: "{sigs}"}
          item: "v1,{sig}"
          joiner: " "
          timestamp: none
          event_id: X-Id
          event_type: body:type
        url: https://api.acme.example/hook
        """
    path = written(tmp_path, "monitors:\n  m:\n" + indent(dedent(extra), "    "))
    scheme = load(path, {"SECRET_B64": "Y29ycmVjdC1ob3JzZQ=="}).monitors[0].provider.scheme
    assert (scheme.hash, scheme.key, scheme.digest) == ("sha512", "base64", "base64")
    assert (scheme.message, scheme.timestamp) == ("{id}\n{body}", "none")
    assert (scheme.item, scheme.joiner) == ("v1,{sig}", " ")
    assert scheme.headers == (("X-Id", "{id}"), ("X-Sig", "{sigs}"))
    assert (scheme.event_id, scheme.event_type) == ("X-Id", "body:type")


def test_a_token_scheme_has_no_hash(tmp_path: Path) -> None:
    monitor = a_loaded_monitor(
        tmp_path, 'signature: {hash: none, headers: {X-Token: "{secret}"}}', without="provider"
    )
    assert monitor.provider.scheme.hash is None


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        ("{}", {Check.DELIVERY: 30, Check.FORGED: 3600, Check.CERTIFICATE: 21600, **DAILY}),
        ("{forged: off}", {Check.DELIVERY: 30, Check.CERTIFICATE: 21600, **DAILY}),
        ("{forged: on, certificate: false}", {Check.DELIVERY: 30, Check.FORGED: 3600, **DAILY}),
        ("{forged: {every: 5m}}", {Check.DELIVERY: 30, Check.FORGED: 300, Check.CERTIFICATE: 21600, **DAILY}),
        ("{delivery: 20s}", {Check.DELIVERY: 20, Check.FORGED: 3600, Check.CERTIFICATE: 21600, **DAILY}),
        ("{delivery: off, forged: off}", {Check.CERTIFICATE: 21600, **DAILY}),
    ],
)
def test_a_check_is_given_a_duration_or_switched_off(
    tmp_path: Path, checks: str, expected: dict[Check, int]
) -> None:
    monitor = a_loaded_monitor(tmp_path, f"checks: {checks}")
    assert {plan.check: plan.every.total_seconds() for plan in monitor.checks} == expected
    assert monitor.interval.total_seconds() == expected.get(Check.DELIVERY, 30)


def test_http_has_no_certificate_check_even_where_defaults_ask_for_one(tmp_path: Path) -> None:
    config = loaded(
        tmp_path,
        """
        defaults: {checks: {certificate: 1h}, notify: []}
        monitors:
          plain: {url: "http://a.example", provider: github, secret: "${SECRET}"}
        """,
    )
    assert {plan.check for plan in config.monitors[0].checks} == {Check.DELIVERY, Check.FORGED, *AGELESS}


def test_timeout_is_the_deadline_but_at_most_ten_seconds(tmp_path: Path) -> None:
    assert a_loaded_monitor(tmp_path, "expect: {within: 3s}").timeout == 3 * SECOND
    assert a_loaded_monitor(tmp_path, "expect: {within: 30s}").timeout == 10 * SECOND


def test_secrets_are_a_list_while_rotating(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("old-secret-old-secret\r\n")
    monitor = a_loaded_monitor(tmp_path, 'secret: ["${SECRET}", {file: old}]', without="secret")
    assert monitor.secrets == (Secret(ENVIRON["SECRET"]), Secret("old-secret-old-secret"))


def test_a_body_is_a_mapping_or_text_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "ping.json").write_text('{"id": "{id}"}\n')
    assert a_loaded_monitor(tmp_path, "event: {body: [1, {a: ü}]}").event.body == r'[1,{"a":"\u00fc"}]'
    assert a_loaded_monitor(tmp_path, "event: {body: 'a=1&b=2'}").event.body == "a=1&b=2"
    from_file = a_loaded_monitor(tmp_path, "event: {body: {file: ping.json}}")
    assert from_file.event.body == '{"id": "{id}"}\n'
    assert from_file.event.type == PROVIDERS["stripe"].event.type
    with_more = a_loaded_monitor(tmp_path, "event: {body: {file: ping.json, more: 1}}")
    assert json.loads(with_more.event.body) == {"file": "ping.json", "more": 1}


def test_an_alias_repeats_a_value(tmp_path: Path) -> None:
    config = loaded(
        tmp_path,
        """
        defaults: {notify: []}
        monitors:
          a: {url: "https://a.example", provider: stripe, secret: "${SECRET}", expect: &quick {within: 2s}}
          b: {url: "https://b.example", provider: stripe, secret: "${SECRET}", expect: *quick}
        """,
    )
    assert [monitor.expect.within for monitor in config.monitors] == [2 * SECOND, 2 * SECOND]


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    text = ("monitors:\n  m:\n" + "".join(f"    {line}\n" for line in LISTENER.strip().splitlines())).replace(
        "\n", "\r\n"
    )
    path = written(tmp_path, b"\xef\xbb\xbf" + text.encode())
    assert load(path, ENVIRON).monitors[0].url == "https://api.acme.example/hook"


def test_equal_files_make_equal_configurations(tmp_path: Path) -> None:
    (tmp_path / "orders.secret").write_text("correct-horse-battery\n")
    assert loaded(tmp_path, OPERATORS_FILE) == loaded(tmp_path, OPERATORS_FILE)


def test_the_time_zone_of_the_site_is_read(tmp_path: Path) -> None:
    berlin = loaded(tmp_path, "site: {timezone: Europe/Berlin}\n" + around(""))
    assert berlin.site.zone == ZoneInfo("Europe/Berlin")
    assert loaded(tmp_path, around("")).site.zone is UTC


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Europe/Berln", " (did you mean Europe/Berlin?)"),
        ("Berlin", " (did you mean Europe/Berlin?)"),
        ("Mars/Olympus_Mons", ""),
    ],
)
def test_an_unknown_time_zone_is_refused_with_a_suggestion(tmp_path: Path, name: str, hint: str) -> None:
    (problem,) = refused(tmp_path, f"site: {{timezone: {name}}}\n" + around(""))
    assert problem == f"1:18: site.timezone: {name} is no time zone{hint}; zones are named like Europe/Berlin"
