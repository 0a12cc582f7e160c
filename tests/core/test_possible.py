"""Which checks cannot exist, and why: they are skipped in words, never green, never asked."""

from dataclasses import replace

import pytest

from monitor.core.model import HOSTILE, Check, Handshake, Monitor, Scheme, Secret
from monitor.core.possible import AFTER_ANSWER, impossible, missing
from monitor.core.providers import PROVIDERS, custom
from tests.makers import SECOND, a_monitor, a_provider

SIGNED = (("X-Signature", "{sig}"),)
TOKEN = Scheme(hash=None, headers=(("X-Token", "{secret}"),))


def a_monitor_of(scheme: Scheme, **changes: object) -> Monitor:
    return a_monitor(provider=a_provider(scheme=scheme, **changes))


@pytest.mark.parametrize("check", [Check.DELIVERY, Check.FORGED, Check.UNSIGNED, Check.TAMPERED])
def test_what_a_signed_listener_can_be_asked(check: Check) -> None:
    assert impossible(check, a_monitor()) is None


@pytest.mark.parametrize("check", sorted(HOSTILE | {Check.ROTATION, Check.FIDELITY}))
def test_who_verifies_after_the_answer_is_asked_nothing_about_signatures(check: Check) -> None:
    """It says 200 to a retired secret, too: that would be a false alarm."""
    monitor = a_monitor(
        provider=a_provider(respaced="indented"),
        secrets=(Secret("correct-horse-battery"), Secret("battery-horse-correct")),
        verifies_later=True,
    )
    assert impossible(check, monitor) == AFTER_ANSWER


@pytest.mark.parametrize("check", [Check.DELIVERY, Check.DUPLICATE])
def test_whether_it_acknowledges_is_asked_all_the_same(check: Check) -> None:
    assert impossible(check, a_monitor(verifies_later=True)) is None


def test_age_is_only_asked_for_where_a_verifier_looks_at_it() -> None:
    assert "age" in (impossible(Check.STALE, a_monitor()) or "")
    looked_at = a_monitor_of(Scheme(headers=SIGNED, window=300 * SECOND, timestamp="s"))
    assert impossible(Check.STALE, looked_at) is None


def test_a_body_that_no_signature_covers_is_not_tampered_with() -> None:
    uncovered = a_monitor_of(Scheme(headers=SIGNED, covers=frozenset()))
    assert "does not cover the body" in (impossible(Check.TAMPERED, uncovered) or "")


@pytest.mark.parametrize(
    ("scheme", "covered"),
    [
        (Scheme(headers=SIGNED), True),
        (Scheme(headers=SIGNED, message="{timestamp}.{body_sha256}"), True),
        (Scheme(headers=SIGNED, message="{body:id}"), True),
        (Scheme(headers=SIGNED, message="{timestamp}{url}", covers=frozenset({"url"})), False),
        (TOKEN, False),
    ],
)
def test_an_operators_template_covers_what_it_says_and_a_token_nothing(
    scheme: Scheme, *, covered: bool
) -> None:
    assert (missing(Check.TAMPERED, custom(scheme)) is None) is covered


@pytest.mark.parametrize(
    ("check", "possible"),
    [
        (Check.FORGED, True),
        (Check.UNSIGNED, True),
        (Check.DELIVERY, False),
        (Check.TAMPERED, False),
        (Check.STALE, False),
        (Check.DUPLICATE, False),
        (Check.FIDELITY, False),
    ],
)
def test_what_only_the_provider_can_sign_is_asked_hostile_questions_alone(
    check: Check, *, possible: bool
) -> None:
    scheme = Scheme(hash="provider", headers=SIGNED, window=SECOND)
    why = missing(check, a_provider(scheme=scheme, title="PayPal", respaced="indented"))
    assert (why is None) is possible
    assert possible or "nobody but PayPal can sign" in (why or "")


def test_an_unsigned_event_that_is_rightly_accepted_is_not_sent() -> None:
    provider = a_provider(unsigned_ok="its ping is not signed")
    assert missing(Check.UNSIGNED, provider) == "its ping is not signed"


def test_a_handshake_needs_a_provider_that_sends_one_and_its_token() -> None:
    assert "no handshake" in (impossible(Check.HANDSHAKE, a_monitor()) or "")
    asked = a_monitor(provider=a_provider(handshake=Handshake(title="challenge", needs_token=True)))
    assert "token" in (impossible(Check.HANDSHAKE, asked) or "")
    assert impossible(Check.HANDSHAKE, replace(asked, verify_token=Secret("verify-me-0"))) is None


def test_secrets_can_be_told_apart_only_where_there_are_two() -> None:
    assert "only one secret" in (impossible(Check.ROTATION, a_monitor()) or "")
    two = a_monitor(secrets=(Secret("correct-horse"), Secret("battery-staple")))
    assert impossible(Check.ROTATION, two) is None


@pytest.mark.parametrize("name", sorted(PROVIDERS))
@pytest.mark.parametrize("check", list(Check))
def test_whatever_is_missing_is_said_in_a_sentence_without_an_end(name: str, check: Check) -> None:
    why = missing(check, PROVIDERS[name])
    assert why is None or (why and not why.endswith("."))
