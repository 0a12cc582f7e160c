"""Real services on loopback: Slack, SMTP, JSON. What arrives, and what is learned from a refusal."""

import asyncio
import json
import logging
from collections.abc import Iterator

import pytest

from monitor.core.alert import digest
from monitor.core.model import Evidence, Link, Message, Notifier, Secret, Site
from monitor.errors import NotifyError
from monitor.notify import Notifiers
from monitor.notify.dress import Dress
from tests.fakes import slack as slack_fake
from tests.fakes.postbox import Postbox, Reply
from tests.fakes.slack import FakeSlack
from tests.fakes.smtp import FakeSmtp

pytestmark = pytest.mark.real

HELLO = Message(
    headline="DOWN billing: answered 503 <Service> & more",
    colour="red",
    explanation="It fails.\nFirst: look <!channel>.",
    facts=(("monitor", "billing"), ("event id to search for", "evt_probe_1")),
    evidence=Evidence(summary="HTTP 503 <Service>", excerpt='{"error": 1}\n  at line 2'),
    links=(Link(label="Runbook", url="https://wiki.example/run?a=1&b=2"),),
)


def a_notifier(url: str, name: str = "oncall") -> Notifier:
    return Notifier(name=name, url=Secret(url))


class Listening(logging.Handler):
    def __init__(self) -> None:
        super().__init__(1)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """What an operator's own log would hold at its most talkative."""
    root, handler = logging.getLogger(), Listening()
    before = root.level
    root.addHandler(handler)
    root.setLevel(1)
    yield handler.lines
    root.setLevel(before)
    root.removeHandler(handler)


def slack_of(fake: FakeSlack) -> Notifiers:
    return Notifiers((a_notifier(slack_fake.URL),), slack_url=fake.url)


async def refused(notifiers: Notifiers, name: str = "oncall") -> NotifyError:
    with pytest.raises(NotifyError) as caught:
        await notifiers.send(name, HELLO)
    return caught.value


async def test_slack_takes_our_blocks() -> None:
    with FakeSlack() as fake:
        assert await slack_of(fake).send("oncall", HELLO) == "200 ok"
        assert fake.complaints == []
        (message,) = fake.messages
    assert message["text"] == "DOWN billing: answered 503 &lt;Service&gt; &amp; more"
    assert message["attachments"][0]["color"] == "#e01e5a"


async def test_a_native_slack_url_is_dressed_the_same() -> None:
    with FakeSlack() as fake:
        url = "https://hooks.slack.com" + slack_fake.TOKEN_PATH
        await Notifiers((a_notifier(url),), slack_url=fake.url).send("oncall", HELLO)
        assert fake.messages[0]["blocks"][0]["type"] == "header"


async def test_slack_asks_for_patience_and_says_how_long() -> None:
    with FakeSlack() as fake:
        fake.box.next.append(Reply(status=429, body=b"rate_limited", headers={"Retry-After": "17"}))
        error = await refused(slack_of(fake))
    assert (error.permanent, error.retry_after) == (False, 17.0)
    assert "429 rate_limited" in str(error)


@pytest.mark.parametrize("status", [500, 502, 503, 408])
async def test_slack_in_trouble_is_asked_again(status: int) -> None:
    with FakeSlack() as fake:
        fake.box.next.append(Reply(status=status, body=b"oops"))
        assert (await refused(slack_of(fake))).permanent is False


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, b"no_service"),
        (404, b"channel_not_found"),
        (400, b"invalid_token"),
        (403, b"invalid_token"),
        (410, b"channel_is_archived"),
        (403, b"action_prohibited"),
    ],
)
async def test_a_dead_slack_channel_is_not_asked_again(status: int, body: bytes) -> None:
    with FakeSlack() as fake:
        fake.box.next.append(Reply(status=status, body=body))
        error = await refused(slack_of(fake))
    assert error.permanent is True
    assert body.decode() in str(error)


