"""monitors.yaml and the environment → Config, or every problem in one ConfigError."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from monitor.config import advice, build, delivery, heartbeats, networks, routes, rules, tried, windows
from monitor.config.draft import Draft, Judges
from monitor.config.environment import Substitution
from monitor.config.explain import check, check_keys, keys_of
from monitor.config.files import Files
from monitor.config.findings import Findings, Scope
from monitor.config.heartbeats import HeartbeatDraft
from monitor.config.kinds import Duration, HostPort, Identifier, Line
from monitor.config.parse import parse, read
from monitor.config.parts import NotifierShape, ReceiptsShape, SiteShape, WatchdogShape
from monitor.config.routing import RouteShape
from monitor.config.scalars import quotable, suggestion
from monitor.config.shapes import DefaultsShape, FileShape, MonitorShape
from monitor.config.templates import templates
from monitor.config.tree import Table, kind, step
from monitor.core.model import Config, Monitor, Notifier, Secret, Site, Watchdog, Window
from monitor.errors import ConfigError, Problem

NOBODY = Judges()
AnyDraft = Draft | HeartbeatDraft


def load(path: Path, environ: Mapping[str, str], *, judges: Judges = NOBODY) -> Config:
    """Return the configuration in ``path``, or raise ConfigError with all that is wrong with it."""
    return load_with_warnings(path, environ, judges=judges)[0]


def load_with_warnings(
    path: Path, environ: Mapping[str, str], *, judges: Judges = NOBODY
) -> tuple[Config, tuple[Problem, ...]]:
    """Return the configuration and what is unwise about it, in the order of the file."""
    files = Files(path.absolute().parent)
    files.path(path.name)
    try:
        return _load(path, environ, files, judges)
    except ConfigError as error:
        raise ConfigError(error.problems, files=files.named) from error.__cause__


def _load(
    path: Path, environ: Mapping[str, str], files: Files, judges: Judges
) -> tuple[Config, tuple[Problem, ...]]:
    findings = Findings(str(path))
    root = _read(path, environ, findings)
    sections = _sections(Scope(findings=findings, node=root), judges)
    drafts = _drafts(root, findings, sections, files, judges)
    _judge_renames(drafts)
    top = Scope(findings=findings, node=root)
    house = _below(top, "routes")
    shapes = {name: draft.shape for name, draft in drafts.items()}
    routes.judge_routes(house, sections.routes, sections.names, shapes)
    listeners = {name: one for name, one in drafts.items() if isinstance(one, Draft)}
    windows.judge_parents(listeners, drafts)
    _stop_if_wrong(findings)
    monitors = {name: _monitor(name, draft, sections) for name, draft in drafts.items()}
    for name, draft in drafts.items():
        if isinstance(draft, Draft):
            tried.judge(draft, monitors[name])
            advice.advise(draft, monitors[name])
        else:
            said = draft.shape.notify is not None
            advice.advise_of_silence(draft.scope, monitors[name], said=said)
    advice.advise_hosts(listeners, monitors)
    routes.advise(house, sections.routes, monitors.values())
    maintenance = _maintenance(top, tuple(monitors.values()))
    _stop_if_wrong(findings)
    canaries = _canaries(top, sections, tuple(monitors.values()))
    site = _site(sections.site)
    words = templates(top, sections.templates, files, site, judges)
    _stop_if_wrong(findings)
    config = Config(
        site=site,
        templates=words,
        notifiers=tuple(one for each in sections.notifiers.values() for one in each),
        monitors=tuple(monitors.values()),
        receipts_url=sections.receipts_url,
        canaries=canaries,
        give_up_after=sections.give_up_after or Config().give_up_after,
        watchdog=sections.watchdog,
        maintenance=maintenance,
        files=files.named,
    )
    return config, tuple(sorted(findings.warnings, key=_place))


def _maintenance(top: Scope, monitors: tuple[Monitor, ...]) -> tuple[Window, ...]:
    return windows.windows(_below(top, "maintenance"), monitors) if "maintenance" in _table(top.node) else ()


def _site(shape: SiteShape) -> Site:
    default = Site()
    return Site(
        name=shape.name or default.name,
        url=(shape.url or "").rstrip("/") or None,
        zone=shape.timezone or default.zone,
    )


def _stop_if_wrong(findings: Findings) -> None:
    if findings.problems:
        raise ConfigError(tuple(sorted(findings.problems, key=_place)))


def _read(path: Path, environ: Mapping[str, str], findings: Findings) -> Table:
    tree, problems = parse(read(path), str(path))
    substitution = Substitution(environ, str(path))
    root = substitution.table(tree)
    for problem in (*problems, *substitution.problems):
        findings.add(problem)
    findings.settle()
    return root


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sections:
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


def _sections(top: Scope, judges: Judges) -> _Sections:
    root = _table(top.node)
    known = keys_of(FileShape)
    for key in root:
        if key not in known:
            top.key_problem((key,), f"unknown key{suggestion(key, known)}; known: {', '.join(known)}")
    names = frozenset(_table(root.get("notifiers")))
    sections = _Sections(
        site=_section(top, "site", SiteShape) or SiteShape(),
        receipts=_section(top, "receipts", ReceiptsShape),
        notifiers=_notifiers(_below(top, "notifiers"), judges),
        names=names,
        templates=_section(top, "templates", Line),
        own_network=_section(top, "own_network", tuple[HostPort, ...]),
        routes=_section(top, "routes", tuple[RouteShape, ...]) or (),
        give_up_after=_section(top, "give_up_after", Duration),
        watchdog=delivery.watchdog(_below(top, "watchdog"), _section(top, "watchdog", WatchdogShape)),
        defaults=_defaults(_below(top, "defaults"), names),
    )
    delivery.judge_patience(top, sections.give_up_after)
    top.findings.settle()
    return sections


def _notifiers(scope: Scope, judges: Judges) -> dict[str, tuple[Notifier, ...]]:
    check(scope, dict[Identifier, Any])
    table = _table(scope.node)
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
    table = _table(scope.node)
    good = Table(table.at)
    for key in table:
        if key not in bad:
            good.put(key, table[key], table.key_at[key])
    return good


def _below(top: Scope, key: str) -> Scope:
    """Return the scope of a section; one that is not there is like an empty one."""
    root = _table(top.node)
    at = root.key_at.get(key, top.at)
    return Scope(findings=top.findings, node=root.get(key, Table()), prefix=(key,), at=at)


def _section(top: Scope, key: str, form: Any) -> Any:  # noqa: ANN401 - any annotation, and what it stands for
    return check(_below(top, key), form) if step(top.node, key) is not None else None


def _drafts(
    root: Table, findings: Findings, sections: _Sections, files: Files, judges: Judges
) -> dict[str, AnyDraft]:
    top = _below(Scope(findings=findings, node=root), "monitors")
    table = top.node
    if "monitors" not in root:
        top.problem((), "is missing: nothing would be watched")
    elif not isinstance(table, Table) and kind(table) != "empty":
        top.problem((), f"needs a mapping of monitors by their ids, not {kind(table)}")
    elif not table:
        top.problem((), "is empty: nothing would be watched")
    if not isinstance(table, Table):
        return {}
    check(top, dict[Identifier, Any])
    drafts: dict[str, AnyDraft] = {}
    for name, own in table.items():
        heartbeat = isinstance(own, Table) and "kind" in own
        defaults = heartbeats.known_of(sections.defaults) if heartbeat else sections.defaults
        merged = own.merged_over(defaults) if isinstance(own, Table) else own
        scope = Scope(findings=findings, node=merged, prefix=("monitors", name), at=table.key_at[name])
        if heartbeat and (beats := heartbeats.drafted(scope, sections.names, judges.cron)):
            drafts[name] = beats
        if heartbeat:
            continue
        checked = check_keys(scope, MonitorShape)
        if checked is None or not isinstance(own, Table):
            continue
        shape, bad = checked
        draft = Draft(
            scope=scope,
            shape=shape,
            bad=bad,
            own=own,
            files=files,
            notifiers=sections.names,
            judges=judges,
            receipts_url=sections.receipts_url,
        )
        rules.judge(draft)
        drafts[name] = draft
    return drafts


def _judge_renames(drafts: Mapping[str, AnyDraft]) -> None:
    heirs: dict[str, str] = {}
    for name, draft in drafts.items():
        was = draft.shape.was
        if was is None:
            continue
        shown = quotable(was)
        if was in drafts:
            message = f"{shown} is still a monitor of its own: only one can have its history"
            draft.scope.problem(("was",), message)
        elif was in heirs:
            message = f"{shown} was named by {heirs[was]} already: only one can have its history"
            draft.scope.problem(("was",), message)
        heirs[was] = name


def _monitor(name: str, draft: AnyDraft, sections: _Sections) -> Monitor:
    if isinstance(draft, HeartbeatDraft):
        monitor = heartbeats.monitor(name, draft.shape)
    else:
        monitor = build.monitor(name, draft.shape, draft.table, draft.files)
    targets = {notifier: tuple(one.name for one in each) for notifier, each in sections.notifiers.items()}
    return routes.addressed(monitor, draft.shape, sections.routes, targets)


def _canaries(top: Scope, sections: _Sections, monitors: tuple[Monitor, ...]) -> tuple[tuple[str, int], ...]:
    """Return who is asked whether our own network is up. What is near proves nothing, and is told so."""
    if sections.own_network is None:
        canaries = networks.canaries(one.url.reveal() for each in sections.notifiers.values() for one in each)
    else:
        canaries = tuple(place for place in sections.own_network if networks.is_external(place[0]))
        for index, (host, _) in enumerate(sections.own_network):
            if not networks.is_external(host):
                top.warning(("own_network", index), f"{host} is near: it proves nothing, and is not asked")
    listeners = networks.external_hosts(monitors)
    if not canaries and len(listeners) == 1:
        at = ("own_network",) if sections.own_network is not None else ()
        top.warning(
            at,
            "no canary is possible: when our own network is away, the listener is blamed;"
            " name hosts that are never away in `own_network: [host:port]`",
        )
    return canaries


def _place(problem: Problem) -> tuple[int, int]:
    return problem.line, problem.column


def _table(node: object) -> Table:
    return node if isinstance(node, Table) else Table()
