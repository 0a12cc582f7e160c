"""The JSON Schema of monitors.yaml, for editors and for checks before a deploy. It lists only what works."""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from monitor.config.whole import FileShape


def json_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12). ``${VAR}`` is allowed wherever a value is expected."""
    return FileShape.model_json_schema(schema_generator=_Schema)


class _Schema(GenerateJsonSchema):
    """Says what may be written: no nulls, no defaults that only the code knows, no titles made from keys."""

    def generate(self, schema: CoreSchema, mode: JsonSchemaMode = "validation") -> JsonSchemaValue:
        return {"$schema": self.schema_dialect, **super().generate(schema, mode)}

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        made = super().model_schema(schema)
        if made.get("title") == schema["cls"].__name__:
            del made["title"]  # our own name for it, no operator's
        return made

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        made = super().dict_schema(schema)
        if "patternProperties" in made:
            made["additionalProperties"] = False  # a key of another form is refused, not ignored
        return made

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - pydantic's protocol
        return False

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        return {"anyOf": [self.generate_inner(choice) for choice in schema["choices"].values()]}
