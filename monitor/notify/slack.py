"""A message as Slack's Block Kit, inside Slack's limits (docs.slack.dev, reference/block-kit/blocks).

The headline is both the header and the one-line ``text`` for push messages and screen readers. Everything is
escaped: a listener's answer may hold ``<!channel>``. ``verbatim`` keeps Slack from finding mentions in it.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from monitor.core.model import Evidence, Link, Message

COLOURS = {"red": "#e01e5a", "amber": "#daa038", "green": "#2eb886", "grey": "#8d8d8d"}
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}

HEADER = 150
SECTION = 3000
FIELDS = 10
FIELD = 2000
BUTTON_TEXT = 75
URL = 3000
# All texts together. Slack documents no such limit, and refuses (msg_blocks_too_long) somewhere between 9,600
# and 11,300 characters, by what people measured: github.com/slackapi/bolt-js/issues/2509 and 2867.
WHOLE = 9000

NARROW = 60  # a longer value gets the whole width instead of half of it
UNBROKEN = 32  # so does a longer word, such as a URL
LABEL = 40
BUTTONS = 8
NARROW_FACTS, WIDE_FACTS = 30, 12  # far below the 50 blocks of a message
SECTIONS = (SECTION, 1500, 700, 250)  # how long a text may be; with the last, any message stays below WHOLE

Json = dict[str, Any]
Fact = tuple[str, str]


def payload(message: Message, footer: str) -> Json:
    """Return the body of one chat.postMessage or incoming webhook, but for the channel.

    A long message loses the ends of its widest parts.
    """
    header = {"type": "plain_text", "text": escaped(message.headline, HEADER), "emoji": False}
    fallback = escaped(message.headline, SECTION)
    coloured = {
        "color": COLOURS.get(message.colour, COLOURS["grey"]),
        "fallback": fallback,
        "blocks": _within(message, footer),
    }
    return {"text": fallback, "blocks": [{"type": "header", "text": header}], "attachments": [coloured]}


def bare(headline: str, text: str) -> Json:
    """Return the same without blocks: for a Slack that does not accept our dress."""
    return {"text": escaped(f"{headline}\n\n{text}", SECTION)}


def escaped(text: str, limit: int) -> str:
    """Escape for Slack, cut to ``limit`` characters after escaping, never inside an entity.

    A fence would open a code block that nobody closes, or close ours.
    """
    pieces = [ESCAPES.get(character, character) for character in text.replace("```", "").strip() or "–"]
    if sum(map(len, pieces)) <= limit:
        return "".join(pieces)
    room, kept = limit - 1, []
    for piece in pieces:
        room -= len(piece)
        if room < 0:
            break
        kept.append(piece)
    return "".join(kept) + "…"


def _within(message: Message, footer: str) -> list[Json]:
    """Shorten the longest texts until all of them together are what Slack takes."""
    for longest in SECTIONS[:-1]:
        blocks = list(_blocks(message, footer, longest))
        if _written(blocks) <= WHOLE:
            return blocks
    return list(_blocks(message, footer, SECTIONS[-1]))


def _written(value: Any) -> int:  # noqa: ANN401  any JSON
    """Count the characters of all texts."""
    if isinstance(value, dict):
        return sum(
            len(part) if name == "text" and isinstance(part, str) else _written(part)
            for name, part in value.items()
        )
    return sum(map(_written, value)) if isinstance(value, list) else 0


def _blocks(message: Message, footer: str, longest: int) -> Iterator[Json]:
    if message.explanation:
        yield {"type": "section", "text": _mrkdwn(escaped(message.explanation, longest))}
    for wide, run in groupby(_arranged(message.facts), key=_is_wide):
        if wide:
            for label, value in run:
                yield {"type": "section", "text": _mrkdwn(_labelled(label, value, longest))}
        else:
            yield from _in_columns(list(run))
    if message.evidence:
        yield {"type": "section", "text": _mrkdwn(_code(message.evidence, longest))}
    if buttons := [_button(number, link) for number, link in enumerate(message.links) if _clickable(link)]:
        yield {"type": "actions", "elements": buttons[:BUTTONS]}
    if footer:
        yield {"type": "context", "elements": [_mrkdwn(escaped(footer, FIELD))]}


def _arranged(facts: Sequence[Fact]) -> list[Fact]:
    """Narrow facts come before wide ones, unless the first is wide: then it is a digest, worst first."""
    narrow = [fact for fact in facts if not _is_wide(fact)][:NARROW_FACTS]
    wide = [fact for fact in facts if _is_wide(fact)][:WIDE_FACTS]
    if facts and _is_wide(facts[0]):
        return [fact for fact in facts if fact in narrow or fact in wide]
    return narrow + wide


def _in_columns(facts: Sequence[Fact]) -> Iterator[Json]:
    for start in range(0, len(facts), FIELDS):
        fields = [_mrkdwn(_labelled(*fact, FIELD)) for fact in facts[start : start + FIELDS]]
        yield {"type": "section", "fields": fields}


def _is_wide(fact: Fact) -> bool:
    value = fact[1]
    return len(value) > NARROW or "\n" in value or any(len(word) > UNBROKEN for word in value.split())


def _labelled(label: str, value: str, limit: int) -> str:
    head = f"*{escaped(label, LABEL)}*\n"
    lines = f"• {value}".replace("\n", "\n• ") if "\n" in value else value
    return head + escaped(lines, limit - len(head))


def _code(evidence: Evidence, limit: int) -> str:
    shown = "\n".join(part for part in (evidence.summary, evidence.excerpt) if part)
    return f"```{escaped(shown, limit - 6)}```"


def _clickable(link: Link) -> bool:
    return link.url.startswith(("https://", "http://")) and len(link.url) <= URL


def _button(number: int, link: Link) -> Json:
    label = {"type": "plain_text", "text": escaped(link.label, BUTTON_TEXT), "emoji": False}
    return {"type": "button", "action_id": f"link-{number}", "text": label, "url": link.url}


def _mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text, "verbatim": True}