async def test_a_slack_that_dislikes_our_blocks_gets_bare_text() -> None:
    with FakeSlack() as fake:
        fake.box.next.append(Reply(status=400, body=b"invalid_blocks"))
        assert await slack_of(fake).send("oncall", HELLO) == "200 ok"
        (message,) = fake.messages
    assert "blocks" not in message
    assert "billing" in message["text"]


def bot_of(fake: FakeSlack, *channels: str) -> Notifiers:
    url = f"slack://{slack_fake.BOT_TOKEN}/{'/'.join(channels)}"
    return Notifiers((a_notifier(url),), slack_url=fake.url)


async def test_a_bot_names_its_channel_and_shows_its_token_to_slack_alone() -> None:
    with FakeSlack() as fake:
        assert await bot_of(fake, "#alerts").send("oncall", HELLO) == "200 ok"
        assert fake.messages[0]["channel"] == "#alerts"


@pytest.mark.parametrize(
    ("said", "permanent"), [("channel_not_found", True), ("is_archived", True), ("ratelimited", False)]
)
async def test_a_bots_refusal_is_read_from_its_body(said: str, *, permanent: bool) -> None:
    with FakeSlack(bot_errors={"#alerts": said}) as fake:
        error = await refused(bot_of(fake, "#alerts"))
    assert error.permanent is permanent
    assert said in str(error)


def told_apart(url: str, name: str = "oncall") -> tuple[Notifier, ...]:
    judged = Notifiers.judge(a_notifier(url, name))
    assert not isinstance(judged, str), judged
    return judged


async def test_a_channel_that_refuses_is_asked_again_without_the_others() -> None:
    two = told_apart(f"slack://{slack_fake.BOT_TOKEN}/#a/#b")
    assert [one.name for one in two] == ["oncall", "oncall/2"]
    with FakeSlack(bot_errors={"#b": "ratelimited"}) as fake:
        notifiers = Notifiers(two, slack_url=fake.url)
        assert await notifiers.send("oncall", HELLO) == "200 ok"
        assert (await refused(notifiers, "oncall/2")).permanent is False
        fake.bot_errors.clear()
        await notifiers.send("oncall/2", HELLO)
        assert [message["channel"] for message in fake.messages] == ["#a", "#b"]


async def test_a_second_message_too_soon_is_told_how_long_to_wait() -> None:
    with FakeSlack(pace=60.0) as fake:
        notifiers = slack_of(fake)
        await notifiers.send("oncall", HELLO)
        error = await refused(notifiers)
    assert error.retry_after == 1.0


async def test_nobody_at_home_is_for_now_and_names_no_secret() -> None:
    with FakeSlack() as fake:
        notifiers = slack_of(fake)
    error = await refused(notifiers)
    assert error.permanent is False
    assert "abcdefghijklmnopqrstuvwx" not in str(error)


async def test_a_service_that_hangs_is_given_up_in_time_and_delays_nobody() -> None:
    with Postbox() as dead, FakeSlack() as alive:
        dead.hold()
        both = (a_notifier(f"json://{dead.address}/", "dead"), a_notifier(slack_fake.URL, "alive"))
        notifiers = Notifiers(both, slack_url=alive.url, time_limit=0.3)
        hanging = [asyncio.create_task(refused(notifiers, "dead")) for _ in range(4)]
        await notifiers.send("alive", HELLO)
        errors = [str(error) for error in await asyncio.gather(*hanging)]
        assert len(alive.messages) == 1
        assert sum("no answer within" in error for error in errors) == 3
        assert sum("hang in this service" in error for error in errors) == 1
        dead.let_go()


async def test_json_gets_plain_text_that_names_the_monitor() -> None:
    with Postbox() as box:
        answer = await Notifiers((a_notifier(f"json://{box.address}/hook"),)).send("oncall", HELLO)
        told = json.loads(box.posts[0].body)
    assert "accepted" in answer
    assert told["title"] == HELLO.headline
    assert "monitor: billing" in told["message"]
    assert "Runbook: https://wiki.example/run?a=1&b=2" in told["message"]


