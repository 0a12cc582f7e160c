"""Who signs and with what: keys that only some providers take, and who may ask for them."""

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.config import Judges, load, load_with_warnings
from monitor.core.model import Check, Placement, Secret
from monitor.errors import ConfigError
from tests.config.editor import disagreements
from tests.config.files import (
    ENVIRON,
    a_loaded_monitor,
    around,
    loaded,
    problems_of,
    warned,
    written,
)

PEM = "-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----\n"


def checks_of(directory: Path, extra: str, *, without: str = "-") -> set[Check]:
    return {plan.check for plan in a_loaded_monitor(directory, extra, without=without).checks}


# --- nobody but the provider can sign -----------------------------------------------------------------------


def without_secret(extra: str) -> str:
    return around(f"provider: sns\n{extra}", without="provider").replace('    secret: "${SECRET}"\n', "")


def test_what_nobody_else_can_sign_needs_no_secret_and_is_asked_what_needs_none(tmp_path: Path) -> None:
    monitor = loaded(tmp_path, without_secret("")).monitors[0]
    assert monitor.secrets == ()
    assert {plan.check for plan in monitor.checks} == {Check.FORGED, Check.UNSIGNED, Check.CERTIFICATE}
    assert [it for it in warned(tmp_path, without_secret("interval: 5m")) if "monitors.m" in it] == []


def test_a_secret_for_what_nobody_else_can_sign_is_refused(tmp_path: Path) -> None:
    assert problems_of(tmp_path, "provider: sns", without="provider") == [
        (
            "secret: nobody but Amazon SNS can sign its events: remove the secret;"
            " forged and unsigned events are sent without one"
        )
    ]


@pytest.mark.parametrize("check", ["delivery", "tampered", "duplicate", "rotation"])
def test_a_check_that_would_have_to_be_signed_says_why_it_cannot_exist(tmp_path: Path, check: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, without_secret(f"checks: {{{check}: 1d}}"))
    assert [problem.message for problem in caught.value.problems] == [
        (
            "nobody but Amazon SNS can sign its events: only forged and unsigned ones can be sent:"
            " write off, or leave it out"
        )
    ]


# --- the name of a key --------------------------------------------------------------------------------------

NAMED = "signature: {headers: {X-Sig: 'keyid={key_id} sig={sig}'}}"


def test_the_name_of_a_key_goes_where_the_signature_has_room_for_it(tmp_path: Path) -> None:
    assert a_loaded_monitor(tmp_path, f"{NAMED}\nkey_id: probe-1", without="provider").key_id == "probe-1"
    assert problems_of(tmp_path, NAMED, without="provider") == [
        "key_id: is missing: the signature names its key, so write the name the listener knows"
    ]


def test_the_name_of_a_key_is_refused_where_nobody_would_read_it(tmp_path: Path) -> None:
    assert problems_of(tmp_path, "key_id: probe-1") == ["key_id: Stripe names no key: remove it"]
    template = "signature: {headers: {X-Sig: '{sig}'}}\nkey_id: probe-1"
    assert problems_of(tmp_path, template, without="provider") == [
        "key_id: the signature has no {key_id}: remove it"
    ]
    assert problems_of(tmp_path, f'{NAMED}\nkey_id: "a\\nb"', without="provider") == [
        "key_id: a header holds printable ASCII on one line, with no blank at either end"
    ]


def test_the_name_of_a_key_is_hidden_if_it_came_by_a_variable(tmp_path: Path) -> None:
    path = written(tmp_path, around(f'{NAMED}\nkey_id: "${{KEY}}"', without="provider"))
    assert load(path, {**ENVIRON, "KEY": "name-of-a-key"}).monitors[0].hidden == (Secret("name-of-a-key"),)


# --- the token of a handshake -------------------------------------------------------------------------------


def shaking(checks: str, provider: str = "meta") -> str:
    return f"provider: {provider}\nchecks: {{handshake: {checks}}}"


def test_a_handshake_that_shows_a_token_exists_only_with_one(tmp_path: Path) -> None:
    assert Check.HANDSHAKE not in checks_of(tmp_path, "provider: meta", without="provider")
    for setting in ("1d", "on", "{every: 1d}"):
        assert problems_of(tmp_path, shaking(setting), without="provider") == [
            (
                "checks.handshake: Meta, WhatsApp shows a verify token with its handshake:"
                ' write {every: 1d, token: "${META_VERIFY_TOKEN}"}, or leave it out'
            )
        ]
    assert Check.HANDSHAKE not in checks_of(tmp_path, shaking("off"), without="provider")


@pytest.mark.parametrize(("every", "hours"), [("", 24), ("every: 2h, ", 2)])
def test_a_token_switches_the_handshake_on(tmp_path: Path, every: str, hours: int) -> None:
    text = around(shaking(f'{{{every}token: "${{TOKEN}}"}}'), without="provider")
    monitor = load(written(tmp_path, text), {**ENVIRON, "TOKEN": "tok1"}).monitors[0]
    assert monitor.verify_token == Secret("tok1")
    plans = {plan.check: plan.every for plan in monitor.checks}
    assert plans[Check.HANDSHAKE] == timedelta(hours=hours)
    assert disagreements(text) == []


