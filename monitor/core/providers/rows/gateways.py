"""Services and standards that carry the events of others."""

from dataclasses import replace

from monitor.core.model import EventTemplate, Expectation, Handshake, Provider, Scheme
from monitor.core.providers.rows.common import (
    DAY,
    FIVE_MINUTES,
    MARK,
    NAMED,
    NOTHING,
    SECOND,
    TIMED,
)

ORIGIN = "webhook-monitor.invalid"
SIGNED_PARTS = (
    '("@method" "@target-uri" "content-type" "content-digest");created={timestamp};'
    'keyid="{key_id}";alg="hmac-sha256"'
)
ASSUMED = "the sender's operator sets the deadline (10 s assumed)"

CLOUDEVENTS = Provider(
    id="cloudevents",
    title="CloudEvents over HTTP webhooks",
    scheme=Scheme(
        hash=None,
        headers=(("Authorization", "Bearer {secret}"),),
        event_id="ce-id",
        event_type="ce-type",
        covers=NOTHING,
    ),
    headers=(
        ("WebHook-Request-Origin", ORIGIN),
        ("ce-specversion", "1.0"),
        ("ce-id", "{id}"),
        ("ce-type", "{type}"),
        ("ce-source", "urn:webhook-monitor:probe"),
        ("ce-time", "{time}"),
    ),
    user_agent=f"CloudEvents/1.0 {MARK}",
    event=EventTemplate(type="probe.ping", body='{"id":"{id}","synthetic":true}', receipt="receipt_url"),
    expect=Expectation(statuses=("200", "201", "202", "204"), within=10 * SECOND),
    handshake=Handshake(
        title="abuse protection",
        method="OPTIONS",
        headers=(("WebHook-Request-Origin", ORIGIN),),
        signed=False,
        answer_headers=(("webhook-allowed-origin", "{header:webhook-request-origin}"),),
    ),
    source=f"CloudEvents HTTP 1.1 webhook specification: 200, 201, 202 or 204, no redirects; {ASSUMED}",
    hint="Check the bearer token, answer OPTIONS with `WebHook-Allowed-Origin` (the origin that asks, or "
    "`*`), and acknowledge with 200, 201, 202 or 204.",
    note="The token proves the sender, not the event: nothing is signed. If the listener lets in only one "
    "origin, set it: `headers: {WebHook-Request-Origin: …}`.",
)
RFC9421 = Provider(
    id="rfc9421",
    title="HTTP Message Signatures (RFC 9421, HMAC)",
    scheme=Scheme(
        key="base64",
        message='"@method": {method}\n"@target-uri": {url}\n"content-type": {content_type}\n'
        f'"content-digest": sha-256=:{{body_sha256_base64}}:\n"@signature-params": {SIGNED_PARTS}',
        digest="base64",
        headers=(
            ("Content-Digest", "sha-256=:{body_sha256_base64}:"),
            ("Signature-Input", f"sig1={SIGNED_PARTS}"),
            ("Signature", "sig1=:{sig}:"),
        ),
        timestamp="s",
        event_type="body:type",
        window=DAY,
        covers=frozenset({"body", "url", "timestamp"}),
    ),
    headers=(),
    user_agent=f"webhook-monitor {MARK}",
    event=EventTemplate(
        type="probe.ping",
        body='{"type":"{type}","timestamp":"{time}","data":{"id":"{id}","synthetic":true}}',
        receipt="data.receipt_url",
    ),
    expect=Expectation(within=10 * SECOND),
    source=f"RFC 9421 and RFC 9530; a Python library's default age of one day; {ASSUMED}",
    hint="Ask for a signature over `@method`, `@target-uri` and `content-digest`, compare the digest with "
    "the body, and limit the age of `created`.",
    note="The secret is a shared key in base64; `key_id` is the `keyid` under which the listener knows it. "
    "A body is protected only where the digest is covered and compared.",
)
HOOK0_V0 = Provider(
    id="hook0-v0",
    title="Hook0 (v0)",
    scheme=Scheme(
        message="{timestamp}.{body}",
        headers=(("X-Hook0-Signature", "t={timestamp},v0={sig}"),),
        timestamp="s",
        event_id="X-Event-Id",
        event_type="X-Event-Type",
        window=FIVE_MINUTES,
        covers=TIMED,
    ),
    headers=(("X-Event-Id", "{id}"), ("X-Event-Type", "{type}")),
    user_agent=f"Hook0/1.0 {MARK}",
    event=EventTemplate(
        type="probe.ping.sent", body='{"id":"{id}","synthetic":true}', id_prefix="", receipt="receipt_url"
    ),
    expect=Expectation(within=10 * SECOND),
    source=f"Hook0's libraries and documentation: 2xx; {ASSUMED}",
    hint="Verify `t` and the raw body against `v0`, and refuse what is older than five minutes.",
    note="Retries are what the application or the subscription says.",
)
HOOK0_V1 = replace(
    HOOK0_V0,
    id="hook0-v1",
    title="Hook0 (v1)",
    scheme=replace(
        HOOK0_V0.scheme,
        message="{timestamp}.x-event-id x-event-type.{id}.{type}.{body}",
        headers=(
            ("x-event-id", "{id}"),
            ("x-event-type", "{type}"),
            ("X-Hook0-Signature", "t={timestamp},h=x-event-id x-event-type,v1={sig}"),
        ),
        covers=NAMED,
    ),
    headers=(),
    hint="Verify `t`, the headers named in `h` and the raw body against `v1`, and refuse what is older than "
    "five minutes.",
)
CONVOY_ADVANCED = Provider(
    id="convoy-advanced",
    title="Convoy, advanced signatures",
    scheme=Scheme(
        message="{timestamp},{body}",
        headers=(("X-Convoy-Signature", "t={timestamp},{sigs}"),),
        item="v1={sig}",
        timestamp="s",
        event_type="body:event",
        covers=TIMED,
    ),
    headers=(),
    user_agent=f"Convoy/1.0 {MARK}",
    event=EventTemplate(
        type="probe.ping", body='{"event":"{type}","id":"{id}","amount":0}', receipt="receipt_url"
    ),
    expect=Expectation(within=10 * SECOND),
    source=f"Convoy's published signature vectors and documentation: 2xx; {ASSUMED}",
    hint="Verify `t`, a comma and the raw body against any `v1`, and refuse old timestamps.",
    note="Header name, hash and encoding are the project's settings in Convoy; where yours differ, use "
    "`signature:`. Retries are the project's settings too.",
)

ROWS = (CLOUDEVENTS, RFC9421, HOOK0_V0, HOOK0_V1, CONVOY_ADVANCED)
