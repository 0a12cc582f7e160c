"""What the parts of a monitor must mean together. What is told already is left alone."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from monitor.config import build
from monitor.config.files import Files, Unusable
from monitor.config.findings import Scope
from monitor.config.kinds import FileSource
from monitor.config.scalars import quotable, suggestion
from monitor.config.shapes import MonitorShape
from monitor.config.tree import Listing, Path, Table, Text, step
from monitor.core.keys import key_problem, proof_headers, scheme_problem
from monitor.core.model import Check, Monitor, Scheme
from monitor.core.redact import Redactor
from monitor.core.summary import worst_case_detection

SHORTEST_SECRET = 8
PROMISE = timedelta(seconds=55)  # later than this, the first alert does not leave within a minute
_NOTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://.")
_TOKEN_SERVICES = (
    "slack",
    "discord",
    "tgram",
    "pagerduty",
    "opsgenie",
    "msteams",
    "pover",
    "sendgrid",
    "twilio",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A monitor that may have faults: ``bad`` are the keys already told, ``own`` is without defaults."""

    scope: Scope
    shape: MonitorShape
    bad: frozenset[str]
    own: Table
    files: Files
    notifiers: frozenset[str]


def judge(draft: Draft) -> None:
    """Tell every problem that shows only when the keys are read together."""
    _identity(draft)
    _signature(draft)
    _secrets(draft)
    _event(draft)
    _headers(draft)
    _timing(draft)
    _checks(draft)
    _tls(draft)
    _notify(draft)


def judge_expectation(scope: Scope, monitor: Monitor) -> None:
    """Tell an expected value that is taken out of answers before they are judged: it is never found."""
    expect, hidden = monitor.expect, (*monitor.secrets, *monitor.hidden)
    wanted: list[tuple[Path, object]] = [(("expect", "body", "contains"), expect.body_contains)]
    wanted += [(("expect", "json", path), value) for path, value in expect.json]
    wanted += [(("expect", "header", name), value) for name, value in expect.headers]
    texts = [(path, value) for path, value in wanted if isinstance(value, str)]
    redactor = Redactor(secret.reveal() for secret in hidden) if texts else None
    for path, value in texts:
        if redactor is not None and redactor.text(value) != value:
            scope.problem(
                path, "holds something that is hidden in answers (a secret, a value of a URL's query)"
            )


def advise(scope: Scope, monitor: Monitor) -> None:
    """Warn of what is valid, but keeps less than the promise."""
    if not monitor.enabled:
        return
    if "notify" not in _table(scope):
        scope.warning((), "nobody is told when this monitor fails: name notifiers in `notify:`, or write []")
    if not any(plan.check is Check.DELIVERY for plan in monitor.checks):
        return
    worst = worst_case_detection(monitor)
    if worst > PROMISE:
        path: Path = next(((key,) for key in ("interval", "timeout") if key in _table(scope)), ())
        scope.warning(
            path,
            f"an outage is noticed only after {spoken(worst)} at worst, so the first alert can be later than"
            " a minute: shorten interval, timeout or confirm_interval, or lower down_after",
        )


def judge_address(scope: Scope, url: Text) -> bool:
    """Return whether it can be the URL of a notifier at all. Warn of one that shows its secret."""
    if not _NOTIFIER.match(url):
        scope.problem(("url",), "needs an Apprise URL, such as slack://… or json://host/")
        return False
    scheme, _, rest = url.partition("://")
    secret = scheme.lower() in _TOKEN_SERVICES or re.match(r"[^/?#@]*:[^/?#@]+@", rest)
    if secret and not url.variables:
        scope.warning(("url",), "holds a secret in plain text: put it in the environment, as ${NAME}")
    return True


def _identity(draft: Draft) -> None:
    shape, bad, scope = draft.shape, draft.bad, draft.scope
    if shape.url is None and "url" not in bad:
        scope.problem((), "is missing: where does the listener listen?", missing="url")
    if shape.secret is None and "secret" not in bad:
        scope.problem((), "is missing: events cannot be signed without it", missing="secret")
    if bad & {"provider", "signature"}:
        return
    if shape.provider is None and shape.signature is None:
        scope.problem((), "is missing: name a provider, or write a `signature:`", missing="provider")
    if shape.provider is not None and shape.signature is not None:
        scope.key_problem(("signature",), "a monitor has a provider or a signature, not both: remove one")


def _signature(draft: Draft) -> None:
    if draft.shape.signature is None:
        return
    problem = scheme_problem(build.scheme_of(draft.shape.signature))
    if problem:
        draft.scope.problem(("signature",), problem)


def _secrets(draft: Draft) -> None:
    scheme = None if draft.bad & {"provider", "signature"} else build.provider_of(draft.shape).scheme
    many = isinstance(_table(draft.scope).get("secret"), Listing)
    for index, source in enumerate(draft.shape.secret or ()):
        path: Path = ("secret", index) if many else ("secret",)
        name = source.file if isinstance(source, FileSource) else source
        path = path if name is source else (*path, "file")
        try:
            secret = build.secret_of(source, draft.files)
        except Unusable as error:
            draft.scope.problem(path, f"{name.shown} {error}")
            continue
        problem = _secret_problem(secret, scheme)
        if problem:
            draft.scope.problem(path, problem)
        elif isinstance(source, Text) and not source.variables:
            draft.scope.warning(
                path, "a secret in plain text: put it in the environment, as ${NAME}, or in a {file: path}"
            )


