"""A payload of Block Kit as Slack shows it, near enough to judge the words and what is where."""

import html
import re
from typing import Any

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><style>
body { margin: 0; background: #fff; color: #1d1c1d; font: 15px/1.46 Lato, Arial, sans-serif; }
.message { display: flex; gap: 10px; padding: 14px 18px; width: 640px; box-sizing: border-box; }
.face { width: 36px; height: 36px; border-radius: 8px; background: #4a154b; color: #fff; font: bold 18px/36px
  sans-serif; text-align: center; flex: none; }
.who { font-weight: 900; } .who span { font: 12px sans-serif; color: #616061; }
.app { background: #eee; border-radius: 2px; padding: 1px 3px; font-size: 10px !important; }
.header { font-size: 18px; font-weight: 900; line-height: 1.33; margin: 6px 0 8px; overflow-wrap: anywhere; }
.attachment { border-left: 4px solid; border-radius: 2px; padding-left: 12px; }
.section, .fields, .actions, .context { margin: 0 0 8px; overflow-wrap: anywhere; }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 16px; }
pre { margin: 4px 0; padding: 8px; background: #f8f8f8; border: 1px solid #ddd; border-radius: 4px;
  font: 12px/1.5 Menlo, "Liberation Mono", monospace; white-space: pre-wrap; }
.actions a { display: inline-block; margin: 0 8px 4px 0; padding: 0 12px; border: 1px solid #bbb;
  border-radius: 4px; font: bold 13px/28px sans-serif; color: #1d1c1d; text-decoration: none; }
.context { font-size: 12px; color: #616061; }
</style></head><body><div class="message"><div class="face">W</div><div>
<div class="who">webhook-monitor <span class="app">APP</span> <span>15:02</span></div>
%s
</div></div></body></html>"""


def page(payload: dict[str, Any]) -> str:
    parts = [_block(block) for block in payload["blocks"]]
    for attachment in payload["attachments"]:
        inner = "".join(_block(block) for block in attachment["blocks"])
        parts.append(f'<div class="attachment" style="border-color:{attachment["color"]}">{inner}</div>')
    return PAGE.replace("%s", "".join(parts))


def _block(block: dict[str, Any]) -> str:
    match block["type"]:
        case "header":
            return f'<div class="header">{_plain(block["text"]["text"])}</div>'
        case "section" if "fields" in block:
            fields = "".join(f"<div>{_mrkdwn(field['text'])}</div>" for field in block["fields"])
            return f'<div class="fields">{fields}</div>'
        case "section":
            return f'<div class="section">{_mrkdwn(block["text"]["text"])}</div>'
        case "actions":
            buttons = "".join(f'<a href="#">{_plain(one["text"]["text"])}</a>' for one in block["elements"])
            return f'<div class="actions">{buttons}</div>'
        case "context":
            return f'<div class="context">{"".join(_mrkdwn(one["text"]) for one in block["elements"])}</div>'
        case other:
            raise ValueError(f"no picture of a block {other}")


def _mrkdwn(text: str) -> str:
    """Slack's own escapes are HTML's; a label is bold, a fence is code."""
    before, fence, rest = text.partition("```")
    code, _, after = rest.partition("```")
    shown = re.sub(r"^\*(.+)\*$", r"<b>\1</b>", before, flags=re.MULTILINE).replace("\n", "<br>")
    return f"{shown}<pre>{code}</pre>{_mrkdwn(after)}" if fence else shown


def _plain(text: str) -> str:
    return html.escape(html.unescape(text))
