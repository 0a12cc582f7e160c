"""Judging: what a reply says about its listener. Values in, a verdict out; nothing is believed here yet.

Rule 1: the fault domain comes first. What cannot be told apart from our own trouble is UNSURE, and is
settled by the canaries before anybody is blamed. Rule 2: a hostile probe is judged by whether it was refused;
that a listener is down is the delivery check's business. Rule 3: every message is one sentence for a person,
with the numbers, and never a value from the configuration: it could be a secret.

``delivery``     does it accept a valid event?
``forged``       does it refuse an event signed with a key it does not know?
``certificate``  how long will its certificate hold?
``expectation``  what counts as acknowledged
``verdicts``     the few shapes a verdict has
``phrases``      statuses and seconds for people
"""

from collections.abc import Callable, Mapping

from monitor.core.judge.certificate import judge_certificate
from monitor.core.judge.delivery import judge_delivery
from monitor.core.judge.forged import beside_delivery, judge_forged
from monitor.core.judge.phrases import in_words
from monitor.core.judge.verdicts import own_fault, settle, skipped
from monitor.core.model import Check, Monitor, Reply, Verdict

__all__ = ["JUDGES", "beside_delivery", "in_words", "judge", "own_fault", "settle", "skipped"]

JUDGES: Mapping[Check, Callable[[Reply, Monitor], Verdict]] = {
    Check.DELIVERY: judge_delivery,
    Check.FORGED: judge_forged,
    Check.CERTIFICATE: judge_certificate,
}


def judge(check: Check, reply: Reply, monitor: Monitor) -> Verdict:
    """Judge the reply to one check's probe."""
    return JUDGES[check](reply, monitor)
