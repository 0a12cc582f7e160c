"""What pydantic found, in plain sentences, at the line and column of the key or value it found it in."""

from collections.abc import Iterator
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from monitor.config.checks import ChecksShape
from monitor.config.findings import Scope
from monitor.config.kinds import Shape
from monitor.config.scalars import suggestion
from monitor.config.shapes import DefaultsShape, MonitorShape
from monitor.config.tree import Node, Path, Table, kind, step
from monitor.core.model import Check

Model = TypeVar("Model", bound=Shape)


def check(scope: Scope, form: Any) -> Any:  # noqa: ANN401 - any annotation, and what it stands for
    """Return the value of that form, or None after telling every problem."""
    try:
        return TypeAdapter(form).validate_python(scope.node)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _tell(scope, detail, form)
        return None


def check_keys(scope: Scope, form: type[Model]) -> tuple[Model, frozenset[str]] | None:
    """Return the model without the keys that are wrong, and their names: the rest can still be judged."""
    node = scope.node
    if not isinstance(node, Table):
        scope.problem((), f"needs a mapping (lines of `key: value`), not {kind(node)}")
        return None
    try:
        return form.model_validate(node), frozenset()
    except ValidationError as error:
        details = error.errors(include_url=False)
    for detail in details:
        _tell(scope, detail, form)
    bad = frozenset(str(detail["loc"][0]) for detail in details)
    return form.model_validate({key: value for key, value in node.items() if key not in bad}), bad


def _tell(scope: Scope, detail: ErrorDetails, form: Any) -> None:  # noqa: ANN401 - any annotation
    path = _path_in(scope.node, detail["loc"])
    match detail["type"]:
        case "config":
            if detail["loc"][-1:] == ("[key]",):
                scope.key_problem(path, detail["msg"])
            else:
                scope.problem(path, detail["msg"])
        case "extra_forbidden":
            scope.key_problem(path, _unknown(str(path[-1]), _forms_at(form, detail["loc"][:-1])))
        case "missing":
            scope.problem(path, "is missing", missing=str(detail["loc"][-1]))
        case "too_short":
            scope.problem(path, "is empty: give it an entry, or remove the line")
        case "model_type" | "model_attributes_type" | "dict_type":
            found = kind(_at(scope.node, path))
            scope.problem(path, f"needs a mapping (lines of `key: value`), not {found}")
        case "tuple_type" | "list_type":
            found = kind(_at(scope.node, path))
            scope.problem(path, f"needs a list, such as [a, b], not {found}")
        case _:
            scope.problem(path, "cannot be understood")


def _path_in(node: Node, loc: tuple[str | int, ...]) -> Path:
    """Return the steps of ``loc`` that exist in the file; pydantic adds the names of its own forks."""
    path: list[str | int] = []
    here: Node | None = node
    for key in loc:
        below = step(here, key)
        if below is not None:
            path.append(key)
            here = below
    return tuple(path)


def _at(node: Node, path: Path) -> Node | None:
    here: Node | None = node
    for key in path:
        here = step(here, key)
    return here


def _unknown(key: str, forms: tuple[type[BaseModel], ...]) -> str:
    known = [name for form in forms for name in keys_of(form)]
    if ChecksShape in forms and key == Check.MALFORMED:
        return "is asked on demand only, by `webhook-monitor probe ID --check malformed`: remove the line"
    if MonitorShape not in forms and DefaultsShape in forms and key in keys_of(MonitorShape):
        return "cannot be a default: it belongs to each monitor"
    owners = [name for form in forms for name, inner in _inner(form) if key in keys_of(inner)]
    if owners:
        return f"unknown key here: it belongs under `{owners[0]}:`"
    return f"unknown key{suggestion(key, known)}"


def keys_of(form: type[BaseModel]) -> list[str]:
    """Return the keys of a mapping as they are written in the file."""
    return [field.alias or name for name, field in form.model_fields.items()]


def _inner(form: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in form.model_fields.items():
        for inner in _models(field.annotation, *field.metadata):
            yield field.alias or name, inner


def _forms_at(form: Any, loc: tuple[str | int, ...]) -> tuple[type[BaseModel], ...]:  # noqa: ANN401 - any annotation
    """Return the shapes that stand at a place: the form itself, or what its fields hold on the way there."""
    forms = tuple(_models(form))
    for key in loc:
        below = tuple(inner for form in forms for name, inner in _inner(form) if name == key)
        forms = below or forms
    return forms


def _models(*annotations: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - any annotation
    for annotation in annotations:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield annotation
        else:
            yield from _models(*get_args(annotation))
