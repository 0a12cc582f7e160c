"""The zoo: listeners with planted defects, and healthy ones.

An animal answers a request as an application would; ``now`` is its own clock, in unix seconds. What it
verifies with is ``monitor.demo.verify``, which shares no code with our signer.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count

from monitor.core.model import Outcome
from monitor.demo.http import Request
from monitor.demo.places import Listener
from monitor.demo.verify import VERIFIERS

SECRETS = dict.fromkeys(Listener, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
ADDRESS = "https://receipts.example/r/"
IN_IT = re.compile(re.escape(ADDRESS) + r"[\w.-]+")
LOGIN = "<!doctype html><title>Log in</title><form></form>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a worker says of an event, ``after`` so many seconds, to the address that was in it."""

    address: str
    after: float = 2.0
    outcome: Outcome = Outcome.PROCESSED
    note: str = ""
    run: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer after ``took`` seconds; ``hangs`` and ``resets`` instead of one."""

    status: int = 200
    body: str = '{"received":true}'
    headers: tuple[tuple[str, str], ...] = (("content-type", "application/json"),)
    took: float = 0.05
    hangs: bool = False
    resets: bool = False
    reports: tuple[Report, ...] = ()


Animal = Callable[[Request, float], Said]
GOOD, REFUSED = Said(), Said(status=401, body='{"error":"bad signature"}')


def healthy(kind: Listener) -> Animal:
    """It verifies as the provider's documentation says, and acknowledges what is true."""

    def answer(request: Request, now: float) -> Said:
        return REFUSED if VERIFIERS[kind](request, SECRETS[kind], now) else acknowledged(request)

    return answer


def acknowledged(request: Request) -> Said:
    """Slack wants its challenge back; everybody else is content."""
    event = json.loads(request.body)
    return replace(GOOD, body=event["challenge"]) if event.get("type") == "url_verification" else GOOD


def always(said: Said) -> Animal:
    """It looks at nothing."""
    return lambda _request, _now: said


def after_verifying(kind: Listener, said: Said) -> Animal:
    """It verifies, and answers true events with something else than an acknowledgement."""

    def answer(request: Request, now: float) -> Said:
        return REFUSED if VERIFIERS[kind](request, SECRETS[kind], now) else said

    return answer


def reserialising(kind: Listener) -> Animal:
    """Its framework parses the body, and what it writes again is what it verifies."""

    def answer(request: Request, now: float) -> Said:
        try:
            body = json.dumps(json.loads(request.body), separators=(",", ":")).encode()
        except ValueError:
            return Said(status=400)
        return healthy(kind)(replace(request, body=body), now)

    return answer


def ageless(kind: Listener) -> Animal:
    """It verifies the signature, and takes the time that was signed for the time it is."""
    header = {Listener.SLACK: "x-slack-request-timestamp", Listener.STANDARD: "webhook-timestamp"}

    def answer(request: Request, now: float) -> Said:
        stamp = request.header(header[kind])
        return healthy(kind)(request, float(stamp) if stamp.isdecimal() else now)

    return answer


def bodiless(kind: Listener) -> Animal:
    """It remembers signatures that it has verified, and asks no more what they stood on."""
    known: set[str] = set()

    def answer(request: Request, now: float) -> Said:
        proof = request.header("x-hub-signature-256")
        if proof and len(proof) == 71 and proof in _signatures(request, known, kind, now):
            return GOOD
        return REFUSED

    return answer


def _signatures(request: Request, known: set[str], kind: Listener, now: float) -> set[str]:
    """Any body will do that differs in its last hexadecimal digit."""
    for digit in "0123456789abcdefx":
        for place in range(len(request.body)):
            changed = request.body[:place] + digit.encode() + request.body[place + 1 :]
            if VERIFIERS[kind](replace(request, body=changed), SECRETS[kind], now) is None:
                known.add(request.header("x-hub-signature-256"))
                return known
    return known


def crashing_on_unsigned(kind: Listener, header: str) -> Animal:
    """It does not guard against a header that is missing."""

    def answer(request: Request, now: float) -> Said:
        return healthy(kind)(request, now) if request.header(header) else Said(status=500, body="KeyError")

    return answer


def crashing_on_forged(kind: Listener) -> Animal:
    """Its verifier's exception is caught by nobody."""

    def answer(request: Request, now: float) -> Said:
        return replace(REFUSED, status=500) if healthy(kind)(request, now) is REFUSED else GOOD

    return answer


def swallowing(kind: Listener) -> Animal:
    """It catches whatever goes wrong, verification included, and says 200."""

    def answer(request: Request, now: float) -> Said:
        VERIFIERS[kind](request, SECRETS[kind], now)
        return GOOD

    return answer


def lenient_without_signature(kind: Listener, header: str) -> Animal:
    """It verifies what is signed, and lets pass what is not."""

    def answer(request: Request, now: float) -> Said:
        return healthy(kind)(request, now) if request.header(header) else GOOD

    return answer


@dataclass
class Remembering:
    """It remembers ids it has seen, and meets them again badly."""

    kind: Listener
    again: Said
    identity: Callable[[Request], str]
    seen: set[str] = field(default_factory=set)

    def __call__(self, request: Request, now: float) -> Said:
        if healthy(self.kind)(request, now) is REFUSED:
            return REFUSED
        name = self.identity(request)
        known = name in self.seen
        self.seen.add(name)
        return self.again if known else GOOD


@dataclass
class EveryThird:
    """One of three instances behind the balancer is broken."""

    kind: Listener
    turn: int = 0

    def __call__(self, request: Request, now: float) -> Said:
        self.turn += 1
        return Said(status=503) if self.turn % 3 == 0 else healthy(self.kind)(request, now)


@dataclass
class Working:
    """It puts what it lets in into a queue, and its worker reports each event that it has processed.

    ``once``: it remembers the events it has seen. ``named``: each run has a name of its own. ``lets_in``
    says whether an event goes into the queue; by default all that are acknowledged do.
    """

    front: Animal
    once: bool = True
    named: bool = True
    after: float = 2.0
    outcome: Outcome = Outcome.PROCESSED
    note: str = ""
    lets_in: Animal | None = None
    seen: set[str] = field(default_factory=set)
    runs: "count[int]" = field(default_factory=count)

    def __call__(self, request: Request, now: float) -> Said:
        said = self.front(request, now)
        address = IN_IT.search(request.body.decode())
        let_in = said if self.lets_in is None else self.lets_in(request, now)
        if address is None or let_in.status != 200 or (self.once and address[0] in self.seen):
            return said
        self.seen.add(address[0])
        report = Report(
            address=address[0],
            after=self.after,
            outcome=self.outcome,
            note=self.note,
            run=f"run-{next(self.runs)}" if self.named else "",
        )
        return replace(said, reports=(report,))
