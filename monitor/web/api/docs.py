"""/docs: the API explained, rendered here from OpenAPI. It loads nothing from elsewhere, runs no script."""

import json
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, Response

from monitor.web.rendering import templates

Spec = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One parameter, or one key of an answer."""

    name: str
    kind: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that can be asked."""

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    curl: str
    parameters: tuple[Field, ...]
    sent: tuple[Field, ...]
    fields: tuple[Field, ...]
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """The operations of one tag."""

    name: str
    operations: tuple[Operation, ...]


def docs_router(app: FastAPI) -> APIRouter:
    """Return the route of /docs."""
    router = APIRouter()
    template = templates().get_template("docs.html")

    @router.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> Response:
        spec = app.openapi()
        base = str(request.base_url).rstrip("/")
        locked = "securitySchemes" in spec.get("components", {})
        page = template.render(
            info=spec["info"], chapters=chapters(spec, base=base, locked=locked), prose=prose
        )
        return HTMLResponse(page)

    return router


def chapters(spec: Spec, *, base: str, locked: bool) -> tuple[Chapter, ...]:
    """Return all operations by tag, in the order they are defined. ``locked``: a token is wanted."""
    found: dict[str, list[Operation]] = {}
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            name = operation.get("tags", ["other"])[0]
            sent = _sent(method, _asked(operation), spec)
            curl = _curl(path, operation, sent, base=base, locked=locked)
            found.setdefault(name, []).append(_operation(method.upper(), path, operation, spec, curl))
    return tuple(Chapter(name=name, operations=tuple(several)) for name, several in found.items())


def prose(text: str) -> Markup:
    """Return paragraphs, with `code` marked as such. Everything else is escaped."""
    paragraphs = (_marked(part) for part in text.strip().split("\n\n") if part)
    return Markup("").join(Markup("<p>{}</p>").format(part) for part in paragraphs)


def _marked(text: str) -> Markup:
    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if index % 2 else escape(part)
        for index, part in enumerate(parts)
    )


def _operation(method: str, path: str, operation: Spec, spec: Spec, curl: str) -> Operation:
    answer = operation["responses"]["200"].get("content", {}).get("application/json", {})
    example = answer.get("example")
    return Operation(
        anchor=operation["operationId"],
        method=method,
        path=path,
        summary=operation["summary"],
        description=operation.get("description", ""),
        curl=curl,
        parameters=tuple(_parameter(one, spec) for one in operation.get("parameters", [])),
        sent=_fields(_asked(operation), spec),
        fields=_fields(answer.get("schema", {}), spec),
        example=json.dumps(example, indent=2, ensure_ascii=False) if example else "",
    )


def _curl(path: str, operation: Spec, sent: str, *, base: str, locked: bool) -> str:
    for one in operation.get("parameters", []):
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", str(one.get("example") or _first_example(one)))
    token = " -H 'Authorization: Bearer …'" if locked else ""
    return f"curl -s{token}{sent} '{base}{path}'"


def _asked(operation: Spec) -> Spec:
    """Return the schema of what is posted; empty where nothing is."""
    content = operation.get("requestBody", {}).get("content", {})
    schema: Spec = content.get("application/json", {}).get("schema", {})
    return schema


def _sent(method: str, asked: Spec, spec: Spec) -> str:
    """Return the options of curl that send what is asked for: an example, or all that must be in it."""
    if not asked:
        return " -X POST" if method == "post" else ""
    schema, _ = _resolved(asked, spec)
    needed = {
        name: 3 if schema["properties"][name].get("type") == "integer" else "…"
        for name in schema.get("required", ())
    }
    body = next(iter(schema.get("examples", [needed])))
    return f" --json '{json.dumps(body, ensure_ascii=False)}'"


def _first_example(parameter: Spec) -> object:
    return next(iter(parameter["schema"].get("examples", ["…"])))


def _parameter(parameter: Spec, spec: Spec) -> Field:
    schema = parameter["schema"]
    default = f" Default: `{json.dumps(schema['default'])}`." if schema.get("default") is not None else ""
    return Field(
        name=parameter["name"] if parameter["in"] == "query" else f"{{{parameter['name']}}}",
        kind=_kind(schema, spec).removesuffix(" or null"),
        description=parameter.get("description", "") + default,
    )


def _fields(schema: Spec, spec: Spec, before: str = "") -> tuple[Field, ...]:
    """Return every key below a schema, with dots for depth and [] for lists."""
    target, list_of = _resolved(schema, spec)
    fields: list[Field] = []
    for name, inner in target.get("properties", {}).items():
        inside, is_list = _resolved(inner, spec)
        path = f"{before}{list_of if before else ''}{name}"
        fields.append(Field(name=path, kind=_kind(inner, spec), description=_described(inner)))
        if inside.get("properties"):
            fields.extend(_fields(inside, spec, f"{path}{is_list}."))
    return tuple(fields)


def _resolved(schema: Spec, spec: Spec) -> tuple[Spec, str]:
    """Follow references, lists and "or null" to the schema that matters, and say whether it is in a list."""
    for choice in schema.get("anyOf", []):
        if choice.get("type") != "null":
            return _resolved(choice, spec)
    if "$ref" in schema:
        return _resolved(spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]], spec)
    if schema.get("type") == "array":
        return _resolved(schema["items"], spec)[0], "[]"
    return schema, ""


def _kind(schema: Spec, spec: Spec) -> str:
    choices = schema.get("anyOf", [schema])
    nullable = " or null" if any(choice.get("type") == "null" for choice in choices) else ""
    inside, is_list = _resolved(schema, spec)
    plain = "time" if inside.get("format") == "date-time" else str(inside.get("type", "any"))
    kind = " ".join(inside["enum"]) if "enum" in inside else plain
    return f"list of {kind}{nullable}" if is_list else f"{kind}{nullable}"


def _described(schema: Spec) -> str:
    return str(schema.get("description", ""))
