"""Those who move money."""

from monitor.core.model import (
    PROVIDER_ONLY,
    Disable,
    EventTemplate,
    Expectation,
    Placement,
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
    MARK,
    NAMED,
    SECOND,
    TIMED,
)

STRIPE_BODY = """{
  "id": "{id}",
  "object": "event",
  "api_version": "2024-06-20",
  "created": {timestamp},
  "data": {
    "object": {
      "id": "probe_none",
      "object": "probe"
    }
  },
  "livemode": false,
  "pending_webhooks": 0,
  "request": {
    "id": null,
    "idempotency_key": null
  },
  "type": "{type}"
}"""

ITEM = "notificationItems.0.NotificationRequestItem"
ADYEN_FIELDS = (
    *("pspReference", "originalReference", "merchantAccountCode", "merchantReference"),
    *("amount.value", "amount.currency", "eventCode", "success"),
)
ADYEN_BODY = (
    '{"live":"false","notificationItems":[{"NotificationRequestItem":{"eventCode":"{type}","success":"true",'
    '"pspReference":"{id}","merchantAccountCode":"WebhookMonitorProbe","merchantReference":"{id}",'
    '"amount":{"value":0,"currency":"EUR"},"eventDate":"{time}","reason":"synthetic probe",'
    '"additionalData":{"hmacSignature":""}}}]}'
)

