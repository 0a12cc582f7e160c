"""The operator's templates: read from their folder, judged, watched, and wrong names told."""

from pathlib import Path

import pytest

from monitor.app.wiring import load
from monitor.config import Judges, load_with_warnings
from monitor.errors import ConfigError
from monitor.notify import Notifiers
from tests.config.files import ENVIRON, around, refused, written

FILE = "templates: words\n" + around("")
JUDGES = Judges(templates=Notifiers.judge_templates)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "words").mkdir()
    return tmp_path / "words"


def test_templates_are_read_by_name_and_watched_even_before_they_exist(tmp_path: Path, folder: Path) -> None:
    (folder / "footer.txt").write_text("Rota: 1234")
    config, warnings = load_with_warnings(written(tmp_path, FILE), ENVIRON, judges=JUDGES)
    assert config.templates == {"footer.txt": "Rota: 1234"}
    assert [warning for warning in warnings if "templates" in warning.path] == []
    assert config.files[str(folder / "footer.txt")] is not None
    assert config.files[str(folder / "mail.html")] is None


def test_a_template_that_fails_is_told_with_its_file_and_line(tmp_path: Path, folder: Path) -> None:
    (folder / "mail.html").write_text("<p>\n{{ headlin }}")
    (folder / "plain.txt").write_text("{% if %}")
    with pytest.raises(ConfigError) as caught:
        load_with_warnings(written(tmp_path, FILE), ENVIRON, judges=JUDGES)
    assert [str(problem) for problem in caught.value.problems] == [
        f"{folder}/plain.txt:1:1: Expected an expression, got 'end of statement block'",
        f"{folder}/mail.html:2:1: 'headlin' is undefined",
    ]
    assert str(folder / "mail.html") in caught.value.files  # mending it there is seen


def test_a_name_that_is_nearly_ours_is_told(tmp_path: Path, folder: Path) -> None:
    for name in ("mail.htm", ".mail.html.swp", "mail.html~"):
        (folder / name).write_text("x")
    _, warnings = load_with_warnings(written(tmp_path, FILE), ENVIRON, judges=JUDGES)
    (warning,) = [str(one) for one in warnings if one.path == "templates"]
    assert "words/mail.htm is no template of an alert (did you mean mail.html?)" in warning


@pytest.mark.parametrize("made", [False, True])
def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path, *, made: bool) -> None:
    if made:
        (tmp_path / "words").write_text("a file")
    assert refused(tmp_path, FILE) == [
        "1:12: templates: words is no folder that can be read, beside the configuration"
    ]


def test_a_value_that_is_no_name_of_a_folder_is_told(tmp_path: Path) -> None:
    assert refused(tmp_path, "templates: [a]\n" + around("")) == ["1:1: templates: needs text, not a list"]


def test_the_main_job_judges_templates(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", ENVIRON["SECRET"])
    (folder / "headline.txt").write_text("{{ nothing }}")
    with pytest.raises(ConfigError, match="'nothing' is undefined"):
        load(written(tmp_path, FILE))
