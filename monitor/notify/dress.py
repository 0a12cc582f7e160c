"""The words around a message: our templates, or the operator's by the same name.

A template of the operator's that fails is told to the log, and ours takes its place: no alert is lost for
words. Loads Jinja2 and nothing of Apprise.
"""

import re
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import structlog
from jinja2 import ChoiceLoader, FunctionLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from monitor.core.alert import examples
from monitor.core.model import TEMPLATES, BadTemplate, Evidence, Link, Message, Site
from monitor.notify import slack
from monitor.notify.mail import Letter, thread_of

log = structlog.get_logger()

HERE = Path(__file__).parent / "templates"
OURS = "ours/"  # how a template of the operator's names the one that it extends
ONE_LINE = frozenset({"headline.txt", "subject.txt", "footer.txt"})
FIRST = frozenset({"headline.txt", "footer.txt"})  # what the others are given, ready
MAY_BE_EMPTY = frozenset({"footer.txt", "plain.txt"})  # a headline may say it all
LONGEST_LINE = 300  # a headline is read on a phone; a subject is one header

# What no service shows and some choke on: control characters but tab and newline, and halves of characters.
UNSPEAKABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Broken(Exception):
    """A template failed: ``line`` counts from 1, and the words name no value of a message."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class Dressed:
    """A message as one notifier sends it: harmless, and with the headline as it is sent.

    ``words`` renders the template of that name; ``thread`` is unique to this site and notifier.
    """

    message: Message
    thread: str
    words: Callable[[str], str]


class Dress:
    """The templates of one configuration. ``own``: the operator's, by name."""

    def __init__(self, site: Site, own: Mapping[str, str]) -> None:
        self._site = site
        self._own = own
        self._ours = _environment({})
        self._theirs = _environment(own) if own else self._ours

    def on(self, message: Message, notifier: str) -> Dressed:
        """Return a message in its words."""
        clean = harmless(message)
        about = _about(clean, self._site, notifier)
        headline = self._render("headline.txt", about)
        told = replace(clean, headline=headline)
        about |= {"headline": headline, "footer": self._render("footer.txt", about)}
        return Dressed(
            message=told,
            thread=thread_of(told.thread, self._site.name, notifier),
            words=lambda name: self._render(name, about),
        )

    def judge(self) -> tuple[BadTemplate, ...]:
        """Return what is wrong with each of the operator's templates: it must render every example."""
        found: dict[str, BadTemplate] = {}
        for example in examples(self._site).values():
            about = _about(harmless(example.message), self._site, "oncall")
            for name in self._own.keys() - found.keys():
                try:
                    _rendered(self._theirs, name, about if name in FIRST else {**about, "footer": "us"})
                except Broken as error:
                    found[name] = BadTemplate(name=name, line=error.line, why=str(error))
        return tuple(found[name] for name in sorted(found))

    def _render(self, name: str, about: Mapping[str, Any]) -> str:
        try:
            return _rendered(self._theirs, name, about)
        except Broken as error:
            log.error(  # noqa: TRY400  the traceback is of the template's making
                "a template failed; ours takes its place", template=name, line=error.line, why=str(error)
            )
        return _rendered(self._ours, name, about)


def as_slack(told: Dressed) -> tuple[slack.Json, slack.Json]:
    """Return the payload, and the one without blocks."""
    headline, text = told.message.headline, told.words("plain.txt")
    return slack.payload(told.message, told.words("footer.txt")), slack.bare(headline, text)


def as_letter(told: Dressed) -> Letter:
    """Return what is mailed."""
    return Letter(
        subject=told.words("subject.txt"),
        text=told.words("mail.txt"),
        html=told.words("mail.html"),
        thread=told.thread,
        first=told.message.first,
    )


def harmless(message: Message) -> Message:
    """Return a message without what no service can carry. A headline is one line."""
    clean = _clean
    evidence = message.evidence
    return replace(
        message,
        headline=_one_line(clean(message.headline)) or "(no headline)",
        explanation=clean(message.explanation),
        facts=tuple((_one_line(clean(label)), clean(value)) for label, value in message.facts),
        evidence=evidence and Evidence(summary=clean(evidence.summary), excerpt=clean(evidence.excerpt)),
        links=tuple(_harmless_link(link) for link in message.links),
    )


def _harmless_link(link: Link) -> Link:
    return Link(label=_one_line(_clean(link.label)) or "Link", url=_clean(link.url))


def _clean(text: str) -> str:
    return UNSPEAKABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip("\n ")


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…"


def _about(message: Message, site: Site, notifier: str) -> dict[str, Any]:
    """Return the variables that docs/alerts.md promises."""
    return {
        "headline": message.headline,
        "word": message.headline.split(" ", 1)[0].rstrip(":"),
        "colour": message.colour,
        "explanation": message.explanation,
        "facts": message.facts,
        "fact": dict(message.facts),
        "evidence": message.evidence and asdict(message.evidence),
        "links": [asdict(link) for link in message.links],
        "site": {"name": site.name, "url": site.url},
        "notifier": notifier,
    }


def _environment(own: Mapping[str, str]) -> ImmutableSandboxedEnvironment:
    """Return where templates live: the operator's before ours, and ours under a name of their own."""

    def theirs(name: str) -> tuple[str, str, None] | None:
        return (own[name], name, None) if name in own else None

    def ours(name: str) -> tuple[str, str, None] | None:
        known = name.removeprefix(OURS)
        return (
            ((HERE / known).read_text(encoding="utf-8"), OURS + known, None) if known in TEMPLATES else None
        )

    return ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([FunctionLoader(theirs), FunctionLoader(ours)]),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _rendered(environment: ImmutableSandboxedEnvironment, name: str, about: Mapping[str, Any]) -> str:
    try:
        text = _clean(environment.get_template(name).render(about)).strip()
    except TemplateSyntaxError as error:
        raise Broken(error.lineno, error.message or "cannot be understood") from None
    except Exception as error:  # noqa: BLE001  a template is a program: it may raise anything
        raise Broken(_line_of(error, name), _in_words(error)) from None
    if name in ONE_LINE:
        text = _one_line(text)
    if not text and name not in MAY_BE_EMPTY:
        raise Broken(1, "comes out empty")
    return text


def _line_of(error: Exception, name: str) -> int:
    """Jinja2 puts the template's own lines into the traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno or 1 for frame in reversed(frames) if frame.filename == name), 1)


def _in_words(error: Exception) -> str:
    """An error of Jinja2 names what is missing; any other may quote a message."""
    return str(error) if isinstance(error, TemplateError) else f"fails with {type(error).__name__}"
