"""Shops, and what brings their parcels."""

from monitor.core.model import Disable, EventTemplate, Expectation, Policy, Provider, Retry, Scheme
from monitor.core.providers.rows.common import BODY, DAY, GUID, HOUR, MARK, SECOND

SHOPIFY = Provider(
    id="shopify",
    title="Shopify",
    scheme=Scheme(
        digest="base64",
        headers=(
            ("X-Shopify-Hmac-Sha256", "{sig}"),
            ("X-Shopify-Webhook-Id", "{id}"),
            ("X-Shopify-Event-Id", "{id}"),
        ),
        event_id="X-Shopify-Event-Id",
        event_type="X-Shopify-Topic",
        covers=BODY,
    ),
    headers=(
        ("X-Shopify-Topic", "{type}"),
        ("X-Shopify-Shop-Domain", "webhook-monitor-probe.myshopify.com"),
        ("X-Shopify-API-Version", "2026-01"),
        ("X-Shopify-Test", "true"),
    ),
    user_agent=f"Shopify-Captain-Hook {MARK}",
    event=EventTemplate(
        type="locales/update",
        body='{"locale":"en","primary":false,"published":false,"test":true,"probe":"{id}"}',
        id_prefix=GUID,
        receipt="receipt_url",
    ),
    expect=Expectation(within=5 * SECOND),
    policy=Policy(
        retry=Retry(attempts=8, over=4 * HOUR),
        disable=Disable(failures=8, what="removes the subscription"),
        source="Shopify documentation; subscriptions made through the Admin API are removed",
    ),
    source="Shopify documentation: 200-series within 5 s, 8 retries over 4 h, then it is removed",
    hint="Verify the raw body with the app's client secret, answer 200 at once, and work later: Shopify "
    "waits one second for a connection and five in all.",
    note="""\
Shopify's own libraries answer 404 to a topic that nobody handles: then set `event: {type: …}` to a
topic you handle, with a harmless body.""",
)
WOOCOMMERCE = Provider(
    id="woocommerce",
    title="WooCommerce",
    scheme=Scheme(
        digest="base64",
        headers=(("X-WC-Webhook-Signature", "{sig}"), ("X-WC-Webhook-Delivery-ID", "{id}")),
        event_id="X-WC-Webhook-Delivery-ID",
        event_type="X-WC-Webhook-Topic",
        covers=BODY,
    ),
    headers=(
        ("X-WC-Webhook-Source", "https://webhook-monitor.invalid/"),
        ("X-WC-Webhook-Topic", "{type}"),
        ("X-WC-Webhook-Resource", "action"),
        ("X-WC-Webhook-Event", "webhook_monitor_probe"),
        ("X-WC-Webhook-ID", "0"),
    ),
    user_agent=f"WooCommerce Hookshot {MARK}",
    event=EventTemplate(
        type="action.webhook_monitor_probe",
        body='{"action":"webhook_monitor_probe","arg":"{id}"}',
        id_prefix="probe-",
        receipt="receipt_url",
    ),
    expect=Expectation(statuses=("2xx", "300", "301", "302"), within=60 * SECOND),
    policy=Policy(
        retry=Retry(attempts=0),
        disable=Disable(failures=7, what="disables the webhook without a word"),
        source="WooCommerce's source",
    ),
    source="WooCommerce's source: 200 to 302 within 60 s, redirects count and are not followed, no retries",
    unsigned_ok="WooCommerce itself sends an unsigned ping when a webhook is made, and wants exactly 200 "
    "for it",
    hint="Verify the raw body against `X-WC-Webhook-Signature` (base64), but answer the unsigned ping "
    "`webhook_id=…` with exactly 200, or the webhook cannot be made.",
    note="The event is an action that no shop has. Where the secret holds `&`, `<` or `>`, write it as it "
    "reads in the shop's settings. Delivery ids repeat within a second: deduplicating by them loses events.",
)
EASYPOST = Provider(
    id="easypost",
    title="EasyPost",
    scheme=Scheme(
        headers=(("X-Hmac-Signature", "hmac-sha256-hex={sig}"),),
        event_id="body:id",
        event_type="body:description",
        covers=BODY,
    ),
    headers=(),
    user_agent=f"EasyPost/2.0 {MARK}",
    event=EventTemplate(
        type="probe.ping",
        body='{"id":"{id}","object":"Event","mode":"test","description":"{type}","created_at":"{time}",'
        '"previous_attributes":{},"result":{"id":"probe_none","object":"Probe"},"status":"pending"}',
        receipt="result.receipt_url",
    ),
    expect=Expectation(within=7 * SECOND),
    policy=Policy(
        retry=Retry(over=DAY), source="EasyPost's help pages: outages of less than 24 hours are bridged"
    ),
    source="EasyPost's library and guide: 2xx; 7 s (secondary)",
    hint="Verify the raw body against `X-Hmac-Signature` with the webhook secret, and answer 2xx.",
    note="The event is in test mode and of a kind that EasyPost does not send.",
)

ROWS = (SHOPIFY, WOOCOMMERCE, EASYPOST)
