"""The shapes inside a monitor, and beside it. Descriptions and examples go into the JSON Schema."""

from typing import Annotated

from pydantic import Field

from monitor.config.kinds import (
    AnyText,
    Covered,
    Digest,
    Duration,
    EventBody,
    Hash,
    HeaderName,
    HeaderValue,
    Html,
    HttpUrl,
    JsonPath,
    JsonScalar,
    KeyForm,
    Line,
    MediaType,
    OneOrMany,
    Percent,
    Place,
    Shape,
    Status,
    Switch,
    Template,
    TimestampForm,
)


class SiteShape(Shape):
    """Name and address of the public status page."""

    name: Line | None = Field(
        default=None, description="Title of the public page.", examples=["Acme webhooks"]
    )
    url: HttpUrl | None = Field(
        default=None,
        description="Where the public page is reached. Without it alerts carry no links.",
        examples=["https://status.acme.example"],
    )


class ReceiptsShape(Shape):
    """Where a listener's workers reach us."""

    url: HttpUrl = Field(
        description="Address of our public socket, as workers reach it. Default: `url` of `site`.",
        examples=["https://receipts.acme.example"],
    )


class NotifierShape(Shape):
    """One way to tell people."""

    url: AnyText = Field(description="Any Apprise URL.", examples=["${SLACK_URL}", "json://127.0.0.1:9000/"])


class SignatureShape(Shape):
    """How the listener expects events to be signed, where no provider fits."""

    hash: Hash | None = Field(
        default=None,
        description="Hash of the HMAC; `none` sends the secret itself as a token. Default sha256.",
        examples=["sha256"],
    )
    key: KeyForm | None = Field(
        default=None,
        description=(
            "How the key is written in the secret: as it is, in hex, in base64, or whsec_ and base64."
            " Default utf8."
        ),
        examples=["utf8"],
    )
    message: Template | None = Field(
        default=None,
        description="What is signed, over {timestamp} {id} {body} {url} {method}. Default {body}.",
        examples=["{timestamp}.{body}"],
    )
    digest: Digest | None = Field(
        default=None, description="How the signature is written. Default hex.", examples=["base64"]
    )
    headers: dict[HeaderName, Template] = Field(
        description=(
            "Headers that carry the proof, over {sig} {sigs} {timestamp} {id} {type} {secret} {url} {method}."
        ),
        examples=[{"X-Acme-Signature": "t={timestamp},v1={sig}"}],
        min_length=1,
    )
    item: Template | None = Field(
        default=None,
        description="One signature in {sigs}: there is one for each secret. Default {sig}.",
        examples=["v1={sig}"],
    )
    joiner: Template | None = Field(
        default=None, description="What stands between the items of {sigs}. Default ,", examples=[","]
    )
    timestamp: TimestampForm | None = Field(
        default=None,
        description=(
            "How {timestamp} is written, and where the body carries it: body:, a path and the form."
            " Default s where it is used."
        ),
        examples=["s", "body:created:ms"],
    )
    window: Duration | None = Field(
        default=None,
        description=(
            "The oldest event that the listener accepts."
            " Without it nobody asks whether a stale one is refused."
        ),
        examples=["5m"],
    )
    covers: Annotated[tuple[Covered, ...], OneOrMany()] | None = Field(
        default=None,
        description="What the signature protects, of body url id timestamp. Default: what is in `message`.",
        examples=[["body", "timestamp"]],
    )
    event_id: Place | None = Field(
        default=None,
        description="Where the listener finds the event's id: a header, or body: and a path.",
        examples=["X-Acme-Id", "body:id"],
    )
    event_type: Place | None = Field(
        default=None,
        description="Where the listener finds the event's type: a header, or body: and a path.",
        examples=["X-Acme-Event", "body:type"],
    )


class BodyRule(Shape):
    """A rule about the body of the answer."""

    contains: AnyText = Field(description="Text that must occur in the body.", examples=["received"])


