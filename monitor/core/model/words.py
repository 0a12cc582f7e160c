"""The vocabulary: one word, one meaning, the same in database, metrics, API, alerts and docs."""

from enum import StrEnum


class Check(StrEnum):
    """One question asked of a listener, on its own interval."""

    DELIVERY = "delivery"  # does it accept a valid event?
    HANDSHAKE = "handshake"  # does it answer the provider's challenge?
    CERTIFICATE = "certificate"  # how long will its certificate hold?
    RECEIPT = "receipt"  # did what it accepted come out at the far end?
    HEARTBEAT = "heartbeat"  # did the job that is to call us call in time?
    TRAFFIC = "traffic"  # do real events arrive there?
    PROVIDER = "provider"  # does the provider say that it still sends?
    FORGED = "forged"  # does it refuse an event signed with a key it does not know?
    TAMPERED = "tampered"  # … an event with a value changed after signing?
    UNSIGNED = "unsigned"  # … an event without a signature?
    STALE = "stale"  # … a valid event from long ago?
    MALFORMED = "malformed"  # … garbage where the signature or the event should be? Asked on demand only
    DUPLICATE = "duplicate"  # is the same event, sent twice, accepted twice?
    ROTATION = "rotation"  # which of several secrets does it accept?
    FIDELITY = "fidelity"  # does it verify the bytes that were sent, however they are spaced?


# What drives status and uptime.
AVAILABILITY = frozenset(
    {Check.DELIVERY, Check.HANDSHAKE, Check.CERTIFICATE, Check.RECEIPT}
    | {Check.HEARTBEAT, Check.TRAFFIC, Check.PROVIDER}
)
HOSTILE = frozenset({Check.FORGED, Check.TAMPERED, Check.UNSIGNED, Check.STALE, Check.MALFORMED})  # to refuse
AWAITED = frozenset({Check.RECEIPT})  # nobody asks: what they wait for comes, or does not
# Looked up: the listener is sent nothing. One look is proof: a date, a call that did not come, a switch.
OBSERVED = frozenset({Check.CERTIFICATE, Check.HEARTBEAT, Check.TRAFFIC, Check.PROVIDER})
FINDINGS = frozenset(Check) - AVAILABILITY  # about safety: never public, never uptime


class Status(StrEnum):
    """What we hold to be true of a monitor or a check."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    MAINTENANCE = "maintenance"
    PAUSED = "paused"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why. This is the only list; ``docs/checks.md`` says what to do about each."""

    ACCEPTED = "accepted"
    SLOW = "slow"
    FLAKY = "flaky"
    TIMEOUT = "timeout"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    PROTOCOL = "protocol"
    SERVER_ERROR = "server_error"
    CLIENT_ERROR = "client_error"
    SIGNATURE_REFUSED = "signature_refused"
    REDIRECTED = "redirected"
    GONE = "gone"
    WRONG_ANSWER = "wrong_answer"
    RATE_LIMITED = "rate_limited"
    HANDSHAKE_FAILED = "handshake_failed"
    CERTIFICATE_EXPIRING = "certificate_expiring"
    CERTIFICATE_EXPIRED = "certificate_expired"
    PROCESSED = "processed"
    LATE = "late"
    NOT_PROCESSED = "not_processed"
    PROCESSING_FAILED = "processing_failed"
    SILENT = "silent"
    JOB_FAILED = "job_failed"
    NO_TRAFFIC = "no_traffic"
    DISABLED_BY_PROVIDER = "disabled_by_provider"
    DELIVERIES_FAILING = "deliveries_failing"
    REFUSED = "refused"
    FORGERY_ACCEPTED = "forgery_accepted"
    TAMPERING_ACCEPTED = "tampering_accepted"
    UNSIGNED_ACCEPTED = "unsigned_accepted"
    STALE_ACCEPTED = "stale_accepted"
    VERIFIER_CRASHED = "verifier_crashed"
    FORGERY_PROCESSED = "forgery_processed"
    REFUSED_BUT_PROCESSED = "refused_but_processed"
    PROCESSED_TWICE = "processed_twice"
    DUPLICATE_REFUSED = "duplicate_refused"
    RETIRED_ACCEPTED = "retired_accepted"
    INCONCLUSIVE = "inconclusive"
    SKIPPED = "skipped"
    OWN_NETWORK = "own_network"
    OWN_FAULT = "own_fault"


COME_OUT = frozenset({Reason.PROCESSED, Reason.LATE})  # how long that took is the processing latency
PROOFS = frozenset(  # what a receipt has proved; it cannot be an accident
    {Reason.FORGERY_PROCESSED, Reason.REFUSED_BUT_PROCESSED, Reason.PROCESSED_TWICE}
)


class Severity(StrEnum):
    """How loudly an incident is told."""

    CRITICAL = "critical"  # forged events are accepted: told at once, never held back
    MAJOR = "major"  # real events are being lost
    MINOR = "minor"  # real events still arrive, but something is wrong
    WARNING = "warning"
    NOTE = "note"  # recorded and shown, told to nobody


class FaultDomain(StrEnum):
    """Whose fault a failing probe is. ``UNSURE`` asks the canaries before anybody is blamed."""

    LISTENER = "listener"
    OURS = "ours"
    UNSURE = "unsure"


class Phase(StrEnum):
    """The six stretches of one probe, in order."""

    RESOLVE = "resolve"
    CONNECT = "connect"
    TLS = "tls"
    SEND = "send"
    WAIT = "wait"
    RECEIVE = "receive"


class FailureKind(StrEnum):
    """What the probe door saw when there is no complete HTTP answer. Judged in ``core.judge``."""

    NAME_NOT_FOUND = "name_not_found"  # NXDOMAIN or no address: the listener's
    RESOLVER_FAILED = "resolver_failed"  # SERVFAIL, refused or no answer from our resolver: unsure
    TIMED_OUT = "timed_out"  # the total deadline passed; the phase says where
    REFUSED = "refused"  # RST to our SYN: the listener's
    UNREACHABLE = "unreachable"  # no route to host or network: unsure
    TLS_FAILED = "tls_failed"  # alert, handshake or certificate refused: the listener's
    RESET = "reset"  # the connection broke before any byte of an answer: unsure
    BROKEN_ANSWER = "broken_answer"  # truncated, or not HTTP: the listener's
    LOCAL = "local"  # EMFILE, ENETDOWN, a bug: ours


class Closing(StrEnum):
    """Why an incident ended."""

    RECOVERED = "recovered"
    MONITOR_REMOVED = "monitor_removed"
    PAUSED = "paused"
    RESOLVED = "resolved"  # by hand
