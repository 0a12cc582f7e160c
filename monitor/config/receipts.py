"""What the receipt check needs: an address that workers can reach, and a place for it in the event."""

from datetime import timedelta

from monitor.config import build, plans
from monitor.config.amounts import spoken
from monitor.config.checks import ReceiptOptions
from monitor.config.draft import Draft
from monitor.config.files import Unusable
from monitor.config.tree import Path
from monitor.core.model import EventTemplate, Provider
from monitor.core.template import names

LONGEST = timedelta(hours=12)  # an event may take twice as long, and its address lives for a day
AT: Path = ("checks", "receipt")
INSTEAD = "or let workers report ids (`by_id: true`), or let us ask (`poll: …`)"


def judge(draft: Draft) -> None:
    """Tell what keeps receipts from ever coming in."""
    provider = draft.provider
    if provider is None or draft.bad & {"checks", "event", "url"}:
        return
    plan = plans.receipt_of(draft.shape)
    if plan is None:
        _unused(draft)
        return
    if not _options(draft):
        return
    if plan.within > LONGEST:
        draft.scope.problem((*AT, "within"), f"is longer than {spoken(LONGEST)}")
    if plan.addressed:
        _address(draft)
        _place(draft, provider)
    elif plan.by_id:
        _id(draft, provider)


def _options(draft: Draft) -> bool:
    """Return whether the options go together."""
    given = draft.shape.checks and draft.shape.checks.receipt
    if not isinstance(given, ReceiptOptions):
        return True
    before = len(draft.scope.findings.problems)
    if given.by_id and given.poll:
        draft.scope.problem((*AT, "poll"), "either workers report ids (by_id), or we ask: keep one")
    if given.get and (given.by_id or given.poll):
        draft.scope.problem((*AT, "get"), "belongs to an address in the event: there is none here")
    if given.expect and not given.poll:
        draft.scope.problem((*AT, "expect"), "says what `poll` must answer: there is no `poll` here")
    if given.poll and "event_id" not in names(given.poll):
        draft.scope.problem((*AT, "poll"), "needs {event_id} where the event's id belongs")
    return len(draft.scope.findings.problems) == before


def _address(draft: Draft) -> None:
    if draft.receipts_url is None:
        draft.scope.problem(
            AT,
            "workers need an address to report to: say where they reach us in `receipts: {url: …}`"
            f" or `site: {{url: …}}`, {INSTEAD}",
        )


def _place(draft: Draft, provider: Provider) -> None:
    template = _template(draft, provider)
    if template is None or template.receipt or "receipt_url" in names(template.body):
        return
    whose = f"{provider.title}'s event" if draft.shape.event is None else "this event"
    draft.scope.problem(
        AT,
        f"{whose} has no place for the address that workers report to: put {{receipt_url}} into"
        f" `event: {{body: …}}`, {INSTEAD}",
    )


def _id(draft: Draft, provider: Provider) -> None:
    template = _template(draft, provider)
    named = provider.scheme.event_id or any("{id}" in value for _, value in provider.headers)
    if template is not None and not named and "id" not in names(template.body):
        draft.scope.problem((*AT, "by_id"), "the event holds no {id} that a worker could report")


def _unused(draft: Draft) -> None:
    """An address that the operator has put there, and nobody waits for."""
    provider = draft.provider
    template = _template(draft, provider) if provider and draft.shape.event else None
    if template is not None and "receipt_url" in names(template.body):
        draft.scope.warning(
            ("event", "body"), "{receipt_url} stays empty: no receipt is asked for in `checks:`"
        )


def _template(draft: Draft, provider: Provider) -> EventTemplate | None:
    """Return the event; None where its file cannot be read, which is told elsewhere."""
    try:
        return build.event_of(draft.shape.event, provider, draft.files)
    except Unusable:
        return None