class ExpectShape(Shape):
    """What counts as acknowledged. All parts must hold; what is left out is the provider's rule."""

    status: Annotated[tuple[Status, ...], OneOrMany()] | None = Field(
        default=None,
        description="Exact statuses or classes. Default: the provider's rule, mostly 2xx.",
        examples=[202, "2xx", [200, 204]],
    )
    within: Duration | None = Field(
        default=None,
        description="The deadline: when the provider gives up. Default: the provider's, or 10s.",
        examples=["3s"],
    )
    body: BodyRule | None = Field(
        default=None, description="A rule about the body.", examples=[{"contains": "received"}]
    )
    json_values: dict[JsonPath, JsonScalar] | None = Field(
        default=None,
        alias="json",
        description="Dotted paths into a JSON answer, and the value each must have.",
        examples=[{"status.ok": True}],
        min_length=1,
    )
    header: dict[HeaderName, HeaderValue] | None = Field(
        default=None,
        description="Headers the answer must carry, with their exact values.",
        examples=[{"X-Handled-By": "orders"}],
        min_length=1,
    )
    refused: Annotated[tuple[Status, ...], OneOrMany()] | None = Field(
        default=None,
        description=(
            "Statuses that mean: the signature was not believed. Default: the provider's, mostly 401 and 403."
        ),
        examples=[[401, 403], 400],
    )
    slow_after: Percent | None = Field(
        default=None,
        description="The share of the deadline after which an answer is slow. Default 50%.",
        examples=["50%"],
    )
    html: Html | None = Field(
        default=None,
        description=(
            "Whether an HTML page may be an acknowledgement. Default refused: it is mostly a login page."
        ),
        examples=["allowed"],
    )


class EventShape(Shape):
    """The synthetic event, where the provider's harmless one does not fit."""

    type: Line | None = Field(
        default=None, description="Type of the event. Default: the provider's.", examples=["probe.ping"]
    )
    body: EventBody | None = Field(
        default=None,
        description=(
            "A mapping or list (sent as compact JSON), text (sent as it is), or {file: path}."
            " {id}, {timestamp}, {time}, {type} and {receipt_url} in it are replaced."
        ),
        examples=[{"kind": "probe", "at": "{timestamp}"}, {"file": "events/ping.json"}],
    )
    tamper: JsonPath | None = Field(
        default=None,
        description=(
            "Path of the text (or name of the form parameter) that a tampered event changes."
            " Default: the first that holds the id."
        ),
        examples=["data.amount"],
    )
    content_type: MediaType | None = Field(
        default=None,
        description="Content-Type of the event. Default: the provider's, or application/json.",
        examples=["application/x-www-form-urlencoded"],
    )


class TlsShape(Shape):
    """How the listener's certificate is judged, and how we show who we are. Paths are relative."""

    verify: Switch | None = Field(
        default=None, description="Whether the certificate must be trusted. Default true.", examples=[True]
    )
    ca: AnyText | None = Field(
        default=None,
        description="PEM file of the authority to trust instead of the public ones.",
        examples=["/etc/acme/ca.pem"],
    )
    certificate: AnyText | None = Field(
        default=None, description="PEM file of our client certificate.", examples=["/etc/acme/client.pem"]
    )
    key: AnyText | None = Field(
        default=None,
        description="PEM file of its key, without a passphrase. Default: in the certificate's file.",
        examples=["/etc/acme/client.key"],
    )


class PublicShape(Shape):
    """What the public page may say of a monitor."""

    name: Line = Field(description="Name of the component.", examples=["Payments"])
    group: Line | None = Field(default=None, description="Group it stands in.", examples=["Incoming events"])
    description: Line | None = Field(
        default=None, description="A sentence below the name.", examples=["Card payments and refunds"]
    )
    consequences: Switch | None = Field(
        default=None,
        description="Whether it says what becomes of the events while it is down. Default off.",
        examples=["on"],
    )


class EvidenceShape(Shape):
    """How much of a failing answer is kept."""

    body: Switch | None = Field(
        default=None,
        description="Whether the first bytes of its body are kept. Default on.",
        examples=["off"],
    )
