"""What is hidden is gone, whatever coat it comes back in."""

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as some

from monitor.core.redact import DOTS, Redactor, redact_urls

SECRET = 'whsec_a+b/c=&"é~ 9'


@pytest.mark.parametrize(
    "coat",
    [
        SECRET,
        SECRET.replace("w", "W"),
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(SECRET.encode()).decode().rstrip("="),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
        SECRET.encode().hex(),
        SECRET.encode().hex().upper(),
        quote(SECRET),
        quote(SECRET, safe=""),
        quote(SECRET, safe="").lower(),
        quote_plus(SECRET),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET)[1:-1].replace("/", "\\/"),
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        html.escape(SECRET),
    ],
)
def test_a_secret_is_found_in_every_coat(coat: str) -> None:
    assert Redactor([SECRET]).text(f"before {coat} after") == f"before {DOTS} after"


def test_a_text_without_secrets_stays_as_it_is() -> None:
    text = '{"ok": true, "at": "12:00:00", "path": "/usr/lib", "emoji": "✅"}'
    assert Redactor([SECRET]).text(text) == text


def test_short_strings_are_no_secrets() -> None:
    assert Redactor(["abc", ""]).text("abc abc") == "abc abc"


def test_secrets_that_overlap_leave_no_tail() -> None:
    assert Redactor(["abcdef", "cdefgh"]).text("xabcdefghx") == f"x{DOTS}x"


def test_a_secret_inside_another_leaves_no_tail() -> None:
    assert Redactor(["abcdefgh", "cdef"]).text("xabcdefghx") == f"x{DOTS}x"


def test_a_secret_that_overlaps_itself_leaves_no_tail() -> None:
    assert Redactor(["abab"]).text("xababab!") == f"x{DOTS}!"


def test_secrets_that_touch_become_one_gap() -> None:
    assert Redactor(["abcd"]).text("abcdabcd") == DOTS


def test_a_secret_beside_letters_of_any_language_is_cut_out_cleanly() -> None:
    assert Redactor(["abcd"]).text("İßé✅abcdΣ") == f"İßé✅{DOTS}Σ"


@given(
    secret=some.text(min_size=4),
    before=some.text(max_size=20),
    after=some.text(max_size=20),
)
def test_no_secret_survives_in_any_surroundings(secret: str, before: str, after: str) -> None:
    if secret in DOTS * 3:
        return
    redacted = Redactor([secret]).text(before + secret + after)
    assert DOTS in redacted
    assert secret not in redacted.replace(DOTS, "\n")


@given(some.text(), some.lists(some.text()))
def test_redaction_never_raises(text: str, hidden: list[str]) -> None:
    Redactor(hidden).text(text)


@given(some.text(alphabet="ab:/@?&=# ", max_size=30))
def test_what_is_redacted_stays_as_it_is_when_redacted_again(text: str) -> None:
    once = redact_urls(text)
    assert redact_urls(once) == once


def test_half_a_character_stops_nothing() -> None:
    assert Redactor(["abcd"]).text("\ud800abcd") == f"\ud800{DOTS}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://user:pass@host/path", f"https://{DOTS}@host/path"),
        ("https://us@er:pass@host", f"https://{DOTS}@host"),
        ("https://host/a?token=1&b=2", f"https://host/a?token={DOTS}&b={DOTS}"),
        ("https://host/a?token=1&amp;b=2 end", f"https://host/a?token={DOTS}&amp;b={DOTS} end"),
        ("https://host/a?bare", f"https://host/a?{DOTS}"),
        ("https://host/a?x=", "https://host/a?x="),
        ("https://host/cb#access_token=1", f"https://host/cb#access_token={DOTS}"),
        ("https://host/page#anchor", "https://host/page#anchor"),
        ('{"u":"https:\\/\\/a:b@host\\/x?k=v"}', f'{{"u":"https:\\/\\/{DOTS}@host\\/x?k={DOTS}"}}'),
        ('<a href="/login?next=secret">', f'<a href="/login?next={DOTS}">'),
        ("/login?next=https://u:p@h/?a=b", f"/login?next={DOTS}?a={DOTS}"),
        ("mailto://u:p@smtp.example?to=a@b.example", f"mailto://{DOTS}@smtp.example?to={DOTS}"),
        (
            "see https://a.example and https://b.example/?q=1",
            f"see https://a.example and https://b.example/?q={DOTS}",
        ),
        ("what? a=b, 1/2?", "what? a=b, 1/2?"),
    ],
)
def test_a_url_keeps_its_way_but_not_its_credentials_and_values(text: str, expected: str) -> None:
    assert redact_urls(text) == expected


@pytest.mark.parametrize("piece", ["a", "://", "://a", "?a=", "&", "/", "@", "://@", "/?", "#"])
def test_a_hostile_body_is_redacted_in_no_time(piece: str) -> None:
    """Quadratic work on 200 kB would take minutes; pytest-timeout would end it."""
    Redactor(["abcd-efgh"]).text("://" + piece * (200_000 // len(piece)))


def test_a_redactor_does_not_print_what_it_hides() -> None:
    assert "abcd-efgh" not in repr(Redactor(["abcd-efgh"]))
