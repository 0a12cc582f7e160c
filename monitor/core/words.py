"""Each reason in words for 3 a.m.: what it is, what it costs, where to look first."""

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.core.model import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """``short`` fits a headline, ``meaning`` says what becomes of real events, ``first`` what to do first."""

    short: str
    meaning: str
    first: str


def explain(reason: Reason) -> Words:
    """Return the words for a reason; every reason has some."""
    return WORDS[reason]


WORDS: Mapping[Reason, Words] = {
    Reason.ACCEPTED: Words(
        short="accepted in time",
        meaning="A valid event is acknowledged as the provider expects: real events arrive.",
        first="Nothing to do.",
    ),
    Reason.SLOW: Words(
        short="acknowledged, but slowly",
        meaning="Real events still arrive, but the answer comes close to the provider's deadline; "
        "a little more load and they will be counted as failed.",
        first="Look at what the handler does before it answers, and at its database and queue. "
        "Acknowledge first, work afterwards.",
    ),
    Reason.FLAKY: Words(
        short="fails now and then",
        meaning="Some real events are refused or lost while most arrive; no outage lasted long enough to "
        "be one.",
        first="Look for one bad instance behind the load balancer, and for restarts or a full connection "
        "pool.",
    ),
    Reason.TIMEOUT: Words(
        short="no answer in time",
        meaning="Real events get no answer either: the provider counts them as failed.",
        first="Look whether the process hangs: its worker pool, its database, the queue it writes to. "
        "The phase says how far we came.",
    ),
    Reason.DNS: Words(
        short="its name does not resolve",
        meaning="Nobody can find the listener: every real event fails before it is sent.",
        first="Look at the DNS record: deleted, expired domain, wrong zone after a deploy.",
    ),
    Reason.CONNECT: Words(
        short="no connection",
        meaning="Nothing answers at that address and port: every real event fails.",
        first="Look whether the process runs and listens, then at the load balancer and the firewall.",
    ),
    Reason.TLS: Words(
        short="TLS handshake or certificate refused",
        meaning="The provider refuses the connection as we do: every real event fails before it is sent.",
        first="Look at the certificate: expired, wrong name, missing intermediate, or a TLS version "
        "switched off.",
    ),
    Reason.PROTOCOL: Words(
        short="the answer broke off or is not HTTP",
        meaning="The provider cannot read the answer: it counts real events as failed, even if they were "
        "processed.",
        first="Look for a crashing worker, a proxy that cuts connections, or another service on that port.",
    ),
    Reason.SERVER_ERROR: Words(
        short="answers with a server error (5xx)",
        meaning="The listener fails on a valid event: real events fail the same way.",
        first="Search its log for the event id below; look at the last deploy and at what it depends on.",
    ),
    Reason.CLIENT_ERROR: Words(
        short="refuses a valid event (4xx)",
        meaning="The listener refuses an event that the provider would send: real events are refused the "
        "same way.",
        first="Look at routing, request size limits and the firewall rules in front of it, then at the "
        "last deploy.",
    ),
    Reason.SIGNATURE_REFUSED: Words(
        short="refuses a correctly signed event",
        meaning="Real events are refused as forgeries: the secret was rotated, is wrong on one side, "
        "or something alters the body before it is verified.",
        first="Compare the secret at the provider, in the listener and in the monitor; "
        "then look for middleware that parses the body before the signature is checked.",
    ),
    Reason.REDIRECTED: Words(
        short="redirects",
        meaning="This provider does not follow redirects: real events are counted as failed.",
        first="Point the provider at the final URL: look for a changed host, http to https, a trailing "
        "slash, a login.",
    ),
    Reason.GONE: Words(
        short="says it is gone (410)",
        meaning="Some providers switch an endpoint off for good at the first 410.",
        first="Put the route back, then look in the provider's dashboard whether the endpoint is still "
        "enabled.",
    ),
    Reason.WRONG_ANSWER: Words(
        short="answers, but not as the provider expects",
        meaning="The answer looks fine and is not an acknowledgement: real events are counted as failed, "
        "or something else than the listener answers.",
        first="Read the answer below: a login page, a firewall's page, a default site, or the wrong "
        "status or body.",
    ),
    Reason.RATE_LIMITED: Words(
        short="rate limits (429)",
        meaning="Real events are turned away too; they arrive late if the provider retries, and never if "
        "it does not.",
        first="Look at who uses up the limit, and exempt the provider's addresses from it.",
    ),
    Reason.HANDSHAKE_FAILED: Words(
        short="fails the provider's challenge",
        meaning="The provider asks this when an endpoint is registered, and some ask again later: "
        "an endpoint that does not answer is not taken, or switched off.",
        first="Send the challenge by hand (`webhook-monitor probe ID --check handshake` shows it) and "
        "compare the answer with what the provider documents.",
    ),
    Reason.CERTIFICATE_EXPIRING: Words(
        short="its certificate expires soon",
        meaning="Real events still arrive; from the moment it expires none will.",
        first="Find out why it was not renewed by itself, and renew it.",
    ),
    Reason.CERTIFICATE_EXPIRED: Words(
        short="its certificate has expired",
        meaning="Providers refuse the connection: every real event fails before it is sent.",
        first="Renew the certificate (the earliest one in the chain counts), then reload what serves it.",
    ),
    Reason.PROCESSED: Words(
        short="comes out at the far end",
        meaning="What is accepted is processed, and in time.",
        first="Nothing to do.",
    ),
    Reason.LATE: Words(
        short="accepted, but processed late",
        meaning="Real events are accepted and come out at the far end later than they should: "
        "the queue grows, or its workers are too few.",
        first="Look at the length of the queue, and at what its workers wait for.",
    ),
    Reason.NOT_PROCESSED: Words(
        short="accepted, but not processed",
        meaning="The listener answers 200 and real events come out nowhere: the provider takes them for "
        "delivered, and will not send them again.",
        first="Look whether the workers run and take from the queue that the listener fills. Events are "
        "waiting there, or lost.",
    ),
    Reason.PROCESSING_FAILED: Words(
        short="accepted, and processing failed",
        meaning="The listener answers 200, and its worker reports that it could not process the event: "
        "the provider takes real ones for delivered.",
        first="Search the worker's log for the event id below; its own note is in the evidence.",
    ),
    Reason.SILENT: Words(
        short="no sign of life",
        meaning="The job did not call in time: it did not run, did not end, or cannot reach us.",
        first="Look whether it ran: its timer or crontab, its log, its machine. If it did, look why its call "
        "did not get through.",
    ),
    Reason.JOB_FAILED: Words(
        short="the job reports a failure",
        meaning="The job ran, and says itself that it failed.",
        first="Read its note below, then its log; run it again once it is mended.",
    ),
    Reason.NO_TRAFFIC: Words(
        short="no real events arrive",
        meaning="Probes may be fine, but the provider's real events do not come: it has disabled the "
        "endpoint, the URL was changed, or something between turns them away. A probe cannot see that.",
        first="Look in the provider's dashboard: is the endpoint enabled, is its URL this one, what became "
        "of its last deliveries? Then look whether whoever reports the events still runs.",
    ),
    Reason.DISABLED_BY_PROVIDER: Words(
        short="switched off at the provider",
        meaning="The provider says that it sends no events to this endpoint: they are lost, or wait there.",
        first="Find out in the provider's dashboard who or what disabled it, and enable it; then look for "
        "the events since.",
    ),
    Reason.DELIVERIES_FAILING: Words(
        short="the provider's own deliveries fail",
        meaning="We may be answered well, but the provider's log says that its own last events failed.",
        first="Look at them in the provider's dashboard: what was answered? Think of a firewall that lets us "
        "in and not the provider, of another URL, another secret.",
    ),
    Reason.FORGERY_PROCESSED: Words(
        short="processes hostile events",
        meaning="An event that must be refused was processed, whatever was answered: with forged ones "
        "anybody who knows the URL can make the system act, with old ones anybody who recorded a true one.",
        first="Stop the work that follows before the signature is verified. Then look for events that the "
        "provider never sent.",
    ),
    Reason.REFUSED_BUT_PROCESSED: Words(
        short="processes events that it has refused",
        meaning="The provider takes the event for failed and sends it again: what was done once is done "
        "twice.",
        first="Look at what fails after the work is done and before the answer is given.",
    ),
    Reason.PROCESSED_TWICE: Words(
        short="processes the same event twice",
        meaning="Providers repeat events whose acknowledgement got lost: each repetition books, ships or "
        "pays again.",
        first="Remember the ids of events that were processed, in the same transaction as their effect.",
    ),
    Reason.REFUSED: Words(
        short="refuses what it must refuse",
        meaning="The signature is verified, as it should be.",
        first="Nothing to do.",
    ),
    Reason.FORGERY_ACCEPTED: Words(
        short="accepts forged events",
        meaning="Anybody who knows the URL can invent events (payments, orders, deploys), "
        "and the listener takes them for real ones.",
        first="Switch signature verification back on, or take the endpoint away until it is. "
        "Then look in its log for events that the provider never sent.",
    ),
    Reason.TAMPERING_ACCEPTED: Words(
        short="accepts events that were changed after signing",
        meaning="Somebody who has seen one signed event can change amounts and recipients in it, "
        "and the listener takes it for a real one.",
        first="Look at what is verified: the signature must be computed over the raw body, and compared "
        "with the one in the header. Then look for events whose content the provider never sent.",
    ),
    Reason.UNSIGNED_ACCEPTED: Words(
        short="accepts events without a signature",
        meaning="Anybody who knows the URL can invent events: leaving the signature out is enough.",
        first="Refuse an event whose signature header is missing; look for a branch that skips "
        "verification. Then look in its log for events that the provider never sent.",
    ),
    Reason.STALE_ACCEPTED: Words(
        short="accepts old events",
        meaning="An event that somebody recorded can be sent again and again, and is taken each time, "
        "unless its id is remembered.",
        first="Compare the signed timestamp with the clock, as the provider's own library does; if a longer "
        "age is meant, switch the check off: `stale: off`.",
    ),
    Reason.DUPLICATE_REFUSED: Words(
        short="refuses an event that it has seen before",
        meaning="Providers repeat events whose acknowledgement got lost. A repeated one that is refused "
        "counts as failed, and is repeated again.",
        first="Acknowledge with 2xx what was processed already.",
    ),
    Reason.RETIRED_ACCEPTED: Words(
        short="still accepts a retired secret",
        meaning="Whoever holds the old secret can still forge events; rotating it has changed nothing yet.",
        first="Remove the old secret from the listener's configuration, then from monitors.yaml.",
    ),
    Reason.VERIFIER_CRASHED: Words(
        short="crashes on a hostile event (5xx)",
        meaning="A forged event does not get in, but it makes the listener fail instead of being refused; "
        "anybody can fill its error log, and its alarms.",
        first="Answer 400 or 401 where the verification raises.",
    ),
    Reason.INCONCLUSIVE: Words(
        short="nothing to conclude",
        meaning="The probe met something that says nothing about the question asked.",
        first="Nothing to do; it will be asked again.",
    ),
    Reason.SKIPPED: Words(
        short="not asked",
        meaning="This question cannot be asked of this listener.",
        first="Nothing to do.",
    ),
    Reason.OWN_NETWORK: Words(
        short="our own network is away",
        meaning="Nothing can be measured from here: nothing is known, and no listener is blamed.",
        first="Look at the network of the machine that the monitor runs on.",
    ),
    Reason.OWN_FAULT: Words(
        short="the monitor's own fault",
        meaning="The probe failed on our side: nothing is known, and the listener is not blamed.",
        first="Look at the monitor's own log and at the load of its machine.",
    ),
}
