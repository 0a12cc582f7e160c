"""Where people talk, and what they watch."""

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
    NAMED,
    SECOND,
    TIMED,
)

SLACK_BODY = '{"token":"probe","challenge":"{%s}","type":"url_verification"}'
ZOOM_BODY = '{"event":"endpoint.url_validation","event_ts":{milliseconds},"payload":{"plainToken":"{%s}"}}'
DISCORD_BODY = '{"id":"0","application_id":"0","type":1,"token":"{%s}","version":1}'
TWITCH_BODY = (
    '{"challenge":"{%s}","subscription":{"id":"70726f62-6500-4000-8000-000000000000",'
    '"status":"webhook_callback_verification_pending","type":"channel.follow","version":"2","cost":0,'
    '"condition":{"broadcaster_user_id":"0","moderator_user_id":"0"},"created_at":"{time}"}}'
)

SLACK = Provider(
    id="slack",
    title="Slack Events API",
    scheme=Scheme(
        message="v0:{timestamp}:{body}",
        headers=(("X-Slack-Request-Timestamp", "{timestamp}"), ("X-Slack-Signature", "v0={sig}")),
        timestamp="s",
        event_id="body:event_id",
        event_type="body:type",
        window=FIVE_MINUTES,
        covers=TIMED,
    ),
    headers=(("Accept", "*/*"),),
    user_agent="Slackbot 1.0 (+https://api.slack.com/robots; webhook-monitor synthetic probe)",
    event=EventTemplate(type="url_verification", body=SLACK_BODY % "id"),
    expect=Expectation(within=3 * SECOND, follows_redirects=2),
    policy=Policy(
        retry=Retry(attempts=3, over=6 * MINUTE),
        disable=Disable(
            after=HOUR, what="switches the event subscription off (at 95 % failures within an hour)"
        ),
        source="Slack documentation",
    ),
    handshake=Handshake(
        title="url_verification",
        body=SLACK_BODY % "challenge",
        type="url_verification",
        statuses=("200",),
        echo=True,
    ),
    source="Slack documentation: 2xx within 3 s, three retries; url_verification has no side effect",
    hint="Verify the timestamp and the raw body first, then bring the `challenge` of `url_verification` "
    "back; answer events with 2xx within three seconds and work later.",
    note="""\
`url_verification` is signed and has no side effect. Slack expects the challenge back; `delivery`
asks only for the status, `handshake` for the challenge. A listener that brings it back before it
verifies accepts forged ones too: verify first, or set `event`.""",
)
ZOOM = Provider(
    id="zoom",
    title="Zoom",
    scheme=Scheme(
        message="v0:{timestamp}:{body}",
        headers=(("x-zm-request-timestamp", "{timestamp}"), ("x-zm-signature", "v0={sig}")),
        timestamp="s",
        event_type="body:event",
        covers=TIMED,
    ),
    headers=(),
    user_agent=f"Zoom Marketplace/1.0a {MARK}",
    event=EventTemplate(type="endpoint.url_validation", body=ZOOM_BODY % "id", id_prefix="probe-"),
    expect=Expectation(statuses=("200", "204"), within=3 * SECOND),
    policy=Policy(retry=Retry(attempts=3, over=85 * MINUTE), source="Zoom documentation"),
    handshake=Handshake(
        title="endpoint.url_validation",
        body=ZOOM_BODY % "challenge",
        type="endpoint.url_validation",
        statuses=("200",),
        json=(("plainToken", "{challenge}"), ("encryptedToken", "{proof}")),
    ),
    source="Zoom documentation: 200 or 204 within 3 s; url_validation comes again every 72 hours",
    hint="Verify the timestamp and the raw body first; answer `endpoint.url_validation` with the token and "
    "its HMAC in hex, and all else with 200 or 204.",
    note="Zoom's own library verifies what it makes of the JSON, not the bytes: it takes our compact body, "
    "and one in which only blanks were changed. Nothing of Zoom's looks at the age of an event.",
)
DISCORD = Provider(
    id="discord",
    title="Discord interactions",
    scheme=Scheme(
        hash="ed25519",
        key="hex",
        message="{timestamp}{body}",
        headers=(("X-Signature-Ed25519", "{sig}"), ("X-Signature-Timestamp", "{timestamp}")),
        timestamp="s",
        event_id="body:id",
        event_type="body:type",
        covers=TIMED,
    ),
    headers=(),
    user_agent="Discord-Interactions/1.0 (+https://discord.com; webhook-monitor synthetic probe)",
    event=EventTemplate(type="PING", body=DISCORD_BODY % "id", id_prefix="probe_"),
    expect=Expectation(statuses=("200",), json=(("type", 1),), within=3 * SECOND),
    policy=Policy(source="Discord documentation: webhook events come again for ten minutes"),
    handshake=Handshake(
        title="PING", body=DISCORD_BODY % "challenge", type="PING", statuses=("200",), json=(("type", "1"),)
    ),
    source="Discord documentation: PING is answered with type 1 within 3 s, a wrong signature with 401",
    hint="Verify the timestamp and the raw body with the public key, answer 401 where it does not fit, and "
    '`{"type": 1}` to a PING. Discord itself sends wrong signatures now and then, and removes a URL that '
    "takes them.",
    note="The secret is the private half of a test key of yours, 64 hexadecimal digits: Discord keeps its "
    "own. Configure the listener with the public half. For webhook events, whose PING has type 0, set "
    "`event` and `expect: {status: 204}`.",
)
LINE = Provider(
    id="line",
    title="LINE Messaging API",
    scheme=Scheme(
        digest="base64",
        headers=(("x-line-signature", "{sig}"),),
        event_id="body:events.0.webhookEventId",
        event_type="body:events.0.type",
        covers=BODY,
    ),
    headers=(),
    user_agent=f"LineBotWebhook/2.0 {MARK}",
    event=EventTemplate(
        type="verify",
        body='{"destination":"U00000000000000000000000000000000","events":[],"probe":"{id}"}',
    ),
    expect=Expectation(statuses=("200",), within=10 * SECOND),
    source="LINE documentation: anything but 200 is an error; deadline not confirmed (10 s assumed)",
    hint="Verify the raw body against `x-line-signature` with the channel secret, and answer 200 even where "
    "`events` is empty.",
    note="An empty list of events is what LINE's own verify button sends. A listener for several channels "
    "chooses by `destination`: set `event` then.",
)
META = Provider(
    id="meta",
    title="Meta, WhatsApp",
    scheme=Scheme(
        headers=(("X-Hub-Signature-256", "sha256={sig}"),),
        event_id="body:entry.0.changes.0.value.messages.0.id",
        event_type="body:entry.0.changes.0.field",
        covers=BODY,
    ),
    headers=(("Accept", "*/*"),),
    user_agent=f"facebookexternalua {MARK}",
    event=EventTemplate(
        type="none",
        body='{"object":"whatsapp_business_account","entry":[],"probe":"{id}"}',
    ),
    expect=Expectation(statuses=("200",), within=10 * SECOND),
    policy=Policy(
        retry=Retry(over=36 * HOUR, sure=False), source="not confirmed by Meta's pages; WhatsApp: seven days"
    ),
    handshake=Handshake(
        title="hub.challenge",
        method="GET",
        query=(("hub.mode", "subscribe"), ("hub.challenge", "{challenge}"), ("hub.verify_token", "{token}")),
        digits=True,
        signed=False,
        statuses=("200",),
        echo=True,
        needs_token=True,
    ),
    source="Meta documentation: 200; deadline unpublished (10 s assumed)",
    hint="Verify the raw body against `X-Hub-Signature-256` with the app secret, and answer 200; answer the "
    "GET with `hub.challenge` only where `hub.verify_token` is right, else 403.",
    note="An empty list of entries asks for nothing to be done. Meta signs what it sends, with all that is "
    "not ASCII escaped as `\\uXXXX`: do the same in an `event` of your own, whose `object` may be `page` or "
    "`instagram`.",
)
TWITCH = Provider(
    id="twitch",
    title="Twitch EventSub",
    scheme=Scheme(
        message="{id}{timestamp}{body}",
        headers=(
            ("Twitch-Eventsub-Message-Id", "{id}"),
            ("Twitch-Eventsub-Message-Timestamp", "{timestamp}"),
            ("Twitch-Eventsub-Message-Signature", "sha256={sig}"),
        ),
        timestamp="rfc3339nano",
        event_id="Twitch-Eventsub-Message-Id",
        event_type="Twitch-Eventsub-Subscription-Type",
        covers=NAMED,
    ),
    headers=(
        ("Twitch-Eventsub-Message-Retry", "0"),
        ("Twitch-Eventsub-Message-Type", "{type}"),
        ("Twitch-Eventsub-Subscription-Type", "channel.follow"),
        ("Twitch-Eventsub-Subscription-Version", "2"),
    ),
    user_agent=f"Twitch-Eventsub {MARK}",
    event=EventTemplate(
        type="webhook_callback_verification", body=TWITCH_BODY % "id", id_prefix=GUID, tamper="challenge"
    ),
    expect=Expectation(within=5 * SECOND),
    policy=Policy(source="Twitch documentation: too many slow or failed answers revoke the subscription"),
    handshake=Handshake(
        title="webhook_callback_verification",
        body=TWITCH_BODY % "challenge",
        type="webhook_callback_verification",
        statuses=("200",),
        echo=True,
    ),
    source="Twitch documentation: 2xx within a few seconds (5 s assumed)",
    hint="Verify id, timestamp and raw body first, refuse with 403, and bring the `challenge` of a "
    "verification back as plain text.",
    note="Twitch's documentation asks to refuse what is older than ten minutes; no library does so by "
    "refusing, and so `stale` is not asked. Twurple answers 410 to subscriptions it does not know, verified "
    "or not: then set `event` to a subscription that it knows.",
)
INTERCOM = Provider(
    id="intercom",
    title="Intercom",
    scheme=Scheme(
        hash="sha1",
        headers=(("X-Hub-Signature", "sha1={sig}"),),
        event_id="body:id",
        event_type="body:topic",
        covers=BODY,
    ),
    headers=(),
    user_agent=f"intercom-webhooks {MARK}",
    event=EventTemplate(
        type="ping",
        body='{"type":"notification_event","id":"{id}","topic":"{type}","app_id":"probe","created_at":{timestamp},'
        '"data":{"type":"notification_event_data","item":{"type":"ping","message":"Synthetic probe"}}}',
        id_prefix="notif_probe_",
        receipt="data.item.receipt_url",
    ),
    expect=Expectation(within=5 * SECOND, warning_share=0.1),
    policy=Policy(
        disable=Disable(after=7 * DAY, what="suspends the webhook of a private app"),
        source="Intercom documentation; a thousand errors in 15 minutes pause it for 15 minutes",
    ),
    source="Intercom documentation: 2xx, after 500 ms at a lower priority; 5 s (secondary)",
    hint="Verify the raw body against `X-Hub-Signature` (SHA-1) with the client secret, and answer within "
    "half a second: slower listeners come later in the queue.",
    note="`slow` begins at 500 ms, where Intercom begins to prefer others.",
)

ROWS = (SLACK, ZOOM, DISCORD, LINE, META, TWITCH, INTERCOM)
