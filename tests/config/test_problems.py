"""Every problem is told in one run, where it stands, and with what to do about it."""

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.config import Judges, load, load_with_warnings
from monitor.core.model import Notifier
from monitor.core.providers import PROVIDERS
from monitor.errors import ConfigError
from tests.config.files import ENVIRON, around, loaded, problems_of, refused, warned, written

BAD = """\
site: {name: Acme, color: red}
notifiers:
  oncall: {url: "${SLACK_UR}"}
  mail: {url: "nothing"}
  pager: PAGER
own_network: ["10.0.0.1"]
defaults: {interval: 30, notify: [oncal], secret: abc}
monitor: {}
monitors:
  stripe:
    url: ftp://x
    provider: strip
    secret: short
    checks: {forged: 1, traffic: 1h, forgd: off, certificate: {evry: 1h}}
    status: 202
  orders:
    url: http://x.example/
    url: http://y.example/
    signature: {headers: {X-A: "{sg}"}}
    secret: [{file: nope}, "ab", {fil: x}]
    was: stripe
  "a b": {}
"""


def test_all_problems_are_told_in_one_run_in_the_order_of_the_file(tmp_path: Path) -> None:
    assert refused(tmp_path, BAD) == [
        "1:20: site.color: unknown key",
        "3:17: notifiers.oncall.url: the environment variable SLACK_UR is not set",
        "4:15: notifiers.mail.url: needs an Apprise URL, such as slack://… or json://host/",
        "5:3: notifiers.pager: needs a mapping (lines of `key: value`), not text",
        "6:15: own_network.0: needs host:port (an IPv6 address in brackets: [::1]:443), not '10.0.0.1'",
        "7:22: defaults.interval: a duration needs a unit: ms, s, m, h or d (did you mean 30s?)",
        "7:35: defaults.notify.0: no notifier is named oncal (did you mean oncall?)",
        "7:43: defaults.secret: cannot be a default: it belongs to each monitor",
        (
            "8:1: monitor: unknown key (did you mean monitors?);"
            " known: site, notifiers, receipts, templates, give_up_after, watchdog, own_network,"
            " routes, maintenance, defaults, monitors"
        ),
        "11:10: monitors.stripe.url: needs a URL such as https://host/path",
        (
            "12:15: monitors.stripe.provider: 'strip' is not known (did you mean stripe?);"
            f" known: {', '.join(sorted(PROVIDERS))}"
        ),
        "13:13: monitors.stripe.secret: a secret has at least 8 characters; this one has 5",
        "14:22: monitors.stripe.checks.forged: a duration needs a unit: ms, s, m, h or d (did you mean 1s?)",
        "14:34: monitors.stripe.checks.traffic: needs its options in a mapping, or off, not '1h'",
        "14:38: monitors.stripe.checks.forgd: unknown key (did you mean forged?)",
        "14:50: monitors.stripe.checks.certificate.every: is missing",
        "14:64: monitors.stripe.checks.certificate.evry: unknown key (did you mean every?)",
        "15:5: monitors.stripe.status: unknown key here: it belongs under `expect:`",
        "18:5: monitors.orders.url: duplicate key: it stands in line 17 already",
        (
            "19:16: monitors.orders.signature: header X-A: {sg} is not known here"
            " (known: {body_sha256} {body_sha256_base64} {content_type} {form} {id} {key_id} {method} {nonce}"
            " {secret} {sig} {sig2} {sig3} {sigs} {timestamp} {type} {url})"
        ),
        "20:35: monitors.orders.secret.2.fil: unknown key (did you mean file?)",
        "21:10: monitors.orders.was: stripe is still a monitor of its own: only one can have its history",
        (
            "22:3: monitors.a b: is not a name: at most 100 letters, digits, '.', '_' and '-',"
            " the first a letter or a digit"
        ),
        "22:3: monitors.a b.url: is missing: where does the listener listen?",
        "22:3: monitors.a b.provider: is missing: name a provider, or write a `signature:`",
        "22:3: monitors.a b.secret: is missing: events cannot be signed without it",
    ]


def test_the_file_is_named_as_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, "monitors: {}")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        ConfigError, match=r"^monitors\.yaml:1:1: monitors: is empty: nothing would be watched$"
    ):
        load(Path("monitors.yaml"), {})


