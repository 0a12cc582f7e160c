"""Who somebody is, and what a cloud has to say."""

from datetime import timedelta

from monitor.core.model import (
    PROVIDER_ONLY,
    EventTemplate,
    Expectation,
    Handshake,
    Placement,
    Policy,
    Provider,
    Retry,
    Scheme,
)
from monitor.core.providers.rows.common import GUID, MARK, MINUTE, NAMED, NOTHING, SECOND, TIMED

OKTA = Provider(
    id="okta",
    title="Okta event hooks",
    scheme=Scheme(
        hash=None,
        headers=(("Authorization", "{secret}"),),
        event_id="body:eventId",
        event_type="body:data.events.0.eventType",
        covers=NOTHING,
    ),
    headers=(("Accept", "application/json"),),
    user_agent=f"Okta-Event-Hooks {MARK}",
    event=EventTemplate(
        type="com.okta.event_hook",
        body='{"eventType":"{type}","eventTypeVersion":"1.0","cloudEventsVersion":"0.1",'
        '"source":"https://okta.invalid/api/v1/eventHooks/probe","eventId":"{id}","data":{"events":[]},'
        '"eventTime":"{time}","contentType":"application/json"}',
        id_prefix="probe-",
    ),
    expect=Expectation(within=3 * SECOND),
    policy=Policy(retry=Retry(attempts=1), source="Okta documentation"),
    handshake=Handshake(
        title="one-time verification",
        method="GET",
        headers=(("x-okta-verification-challenge", "{challenge}"), ("Authorization", "{secret}")),
        signed=False,
        statuses=("200",),
        json=(("verification", "{challenge}"),),
    ),
    source="Okta documentation: 2xx within 3 s, one retry",
    hint="Compare the `Authorization` header with the secret in constant time; answer a GET with "
    '`{"verification": "<x-okta-verification-challenge>"}`, and events with 2xx within three seconds.',
    note="The header proves the sender, not the event: nothing is signed. Where the hook sends another "
    "header than `Authorization`, use `signature:` with `hash: none`.",
)
WORKOS = Provider(
    id="workos",
    title="WorkOS",
    scheme=Scheme(
        message="{timestamp}.{body}",
        headers=(("WorkOS-Signature", "t={timestamp}, v1={sig}"),),
        timestamp="ms",
        event_id="body:id",
        event_type="body:event",
        window=3 * MINUTE,
        covers=TIMED,
    ),
    headers=(),
    user_agent=f"WorkOS-Webhooks {MARK}",
    event=EventTemplate(
        type="probe.ping",
        body='{"id":"{id}","event":"{type}","data":{"object":"probe","id":"probe_none"},"created_at":"{time}"}',
        id_prefix="event_probe_",
        receipt="data.receipt_url",
    ),
    expect=Expectation(statuses=("200",), within=10 * SECOND),
    source="WorkOS documentation and its libraries: 200, three minutes of age; 10 s assumed",
    hint="Verify `t` and the raw body against `v1`, refuse what is older than three minutes, and answer 200.",
    note="WorkOS's Node.js library verifies what it makes of the JSON, not the bytes: it takes our compact "
    "body.",
)
SNS = Provider(
    id="sns",
    title="Amazon SNS",
    scheme=Scheme(
        hash=PROVIDER_ONLY,
        digest="base64",
        event_id="body:MessageId",
        event_type="x-amz-sns-message-type",
        covers=NAMED,
        body=(Placement(path="Signature", template="{sig}"),),
    ),
    headers=(
        ("x-amz-sns-message-type", "{type}"),
        ("x-amz-sns-message-id", "{id}"),
        ("x-amz-sns-topic-arn", "arn:aws:sns:us-east-1:000000000000:webhook-monitor-probe"),
    ),
    user_agent=f"Amazon Simple Notification Service Agent {MARK}",
    event=EventTemplate(
        type="Notification",
        body='{"Type":"{type}","MessageId":"{id}",'
        '"TopicArn":"arn:aws:sns:us-east-1:000000000000:webhook-monitor-probe","Subject":"Synthetic probe",'
        '"Message":"{\\"probe\\":\\"{id}\\"}","Timestamp":"{time}","SignatureVersion":"2","Signature":"",'
        # Verifiers refuse other hosts unread, and then a listener could pass by that alone.
        '"SigningCertURL":"https://sns.us-east-1.amazonaws.com/SimpleNotificationService-'
        '00000000000000000000000000000000.pem"}',
        content_type="text/plain; charset=UTF-8",
        id_prefix=GUID,
    ),
    expect=Expectation(within=timedelta(seconds=15)),
    policy=Policy(
        retry=Retry(attempts=3, over=MINUTE),
        source="AWS documentation: the default, which a topic can change",
    ),
    source="AWS documentation: 2xx; 15 s not confirmed",
    hint="Verify with the certificate at `SigningCertURL`, only from a host of SNS, before a "
    "`SubscribeURL` is called or a message believed.",
    note="Amazon signs with a private key that nobody else has: only forged and unsigned events can be sent. "
    "They never carry a `SubscribeURL`; their certificate does not exist.",
)

ROWS = (OKTA, WORKOS, SNS)
