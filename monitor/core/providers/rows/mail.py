"""What became of mails."""

from datetime import timedelta

from monitor.core.model import EventTemplate, Expectation, Placement, Policy, Provider, Retry, Scheme
from monitor.core.providers.rows.common import DAY, MAIL, MARK, MINUTE, SECOND, TIMED

MAILGUN = Provider(
    id="mailgun",
    title="Mailgun",
    scheme=Scheme(
        message="{timestamp}{body:signature.token}",
        timestamp="s",
        event_id="body:event-data.id",
        event_type="body:event-data.event",
        window=15 * MINUTE,
        covers=frozenset({"timestamp"}),
        body=(
            Placement(path="signature.timestamp", template="{timestamp}"),
            Placement(path="signature.token", template="{nonce}", keep=True),
            Placement(path="signature.signature", template="{sig}"),
        ),
    ),
    headers=(),
    user_agent=f"mailgun/treq {MARK}",
    event=EventTemplate(
        type="delivered",
        body='{"signature":{"timestamp":"{timestamp}","token":"","signature":""},'
        '"event-data":{"event":"{type}","id":"{id}","timestamp":{timestamp},'
        f'"recipient":"{MAIL}","flags":{{"is-test-mode":true}},'
        '"message":{"headers":{"message-id":"{id}@webhook-monitor.invalid"}}}}',
        id_prefix="probe-",
        receipt="event-data.user-variables.receipt_url",
    ),
    expect=Expectation(statuses=("200",), within=timedelta(seconds=10), refusals=("401", "403", "406")),
    policy=Policy(
        retry=Retry(attempts=6, over=450 * MINUTE),
        source="Mailgun documentation; a 406 stops the retries, and some notifications are never tried again",
    ),
    source="Mailgun documentation: exactly 200, 406 to refuse; its library's 15 minutes; 10 s assumed",
    hint="Verify timestamp and token against `signature.signature`, remember tokens, refuse old ones, and "
    "answer exactly 200; answer 406 to what must not come again.",
    note="Only timestamp and token are signed, never the event: `tampered` cannot exist. The mail is one "
    "that was delivered in test mode, to an address that cannot exist.",
)
SENDGRID = Provider(
    id="sendgrid",
    title="SendGrid event webhook",
    scheme=Scheme(
        hash="ecdsa",
        key="pem",
        message="{timestamp}{body}",
        digest="base64",
        headers=(
            ("X-Twilio-Email-Event-Webhook-Signature", "{sig}"),
            ("X-Twilio-Email-Event-Webhook-Timestamp", "{timestamp}"),
        ),
        timestamp="s",
        event_id="body:0.sg_event_id",
        event_type="body:0.event",
        covers=TIMED,
    ),
    headers=(),
    user_agent=f"SendGrid Event API {MARK}",
    event=EventTemplate(
        type="processed",
        body=f'[{{"email":"{MAIL}","timestamp":{{timestamp}},"event":"{{type}}",'
        '"sg_event_id":"{id}","sg_message_id":"probe_none"}]\r\n',
        id_prefix="probe-",
        receipt="0.receipt_url",
    ),
    expect=Expectation(within=10 * SECOND),
    policy=Policy(retry=Retry(over=DAY, sure=False), source="not confirmed by SendGrid's pages"),
    source="SendGrid documentation: 2xx; deadline unpublished (10 s assumed)",
    hint="Verify the timestamp and the raw body, its closing line break included, with the public key.",
    note="The secret is a private key of yours on P-256, in PEM form: SendGrid keeps its own. Configure the "
    "listener with its public half, in base64.",
)

ROWS = (MAILGUN, SENDGRID)
