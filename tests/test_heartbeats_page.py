"""What docs/heartbeats.md shows was run: its shell, its crontab, its unit, against a real socket."""

import asyncio
import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.core.model import Sign
from monitor.core.tokens import heartbeat_token
from monitor.web import public_app
from tests.web.houses import Stage
from tests.web.serving import served
from tests.web.test_heartbeats import KEYS, Listening

pytestmark = pytest.mark.real
PAGE = (Path(__file__).parent.parent / "docs" / "heartbeats.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


async def run(script: str, monitor: str = "nightly", **environment: str) -> Listening:
    """Run a script as its user would, with the address in $HB; return what was heard."""
    ear = Listening()
    house = replace(Stage().house(), heartbeats=ear)
    async with served(public_app(house)) as base:
        known = {**os.environ, "HB": f"{base}/hb/{heartbeat_token(KEYS, monitor)}", **environment}
        done = await asyncio.to_thread(
            subprocess.run, ["/bin/sh", "-c", script], env=known, capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 0, done.stderr
    return ear


async def test_one_line_of_curl_is_a_success() -> None:
    ear = await run(blocks("sh")[0])
    assert [one.sign for one in ear.signals] == [Sign.SUCCESS]


async def test_a_command_that_fails_tells_how_and_why() -> None:
    ear = await run(blocks("sh")[1])
    assert [one.sign for one in ear.signals] == [Sign.START, Sign.FAIL]
    assert ear.signals[1].note.startswith("exit status 2; ls: ")


async def test_events_are_reported_one_by_one_and_together() -> None:
    ear = await run(blocks("sh")[2], "billing")
    assert [one.count for one in ear.events] == [1, 25]


@pytest.mark.parametrize(("command", "sign"), [("/usr/bin/true", Sign.SUCCESS), ("false", Sign.FAIL)])
async def test_the_line_for_cron_tells_the_exit_status(command: str, sign: Sign) -> None:
    line = blocks("crontab")[0].splitlines()[1]
    ear = await run(line.split(maxsplit=5)[5].replace("/usr/bin/true", command))
    assert [one.sign for one in ear.signals] == [sign]


@pytest.mark.parametrize(
    ("result", "status", "sign"),
    [("success", "0", Sign.SUCCESS), ("exit-code", "3", Sign.FAIL), ("signal", "KILL", Sign.FAIL)],
)
async def test_the_unit_tells_how_it_ended(result: str, status: str, sign: Sign) -> None:
    """As systemd.exec(5) documents SERVICE_RESULT and EXIT_STATUS for ExecStopPost."""
    found = re.search(r"^ExecStopPost=/bin/sh -c '(.*)'$", blocks("ini")[0], re.MULTILINE)
    assert found is not None
    ear = await run(found[1], SERVICE_RESULT=result, EXIT_STATUS=status)
    assert [(one.sign, one.note) for one in ear.signals] == [(sign, f"{result} {status}")]


def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    unit = tmp_path / "backup.service"
    unit.write_text(blocks("ini")[0])
    said = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
    )
    assert (said.returncode, said.stderr) == (0, "")