def test_a_file_that_is_not_there_is_a_problem_like_any_other(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "no.yaml", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(ConfigError, match=f"cannot be read: {words}"):
            load(path, {})
    with pytest.raises(ConfigError, match="is not the name of a file"):
        load(tmp_path / "a\0b", {})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "1:1: is empty: it needs at least `monitors:`"),
        ("# only words\n", "1:1: is empty: it needs at least `monitors:`"),
        ("- a\n", "1:1: needs a mapping at the top level, beginning with `monitors:`"),
        ("hello", "1:1: needs a mapping at the top level, beginning with `monitors:`"),
        ("site: {}", "1:1: monitors: is missing: nothing would be watched"),
        ("monitors:", "1:1: monitors: is empty: nothing would be watched"),
        ("monitors: [a]", "1:1: monitors: needs a mapping of monitors by their ids, not a list"),
        ("monitors: {m: }", "1:12: monitors.m: needs a mapping (lines of `key: value`), not empty"),
    ],
)
def test_a_file_without_monitors_is_told_so(tmp_path: Path, text: str, problem: str) -> None:
    assert refused(tmp_path, text) == [problem]


@pytest.mark.parametrize(
    ("extra", "problem"),
    [
        ("interval: 30", "interval: a duration needs a unit: ms, s, m, h or d (did you mean 30s?)"),
        ("interval: 1:30", "interval: '1:30' is not a duration: write 30s, 5m, 1h or 1h30m"),
        ("interval: 0s", "interval: must be longer than nothing"),
        ("interval: 401d", "interval: is longer than 400 days"),
        ("interval: 999999999d", "interval: is longer than 400 days"),
        ("interval:", "interval: is empty: give it a value, or remove the line"),
        ("tls: {ca: ''}", "tls.ca: is empty: give it a value, or remove the line"),
        ("interval: [30s]", "interval: needs text, not a list"),
        ("down_after: 2.0", "down_after: needs a whole number from 1 to 20, not '2.0'"),
        ("down_after: ٣", "down_after: needs a whole number from 1 to 20, not '٣'"),
        ("up_after: 21", "up_after: needs a whole number from 1 to 20, not '21'"),
        ("enabled: no", "enabled: needs true or false, not 'no'"),
        ("method: GET", "method: 'GET' is not known; known: POST, PUT, PATCH"),
        ("connection: fersh", "connection: 'fersh' is not known (did you mean fresh?); known: fresh, reuse"),
        (
            "connect_to: example.com",
            "connect_to: needs host:port (an IPv6 address in brackets: [::1]:443), not 'example.com'",
        ),
        (
            "connect_to: ::1:443",
            "connect_to: needs host:port (an IPv6 address in brackets: [::1]:443), not '::1:443'",
        ),
        (
            "connect_to: a:65536",
            "connect_to: needs host:port (an IPv6 address in brackets: [::1]:443), not 'a:65536'",
        ),
        (
            "was: a b",
            (
                "was: is not a name: at most 100 letters, digits, '.', '_' and '-',"
                " the first a letter or a digit"
            ),
        ),
        ("was: m", "was: m is still a monitor of its own: only one can have its history"),
        (
            "headers: {Content-Length: 1}",
            "headers.Content-Length: this header belongs to the connection: we set it ourselves",
        ),
        ("headers: {a b: c}", "headers.a b: is not the name of a header"),
        (
            r'headers: {A: "b\nc"}',
            "headers.A: a header holds printable ASCII on one line, with no blank at either end",
        ),
        ("headers: {A: b, a: c}", "headers.a: the same header twice: case makes no difference"),
        (
            "headers: {stripe-signature: x}",
            "headers.stripe-signature: this header carries the signature: it cannot be set here",
        ),
        ("runbook: /wiki", "runbook: needs a URL such as https://host/path"),
        ("public: Payments", "public: needs a mapping (lines of `key: value`), not text"),
        ("public: {}", "public.name: is missing"),
        ("tags: payments", "tags: needs a list, such as [a, b], not text"),
        ("notifi: [x]", "notifi: unknown key (did you mean notify?)"),
        ("retries: 3", "retries: unknown key"),
        ("within: 3s", "within: unknown key here: it belongs under `expect:`"),
        (
            "expect: {status: 2x}",
            "expect.status: needs a status such as 202, or a class such as 2xx, not '2x'",
        ),
        ("expect: {status: []}", "expect.status: is an empty list: give it an item, or remove the line"),
        (
            "expect: {json: {a..b: 1}}",
            "expect.json.a..b: is not a path: write keys and indexes joined by dots, such as data.0.id",
        ),
        ("expect: {json: {a: [1]}}", "expect.json.a: needs one value to compare with, not a list"),
        ("expect: {json: {}}", "expect.json: is empty: give it an entry, or remove the line"),
        ("expect: {body: ok}", "expect.body: needs a mapping (lines of `key: value`), not text"),
        (
            "checks: {traffic: 3h}",
            "checks.traffic: needs its options in a mapping, or off, not '3h'",
        ),
        ("checks: {forged: {within: 1s}}", "checks.forged.every: is missing"),
        ("checks: {forged: never}", "checks.forged: needs a duration such as 1h, on or off, not 'never'"),
        (
            (
                "checks: {delivery: off, forged: off, certificate: off, tampered: off, unsigned: off,"
                " duplicate: off, stale: off}"
            ),
            "checks: every check is off; `enabled: false` pauses a monitor",
        ),
        (
            "interval: 10s",
            (
                "interval: delivery every 10s is too often: a probe may take 10s (timeout),"
                " so 11s is the shortest interval"
            ),
        ),
        (
            "timeout: 30s",
            (
                "timeout: delivery every 30s is too often: a probe may take 30s (timeout),"
                " so 31s is the shortest interval"
            ),
        ),
        (
            "checks: {forged: {every: 5s}}",
            (
                "checks.forged.every: forged every 5s is too often:"
                " a probe may take 10s (timeout), so 11s is the shortest interval"
            ),
        ),
        ("notify: [nobody]", "notify: duplicate key: it stands in line 6 already"),
        (
            "event: {body: {file: gone.json}}",
            "event.body.file: 'gone.json' cannot be read: No such file or directory",
        ),
        ("event: {body: {file: .}}", "event.body.file: '.' is not a file"),
        ("event: {body: }", "event.body: is empty: give it a value, or remove the line"),
        (
            "signature: {headers: {X: '{sig}'}}",
            "signature: a monitor has a provider or a signature, not both: remove one",
        ),
        ("tls: {key: k.pem}", "tls.key: a key without its certificate: name it in `certificate:`"),
        ("<<: {interval: 30s}", "<<: merge keys are not read: put what is shared under `defaults:`"),
        ("interval: !!str 30s", "interval: the tag !!str is not read: write the plain value"),
    ],
)
def test_one_mistake_is_one_sentence(tmp_path: Path, extra: str, problem: str) -> None:
    assert problem in problems_of(tmp_path, extra)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://", "needs a URL such as https://host/path"),
        ("api.acme.example", "needs a URL such as https://host/path"),
        ("ftp://a.example/", "needs a URL such as https://host/path"),
        ("https://a.example:99999/", "is not a URL: host or port cannot be understood"),
        ("https://[::1/", "is not a URL: host or port cannot be understood"),
        ("https://a.example/a b", "a URL holds no blanks and no control characters"),
        ("https://a.example/#top", "a #fragment is never sent to a listener: remove it"),
        ("https://a<b.example/", "the host of the URL is not a host name"),
        ("https://-a.example/", "the host of the URL is not a host name"),
    ],
)
def test_a_url_that_cannot_be_reached_is_refused_without_being_quoted(
    tmp_path: Path, url: str, problem: str
) -> None:
    (found,) = problems_of(tmp_path, f"url: '{url}'", without="url")
    assert found.startswith(f"url: {problem}")
    assert "a.example" not in found


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:7101/x",
        "https://[::1]:8443/",
        "https://user:pw@a.example/?k=v",
        "https://bücher.example/",
        "http://web_1.internal/hook",
        "HTTPS://A.example",
    ],
)
def test_a_url_that_can_be_reached_is_taken_as_it_stands(tmp_path: Path, url: str) -> None:
    config = loaded(tmp_path, around(f"url: '{url}'", without="url"))
    assert config.monitors[0].url == url


