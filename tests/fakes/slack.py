"""Slack's incoming webhook, as strict as its documentation.

Limits by docs.slack.dev: reference/block-kit/blocks (50 in a message) and below it header-block (150),
section-block (text 3000, 10 fields of 2000), context-block (10 elements), actions-block (25 elements);
reference/block-kit/block-elements/button-element (text 75, action_id 255, url 3000);
changelog/2018-04-truncating-really-long-messages (text 40000); apis/web-api/rate-limits. All texts of all
blocks together: what people measured (github.com/slackapi/bolt-js/issues/2509 and 2867), for no page says it.

It refuses what Slack refuses, and some things that Slack lets pass but nobody wants: control characters that
were not escaped, a message without a one-line fallback.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from tests.fakes.postbox import Post, Postbox, Reply

TOKEN_PATH = "/services/T0AAAAAAA/B0BBBBBBB/abcdefghijklmnopqrstuvwx"
URL = "slack://T0AAAAAAA/B0BBBBBBB/abcdefghijklmnopqrstuvwx"
BOT_TOKEN = "xoxb-1234-1234-4ddbc191d40ee098cbaae6f3523ada2d"
UNESCAPED = re.compile(r"[<>]|&(?!amp;|lt;|gt;)")


@dataclass
class FakeSlack:
    """``pace``: seconds between two messages to one channel; sooner is 429 with Retry-After."""

    pace: float = 0.0
    clock: Callable[[], float] = time.monotonic
    messages: list[dict[str, Any]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    bot_errors: dict[str, str] = field(default_factory=dict)  # by channel

    def __post_init__(self) -> None:
        self.box = Postbox(self._answer)
        self._last: dict[str, float] = {}

    @property
    def url(self) -> str:
        """What stands in for https://hooks.slack.com/services."""
        return f"http://{self.box.address}/services"

    def _answer(self, post: Post) -> Reply:
        if post.path.endswith("/chat.postMessage"):
            return self._answer_bot(post)
        if post.path != TOKEN_PATH:
            return Reply(status=404, body=b"no_service")
        if self.clock() - self._last.get(post.path, -1e9) < self.pace:
            return Reply(status=429, body=b"rate_limited", headers={"Retry-After": "1"})
        try:
            payload = json.loads(post.body)
        except ValueError:
            return Reply(status=400, body=b"invalid_payload")
        if found := list(problems(payload)):
            self.complaints += found
            return Reply(status=400, body=b"no_text" if found == ["no text"] else b"invalid_blocks")
        self._last[post.path] = self.clock()
        self.messages.append(payload)
        return Reply()

    def _answer_bot(self, post: Post) -> Reply:
        """Web API: 200 whatever happens, and the truth in the body."""
        payload = json.loads(post.body)
        found = list(problems(payload))
        self.complaints += found
        error = self.bot_errors.get(payload.get("channel", ""), "invalid_blocks" if found else "")
        if post.headers.get("Authorization") != f"Bearer {BOT_TOKEN}":
            error = "invalid_auth"
        if error:
            return Reply(body=json.dumps({"ok": False, "error": error}).encode())
        self.messages.append(payload)
        return Reply(body=json.dumps({"ok": True, "channel": "C1"}).encode())

    def __enter__(self) -> Self:
        self.box.__enter__()
        return self

    def __exit__(self, *error: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.box.__exit__(*error)


def problems(payload: dict[str, Any]) -> Iterator[str]:
    """Yield everything in a message that Slack (or a reader) would not accept."""
    text = payload.get("text", "")
    if not text.strip():
        yield "no text"
    if "\n" in text and payload.get("blocks"):
        yield "the fallback is more than one line"
    yield from _text(text, 40_000, "text")
    attachments = payload.get("attachments", [])
    blocks = [*payload.get("blocks", []), *(block for one in attachments for block in one.get("blocks", []))]
    if len(blocks) > 50:
        yield f"{len(blocks)} blocks"
    for one in attachments:
        if not re.fullmatch(r"#[0-9a-f]{6}", one.get("color", "")):
            yield "no colour"
    if written(blocks) > 9500:
        yield f"{written(blocks)} characters in all (msg_blocks_too_long)"
    if len(attachments) > 100:
        yield f"{len(attachments)} attachments"
    for block in blocks:
        yield from _block(block)


def written(value: object) -> int:
    """Count the characters of every text in it."""
    if isinstance(value, dict):
        own = value.get("text")
        rest = sum(written(part) for part in value.values())
        return rest + (len(own) if isinstance(own, str) else 0)
    return sum(map(written, value)) if isinstance(value, list) else 0


def _block(block: dict[str, Any]) -> Iterator[str]:
    kinds = {"header": _header, "section": _section, "context": _context, "actions": _actions}
    if block.get("type") not in kinds:
        yield f"unknown block {block.get('type')}"
        return
    yield from kinds[block["type"]](block)


def _header(block: dict[str, Any]) -> Iterator[str]:
    if block["text"]["type"] != "plain_text":
        yield "a header is plain_text"
    yield from _text(block["text"]["text"], 150, "header")


def _section(block: dict[str, Any]) -> Iterator[str]:
    if "text" not in block and not block.get("fields"):
        yield "an empty section"
    if "text" in block:
        yield from _text(block["text"]["text"], 3000, "section")
    fields = block.get("fields", [])
    if len(fields) > 10:
        yield f"{len(fields)} fields"
    for one in fields:
        yield from _text(one["text"], 2000, "field")


def _context(block: dict[str, Any]) -> Iterator[str]:
    if not 1 <= len(block["elements"]) <= 10:
        yield "a context has 1 to 10 elements"
    for element in block["elements"]:
        yield from _text(element["text"], 2000, "context")


def _actions(block: dict[str, Any]) -> Iterator[str]:
    if not 1 <= len(block["elements"]) <= 25:
        yield "actions have 1 to 25 elements"
    names = [element.get("action_id") for element in block["elements"]]
    if len(set(names)) != len(names):
        yield "action ids are not unique"
    for element in block["elements"]:
        yield from _text(element["text"]["text"], 75, "button")
        if len(element["action_id"]) > 255:
            yield "an action id is too long"
        if not element["url"].startswith(("http://", "https://")) or len(element["url"]) > 3000:
            yield "a button's url"


def _text(text: str, limit: int, place: str) -> Iterator[str]:
    if not text.strip() and place != "text":
        yield f"{place}: empty"
    if len(text) > limit:
        yield f"{place}: {len(text)} characters"
    if UNESCAPED.search(text):
        yield f"{place}: not escaped"
    if text.count("```") % 2:
        yield f"{place}: a code block is not closed"
