"""All of monitors.yaml but the monitors: what holds for the whole house."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from monitor.config import delivery, networks, routes, rules
from monitor.config.draft import Judges
from monitor.config.explain import check, check_keys, keys_of
from monitor.config.findings import Scope
from monitor.config.kinds import Duration, HostPort, Identifier, Line
from monitor.config.parts import NotifierShape, ReceiptsShape, SiteShape, WatchdogShape
from monitor.config.routing import RouteShape
from monitor.config.scalars import suggestion
from monitor.config.shapes import DefaultsShape
from monitor.config.tree import Table, step
from monitor.config.whole import FileShape
from monitor.core.model import Monitor, Notifier, Secret, Site, Watchdog


@dataclass(frozen=True, slots=True, kw_only=True)
class Sections:
    """All but the monitors. ``names`` are the notifiers as written, even if one of them is wrong.

    ``notifiers``: what each of them stands for.
    """

    site: SiteShape
    receipts: ReceiptsShape | None
    notifiers: Mapping[str, tuple[Notifier, ...]]
    names: frozenset[str]
    templates: str | None
    own_network: tuple[tuple[str, int], ...] | None
    routes: tuple[RouteShape, ...]
    give_up_after: timedelta | None
    watchdog: Watchdog | None
    defaults: Table

    @property
    def receipts_url(self) -> str | None:
        """Where workers reach us: where the public page is reached, unless it is said."""
        given = self.receipts.url if self.receipts else self.site.url
        return (given or "").rstrip("/") or None


def sections_of(top: Scope, judges: Judges) -> Sections:
    """Return what is written for the whole house; what is wrong with it is told, and left out."""
    root = table_of(top.node)
    known = keys_of(FileShape)
    for key in root:
        if key not in known:
            top.key_problem((key,), f"unknown key{suggestion(key, known)}; known: {', '.join(known)}")
    names = frozenset(table_of(root.get("notifiers")))
    found = Sections(
        site=_section(top, "site", SiteShape) or SiteShape(),
        receipts=_section(top, "receipts", ReceiptsShape),
        notifiers=_notifiers(below(top, "notifiers"), judges),
        names=names,
        templates=_section(top, "templates", Line),
        own_network=_section(top, "own_network", tuple[HostPort, ...]),
        routes=_section(top, "routes", tuple[RouteShape, ...]) or (),
        give_up_after=_section(top, "give_up_after", Duration),
        watchdog=delivery.watchdog(below(top, "watchdog"), _section(top, "watchdog", WatchdogShape)),
        defaults=_defaults(below(top, "defaults"), names),
    )
    delivery.judge_patience(top, found.give_up_after)
    top.findings.settle()
    return found


def _notifiers(scope: Scope, judges: Judges) -> dict[str, tuple[Notifier, ...]]:
    check(scope, dict[Identifier, Any])
    table = table_of(scope.node)
    found, written = {}, {}
    for name, node in table.items():
        each = Scope(findings=scope.findings, node=node, prefix=(*scope.prefix, name), at=table.key_at[name])
        shape = check(each, NotifierShape)
        if shape is None:
            continue
        written[name] = (each, shape)
        delivery.judge_self_test(each, shape.self_test)
        if not rules.judge_address(each, shape.url):
            continue
        judged = judges.notifier(Notifier(name=name, url=Secret(str(shape.url)), self_test=shape.self_test))
        if isinstance(judged, str):
            each.problem(("url",), judged)
            continue
        if any(one.indivisible for one in judged):
            each.warning(("url",), delivery.INDIVISIBLE)
        found[name] = judged
    return delivery.with_fallbacks(found, written)


def _defaults(scope: Scope, names: frozenset[str]) -> Table:
    """Return the defaults without what is wrong with them: it is told here, not once for each monitor."""
    checked = check_keys(scope, DefaultsShape)
    if checked is None:
        return Table()
    shape, bad = checked
    routes.judge(scope, shape, shape.notify or (), names)
    table = table_of(scope.node)
    good = Table(table.at)
    for key in table:
        if key not in bad:
            good.put(key, table[key], table.key_at[key])
    return good


def canaries_of(top: Scope, given: Sections, monitors: tuple[Monitor, ...]) -> tuple[tuple[str, int], ...]:
    """Return who is asked whether our own network is up. What is near proves nothing, and is told so."""
    if given.own_network is None:
        asked = networks.canaries(one.url.reveal() for each in given.notifiers.values() for one in each)
    else:
        asked = tuple(place for place in given.own_network if networks.is_external(place[0]))
        for index, (host, _) in enumerate(given.own_network):
            if not networks.is_external(host):
                top.warning(("own_network", index), f"{host} is near: it proves nothing, and is not asked")
    listeners = networks.external_hosts(monitors)
    if not asked and len(listeners) == 1:
        at = ("own_network",) if given.own_network is not None else ()
        top.warning(
            at,
            "no canary is possible: when our own network is away, the listener is blamed;"
            " name hosts that are never away in `own_network: [host:port]`",
        )
    return asked


def below(top: Scope, key: str) -> Scope:
    """Return the scope of a section; one that is not there is like an empty one."""
    root = table_of(top.node)
    at = root.key_at.get(key, top.at)
    return Scope(findings=top.findings, node=root.get(key, Table()), prefix=(key,), at=at)


def _section(top: Scope, key: str, form: Any) -> Any:  # noqa: ANN401 - any annotation, and what it stands for
    return check(below(top, key), form) if step(top.node, key) is not None else None


def table_of(node: object) -> Table:
    """Return the mapping that was written, or an empty one where it is something else."""
    return node if isinstance(node, Table) else Table()


def site_of(shape: SiteShape) -> Site:
    default = Site()
    return Site(
        name=shape.name or default.name,
        url=(shape.url or "").rstrip("/") or None,
        zone=shape.timezone or default.zone,
    )
