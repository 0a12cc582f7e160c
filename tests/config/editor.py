"""Looks at a file as an editor does: YAML 1.2 and the JSON Schema."""

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor

from monitor.config import json_schema


class _Constructor(SafeConstructor):
    """YAML 1.2 knows no dates: `2026-12-01` is text."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


def document(text: str) -> Any:
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _Constructor
    return yaml.load(text)


def disagreements(text: str) -> list[str]:
    """Return what the schema says against a file."""
    return complaints(json_schema(), document(text))


def complaints(schema: dict[str, Any], value: object) -> list[str]:
    """Return what a schema says against a value. That it is a schema at all is slow to see; a test does."""
    return [error.message for error in Draft202012Validator(schema).iter_errors(value)]


def shapes(schema: object) -> Iterator[dict[str, Any]]:
    """Yield every mapping with named keys in the schema."""
    if isinstance(schema, dict):
        if "properties" in schema and schema.get("type") == "object":
            yield schema
        for part in schema.values():
            yield from shapes(part)
