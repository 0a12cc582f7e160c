"""``probe`` against the demo's listeners, which really verify, and against some that misbehave."""

import base64
import json
import pty
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from monitor import demo as listeners
from monitor.cli.probing import exit_code
from monitor.core.model import FaultDomain, Reason, Status, Verdict
from monitor.demo import Fault, Listener
from tests.cli.conftest import SHIPPED, Call, Demo, program
from tests.makers import BAD, GOOD, a_result

KEYS = [
    "monitor",
    "check",
    "status",
    "reason",
    "severity",
    "fault_domain",
    "http_status",
    "event_id",
    "phases",
    "message",
    "diagnosis",
]
PHASES = ["resolve", "connect", "tls", "send", "wait", "receive"]
Write = Callable[[str], Path]


def a_verdict(status: Status, reason: Reason = Reason.ACCEPTED, domain: FaultDomain | None = None) -> Verdict:
    return Verdict(status=status, reason=reason, message="", fault_domain=domain)


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([GOOD], 0),
        ([GOOD, a_verdict(Status.UNKNOWN, Reason.SKIPPED)], 0),
        ([GOOD, BAD], 1),
        ([GOOD, a_verdict(Status.DEGRADED, Reason.SLOW)], 1),
        ([BAD, a_verdict(Status.UNKNOWN, Reason.INCONCLUSIVE)], 2),
        ([GOOD, a_verdict(Status.UNKNOWN, Reason.OWN_FAULT, FaultDomain.OURS)], 2),
    ],
)
def test_the_worst_verdict_decides_the_exit_code(verdicts: list[Verdict], code: int) -> None:
    assert exit_code(a_result(verdict) for verdict in verdicts) == code


@pytest.fixture
def broken(demo: Demo) -> Iterator[Callable[[Listener, Fault], None]]:
    """Break a listener until the test is over."""
    names: list[Listener] = []

    def break_(listener: Listener, fault: Fault) -> None:
        names.append(listener)
        listeners.break_(listener, fault, port=demo.port)

    yield break_
    for name in names:
        listeners.heal(name, port=demo.port)


@pytest.mark.real
def test_all_demo_listeners_are_up(call: Call, demo: Demo) -> None:
    ended = call("probe", "--all", "--config", demo.config)
    assert ended.code == 0
    assert [line.split()[0] for line in ended.out.splitlines()[1:]] == ["UP"] * len(Listener)
    assert ended.err == ""


