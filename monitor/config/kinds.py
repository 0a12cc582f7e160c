"""The types of the fields: a parser of ours, and the JSON Schema that tells an editor the same."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainValidator,
    Tag,
    WithJsonSchema,
)
from pydantic_core import core_schema

from monitor.config import amounts, scalars
from monitor.config.tree import Listing, Node, Table, Text
from monitor.core.providers import PROVIDERS

DURATION = r"^([0-9]{1,9}(ms|s|m|h|d))+$|\$\{"
DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
UNTIL = rf"^{DAY}([T ][0-9:.]+(Z|[+-][0-9]{{2}}:[0-9]{{2}}))?$|\$\{{"
VARIABLE: dict[str, Any] = {"type": "string", "pattern": r"\$\{"}  # its type is known only after replacement


def _or_variable(schema: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [schema, VARIABLE]})


def _text(pattern: str = ".") -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern})


_NUMBER_OR_TEXT = WithJsonSchema({"type": ["string", "number", "boolean"]})

Line = Annotated[str, PlainValidator(scalars.line), _text()]
AnyText = Annotated[Text, PlainValidator(scalars.text), _text()]
Template = Annotated[str, PlainValidator(scalars.template), WithJsonSchema({"type": "string"})]
Duration = Annotated[timedelta, PlainValidator(amounts.duration), _text(DURATION)]
Until = Annotated[datetime, PlainValidator(amounts.until), _text(UNTIL)]
WallTime = Annotated[
    datetime,
    PlainValidator(amounts.wall_time),
    _text(rf"^{DAY}[T ][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}})?(Z|[+-][0-9]{{2}}:[0-9]{{2}})?$|\$\{{"),
]
Rate = Annotated[float, PlainValidator(amounts.rate), _text(r"^[0-9]{1,9}(\.[0-9]{1,3})?/[mhd]$|\$\{")]
Percent = Annotated[float, PlainValidator(amounts.percent), _text(r"^([1-9][0-9]?|100)%$|\$\{")]
Threshold = Annotated[
    int, PlainValidator(amounts.whole(1, 20)), _or_variable({"type": "integer", "minimum": 1, "maximum": 20})
]
Switch = Annotated[
    bool, PlainValidator(scalars.switch), _or_variable({"enum": [True, False, "true", "false", "on", "off"]})
]
Identifier = Annotated[
    str,
    PlainValidator(scalars.identifier),
    WithJsonSchema({"type": ["string", "integer"], "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"}),
]
HttpUrl = Annotated[str, PlainValidator(scalars.http_url), _text(r"^https?://|\$\{")]
Upstream = Annotated[str, PlainValidator(scalars.upstream), _text(r"^https?://|^[^/]+:[0-9]+$|\$\{")]
Zone = Annotated[ZoneInfo, PlainValidator(scalars.zone), _text(r"^[A-Za-z]|\$\{")]
HostPort = Annotated[tuple[str, int], PlainValidator(scalars.host_port), _text(r":[0-9]+$|\$\{")]
HeaderName = Annotated[str, PlainValidator(scalars.header_name), _text(f"^{scalars.HEADER_NAME}$")]
HeaderValue = Annotated[str, PlainValidator(scalars.header_value), _NUMBER_OR_TEXT]
MediaType = Annotated[str, PlainValidator(scalars.media_type), _text(r"^[^/ ]+/[^/ ]+|\$\{")]
Status = Annotated[
    str,
    PlainValidator(scalars.status),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 100, "maximum": 599},
                {"type": "string", "pattern": r"^[1-5]([0-9][0-9]|xx)$|\$\{"},
            ]
        }
    ),
]
JsonPath = Annotated[str, PlainValidator(scalars.json_path), _text(r"^[^.]+(\.[^.]+)*$")]
Place = Annotated[str, PlainValidator(scalars.place), _text()]
JsonScalar = Annotated[
    str | int | float | bool | None,
    PlainValidator(scalars.json_scalar),
    WithJsonSchema({"type": ["string", "number", "boolean", "null"]}),
]
ProviderName = Annotated[
    str, PlainValidator(scalars.one_of(sorted(PROVIDERS))), _or_variable({"enum": sorted(PROVIDERS)})
]


def _enum(parser: tuple[str, ...]) -> WithJsonSchema:
    return _or_variable({"enum": list(parser)})


METHODS = ("POST", "PUT", "PATCH")
CONNECTIONS = ("fresh", "reuse")
HTML = ("allowed", "refused")
HASHES = ("sha256", "sha1", "sha512", "none")
KEY_FORMS = ("utf8", "hex", "base64", "whsec")
DIGESTS = ("hex", "base64")
TIMESTAMPS = ("s", "ms", "rfc3339", "rfc3339nano", "none")
COVERED = ("body", "url", "id", "timestamp")
VERIFICATIONS = ("before_answer", "after_answer")

Method = Annotated[str, PlainValidator(scalars.one_of(METHODS)), _enum(METHODS)]
Connection = Annotated[str, PlainValidator(scalars.one_of(CONNECTIONS)), _enum(CONNECTIONS)]
Html = Annotated[str, PlainValidator(scalars.one_of(HTML)), _enum(HTML)]
Hash = Annotated[str, PlainValidator(scalars.one_of(HASHES)), _enum(HASHES)]
KeyForm = Annotated[str, PlainValidator(scalars.one_of(KEY_FORMS)), _enum(KEY_FORMS)]
Digest = Annotated[str, PlainValidator(scalars.one_of(DIGESTS)), _enum(DIGESTS)]
TimestampForm = Annotated[
    str,
    PlainValidator(scalars.timestamp_form(TIMESTAMPS)),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": list(TIMESTAMPS)},
                {"type": "string", "pattern": rf"^body:.+:({'|'.join(TIMESTAMPS[:-1])})$|\$\{{"},
            ]
        }
    ),
]
Covered = Annotated[str, PlainValidator(scalars.one_of(COVERED)), _enum(COVERED)]
Verification = Annotated[str, PlainValidator(scalars.one_of(VERIFICATIONS)), _enum(VERIFICATIONS)]


class Shape(BaseModel):
    """A mapping whose keys are all known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OneOrMany:
    """Marks a list that may be written as its only item."""

    def __get_pydantic_core_schema__(
        self,
        source: object,
        handler: GetCoreSchemaHandler,
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(_as_listing, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        many = {**handler(schema), "minItems": 1}
        return {"anyOf": [many["items"], many]}


def _as_listing(value: object) -> object:
    if isinstance(value, Listing):
        if not value:
            raise scalars.wrong("is an empty list: give it an item, or remove the line")
        return value
    return Listing([value]) if isinstance(value, Text | Table) else value


def text_or_table(value: object) -> str:
    """Tell the two forms apart in which a value may be written; what is neither is told as text."""
    return "<table>" if isinstance(value, Table) else "<text>"


SecretText = Annotated[Text, PlainValidator(scalars.text), _text(r".{8}|\$\{")]


class SecretOptions(Shape):
    """A secret that stands in a file of its own, or one with an end."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["file"]}, {"required": ["value"]}]})

    file: AnyText | None = Field(
        default=None,
        description="Path of the file, relative to the configuration file. It is watched. This or `value`.",
        examples=["/run/secrets/stripe"],
    )
    value: SecretText | None = Field(
        default=None, description="The secret itself. This or `file`.", examples=["${OLD_SECRET}"]
    )
    until: Until | None = Field(
        default=None,
        description=(
            "When it retires: from then on it signs no more, and must be refused."
            " A day without a time ends it at 00:00 UTC of that day. Not for the first of a list."
        ),
        examples=["2026-12-01", "2026-12-01T18:00:00+01:00"],
    )


SecretSource = Annotated[
    Annotated[SecretText, Tag("<text>")] | Annotated[SecretOptions, Tag("<table>")],
    Discriminator(text_or_table),
]


def _body(value: object) -> Node:
    if isinstance(value, Text) and value.empty:
        raise scalars.wrong("is empty: give it a value, or remove the line")
    if isinstance(value, Text | Table | Listing):
        return value
    raise scalars.wrong("needs a mapping, a list, text, or {file: path}")


EventBody = Annotated[
    Any, PlainValidator(_body), WithJsonSchema({"type": ["object", "array", "string", "number", "boolean"]})
]
