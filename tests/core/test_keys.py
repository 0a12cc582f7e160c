"""What can be wrong with a secret or a signature template is said at load, without the secret."""

import pytest

from monitor.core.keys import key_bytes, key_problem, proof_headers, scheme_problem
from monitor.core.model import Scheme
from monitor.core.providers import PROVIDERS

SIGNED = (("X-S", "{sig}"),)


@pytest.mark.parametrize(
    ("key", "secret"),
    [
        ("utf8", "anything, even ünïcode"),
        ("hex", "00ffAA11"),
        ("base64", "c2VjcmV0"),
        ("whsec", "whsec_c2VjcmV0"),
        ("whsec", "c2VjcmV0"),
    ],
)
def test_a_secret_of_the_right_form_is_no_problem(key: str, secret: str) -> None:
    assert key_problem(Scheme(key=key, headers=SIGNED), secret) is None


@pytest.mark.parametrize(
    ("key", "secret"),
    [
        ("hex", "00ffAA1"),
        ("hex", "not-hex-at-all"),
        ("base64", "c2Vj cmV0"),
        ("whsec", "whsec_not*base64"),
        ("whsec", "whsec_c2VjcmV"),
        ("whsec", "whsec_c2Vj*cmV0"),
        ("whsec", "whsec_ünïcode"),
        ("whsec", "whsec_"),
    ],
)
def test_a_secret_of_the_wrong_form_is_named_by_its_form_not_by_itself(key: str, secret: str) -> None:
    problem = key_problem(Scheme(key=key, headers=SIGNED), secret)
    assert problem is not None
    assert secret not in problem


def test_stripe_takes_its_whsec_as_it_is() -> None:
    assert key_bytes(PROVIDERS["stripe"].scheme, "whsec_not*base64") == b"whsec_not*base64"


@pytest.mark.parametrize("token", ["with\nbreak", " blank", "blank ", "ünïcode", "nul\0"])
def test_a_token_must_survive_in_a_header(token: str) -> None:
    assert key_problem(PROVIDERS["gitlab-token"].scheme, token) is not None
    assert key_problem(PROVIDERS["github"].scheme, token) is None


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_built_in_scheme_has_a_problem(provider: str) -> None:
    assert scheme_problem(PROVIDERS[provider].scheme) is None


@pytest.mark.parametrize(
    ("scheme", "word"),
    [
        (Scheme(message="{boddy}", headers=SIGNED), "{boddy}"),
        (Scheme(message="{sig}", headers=SIGNED), "{sig}"),
        (Scheme(headers=(("X-S", "{sigs}{signature}"),)), "{signature}"),
        (Scheme(headers=(("X-Id", "{id}"),)), "nothing would be signed"),
        (Scheme(headers=()), "nothing would be signed"),
        (Scheme(message="{timestamp}.{body}", headers=SIGNED), "format is none"),
        (Scheme(item="v1={sigs}", headers=SIGNED), "{sigs}"),
    ],
)
def test_a_template_that_cannot_sign_is_told_why(scheme: Scheme, word: str) -> None:
    assert word in (scheme_problem(scheme) or "")


def test_the_headers_that_prove_an_event_are_known() -> None:
    assert proof_headers(PROVIDERS["slack"].scheme) == {"x-slack-signature"}
    assert proof_headers(PROVIDERS["gitlab-token"].scheme) == {"x-gitlab-token"}