@pytest.mark.real
def test_the_smoke_test_runs_as_a_real_program(demo: Demo, tmp_path: Path) -> None:
    ended = program("probe", "--all", "--config", demo.config, "--json", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    rows = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [row["status"] for row in rows] == ["up"] * len(Listener)
    assert ended.stderr == ""


@pytest.mark.real
@pytest.mark.parametrize(
    ("fault", "check", "code", "facts"),
    [
        (None, "delivery", 0, ("up", "accepted", None, None, 204)),
        (Fault.SERVER_ERROR, "delivery", 1, ("down", "server_error", "major", "listener", 503)),
        (Fault.REFUSE, "delivery", 1, ("down", "connect", "major", "listener", None)),
        (None, "forged", 0, ("up", "refused", None, None, 401)),
        (Fault.ACCEPT_FORGED, "forged", 1, ("down", "forgery_accepted", "critical", "listener", 204)),
        (Fault.SERVER_ERROR, "forged", 1, ("degraded", "verifier_crashed", "minor", "listener", 503)),
        (Fault.REFUSE, "forged", 2, ("unknown", "inconclusive", None, None, None)),
        (None, "certificate", 0, ("skipped", "skipped", None, None, None)),
    ],
)
def test_json_has_every_key_whatever_happened(  # noqa: PLR0917  a table
    call: Call,
    demo: Demo,
    broken: Callable[[Listener, Fault], None],
    fault: Fault | None,
    check: str,
    code: int,
    facts: tuple[object, ...],
) -> None:
    if fault:
        broken(Listener.GITHUB, fault)
    ended = call("probe", "github-deploys", "--check", check, "--config", demo.config, "--json")
    row = json.loads(ended.out)
    assert ended.code == code
    assert list(row) == KEYS
    assert list(row["phases"]) == PHASES
    assert (row["monitor"], row["check"]) == ("github-deploys", check)
    found = (row["status"], row["reason"], row["severity"], row["fault_domain"], row["http_status"])
    assert found == facts
    assert bool(row["event_id"]) is (check != "certificate")  # no event is sent to read a certificate
    assert row["message"]
    assert (row["phases"]["wait"] is not None) == (row["http_status"] is not None)


@pytest.mark.real
def test_one_probe_is_shown_in_full_without_its_secret_or_signature(call: Call, demo: Demo) -> None:
    ended = call("probe", "stripe-payments", "--config", demo.config)
    lines = ended.out.splitlines()
    assert lines[0] == f"POST http://127.0.0.1:{demo.port + 1}/hooks/stripe"
    signature = next(line for line in lines if line.startswith("Stripe-Signature: "))
    assert signature.endswith(",v1=•••")
    assert '  "type": "probe.ping"' in lines
    assert "HTTP 200" in lines
    assert '{"received": true}' in lines
    assert {"connect", "send", "wait", "total"} <= {line.split(" ")[0] for line in lines}
    assert lines[-2] == "UP accepted"
    assert lines[-1].startswith("answered 200 OK in ")
    assert demo.secret(Listener.STRIPE) not in ended.out


@pytest.mark.real
def test_a_paused_monitor_is_probed_when_named_and_left_out_of_all(
    call: Call, demo: Demo, config: Write
) -> None:
    text = demo.config.read_text().replace(".demo/", f"{demo.config.parent}/.demo/")
    path = config(text.replace("provider: github\n", "provider: github\n    enabled: false\n"))
    named = call("probe", "github-deploys", "--json", "--config", path)
    assert (named.code, json.loads(named.out)["status"]) == (0, "up")
    everything = call("probe", "--all", "--json", "--config", path)
    assert everything.code == 0
    asked = [json.loads(line)["monitor"] for line in everything.out.splitlines()]
    assert len(asked) == len(Listener) - 1
    assert "github-deploys" not in asked


@pytest.mark.real
def test_a_check_that_is_off_is_skipped_by_all_and_asked_by_name(
    call: Call, demo: Demo, config: Write
) -> None:
    text = demo.config.read_text().replace(".demo/", f"{demo.config.parent}/.demo/")
    path = config(text.replace("provider: github\n", "provider: github\n    checks: {forged: off}\n"))
    everything = call("probe", "--all", "--check", "forged", "--json", "--config", path)
    rows = {row["monitor"]: row for row in map(json.loads, everything.out.splitlines())}
    assert everything.code == 0
    assert rows["github-deploys"]["status"] == "skipped"
    assert list(rows["github-deploys"]) == KEYS
    assert rows["stripe-payments"]["reason"] == "refused"
    named = call("probe", "github-deploys", "--check", "forged", "--json", "--config", path)
    assert json.loads(named.out)["reason"] == "refused"


@pytest.mark.real
def test_all_says_why_a_check_cannot_be_asked(call: Call, demo: Demo) -> None:
    everything = call("probe", "--all", "--check", "stale", "--json", "--config", demo.config)
    said = {row["monitor"]: row["message"] for row in map(json.loads, everything.out.splitlines())}
    assert said["github-deploys"] == "no verifier of GitHub looks at an event's age"


@pytest.mark.real
def test_the_request_that_is_shown_is_the_one_that_was_answered(call: Call, demo: Demo) -> None:
    ended = call("probe", "stripe-payments", "--check", "malformed", "--config", demo.config)
    assert "this is not what it says it is" in ended.out
    assert ended.out.splitlines()[-1].endswith("to a signed body that is not JSON")


class TenMinutesAhead(BaseHTTPRequestHandler):
    """Refuses what it is sent, and says that it is later than it is."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response_only(401)
        self.send_header("Date", format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True))
        self.end_headers()


@pytest.mark.real
def test_what_explains_a_refusal_is_told_with_it(call: Call, config: Write) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), TenMinutesAhead)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    path = config(AHEAD.format(port=server.server_address[1]))
    one, several = call("probe", "ahead", "--config", path), call("probe", "--all", "--config", path)
    row = json.loads(call("probe", "ahead", "--json", "--config", path).out)
    server.shutdown()
    server.server_close()
    assert row["diagnosis"].startswith("Its clock is 10 min ahead of ours")
    assert row["diagnosis"] in one.out
    assert row["diagnosis"] in several.out


AHEAD = """
monitors:
  ahead: {{url: "http://127.0.0.1:{port}/", provider: stripe, secret: whsec_eight, notify: []}}
  other: {{url: "http://127.0.0.1:{port}/", provider: github, secret: long-enough, notify: []}}
"""


def test_when_every_monitor_is_paused_nothing_was_proved(call: Call, config: Write) -> None:
    config("monitors: {a: {url: 'https://a.example', provider: stripe, secret: '12345678', enabled: false}}")
    ended = call("probe", "--all")
    assert ended.code == 2
    assert "every monitor is paused" in ended.err


def test_an_unknown_id_names_those_there_are(call: Call, config: Write) -> None:
    config("monitors: {a-name: {url: 'https://a.example', provider: stripe, secret: '12345678'}}")
    for words in (["probe", "a-nam"], ["probe", "a-name", "a-nam"], ["sign", "a-nam"]):
        ended = call(*words)
        assert (ended.code, ended.out) == (2, "")
        assert "no monitor 'a-nam'; there are: a-name" in ended.err


@pytest.mark.real
def test_a_name_given_twice_is_probed_once(call: Call, demo: Demo) -> None:
    ended = call("probe", "github-deploys", "github-deploys", "--json", "--config", demo.config)
    assert len(ended.out.splitlines()) == 1


@pytest.mark.real
def test_several_probes_show_a_bar_on_a_terminal(demo: Demo, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "monitor", "probe", "--all", "--config", str(demo.config)]
    environment = {"PYTHONPATH": str(SHIPPED.parent), "TERM": "xterm-256color", "COLUMNS": "100"}
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=theirs, stdin=theirs
    )
    out, _ = process.communicate(timeout=60)
    shown = _drained(ours, theirs).decode()
    assert process.returncode == 0
    assert f"/{len(Listener)}" in shown
    assert "probing" in shown
    assert b"\x1b" not in out  # standard output is no terminal: no colours in it


def _drained(ours: int, theirs: int) -> bytes:
    with open(theirs, "wb", buffering=0) as end:
        end.write(b"\n\0")
        said = b""
        with open(ours, "rb", buffering=0) as terminal:
            while not said.endswith(b"\0"):
                said += terminal.read(4096)
    return said


@pytest.mark.real
def test_ctrl_c_ends_a_hanging_probe_quietly(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and never says a word
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        text = f"monitors: {{a: {{url: '{url}', provider: stripe, secret: '12345678'}}}}"
        (tmp_path / "monitors.yaml").write_text(text)
        process = subprocess.Popen(
            [sys.executable, "-m", "monitor", "probe", "a"],
            cwd=tmp_path,
            env={"PYTHONPATH": str(SHIPPED.parent)},
            stderr=subprocess.PIPE,
        )
        silent.settimeout(30)
        line, _ = silent.accept()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
        line.close()
    assert process.returncode == 130
    assert b"Traceback" not in err


class Echo(BaseHTTPRequestHandler):
    """Hands back all it got, plain and in base64, with an escape sequence."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        got = self.path.encode() + b"\n" + bytes(self.headers) + b"\n" + body
        pieces = [value.encode() for value in self.headers.values()] + SECRETS
        coats = b"\n".join(base64.b64encode(piece) + b" " + piece.hex().encode() for piece in pieces)
        self.send_response(500)
        self.send_header("Set-Cookie", self.headers["Authorization"])
        self.end_headers()
        self.wfile.write(got + b"\n" + coats + b"\x1b[31m[bold]:smile:[/nope]")

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002  the name it has there
        """Say nothing."""


SECRETS = [b"url-password-3", b"query-secret-4", b"signing-secret-5", b"header-secret-6", b"body-secret-7"]
ECHO = """
notifiers: {{hook: {{url: "json://user:notifier-pass-1@127.0.0.1:1/x?token=notifier-token-2"}}}}
monitors:
  echo:
    url: "http://usr:url-password-3@127.0.0.1:{port}/hook?key=query-secret-4"
    signature: {{headers: {{X-Sig: "{{sig}}"}}}}
    secret: signing-secret-5
    headers: {{Authorization: "Bearer header-secret-6"}}
    event: {{type: ping, body: {{key: "${{IN_THE_BODY}}"}}}}
"""


@pytest.mark.real
def test_no_secret_of_the_file_is_ever_shown(
    call: Call, config: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IN_THE_BODY", "body-secret-7")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    path = config(ECHO.format(port=server.server_address[1]))
    other = path.with_name("other.yaml")
    other.write_text(path.read_text().replace("-secret-", "-other-").replace("-pass", "-path"))
    commands = (
        ["validate"],
        ["validate", "--json"],
        ["plan", "other.yaml"],
        ["probe", "echo"],
        ["probe", "echo", "--json"],
        ["probe", "echo", "--check", "forged"],
        ["probe", "--all", "--check", "forged", "--json"],
        ["notify", "test"],
    )
    said = "".join(f"{ended.out}{ended.err}" for ended in (call(*words) for words in commands))
    server.shutdown()
    server.server_close()
    for secret in [*SECRETS, b"notifier-pass-1", b"notifier-token-2"]:
        for coat in (secret.decode(), base64.b64encode(secret).decode(), secret.hex()):
            assert coat not in said
    assert "\x1b" not in said
    assert "[bold]:smile:[/nope]" in said  # shown as it came
