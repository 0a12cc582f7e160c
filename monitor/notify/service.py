"""One Apprise service, opened: dresses a message for it, sends it, reads what came of it. All blocks."""

import logging
import re
import threading
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import apprise
from apprise.common import NotifyFormat, NotifyType, OverflowMode
from apprise.manager_plugins import NotificationManager
from apprise.plugins import url_to_dict
from apprise.plugins.base import NotifyBase
from apprise.result import AppriseResult, AppriseResultStatus
from apprise.utils.parse import parse_emails, parse_list

from monitor.core.model import Message, Notifier
from monitor.core.redact import Redactor
from monitor.errors import NotifyError
from monitor.notify import smtp
from monitor.notify.dress import Dress, as_letter, as_slack
from monitor.notify.mail_service import MailService
from monitor.notify.slack_service import SlackService

SCHEMA = re.compile(r"\s*([A-Za-z0-9+_.-]{1,32})://")
TYPES = {"red": NotifyType.FAILURE, "amber": NotifyType.WARNING, "green": NotifyType.SUCCESS}
SECONDS_TO_ANSWER = 10.0  # Apprise waits four; an answer that comes later would be told twice
MAIL = ("mailto", "mailtos")  # whose targets have names with spaces
SHORTEST = 6  # parts of a URL below this are words, not secrets


def opened(notifier: Notifier, dress: Dress, slack_url: str | None = None) -> "Service | str":
    """Return the service behind a notifier's URL, or what is wrong with that URL, without a secret in it."""
    _quiet()
    _teach()
    url = notifier.url.reveal()
    plugin = _instantiated(url, notifier.target)
    if plugin is None:
        return _refused(url)
    if plugin.overflow_mode is OverflowMode.UPSTREAM:
        plugin.overflow_mode = OverflowMode.TRUNCATE  # too long for a service is worse than cut
    plugin.socket_read_timeout = max(plugin.socket_read_timeout, SECONDS_TO_ANSWER)
    if isinstance(plugin, MailService):
        plugin.request_rate_per_sec = 0.0  # the outbox paces; a critical alert does not wait 5.5 s
    if isinstance(plugin, SlackService) and slack_url is not None:
        plugin.webhook_url = slack_url
        plugin.api_url = slack_url + "/{}"
    return Service(plugin, Redactor(_secrets(url)), dress, notifier.name)


def how_many(notifier: Notifier) -> int | None:
    """Return how many targets the URL of a notifier names; None for several that cannot be told apart."""
    url = notifier.url.reveal()
    whole = _instantiated(url, None)
    count = len(whole) if whole else 1
    if count == 1:
        return count
    parts = [_instantiated(url, target) for target in range(count)]
    told_apart = len(_targets(url)) == count and all(part is not None and len(part) == 1 for part in parts)
    return count if told_apart else None


def _instantiated(url: str, target: int | None) -> NotifyBase | None:
    """Return what Apprise makes of a URL, or of one of its targets alone."""
    # No time limit of its own: with one, Apprise would send from a pool of threads that all services share.
    asset = apprise.AppriseAsset(
        app_id="webhook-monitor", app_desc="webhook-monitor", app_url="", async_mode=False, service_timeout=0
    )
    if target is None:
        return apprise.Apprise.instantiate(url, asset=asset)
    alone = _parsed(url) | {"targets": _targets(url)[target : target + 1]}
    return apprise.Apprise.instantiate(alone, asset=asset)


def _targets(url: str) -> list[str]:
    parsed = _parsed(url)
    split: Callable[[str], list[str]] = partial(parse_list, sort=False)
    if parsed["schema"] in MAIL:
        split = parse_emails
    found = (target for words in parsed.get("targets") or () for target in split(words))
    return list(dict.fromkeys(found))  # in the order of the URL: the second is the second tomorrow


def _parsed(url: str) -> dict[str, Any]:
    parsed: dict[str, Any] = url_to_dict(url)
    return parsed


