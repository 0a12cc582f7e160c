"""One look at a listener: what each check sends, in which order, and what it makes of the answers."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from monitor.core.model import (
    HOSTILE,
    Check,
    Delivery,
    EventTemplate,
    FailureKind,
    FaultDomain,
    Handshake,
    Monitor,
    Phase,
    Reason,
    Reply,
    Result,
    Scheme,
    Secret,
    Severity,
    Status,
)
from monitor.look import BETWEEN_DUPLICATES, kept, look
from tests.fakes.verifier import PAGE, Verifier, is_signed
from tests.makers import NOON, SECOND, a_failed_reply, a_monitor, a_provider, a_reply
from tests.test_story import World

ECHO = Handshake(title="challenge", body='{"challenge":"{challenge}"}', echo=True)
TIMED = Scheme(
    headers=(("X-Time", "{timestamp}"), ("X-Signature", "{sig}")),
    message="{timestamp}.{body}",
    timestamp="s",
    window=timedelta(minutes=5),
)
TWO = (Secret("the-new-secret"), Secret("the-old-secret"))


@dataclass
class Glance:
    """A listener that is looked at once; what it got is kept."""

    monitor: Monitor
    listener: Callable[[Delivery], Reply] = field(default_factory=Verifier)
    world: World = field(default_factory=World)

    async def at(self, check: Check) -> Result:
        self.world.listener = self.listener
        return await look(self.world.pipeline._outside, self.world.network, self.monitor, check)

    @property
    def sent(self) -> list[Delivery]:
        return [delivery for _, delivery in self.world.sent]

    @property
    def times(self) -> list[datetime]:
        return [at for at, _ in self.world.sent]


def a_monitor_that_signs_time(**changes: Any) -> Monitor:
    return a_monitor(provider=a_provider(scheme=TIMED, respaced="indented"), **changes)


@pytest.mark.parametrize("check", [Check.FORGED, Check.TAMPERED, Check.UNSIGNED])
async def test_a_hostile_look_sends_one_event_that_is_not_rightly_signed(check: Check) -> None:
    glance = Glance(a_monitor_that_signs_time())
    result = await glance.at(check)
    (sent,) = glance.sent
    assert not is_signed(sent, "correct-horse-battery")
    assert (result.check, result.verdict.reason) == (check, Reason.REFUSED)
    assert result.event_id == sent.event_id != ""
    assert sent.event_id.encode() in sent.body or check is Check.TAMPERED


async def test_a_stale_look_sends_a_rightly_signed_event_from_long_ago_with_a_fresh_id() -> None:
    glance = Glance(a_monitor_that_signs_time())
    first, second = await glance.at(Check.STALE), await glance.at(Check.STALE)
    for sent in glance.sent:
        assert is_signed(sent, "correct-horse-battery")
        assert int(dict(sent.headers)["X-Time"]) <= NOON.timestamp() - 600
    assert first.event_id != second.event_id


async def test_a_stale_event_is_signed_by_those_who_sign_now() -> None:
    """A secret that was retired five minutes ago signed ten minutes ago: that would be another difference."""
    scheme = replace(TIMED, headers=(("X-Time", "{timestamp}"), ("X-Signature", "{sigs}")))
    retired = (Secret("the-new-secret"), Secret("the-old-secret", until=NOON - timedelta(minutes=5)))
    glance = Glance(a_monitor(provider=a_provider(scheme=scheme), secrets=retired))
    await glance.at(Check.DELIVERY)
    await glance.at(Check.STALE)
    lengths = [[(name, len(value)) for name, value in sent.headers] for sent in glance.sent]
    assert lengths[0] == lengths[1]


@pytest.mark.parametrize("check", sorted(HOSTILE))
async def test_what_cannot_be_asked_sends_nothing_and_says_why(check: Check) -> None:
    glance = Glance(a_monitor(verifies_later=True))
    result = await glance.at(check)
    assert glance.sent == []
    assert (result.verdict.reason, result.verdict.status) == (Reason.SKIPPED, Status.UNKNOWN)
    assert "not observable" in result.verdict.message
    assert result.event_id == ""


async def test_an_event_without_text_is_not_tampered_with() -> None:
    glance = Glance(a_monitor(event=EventTemplate(type="probe.ping", body='{"n":1}')))
    result = await glance.at(Check.TAMPERED)
    assert glance.sent == []
    assert result.verdict.reason is Reason.SKIPPED


# --- twice the same -----------------------------------------------------------------------------------------


async def test_a_duplicate_is_the_same_bytes_again_a_second_later() -> None:
    glance = Glance(a_monitor())
    result = await glance.at(Check.DUPLICATE)
    first, second = glance.sent
    assert first == second
    assert glance.times[1] - glance.times[0] >= BETWEEN_DUPLICATES * SECOND
    assert result.verdict.reason is Reason.ACCEPTED


@pytest.mark.parametrize("first", [a_reply(401), a_reply(503), a_failed_reply()])
async def test_what_was_not_acknowledged_is_not_sent_again(first: Reply) -> None:
    glance = Glance(a_monitor(), listener=lambda _: first)
    result = await glance.at(Check.DUPLICATE)
    assert len(glance.sent) == 1
    assert result.verdict.reason is Reason.INCONCLUSIVE


# --- each secret alone --------------------------------------------------------------------------------------


async def test_each_secret_is_asked_alone_with_a_fresh_event() -> None:
    glance = Glance(a_monitor(secrets=TWO), listener=Verifier(secrets=("the-old-secret",)))
    result = await glance.at(Check.ROTATION)
    first, second = glance.sent
    assert is_signed(first, "the-new-secret")
    assert is_signed(second, "the-old-secret")
    assert first.event_id != second.event_id
    assert result.verdict.message == "of 2 secrets, the listener accepts the second"


async def test_a_retired_secret_is_asked_as_well() -> None:
    retired = (Secret("the-new-secret"), Secret("the-old-secret", until=NOON - SECOND))
    both = Verifier(secrets=("the-new-secret", "the-old-secret"))
    result = await Glance(a_monitor(secrets=retired), listener=both).at(Check.ROTATION)
    assert result.verdict.reason is Reason.RETIRED_ACCEPTED


# --- on demand ----------------------------------------------------------------------------------------------


async def test_malformed_is_garbage_for_a_signature_and_then_a_signed_body_that_is_not_json() -> None:
    glance = Glance(a_monitor())
    result = await glance.at(Check.MALFORMED)
    garbage, nonsense = glance.sent
    assert dict(garbage.headers)["X-Signature"] == "garbage"
    assert is_signed(nonsense, "correct-horse-battery")
    assert b"{" not in nonsense.body
    assert result.verdict.reason is Reason.ACCEPTED


@pytest.mark.parametrize(
    ("garbage", "reason", "severity"),
    [
        (a_reply(200), Reason.FORGERY_ACCEPTED, Severity.CRITICAL),
        (a_reply(500), Reason.VERIFIER_CRASHED, Severity.NOTE),
    ],
)
async def test_where_garbage_is_not_refused_the_rest_is_not_asked(
    garbage: Reply, reason: Reason, severity: Severity
) -> None:
    glance = Glance(a_monitor(), listener=lambda _: garbage)
    result = await glance.at(Check.MALFORMED)
    assert len(glance.sent) == 1
    assert (result.verdict.reason, result.verdict.severity) == (reason, severity)


async def test_a_crash_on_a_signed_body_that_is_not_json_is_a_note() -> None:
    glance = Glance(a_monitor(), listener=Verifier(yes=lambda: a_reply(500)))
    result = await glance.at(Check.MALFORMED)
    assert (result.verdict.reason, result.verdict.severity) == (Reason.VERIFIER_CRASHED, Severity.NOTE)


async def test_no_answer_to_a_signed_body_that_is_not_json_is_no_refusal() -> None:
    hang = a_failed_reply(FailureKind.TIMED_OUT, Phase.WAIT)
    result = await Glance(a_monitor(), listener=Verifier(yes=lambda: hang)).at(Check.MALFORMED)
    assert result.verdict.reason is Reason.INCONCLUSIVE


async def test_fidelity_sends_the_event_in_unusual_spacing_rightly_signed() -> None:
    glance = Glance(a_monitor_that_signs_time())
    result = await glance.at(Check.FIDELITY)
    (sent,) = glance.sent
    assert sent.body.startswith(b'{\n  "')
    assert is_signed(sent, "correct-horse-battery")
    assert result.verdict.reason is Reason.ACCEPTED


async def test_fidelity_is_not_asked_where_every_event_is_spaced_so() -> None:
    spaced = EventTemplate(type="probe.ping", body='{\n  "id": "{id}"\n}')
    glance = Glance(a_monitor_that_signs_time(event=spaced))
    result = await glance.at(Check.FIDELITY)
    assert glance.sent == []
    assert "the delivery check sends such a body already" in result.verdict.message


async def test_a_handshake_is_the_providers_challenge_with_a_fresh_word() -> None:
    def echo(delivery: Delivery) -> Reply:
        return a_reply(200, body=delivery.body.decode())

    glance = Glance(a_monitor(provider=a_provider(handshake=ECHO)), listener=echo)
    first, second = await glance.at(Check.HANDSHAKE), await glance.at(Check.HANDSHAKE)
    assert first.verdict.reason is second.verdict.reason is Reason.ACCEPTED
    assert first.event_id != second.event_id
    stuck = Glance(glance.monitor, listener=lambda _: a_reply(200, body=glance.sent[0].body.decode()))
    await stuck.at(Check.HANDSHAKE)
    assert (await stuck.at(Check.HANDSHAKE)).verdict.reason is Reason.HANDSHAKE_FAILED


# --- ours ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", [Check.DELIVERY, Check.FORGED, Check.DUPLICATE, Check.FIDELITY])
async def test_our_own_lag_is_never_held_against_a_listener(check: Check) -> None:
    hang = a_failed_reply(FailureKind.TIMED_OUT, Phase.WAIT)
    glance = Glance(a_monitor_that_signs_time(), listener=lambda _: hang, world=World(lag=3.0))
    verdict = (await glance.at(check)).verdict
    assert (verdict.reason, verdict.fault_domain) == (Reason.OWN_FAULT, FaultDomain.OURS)


async def test_a_body_is_judged_though_it_is_not_kept() -> None:
    page = a_reply(200, body=PAGE)
    glance = Glance(a_monitor(keep_bodies=False), listener=lambda _: page)
    result = await glance.at(Check.DELIVERY)
    assert result.verdict.reason is Reason.WRONG_ANSWER
    assert result.reply.body == PAGE
    assert kept(result, glance.monitor).reply.body == ""
    assert kept(result, replace(glance.monitor, keep_bodies=True)).reply.body == PAGE


async def test_every_answer_tells_the_time() -> None:
    dated = a_reply(401, headers=(("date", "Sun, 01 Mar 2026 12:10:00 GMT"),))
    glance = Glance(a_monitor_that_signs_time(), listener=lambda _: dated)
    verdict = (await glance.at(Check.DELIVERY)).verdict
    assert "Its clock is 10 min ahead of ours" in verdict.diagnosis