def test_a_part_of_a_token_that_came_by_a_variable_is_hidden_too(tmp_path: Path) -> None:
    text = around(shaking('{token: "pre-${TOKEN}"}'), without="provider")
    monitor = load(written(tmp_path, text), {**ENVIRON, "TOKEN": "the-rest"}).monitors[0]
    assert monitor.hidden == (Secret("the-rest"),)
    assert "the-rest" not in repr(monitor)


def test_a_token_that_no_answer_can_hide_is_refused_and_one_in_plain_text_warned_of(tmp_path: Path) -> None:
    assert problems_of(tmp_path, shaking("{token: abc}"), without="provider") == [
        "checks.handshake.token: a token has at least 4 characters: a shorter one cannot be hidden"
    ]
    text = around(shaking("{token: visible}"), without="provider")
    (warning,) = (it for it in warned(tmp_path, text) if "token" in it)
    assert warning.endswith(
        "checks.handshake.token: a token in plain text: put it in the environment, as ${NAME}"
    )


def test_what_a_token_hides_cannot_be_expected(tmp_path: Path) -> None:
    extra = shaking("{token: visible}") + "\nexpect: {body: {contains: not visible}}"
    (problem,) = problems_of(tmp_path, extra, without="provider")
    assert problem.startswith("expect.body.contains: holds something that is hidden in answers")


def test_a_token_is_refused_where_none_is_shown(tmp_path: Path) -> None:
    assert problems_of(tmp_path, "checks: {handshake: {token: visible}}") == [
        "checks.handshake: Stripe sends no handshake: write off, or leave it out"
    ]
    assert problems_of(tmp_path, shaking("{token: visible}", "slack"), without="provider") == [
        "checks.handshake.token: Slack Events API shows no token with its handshake: remove it"
    ]
    assert Check.HANDSHAKE in checks_of(tmp_path, shaking("2d", "slack"), without="provider")


def test_a_token_in_the_defaults_is_for_those_who_show_one(tmp_path: Path) -> None:
    monitors = loaded(
        tmp_path,
        """
        defaults: {notify: [], checks: {handshake: {every: 2d, token: "${SECRET}"}}}
        monitors:
          a: {url: "https://a.example", provider: meta, secret: "${SECRET}"}
          b: {url: "https://b.example", provider: stripe, secret: "${SECRET}"}
        """,
    ).monitors
    assert [monitor.verify_token for monitor in monitors] == [Secret(ENVIRON["SECRET"]), None]
    assert [Check.HANDSHAKE in {plan.check for plan in it.checks} for it in monitors] == [True, False]


# --- private keys -------------------------------------------------------------------------------------------


def judged(directory: Path, text: str) -> list[str]:
    """Return what is wrong, where the door to cryptography finds every key wrong."""
    judges = Judges(key=lambda algorithm, _: f"this secret is no {algorithm} key")
    try:
        load_with_warnings(written(directory, text), {**ENVIRON, "PEM": PEM}, judges=judges)
    except ConfigError as error:
        return [f"{it.line}:{it.column}: {it.path}: {it.message}" for it in error.problems]
    return []


def test_a_private_key_is_judged_by_who_knows_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text(PEM)
    in_file = around("provider: sendgrid\nsecret: {file: key.pem}", without="provider").replace(
        '    secret: "${SECRET}"\n', ""
    )
    in_variable = in_file.replace("{file: key.pem}", '"${PEM}"')
    assert judged(tmp_path, in_file) == ["6:20: monitors.m.secret.file: this secret is no ecdsa key"]
    assert judged(tmp_path, in_variable) == ["6:13: monitors.m.secret: this secret is no ecdsa key"]
    loaded_monitor = load(written(tmp_path, in_file), {}).monitors[0]
    assert loaded_monitor.secrets == (Secret(PEM),)


def test_a_shared_secret_is_none_of_its_business(tmp_path: Path) -> None:
    assert judged(tmp_path, around("")) == []


# --- the template -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signature", "covers"),
    [
        ("headers: {X: '{sig}'}", {"body"}),
        ("message: '{id}.{timestamp}.{body}', headers: {X: '{sig}'}", {"body", "id", "timestamp"}),
        ("message: '{method}{url}{body_sha256}', headers: {X: '{sig}'}", {"body", "url"}),
        ("message: '{id}', headers: {X: '{sig}'}", {"id"}),
        ("message: '{id}', covers: [id, body], headers: {X: '{sig}'}", {"id", "body"}),
        ("message: '{id}{body}', covers: id, headers: {X: '{sig}'}", {"id"}),
        ("hash: none, headers: {X: '{secret}'}", set()),
    ],
)
def test_what_a_signature_covers_is_read_from_its_message_unless_it_is_said(
    tmp_path: Path, signature: str, covers: set[str]
) -> None:
    monitor = a_loaded_monitor(tmp_path, f"signature: {{{signature}}}", without="provider")
    assert monitor.provider.scheme.covers == covers
    assert (Check.TAMPERED in {plan.check for plan in monitor.checks}) is ("body" in covers)


