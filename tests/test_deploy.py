"""What an operator deploys with: checked offline, as far as that goes without Docker and systemd."""

import json
import os
import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.config import Settings
from tests.fakes.programs import needs

ROOT = Path(__file__).parent.parent
TOOLS = Path(sys.executable).parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
UNIT = (ROOT / "deploy" / "webhook-monitor.service").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
MADE_BY_THE_OPERATOR = ("./config", "./secrets")
KNOWN = {f"WEBHOOK_MONITOR_{name.upper()}" for name in Settings.model_fields}


def run(*command: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


# --- the image ---------------------------------------------------------------------------------------------


def test_hadolint_finds_nothing_to_say_against_the_dockerfile() -> None:
    said = run(TOOLS / "hadolint", "Dockerfile")
    assert (said.returncode, said.stdout) == (0, "")


def test_the_image_runs_as_nobody_in_particular() -> None:
    final = DOCKERFILE.split("\nFROM ")[-1]
    assert re.search(r"^USER 10001:10001$", final, flags=re.MULTILINE)
    assert final.index("USER") < final.index("ENTRYPOINT")


def test_dependencies_come_from_the_lock_file_and_are_checked() -> None:
    assert "pip install --require-hashes --only-binary=:all: -r locks/run.txt" in DOCKERFILE
    assert "pip install --require-hashes --only-binary=:all: -r locks/build.txt" in DOCKERFILE
    assert "pip install --no-deps --no-build-isolation --no-index ." in DOCKERFILE


def test_what_the_package_is_built_with_is_locked() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
    locked = re.findall(r"^(\S+)==", (ROOT / "locks" / "build.txt").read_text("utf-8"), flags=re.MULTILINE)
    assert locked == [re.match(r"[a-z]+", one)[0] for one in wanted]  # type: ignore[index]  # a name is there


def test_what_the_image_is_built_from_is_let_through_and_nothing_else() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in lines
    copied = {
        source.rstrip("/")
        for line in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, flags=re.MULTILINE)
        for source in line.split()
    }
    let_through = {line[1:].rstrip("/") for line in lines if line.startswith("!")}
    assert copied <= let_through
    assert not let_through & {"config", "secrets", ".demo"}


@pytest.mark.parametrize("text", [DOCKERFILE, UNIT, json.dumps(COMPOSE)], ids=["image", "unit", "compose"])
def test_only_settings_that_exist_are_set(text: str) -> None:
    assert set(re.findall(r"WEBHOOK_MONITOR_[A-Z_]+", text)) <= KNOWN


@contextmanager
def answering(status: int) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it is called by
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_the_health_check_of_the_image_believes_healthz(status: int, healthy: bool) -> None:  # noqa: FBT001
    found = re.search(r"^HEALTHCHECK.*?CMD (\[.*?\])$", DOCKERFILE, flags=re.MULTILINE | re.DOTALL)
    assert found
    assert json.loads(found[1]) == ["webhook-monitor", "healthcheck"]
    with answering(status) as port:
        asked = (sys.executable, "-m", "monitor", "healthcheck")
        environment = {**os.environ, "WEBHOOK_MONITOR_PORT": str(port), "WEBHOOK_MONITOR_HOST": "0.0.0.0"}  # noqa: S104  as in the image
        said = subprocess.run(asked, cwd=ROOT, env=environment, check=False)
    assert said.returncode == (0 if healthy else 1)


def test_a_health_check_where_nobody_answers_fails_and_a_wrong_setting_is_ours() -> None:
    with answering(200) as port:
        pass
    asked = (sys.executable, "-m", "monitor", "healthcheck", "--port")
    assert run(*asked, str(port)).returncode == 1
    assert run(*asked, "0").returncode == 2


# --- the stack ---------------------------------------------------------------------------------------------


