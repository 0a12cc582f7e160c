"""E-mail: both forms, one thread for one incident, and nothing of a listener's in a header."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from playwright.async_api import async_playwright

from monitor.core.alert import digest, examples
from monitor.core.model import Evidence, Link, Message, Notifier, Secret, Site
from monitor.notify import Notifiers
from monitor.notify.dress import Dress, as_letter
from monitor.notify.mail import composed
from tests.fakes.smtp import FakeSmtp
from tests.notify.test_slack import MESSAGES

ACME = Site(name="Acme webhooks")
OUTAGE, RECOVERY = examples()["outage"].message, examples()["recovery"].message


def mailed_raw(message: Message, *, site: Site = ACME, notifier: str = "mail") -> bytes:
    return composed(
        as_letter(Dress(site, {}).on(message, notifier)),
        sender=("Monitor", "monitor@acme.example"),
        to=("", "team@acme.example"),
        copies=(),
        reply_to=(),
        headers={},
        at=datetime(2026, 3, 1, 14, 2, tzinfo=UTC),
    ).as_bytes()


def mailed(message: Message, *, site: Site = ACME, notifier: str = "mail") -> EmailMessage:
    raw = mailed_raw(message, site=site, notifier=notifier)
    return message_from_bytes(raw, policy=policy.default)


def test_what_follows_refers_to_the_first_mail_of_the_incident_even_after_a_restart() -> None:
    first, again, after = mailed(OUTAGE), mailed(OUTAGE), mailed(RECOVERY)
    root = first["Message-ID"]
    assert re.fullmatch(r"<incident-12-1772373731\.[0-9a-f]{16}@acme\.example>", root)
    assert again["Message-ID"] == root  # a repeat of one alert is one mail for clients that notice
    assert (first["In-Reply-To"], first["References"]) == (None, None)
    assert (after["In-Reply-To"], after["References"]) == (root, root)
    assert after["Message-ID"] != root


@pytest.mark.parametrize("changed", [{"site": Site(name="Other")}, {"notifier": "boss"}])
def test_sites_and_notifiers_share_no_thread(changed: dict[str, object]) -> None:
    assert mailed(OUTAGE, **changed)["Message-ID"] != mailed(OUTAGE)["Message-ID"]  # type: ignore[arg-type]  # either key


def test_a_digest_is_in_the_thread_of_its_only_incident_and_in_none_of_several() -> None:
    one = mailed(digest([OUTAGE, RECOVERY]))
    assert one["Message-ID"] == mailed(OUTAGE)["Message-ID"]
    several = mailed(examples()["digest"].message)
    other = Message(headline="DOWN orders", colour="red", thread="incident-13-1", first=True)
    both = mailed(digest([OUTAGE, other]))
    assert several["References"] is None
    assert (both["References"], "incident" in both["Message-ID"]) == (None, False)


@settings(max_examples=40)  # each is long
@given(MESSAGES)
def test_any_message_makes_a_mail_with_our_headers_alone(message: Message) -> None:
    mail = mailed(message)
    ours = ["Subject", "From", "To", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted"]
    allowed = {*ours, "MIME-Version", "Content-Type"}
    assert set(mail.keys()) <= allowed
    assert len(mail.get_all("Subject", [])) == 1
    assert mail.defects == []
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert html.get_content().isascii() or "charset" in html["Content-Type"]


def test_a_newline_in_a_headline_adds_no_header() -> None:
    hostile = Message(headline="DOWN x\r\nBcc: all@acme.example\n\nhello", colour="red")
    mail = mailed(hostile)
    assert mail["Bcc"] is None
    assert mail["Subject"] == "DOWN x Bcc: all@acme.example hello"


@pytest.mark.parametrize("headline", ["x, y " * 50, "é " * 140, "DOWN a: slow – 3 s, again, and " * 4])
def test_a_long_subject_begins_on_its_first_line_and_arrives_whole(headline: str) -> None:
    raw = mailed_raw(Message(headline=headline, colour="red"))
    (line,) = re.findall(rb"^Subject: ?(.*)\n", raw, re.MULTILINE)
    assert line
    assert max(map(len, raw.splitlines())) < 998
    assert message_from_bytes(raw, policy=policy.default)["Subject"] == " ".join(headline.split())


class Reader(HTMLParser):
    """Sees what a mail client would run, fetch, or show as a link."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        self.links += [given["href"] or ""] if "href" in given else []
        self.fetched += [value or "" for name, value in attrs if name in {"src", "background", "action"}]


