"""The dashboards as files: what a person needs to understand each panel is there."""

from pathlib import Path

import promql_parser
import pytest

from tests.dashboards.shipped import BOARDS, HOUSE, Panel, board, expressions, filled, panels

EVERY_PANEL = [
    pytest.param(panel, id=f"{path.stem}: {panel['title']}") for path in BOARDS for panel in panels(path)
]
EVERY_EXPRESSION = [pytest.param(expression, id=name) for name, expression in expressions()]
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}


def test_there_is_an_overview_and_a_board_for_one_monitor() -> None:
    assert [path.name for path in BOARDS] == ["monitor.json", "overview.json"]


@pytest.mark.parametrize("panel", EVERY_PANEL)
def test_a_panel_says_what_it_shows_and_in_what_unit(panel: Panel) -> None:
    assert panel["title"]
    assert panel["description"].endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["targets"]


@pytest.mark.parametrize("panel", EVERY_PANEL)
def test_a_panel_takes_the_data_source_that_was_chosen(panel: Panel) -> None:
    assert panel["datasource"] == DATASOURCE
    assert [target["datasource"] for target in panel["targets"]] == [DATASOURCE] * len(panel["targets"])


@pytest.mark.parametrize("path", BOARDS, ids=lambda path: path.stem)
def test_a_board_lets_the_data_source_be_chosen(path: Path) -> None:
    variables = board(path)["templating"]["list"]
    assert variables[0]["name"] == "datasource"
    assert variables[0]["type"] == "datasource"
    assert all(variable["datasource"] == DATASOURCE for variable in variables[1:])


@pytest.mark.parametrize("path", BOARDS, ids=lambda path: path.stem)
def test_no_two_panels_of_a_board_overlap_or_share_an_id(path: Path) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in board(path)["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells
    ids = [panel["id"] for panel in board(path)["panels"]]
    assert len(ids) == len(set(ids))


def test_the_boards_have_different_uids_and_lead_to_each_other() -> None:
    boards = [board(path) for path in BOARDS]
    uids = {one["uid"] for one in boards}
    assert len(uids) == len(boards)
    for one in boards:
        for link in one["links"]:
            assert link["url"].removeprefix("/d/") in uids - {one["uid"]}


@pytest.mark.parametrize("expression", EVERY_EXPRESSION)
def test_an_expression_is_promql(expression: str) -> None:
    values = {"__rate_interval": "1m", "__range": "6h", "monitor": "billing", "group": ".*"}
    promql_parser.parse(filled(expression, **values))


@pytest.mark.parametrize("expression", EVERY_EXPRESSION)
def test_a_rate_is_taken_over_the_interval_that_suits_the_scrape(expression: str) -> None:
    for function in ("rate(", "increase("):
        if function in expression:
            assert "[$__rate_interval]" in expression
            assert expression.count(function) <= expression.count("[$__rate_interval]")


def test_the_provisioned_data_source_knows_the_scrape_interval() -> None:
    source = (HOUSE / "provisioning" / "datasources" / "prometheus.yml").read_text(encoding="utf-8")
    scrape = (HOUSE / "prometheus.yml").read_text(encoding="utf-8")
    assert "timeInterval: 15s" in source
    assert "scrape_interval: 15s" in scrape
