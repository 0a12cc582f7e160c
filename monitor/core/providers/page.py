"""docs/providers.md, written from the rows: ``python -m monitor.core.providers.page > docs/providers.md``."""

import sys
from collections.abc import Iterator

from monitor.core.model import Provider, Scheme
from monitor.core.providers import PROVIDERS, custom, words
from monitor.core.times import duration

INTRODUCTION = """\
# Providers

`provider: NAME` tells the monitor whose webhooks a listener expects: how they are signed, which headers they
carry, what counts as acknowledged, and when the provider gives up. Everything on this page is a default;
`event`, `expect` and `headers` of a monitor override it. `webhook-monitor providers NAME` shows the same in a
terminal. Who is not in the table can be described by [a template](#your-own-a-signature-template).
"""

REQUESTS = """\
## What every request has in common

Every delivery also carries `X-Webhook-Probe: <monitor id>`, a `traceparent` (W3C Trace Context) and a
User-Agent that names webhook-monitor. Verify first, then skip side effects on these if you like; never answer
early because of them, or the probe proves nothing. Ids say `probe` (`evt_probe_…`, `msg_probe_…`); where the
provider's ids are hexadecimal, they say it so: GUIDs begin with `70726f62-65`, others hold `70726f6265`.

A hostile check ([checks.md](checks.md)) sends the same request with one difference: a `forged` event is
signed with a random key (a token is replaced by a random one of the same look), a `tampered` one is changed
after signing, an `unsigned` one has no proof, a `stale` one was signed long ago. Each must be refused.

With a [`receipt` check](checks.md#receipt) the event carries an address to report to, at the place that each
table names; a number in it is a place in a list. An `event` body of your own says where by `{receipt_url}`.
[receipts.md](receipts.md) is the listener's side.

While a secret is rotating, give a list. Where a provider has room for several signatures, all secrets sign;
elsewhere only the first does. The URL that is signed is the configured one, even if `connect_to` calls
another address. In the requests below `{id}`, `{time}` and the like are filled in when an event is written,
`{sig}` and `{sigs}` when it is signed. *Uncertain* is what no page of the provider's own confirms.
"""

CUSTOM = """\
## Your own: a `signature:` template

For every other provider that signs with a shared secret, and for your own services. Only `headers` must be
there:

```yaml
signature:
  hash: sha256                     # sha256, sha1, sha512, or none: the secret itself is the token
  key: utf8                        # how the secret holds the key: utf8, hex, base64, whsec
  message: "{timestamp}.{body}"    # what is signed; {body} unless told
  digest: hex                      # how the signature is written: hex, base64
  headers: {X-Acme-Signature: "t={timestamp},{sigs}"}
  item: "v1={sig}"                 # one for each secret while rotating, joined into {sigs}; {sig} unless told
  joiner: ","                      # what stands between them
  timestamp: s                     # s, ms, rfc3339, rfc3339nano, none; "body:at:ms" puts it into the body
  window: 5m                       # the oldest event the listener accepts; without it none is `stale`
  covers: [body, timestamp]        # of body, url, id, timestamp; what is in `message` unless told
  event_id: body:id                # where the listener finds the event's id: a header, or a path in the body
  event_type: body:type            # and its type
```

| placeholder | in | stands for |
|---|---|---|
| `{timestamp}` | all | when it is signed, as `timestamp` says |
| `{id}`, `{type}` | all | those of the event |
| `{url}`, `{method}`, `{content_type}` | all | those of the request; the URL is the configured one |
| `{key_id}` | all | `key_id` of the monitor: the name by which the listener knows the key |
| `{nonce}` | all | fifty hexadecimal digits, others for each event |
| `{body}` | `message` | the body, byte for byte |
| `{body:path}` | `message`, `headers` | a value in the JSON body; nothing where there is none |
| `{body_sha256}`, `{body_sha256_base64}` | `message`, `headers` | digest of the body, in hex or base64 |
| `{form}` | `message`, `headers` | a form's parameters, sorted: names and values without anything between |
| `{sig}` | `item`, `headers` | the signature; in `headers` that of the first secret |
| `{sig2}`, `{sig3}` | `headers` | those of the second and third; their headers are left out without |
| `{sigs}` | `headers` | one `item` for each secret |
| `{secret}` | `headers` | the first secret itself |

Replacement is literal and in one pass: braces in a body are left alone. Until `expect`
and `event` say otherwise:

| | |
|---|---|
"""
UNLESS_TOLD = "\nWhat is sent:\n\n"


def page() -> str:
    """Return docs/providers.md."""
    rows = sorted(PROVIDERS.values(), key=lambda row: row.id)
    return "\n".join([INTRODUCTION, _overview(rows), REQUESTS, *map(_section, rows), _own()])


def _overview(rows: list[Provider]) -> str:
    head = "| `provider:` | | proof | deadline | acknowledged by | checks that cannot exist |"
    return "\n".join([head, "|---|---|---|---|---|---|", *map(_line, rows), ""])


def _line(provider: Provider) -> str:
    cells = (
        f"[`{provider.id}`](#{provider.id})",
        provider.title,
        f"`{words.proof(provider.scheme)}`",
        duration(provider.expect.within),
        words.rule(provider.expect),
        ", ".join(check for check, _ in words.impossible(provider)),
    )
    return f"| {' | '.join(map(_cell, cells))} |"


def _section(provider: Provider) -> str:
    return "\n".join(_parts(provider))


def _parts(provider: Provider) -> Iterator[str]:
    yield f"## {provider.id}\n"
    yield f"**{provider.title}.** {provider.hint}".rstrip() + "\n"
    yield f"```yaml\n{words.snippet(provider)}\n```\n"
    yield _table(words.facts(provider))
    if provider.note:
        yield f"{provider.note.strip()}\n"
    yield "What is sent:\n"
    yield f"```http\n{words.request(provider)}\n```\n"


def _own() -> str:
    own = custom(Scheme())
    told = ("Receipt address", "Deadline", "Acknowledged by", "Retries")
    facts = tuple(fact for fact in words.facts(own) if fact[0] in told)
    return f"{CUSTOM}{_rows(facts)}{UNLESS_TOLD}```json\n{own.event.body}\n```\n"


def _table(facts: tuple[tuple[str, str], ...]) -> str:
    return f"| | |\n|---|---|\n{_rows(facts)}"


def _rows(facts: tuple[tuple[str, str], ...]) -> str:
    return "".join(f"| {name} | {_cell(said)} |\n" for name, said in facts)


def _cell(text: str) -> str:
    """Return text as a table cell holds it."""
    return text.replace("|", "\\|").replace("\n", "<br>")


if __name__ == "__main__":
    sys.stdout.write(page())