def read(message: Message) -> Reader:
    html = mailed(message).get_body(("html",))
    assert html is not None
    reader = Reader()
    reader.feed(html.get_content())
    return reader


def test_nothing_a_listener_answers_becomes_part_of_the_page() -> None:
    attack = '"><script>alert(1)</script><img src=x onerror=y>'
    hostile = Message(
        headline=f"DOWN {attack}",
        colour="red",
        explanation=attack,
        facts=((attack, attack),),
        evidence=Evidence(summary=attack, excerpt=attack),
        links=(
            Link(label=attack, url="javascript:alert(1)"),
            Link(label="ok", url='https://x.example/"><b>'),
        ),
    )
    seen = read(hostile)
    assert {"script", "img"}.isdisjoint(seen.tags)
    assert seen.links == ['https://x.example/"><b>']


@pytest.mark.parametrize("name", examples())
def test_a_mail_fetches_nothing_and_has_a_button_for_each_link(name: str) -> None:
    message = examples()[name].message
    seen = read(message)
    assert seen.fetched == []
    assert seen.links == [link.url for link in message.links]


def test_the_first_words_in_the_list_of_mails_say_what_it_means() -> None:
    html = mailed(OUTAGE).get_body(("html",))
    assert html is not None
    body = html.get_content().partition("<body")[2]
    assert re.search(r'display:none[^>]*">The listener fails on a valid event', body)


@pytest.fixture
def smtp() -> Iterator[FakeSmtp]:
    with FakeSmtp() as server:
        yield server


@pytest.mark.real
async def test_a_real_mail_server_gets_both_forms_and_the_operators_headers(smtp: FakeSmtp) -> None:
    url = f"{smtp.url}&cc=Boss <boss@acme.example>&reply=help@acme.example&+X-Team=payments&+Subject=no"
    notifiers = Notifiers((Notifier(name="mail", url=Secret(url)),), site=ACME)
    for message in (OUTAGE, RECOVERY):
        await notifiers.send("mail", message)
    first, after = smtp.mails
    assert (first["Cc"], first["Reply-To"], first["X-Team"]) == (
        "Boss <boss@acme.example>", "help@acme.example", "payments")  # fmt: skip
    assert first["Subject"] == OUTAGE.headline
    assert after["References"] == first["Message-ID"]
    assert [part.get_content_type() for part in first.iter_parts()] == ["text/plain", "text/html"]
    text = first.get_body(("plain",))
    assert text is not None
    assert (
        text.get_content().replace("\r\n", "\n").endswith("-- \nSent by webhook-monitor for Acme webhooks\n")
    )


@pytest.mark.real
@pytest.mark.parametrize("width", [320, 660, 1200])
async def test_no_part_of_a_mail_is_wider_than_the_screen(width: int) -> None:
    wide = Message(
        headline="DOWN " + "x" * 200,
        colour="red",
        facts=(("a" * 60, "b" * 500),),
        evidence=Evidence(summary="c" * 500),
        links=(Link(label="Runbook", url="https://wiki.example/" + "d" * 300),),
    )
    pages = [mailed(message).get_body(("html",)) for message in (wide, examples()["digest"].message)]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        tab = await browser.new_page(viewport={"width": width, "height": 600})
        for page in pages:
            assert page is not None
            await tab.set_content(page.get_content())
            assert await tab.evaluate("document.documentElement.scrollWidth") <= width
        await browser.close()
