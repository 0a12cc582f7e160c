"""Judging: what a reply says about its listener. Values in, a verdict out; nothing is believed here yet.

Rule 1: the fault domain comes first. What cannot be told apart from our own trouble is UNSURE, and is
settled by the canaries before anybody is blamed. Rule 2: a hostile probe is judged by whether it was refused;
that a listener is down is the delivery check's business. Rule 3: every message is one sentence for a person,
with the numbers, and never a value from the configuration: it could be a secret.

``delivery``     does it accept a valid event?
``hostile``      does it refuse a forged, tampered, unsigned or stale event?
``duplicate``    is the same event, sent twice, accepted twice?
``receipt``      did what was accepted come out at the far end?
``rotation``     which of several secrets does it accept?
``handshake``    does it answer the provider's challenge?
``certificate``  how long will its certificate hold?
``heartbeat``    did the job that is to call us call in time?
``traffic``      do real events arrive there?
``diagnosis``    what two probes say together
``expectation``  what counts as acknowledged
``verdicts``     the few shapes a verdict has
``phrases``      statuses and seconds for people
"""

from monitor.core.judge.certificate import judge_certificate
from monitor.core.judge.delivery import acknowledges, judge_delivery, judge_upstream
from monitor.core.judge.diagnosis import DIAGNOSED, diagnose
from monitor.core.judge.duplicate import judge_concurrent, judge_duplicate
from monitor.core.judge.fidelity import judge_fidelity
from monitor.core.judge.handshake import judge_handshake
from monitor.core.judge.heartbeat import judge_heartbeat
from monitor.core.judge.hostile import (
    ACKNOWLEDGED,
    beside_delivery,
    judge_hostile,
    judge_nonsense,
    receipt_decides,
)
from monitor.core.judge.phrases import in_words
from monitor.core.judge.rotation import judge_rotation, which_accepted
from monitor.core.judge.traffic import judge_traffic
from monitor.core.judge.verdicts import banned, inconclusive, own_fault, settle, skipped
from monitor.core.model import HOSTILE, Check, Monitor, Reply, Verdict

__all__ = [
    "ACKNOWLEDGED",
    "DIAGNOSED",
    "acknowledges",
    "banned",
    "beside_delivery",
    "diagnose",
    "in_words",
    "inconclusive",
    "judge",
    "judge_concurrent",
    "judge_duplicate",
    "judge_handshake",
    "judge_heartbeat",
    "judge_nonsense",
    "judge_rotation",
    "judge_traffic",
    "judge_upstream",
    "own_fault",
    "receipt_decides",
    "settle",
    "skipped",
    "which_accepted",
]


def judge(check: Check, reply: Reply, monitor: Monitor) -> Verdict:
    """Judge the reply to a check that sends one probe."""
    if check in HOSTILE:
        verdict = judge_hostile(check, reply, monitor)
        return receipt_decides(verdict) if monitor.verifies_later else verdict
    if check is Check.CERTIFICATE:
        return judge_certificate(reply, monitor)
    if check is Check.FIDELITY:
        return judge_fidelity(reply, monitor)
    return judge_delivery(reply, monitor)
