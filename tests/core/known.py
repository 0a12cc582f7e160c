"""The known answers of ``tests/data/vectors.json``, asked of our rows."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from monitor.core.document import parsed
from monitor.core.model import Delivery, Event, Provider, Secret
from monitor.core.providers import PROVIDERS
from monitor.core.sign import sign
from monitor.probe.seal import seal
from tests.makers import a_monitor

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
VECTORS = json.loads((Path(__file__).parents[1] / "data" / "vectors.json").read_text())["vectors"]

# Signed with keys that are not in the file: they can be verified, and not made.
KEYLESS = frozenset({"sendgrid", "sendgrid-published", "sns-v1", "sns-v2", "paypal"})
SIGNABLE = [vector for vector in VECTORS if vector["name"] not in KEYLESS]

B25 = '("date" "@authority" "content-type");created={timestamp};keyid="{key_id}"'
B25_SCHEME = replace(
    PROVIDERS["rfc9421"].scheme,
    message='"date": Tue, 20 Apr 2021 02:07:55 GMT\n"@authority": example.com\n"content-type": {content_type}\n'
    f'"@signature-params": {B25}',
    headers=(("Signature-Input", f"sig-b25={B25}"), ("Signature", "sig-b25=:{sig}:")),
)


def row(vector: dict[str, Any]) -> Provider:
    """Return its provider; the one of the standard's own example, which covers other parts, is made here."""
    if vector["scheme"] == "rfc9421-b25":
        return replace(PROVIDERS["rfc9421"], scheme=B25_SCHEME)
    return PROVIDERS[vector["scheme"]]


def secret_of(vector: dict[str, Any]) -> str:
    """Return the secret as an operator writes it."""
    secret = vector["secret"]
    if isinstance(secret, str):
        return secret
    forms = ("private", "private_seed_hex", "hmac_b64")
    return str(next(secret[form] for form in forms if form in secret))


def unsigned_body(vector: dict[str, Any], body: str) -> str:
    """Return the body with nothing where our signature and time belong: the answer must not be in it."""
    document = parsed(body)
    for place in row(vector).scheme.body:
        *way, last = place.path.split(".")
        here = document
        for step in way:
            here = here[int(step)] if isinstance(here, list) else here[step]
        if not place.keep:
            here[last] = 0 if place.number else ""
    return json.dumps(document, separators=(",", ":")) if row(vector).scheme.body else body


def deliver(vector: dict[str, Any], *secrets: str, body: str | None = None) -> Delivery:
    """Sign the vector's own event (or another body) with its secret, or with others."""
    scheme = row(vector).scheme
    key_id = vector["secret"].get("keyid", "") if isinstance(vector["secret"], dict) else ""
    settings = vector["headers"].get("X-Twilio-Webhooks-Signature-Settings", "")
    at = datetime.fromtimestamp(vector["timestamp"], UTC) + scheme.backdate
    event = Event(
        id=vector["event_id"],
        type=vector["event_type"],
        at=at,
        body=unsigned_body(vector, body or vector["body"]).encode(),
        content_type=vector["headers"]["Content-Type"],
    )
    monitor = a_monitor(
        provider=as_written(vector),
        secrets=tuple(Secret(secret) for secret in secrets or (secret_of(vector),)),
        url=_registered(vector),
        method=vector["method"],
        key_id=key_id or settings.removeprefix("key=").partition(",")[0],
    )
    return sign(event, monitor, at=at, traceparent=TRACE, seal=seal)


def as_written(vector: dict[str, Any]) -> Provider:
    """Return the row, with a time that no clock of ours writes (other zone, nanoseconds) put in as text."""
    provider = row(vector)
    header = next((name for name, value in provider.scheme.headers if value == "{timestamp}"), "")
    time = vector["headers"].get(header, "")
    if not time.endswith(("-07:00", "000123Z")):
        return provider

    def fixed(template: str) -> str:
        return template.replace("{timestamp}", time)

    scheme = replace(
        provider.scheme,
        message=fixed(provider.scheme.message),
        headers=tuple((name, fixed(value)) for name, value in provider.scheme.headers),
    )
    return replace(provider, scheme=scheme)


def _registered(vector: dict[str, Any]) -> str:
    """Return the URL without what is added to it before signing."""
    parts = urlsplit(vector["url"])
    added = {name for name, _ in row(vector).scheme.query}
    kept = [pair for pair in parts.query.split("&") if pair.partition("=")[0] not in added]
    return urlunsplit(parts._replace(query="&".join(kept)))
