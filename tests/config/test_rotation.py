"""Secrets while rotating: the first is current, the others may retire, and none comes twice."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.config import Judges, load_with_warnings
from monitor.core.model import Check, Secret
from tests.config.editor import disagreements
from tests.config.files import ENVIRON, a_loaded_monitor, around, problems_of, written

OLD = "whsec_b2xkLW9sZC1vbGQtb2xk"
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    (tmp_path / "old").write_text(f"{OLD}\n")
    return tmp_path


def secrets(*entries: str) -> str:
    return "secret:\n" + "".join(f"  - {entry}\n" for entry in ('"${SECRET}"', *entries))


@pytest.mark.parametrize(
    ("entry", "until"),
    [
        ("{file: old}", None),
        ("{file: old, until: 2026-12-01}", DECEMBER),
        (f"{{value: {OLD}, until: 2026-12-01}}", DECEMBER),
        (f"{{value: {OLD}}}", None),
        ("{file: old, until: 2026-12-01T01:00:00+01:00}", DECEMBER),
        ("{file: old, until: '2026-12-01 12:30:00Z'}", DECEMBER + timedelta(hours=12, minutes=30)),
        ("{file: old, until: 2026-12-01T00:00:00.5Z}", DECEMBER + timedelta(milliseconds=500)),
    ],
)
def test_an_older_secret_may_have_an_end(old: Path, entry: str, until: datetime | None) -> None:
    text = secrets(entry)
    monitor = a_loaded_monitor(old, text, without="secret")
    assert monitor.secrets == (Secret(ENVIRON["SECRET"]), Secret(OLD, until=until))
    assert disagreements(around(text, without="secret")) == []


def test_a_secret_signs_until_its_day_begins_in_utc_and_no_longer(old: Path) -> None:
    monitor = a_loaded_monitor(old, secrets("{file: old, until: 2026-12-01}"), without="secret")
    assert len(monitor.signing(DECEMBER - timedelta(seconds=1))) == 2
    assert monitor.signing(DECEMBER) == (Secret(ENVIRON["SECRET"]),)
    assert Check.ROTATION in {plan.check for plan in monitor.checks}


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{until: 2026-12-01}", "secret.1: needs a `file:` that holds the secret, or a `value:`"),
        (
            f"{{file: old, value: {OLD}}}",
            "secret.1.value: a secret has a `file:` or a `value:`, not both: remove one",
        ),
        ("{vallue: x}", "secret.1.vallue: unknown key (did you mean value?)"),
        ("{value: short}", "secret.1.value: a secret has at least 8 characters; this one has 5"),
        ("{value: }", "secret.1.value: is empty: give it a value, or remove the line"),
        ("{value: '${SECRET}'}", "secret.1.value: is the same secret as one before it: remove it"),
        (
            "{file: old, until: 1.12.2026}",
            (
                "secret.1.until: '1.12.2026' is no date: write 2026-12-01 (it ends at 00:00 UTC of that day),"
                " or an instant such as 2026-12-01T18:00:00Z"
            ),
        ),
        (
            "{file: old, until: 2026-12-01T18:00:00}",
            (
                "secret.1.until: a time needs its zone: Z for UTC, or such as +02:00"
                " (did you mean 2026-12-01T18:00:00Z?)"
            ),
        ),
        ("{file: old, until: 2026-02-30}", "secret.1.until: '2026-02-30' is not in the calendar"),
        (
            "{file: old, until: 2026-01-01T25:00:00Z}",
            "secret.1.until: '2026-01-01T25:00:00Z' is not in the calendar",
        ),
        (
            "{file: old, until: 0001-01-01T00:00:00+10:00}",
            "secret.1.until: '0001-01-01T00:00:00+10:00' is not in the calendar",
        ),
    ],
)
def test_one_mistake_is_one_sentence(old: Path, entry: str, problem: str) -> None:
    assert problems_of(old, secrets(entry), without="secret") == [problem]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            'secret: {value: "${SECRET}", until: 2026-12-01}',
            (
                "secret.until: the first secret is the current one and has no end:"
                " write its successor before it"
            ),
        ),
        (
            'secret: [{file: old, until: 2026-12-01}, "${SECRET}"]',
            "secret.0.until: the first secret is the current one and has no end: put one that stays first",
        ),
    ],
)
def test_the_first_secret_stays(old: Path, text: str, problem: str) -> None:
    assert problems_of(old, text, without="secret") == [problem]


def warnings(directory: Path, now: datetime) -> list[str]:
    path = written(directory, around(secrets("{file: old, until: 2026-12-01}"), without="secret"))
    _, found = load_with_warnings(path, ENVIRON, judges=Judges(now=now))
    return [str(warning).removeprefix(f"{path}:") for warning in found if "secret" in warning.path]


def test_a_secret_that_retired_long_ago_can_be_removed(old: Path) -> None:
    assert warnings(old, DECEMBER - timedelta(days=1)) == []
    assert warnings(old, DECEMBER + timedelta(days=30)) == []
    assert warnings(old, DECEMBER + timedelta(days=31)) == [
        "8:28: monitors.m.secret.1.until: this secret retired 31 days ago: remove it"
    ]


def test_a_value_in_plain_text_is_warned_of_and_never_quoted(old: Path) -> None:
    path = written(old, around(secrets(f"{{value: {OLD}}}"), without="secret"))
    _, found = load_with_warnings(path, ENVIRON)
    (warning,) = (str(one) for one in found if "secret" in one.path)
    assert "monitors.m.secret.1.value: a secret in plain text" in warning
    assert OLD not in warning
