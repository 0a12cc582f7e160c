"""Block Kit, whatever a listener answers: inside Slack's limits, with nothing that Slack would obey."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from monitor.core.model import Evidence, Link, Message
from monitor.notify import slack
from tests.fakes.slack import problems

NASTY = st.text(alphabet=st.sampled_from("&<>`!*_~@#:| \nabcé🔥\u202e"), max_size=4000)
WORDS = NASTY.map(lambda text: f"x{text}")

MESSAGES = st.builds(
    Message,
    headline=WORDS.map(lambda text: " ".join(text.split())),
    colour=st.sampled_from(["red", "amber", "green", "grey"]),
    explanation=WORDS,
    facts=st.lists(st.tuples(WORDS, NASTY), max_size=60).map(tuple),
    evidence=st.builds(Evidence, summary=WORDS, excerpt=NASTY) | st.none(),
    links=st.lists(
        st.builds(
            Link, label=WORDS, url=st.sampled_from(["https://x.example/a?b=1&c=2", "javascript:1", ""])
        ),
        max_size=9,
    ).map(tuple),
)


@settings(deadline=None)  # a busy machine is no failure
@given(MESSAGES)
def test_any_message_passes_slacks_rules(message: Message) -> None:
    assert list(problems(slack.payload(message))) == []
    assert list(problems(slack.bare(message))) == []


@settings(deadline=None)  # a busy machine is no failure
@given(MESSAGES)
def test_slacks_own_library_finds_nothing_wrong(message: Message) -> None:
    body = slack.payload(message)
    blocks: list[dict[str, Any]] = [*body["blocks"], *body["attachments"][0]["blocks"]]
    for block in Block.parse_all(blocks):
        block.to_dict()  # validates lengths and counts


def test_an_entity_is_never_cut_in_two() -> None:
    for limit in range(2, 30):
        text = slack.escaped("<&>" * 20, limit)
        assert len(text) <= limit
        assert text.rstrip("…").replace("&lt;", "").replace("&amp;", "").replace("&gt;", "") == ""


def test_a_mention_in_a_listeners_answer_is_only_text() -> None:
    message = Message(
        headline="DOWN x", colour="red", evidence=Evidence(summary="<!channel>", excerpt="<@U1>")
    )
    shown = str(slack.payload(message))
    assert "<!channel>" not in shown
    assert "&lt;!channel&gt;" in shown


def test_long_facts_get_the_whole_width() -> None:
    message = Message(headline="DOWN x", colour="red", facts=(("short", "a"), ("long", "b" * 61)))
    short, long = slack.payload(message)["attachments"][0]["blocks"][:2]
    assert [field["text"] for field in short["fields"]] == ["*short*\na"]
    assert long["text"]["text"].startswith("*long*\nb")