def test_the_stack_is_a_compose_file() -> None:
    said = run(
        TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", ROOT / "docker-compose.yml"
    )
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_can_do_little_harm(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_says_when_it_is_well_and_waits_for_what_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert "healthcheck" in service or (name == "monitor" and "HEALTHCHECK" in DOCKERFILE)
    for needed in service.get("depends_on", {}).values():
        assert needed == {"condition": "service_healthy"}


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_mounts_is_shipped_or_made_by_the_operator(name: str) -> None:
    service = SERVICES[name]
    for volume in service.get("volumes", ()):
        source, _, rest = volume.partition(":")
        if not source.startswith("."):
            assert source in COMPOSE["volumes"]
            continue
        assert rest.endswith(":ro")
        assert source in MADE_BY_THE_OPERATOR or (ROOT / source).exists(), source
    assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])


def test_no_secret_stands_in_the_compose_file() -> None:
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|TOKEN|SECRET|KEY", name):
                assert value.startswith("/run/secrets/"), name
    assert "@" not in SERVICES["monitor"]["environment"]["WEBHOOK_MONITOR_DATABASE"].replace("monitor@", "")


def test_the_password_of_the_database_reaches_the_monitor_and_nobody_else(tmp_path: Path) -> None:
    program = tmp_path / "webhook-monitor"
    program.write_text('#!/bin/sh\necho "$PGPASSWORD" "$@"\n')
    program.chmod(0o755)
    (tmp_path / "password").write_text("it's a $ecret\n")
    (script,) = SERVICES["monitor"]["command"]
    script = script.replace("$$", "$").replace("/run/secrets/postgres_password", str(tmp_path / "password"))
    said = subprocess.run(
        [*SERVICES["monitor"]["entrypoint"], script],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "it's a $ecret run\n"


def test_prometheus_scrapes_where_the_operator_socket_is() -> None:
    config = yaml.safe_load((ROOT / "dashboards" / "prometheus.yml").read_text(encoding="utf-8"))
    (job,) = config["scrape_configs"]
    port = Settings.model_fields["operator_port"].default
    assert job["static_configs"] == [{"targets": [f"monitor:{port}"]}]
    assert job["authorization"]["credentials_file"] == "/run/secrets/operator_token"
    assert "operator_token" in SERVICES["prometheus"]["secrets"]


def test_grafana_finds_dashboards_where_they_are_mounted() -> None:
    provider = yaml.safe_load(
        (ROOT / "dashboards" / "provisioning" / "dashboards" / "webhook-monitor.yml").read_text("utf-8")
    )["providers"][0]
    mounted = [volume.split(":")[1] for volume in SERVICES["grafana"]["volumes"]]
    for board in (ROOT / "dashboards").glob("*.json"):
        assert f"{provider['options']['path']}/{board.name}" in mounted
    assert SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"] in mounted


# --- the service -------------------------------------------------------------------------------------------


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit, with a program that exists here in the place of ours: systemd looks whether it does."""
    path = tmp_path / "webhook-monitor.service"
    path.write_text(UNIT.replace("/opt/webhook-monitor/bin/webhook-monitor", "/bin/true"))
    return path


@pytest.mark.real
@needs("systemd-analyze")
def test_systemd_understands_every_line_of_the_unit(unit: Path) -> None:
    said = run("systemd-analyze", "verify", unit)
    assert (said.returncode, said.stderr) == (0, "")


@pytest.mark.real
@needs("systemd-analyze")
def test_the_unit_gives_up_every_power_it_does_not_need(unit: Path) -> None:
    said = run("systemd-analyze", "security", "--offline=true", "--no-pager", unit)
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", said.stdout)
    assert found, said.stderr
    assert float(found[1]) <= 1.5


def test_the_unit_speaks_to_systemd() -> None:
    for line in ("Type=notify", "WatchdogSec=30", "Restart=always", "ExecReload=/bin/kill -HUP $MAINPID"):
        assert f"\n{line}\n" in UNIT