def test_a_mistake_in_the_defaults_is_told_once_not_once_for_each_monitor(tmp_path: Path) -> None:
    text = "defaults: {timeout: 1, nofity: [], notify: [x]}\nmonitors:\n" + "".join(
        f"  m{number}: {{url: 'https://a.example', provider: stripe, secret: '${{SECRET}}'}}\n"
        for number in range(50)
    )
    assert refused(tmp_path, text) == [
        "1:21: defaults.timeout: a duration needs a unit: ms, s, m, h or d (did you mean 1s?)",
        "1:24: defaults.nofity: unknown key (did you mean notify?)",
        "1:45: defaults.notify.0: no notifier is named x; there are no notifiers",
    ]


def test_two_monitors_cannot_both_have_been_the_same(tmp_path: Path) -> None:
    text = """
        defaults: {notify: []}
        monitors:
          a: {url: "https://a.example", provider: stripe, secret: "${SECRET}", was: old}
          b: {url: "https://b.example", provider: stripe, secret: "${SECRET}", was: old}
        """
    assert refused(tmp_path, text) == [
        "5:77: monitors.b.was: old was named by a already: only one can have its history"
    ]


def test_what_apprise_refuses_is_told_at_its_place(tmp_path: Path) -> None:
    text = "notifiers: {oncall: {url: 'slakc://x'}}\n" + around("")

    def judge(notifier: Notifier) -> str:
        return f"{notifier.name}: Apprise knows no service slakc"

    with pytest.raises(ConfigError) as caught:
        load_with_warnings(written(tmp_path, text), ENVIRON, judges=Judges(notifier=judge))
    (problem,) = caught.value.problems
    assert (problem.line, problem.column, problem.path) == (1, 27, "notifiers.oncall.url")
    assert problem.message == "oncall: Apprise knows no service slakc"


