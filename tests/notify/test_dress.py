"""The operator's templates: they replace ours, they are judged, and no alert is lost for them."""

import pytest
from structlog.testing import capture_logs

from monitor.core.alert import examples
from monitor.core.alert.examples import ACME
from monitor.core.model import TEMPLATES, BadTemplate
from monitor.notify import Notifiers
from monitor.notify.dress import Dress, Dressed, as_letter, as_slack

OUTAGE = examples()["outage"].message


def dressed(**own: str) -> Dressed:
    names = {name.replace("_", "."): text for name, text in own.items()}
    return Dress(ACME, names).on(OUTAGE, "oncall")


def test_the_operators_headline_is_in_every_dress() -> None:
    told = dressed(headline_txt="[{{ site.name }}]\n {{ headline }}")
    assert told.message.headline == f"[Acme webhooks] {OUTAGE.headline}"
    payload, bare = as_slack(told)
    for shown in (payload["text"], bare["text"], as_letter(told).subject, as_letter(told).text):
        assert "[Acme webhooks] DOWN stripe-payments" in shown


def test_the_operators_footer_is_in_slack_and_in_both_forms_of_a_mail() -> None:
    told = dressed(footer_txt="Call +49 30 1234 <anytime>")
    assert "Call +49 30 1234 &lt;anytime&gt;" in str(as_slack(told)[0])
    assert "Call +49 30 1234 &lt;anytime&gt;" in as_letter(told).html
    assert as_letter(told).text.endswith("Call +49 30 1234 <anytime>")


def test_one_subject_for_all_mails_of_an_incident_as_gmail_wants_it() -> None:
    subject = (
        "{% if 'monitor' in fact and 'incident' in fact %}{{ fact.monitor }}: incident {{ fact.incident }}"
        "{% else %}{{ headline }}{% endif %}"
    )
    told = dressed(subject_txt=subject)
    assert as_letter(told).subject == "stripe-payments (Payments · Incoming events): incident #12"
    assert told.message.headline == OUTAGE.headline
    assert Notifiers.judge_templates({"subject.txt": subject}, ACME) == ()


def test_a_block_of_ours_can_be_replaced_alone() -> None:
    block = "{% block footer %}<tr><td>ours & {{ notifier }}</td></tr>{% endblock %}"
    own = '{% extends "ours/mail.html" %}' + block
    html = as_letter(dressed(mail_html=own)).html
    assert "ours & oncall" in html
    assert OUTAGE.headline in html


def test_text_is_not_escaped_and_html_is() -> None:
    told = dressed(plain_txt="{{ '<b>' }}", mail_html="{{ '<b>' }}")
    assert (told.words("plain.txt"), told.words("mail.html")) == ("<b>", "&lt;b&gt;")


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("{{ headlin }}", 1, "'headlin' is undefined"),
        ("a\n{% if %}\n", 2, "Expected an expression, got 'end of statement block'"),
        ("a\n\n{{ 1 / 0 }}", 3, "fails with ZeroDivisionError"),
        ("{{ headline.__class__ }}", 1, "access to attribute '__class__' of 'str' object is unsafe."),
        ("{% include 'other.txt' %}", 1, "other.txt"),
        ("{% if false %}x{% endif %}", 1, "comes out empty"),
        ("a\n{{ fact['incident'] }}", 2, "'dict object' has no attribute 'incident'"),
    ],
)
def test_a_template_that_fails_on_any_example_is_told_with_its_line(text: str, line: int, why: str) -> None:
    assert Notifiers.judge_templates({"headline.txt": text}, ACME) == (
        BadTemplate(name="headline.txt", line=line, why=why),
    )


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_that_fails_while_sending_gives_way_to_ours_and_is_logged(name: str) -> None:
    ours = Dress(ACME, {}).on(OUTAGE, "oncall")
    broken = {name: "{{ 1 / 0 }}"}
    with capture_logs() as logged:
        told = Dress(ACME, broken).on(OUTAGE, "oncall")
        assert told.words(name) == ours.words(name)
        assert told.message == ours.message
    assert {(entry["event"], entry["template"], entry["line"]) for entry in logged} == {
        ("a template failed; ours takes its place", name, 1)
    }


def test_what_a_failing_template_logs_quotes_no_message() -> None:
    with capture_logs() as logged:
        dressed(plain_txt="{{ explanation | int(default=none) + 1 }}").words("plain.txt")
    assert "listener" not in str(logged)


def test_ours_render_every_example_as_it_is() -> None:
    for example in examples().values():
        told = Dress(ACME, {}).on(example.message, "oncall")
        assert told.message.headline == example.message.headline
        for _, value in example.message.facts:
            assert all(line in told.words("plain.txt") for line in value.splitlines())
