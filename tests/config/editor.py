"""Looks at a file as an editor does: YAML 1.2 and the JSON Schema."""

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types
from ruamel.yaml import YAML

from monitor.config import json_schema


def document(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def disagreements(text: str) -> list[str]:
    """Return what the schema says against a file."""
    return complaints(json_schema(), document(text))


def complaints(schema: dict[str, Any], value: object) -> list[str]:
    """Return what a schema says against a value. That it is a schema at all is slow to see; a test does."""
    return [error.message for error in Draft202012Validator(schema).iter_errors(value)]


def shapes(schema: object) -> Iterator[dict[str, Any]]:
    """Yield every mapping with named keys in the schema."""
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for part in schema.values():
            yield from shapes(part)
