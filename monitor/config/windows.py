"""``maintenance:`` and ``depends_on:``: what is announced, and what stands before what."""

from collections.abc import Collection, Iterable, Mapping

from monitor.config.draft import Draft
from monitor.config.explain import check
from monitor.config.findings import Scope as Place
from monitor.config.planned import WindowShape
from monitor.config.recurring import WrongWindowError, window
from monitor.config.scalars import quotable, suggestion
from monitor.config.tree import Listing
from monitor.core.model import Monitor, Scope, Window


def windows(place: Place, monitors: Collection[Monitor]) -> tuple[Window, ...]:
    """Return the windows of the file; what is wrong with them is told."""
    if not isinstance(place.node, Listing):
        place.problem((), "needs a list of windows, each beginning with `- name:`")
        return ()
    found: dict[str, Window] = {}
    for index, node in enumerate(place.node):
        each = Place(
            findings=place.findings,
            node=node,
            prefix=(*place.prefix, index),
            at=getattr(node, "at", place.at),
        )
        shape = check(each, WindowShape)
        made = _window(each, shape, monitors) if shape else None
        if made is not None and made.name in found:
            each.problem(("name",), "another window has this name")
        elif made is not None:
            found[made.name] = made
    return tuple(found.values())


def _window(place: Place, shape: WindowShape, monitors: Collection[Monitor]) -> Window | None:
    _judge_scope(place, shape, monitors)
    try:
        return window(
            name=shape.name,
            scope=scope_of(shape),
            start=shape.start,
            end=shape.end,
            length=shape.duration,
            zone=shape.timezone or "UTC",
            repeat=shape.repeat,
            public=shape.public,
        )
    except WrongWindowError as error:
        place.problem((error.key,), str(error))
        return None


def scope_of(shape: WindowShape) -> Scope:
    return Scope(
        everything=shape.all is True,
        monitors=tuple(map(str, shape.monitors or ())),
        groups=shape.groups or (),
        tags=tuple(map(str, shape.tags or ())),
    )


def _judge_scope(place: Place, shape: WindowShape, monitors: Collection[Monitor]) -> None:
    scope = scope_of(shape)
    if not (scope.everything or scope.monitors or scope.groups or scope.tags):
        place.problem((), "says of nothing: name `monitors`, `groups` or `tags`, or say `all: true`")
    for key, index, message in unknown(scope, monitors):
        place.problem((key, index), message)


def unknown(scope: Scope, monitors: Collection[Monitor]) -> Iterable[tuple[str, int, str]]:
    """Yield each name in a scope that means no monitor: its key, its place, what is wrong in words."""
    known: Mapping[str, set[str]] = {
        "monitors": {one.id for one in monitors},
        "groups": {one.group for one in monitors if one.group},
        "tags": {tag for one in monitors for tag in one.tags},
    }
    words = {
        "monitors": "no monitor has the id",
        "groups": "no monitor is in the group",
        "tags": "no monitor has the tag",
    }
    for key, names in known.items():
        for index, name in enumerate(getattr(scope, key)):
            if name not in names:
                yield key, index, f"{words[key]} {quotable(name)}{suggestion(name, names)}"


def judge_parents(drafts: Mapping[str, Draft], known: Collection[str]) -> None:
    """Tell what a monitor cannot depend on: what is not there, and in the end itself."""
    for name, draft in drafts.items():
        for index, parent in enumerate(draft.shape.depends_on or ()):
            path = ("depends_on", index)
            if parent not in known:
                hint = suggestion(parent, known)
                draft.scope.problem(path, f"no monitor has the id {quotable(parent)}{hint}")
            elif parent == name and "depends_on" in draft.own:
                draft.scope.problem(path, "a monitor cannot depend on itself")
            elif parent != name and (way := _way(drafts, parent, name)):
                circle = " → ".join((name, *way))
                draft.scope.problem(path, f"depends on itself in the end: {circle}")


def _way(drafts: Mapping[str, Draft], start: str, end: str) -> tuple[str, ...]:
    """Return a way along ``depends_on`` from one to the other, both named; empty if there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    while ways:
        way = ways.pop()
        if way[-1] == end:
            return way
        draft = drafts.get(way[-1])
        for parent in (draft.shape.depends_on or ()) if draft else ():
            if parent not in seen:
                seen.add(parent)
                ways.append((*way, parent))
    return ()
