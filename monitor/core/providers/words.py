"""A provider in words, for docs/providers.md and ``webhook-monitor providers``: a row read aloud.

Words are Markdown: there are backticks round what is code. What a row does not know is not told.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from monitor.core.alert.facts import counted
from monitor.core.keys import FORMS, SIGNS, needs_secret, shows_secret, uses_key_id
from monitor.core.model import PUBLIC_KEY, Check, Disable, Expectation, Handshake, Provider, Retry, Scheme
from monitor.core.possible import missing
from monitor.core.sign.body import placed
from monitor.core.template import names, to_bytes
from monitor.core.times import duration

CHECKS = (
    *(Check.DELIVERY, Check.HANDSHAKE, Check.FORGED, Check.TAMPERED, Check.UNSIGNED),
    *(Check.STALE, Check.DUPLICATE, Check.FIDELITY),
)
NUMBER = re.compile(r"(?<=[:,\[])(\{[a-z_]+\})")  # a placeholder that stands in JSON without quotes
QUOTED = re.compile(r'"#(\{[a-z_]+\})"')
UNSURE = " (uncertain)"


def facts(provider: Provider) -> tuple[tuple[str, str], ...]:
    """Return what is known of a provider, each fact with its name."""
    scheme, policy = provider.scheme, provider.policy
    told = (
        ("Signed", signed(provider)),
        ("Covers", ", ".join(sorted(scheme.covers)) or "nothing"),
        ("Secret", secret(provider)),
        ("Several secrets", rotation(scheme)),
        ("Age", f"older than {duration(scheme.window)} is refused by its verifiers" if scheme.window else ""),
        ("Deadline", duration(provider.expect.within)),
        ("Acknowledged by", acknowledgement(provider.expect)),
        ("Signature refused", one_of(provider.expect.refusals)),
        ("Event", event(provider)),
        ("Receipt address", receipt(provider)),
        ("Handshake", handshake(provider.handshake) if provider.handshake else ""),
        ("Cannot be asked", cannot_be_asked(provider)),
        ("Retries", retries(policy.retry)),
        ("Gives up", gives_up(policy.disable) if policy.disable else ""),
        ("Policy from", policy.source),
        ("Source", provider.source),
    )
    return tuple((name, words) for name, words in told if words)


def impossible(provider: Provider) -> tuple[tuple[Check, str], ...]:
    """Return the checks that cannot be made of any listener of this provider, and why."""
    found = ((check, missing(check, provider)) for check in CHECKS)
    return tuple((check, why) for check, why in found if why)


def cannot_be_asked(provider: Provider) -> str:
    """Return the checks that cannot be made, a line for each reason."""
    reasons: dict[str, list[str]] = {}
    for check, why in impossible(provider):
        reasons.setdefault(why, []).append(f"`{check}`")
    return "\n".join(f"{', '.join(checks)}: {why}" for why, checks in reasons.items())


def proof(scheme: Scheme) -> str:
    """Return where the (first) proof stands, a long path without its middle."""
    place = proofs(scheme)[0]
    return f"body:…{place.rpartition('.')[2]}" if place.count(".") > 2 else place


def proofs(scheme: Scheme) -> tuple[str, ...]:
    """Return where the proof stands: headers, and ``body:path``."""
    headers = [name for name, template in scheme.headers if names(template) & SIGNS]
    return (*headers, *(f"body:{place.path}" for place in scheme.body if names(place.template) & SIGNS))


# --- how it signs -------------------------------------------------------------------------------------------


def signed(provider: Provider) -> str:
    """Return algorithm, message and form of the signature, and where it stands."""
    scheme = provider.scheme
    where = ", ".join(f"`{place}`" for place in proofs(scheme))
    if scheme.hash is None:
        return f"not at all: the secret itself is the proof, in {where}"
    if not needs_secret(scheme):
        return f"with a private key that only {provider.title} has, in {where}"
    message = scheme.message.replace("\n", "\\n")
    added = "".join(f"; `{name}={value}` is added to the URL" for name, value in scheme.query)
    return f"{_algorithm(scheme.hash)} over `{message}`, in {scheme.digest}, in {where}{added}"


def _algorithm(name: str) -> str:
    return {"ed25519": "Ed25519", "ecdsa": "ECDSA (P-256, SHA-256)"}.get(name, f"HMAC-{name.upper()}")


def secret(provider: Provider) -> str:
    """Return how the key is written in the secret."""
    scheme = provider.scheme
    if not needs_secret(scheme):
        return "none: what needs a valid signature cannot be asked"
    form = FORMS.get(scheme.key, "used as it is, all of it")
    if scheme.hash in PUBLIC_KEY:
        return f"{form}: a test key of your own, whose public half the listener is given"
    return f"{form}; sent in clear, so printable ASCII" if shows_secret(scheme) else form


def rotation(scheme: Scheme) -> str:
    """Return what becomes of a list of secrets."""
    if not needs_secret(scheme):
        return ""
    used = frozenset().union(*(names(template) for template in _templates(scheme)))
    if "sigs" in used:
        return f"all sign: `{scheme.joiner.join((scheme.item, scheme.item, '…'))}`"
    room = max((int(name[3:]) for name in used & {"sig2", "sig3"}), default=1)
    return (
        f"up to {room} sign, each in a place of its own"
        if room > 1
        else "there is room for one: the first signs"
    )


def _templates(scheme: Scheme) -> Iterator[str]:
    yield from (template for _, template in scheme.headers)
    yield from (place.template for place in scheme.body)


def event(provider: Provider) -> str:
    """Return the type of the harmless event, and where a listener finds its id and its type."""
    scheme, places = provider.scheme, []
    if scheme.event_id:
        places.append(f"id in `{scheme.event_id}`")
    if scheme.event_type:
        places.append(f"type in `{scheme.event_type}`")
    return "; ".join((f"`{provider.event.type}`", *places))


def receipt(provider: Provider) -> str:
    """Return where the event carries the address to report to, or what to do without."""
    place = provider.event.receipt
    if place is None:
        return "no place for one: put `{receipt_url}` into an `event` of your own, or use `by_id` or `poll`"
    return f"`{place}` of the {'form' if 'urlencoded' in provider.event.content_type else 'body'}"


# --- what it expects ----------------------------------------------------------------------------------------


def rule(expect: Expectation) -> str:
    """Return what must hold for an acknowledgement: "2xx", "200 or 204", "2xx with `ok` in the body"."""
    return "; ".join([one_of(expect.statuses), *_about_the_answer(expect)])


def brief(expect: Expectation) -> str:
    """Return the statuses, and that the answer has to hold more: "200 204", "2xx and more"."""
    statuses = " ".join(expect.statuses)
    return f"{statuses} and more" if any(_about_the_answer(expect)) else statuses


def acknowledgement(expect: Expectation) -> str:
    """Return the rule, and what looks like an acknowledgement and is none."""
    redirects = not any(status.startswith("3") for status in expect.statuses)
    never = ["a redirect"] if redirects and not expect.follows_redirects else []
    never += [] if expect.html_allowed else ["an HTML page"]
    words = rule(expect)
    if expect.follows_redirects:
        words += f"; up to {counted(expect.follows_redirects, 'redirect')} followed, which is degraded"
    return f"{words}; not by {' or '.join(never)}" if never else words


def _about_the_answer(expect: Expectation) -> Iterator[str]:
    if expect.body_contains is not None:
        yield f"`{expect.body_contains}` in the body"
    if expect.content_types:
        yield f"a body only as {one_of(expect.content_types, mark='`')}"
    yield from (f"`{path}` in the body is `{value}`" for path, value in expect.json)
    yield from (f"the header `{name}` is `{value}`" for name, value in expect.headers)


def handshake(asked: Handshake) -> str:
    """Return how the challenge is put, and which answer it wants."""
    form = f"{'signed' if asked.signed and asked.body is not None else 'unsigned'} {asked.method}"
    carried = [f"`{name}`" for name, _ in (*asked.query, *asked.headers)]
    put = f"{form} with {', '.join(carried)}" if carried else form
    token = "; shows a verify token of yours" if asked.needs_token else ""
    within = f" within {duration(asked.within)}" if asked.within else ""
    return f"{asked.title}, {put}{token}; wants {', '.join(_wanted(asked))}{within}"


def _wanted(asked: Handshake) -> Iterator[str]:
    yield one_of(asked.statuses)
    if asked.echo:
        yield "the challenge back"
    yield from (f"`{path}` in JSON" for path, _ in asked.json)
    yield from (f"the header `{name}`" for name, _ in asked.answer_headers)
    if asked.empty:
        yield "no body"


# --- what becomes of an event that fails --------------------------------------------------------------------


def retries(retry: Retry | None) -> str:
    """Return how often a failed event comes again, and so what a 429 is."""
    if retry is None:
        return "not known; a 429 is an outage"
    if retry.attempts == 0:
        return f"none{_unsure(retry)}; a 429 is an outage"
    times = "yes" if retry.attempts is None else str(retry.attempts)
    over = f", over {duration(retry.over)}" if retry.over else ""
    over += "" if retry.span_sure else UNSURE
    return f"{times}{over}{_unsure(retry)}; a 429 is {'degraded' if retry.sure else 'an outage'}"


def gives_up(disable: Disable) -> str:
    """Return when the provider gives an endpoint up, and what it does then."""
    limits = []
    if disable.failures is not None:
        limits.append(f"after {counted(disable.failures, 'failed event')} in a row")
    if disable.after is not None:
        limits.append(f"after {duration(disable.after)} of failures")
    return " ".join(filter(None, (disable.what, " or ".join(limits)))) + _unsure(disable)


def _unsure(known: Retry | Disable) -> str:
    return "" if known.sure else UNSURE


# --- to copy ------------------------------------------------------------------------------------------------


def request(provider: Provider) -> str:
    """Return the event as it is sent, with what is filled in then in braces."""
    fixed = (("Content-Type", provider.event.content_type), ("User-Agent", provider.user_agent))
    headers = (*fixed, *provider.headers, *provider.scheme.headers)
    return "\n".join([*(f"{name}: {value}" for name, value in headers), "", _body(provider)])


def _body(provider: Provider) -> str:
    """Return the body with the templates in it that signing puts there."""
    places = provider.scheme.body
    if not places:
        return provider.event.body.rstrip()
    bare = tuple(replace(place, template=f"#{place.template}") if place.number else place for place in places)
    quoted = NUMBER.sub(r'"#\1"', provider.event.body)
    return QUOTED.sub(r"\1", placed(to_bytes(quoted), bare, {}).decode())


def snippet(provider: Provider) -> str:
    """Return a monitor to copy into ``monitors.yaml``."""
    name = provider.id.upper().replace("-", "_")
    lines = [
        "monitors:",
        f"  {provider.id}:",
        f"    url: https://api.acme.example/webhooks/{provider.id}",
        f"    provider: {provider.id}",
    ]
    if needs_secret(provider.scheme):
        lines.append(f'    secret: "${{{name}_WEBHOOK_SECRET}}"')
    if uses_key_id(provider.scheme):
        lines.append("    key_id: webhook-monitor")
    if provider.handshake and provider.handshake.needs_token:
        lines.append(f'    checks: {{handshake: {{token: "${{{name}_VERIFY_TOKEN}}"}}}}')
    return "\n".join(lines)


def one_of(choices: Iterable[str], *, mark: str = "") -> str:
    """Return "a, b or c"."""
    marked = [f"{mark}{choice}{mark}" for choice in choices]
    return " or ".join(filter(None, (", ".join(marked[:-1]), marked[-1] if marked else "")))
