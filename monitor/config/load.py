"""monitors.yaml and the environment → Config, or every problem in one ConfigError."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from monitor.config import advice, build, heartbeats, routes, rules, tried, windows
from monitor.config.draft import Draft, Judges
from monitor.config.environment import Substitution
from monitor.config.explain import check, check_keys
from monitor.config.files import Files
from monitor.config.findings import Findings, Scope
from monitor.config.heartbeats import HeartbeatDraft
from monitor.config.kinds import Identifier
from monitor.config.parse import parse, read
from monitor.config.scalars import quotable
from monitor.config.sections import Sections, below, canaries_of, sections_of, site_of, table_of
from monitor.config.shapes import MonitorShape
from monitor.config.templates import templates
from monitor.config.tree import Table, kind
from monitor.core.model import Config, Monitor, Window
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
    sections = sections_of(Scope(findings=findings, node=root), judges)
    drafts = _drafts(root, findings, sections, files, judges)
    _judge_renames(drafts)
    top = Scope(findings=findings, node=root)
    house = below(top, "routes")
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
    canaries = canaries_of(top, sections, tuple(monitors.values()))
    site = site_of(sections.site)
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
    return windows.windows(below(top, "maintenance"), monitors) if "maintenance" in table_of(top.node) else ()


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


def _drafts(
    root: Table, findings: Findings, sections: Sections, files: Files, judges: Judges
) -> dict[str, AnyDraft]:
    top = below(Scope(findings=findings, node=root), "monitors")
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


def _monitor(name: str, draft: AnyDraft, sections: Sections) -> Monitor:
    if isinstance(draft, HeartbeatDraft):
        monitor = heartbeats.monitor(name, draft.shape)
    else:
        monitor = build.monitor(name, draft.shape, draft.table, draft.files)
    targets = {notifier: tuple(one.name for one in each) for notifier, each in sections.notifiers.items()}
    return routes.addressed(monitor, draft.shape, sections.routes, targets)


def _place(problem: Problem) -> tuple[int, int]:
    return problem.line, problem.column
