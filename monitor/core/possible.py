"""Which checks cannot exist for a monitor, and why. A check that cannot exist is skipped, never green."""

from collections.abc import Callable, Mapping

from monitor.core.keys import needs_secret
from monitor.core.model import HOSTILE, Check, Monitor, Provider

# With receipts hostile events can be told apart all the same: at the far end none of them may come out.
AFTER_ANSWER = (
    "not observable: this listener verifies after it has answered (verification: after_answer), "
    "so its answer says nothing"
)


def impossible(check: Check, monitor: Monitor) -> str | None:
    """Return why this check cannot exist for this monitor; None: it can."""
    if why := _unasked(check, monitor):
        return why
    if check is Check.CERTIFICATE and not monitor.url.lower().startswith("https:"):
        return "the listener is not behind TLS: there is no certificate to look at"
    if why := _nobody_asked(check, monitor) or missing(check, monitor.provider):
        return why
    if check is Check.ROTATION and len(monitor.secrets) < 2:
        return "there is only one secret"
    if check is Check.HANDSHAKE and _lacks_token(monitor):
        return f"{monitor.provider.title} shows a verify token: set `checks: {{handshake: {{token: …}}}}`"
    return None


def missing(check: Check, provider: Provider) -> str | None:
    """Return why no listener of this provider can be asked this; None: it can."""
    if not needs_secret(provider.scheme) and check in SIGNED:
        return f"nobody but {provider.title} can sign its events: only forged and unsigned ones can be sent"
    rule = RULES.get(check)
    return rule(provider) if rule else None


def _unasked(check: Check, monitor: Monitor) -> str | None:
    if monitor.upstream and check not in OF_UPSTREAM:
        return NO_EVENTS
    later = check in VERIFYING and monitor.verifies_later and not (check in HOSTILE and monitor.receipt)
    return AFTER_ANSWER if later else None


def _nobody_asked(check: Check, monitor: Monitor) -> str | None:
    """What waits for calls, and who asks the provider, exists only where the operator set it up."""
    if monitor.heartbeat is not None:
        return None if check is Check.HEARTBEAT else "there is no listener: a job calls us"
    if check is Check.HEARTBEAT:
        return "a listener is asked; for a job that calls us write `kind: heartbeat`"
    if check is Check.TRAFFIC and monitor.traffic is None:
        return "nobody reports real events: set `checks: {traffic: {at_least: …, per: …}}`"
    if check is Check.PROVIDER and monitor.provider_status is None:
        return "no access to its API: set `checks: {provider: {endpoint: …, token: …}}`"
    return None


def _lacks_token(monitor: Monitor) -> bool:
    asked = monitor.provider.handshake
    return asked is not None and asked.needs_token and monitor.verify_token is None


def _no_cover(provider: Provider) -> str | None:
    covered = "body" in provider.scheme.covers and provider.scheme.hash is not None  # a token covers nothing
    return None if covered else f"the signature of {provider.title} does not cover the body"


def _no_age(provider: Provider) -> str | None:
    looked = provider.scheme.window is not None
    return None if looked else f"no verifier of {provider.title} looks at an event's age"


def _no_handshake(provider: Provider) -> str | None:
    return None if provider.handshake else f"{provider.title} sends no handshake"


def _no_spacing(provider: Provider) -> str | None:
    return None if provider.respaced else f"{provider.title} is not known to send JSON in unusual spacing"


VERIFYING = HOSTILE | {Check.ROTATION, Check.FIDELITY}  # answered by whoever looks at the signature
SIGNED = frozenset(
    {
        *(Check.DELIVERY, Check.RECEIPT, Check.TAMPERED, Check.STALE),
        *(Check.DUPLICATE, Check.ROTATION, Check.FIDELITY),
    }
)
OF_UPSTREAM = frozenset({Check.DELIVERY, Check.CERTIFICATE})  # what can be asked without an event
NO_EVENTS = "an upstream is sent no events"
OFF_UNLESS_ASKED = frozenset({Check.MALFORMED, Check.FIDELITY, Check.RECEIPT, Check.TRAFFIC, Check.PROVIDER})
RULES: Mapping[Check, Callable[[Provider], str | None]] = {
    Check.TAMPERED: _no_cover,
    Check.STALE: _no_age,
    Check.HANDSHAKE: _no_handshake,
    Check.FIDELITY: _no_spacing,
    Check.UNSIGNED: lambda provider: provider.unsigned_ok,
}
