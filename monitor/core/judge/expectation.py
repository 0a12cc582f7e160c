"""What counts as acknowledged: the provider's rule, or the operator's."""

from collections.abc import Sequence

from monitor.core.document import MISSING, parsed, value_at
from monitor.core.model import Expectation, Reply

TURNED_AWAY = frozenset({408, 429})  # whoever answers so has not looked at the event


def status_matches(status: int, wanted: Sequence[str]) -> bool:
    """Return whether a status is one of these: exact ("202") or a class ("2xx")."""
    return str(status) in wanted or f"{status // 100}xx" in wanted


def is_html_page(reply: Reply) -> bool:
    """Return whether the body is a page for people: a firewall's, a login, a default site.

    The content type alone proves nothing: PHP, Flask and Django call an empty body or "ok" text/html too.
    """
    start = reply.body.lstrip("\ufeff \t\r\n")[:15].lower()
    declared = "html" in (reply.header("content-type") or "").lower()
    return start.startswith(("<!doctype html", "<html")) or (declared and start.startswith("<"))


def broken_rule(reply: Reply, expect: Expectation) -> str | None:
    """Return which rule about body or headers this answer breaks, in words; None where it keeps all.

    The words name paths and headers, never the values wanted: those may come from a secret variable.
    """
    if expect.body_contains is not None and expect.body_contains not in reply.body:
        return "the body does not contain the expected text" + _cut_off(reply)
    for name, value in expect.headers:
        if (name, value) not in reply.headers:
            missing = reply.header(name) is None
            return f"the header {name} is missing" if missing else f"the header {name} has another value"
    if expect.content_types and reply.body and not _is_one_of(reply, expect.content_types):
        return f"the body is not {' or '.join(expect.content_types)}"
    return _broken_json_rule(reply, expect)


def _is_one_of(reply: Reply, content_types: Sequence[str]) -> bool:
    declared = (reply.header("content-type") or "").partition(";")[0].strip().lower()
    return declared in content_types


def _broken_json_rule(reply: Reply, expect: Expectation) -> str | None:
    if not expect.json:
        return None
    document = parsed(reply.body)
    if document is MISSING:
        return "the body is not JSON" + _cut_off(reply)
    for path, wanted in expect.json:
        found = value_at(document, path)
        if found is MISSING:
            return f"the body has no {path}"
        if not _same(found, wanted):
            return f"{path} in the body has another value"
    return None


def _cut_off(reply: Reply) -> str:
    """Say so where the rule may be kept further on: the evidence will not show it."""
    return f" in the first {len(reply.body)} characters, which is all that is read" if reply.truncated else ""


def _same(found: object, wanted: object) -> bool:
    """Compare as JSON does: 1 and 1.0 are one number, 1 and true are not one value."""
    return isinstance(found, bool) is isinstance(wanted, bool) and found == wanted