def test_a_notifier_of_several_targets_is_one_for_each(tmp_path: Path) -> None:
    text = "notifiers: {oncall: {url: 'json://x'}, mail: {url: 'json://y'}}\n" + around(
        "notify: [mail, oncall]", without="notify"
    )

    def judge(notifier: Notifier) -> tuple[Notifier, ...]:
        return (notifier, replace(notifier, name=f"{notifier.name}/2", target=1))

    config, _ = load_with_warnings(written(tmp_path, text), ENVIRON, judges=Judges(notifier=judge))
    assert [one.name for one in config.notifiers] == ["oncall", "oncall/2", "mail", "mail/2"]
    assert config.monitors[0].notify == ("mail", "mail/2", "oncall", "oncall/2")


def test_targets_that_cannot_be_told_apart_are_a_warning(tmp_path: Path) -> None:
    text = "notifiers: {oncall: {url: 'json://x'}}\n" + around("")
    _, warnings = load_with_warnings(
        written(tmp_path, text),
        ENVIRON,
        judges=Judges(notifier=lambda one: (replace(one, indivisible=True),)),
    )
    (said,) = [warning.message for warning in warnings if warning.path == "notifiers.oncall.url"]
    assert "give each target a notifier of its own" in said


def test_a_refused_file_still_names_the_files_to_watch(tmp_path: Path) -> None:
    path = written(tmp_path, around("secret: {file: gone}", without="secret"))
    with pytest.raises(ConfigError) as caught:
        load(path, ENVIRON)
    assert tuple(caught.value.files) == (str(path), str(tmp_path / "gone"))
    assert caught.value.files[str(tmp_path / "gone")] is None


def test_a_path_in_a_problem_stays_on_its_line(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, around(r'"a\nb\u0007c": 1'))
    assert problem == r"7:5: monitors.m.a\nb\x07c: unknown key"
    (problem,) = refused(tmp_path, around("k" * 5000 + ": 1"))
    assert len(problem) < 200


@pytest.mark.parametrize(
    ("extra", "warning"),
    [
        ("interval: 40s", "7:15: monitors.m.interval: an outage is noticed only after 1m5s at worst"),
        ("timeout: 25s", "7:14: monitors.m.timeout: an outage is noticed only after 1m20s at worst"),
        ("tls: {verify: false}", "7:19: monitors.m.tls.verify: whoever answers is believed"),
    ],
)
def test_what_is_only_unwise_is_a_warning(tmp_path: Path, extra: str, warning: str) -> None:
    assert any(found.startswith(warning) for found in warned(tmp_path, around(extra)))


def test_a_monitor_that_tells_nobody_is_warned_of_unless_that_is_said(tmp_path: Path) -> None:
    silent = (
        "2:3: monitors.m: nobody is told when this monitor fails: name notifiers in `notify:`, or write []"
    )
    assert silent in warned(tmp_path, around("", without="notify"))
    assert silent not in warned(tmp_path, around(""))


def test_a_paused_monitor_is_not_warned_of(tmp_path: Path) -> None:
    assert not any("monitors.m" in it for it in warned(tmp_path, around("interval: 5m\nenabled: false")))
