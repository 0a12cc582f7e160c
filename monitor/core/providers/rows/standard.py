"""Standard Webhooks, and those who sign by it."""

from dataclasses import replace

from monitor.core.model import Disable, EventTemplate, Expectation, Policy, Provider, Retry, Scheme
from monitor.core.providers.rows.common import DAY, FIVE_MINUTES, HOUR, MARK, MINUTE, NAMED, SECOND

PING = '{"type":"{type}","timestamp":"{time}","data":{"id":"{id}","synthetic":true}}'
VERIFY = (
    "Verify `{0}-id`, `{0}-timestamp` and the raw body against `{0}-signature`, refuse what is older than"
)
HINT = VERIFY + " five minutes, and answer 2xx within the deadline; a redirect is a failure."

STANDARD = Provider(
    id="standard",
    title="Standard Webhooks",
    scheme=Scheme(
        key="whsec",
        message="{id}.{timestamp}.{body}",
        digest="base64",
        headers=(
            ("webhook-id", "{id}"),
            ("webhook-timestamp", "{timestamp}"),
            ("webhook-signature", "{sigs}"),
        ),
        item="v1,{sig}",
        joiner=" ",
        timestamp="s",
        event_id="webhook-id",
        event_type="body:type",
        window=FIVE_MINUTES,
        covers=NAMED,
    ),
    headers=(),
    user_agent=f"Standard-Webhooks/1.0 {MARK}",
    event=EventTemplate(type="probe.ping", body=PING, id_prefix="msg_probe_", receipt="data.receipt_url"),
    expect=Expectation(within=15 * SECOND),
    policy=Policy(retry=Retry(), source="the specification asks senders to retry; each has its own schedule"),
    source="Standard Webhooks specification 1.0.0: 2xx only, timeout 15 to 30 s, retries over three days",
    hint=HINT.format("webhook"),
    note="A 410 asks the sender to stop for good. The specification defines no ping: unknown types are "
    "ignored.",
)
STANDARD_V1A = replace(
    STANDARD,
    id="standard-v1a",
    title="Standard Webhooks, asymmetric (v1a)",
    scheme=replace(STANDARD.scheme, hash="ed25519", key="whsk", item="v1a,{sig}"),
    hint="Give the listener the `whpk_…` half of a key pair made for the monitor. "
    "It verifies `webhook-id`, `webhook-timestamp` and the raw body against the `v1a` entries.",
    note="The secret is the `whsk_…` half of a test key of yours: a sender keeps its own. The libraries of "
    "the specification skip `v1a` entries, so a listener built on them refuses every event of this "
    "provider.",
)
SVIX = Provider(
    id="svix",
    title="Svix",
    scheme=replace(
        STANDARD.scheme,
        headers=(
            ("svix-id", "{id}"),
            ("svix-timestamp", "{timestamp}"),
            ("svix-signature", "{sigs}"),
        ),
        event_id="svix-id",
    ),
    headers=(),
    user_agent=f"Svix-Webhooks/1.0 {MARK}",
    event=STANDARD.event,
    expect=Expectation(within=15 * SECOND),
    policy=Policy(
        retry=Retry(attempts=7, over=27 * HOUR + 35 * MINUTE),
        disable=Disable(after=5 * DAY),
        source="Svix documentation",
    ),
    source="Svix documentation: 2xx within 15 s, redirects are failures, retries over about 28 hours",
    hint=HINT.format("svix"),
    note="Senders that white-label Svix use `webhook-*` headers: use `provider: standard` for them.",
)
CLERK = replace(
    SVIX,
    id="clerk",
    title="Clerk",
    event=EventTemplate(
        type="probe.ping",
        body='{"data":{"id":"{id}","object":"probe"},"object":"event","type":"{type}",'
        '"timestamp":{milliseconds},"instance_id":"ins_probe_none"}',
        id_prefix="msg_probe_",
        receipt="data.receipt_url",
    ),
    policy=replace(SVIX.policy, source="Svix documentation: Clerk sends through Svix"),
    source="Clerk's library, and Svix documentation: Clerk sends through Svix, with `svix-*` headers",
    note="No event of Clerk's is called `probe.ping`: a listener verifies it, knows nothing of it, answers "
    "2xx.",
)
RESEND = replace(
    SVIX,
    id="resend",
    title="Resend",
    event=EventTemplate(
        type="probe.ping",
        body='{"type":"{type}","created_at":"{time}","data":{"email_id":"{id}",'
        '"from":"probe@webhook-monitor.invalid","to":["probe@webhook-monitor.invalid"],'
        '"subject":"Synthetic probe"}}',
        id_prefix="msg_probe_",
        receipt="data.receipt_url",
    ),
    policy=replace(SVIX.policy, source="Svix documentation: Resend sends through Svix"),
    source="Resend's library, and Svix documentation: Resend sends through Svix",
    note="No event of Resend's is called `probe.ping`, and no mail was sent: addresses end in `.invalid`.",
)
OPENAI = replace(
    STANDARD,
    id="openai",
    title="OpenAI",
    user_agent=f"OpenAI/1.0 {MARK}",
    event=EventTemplate(
        type="probe.ping",
        body='{"object":"event","id":"{id}","type":"{type}","created_at":{timestamp},'
        '"data":{"id":"resp_probe_none"}}',
        id_prefix="wh_probe_",
        receipt="data.metadata.receipt_url",
    ),
    expect=Expectation(within=10 * SECOND),
    policy=Policy(retry=Retry(over=3 * DAY, sure=False), source="secondary sources, not OpenAI's own pages"),
    source="OpenAI's library (Standard Webhooks); deadline unpublished (10 s assumed)",
    note="No event of OpenAI's is called `probe.ping`: a listener verifies it and ignores it.",
)

ROWS = (STANDARD, STANDARD_V1A, SVIX, CLERK, RESEND, OPENAI)
