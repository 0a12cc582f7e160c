"""Block Kit, whatever a listener answers: inside Slack's limits, with nothing that Slack would obey."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from monitor.core.alert import examples
from monitor.core.model import Evidence, Link, Message, Site
from monitor.notify import slack
from monitor.notify.dress import Dress, as_slack
from tests.fakes.slack import problems

SURROGATES = st.characters(categories=["Cs", "Cc", "Lu"])  # a listener's JSON may hold half a character
NASTY = st.one_of(
    st.text(alphabet=st.sampled_from("&<>`!*_~@#:| \nabcé🔥\u202e\x00\r"), max_size=400),
    st.text(alphabet=SURROGATES, max_size=50),
    st.sampled_from(["<!channel>", "```", "<" * 4000, "\r\nBcc: all@acme.example"]),
)
LONG = NASTY | st.sampled_from(["<" * 100_000, "x\n" * 50_000, "x" * 100_000])
URLS = st.sampled_from(["https://x.example/a?b=1&c=2", "javascript:1", "", "https://x.example/" + "a" * 3000])
MESSAGES = st.builds(
    Message,
    headline=LONG,
    colour=st.sampled_from(["red", "amber", "green", "grey", "mauve"]),
    explanation=LONG,
    facts=st.lists(st.tuples(NASTY, NASTY), max_size=60).map(tuple),
    evidence=st.builds(Evidence, summary=NASTY, excerpt=LONG) | st.none(),
    links=st.lists(st.builds(Link, label=NASTY, url=URLS), max_size=12).map(tuple),
    thread=st.sampled_from(["", "incident-12-1772373731"]),
    first=st.booleans(),
)
SITE = Site(name="Acme <webhooks>")


def payload_of(message: Message) -> dict[str, Any]:
    return as_slack(Dress(SITE, {}).on(message, "oncall"))[0]


@settings(max_examples=40)  # each is long
@given(MESSAGES)
def test_any_message_passes_slacks_rules(message: Message) -> None:
    payload, bare = as_slack(Dress(SITE, {}).on(message, "oncall"))
    assert list(problems(payload)) == []
    assert list(problems(bare)) == []
    json.dumps(payload, ensure_ascii=False).encode()  # no half of a character is left


@settings(max_examples=40)  # each is long
@given(MESSAGES)
def test_slacks_own_library_finds_nothing_wrong(message: Message) -> None:
    body = payload_of(message)
    blocks: list[dict[str, Any]] = [*body["blocks"], *body["attachments"][0]["blocks"]]
    for block in Block.parse_all(blocks):
        block.to_dict()  # validates lengths and counts


def test_a_long_digest_is_shortened_before_slack_refuses_it() -> None:
    facts = tuple(
        (word, "\n".join(f"{word} monitor-{number}" for number in range(400)))
        for word in ("DOWN", "DEGRADED", "WARNING", "RECOVERED")
    )
    blocks = payload_of(Message(headline="1,600 alerts", colour="red", facts=facts))["attachments"][0][
        "blocks"
    ]
    texts = [block["text"]["text"] for block in blocks if "text" in block]
    assert [text.split("\n")[0] for text in texts] == ["*DOWN*", "*DEGRADED*", "*WARNING*", "*RECOVERED*"]
    assert all(text.endswith("…") for text in texts)
    assert 5000 < sum(map(len, texts)) <= 9000


def test_every_link_of_a_message_is_a_button() -> None:
    links = tuple(Link(label=f"Do {number}", url=f"https://x.example/{number}") for number in range(6))
    blocks = payload_of(Message(headline="DOWN x", colour="red", links=links))["attachments"][0]["blocks"]
    (actions,) = [block["elements"] for block in blocks if block["type"] == "actions"]
    assert [(one["text"]["text"], one["url"]) for one in actions] == [(one.label, one.url) for one in links]


def test_an_entity_is_never_cut_in_two() -> None:
    for limit in range(2, 30):
        text = slack.escaped("<&>" * 20, limit)
        assert len(text) <= limit
        assert text.rstrip("…").replace("&lt;", "").replace("&amp;", "").replace("&gt;", "") == ""


def test_a_mention_in_a_listeners_answer_is_only_text() -> None:
    message = Message(
        headline="DOWN x", colour="red", evidence=Evidence(summary="<!channel>", excerpt="<@U1>")
    )
    shown = str(payload_of(message))
    assert "<!channel>" not in shown
    assert "&lt;!channel&gt;" in shown


def test_long_facts_get_the_whole_width() -> None:
    message = Message(headline="DOWN x", colour="red", facts=(("short", "a"), ("long", "b" * 61)))
    short, long = payload_of(message)["attachments"][0]["blocks"][:2]
    assert [field["text"] for field in short["fields"]] == ["*short*\na"]
    assert long["text"]["text"].startswith("*long*\nb")


def test_a_digest_keeps_its_order_the_worst_first() -> None:
    said = json.dumps(payload_of(examples()["digest"].message))
    assert said.index("*DOWN (3)*") < said.index("*RECOVERED (1)*")
