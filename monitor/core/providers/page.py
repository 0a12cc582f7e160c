"""docs/providers.md, written from the rows: ``python -m monitor.core.providers.page > docs/providers.md``."""

import sys

from monitor.core.keys import needs_secret, proof_headers, shows_secret
from monitor.core.model import Provider, Scheme
from monitor.core.providers import PROVIDERS, custom

INTRODUCTION = """\
# Providers

`provider: NAME` tells the monitor whose webhooks a listener expects: how they are signed, which headers they
carry, what counts as acknowledged, and when the provider gives up. Everything on this page is a default;
`event`, `expect` and `headers` of a monitor override it.

Every delivery also carries `X-Webhook-Probe: <monitor id>`, a `traceparent` (W3C Trace Context) and a
User-Agent that names webhook-monitor. Verify first, then skip side effects on these if you like; never answer
early because of them, or the probe proves nothing. Ids say `probe` (`evt_probe_…`, `msg_probe_…`); where the
provider's ids are hexadecimal, they say it so: GUIDs begin with `70726f62-65`, others hold `70726f6265`.

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

SHARED_FORM = {
    "utf8": "used as it is, all of it",
    "hex": "hexadecimal digits",
    "base64": "base64",
    "whsec": "base64, with or without `whsec_` before it",
    "whsk": "the private half of a test key of yours, in base64, with or without `whsk_` before it",
    "pem": "the private half of a test key of yours, in PEM form",
}
KINDS = {"ed25519": "Ed25519", "ecdsa": "ECDSA with SHA-256 on P-256"}
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
    words = "".join(f"\n{text}\n" for text in (provider.hint, provider.note) if text)
    return _row(f"## {provider.id}\n\n{provider.title}.\n\n", provider) + words


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
    body = provider.event.body.rstrip()
    request = f"{headers}\n\n{body}" if headers else body
    return f"{heading}| | |\n|---|---|\n{table}\n\n```http\n{request}\n```\n"


def _headers(provider: Provider) -> tuple[tuple[str, str], ...]:
    return (("User-Agent", provider.user_agent), *provider.headers, *provider.scheme.headers)


def _proofs(scheme: Scheme) -> list[str]:
    headers = [name for name, _ in scheme.headers if name.lower() in proof_headers(scheme)]
    return headers or [place.path for place in scheme.body if "{sig}" in place.template]


def _signed(scheme: Scheme) -> str:
    if scheme.hash is None:
        return "nothing: the secret itself is sent, and covers no body"
    if not needs_secret(scheme):
        return "with a private key that nobody else has"
    kind = KINDS.get(scheme.hash, f"HMAC-{scheme.hash.upper()}")
    return f"{kind} over `{_one_line(scheme.message)}`, {scheme.digest}"


def _one_line(template: str) -> str:
    return template.replace("\n", "\\n").replace("|", "\\|")


def _secret(scheme: Scheme) -> str:
    if not needs_secret(scheme):
        return "none: leave `secret:` out"
    form = SHARED_FORM[scheme.key]
    return f"{form}; sent in clear, so printable ASCII" if shows_secret(scheme) else form


def _rotation(scheme: Scheme) -> str:
    if any("{sig2}" in template for _, template in scheme.headers):
        return "each secret signs in a header of its own"
    if any("{sigs}" in template for _, template in scheme.headers):
        return f"all secrets sign: `{scheme.item}`, joined by `{scheme.joiner}`"
    return "the header has room for one: the first secret signs"


def _deadline(provider: Provider) -> str:
    return f"{provider.expect.within.total_seconds():g} s"


if __name__ == "__main__":
    sys.stdout.write(page())
