"""What provider, signature and secrets must mean together."""

from datetime import timedelta

from monitor.config import build
from monitor.config.draft import Draft
from monitor.config.files import Unusable
from monitor.config.kinds import SecretOptions
from monitor.config.scheme import scheme_of
from monitor.config.tree import Listing, Path, Text
from monitor.core.keys import key_problem, needs_secret, scheme_problem, uses_key_id
from monitor.core.model import PUBLIC_KEY, Scheme

SHORTEST_SECRET = 8
LONG_PAST = timedelta(days=30)  # a secret that retired before that has been proved to be refused


def judge(draft: Draft) -> None:
    """Tell every problem of who signs, how, and with what."""
    _source(draft)
    _signature(draft)
    _key_id(draft)
    _need_of_secrets(draft)
    _secrets(draft)
    _order_of_secrets(draft)


def _source(draft: Draft) -> None:
    shape, scope = draft.shape, draft.scope
    if draft.bad & {"provider", "signature"}:
        return
    if shape.provider is None and shape.signature is None:
        scope.problem((), "is missing: name a provider, or write a `signature:`", missing="provider")
    if shape.provider is not None and shape.signature is not None:
        scope.key_problem(("signature",), "a monitor has a provider or a signature, not both: remove one")


def _signature(draft: Draft) -> None:
    signature = draft.shape.signature
    if signature is None:
        return
    problem = scheme_problem(scheme_of(signature))
    if problem:
        draft.scope.problem(("signature",), problem)
    if signature.hash == "none" and signature.covers:
        draft.scope.problem(
            ("signature", "covers"), "a token (`hash: none`) is the same for every event: it covers nothing"
        )


def _key_id(draft: Draft) -> None:
    provider = draft.provider
    if provider is None or "key_id" in draft.bad:
        return
    custom = provider.id == "custom"
    if not uses_key_id(provider.scheme) and draft.shape.key_id is not None:
        where = "the signature has no {key_id}" if custom else f"{provider.title} names no key"
        draft.scope.key_problem(("key_id",), f"{where}: remove it")
    if uses_key_id(provider.scheme) and draft.shape.key_id is None:
        who = "the signature" if custom else provider.title
        draft.scope.problem(
            (), f"is missing: {who} names its key, so write the name the listener knows", missing="key_id"
        )


def _need_of_secrets(draft: Draft) -> None:
    """Where only the provider can sign, a secret would be kept for nothing."""
    provider, given = draft.provider, draft.shape.secret is not None
    if provider is None or "secret" in draft.bad:
        return
    if needs_secret(provider.scheme) and not given:
        draft.scope.problem((), "is missing: events cannot be signed without it", missing="secret")
    if not needs_secret(provider.scheme) and given:
        draft.scope.key_problem(
            ("secret",),
            f"nobody but {provider.title} can sign its events: remove the secret;"
            " forged and unsigned events are sent without one",
        )


def _secrets(draft: Draft) -> None:
    scheme = draft.provider.scheme if draft.provider else None
    if scheme is not None and not needs_secret(scheme):
        return
    seen: set[str] = set()
    for source, path in _written(draft):
        where, text = _text_of(source, path)
        if text is None:
            draft.scope.problem(path, "needs a `file:` that holds the secret, or a `value:`")
            continue
        if isinstance(source, SecretOptions) and source.file is not None and source.value is not None:
            draft.scope.problem(
                (*path, "value"), "a secret has a `file:` or a `value:`, not both: remove one"
            )
            continue
        try:
            secret = build.secret_of(source, scheme, draft.files).reveal()
        except Unusable as error:
            draft.scope.problem(where, f"{text.shown} {error}")
            continue
        problem = _problem(draft, secret, scheme, seen)
        seen.add(secret)
        if problem:
            draft.scope.problem(where, problem)
        elif where[-1] != "file" and not text.variables:
            draft.scope.warning(
                where, "a secret in plain text: put it in the environment, as ${NAME}, or in a {file: path}"
            )


def _written(draft: Draft) -> list[tuple[Text | SecretOptions, Path]]:
    """Return each secret and where it stands: a list, or the only one."""
    many = isinstance(draft.table.get("secret"), Listing)
    return [
        (source, ("secret", index) if many else ("secret",))
        for index, source in enumerate(draft.shape.secret or ())
    ]


def _text_of(source: Text | SecretOptions, path: Path) -> tuple[Path, Text | None]:
    """Return the text that leads to the secret, and where it stands."""
    if isinstance(source, Text):
        return path, source
    if source.file is not None:
        return (*path, "file"), source.file
    return (*path, "value"), source.value


def _problem(draft: Draft, secret: str, scheme: Scheme | None, seen: set[str]) -> str | None:
    if len(secret) < SHORTEST_SECRET:
        return f"a secret has at least {SHORTEST_SECRET} characters; this one has {len(secret)}"
    if secret in seen:
        return "is the same secret as one before it: remove it"
    if scheme is None:
        return None
    problem = key_problem(scheme, secret)
    if problem is None and scheme.hash in PUBLIC_KEY:
        problem = draft.judges.key(str(scheme.hash), secret)
    return problem


def _order_of_secrets(draft: Draft) -> None:
    """The first is the current one, and stays; what has retired long ago can go."""
    written, now = _written(draft), draft.judges.now
    for place, (source, path) in enumerate(written):
        until = source.until if isinstance(source, SecretOptions) else None
        if until is None:
            continue
        if place == 0:
            mend = "write its successor before it" if len(written) == 1 else "put one that stays first"
            draft.scope.problem(
                (*path, "until"), f"the first secret is the current one and has no end: {mend}"
            )
        elif now is not None and now - until > LONG_PAST:
            draft.scope.warning(
                (*path, "until"), f"this secret retired {(now - until).days} days ago: remove it"
            )