async def test_json_that_refuses_is_asked_again_and_its_secret_stays_ours() -> None:
    with Postbox() as box:
        box.next.append(Reply(status=500))
        url = f"json://user:sesame-open@{box.address}/path-token-1234?x=1"
        error = await refused(Notifiers((a_notifier(url),)))
    assert error.permanent is False
    assert "500" in str(error)
    assert "sesame" not in str(error)


async def test_mail_has_the_headline_as_subject_and_two_forms() -> None:
    with FakeSmtp() as smtp:
        await Notifiers((a_notifier(smtp.url, "mail"),)).send("mail", HELLO)
        (mail,) = smtp.mails
    assert mail["Subject"] == HELLO.headline
    html, text = mail.get_body(("html",)), mail.get_body(("plain",))
    assert html is not None
    assert text is not None
    assert "&lt;!channel&gt;" in html.get_content()
    told = text.get_content().replace("\r\n", "\n").strip()
    plain = Dress(Site(), {}).on(HELLO, "mail").words("plain.txt")
    assert told.startswith(f"{HELLO.headline}\n\n{plain}\n\n--")


async def test_mails_do_not_wait_for_each_other() -> None:
    with FakeSmtp() as smtp:
        notifiers = Notifiers((a_notifier(smtp.url, "mail"),), time_limit=4.0)  # Apprise alone sleeps 5.5 s
        await notifiers.send("mail", HELLO)
        await notifiers.send("mail", HELLO)
        assert len(smtp.mails) == 2


async def test_a_mail_server_that_is_busy_is_asked_again() -> None:
    with FakeSmtp(refusals=["451 busy"]) as smtp:
        error = await refused(Notifiers((a_notifier(smtp.url, "mail"),)), "mail")
        assert error.permanent is False


@pytest.mark.parametrize(
    ("said", "permanent"),
    [
        ("550 sender rejected", True),
        ("553 not yours", True),
        ("451 greylisted", False),
        ("552 too big", False),
    ],
)
async def test_a_sender_that_is_refused_for_good_is_told_from_one_that_waits(
    said: str, *, permanent: bool
) -> None:
    with FakeSmtp(senders=[said]) as smtp:
        error = await refused(Notifiers((a_notifier(smtp.url, "mail"),)), "mail")
    assert (error.permanent, str(error)) == (permanent, f"E-Mail: {said}")


async def test_a_password_that_is_refused_is_refused_for_good_and_stays_secret() -> None:
    with FakeSmtp(password="correct-horse") as smtp:
        right = smtp.url.replace("mailto://", "mailto://monitor:correct-horse@")
        wrong = right.replace("correct-horse", "battery-staple")
        await Notifiers((a_notifier(right, "mail"),)).send("mail", HELLO)
        error = await refused(Notifiers((a_notifier(wrong, "mail"),)), "mail")
    assert len(smtp.mails) == 1
    assert error.permanent is True
    assert "535" in str(error)
    assert "battery" not in str(error)


async def test_slack_that_hangs_up_without_an_answer_may_have_taken_it() -> None:
    with FakeSlack() as fake:
        fake.box.next.append(Reply(status=0))
        error = await refused(slack_of(fake))
    assert (error.permanent, error.unsure) == (False, True)


async def test_slack_that_nobody_reaches_has_taken_nothing() -> None:
    with FakeSlack() as fake:
        notifiers = slack_of(fake)
    assert (await refused(notifiers)).unsure is False


async def test_an_address_that_is_refused_is_tried_again_without_the_others() -> None:
    with FakeSmtp(unknown={"late@acme.example"}) as smtp:
        two = told_apart(smtp.url.replace("to=team@", "to=Night <late@acme.example>,team@"), "mail")
        notifiers = Notifiers(two)
        assert (await refused(notifiers, "mail")).permanent is False
        await notifiers.send("mail/2", HELLO)
        smtp.unknown.clear()
        await notifiers.send("mail", HELLO)
        assert [mail["To"] for mail in smtp.mails] == ["team@acme.example", "Night <late@acme.example>"]


