"""Which checks a monitor has, how often each runs, and what it needs to run at all."""

from datetime import timedelta

from monitor.config.checks import CheckOptions, DuplicateOptions, HandshakeOptions, ReceiptOptions
from monitor.config.expected import expected
from monitor.config.observed import ProviderOptions, TrafficOptions
from monitor.config.scheme import provider_of
from monitor.config.shapes import MonitorShape
from monitor.core.model import Check, CheckPlan, Expectation, Poll, ReceiptPlan, Secret
from monitor.core.possible import NO_EVENTS, OF_UPSTREAM, OFF_UNLESS_ASKED, missing

INTERVAL = timedelta(seconds=30)
DAILY = timedelta(days=1)
WITHIN = timedelta(seconds=60)  # how long an event may take to the far end
EVERY = {  # all others: daily
    Check.CERTIFICATE: timedelta(hours=6),
    Check.FORGED: timedelta(hours=1),
    Check.TRAFFIC: timedelta(seconds=30),
    Check.PROVIDER: timedelta(minutes=5),
}


def plans(shape: MonitorShape) -> tuple[CheckPlan, ...]:
    """Return the checks that are on. One that cannot exist here is off, whatever the defaults ask for."""
    found = []
    for check in Check:
        setting = _setting(shape, check)
        unasked = setting is None and check in OFF_UNLESS_ASKED
        if setting is False or unasked or cannot_exist(check, shape):
            continue
        every = setting if isinstance(setting, timedelta) else _usually(check, shape)
        found.append(CheckPlan(check=check, every=every))
    return tuple(found)


def _usually(check: Check, shape: MonitorShape) -> timedelta:
    """Return how often a check runs where nothing is said. A receipt may come as late as it is allowed to."""
    if check is Check.DELIVERY:
        return interval_of(shape)
    if check is Check.RECEIPT:
        return interval_of(shape) + within_of(shape)
    return EVERY.get(check, DAILY)


def interval_of(shape: MonitorShape) -> timedelta:
    """Return how often the delivery check runs; what `checks` says of it wins over `interval`."""
    setting = _setting(shape, Check.DELIVERY)
    return setting if isinstance(setting, timedelta) else shape.interval or INTERVAL


def within_of(shape: MonitorShape) -> timedelta:
    """Return how long after its sending an event must be processed."""
    setting = shape.checks and shape.checks.receipt
    given = setting.within if isinstance(setting, ReceiptOptions) else None
    return given or WITHIN


def receipt_of(shape: MonitorShape) -> ReceiptPlan | None:
    """Return how events prove that they were processed; None where they need not."""
    if all(plan.check is not Check.RECEIPT for plan in plans(shape)):
        return None
    setting = shape.checks and shape.checks.receipt
    if not isinstance(setting, ReceiptOptions):
        return ReceiptPlan(within=WITHIN)
    poll = Poll(url=setting.poll, expect=expected(setting.expect, Expectation())) if setting.poll else None
    return ReceiptPlan(
        within=within_of(shape), by_get=bool(setting.get), by_id=bool(setting.by_id), poll=poll
    )


def cannot_exist(check: Check, shape: MonitorShape) -> str | None:
    """Return why this monitor can never be asked this, as far as its file says; None: it can."""
    if shape.upstream is not None and check not in OF_UPSTREAM:
        return NO_EVENTS
    if check is Check.CERTIFICATE and not address(shape).lower().startswith("https:"):
        return "http has no certificate"
    if check is Check.HEARTBEAT:
        return "for a job that calls us write `kind: heartbeat`"
    return missing(check, provider_of(shape)) or _lacking(check, shape)


def _lacking(check: Check, shape: MonitorShape) -> str | None:
    """Return what the file would have to say for this check; None: it says it."""
    if check is Check.ROTATION and len(shape.secret or ()) < 2:
        return "there is only one secret"
    if check is Check.RECEIPT and _setting(shape, Check.DELIVERY) is False:
        return "delivery is off, so no event is sent that could be processed"
    asked = provider_of(shape).handshake
    if check is Check.HANDSHAKE and asked and asked.needs_token and verify_token(shape) is None:
        return f"{provider_of(shape).title} shows a verify token with its handshake"
    return None


def _setting(shape: MonitorShape, check: Check) -> timedelta | bool | None:
    setting = getattr(shape.checks, check.value, None)
    if isinstance(setting, HandshakeOptions | DuplicateOptions | ProviderOptions):
        return setting.every or True
    if isinstance(setting, ReceiptOptions | TrafficOptions):
        return True
    return setting.every if isinstance(setting, CheckOptions) else setting


def concurrent(shape: MonitorShape) -> bool:
    """Return whether a duplicate pair is sent at the same time."""
    setting = shape.checks and shape.checks.duplicate
    return isinstance(setting, DuplicateOptions) and bool(setting.concurrent)


def verify_token(shape: MonitorShape) -> Secret | None:
    """Return the token that the handshake shows, where the provider shows one."""
    asked, setting = provider_of(shape).handshake, shape.checks and shape.checks.handshake
    if asked is None or not asked.needs_token or not isinstance(setting, HandshakeOptions):
        return None
    return None if setting.token is None else Secret(str(setting.token))


def address(shape: MonitorShape) -> str:
    """Return where it is, a listener or what stands before some; empty where that is not said."""
    return shape.url or shape.upstream or ""
