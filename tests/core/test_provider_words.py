"""A row in words: what is known is told, what is uncertain says so, what is not known is left out."""

from datetime import timedelta

import pytest

from monitor.core.keys import FORMS
from monitor.core.model import (
    Disable,
    EventTemplate,
    Expectation,
    Handshake,
    Placement,
    Policy,
    Provider,
    Retry,
    Scheme,
)
from monitor.core.providers import words
from tests.makers import SECOND, a_provider

HOUR = 3600 * SECOND
DAY = 24 * HOUR


def fact(name: str, provider: Provider) -> str | None:
    return dict(words.facts(provider)).get(name)


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        (Expectation(), "2xx; not by a redirect or an HTML page"),
        (Expectation(statuses=("200", "204")), "200 or 204; not by a redirect or an HTML page"),
        (
            Expectation(statuses=("2xx", "300", "301"), html_allowed=True),
            "2xx, 300 or 301",
        ),
        (
            Expectation(body_contains="[accepted]", html_allowed=True),
            "2xx; `[accepted]` in the body; not by a redirect",
        ),
        (
            Expectation(content_types=("text/xml", "application/xml")),
            "2xx; a body only as `text/xml` or `application/xml`; not by a redirect or an HTML page",
        ),
        (
            Expectation(json=(("type", 1),), headers=(("x-ok", "yes"),)),
            "2xx; `type` in the body is `1`; the header `x-ok` is `yes`; not by a redirect or an HTML page",
        ),
        (
            Expectation(follows_redirects=2),
            "2xx; up to 2 redirects followed, which is degraded; not by an HTML page",
        ),
    ],
)
def test_an_acknowledgement_in_words(expect: Expectation, said: str) -> None:
    assert words.acknowledgement(expect) == said
    assert said.startswith(words.rule(expect))


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        (Expectation(statuses=("200", "204")), "200 204"),
        (Expectation(json=(("type", 1),)), "2xx and more"),
        (Expectation(content_types=("text/xml",)), "2xx and more"),
    ],
)
def test_where_there_is_little_room_an_acknowledgement_is_its_statuses(
    expect: Expectation, said: str
) -> None:
    assert words.brief(expect) == said


@pytest.mark.parametrize(
    ("retry", "said"),
    [
        (None, "not known; a 429 is an outage"),
        (Retry(), "yes; a 429 is degraded"),
        (Retry(attempts=0), "none; a 429 is an outage"),
        (Retry(attempts=8, over=4 * HOUR), "8, over 4 h; a 429 is degraded"),
        (Retry(over=3 * DAY), "yes, over 3 d; a 429 is degraded"),
        (Retry(attempts=3, sure=False), "3 (uncertain); a 429 is an outage"),
        (Retry(attempts=0, sure=False), "none (uncertain); a 429 is an outage"),
    ],
)
def test_retries_in_words(retry: Retry | None, said: str) -> None:
    assert fact("Retries", a_provider(policy=Policy(retry=retry))) == said


@pytest.mark.parametrize(
    ("disable", "said"),
    [
        (None, None),
        (Disable(failures=8), "disables the endpoint after 8 failed events in a row"),
        (Disable(after=5 * DAY), "disables the endpoint after 5 d of failures"),
        (
            Disable(failures=1, after=timedelta(hours=1), what="pauses it", sure=False),
            "pauses it after 1 failed event in a row or after 1 h of failures (uncertain)",
        ),
    ],
)
def test_giving_up_in_words(disable: Disable | None, said: str | None) -> None:
    assert fact("Gives up", a_provider(policy=Policy(disable=disable))) == said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            Handshake(title="`ping`", body='{"c":"{challenge}"}', echo=True, within=3 * SECOND),
            "`ping`, signed POST; wants 2xx, the challenge back within 3 s",
        ),
        (
            Handshake(title="question", method="GET", query=(("v", "{token}"),), needs_token=True, echo=True),
            "question, unsigned GET with `v`; shows a verify token of yours; wants 2xx, the challenge back",
        ),
        (
            Handshake(
                title="validation",
                body="{}",
                signed=False,
                statuses=("200", "204"),
                json=(("plain", "{challenge}"),),
                answer_headers=(("x-allowed", "{challenge}"),),
                empty=True,
            ),
            "validation, unsigned POST; wants 200 or 204, `plain` in JSON, the header `x-allowed`, no body",
        ),
    ],
)
def test_a_handshake_in_words(asked: Handshake, said: str) -> None:
    assert fact("Handshake", a_provider(handshake=asked)) == said


