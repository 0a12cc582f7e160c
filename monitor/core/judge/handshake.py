"""Handshake: does the listener answer the provider's challenge as the provider wants it?"""

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import parse_qs

from monitor.core.document import MISSING, parsed, value_at
from monitor.core.judge.delivery import judge_failure, retry_after
from monitor.core.judge.expectation import status_matches
from monitor.core.judge.phrases import answer_in_words, in_words
from monitor.core.judge.verdicts import accepted, down, inconclusive
from monitor.core.model import Handshake, Monitor, Reason, Reply, Verdict
from monitor.core.template import fill, to_bytes


def judge_handshake(reply: Reply, monitor: Monitor, challenge: str) -> Verdict:
    """Judge the answer to a challenge. Being unreachable is told as it is: the provider cannot ask either."""
    asked = monitor.provider.handshake
    if asked is None:
        return inconclusive("this provider sends no handshake")
    if reply.failure is not None:
        return judge_failure(reply.failure, reply, monitor)
    if reply.http_status == 429:
        words = f"{answer_in_words(reply)}: turned away unread"
        return inconclusive(words, retry_after=retry_after(reply))
    within = (asked.within or monitor.expect.within).total_seconds()
    if reply.phases.total > within:
        late = f"{answer_in_words(reply)} to the challenge: the provider waits {in_words(within)}"
        return down(Reason.HANDSHAKE_FAILED, late)
    problem = _problem(reply, asked, answers(monitor, challenge))
    if problem:
        return down(Reason.HANDSHAKE_FAILED, f"{answer_in_words(reply)} to the challenge, but {problem}")
    return accepted(f"{answer_in_words(reply)} to the challenge, as it should be answered")


def answers(monitor: Monitor, challenge: str) -> Mapping[str, str]:
    """Return what an answer may have to hold: the challenge, the proof of the secret, and what was sent."""
    key = to_bytes(monitor.secrets[0].reveal()) if monitor.secrets else b""
    proof = hmac.new(key, challenge.encode(), hashlib.sha256).hexdigest()
    asked = monitor.provider.handshake
    sent = {name.lower(): value for name, value in (*(asked.headers if asked else ()), *monitor.headers)}
    headers = {f"header:{name}": value for name, value in sent.items()}
    return {"challenge": challenge, "proof": proof, **headers}


def _problem(reply: Reply, asked: Handshake, values: Mapping[str, str]) -> str | None:
    if not status_matches(reply.http_status or 0, asked.statuses):
        return f"the provider wants {' or '.join(asked.statuses)}"
    if asked.empty and reply.body.strip():
        return "the body should be empty"
    if asked.echo and not _echoes(reply.body, values["challenge"]):
        return "the body does not bring the challenge back"
    return _json_problem(reply, asked, values) or _header_problem(reply, asked, values)


def _echoes(body: str, challenge: str) -> bool:
    """As plain text, or named ``challenge`` in JSON or in a form."""
    if body.strip() == challenge:
        return True
    document = parsed(body)
    return (
        document == challenge
        or value_at(document, "challenge") == challenge
        or parse_qs(body).get("challenge") == [challenge]
    )


def _json_problem(reply: Reply, asked: Handshake, values: Mapping[str, str]) -> str | None:
    if not asked.json:
        return None
    document = parsed(reply.body)
    if document is MISSING:
        return "the body is not JSON"
    for path, template in asked.json:
        found = value_at(document, path)
        if found is MISSING:
            return f"the body has no {path}"
        if str(found) != fill(template, values):
            return f"{path} in the body is not what it should be"
    return None


def _header_problem(reply: Reply, asked: Handshake, values: Mapping[str, str]) -> str | None:
    for name, template in asked.answer_headers:
        found = reply.header(name)
        if found is None:
            return f"the header {name} is missing"
        if found.strip() not in {fill(template, values), "*"}:
            return f"the header {name} names somebody else"
    return None
