"""The types of the fields: a parser of ours, and the JSON Schema that tells an editor the same."""

from datetime import timedelta
from typing import Annotated, Any

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

from monitor.config import scalars
from monitor.config.tree import Listing, Node, Table, Text
from monitor.core.providers import PROVIDERS

DURATION = r"^([0-9]{1,9}(ms|s|m|h|d))+$|\$\{"
VARIABLE: dict[str, Any] = {"type": "string", "pattern": r"\$\{"}  # its type is known only after replacement


def _or_variable(schema: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [schema, VARIABLE]})


def _text(pattern: str = ".") -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern})


_NUMBER_OR_TEXT = WithJsonSchema({"type": ["string", "number", "boolean"]})

Line = Annotated[str, PlainValidator(scalars.line), _text()]
AnyText = Annotated[Text, PlainValidator(scalars.text), _text()]
Template = Annotated[str, PlainValidator(scalars.template), WithJsonSchema({"type": "string"})]
Duration = Annotated[timedelta, PlainValidator(scalars.duration), _text(DURATION)]
Threshold = Annotated[
    int, PlainValidator(scalars.whole(1, 20)), _or_variable({"type": "integer", "minimum": 1, "maximum": 20})
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
HostPort = Annotated[tuple[str, int], PlainValidator(scalars.host_port), _text(r":[0-9]+$|\$\{")]
HeaderName = Annotated[str, PlainValidator(scalars.header_name), _text(f"^{scalars.HEADER_NAME}$")]
HeaderValue = Annotated[str, PlainValidator(scalars.header_value), _NUMBER_OR_TEXT]
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

Method = Annotated[str, PlainValidator(scalars.one_of(METHODS)), _enum(METHODS)]
Connection = Annotated[str, PlainValidator(scalars.one_of(CONNECTIONS)), _enum(CONNECTIONS)]
Html = Annotated[str, PlainValidator(scalars.one_of(HTML)), _enum(HTML)]
Hash = Annotated[str, PlainValidator(scalars.one_of(HASHES)), _enum(HASHES)]
KeyForm = Annotated[str, PlainValidator(scalars.one_of(KEY_FORMS)), _enum(KEY_FORMS)]
Digest = Annotated[str, PlainValidator(scalars.one_of(DIGESTS)), _enum(DIGESTS)]
TimestampForm = Annotated[str, PlainValidator(scalars.one_of(TIMESTAMPS)), _enum(TIMESTAMPS)]


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


class FileSource(Shape):
    """A value that stands in a file of its own."""

    file: AnyText = Field(
        description="Path of the file, relative to the configuration file. It is watched.",
        examples=["/run/secrets/stripe"],
    )


SecretText = Annotated[Text, PlainValidator(scalars.text), _text(r".{8}|\$\{")]
SecretSource = Annotated[
    Annotated[SecretText, Tag("<text>")] | Annotated[FileSource, Tag("<table>")], Discriminator(text_or_table)
]


class CheckOptions(Shape):
    """A check with its options."""

    every: Duration = Field(description="How often the question is asked.", examples=["1h"])


CheckTime = Annotated[
    timedelta | bool,
    PlainValidator(scalars.off_or_duration),
    WithJsonSchema(
        {"anyOf": [{"enum": [True, False, "on", "off"]}, {"type": "string", "pattern": DURATION}]},
    ),
]
CheckSetting = Annotated[
    Annotated[CheckTime, Tag("<text>")] | Annotated[CheckOptions, Tag("<table>")],
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