@pytest.mark.parametrize(
    ("url", "count"),
    [
        (slack_fake.URL, 1),
        (f"{slack_fake.URL}/#a/#b/#c", 3),
        ("json://127.0.0.1:9", 1),
        ("mailto://u:p4ssw0rd@smtp.acme.example?to=a@acme.example", 1),
        ("mailto://u:p4ssw0rd@smtp.acme.example/a@acme.example/b@acme.example?cc=c@acme.example", 2),
        ("tgram://123456789:abcdefg_hijklmnop/12315544/123155", 2),
        ("ntfy://127.0.0.1/one/two", 2),
    ],
)
def test_each_target_of_a_url_is_a_notifier_of_its_own(url: str, count: int) -> None:
    found = told_apart(url)
    assert len(found) == count
    assert not any(one.indivisible for one in found)


INDIVISIBLE = "rocket://user:p4ssw0rd@127.0.0.1:9/#a/@b"


def test_targets_that_cannot_be_told_apart_are_said_to_be_such() -> None:
    (one,) = told_apart(INDIVISIBLE)
    assert one.indivisible


async def test_of_targets_that_cannot_be_told_apart_those_that_took_it_hear_it_once() -> None:
    with FakeSmtp(unknown={"gone@acme.example"}) as smtp:
        url = smtp.url.replace("to=team@acme.example", "to=gone@acme.example,team@acme.example")
        error = await refused(Notifiers((a_notifier(url, "mail"),)), "mail")
        assert len(smtp.mails) == 1
    assert (error.permanent, error.hopeless) == (False, True)
    assert "1 of its targets took it" in str(error)


async def test_a_digest_of_a_thousand_fits_every_service() -> None:
    messages = [
        Message(
            headline=f"DOWN monitor-{number}: answered 503 (2 failed probes)",
            colour="red",
            facts=(("monitor", f"monitor-{number}"), ("listener", "POST https://api.example/x")),
        )
        for number in range(1000)
    ]
    with FakeSlack() as slack, FakeSmtp() as smtp, Postbox() as box:
        three = (
            a_notifier(slack_fake.URL, "slack"),
            a_notifier(smtp.url, "mail"),
            a_notifier(f"json://{box.address}", "json"),
        )
        notifiers = Notifiers(three, slack_url=slack.url)
        for name in ("slack", "mail", "json"):
            await notifiers.send(name, digest(messages))
        assert slack.complaints == []
        assert slack.messages[0]["text"].startswith("1,000 alerts: 1,000 down; all 1,000 at api.example")
        html = smtp.mails[0].get_body(("html",))
        assert html is not None
        assert "monitor-999" in html.get_content()
        assert "monitor-999" in json.loads(box.posts[0].body)["message"]


async def test_an_unknown_name_is_said_and_not_for_ever() -> None:
    error = await refused(Notifiers(()), "nobody")
    assert error.permanent is False


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("no url at all", "not an Apprise URL"),
        ("slak://T0AAAAAAA/B0BBBBBBB/abcdefghijklmnopqrstuvwx", "slak:// is no service"),
        ("slack://only-one-secret-part", "looks like slack://{token_a}/{token_b}/{token_c}"),
        ("https://hooks.slack.com/services/incomplete-secret", "an https:// URL that Apprise does not"),
        ("mailto://", "does not accept this mailto:// URL"),
        ("", "not an Apprise URL"),
    ],
)
def test_a_bad_url_is_explained_without_being_shown(
    url: str, said: str, logged: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    problem = Notifiers.judge(a_notifier(url))
    assert isinstance(problem, str)
    assert said in problem
    assert "secret" not in problem + "".join(logged) + capfd.readouterr().err


def test_a_good_url_is_good() -> None:
    for url in (
        slack_fake.URL,
        "json://127.0.0.1:9",
        "mailto://u:p4ssw0rd@smtp.acme.example?to=team@acme.example",
    ):
        assert Notifiers.judge(a_notifier(url)) == (a_notifier(url),)


async def test_no_log_shows_a_token(logged: list[str]) -> None:
    with FakeSlack() as fake:
        await slack_of(fake).send("oncall", HELLO)
    assert "abcdefghijklmnopqrstuvwx" not in "".join(logged)
