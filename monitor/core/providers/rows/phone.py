"""Calls and text messages."""

from dataclasses import replace

from monitor.core.model import EventTemplate, Expectation, Policy, Provider, Retry, Scheme
from monitor.core.providers.rows.common import FIVE_MINUTES, GUID, MARK, SECOND, TIMED

NO_ACCOUNT = "AC00000000000000000000000000000000"
WHOLE_REQUEST = frozenset({"body", "url"})

TWILIO_FORM = Provider(
    id="twilio-form",
    title="Twilio voice and messaging (form)",
    scheme=Scheme(
        hash="sha1",
        message="{url}{form}",
        digest="base64",
        headers=(("X-Twilio-Signature", "{sig}"),),
        event_id="I-Twilio-Idempotency-Token",
        covers=WHOLE_REQUEST,
    ),
    headers=(("Accept", "*/*"), ("I-Twilio-Idempotency-Token", "{id}")),
    user_agent=f"TwilioProxy/1.1 {MARK}",
    event=EventTemplate(
        type="message",
        body=f"MessageSid={{id}}&SmsSid={{id}}&AccountSid={NO_ACCOUNT}&From=%2B15005550006&To=%2B15005550006"
        "&Body=Synthetic+probe+by+webhook-monitor&NumMedia=0&NumSegments=1&SmsStatus=received"
        "&ApiVersion=2010-04-01",
        content_type="application/x-www-form-urlencoded",
        id_prefix="SM70726f6265",
        id_length=34,
        tamper="Body",
        receipt="ReceiptUrl",
    ),
    expect=Expectation(within=15 * SECOND, content_types=("text/xml", "application/xml")),
    policy=Policy(
        retry=Retry(attempts=1, sure=False),
        source="Twilio documentation: one retry by default, where no connection stood; the URL's fragment "
        "says more",
    ),
    source="Twilio documentation: 2xx with TwiML or nothing within 15 s",
    hint="Verify the URL as Twilio has it, with its query, and all parameters against `X-Twilio-Signature`; "
    "answer TwiML as `text/xml`, or an empty body.",
    note="The event is a text message between Twilio's test numbers, for an account that does not exist. "
    "Behind a proxy that ends TLS a listener often thinks of another URL than was signed: write `url:` as it "
    "stands at Twilio, and use `connect_to` to reach the listener elsewhere.",
)
TWILIO_FORM_SHA256 = replace(
    TWILIO_FORM,
    id="twilio-form-sha256",
    title="Twilio (form), SHA-256 with a shared key",
    scheme=replace(
        TWILIO_FORM.scheme,
        hash="sha256",
        headers=(
            ("X-Twilio-Signature", "{sig}"),
            ("X-Twilio-Webhooks-Signature-Settings", "key={key_id},algorithm=HMAC_SHA256"),
        ),
    ),
    note="`key_id` is the name of the shared key at Twilio. Libraries since 9.13 (Python) read the header "
    "that says SHA-256; older ones refuse every event. The rest is as with `twilio-form`.",
)
TWILIO_JSON = replace(
    TWILIO_FORM,
    id="twilio-json",
    title="Twilio (JSON, bodySHA256)",
    scheme=replace(TWILIO_FORM.scheme, message="{url}", query=(("bodySHA256", "{body_sha256}"),)),
    event=EventTemplate(
        type="com.twilio.probe",
        body='{"specversion":"1.0","type":"{type}","source":"/webhook-monitor/probe","id":"{id}","time":"{time}"}',
        id_prefix="EZ70726f6265",
        id_length=34,
        receipt="data.receipt_url",
    ),
    expect=Expectation(within=15 * SECOND),
    source="Twilio documentation: 2xx within 15 s",
    hint="Verify the URL with its `bodySHA256`, and compare that with the SHA-256 of the raw body.",
    note="`bodySHA256` is added to the query of `url:` before it is signed. The type is not one of Twilio's.",
)
TELNYX = Provider(
    id="telnyx",
    title="Telnyx",
    scheme=Scheme(
        hash="ed25519",
        key="hex",
        message="{timestamp}|{body}",
        digest="base64",
        headers=(("telnyx-signature-ed25519", "{sig}"), ("telnyx-timestamp", "{timestamp}")),
        timestamp="s",
        event_id="body:data.id",
        event_type="body:data.event_type",
        window=FIVE_MINUTES,
        covers=TIMED,
    ),
    headers=(),
    user_agent=f"telnyx-webhooks {MARK}",
    event=EventTemplate(
        type="probe.ping",
        body='{"data":{"event_type":"{type}","id":"{id}","occurred_at":"{time}","payload":{},'
        '"record_type":"event"},"meta":{"attempt":1,"delivered_to":"https://webhook-monitor.invalid/"}}',
        id_prefix=GUID,
        receipt="data.payload.receipt_url",
    ),
    expect=Expectation(within=10 * SECOND),
    policy=Policy(source="Telnyx documentation: a failed event goes to the failover URL"),
    source="Telnyx's library: five minutes; deadline not confirmed (10 s assumed)",
    hint="Verify the timestamp, a bar and the raw body with the public key, and refuse what is older than "
    "five minutes.",
    note="The secret is the private half of a test key of yours, 64 hexadecimal digits: Telnyx keeps its "
    "own. Configure the listener with the public half.",
)

ROWS = (TWILIO_FORM, TWILIO_FORM_SHA256, TWILIO_JSON, TELNYX)
