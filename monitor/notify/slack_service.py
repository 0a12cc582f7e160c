"""Apprise's Slack with our dress, and with Slack's answer kept: only it tells for ever from for now."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import requests
from apprise.plugins.slack import NotifySlack, SlackMode
from urllib3.exceptions import ProtocolError

from monitor.errors import NotifyError
from monitor.notify import slack

ADDRESS = ("channel", "username", "thread_ts")  # what Apprise puts in for a channel; the rest is ours

# Docs.slack.dev: "Sending messages using incoming webhooks" (errors), "chat.postMessage" (errors).
UNREADABLE = frozenset(
    {
        "invalid_payload",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_attachments",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
    }
)
BOT_FOR_EVER = frozenset(
    {
        "account_inactive",
        "channel_not_found",
        "ekm_access_denied",
        "invalid_auth",
        "is_archived",
        "missing_scope",
        "no_permission",
        "not_authed",
        "not_in_channel",
        "restricted_action",
        "token_expired",
        "token_revoked",
    }
)
NOT_FOR_EVER = frozenset({408, 425, 429})  # the rest of 4xx: wrong token, archived channel, no such hook


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What Slack said to one post; ``status`` None: nothing, and ``words`` say why."""

    status: int | None
    words: str
    accepted: bool
    permanent: bool = False
    hopeless: bool = False
    unsure: bool = False
    retry_after: float | None = None


class Answers(list[Answer]):
    """Slack's answers to one message."""

    def settle(self, redact: Callable[[str], str]) -> str:
        """Return Slack's words if it took the message, else raise NotifyError."""
        refused = [answer for answer in self if not answer.accepted]
        words = "; ".join(dict.fromkeys(redact(_in_words(answer)) for answer in refused or self))
        if not refused:
            return words
        waits = [answer.retry_after for answer in refused if answer.retry_after is not None]
        raise NotifyError(
            f"Slack: {words}",
            permanent=all(answer.permanent for answer in refused),
            hopeless=all(answer.hopeless for answer in refused),
            unsure=any(answer.unsure for answer in refused),
            retry_after=max(waits, default=None),
        )


class SlackService(NotifySlack):
    """``slack://``, sending Block Kit."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]  # Apprise declares no types here
        # One sending is one thread; one that was given up may still run beside the next.
        self._carried = threading.local()

    @contextlib.contextmanager
    def carrying(self, payload: slack.Json, bare: slack.Json) -> Iterator[Answers]:
        """Send ``payload`` instead of what Apprise passes on, in this thread; collect what Slack answers.

        ``bare`` is for a Slack that does not accept blocks.
        """
        self._carried.payload, self._carried.bare, self._carried.answers = payload, bare, Answers()
        try:
            yield self._carried.answers
        finally:
            del self._carried.payload, self._carried.bare, self._carried.answers

    def _send(self, url: str, payload: dict[str, Any], *_: object, **__: object) -> dict[str, Any] | bool:
        """Post to one channel. Returns Slack's JSON (or a stand-in) when it was taken, else False."""
        self.throttle()  # type: ignore[no-untyped-call]  # Apprise declares no types here
        dressed, bare = self._carried.payload, self._carried.bare
        address = {name: payload[name] for name in ADDRESS if name in payload}
        if self.mode in (SlackMode.WORKFLOW, SlackMode.WORKFLOW_TRIGGER):
            answer = self._post(url, bare)  # a workflow knows the variables it declares, no blocks
        else:
            answer = self._post(url, dressed | address)
        if not answer.accepted and answer.words in UNREADABLE:
            answer = self._post(url, bare | address)  # better undressed than not at all
        self._carried.answers.append(answer)
        return {"ok": True} if answer.accepted else False

    def _post(self, url: str, body: dict[str, Any]) -> Answer:
        headers = {"User-Agent": "webhook-monitor", "Content-Type": "application/json; charset=utf-8"}
        if self.mode == SlackMode.BOT:
            headers["Authorization"] = f"Bearer {self.access_token}"
        try:
            response = requests.post(
                url,
                data=json.dumps(body).encode(),
                headers=headers,
                verify=self.verify_certificate,
                timeout=self.request_timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            # Never its own words: they quote the URL, and in it the token.
            words, unsure = f"no answer ({type(error).__name__})", _may_have_arrived(error)
            return Answer(status=None, words=words, accepted=False, unsure=unsure)
        return self._read(response)

    def _read(self, response: requests.Response) -> Answer:
        status: int = response.status_code
        words = " ".join(response.content[:200].decode(errors="replace").split()) or "no words"
        retry_after = _seconds(response.headers.get("Retry-After"))
        if self.mode == SlackMode.BOT and status == 200:
            told = _told(response)
            words = "ok" if told.get("ok") else str(told.get("error") or "no reason given")
            return Answer(
                status=status,
                words=words,
                accepted=bool(told.get("ok")),
                permanent=words in BOT_FOR_EVER,
                hopeless=words in UNREADABLE,
                retry_after=retry_after,
            )
        return Answer(
            status=status,
            words=words,
            accepted=status == 200,
            permanent=400 <= status < 500 and status not in NOT_FOR_EVER and words not in UNREADABLE,
            hopeless=400 <= status < 500 and words in UNREADABLE,
            retry_after=retry_after,
        )


def _may_have_arrived(error: requests.RequestException) -> bool:
    """Return whether Slack may have taken what it did not answer: the connection stood."""
    if isinstance(error, requests.Timeout):
        return not isinstance(error, requests.ConnectTimeout)
    aborted = error.args and isinstance(error.args[0], ProtocolError)
    return isinstance(error, requests.ConnectionError) and bool(aborted)


def _in_words(answer: Answer) -> str:
    return f"{answer.status} {answer.words}" if answer.status else answer.words


def _told(response: requests.Response) -> dict[str, Any]:
    try:
        told = response.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _seconds(value: str | None) -> float | None:
    """Slack gives seconds. A date, or anything else, is no better than our own backoff."""
    try:
        return max(0.0, float(value)) if value else None
    except ValueError:
        return None
