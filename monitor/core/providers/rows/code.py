"""Where code and its issues live."""

from dataclasses import replace

from monitor.core.model import Disable, EventTemplate, Expectation, Placement, Policy, Provider, Retry, Scheme
from monitor.core.providers.rows.common import (
    BODY,
    GUID,
    HOUR,
    MARK,
    MINUTE,
    NO_GUID,
    NOTHING,
    SECOND,
)
from monitor.core.providers.rows.standard import STANDARD

GITHUB = Provider(
    id="github",
    title="GitHub",
    scheme=Scheme(
        headers=(("X-GitHub-Delivery", "{id}"), ("X-Hub-Signature-256", "sha256={sig}")),
        event_id="X-GitHub-Delivery",
        event_type="X-GitHub-Event",
        covers=BODY,
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
        receipt="hook.config.receipt_url",
    ),
    expect=Expectation(within=10 * SECOND),
    policy=Policy(
        retry=Retry(attempts=0), source="GitHub documentation: redelivery by hand or API, within three days"
    ),
    source="GitHub documentation: 2xx within 10 s, no automatic retries",
    hint="Verify the raw body against `X-Hub-Signature-256`, and answer 2xx to `ping` as to any event.",
    note="""\
`ping` is what GitHub sends when a hook is made. `X-Hub-Signature` (SHA-1) is not sent: for a listener
that still checks only that there is `github-sha1`.""",
)
GITHUB_SHA1 = replace(
    GITHUB,
    id="github-sha1",
    title="GitHub, old SHA-1 signature",
    scheme=replace(
        GITHUB.scheme,
        hash="sha1",
        headers=(("X-GitHub-Delivery", "{id}"), ("X-Hub-Signature", "sha1={sig}")),
    ),
    hint="Move to `X-Hub-Signature-256`. Until then verify the raw body against `X-Hub-Signature`.",
    note="GitHub sends this signature beside the newer one, for listeners that have not moved yet.",
)
GITLAB_EVENT = EventTemplate(
    type="Emoji Hook",  # a push would deploy something somewhere
    body='{"object_kind":"emoji","event_type":"revoke","project_id":0,'
    '"user":{"id":0,"name":"webhook-monitor","username":"webhook-monitor"},'
    '"object_attributes":{"id":0,"user_id":0,"name":"eyes","awardable_type":"Issue","awardable_id":0,'
    '"action":"revoke"}}',
    id_prefix=GUID,
    receipt="object_attributes.receipt_url",
)
GITLAB_POLICY = Policy(
    disable=Disable(failures=4, what="switches the hook off for a minute, later for up to a day", sure=False),
    source="secondary sources; after 40 failures it stays off",
)
GITLAB_HEADERS = (("X-Gitlab-Event", "{type}"), ("X-Gitlab-Instance", "https://gitlab.invalid"))
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
        covers=NOTHING,
    ),
    headers=GITLAB_HEADERS,
    user_agent="GitLab/probe (webhook-monitor)",
    event=GITLAB_EVENT,
    expect=Expectation(within=10 * SECOND),
    policy=GITLAB_POLICY,
    source="GitLab documentation: 2xx; four failures disable the hook for a while (10 s: secondary)",
    hint="Compare `X-Gitlab-Token` with the secret in constant time, and answer 2xx.",
    note="""\
The token proves the sender, not the body. For hooks with a signing token (`whsec_…`) there is
`gitlab-signing-token`. A reaction that is taken back is sent, and not a push, because a push would
deploy something somewhere.""",
)
GITLAB_SIGNING_TOKEN = replace(
    GITLAB_TOKEN,
    id="gitlab-signing-token",
    title="GitLab signing token",
    scheme=replace(
        STANDARD.scheme,
        headers=(*STANDARD.scheme.headers, ("Idempotency-Key", "{id}")),
        event_type="X-Gitlab-Event",
    ),
    headers=(*GITLAB_HEADERS, ("X-Gitlab-Event-UUID", "{id}")),
    source="GitLab documentation: Standard Webhooks headers, 2xx (10 s: secondary)",
    hint=STANDARD.hint,
    note="The secret is the hook's signing token, with or without `whsec_`. A reaction that is taken back is "
    "sent, and not a push, because a push would deploy something somewhere.",
)
BITBUCKET = Provider(
    id="bitbucket",
    title="Bitbucket Cloud",
    scheme=Scheme(
        headers=(("X-Hub-Signature", "sha256={sig}"), ("X-Request-UUID", "{id}")),
        event_id="X-Request-UUID",
        event_type="X-Event-Key",
        covers=BODY,
    ),
    headers=(("X-Event-Key", "{type}"), ("X-Hook-UUID", NO_GUID), ("X-Attempt-Number", "1")),
    user_agent=f"Bitbucket-Webhooks/2.0 {MARK}",
    event=EventTemplate(
        type="repo:push",
        body='{"push":{"changes":[]},"repository":{"type":"repository","name":"webhook-monitor-probe",'
        '"full_name":"webhook-monitor/probe"},"actor":{"type":"user","display_name":"{id}"}}',
        id_prefix=GUID,
        receipt="receipt_url",
    ),
    expect=Expectation(within=10 * SECOND),
    policy=Policy(retry=Retry(attempts=2, sure=False), source="secondary sources: a 5xx is retried twice"),
    source="Atlassian documentation: 2xx (10 s: secondary)",
    unsigned_ok="Bitbucket Data Center sends its `diagnostics:ping` unsigned, and may be answered with 2xx",
    hint="Verify the raw body against `X-Hub-Signature`: SHA-256, in the header that GitHub uses for SHA-1.",
    note="The event is a push that changes nothing. Jira signs the same way.",
)
LINEAR = Provider(
    id="linear",
    title="Linear",
    scheme=Scheme(
        headers=(("Linear-Delivery", "{id}"), ("Linear-Event", "{type}"), ("Linear-Signature", "{sig}")),
        timestamp="ms",
        event_id="Linear-Delivery",
        event_type="Linear-Event",
        window=MINUTE,
        covers=frozenset({"body", "timestamp"}),
        body=(Placement(path="webhookTimestamp", template="{timestamp}", number=True),),
    ),
    headers=(),
    user_agent=f"Linear-Webhook {MARK}",
    event=EventTemplate(
        type="Probe",
        body='{"action":"ping","type":"{type}","createdAt":"{time}","data":{"id":"{id}"},'
        f'"webhookTimestamp":{{milliseconds}},"webhookId":"{NO_GUID}"}}',
        id_prefix=GUID,
        receipt="data.receipt_url",
    ),
    expect=Expectation(statuses=("200",), within=5 * SECOND),
    policy=Policy(retry=Retry(attempts=3, over=7 * HOUR + MINUTE, sure=False), source="secondary sources"),
    source="Linear's library: the timestamp stands in the signed body; 200 within 5 s (secondary)",
    hint="Verify the raw body against `Linear-Signature` (bare hex), and refuse a `webhookTimestamp` more "
    "than a minute away.",
    note="Nothing in Linear has the type `Probe`. Every event is written anew with the time of sending in "
    "it.",
)

ROWS = (GITHUB, GITHUB_SHA1, GITLAB_TOKEN, GITLAB_SIGNING_TOKEN, BITBUCKET, LINEAR)