def _secret_problem(secret: str, scheme: Scheme | None) -> str | None:
    if len(secret) < SHORTEST_SECRET:
        return f"a secret has at least {SHORTEST_SECRET} characters; this one has {len(secret)}"
    return key_problem(scheme, secret) if scheme else None


def _event(draft: Draft) -> None:
    name = build.body_file(draft.shape.event.body) if draft.shape.event else None
    if name is None:
        return
    try:
        draft.files.text(name)
    except Unusable as error:
        draft.scope.problem(("event", "body", "file"), f"{name.shown} {error}")


def _headers(draft: Draft) -> None:
    if draft.bad & {"provider", "signature"}:
        return
    taken = proof_headers(build.provider_of(draft.shape).scheme)
    seen: set[str] = set()
    for name in draft.shape.headers or {}:
        if name.lower() in taken:
            draft.scope.key_problem(
                ("headers", name), "this header carries the signature: it cannot be set here"
            )
        elif name.lower() in seen:
            draft.scope.key_problem(("headers", name), "the same header twice: case makes no difference")
        seen.add(name.lower())


def _timing(draft: Draft) -> None:
    shape = draft.shape
    if draft.bad & {"interval", "timeout", "checks", "expect", "provider"}:
        return
    timeout = build.timeout_of(shape, build.expectation(shape.expect, build.provider_of(shape)))
    for plan in build.plans(shape):
        if plan.every >= timeout + timedelta(seconds=1):
            continue
        path = _source_of(draft, plan.check)
        draft.scope.problem(
            path,
            f"{plan.check} every {spoken(plan.every)} is too often: a probe may take {spoken(timeout)}"
            f" (timeout), so {spoken(timeout + timedelta(seconds=1))} is the shortest interval",
        )


def _source_of(draft: Draft, check: Check) -> Path:
    """Return the key that says how often a check runs, or else the one that says how long it may take."""
    checks = step(draft.scope.node, "checks")
    setting = step(checks, check.value)
    candidates: tuple[Path, ...] = (("interval",), ("timeout",), ("expect", "within"))
    if isinstance(setting, Table):
        return ("checks", check.value, "every")
    if isinstance(setting, Text) and setting not in {"on", "true"}:
        return ("checks", check.value)
    if check is not Check.DELIVERY:
        candidates = candidates[1:]
    return next((path for path in candidates if path[0] in _table(draft.scope)), ())


def _checks(draft: Draft) -> None:
    if draft.bad & {"checks", "url"} or draft.shape.url is None:
        return
    if draft.bad & {"provider", "signature"}:
        return
    own = step(draft.own, "checks")
    for check in Check:
        asked = step(own, check.value)
        why = build.cannot_exist(check, draft.shape)
        switched_off = isinstance(asked, Text) and asked in {"off", "false"}
        if why and asked is not None and not switched_off:
            draft.scope.problem(("checks", check.value), f"{why}: write off, or leave it out")
    if not build.plans(draft.shape):
        draft.scope.problem(("checks",), "every check is off; `enabled: false` pauses a monitor")


def _tls(draft: Draft) -> None:
    shape = draft.shape.tls
    if shape is None:
        return
    tls = build.tls_of(shape, draft.files)
    if tls.key and not tls.certificate:
        draft.scope.problem(("tls", "key"), "a key without its certificate: name it in `certificate:`")
        return
    if tls.ca and not tls.verify:
        draft.scope.problem(("tls", "verify"), "`verify: false` makes `ca:` pointless: remove one")
    problem = draft.files.tls_problem(tls)
    if problem:
        key, why = problem
        draft.scope.problem(("tls", key), f"{getattr(shape, key).shown} {why}")
    elif not tls.verify:
        draft.scope.warning(
            ("tls", "verify"), "whoever answers is believed: a `ca:` is safer than `verify: false`"
        )


def _notify(draft: Draft) -> None:
    judge_names(draft.scope, draft.shape.notify or (), draft.notifiers)


def judge_names(scope: Scope, names: Iterable[str], known: frozenset[str]) -> None:
    """Tell each name in `notify` that no notifier has."""
    for index, name in enumerate(names):
        if name not in known:
            others = f"; known: {', '.join(sorted(known))}" if known else "; there are no notifiers"
            hint = suggestion(name, known) or others
            scope.problem(("notify", index), f"no notifier is named {quotable(name)}{hint}")


def spoken(span: timedelta) -> str:
    """Return a duration as an operator writes it."""
    milliseconds = round(span / timedelta(milliseconds=1))
    parts = []
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)):
        amount, milliseconds = divmod(milliseconds, size)
        if amount:
            parts.append(f"{amount}{unit}")
    return "".join(parts) or "0s"


def _table(scope: Scope) -> Table:
    return scope.node if isinstance(scope.node, Table) else Table()
