"""What shows only on a monitor that is made: its event is written, its answers are looked for."""

from datetime import UTC, datetime

from monitor.config.draft import Draft
from monitor.config.tree import Path
from monitor.core import event
from monitor.core.document import parsed, value_at
from monitor.core.model import Event, Monitor
from monitor.core.redact import Redactor
from monitor.core.sign import symmetric, timestamp
from monitor.core.sign.body import tampered
from monitor.core.sign.proof import Proof, prove

SOME_TIME = datetime(2026, 1, 1, tzinfo=UTC)
SOME_TOKEN = "0123456789abcdef" * 2


def judge(draft: Draft, monitor: Monitor) -> None:
    """Tell what the event or the expectation asks for and can never be."""
    _judge_event(draft, monitor)
    _judge_expectation(draft, monitor)


def _judge_event(draft: Draft, monitor: Monitor) -> None:
    shape = draft.shape
    tamper = shape.event is not None and shape.event.tamper is not None
    if not tamper and not (shape.signature and monitor.provider.scheme.body):
        return
    written = event.write(monitor, token=SOME_TOKEN, at=SOME_TIME)
    proof = prove(written, monitor, (), at=SOME_TIME, seal=symmetric)
    if tamper and not _can_be_changed(monitor, written, proof):
        draft.scope.problem(
            ("event", "tamper"),
            "the event has no text there: name the path of one, such as data.id, or leave it out",
        )
    scheme = monitor.provider.scheme
    if shape.signature and any(
        str(value_at(parsed(proof.body), place.path)) != timestamp(scheme, SOME_TIME) for place in scheme.body
    ):
        draft.scope.problem(
            ("signature", "timestamp"),
            "the event has no place for it: its body must be a JSON object, and so must all on the way there",
        )


def _can_be_changed(monitor: Monitor, written: Event, proof: Proof) -> bool:
    if "urlencoded" in written.content_type:
        parameters = {pair.partition(b"=")[0] for pair in proof.body.split(b"&")}
        return (monitor.event.tamper or "").encode() in parameters
    return tampered(proof.body, monitor.event, written.id) is not None


def _judge_expectation(draft: Draft, monitor: Monitor) -> None:
    """Tell an expected value that is taken out of answers before they are judged: it is never found."""
    expect, hidden = monitor.expect, [*monitor.secrets, *monitor.hidden]
    hidden += [monitor.verify_token] if monitor.verify_token else []
    wanted: list[tuple[Path, object]] = [(("expect", "body", "contains"), expect.body_contains)]
    wanted += [(("expect", "json", path), value) for path, value in expect.json]
    wanted += [(("expect", "header", name), value) for name, value in expect.headers]
    texts = [(path, value) for path, value in wanted if isinstance(value, str)]
    redactor = Redactor(secret.reveal() for secret in hidden) if texts else None
    for path, value in texts:
        if redactor is not None and redactor.text(value) != value:
            draft.scope.problem(
                path, "holds something that is hidden in answers (a secret, a value of a URL's query)"
            )
