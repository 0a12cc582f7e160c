"""docs/providers.md, written from the rows: ``python -m monitor.core.providers.page > docs/providers.md``."""

import sys

from monitor.core.keys import proof_headers, shows_secret
from monitor.core.model import Provider, Scheme
from monitor.core.providers import PROVIDERS, custom

INTRODUCTION = """\
# Providers

`provider: NAME` tells the monitor whose webhooks a listener expects: how they are signed, which headers they
carry, what counts as acknowledged, and when the provider gives up. Everything on this page is a default;
`event`, `expect` and `headers` of a monitor override it.

Every delivery also carries `X-Webhook-Probe: <monitor id>`, a `traceparent` (W3C Trace Context) and a
User-Agent that names webhook-monitor. Verify first, then skip side effects on these if you like; never answer
early because of them, or the probe proves nothing. Ids begin with `evt_probe_` or `msg_probe_`; where the
provider's ids are GUIDs they begin with `70726f62-65`, which is "probe" in hexadecimal.

A `forged` check sends the same request with one difference: the signature is made with a random key (a token
is replaced by a random one of the same look). It must be refused with a 4xx.

While a secret is rotating, give a list. Where the header has room for several signatures, all secrets sign;
elsewhere only the first does.
"""

CUSTOM = """\
## Your own: a `signature:` template

For every other provider that signs with a shared secret, and for your own services:

```yaml
signature:
  hash: sha256                     # sha256, sha1, sha512, or none: the secret itself is the token
  key: utf8                        # how the secret holds the key: utf8, hex, base64, whsec
  message: "{timestamp}.{body}"    # what is signed
  digest: hex                      # hex or base64
  headers: {X-Acme-Signature: "t={timestamp},v1={sig}"}
  item: "v1={sig}"                 # one per secret while rotating, joined into {sigs}
  joiner: ","
  timestamp: s                     # s, ms, rfc3339, rfc3339nano, none; s where {timestamp} is used
```

`message` and `headers` know `{timestamp}`, `{id}`, `{url}`, `{method}`; `message` also `{body}`;
`headers` also `{sig}` (the first secret's), `{sigs}` (all of them), `{type}` and `{secret}`.
Replacement is literal and in one pass: braces in a body are left alone. The URL that is signed is
the configured one, even if `connect_to` calls another address. Without `event`, this is sent:
"""

NOTES = {
    "stripe": """\
The whole `whsec_…` string is the key, unlike Standard Webhooks. The body is pretty-printed as
Stripe does it, so that a framework which parses and re-serialises before verifying is found out.
The event says `livemode: false`: if your live listener rightly refuses test events, set `event`.
Stripe publishes no deadline.
""",
    "github": """\
`ping` is what GitHub sends when a hook is made. `X-Hub-Signature` (SHA-1) is not sent: a listener
that still checks only that needs a `signature:` template with `hash: sha1`.
""",
    "shopify": """\
Shopify's own libraries answer 404 to a topic that nobody handles: then set `event: {type: …}` to a
topic you handle, with a harmless body.
""",
    "slack": """\
`url_verification` is signed and has no side effect. Slack expects the challenge back; `delivery`
asks only for the status (add `expect` to ask for more).
""",
    "gitlab-token": """\
The token proves the sender, not the body. Hooks with a GitLab signing token (`whsec_…`) use
`provider: standard`. A reaction that is taken back is sent, and not a push, because a push would
deploy something somewhere.
""",
}

SHARED_FORM = {
    "utf8": "used as it is, all of it",
    "hex": "hexadecimal digits",
    "base64": "base64",
    "whsec": "base64, with or without `whsec_` before it",
}
RETRIES = {
    True: "yes: a 429 is degraded",
    False: "no: a 429 is an outage",
    None: "not known: a 429 is an outage",
}


def page() -> str:
    """Return docs/providers.md."""
    sections = [
        INTRODUCTION,
        _overview(),
        *map(_section, PROVIDERS.values()),
        CUSTOM,
        _row("", custom(Scheme())),
    ]
    return "\n".join(sections)


def _overview() -> str:
    lines = ["| provider | proof | deadline | acknowledged by | event sent |", "|---|---|---|---|---|"]
    for provider in PROVIDERS.values():
        proofs = ", ".join(f"`{name}`" for name in _proofs(provider.scheme))
        lines.append(
            f"| [`{provider.id}`](#{provider.id}) | {proofs} | {_deadline(provider)} "
            f"| {', '.join(provider.expect.statuses)} | `{provider.event.type}` |"
        )
    return "\n".join([*lines, ""])


def _section(provider: Provider) -> str:
    note = NOTES.get(provider.id)
    return _row(f"## {provider.id}\n\n{provider.title}.\n\n", provider) + (f"\n{note}" if note else "")


def _row(heading: str, provider: Provider) -> str:
    scheme = provider.scheme
    facts = [("Source", provider.source)] if heading else []
    if heading:
        facts += [("Signed", _signed(scheme)), ("Secret", _secret(scheme)), ("Rotation", _rotation(scheme))]
    facts += [
        ("Deadline", _deadline(provider)),
        ("Acknowledged by", ", ".join(provider.expect.statuses) + "; a redirect or an HTML page is not"),
        ("Retries", RETRIES[provider.policy.retries]),
        ("Event", f"`{provider.event.type}`, as `{provider.event.content_type}`"),
    ]
    table = "\n".join(f"| {name} | {words} |" for name, words in facts)
    headers = "\n".join(f"{name}: {value}" for name, value in _headers(provider)) if heading else ""
    request = f"{headers}\n\n{provider.event.body}" if headers else provider.event.body
    return f"{heading}| | |\n|---|---|\n{table}\n\n```http\n{request}\n```\n"


def _headers(provider: Provider) -> tuple[tuple[str, str], ...]:
    return (("User-Agent", provider.user_agent), *provider.headers, *provider.scheme.headers)


def _proofs(scheme: Scheme) -> list[str]:
    return [name for name, _ in scheme.headers if name.lower() in proof_headers(scheme)]


def _signed(scheme: Scheme) -> str:
    if scheme.hash is None:
        return "nothing: the secret itself is sent, and covers no body"
    return f"HMAC-{scheme.hash.upper()} over `{scheme.message}`, {scheme.digest}"


def _secret(scheme: Scheme) -> str:
    form = SHARED_FORM[scheme.key]
    return f"{form}; sent in clear, so printable ASCII" if shows_secret(scheme) else form


def _rotation(scheme: Scheme) -> str:
    if any("{sigs}" in template for _, template in scheme.headers):
        return f"all secrets sign: `{scheme.item}`, joined by `{scheme.joiner}`"
    return "the header has room for one: the first secret signs"


def _deadline(provider: Provider) -> str:
    return f"{provider.expect.within.total_seconds():g} s"


if __name__ == "__main__":
    sys.stdout.write(page())