@pytest.mark.parametrize(
    ("scheme", "signed", "secret", "several"),
    [
        (
            Scheme(hash="sha1", digest="base64", message="{url}{body}", headers=(("X-S", "{sig}"),)),
            "HMAC-SHA1 over `{url}{body}`, in base64, in `X-S`",
            "used as it is, all of it",
            "there is room for one: the first signs",
        ),
        (
            Scheme(key="whsec", headers=(("X-I", "{id}"), ("X-S", "{sigs}")), item="v1,{sig}", joiner=" "),
            "HMAC-SHA256 over `{body}`, in hex, in `X-S`",
            "base64, with or without whsec_ before it",
            "all sign: `v1,{sig} v1,{sig} …`",
        ),
        (
            Scheme(headers=(("X-1", "{sig}"), ("X-2", "{sig2}"))),
            "HMAC-SHA256 over `{body}`, in hex, in `X-1`, `X-2`",
            "used as it is, all of it",
            "up to 2 sign, each in a place of its own",
        ),
        (
            Scheme(body=(Placement(path="a.t", template="{nonce}"), Placement(path="a.s", template="{sig}"))),
            "HMAC-SHA256 over `{body}`, in hex, in `body:a.s`",
            "used as it is, all of it",
            "there is room for one: the first signs",
        ),
        (
            Scheme(
                message="{method}\n…",
                headers=(("X-S", "{sig}"),),
                query=(("a", "{body_sha256}"),),
            ),
            "HMAC-SHA256 over `{method}\\n…`, in hex, in `X-S`; `a={body_sha256}` is added to the URL",
            "used as it is, all of it",
            "there is room for one: the first signs",
        ),
        (
            Scheme(hash=None, headers=(("X-T", "{secret}"),)),
            "not at all: the secret itself is the proof, in `X-T`",
            "used as it is, all of it; sent in clear, so printable ASCII",
            "there is room for one: the first signs",
        ),
        (
            Scheme(hash="ed25519", key="hex", headers=(("X-S", "{sig}"),)),
            "Ed25519 over `{body}`, in hex, in `X-S`",
            f"{FORMS['hex']}: a test key of your own, whose public half the listener is given",
            "there is room for one: the first signs",
        ),
        (
            Scheme(hash="provider", digest="base64", headers=(("X-S", "{sig}"),)),
            "with a private key that only Custom has, in `X-S`",
            "none: what needs a valid signature cannot be asked",
            None,
        ),
    ],
)
def test_how_it_signs_in_words(scheme: Scheme, signed: str, secret: str, several: str | None) -> None:
    told = a_provider(scheme=scheme)
    assert fact("Signed", told) == signed
    assert fact("Secret", told) == secret
    assert fact("Several secrets", told) == several


def test_what_the_signature_protects_and_for_how_long() -> None:
    scheme = Scheme(covers=frozenset({"timestamp", "body"}), window=300 * SECOND)
    assert fact("Covers", a_provider(scheme=scheme)) == "body, timestamp"
    assert fact("Age", a_provider(scheme=scheme)) == "older than 5 min is refused by its verifiers"
    assert fact("Covers", a_provider(scheme=Scheme(covers=frozenset()))) == "nothing"
    assert fact("Age", a_provider(scheme=Scheme())) is None


def test_checks_that_cannot_be_made_share_the_line_of_their_reason() -> None:
    said = fact("Cannot be asked", a_provider(scheme=Scheme(hash="provider"), handshake=Handshake(title="x")))
    assert said == (
        "`delivery`, `tampered`, `stale`, `duplicate`, `fidelity`: "
        "nobody but Custom can sign its events: only forged and unsigned ones can be sent"
    )


def test_the_monitor_to_copy_has_what_this_provider_asks_for() -> None:
    plain = a_provider(id="plain-one")
    assert '    secret: "${PLAIN_ONE_WEBHOOK_SECRET}"' in words.snippet(plain).splitlines()
    assert "secret" not in words.snippet(a_provider(scheme=Scheme(hash="provider")))
    assert "key_id" not in words.snippet(plain)
    named = Scheme(headers=(("X-S", "{key_id}={sig}"),))
    assert "    key_id: webhook-monitor" in words.snippet(a_provider(scheme=named)).splitlines()
    asked = Handshake(title="x", needs_token=True)
    assert '{handshake: {token: "${CUSTOM_VERIFY_TOKEN}"}}' in words.snippet(a_provider(handshake=asked))


def test_a_long_way_to_the_proof_is_shown_by_its_ends() -> None:
    deep = Scheme(body=(Placement(path="items.0.request.data.hmac", template="{sig}"),))
    assert words.proofs(deep) == ("body:items.0.request.data.hmac",)
    assert words.proof(deep) == "body:…hmac"
    assert words.proof(Scheme(body=(Placement(path="a.sig", template="{sig}"),))) == "body:a.sig"


def test_the_request_shows_what_signing_puts_into_the_body() -> None:
    places = (
        Placement(path="sent", template="{timestamp}", number=True),
        Placement(path="proof.sig", template="{sig}"),
    )
    event = EventTemplate(type="ping", body='{"id":"{id}","at":{milliseconds},"proof":{}}')
    shown = words.request(a_provider(scheme=Scheme(body=places), event=event))
    assert shown.startswith("Content-Type: application/json\nUser-Agent: webhook-monitor\n\n")
    assert shown.endswith('\n{"id":"{id}","at":{milliseconds},"proof":{"sig":"{sig}"},"sent":{timestamp}}')


def test_the_request_shows_a_body_as_it_is_written_where_signing_leaves_it_alone() -> None:
    body = '{\n  "id": "{id}"\n}'
    shown = words.request(a_provider(event=EventTemplate(type="ping", body=body), headers=(("A", "{type}"),)))
    assert shown.endswith(f"\nA: {{type}}\nX-Signature: {{sig}}\n\n{body}")
