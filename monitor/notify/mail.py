"""A message as HTML that common mail clients render alike: no style sheet, no table, no image.

Apprise derives the text part from it, so each link is shown as its address, each fact is one line, and what
only the text needs is there unseen: white space between blocks is a blank line, a line of evidence has a bar.
"""

from html import escape

from monitor.core.model import Message

COLOURS = {"red": "#c0392b", "amber": "#b9770e", "green": "#1e8449", "grey": "#5d6d7e"}
FRAME = "font-family:sans-serif;font-size:15px;line-height:1.45;color:#1c2833"
CODE = "background:#f4f6f7;border:1px solid #d5d8dc;padding:8px;white-space:pre-wrap;font-size:13px"

BAR = '<span style="display:none">| </span>'


def html(message: Message) -> str:
    colour = COLOURS.get(message.colour, COLOURS["grey"])
    blocks = (
        f'<h2 style="font-size:18px;color:{colour}">{escape(message.headline)}</h2>',
        f"<p>{_lines(message.explanation)}</p>" if message.explanation else "",
        _facts(message),
        _evidence(message),
        _links(message),
    )
    inner = "\n".join(block for block in blocks if block)
    bar = f"border-left:6px solid {colour};padding:4px 0 4px 16px"
    return f'<html><body style="{FRAME}"><div style="{bar}">{inner}</div></body></html>'


def _facts(message: Message) -> str:
    facts = (f"<b>{escape(label)}:</b> {_value(value)}" for label, value in message.facts)
    joined = "<br>".join(facts)
    return f"<p>{joined}</p>" if joined else ""


def _value(value: str) -> str:
    return ("<br>" if "\n" in value else "") + _lines(value)


def _evidence(message: Message) -> str:
    if message.evidence is None:
        return ""
    lines = [message.evidence.summary, *message.evidence.excerpt.splitlines()]
    shown = "\n".join(f"{BAR}{escape(line)}" for line in lines if line)
    return f'<pre style="{CODE}">{shown}</pre>'


def _links(message: Message) -> str:
    links = "<br>".join(
        f'<b>{escape(link.label)}:</b> <a href="{escape(link.url)}">{escape(link.url)}</a>'
        for link in message.links
    )
    return f"<p>{links}</p>" if links else ""


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
