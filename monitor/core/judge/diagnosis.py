"""What two probes say together: a valid event that failed, and a forged one sent right after it."""

from collections.abc import Callable

from monitor.core.judge.delivery import acknowledges
from monitor.core.judge.expectation import is_html_page
from monitor.core.model import Monitor, Reason, Reply

DIAGNOSED = frozenset({Reason.SIGNATURE_REFUSED, Reason.CLIENT_ERROR, Reason.WRONG_ANSWER})
UNREAD = frozenset({404, 405, 411, 413, 414, 415, 431})  # given by whoever stands before the verifier


def diagnose(valid: Reply, forged: Reply, monitor: Monitor) -> str:
    """Return the sentence for this pair, or nothing where the pair says nothing more."""
    return next((words for applies, words in PAIRS if applies(valid, forged, monitor)), "")


def _same_page(valid: Reply, forged: Reply, _: Monitor) -> bool:
    return is_html_page(valid) and is_html_page(forged) and valid.http_status == forged.http_status


def _forged_accepted(_: Reply, forged: Reply, monitor: Monitor) -> bool:
    return acknowledges(forged, monitor)


def _nobody_verified(valid: Reply, forged: Reply, _: Monitor) -> bool:
    return valid.http_status == forged.http_status and valid.http_status in UNREAD


def _believed(valid: Reply, forged: Reply, monitor: Monitor) -> bool:
    """Many verifiers answer 400: only another answer to the forged event shows that this one was believed."""
    refused = str(valid.http_status) in monitor.expect.refusals
    return _is_4xx(valid) and _is_4xx(forged) and valid.http_status != forged.http_status and not refused


def _both_refused(valid: Reply, forged: Reply, _: Monitor) -> bool:
    return _is_4xx(valid) and _is_4xx(forged)


def _is_4xx(reply: Reply) -> bool:
    return reply.http_status is not None and reply.http_status // 100 == 4


NOT_WANTED = (
    "A forged event is refused in another way: the signature is believed, and the event is not wanted. "
    "If the listener takes only types it knows, set `event:` to a harmless one."
)
PAIRS: tuple[tuple[Callable[[Reply, Reply, Monitor], bool], str], ...] = (
    (_same_page, "A forged event gets the same page: something else answers at this URL."),
    (_forged_accepted, "A forged event is accepted: nothing is verified, and the valid one failed alone."),
    (
        _nobody_verified,
        "A forged event gets the same answer, before anybody verifies: look at routing, proxy and firewall.",
    ),
    (_believed, NOT_WANTED),
    (
        _both_refused,
        "A forged event is refused as well: secret mismatch, or body altered before verification.",
    ),
)
