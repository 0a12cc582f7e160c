"""The rows. Facts come from each provider's own documentation and the behaviour of its official verifier."""

from datetime import timedelta

from monitor.core.model import EventTemplate, Expectation, Policy, Provider, Retry, Scheme

SECOND = timedelta(seconds=1)
GUID = ""  # an empty prefix: the id is a GUID, as that provider's are
PING = '{"type":"probe.ping","timestamp":"{time}","data":{"id":"{id}","synthetic":true}}'
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
    ),
    headers=(),
    user_agent="Standard-Webhooks/1.0 (webhook-monitor; synthetic probe)",
    event=EventTemplate(type="probe.ping", body=PING, id_prefix="msg_probe_"),
    expect=Expectation(within=15 * SECOND),
    policy=Policy(retry=Retry()),
    source="Standard Webhooks specification 1.0.0: 2xx only, timeout 15 to 30 s, retries over three days",
)
SVIX = Provider(
    id="svix",
    title="Svix",
    scheme=Scheme(
        key="whsec",
        message="{id}.{timestamp}.{body}",
        digest="base64",
        headers=(
            ("svix-id", "{id}"),
            ("svix-timestamp", "{timestamp}"),
            ("svix-signature", "{sigs}"),
        ),
        item="v1,{sig}",
        joiner=" ",
        timestamp="s",
        event_id="svix-id",
        event_type="body:type",
    ),
    headers=(),
    user_agent="Svix-Webhooks/1.0 (webhook-monitor; synthetic probe)",
    event=EventTemplate(type="probe.ping", body=PING, id_prefix="msg_probe_"),
    expect=Expectation(within=15 * SECOND),
    policy=Policy(retry=Retry()),
    source="Svix documentation: 2xx within 15 s, redirects are failures, retries over about 28 hours",
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
    ),
    headers=(("Accept", "*/*; q=0.5, application/xml"),),
    user_agent="Stripe/1.0 (+https://stripe.com/docs/webhooks; webhook-monitor synthetic probe)",
    event=EventTemplate(type="probe.ping", body=STRIPE_BODY, content_type="application/json; charset=utf-8"),
    expect=Expectation(within=10 * SECOND),
    policy=Policy(retry=Retry()),
    source="Stripe documentation: 2xx, retries for up to three days; deadline unpublished (10 s assumed)",
)
GITHUB = Provider(
    id="github",
    title="GitHub",
    scheme=Scheme(
        headers=(("X-GitHub-Delivery", "{id}"), ("X-Hub-Signature-256", "sha256={sig}")),
        event_id="X-GitHub-Delivery",
        event_type="X-GitHub-Event",
    ),
    headers=(
        ("Accept", "*/*"),
        ("X-GitHub-Event", "{type}"),
        ("X-GitHub-Hook-ID", "0"),
        ("X-GitHub-Hook-Installation-Target-ID", "0"),
        ("X-GitHub-Hook-Installation-Target-Type", "repository"),
    ),
    user_agent="GitHub-Hookshot/probe (webhook-monitor)",
    event=EventTemplate(
        type="ping",
        body='{"zen":"This is a synthetic probe.","hook_id":0,'
        '"hook":{"type":"Repository","id":0,"name":"web","active":true,"events":["ping"],"config":{}}}',
        id_prefix=GUID,
    ),
    expect=Expectation(within=10 * SECOND),
    policy=Policy(retry=Retry(attempts=0)),
    source="GitHub documentation: 2xx within 10 s, no automatic retries",
)
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
    ),
    headers=(
        ("X-Shopify-Topic", "{type}"),
        ("X-Shopify-Shop-Domain", "webhook-monitor-probe.myshopify.com"),
        ("X-Shopify-API-Version", "2026-01"),
        ("X-Shopify-Test", "true"),
    ),
    user_agent="Shopify-Captain-Hook (webhook-monitor; synthetic probe)",
    event=EventTemplate(
        type="locales/update",
        body='{"locale":"en","primary":false,"published":false,"test":true,"probe":"{id}"}',
        id_prefix=GUID,
    ),
    expect=Expectation(within=5 * SECOND),
    policy=Policy(retry=Retry()),
    source="Shopify documentation: 200-series within 5 s, 8 retries over 4 h, then it is removed",
)
SLACK = Provider(
    id="slack",
    title="Slack Events API",
    scheme=Scheme(
        message="v0:{timestamp}:{body}",
        headers=(("X-Slack-Request-Timestamp", "{timestamp}"), ("X-Slack-Signature", "v0={sig}")),
        timestamp="s",
        event_id="body:challenge",
        event_type="body:type",
    ),
    headers=(("Accept", "*/*"),),
    user_agent="Slackbot 1.0 (+https://api.slack.com/robots; webhook-monitor synthetic probe)",
    event=EventTemplate(
        type="url_verification",
        body='{"token":"probe","challenge":"{id}","type":"url_verification"}',
    ),
    expect=Expectation(within=3 * SECOND),
    policy=Policy(retry=Retry()),
    source="Slack documentation: 2xx within 3 s, three retries; url_verification has no side effect",
)
GITLAB_TOKEN = Provider(
    id="gitlab-token",
    title="GitLab secret token",
    scheme=Scheme(
        hash=None,
        headers=(
            ("X-Gitlab-Token", "{secret}"),
            ("X-Gitlab-Event-UUID", "{id}"),
            ("Idempotency-Key", "{id}"),
        ),
        event_id="X-Gitlab-Event-UUID",
        event_type="X-Gitlab-Event",
    ),
    headers=(("X-Gitlab-Event", "{type}"), ("X-Gitlab-Instance", "https://gitlab.invalid")),
    user_agent="GitLab/probe (webhook-monitor)",
    event=EventTemplate(
        type="Emoji Hook",  # a push would deploy something somewhere
        body='{"object_kind":"emoji","event_type":"revoke","project_id":0,'
        '"user":{"id":0,"name":"webhook-monitor","username":"webhook-monitor"},'
        '"object_attributes":{"id":0,"user_id":0,"name":"eyes","awardable_type":"Issue","awardable_id":0,'
        '"action":"revoke"}}',
        id_prefix=GUID,
    ),
    expect=Expectation(within=10 * SECOND),
    source="GitLab documentation: 2xx; four failures disable the hook for a while (10 s: secondary)",
)

ROWS = (STANDARD, SVIX, STRIPE, GITHUB, SHOPIFY, SLACK, GITLAB_TOKEN)
