"""What the parts of a monitor must mean together. What is told already is left alone."""

import re
from datetime import timedelta

from monitor.config import build, expected, observed, plans, receipts, routes, signing
from monitor.config.amounts import spoken
from monitor.config.checks import HandshakeOptions
from monitor.config.draft import Draft
from monitor.config.files import Unusable
from monitor.config.findings import Scope
from monitor.config.shapes import OF_LISTENERS
from monitor.config.tree import Path, Table, Text, step
from monitor.core.keys import proof_headers
from monitor.core.model import Check, Provider
from monitor.core.redact import SHORTEST

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


def judge(draft: Draft) -> None:
    """Tell every problem that shows only when the keys are read together."""
    if draft.shape.upstream is not None or "upstream" in draft.bad:
        _upstream(draft)
        return
    _address(draft)
    signing.judge(draft)
    _event(draft)
    _headers(draft)
    _expectation(draft)
    _timing(draft)
    _checks(draft)
    receipts.judge(draft)
    _tls(draft)
    _notify(draft)


def _upstream(draft: Draft) -> None:
    """What stands before listeners is sent no events: it has nothing that only they have."""
    for key in OF_LISTENERS:
        if key in draft.own:
            draft.scope.key_problem((key,), "an upstream is sent no events: remove this key, or `upstream`")
    _timing(draft)
    _checks(draft)
    _tls(draft)
    _notify(draft)


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


def _address(draft: Draft) -> None:
    if draft.shape.url is None and not draft.bad & {"url", "upstream"}:
        draft.scope.problem((), "is missing: where does the listener listen?", missing="url")


def _event(draft: Draft) -> None:
    name = build.body_file(draft.shape.event.body) if draft.shape.event else None
    if name is None:
        return
    try:
        draft.files.text(name)
    except Unusable as error:
        draft.scope.problem(("event", "body", "file"), f"{name.shown} {error}")


def _headers(draft: Draft) -> None:
    if draft.provider is None:
        return
    taken = proof_headers(draft.provider.scheme)
    seen: set[str] = set()
    for name in draft.shape.headers or {}:
        if name.lower() in taken:
            draft.scope.key_problem(
                ("headers", name), "this header carries the signature: it cannot be set here"
            )
        elif name.lower() in seen:
            draft.scope.key_problem(("headers", name), "the same header twice: case makes no difference")
        seen.add(name.lower())


def _expectation(draft: Draft) -> None:
    expect, provider = draft.shape.expect, draft.provider
    if expect is None or expect.refused is None or provider is None:
        return
    accepted = expected.expectation(expect, provider).statuses
    for status in expect.refused:
        if any(_overlap(status, other) for other in accepted):
            draft.scope.problem(
                ("expect", "refused"), f"{status} acknowledges an event here: it cannot refuse one, too"
            )


def _overlap(one: str, other: str) -> bool:
    """Return whether two statuses, or classes of them, have one in common."""
    return one == other or (one[0] == other[0] and "xx" in one + other)


def _timing(draft: Draft) -> None:
    shape, provider = draft.shape, draft.provider
    if draft.bad & {"interval", "timeout", "checks", "expect"} or provider is None:
        return
    timeout = expected.timeout_of(shape, expected.expectation(shape.expect, provider))
    for plan in plans.plans(shape):
        if plan.every >= timeout + timedelta(seconds=1) or plan.check is Check.TRAFFIC:
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
    if isinstance(setting, Table) and "every" in setting:
        return ("checks", check.value, "every")
    if isinstance(setting, Text) and setting not in {"on", "true"}:
        return ("checks", check.value)
    if check is not Check.DELIVERY:
        candidates = candidates[1:]
    return next((path for path in candidates if path[0] in draft.table), ())


def _checks(draft: Draft) -> None:
    provider = draft.provider
    if draft.bad & {"checks", "url", "upstream"} or not plans.address(draft.shape) or provider is None:
        return
    own = step(draft.own, "checks")
    for check in Check:
        asked = step(own, check.value)
        why = plans.cannot_exist(check, draft.shape)
        switched_off = isinstance(asked, Text) and asked in {"off", "false"}
        if why and asked is not None and not switched_off:
            draft.scope.problem(("checks", check.value), f"{why}: {_remedy(check, provider)}")
    _verify_token(draft, provider)
    if draft.shape.checks is not None:
        observed.judge(draft.scope, draft.shape.checks.traffic, draft.shape.checks.provider, provider)
    if not plans.plans(draft.shape):
        draft.scope.problem(("checks",), "every check is off; `enabled: false` pauses a monitor")


def _remedy(check: Check, provider: Provider) -> str:
    """Return what to write instead of a check that cannot exist."""
    if check is Check.STALE and provider.id == "custom":
        return "say how old one may be, `window:` in the signature, or leave it out"
    if check is Check.HANDSHAKE and provider.handshake:
        variable = f"{provider.id.upper().replace('-', '_')}_VERIFY_TOKEN"
        return f'write {{every: 1d, token: "${{{variable}}}"}}, or leave it out'
    return "write off, or leave it out"


def _verify_token(draft: Draft, provider: Provider) -> None:
    setting = draft.shape.checks and draft.shape.checks.handshake
    if not isinstance(setting, HandshakeOptions) or setting.token is None:
        return
    path, asked = ("checks", "handshake", "token"), provider.handshake
    if len(setting.token) < SHORTEST:
        draft.scope.problem(
            path, f"a token has at least {SHORTEST} characters: a shorter one cannot be hidden"
        )
    elif not setting.token.variables:
        draft.scope.warning(path, "a token in plain text: put it in the environment, as ${NAME}")
    its_own = step(step(step(draft.own, "checks"), "handshake"), "token") is not None
    if its_own and asked is not None and not asked.needs_token:
        draft.scope.key_problem(path, f"{provider.title} shows no token with its handshake: remove it")


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
    routes.judge(draft.scope, draft.shape, draft.shape.notify or (), draft.notifiers)