def test_a_window_brings_the_question_whether_a_stale_event_is_refused(tmp_path: Path) -> None:
    signature = "signature: {message: '{timestamp}{body}', headers: {X: '{sig}', T: '{timestamp}'}"
    aged = a_loaded_monitor(tmp_path, f"{signature}, window: 5m}}", without="provider")
    assert aged.provider.scheme.window == timedelta(minutes=5)
    assert Check.STALE in {plan.check for plan in aged.checks}
    assert Check.STALE not in checks_of(tmp_path, f"{signature}}}", without="provider")
    assert problems_of(tmp_path, f"{signature}}}\nchecks: {{stale: 1d}}", without="provider") == [
        (
            "checks.stale: no verifier of Custom signature looks at an event's age:"
            " say how old one may be, `window:` in the signature, or leave it out"
        )
    ]


@pytest.mark.parametrize(
    ("place", "body", "placed"),
    [
        ("body:sent_at:s", "{a: 1}", Placement(path="sent_at", template="{timestamp}", number=True)),
        ("body:a.b:ms", "{a: {c: 1}}", Placement(path="a.b", template="{timestamp}", number=True)),
        ("body:a.b:rfc3339", "{c: 1}", Placement(path="a.b", template="{timestamp}")),
    ],
)
def test_a_timestamp_may_stand_in_the_body(tmp_path: Path, place: str, body: str, placed: Placement) -> None:
    extra = f"signature: {{headers: {{X: '{{sig}}'}}, timestamp: '{place}'}}\nevent: {{body: {body}}}"
    text = around(extra, without="provider")
    scheme = loaded(tmp_path, text).monitors[0].provider.scheme
    assert (scheme.timestamp, scheme.body) == (place.rpartition(":")[2], (placed,))
    assert disagreements(text) == []


@pytest.mark.parametrize("body", ["'a=1&b=2'", "[1, 2]", "{sent: [1]}", "{sent: text}"])
def test_a_timestamp_needs_a_place_in_the_body(tmp_path: Path, body: str) -> None:
    extra = f"signature: {{headers: {{X: '{{sig}}'}}, timestamp: 'body:sent.at:s'}}\nevent: {{body: {body}}}"
    assert problems_of(tmp_path, extra, without="provider") == [
        (
            "signature.timestamp: the event has no place for it: its body must be a JSON object,"
            " and so must all on the way there"
        )
    ]


@pytest.mark.parametrize(
    ("signature", "problem"),
    [
        (
            "timestamp: seconds",
            (
                "signature.timestamp: 'seconds' is no form of a timestamp: write s, ms, rfc3339, rfc3339nano,"
                " none, or its place in the body and a form, such as body:created:s"
            ),
        ),
        (
            "timestamp: rfc3393",
            (
                "signature.timestamp: 'rfc3393' is no form of a timestamp (did you mean rfc3339?):"
                " write s, ms, rfc3339, rfc3339nano, none, or its place in the body and a form,"
                " such as body:created:s"
            ),
        ),
        (
            "timestamp: 'body:s'",
            (
                "signature.timestamp: 'body:s' is no form of a timestamp: write s, ms, rfc3339, rfc3339nano,"
                " none, or its place in the body and a form, such as body:created:s"
            ),
        ),
        (
            "timestamp: 'body:at:none'",
            (
                "signature.timestamp: 'body:at:none' is no form of a timestamp: write s, ms, rfc3339,"
                " rfc3339nano, none, or its place in the body and a form, such as body:created:s"
            ),
        ),
        (
            "covers: [bodyy]",
            "signature.covers.0: 'bodyy' is not known (did you mean body?); known: body, url, id, timestamp",
        ),
        ("window: 300", "signature.window: a duration needs a unit: ms, s, m, h or d (did you mean 300s?)"),
        (
            "hash: none, covers: body",
            "signature.covers: a token (`hash: none`) is the same for every event: it covers nothing",
        ),
    ],
)
def test_one_mistake_in_a_template_is_one_sentence(tmp_path: Path, signature: str, problem: str) -> None:
    extra = f"signature: {{headers: {{X: '{{sig}}{{secret}}'}}, {signature}}}"
    assert problems_of(tmp_path, extra, without="provider") == [problem]


# --- after the answer ---------------------------------------------------------------------------------------


def test_a_listener_may_verify_after_it_has_answered(tmp_path: Path) -> None:
    assert not a_loaded_monitor(tmp_path).verifies_later
    assert not a_loaded_monitor(tmp_path, "verification: before_answer").verifies_later
    later = a_loaded_monitor(tmp_path, "verification: after_answer")
    assert later.verifies_later
    assert Check.FORGED in {plan.check for plan in later.checks}
    assert problems_of(tmp_path, "verification: after") == [
        "verification: 'after' is not known; known: before_answer, after_answer"
    ]
