"""What two probes say together: a valid event that failed, and a forged one sent right after it."""

from collections.abc import Callable

from monitor.core.judge.delivery import acknowledges
from monitor.core.judge.expectation import TURNED_AWAY, is_html_page, status_matches
from monitor.core.model import Monitor, Reason, Reply

DIAGNOSED = frozenset({Reason.SIGNATURE_REFUSED, Reason.CLIENT_ERROR, Reason.WRONG_ANSWER})
UNREAD = frozenset({404, 405, 411, 413, 414, 415, 431})  # given by whoever stands before the verifier


def diagnose(valid: Reply, forged: Reply, monitor: Monitor, known: str = "") -> str:
    """Return the sentence for this pair, or nothing where the pair says nothing more.

    ``known`` explains already why the valid event is refused (a clock): then no secret is suspected.
    """
    words = next((words for applies, words in PAIRS if applies(valid, forged, monitor)), "")
    return "" if known and words == BOTH_REFUSED else words


def _turned_away(_: Reply, forged: Reply, __: Monitor) -> bool:
    return forged.http_status in TURNED_AWAY


def _same_refusal(valid: Reply, forged: Reply, monitor: Monitor) -> bool:
    """Frameworks refuse with a page as well: whose it is cannot be seen from here."""
    return _same_page(valid, forged, monitor) and _is_refusal(valid, monitor)


def _same_page(valid: Reply, forged: Reply, _: Monitor) -> bool:
    return is_html_page(valid) and is_html_page(forged) and valid.http_status == forged.http_status


def _forged_accepted(_: Reply, forged: Reply, monitor: Monitor) -> bool:
    return acknowledges(forged, monitor)


def _nobody_verified(valid: Reply, forged: Reply, _: Monitor) -> bool:
    return valid.http_status == forged.http_status and valid.http_status in UNREAD


def _believed(valid: Reply, forged: Reply, monitor: Monitor) -> bool:
    """Many verifiers answer 400: only another answer to the forged event shows that this one was believed."""
    differ = valid.http_status != forged.http_status
    return _is_4xx(valid) and _is_4xx(forged) and differ and not _is_refusal(valid, monitor)


def _both_refused(valid: Reply, forged: Reply, _: Monitor) -> bool:
    return _is_4xx(valid) and _is_4xx(forged)


def _both_taken(valid: Reply, forged: Reply, _: Monitor) -> bool:
    return _is_2xx(valid) and valid.http_status == forged.http_status


def _is_refusal(reply: Reply, monitor: Monitor) -> bool:
    return status_matches(reply.http_status or 0, monitor.expect.refusals)


def _is_2xx(reply: Reply) -> bool:
    return reply.http_status is not None and reply.http_status // 100 == 2


def _is_4xx(reply: Reply) -> bool:
    return reply.http_status is not None and reply.http_status // 100 == 4


NOT_WANTED = (
    "A forged event is refused in another way: the signature is believed, and the event is not wanted. "
    "If the listener takes only types it knows, set `event:` to a harmless one."
)
SAME_REFUSAL = (
    "A forged event gets the same page: something else answers at this URL (a firewall?), "
    "or the listener refuses both: secret mismatch, or body altered before verification."
)
SAME_PAGE = "A forged event gets the same page: something else answers at this URL."
FORGED_TAKEN = "A forged event is accepted: nothing is verified, and the valid one failed alone."
BOTH_TAKEN = (
    "A forged event gets the same answer: verification is off, or something else answers at this URL."
)
UNVERIFIED = (
    "A forged event gets the same answer, before anybody verifies: look at routing, proxy and firewall."
)
BOTH_REFUSED = "A forged event is refused as well: secret mismatch, or body altered before verification."
PAIRS: tuple[tuple[Callable[[Reply, Reply, Monitor], bool], str], ...] = (
    (_turned_away, ""),
    (_same_refusal, SAME_REFUSAL),
    (_same_page, SAME_PAGE),
    (_forged_accepted, FORGED_TAKEN),
    (_both_taken, BOTH_TAKEN),
    (_nobody_verified, UNVERIFIED),
    (_believed, NOT_WANTED),
    (_both_refused, BOTH_REFUSED),
)