STRIPE = Provider(
    id="stripe",
    title="Stripe",
    scheme=Scheme(
        message="{timestamp}.{body}",
        headers=(("Stripe-Signature", "t={timestamp},{sigs}"),),
        item="v1={sig}",
        timestamp="s",
        event_id="body:id",
        event_type="body:type",
        window=FIVE_MINUTES,
        covers=TIMED,
    ),
    headers=(("Accept", "*/*; q=0.5, application/xml"),),
    user_agent="Stripe/1.0 (+https://stripe.com/docs/webhooks; webhook-monitor synthetic probe)",
    event=EventTemplate(
        type="probe.ping",
        body=STRIPE_BODY,
        content_type="application/json; charset=utf-8",
        receipt="data.object.metadata.receipt_url",
    ),
    expect=Expectation(within=10 * SECOND),
    policy=Policy(
        retry=Retry(over=3 * DAY, span_sure=False),
        source="Stripe documentation: it retries; three days in live mode, hours in a sandbox: secondary",
    ),
    source="Stripe documentation: 2xx, retries for up to three days; deadline unpublished (10 s assumed)",
    respaced="indented",
    hint="Give the raw body to the library's `construct_event`, before any JSON parser, and answer 2xx.",
    note="""\
The whole `whsec_…` string is the key, unlike Standard Webhooks. The body is pretty-printed as
Stripe does it, so that a framework which parses and re-serialises before verifying is found out.
The event says `livemode: false`: if your live listener rightly refuses test events, set `event`.
Stripe publishes no deadline.""",
)
PADDLE = Provider(
    id="paddle",
    title="Paddle Billing",
    scheme=Scheme(
        message="{timestamp}:{body}",
        headers=(("Paddle-Signature", "ts={timestamp};{sigs}"),),
        item="h1={sig}",
        joiner=";",
        timestamp="s",
        event_id="body:event_id",
        event_type="body:event_type",
        window=5 * SECOND,
        covers=TIMED,
    ),
    headers=(),
    user_agent=f"Paddle/1.0 {MARK}",
    event=EventTemplate(
        type="probe.ping",
        body='{"event_id":"{id}","event_type":"{type}","occurred_at":"{time}",'
        '"notification_id":"ntf_probe_none","data":{"id":"txn_probe_none"}}',
        receipt="data.custom_data.receipt_url",
    ),
    expect=Expectation(statuses=("200",), within=5 * SECOND),
    policy=Policy(
        retry=Retry(attempts=60, over=3 * DAY), source="Paddle documentation: live; a sandbox tries 3 times"
    ),
    source="Paddle documentation: 200 within 5 s",
    hint="Verify `ts` and the raw body against `h1`, and answer exactly 200 before any work is done.",
    note="Paddle's libraries allow an event an age of five seconds, so the clocks here and at the listener "
    "must be right. While rotating, its Node.js library looks at the last `h1` alone.",
)
LEMONSQUEEZY = Provider(
    id="lemonsqueezy",
    title="Lemon Squeezy",
    scheme=Scheme(
        headers=(("X-Signature", "{sig}"), ("X-Event-Name", "{type}")),
        event_type="X-Event-Name",
        covers=BODY,
    ),
    headers=(),
    user_agent=f"LemonSqueezy-Hookshot {MARK}",
    event=EventTemplate(
        type="probe_ping",
        body='{"meta":{"test_mode":true,"event_name":"{type}","webhook_id":"{id}"},'
        '"data":{"type":"probes","id":"0","attributes":{"test_mode":true}}}',
        receipt="meta.custom_data.receipt_url",
    ),
    expect=Expectation(statuses=("200",), within=10 * SECOND),
    policy=Policy(retry=Retry(attempts=3, over=155 * SECOND), source="Lemon Squeezy documentation"),
    source="Lemon Squeezy documentation: exactly 200; deadline unpublished (10 s assumed)",
    hint="Verify the raw body against `X-Signature` (hex), and answer exactly 200: a 204 is a failure.",
    note="The event says `test_mode: true` and has a name that Lemon Squeezy does not use.",
)
SQUARE = Provider(
    id="square",
    title="Square",
    scheme=Scheme(
        message="{url}{body}",
        digest="base64",
        headers=(("x-square-hmacsha256-signature", "{sig}"),),
        event_id="body:event_id",
        event_type="body:type",
        covers=frozenset({"body", "url"}),
    ),
    headers=(("square-environment", "Sandbox"), ("square-initial-delivery-timestamp", "{time}")),
    user_agent=f"Square Connect v2 {MARK}",
    event=EventTemplate(
        type="probe.ping",
        body='{"merchant_id":"PROBE","type":"{type}","event_id":"{id}","created_at":"{time}",'
        '"data":{"type":"probe","id":"probe_none"}}',
        id_prefix=GUID,
        receipt="data.object.receipt_url",
    ),
    expect=Expectation(within=10 * SECOND),
    policy=Policy(retry=Retry(over=DAY), disable=Disable(after=21 * DAY), source="Square documentation"),
    source="Square documentation: 2xx within 10 s",
    hint="Verify the URL as registered with Square, followed by the raw body; answer 2xx.",
    note="The URL is signed exactly as it stands in `url:`: write it as it is registered with Square, and "
    "use `connect_to` to reach the listener elsewhere.",
)
RAZORPAY = Provider(
    id="razorpay",
    title="Razorpay",
    scheme=Scheme(
        headers=(("X-Razorpay-Signature", "{sig}"), ("x-razorpay-event-id", "{id}")),
        event_id="x-razorpay-event-id",
        event_type="body:event",
        covers=BODY,
    ),
    headers=(),
    user_agent=f"Razorpay-Webhook/v1 {MARK}",
    event=EventTemplate(
        type="probe.ping",
        body='{"entity":"event","account_id":"acc_probe_none","event":"{type}","contains":[],'
        '"payload":{"probe":{"id":"{id}"}},"created_at":{timestamp}}',
        receipt="payload.probe.notes.receipt_url",
    ),
    expect=Expectation(within=10 * SECOND),
    policy=Policy(retry=Retry(over=DAY), source="Razorpay documentation, webhooks FAQ"),
    source="Razorpay's library and documentation: 2xx; deadline not confirmed (10 s assumed)",
    hint="Verify the raw body against `X-Razorpay-Signature` (hex), before it is parsed; answer 2xx.",
    note="No event of Razorpay's is called `probe.ping`; its payload names no payment.",
)
ADYEN = Provider(
    id="adyen",
    title="Adyen standard notifications",
    scheme=Scheme(
        key="hex",
        message=":".join(f"{{body:{ITEM}.{field}}}" for field in ADYEN_FIELDS),
        digest="base64",
        event_id=f"body:{ITEM}.pspReference",
        event_type=f"body:{ITEM}.eventCode",
        covers=BODY,
        body=(Placement(path=f"{ITEM}.additionalData.hmacSignature", template="{sig}"),),
    ),
    headers=(),
    user_agent=f"Adyen HttpClient 1.0 {MARK}",
    event=EventTemplate(
        type="REPORT_AVAILABLE",
        body=ADYEN_BODY,
        id_prefix="probe_",
        tamper=f"{ITEM}.merchantReference",
        receipt="notificationItems.0.NotificationRequestItem.additionalData.receipt_url",
    ),
    expect=Expectation(within=10 * SECOND),
    policy=Policy(
        retry=Retry(), source="Adyen documentation: three retries within a minute, then a retry queue"
    ),
    source="Adyen documentation: 2xx within about 10 s (secondary)",
    hint="Verify the eight signed fields of every item against its `hmacSignature`, accept the event, and "
    "work later. Anything else in the item is unsigned: never trust it.",
    note="The event announces a report that does not exist, in test mode and without an amount. A failing "
    "webhook holds up all later events. Older webhooks want the body `[accepted]`: "
    "`expect: {body: {contains: '[accepted]'}}`.",
)
ADYEN_PAYLOAD = Provider(
    id="adyen-payload",
    title="Adyen Banking and Platforms webhooks",
    scheme=Scheme(
        key="hex",
        digest="base64",
        headers=(("hmacsignature", "{sig}"), ("protocol", "HmacSHA256")),
        event_type="body:type",
        covers=BODY,
    ),
    headers=(),
    user_agent=f"Adyen HttpClient 1.0 {MARK}",
    event=EventTemplate(
        type="probe.ping",
        body='{"type":"{type}","environment":"test","data":{"id":"{id}"}}',
        id_prefix="probe_",
        receipt="data.receipt_url",
    ),
    expect=Expectation(within=10 * SECOND),
    policy=Policy(retry=Retry(), source="Adyen documentation: retries, then a retry queue"),
    source="Adyen documentation: 2xx within about 10 s (secondary)",
    hint="Verify the raw body against `HmacSignature` with the hex-decoded key, and answer 2xx.",
    note="No event of Adyen's is called `probe.ping`; the environment is `test`.",
)
PAYPAL = Provider(
    id="paypal",
    title="PayPal",
    scheme=Scheme(
        hash=PROVIDER_ONLY,
        digest="base64",
        headers=(
            ("PAYPAL-TRANSMISSION-ID", "{id}"),
            ("PAYPAL-TRANSMISSION-TIME", "{timestamp}"),
            ("PAYPAL-TRANSMISSION-SIG", "{sig}"),
            (
                "PAYPAL-CERT-URL",
                "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-00000000-00000000",
            ),
            ("PAYPAL-AUTH-ALGO", "SHA256withRSA"),
        ),
        timestamp="rfc3339",
        event_id="body:id",
        event_type="body:event_type",
        covers=NAMED,
    ),
    headers=(("Accept", "*/*"),),
    user_agent=f"PayPal/AUHD-1.0 {MARK}",
    event=EventTemplate(
        type="PROBE.PING",
        body='{"id":"WH-{id}","event_version":"1.0","create_time":"{time}","resource_type":"probe",'
        '"event_type":"{type}","summary":"Synthetic probe","resource":{"id":"probe_none"}}',
        id_prefix=GUID,
    ),
    expect=Expectation(within=10 * SECOND),
    policy=Policy(retry=Retry(attempts=25, over=3 * DAY), source="PayPal documentation"),
    source="PayPal documentation: 2xx; deadline unpublished (10 s assumed)",
    hint="Verify offline against PayPal's certificate, or ask PayPal; refuse what neither confirms with a "
    "4xx.",
    note="PayPal signs with a private key that nobody else has: only forged and unsigned events can be sent. "
    "They show whether verification is on, and not whether a true event arrives.",
)

ROWS = (STRIPE, PADDLE, LEMONSQUEEZY, SQUARE, RAZORPAY, ADYEN, ADYEN_PAYLOAD, PAYPAL)
