"""A message as Slack's Block Kit, inside Slack's limits (docs.slack.dev, reference/block-kit/blocks).

The headline is both the header and the one-line ``text`` for push messages and screen readers. Everything is
escaped: a listener's answer may hold ``<!channel>``. ``verbatim`` keeps Slack from finding mentions in it.
"""

from collections.abc import Iterator
from typing import Any

from monitor.core.model import Evidence, Link, Message
from monitor.notify import plain

COLOURS = {"red": "#e01e5a", "amber": "#daa038", "green": "#2eb886", "grey": "#8d8d8d"}
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}

HEADER = 150
SECTION = 3000
FIELDS = 10
FIELD = 2000
NARROW = 60  # a longer value gets the whole width instead of half of it
BUTTONS = 5
BUTTON_TEXT = 75
URL = 3000
LONG_FACTS = 20  # with all else, far below the 50 blocks of a message

Json = dict[str, Any]


def payload(message: Message) -> Json:
    """Return the body of one chat.postMessage or incoming webhook, but for the channel."""
    header = {"type": "plain_text", "text": escaped(message.headline, HEADER), "emoji": False}
    fallback = escaped(message.headline, SECTION)
    coloured = {
        "color": COLOURS.get(message.colour, COLOURS["grey"]),
        "fallback": fallback,
        "blocks": list(_blocks(message)),
    }
    return {"text": fallback, "blocks": [{"type": "header", "text": header}], "attachments": [coloured]}


def bare(message: Message) -> Json:
    """Return the same without blocks: for a Slack that does not accept our dress."""
    return {"text": escaped(f"{message.headline}\n\n{plain.body(message)}", SECTION)}


def escaped(text: str, limit: int) -> str:
    """Escape for Slack, cut to ``limit`` characters after escaping, never inside an entity.

    A fence would open a code block that nobody closes, or close ours.
    """
    pieces = [ESCAPES.get(character, character) for character in text.replace("```", "")]
    if sum(map(len, pieces)) <= limit:
        return "".join(pieces)
    room, kept = limit - 1, []
    for piece in pieces:
        room -= len(piece)
        if room < 0:
            break
        kept.append(piece)
    return "".join(kept) + "…"


def _blocks(message: Message) -> Iterator[Json]:
    if message.explanation:
        yield _section(message.explanation)
    narrow = [fact for fact in message.facts if not _wide(fact[1])]
    for start in range(0, len(narrow), FIELDS):
        yield {"type": "section", "fields": [_field(*fact) for fact in narrow[start : start + FIELDS]]}
    for label, value in [fact for fact in message.facts if _wide(fact[1])][:LONG_FACTS]:
        yield {"type": "section", "text": _mrkdwn(_labelled(label, value, SECTION))}
    if message.evidence:
        yield {"type": "section", "text": _mrkdwn(_code(message.evidence))}
    if buttons := [_button(number, link) for number, link in enumerate(message.links) if _clickable(link)]:
        yield {"type": "actions", "elements": buttons[:BUTTONS]}
    yield {"type": "context", "elements": [_mrkdwn("Sent by webhook-monitor")]}


def _wide(value: str) -> bool:
    return len(value) > NARROW or "\n" in value


def _section(text: str) -> Json:
    return {"type": "section", "text": _mrkdwn(escaped(text, SECTION))}


def _field(label: str, value: str) -> Json:
    return _mrkdwn(_labelled(label, value, FIELD))


def _labelled(label: str, value: str, limit: int) -> str:
    head = f"*{escaped(label, 100)}*\n"
    return head + escaped(value or "–", limit - len(head))


def _code(evidence: Evidence) -> str:
    shown = "\n".join(part for part in (evidence.summary, evidence.excerpt) if part)
    return f"```{escaped(shown, SECTION - 6)}```"


def _clickable(link: Link) -> bool:
    return link.url.startswith(("https://", "http://")) and len(link.url) <= URL


def _button(number: int, link: Link) -> Json:
    label = {"type": "plain_text", "text": escaped(link.label, BUTTON_TEXT), "emoji": False}
    return {"type": "button", "action_id": f"link-{number}", "text": label, "url": link.url}


def _mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text, "verbatim": True}
