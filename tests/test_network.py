"""Whose network is away? Nobody is blamed before the canaries have spoken."""

import asyncio
from datetime import timedelta

import pytest

from monitor.core.judge import judge
from monitor.core.model import Check, FailureKind, FaultDomain, Phase, Reason, Status, Verdict
from monitor.network import Network, is_external
from tests.makers import NOON, a_failed_reply, a_monitor, a_reply

CANARIES = (("canary-1.example", 443), ("canary-2.example", 443))
LOST = a_failed_reply(FailureKind.UNREACHABLE, Phase.CONNECT)
UNSURE = judge(Check.DELIVERY, LOST, a_monitor())


class Sky:
    """A pretended outside: which canaries answer, and how often they were asked."""

    def __init__(self, *answering: str) -> None:
        self.answering = set(answering)
        self.asked: list[str] = []
        self.now = NOON

    async def reach(self, host: str, _port: int) -> bool:
        self.asked.append(host)
        await asyncio.sleep(0)
        return host in self.answering

    def network(self, canaries: tuple[tuple[str, int], ...] = CANARIES) -> Network:
        return Network(now=lambda: self.now, reach=self.reach, canaries=canaries)


async def test_one_canary_that_answers_makes_it_the_listeners_fault() -> None:
    settled = await Sky("canary-2.example").network().settle(UNSURE, a_monitor(), LOST)
    assert settled.fault_domain is FaultDomain.LISTENER
    assert settled.status is Status.DOWN


async def test_when_every_canary_is_away_it_is_our_own_network() -> None:
    settled = await Sky().network().settle(UNSURE, a_monitor(), LOST)
    assert (settled.status, settled.reason) == (Status.UNKNOWN, Reason.OWN_NETWORK)
    assert settled.fault_domain is FaultDomain.OURS


async def test_without_canaries_the_listener_answers_for_itself() -> None:
    settled = await Sky().network(()).settle(UNSURE, a_monitor(), LOST)
    assert settled.fault_domain is FaultDomain.LISTENER


async def test_another_external_listener_that_just_answered_is_proof_enough() -> None:
    sky = Sky()
    network = sky.network()
    network.heard(a_monitor(url="https://other.example.com/x"), a_reply(503, address="93.184.215.14:443"))
    settled = await network.settle(UNSURE, a_monitor(), LOST)
    assert settled.fault_domain is FaultDomain.LISTENER
    assert sky.asked == []


async def test_an_answer_of_eleven_seconds_ago_proves_nothing() -> None:
    sky = Sky()
    network = sky.network()
    network.heard(a_monitor(url="https://other.example.com/x"), a_reply(address="93.184.215.14:443"))
    sky.now += timedelta(seconds=11)
    assert (await network.settle(UNSURE, a_monitor(), LOST)).reason is Reason.OWN_NETWORK


async def test_a_private_listener_proves_nothing_about_the_internet() -> None:
    network = Sky().network()
    network.heard(a_monitor(url="http://localhost:9000/x"), a_reply(address="127.0.0.1:9000"))
    network.heard(a_monitor(url="http://intranet.example.com/x"), a_reply(address="10.1.2.3:80"))
    assert (await network.settle(UNSURE, a_monitor(), LOST)).reason is Reason.OWN_NETWORK


async def test_the_internet_being_away_does_not_excuse_a_private_listener() -> None:
    private = a_monitor(url="http://192.168.7.7/hook")
    settled = await Sky().network().settle(UNSURE, private, LOST)
    assert settled.fault_domain is FaultDomain.LISTENER


async def test_a_hundred_unsure_probes_ask_each_canary_once() -> None:
    sky = Sky("canary-1.example")
    network = sky.network()
    verdicts: list[Verdict] = await asyncio.gather(
        *(network.settle(UNSURE, a_monitor(id=f"m{number}"), LOST) for number in range(100))
    )
    assert {verdict.fault_domain for verdict in verdicts} == {FaultDomain.LISTENER}
    assert len(sky.asked) <= len(CANARIES)


@pytest.mark.parametrize(
    ("host", "address", "external"),
    [
        ("api.example.com", "93.184.215.14:443", True),
        ("api.example.com", "[2606:2800:21f:cb07::1]:443", True),
        ("api.example.com", "10.0.0.1:443", False),
        ("localhost", "127.0.0.1:80", False),
        ("localhost", None, False),
        ("192.168.1.5", None, False),
        ("8.8.8.8", None, True),
        ("api.example.com", None, True),
        ("db.internal", None, False),
    ],
)
def test_what_counts_as_outside(host: str, address: str | None, *, external: bool) -> None:
    assert is_external(host, address) is external
