"""Forms, contracts, calendars, customers and files."""

from monitor.core.model import (
    Disable,
    EventTemplate,
    Expectation,
    Handshake,
    Policy,
    Provider,
    Retry,
    Scheme,
)
from monitor.core.providers.rows.common import (
    BODY,
    DAY,
    FIVE_MINUTES,
    GUID,
    HOUR,
    MARK,
    MINUTE,
    NO_GUID,
    SECOND,
    TIMED,
)

TYPEFORM = Provider(
    id="typeform",
    title="Typeform",
    scheme=Scheme(
        digest="base64",
        headers=(("Typeform-Signature", "sha256={sig}"),),
        event_id="body:event_id",
        event_type="body:event_type",
        covers=BODY,
    ),
    headers=(),
    user_agent=f"Typeform Webhooks {MARK}",
    event=EventTemplate(
        type="probe.ping",
        body='{"event_id":"{id}","event_type":"{type}",'
        '"form_response":{"form_id":"probe_none","token":"probe_none","answers":[]}}',
        receipt="form_response.hidden.receipt_url",
    ),
    expect=Expectation(within=30 * SECOND),
    policy=Policy(
        retry=Retry(over=10 * HOUR),
        source="Typeform documentation: for 408, 423, 429 and 503; a 404 or 410 disables it at once",
    ),
    source="Typeform documentation: 2xx within 30 s",
    hint="Verify the raw body against `Typeform-Signature` (base64 after `sha256=`); never answer 404 or "
    "410.",
    note="Typeform sends `form_response` alone. A listener that does not look at the type sees a response "
    "without answers to a form that does not exist.",
)
DOCUSIGN = Provider(
    id="docusign",
    title="DocuSign Connect",
    scheme=Scheme(
        digest="base64",
        headers=(
            ("X-DocuSign-Signature-1", "{sig}"),
            ("X-DocuSign-Signature-2", "{sig2}"),
            ("X-DocuSign-Signature-3", "{sig3}"),
        ),
        event_id="body:data.envelopeId",
        event_type="body:event",
        covers=BODY,
    ),
    headers=(),
    user_agent=f"DocuSign Connect {MARK}",
    event=EventTemplate(
        type="probe-ping",
        body='{"event":"{type}","apiVersion":"v2.1","retryCount":0,"configurationId":0,'
        f'"generatedDateTime":"{{time}}","data":{{"accountId":"{NO_GUID}","envelopeId":"{{id}}"}}}}',
        id_prefix=GUID,
        receipt="data.receipt_url",
    ),
    expect=Expectation(within=10 * SECOND),
    source="DocuSign documentation: 2xx, to be planned for within 5 s (where `slow` begins); 10 s assumed",
    hint="Verify the raw body against any `X-DocuSign-Signature-N`, with the key as the text it is shown as.",
    note="Up to three secrets sign, each in a header of its own. The envelope does not exist, and no event "
    "of DocuSign's has this name.",
)
CALENDLY = Provider(
    id="calendly",
    title="Calendly",
    scheme=Scheme(
        message="{timestamp}.{body}",
        headers=(("Calendly-Webhook-Signature", "t={timestamp},{sigs}"),),
        item="v1={sig}",
        timestamp="s",
        event_type="body:event",
        covers=TIMED,
    ),
    headers=(),
    user_agent=f"Calendly-Webhooks {MARK}",
    event=EventTemplate(
        type="probe.ping",
        body='{"event":"{type}","created_at":"{time}","created_by":"https://calendly.invalid/probe",'
        '"payload":{"uri":"https://calendly.invalid/probe/{id}"}}',
        receipt="payload.receipt_url",
    ),
    expect=Expectation(within=15 * SECOND),
    policy=Policy(
        retry=Retry(over=DAY),
        disable=Disable(after=DAY, what="disables the subscription, which must be made anew"),
        source="Calendly documentation",
    ),
    source="Calendly documentation: 2xx, connected within 10 s and answered within 15 s; a redirect is an "
    "error",
    hint="Verify `t` and the raw body against any `v1`, and refuse old timestamps (Calendly's sample: three "
    "minutes).",
    note="How old an event may be is the listener's choice, and so `stale` is not asked.",
)
ZENDESK = Provider(
    id="zendesk",
    title="Zendesk",
    scheme=Scheme(
        message="{timestamp}{body}",
        digest="base64",
        headers=(
            ("X-Zendesk-Webhook-Signature", "{sig}"),
            ("X-Zendesk-Webhook-Signature-Timestamp", "{timestamp}"),
            ("X-Zendesk-Webhook-Invocation-Id", "{id}"),
        ),
        timestamp="rfc3339",
        event_id="X-Zendesk-Webhook-Invocation-Id",
        event_type="body:type",
        covers=TIMED,
    ),
    headers=(("X-Zendesk-Account-Id", "0"), ("X-Zendesk-Webhook-Id", "probe_none")),
    user_agent=f"Zendesk Webhook {MARK}",
    event=EventTemplate(
        type="zen:event-type:probe.ping",
        body='{"type":"{type}","account_id":0,"id":"{id}","time":"{time}","zendesk_event_version":"2022-06-20",'
        '"subject":"zen:probe:0","event":{},"detail":{"id":"0"}}',
        id_prefix="probe_",
        receipt="detail.receipt_url",
    ),
    expect=Expectation(within=10 * SECOND),
    policy=Policy(
        retry=Retry(attempts=3, sure=False),
        disable=Disable(
            after=FIVE_MINUTES, what="pauses the webhook (at 70 % errors within 5 minutes)", sure=False
        ),
        source="secondary sources: retries after 409, and after 429 and 503 that say when",
    ),
    source="Zendesk documentation: 2xx; 10 to 12 s (secondary)",
    hint="Verify the timestamp header and the raw body against `X-Zendesk-Webhook-Signature` (base64).",
    note="How old an event may be is the listener's choice, and so `stale` is not asked.",
)
HUBSPOT = Provider(
    id="hubspot-v3",
    title="HubSpot (v3)",
    scheme=Scheme(
        message="{method}{url}{body}{timestamp}",
        digest="base64",
        headers=(("X-HubSpot-Signature-v3", "{sig}"), ("X-HubSpot-Request-Timestamp", "{timestamp}")),
        timestamp="ms",
        event_id="body:0.eventId",
        event_type="body:0.subscriptionType",
        window=FIVE_MINUTES,
        covers=frozenset({"body", "url", "timestamp"}),
    ),
    headers=(),
    user_agent=f"HubSpot Connect 2.0 {MARK}",
    event=EventTemplate(
        type="probe.ping",
        body='[{"eventId":{milliseconds},"subscriptionId":0,"portalId":0,"appId":0,'
        '"occurredAt":{milliseconds},"subscriptionType":"{type}","attemptNumber":0,"objectId":0,'
        '"changeSource":"PROBE","sourceId":"{id}"}]',
        receipt="0.receipt_url",
    ),
    expect=Expectation(within=5 * SECOND),
    policy=Policy(retry=Retry(attempts=10, over=DAY), source="HubSpot documentation"),
    source="HubSpot documentation: 2xx; 5 s (secondary)",
    hint="Verify method, full URL, raw body and timestamp against `X-HubSpot-Signature-v3`, and refuse what "
    "is older than five minutes.",
    note="The body is a list, as HubSpot's are. The URL is signed as it stands in `url:`; write it as "
    "HubSpot calls it.",
)
DROPBOX = Provider(
    id="dropbox",
    title="Dropbox",
    scheme=Scheme(headers=(("X-Dropbox-Signature", "{sig}"),), covers=BODY),
    headers=(),
    user_agent=f"DropboxWebhooks/1.0 {MARK}",
    event=EventTemplate(
        type="list_folder",
        body='{"list_folder":{"accounts":[]},"delta":{"users":[]},"probe":"{id}"}',
    ),
    expect=Expectation(statuses=("200",), within=10 * SECOND),
    policy=Policy(retry=Retry(over=10 * MINUTE), source="Dropbox documentation"),
    handshake=Handshake(
        title="verification request",
        method="GET",
        query=(("challenge", "{challenge}"),),
        signed=False,
        statuses=("200",),
        echo=True,
    ),
    source="Dropbox documentation: 200 within 10 s",
    hint="Verify the raw body against `X-Dropbox-Signature` (hex) with the app secret; bring the "
    "`challenge` of a GET back as `text/plain`, with `X-Content-Type-Options: nosniff`.",
    note="A notification says that accounts have changed: ours names none.",
)
BOX = Provider(
    id="box",
    title="Box (v2)",
    scheme=Scheme(
        message="{body}{timestamp}",
        digest="base64",
        headers=(
            ("BOX-DELIVERY-TIMESTAMP", "{timestamp}"),
            ("BOX-SIGNATURE-ALGORITHM", "HmacSHA256"),
            ("BOX-SIGNATURE-VERSION", "1"),
            ("BOX-SIGNATURE-PRIMARY", "{sig}"),
            ("BOX-SIGNATURE-SECONDARY", "{sig2}"),
        ),
        timestamp="rfc3339",
        event_id="body:id",
        event_type="body:trigger",
        window=10 * MINUTE,
        covers=TIMED,
        backdate=2 * SECOND,
    ),
    headers=(("BOX-DELIVERY-ID", "{id}"),),
    user_agent=f"Box-WH-Client {MARK}",
    event=EventTemplate(
        type="PROBE.PING",
        body='{"type":"webhook_event","id":"{id}","created_at":"{time}","trigger":"{type}",'
        '"webhook":{"id":"0","type":"webhook"},"source":{"id":"0","type":"probe"}}',
        id_prefix=GUID,
        receipt="additional_info.receipt_url",
    ),
    expect=Expectation(within=30 * SECOND),
    policy=Policy(retry=Retry(), source="Box documentation"),
    source="Box documentation and its libraries: 2xx within 30 s, ten minutes of age, no future at all",
    hint="Verify the raw body and `BOX-DELIVERY-TIMESTAMP` against the primary or the secondary signature, "
    "and refuse what is older than ten minutes.",
    note="Two secrets sign side by side, primary and secondary. Box's libraries refuse any future: events "
    "are signed two seconds early, but the clocks must agree.",
)

ROWS = (TYPEFORM, DOCUSIGN, CALENDLY, ZENDESK, HUBSPOT, DROPBOX, BOX)