class Service:
    """An open notifier."""

    def __init__(self, plugin: NotifyBase, redactor: Redactor, dress: Dress, name: str) -> None:
        self._plugin = plugin
        self._redactor = redactor
        self._dress = dress
        self._name = name
        self._apprise = apprise.Apprise(plugin, asset=plugin.asset)
        self._taken = _Taken()
        plugin.mark_delivered = self._taken.count  # type: ignore[method-assign]  # one call for each target

    def send(self, message: Message) -> str:
        """Return what the service answered in a few words, or raise NotifyError."""
        self._taken.targets = 0
        told = self._dress.on(message, self._name)
        if isinstance(self._plugin, SlackService):
            with self._plugin.carrying(*as_slack(told)) as answers:
                result = self._notify(told.message, told.message.headline, NotifyFormat.TEXT)
            if answers:
                return answers.settle(self._redactor.text)
        elif isinstance(self._plugin, MailService):
            letter = as_letter(told)
            with self._plugin.carrying(letter) as refusals:
                result = self._notify(told.message, letter.html, NotifyFormat.HTML)
            if refusals:
                said = self._redactor.text(smtp.said(refusals[-1]))
                raise NotifyError(f"E-Mail: {said}", permanent=smtp.dead(refusals[-1]))
        else:
            text = told.words("plain.txt") or told.message.headline
            result = self._notify(told.message, text, NotifyFormat.TEXT)
        return self._read(result)

    def _notify(self, message: Message, body: str, form: NotifyFormat) -> AppriseResult:
        return self._apprise.notify(
            body=body,
            title=message.headline,
            body_format=form,
            notify_type=TYPES.get(message.colour, NotifyType.INFO),
        )

    def _read(self, result: AppriseResult) -> str:
        """Apprise says no more than whether; its last word is kept for a person to read, never judged."""
        if result.status is AppriseResultStatus.SUCCESS:
            return f"accepted by {self._plugin.service_name} in {result.elapsed:.1f} s"
        said = [entry.message for one in result.results for entry in one.logs()]
        words = self._redactor.text(said[-1])[:300] if said else "did not take it and did not say why"
        if self._taken.targets:
            # They cannot be told apart: another try would go to all, every few minutes for a day.
            some = f"{self._taken.targets} of its targets took it, others did not"
            raise NotifyError(f"{self._plugin.service_name}: {some} ({words})", hopeless=True)
        raise NotifyError(f"{self._plugin.service_name}: {words}")


class _Taken(threading.local):
    """How many targets took the message that this thread is sending."""

    targets = 0

    def count(self, key: object, per_message: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002  Apprise's
        self.targets += not per_message


def _quiet() -> None:
    """Keep what Apprise and requests log to themselves: it holds URLs, and so tokens."""
    for name in ("apprise", "urllib3"):
        logger = logging.getLogger(name)
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


def _teach() -> None:
    """Make ``slack://`` and ``mailto://`` mean our own dress."""
    known = NotificationManager()
    for ours, schemas in ((SlackService, ("slack",)), (MailService, MAIL)):
        if any(known[schema] is not ours for schema in schemas):
            known.add(ours, schemas=schemas, force=True)


def _refused(url: str) -> str:
    found = SCHEMA.match(url)
    if found is None:
        return "not an Apprise URL (service://…)"
    schema = found[1].lower()
    known = NotificationManager()
    if schema in ("http", "https"):
        return f"an {schema}:// URL that Apprise does not recognise as any service's"
    if schema not in known:
        return f"{schema}:// is no service that Apprise knows"
    forms = " or ".join(str(form).format_map(_Named(schema)) for form in known[schema].templates[:2])
    return f"Apprise does not accept this {schema}:// URL; it looks like {forms}"


class _Named(dict[str, str]):
    """Fills ``{schema}`` and leaves every other name of a URL template as it is."""

    def __init__(self, schema: str) -> None:
        super().__init__(schema=schema)

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def _secrets(url: str) -> set[str]:
    """Return every part of a URL that may be a secret. A name with a dot in it is a host, not a token."""
    try:
        parts = urlsplit(url)
    except ValueError:  # Apprise is more patient with brackets
        return {url}
    userinfo, _, host = parts.netloc.rpartition("@")
    pieces = [
        *re.split(r"[:@]", userinfo),
        *parts.path.split("/"),
        *(value for _, value in parse_qsl(parts.query)),
    ]
    if "." not in host:
        pieces.append(host.partition(":")[0])
    secrets = {piece for part in pieces for piece in (part, unquote(part)) if len(piece) >= SHORTEST}
    return {url, *secrets}
