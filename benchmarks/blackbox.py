"""The same work done by blackbox_exporter and Prometheus, beside ours: what do they need for it?

Less is asked of them: they sign nothing, judge a status code, and keep no evidence.
"""

import json
import shutil
import socket
import time
from pathlib import Path

from benchmarks.processes import Listener, Usage, running

MODULES = """\
modules:
  hook:
    prober: http
    timeout: 10s
    http:
      method: POST
      headers: {Content-Type: application/json}
      body: '{"kind":"probe"}'
      preferred_ip_protocol: ip4
"""
SETTLE = 10.0


def installed() -> bool:
    """Return whether both programs are here."""
    return all(shutil.which(name) for name in ("prometheus", "prometheus-blackbox-exporter"))


def measure(listener: Listener, directory: Path, *, targets: int, interval: int, window: float) -> float:
    """Return their processor seconds per probe, both together."""
    exporter, server = _free_port(), _free_port()
    (directory / "blackbox.yml").write_text(MODULES, encoding="utf-8")
    (directory / "prometheus.json").write_text(
        configuration(listener, targets, interval, exporter), encoding="utf-8"
    )
    probing = [
        "prometheus-blackbox-exporter",
        f"--config.file={directory / 'blackbox.yml'}",
        f"--web.listen-address=127.0.0.1:{exporter}",
        "--log.level=error",
    ]
    scraping = [
        "prometheus",
        f"--config.file={directory / 'prometheus.json'}",
        f"--storage.tsdb.path={directory / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{server}",
        "--log.level=error",
    ]
    seen = listener.counted()[1]
    with (
        running(probing, directory / "blackbox.log") as one,
        running(scraping, directory / "tsdb.log") as other,
    ):
        _wait_for_coverage(listener, seen + targets, interval)
        time.sleep(SETTLE)
        before = Usage.of(one.pid).cpu + Usage.of(other.pid).cpu
        requests = listener.counted()[0]
        time.sleep(window)
        used = Usage.of(one.pid).cpu + Usage.of(other.pid).cpu - before
        return used / max(1, listener.counted()[0] - requests)


def _wait_for_coverage(listener: Listener, paths: int, interval: int) -> None:
    end = time.monotonic() + 4 * interval + 30
    while listener.counted()[1] < paths:
        if time.monotonic() > end:
            raise RuntimeError("blackbox_exporter did not reach every listener")
        time.sleep(0.25)


def configuration(listener: Listener, targets: int, interval: int, exporter: int) -> str:
    """JSON is YAML, too."""
    urls = [f"{listener.url(number)}/blackbox" for number in range(targets)]
    job = {
        "job_name": "blackbox",
        "metrics_path": "/probe",
        "params": {"module": ["hook"]},
        "static_configs": [{"targets": urls}],
        "relabel_configs": [
            {"source_labels": ["__address__"], "target_label": "__param_target"},
            {"source_labels": ["__param_target"], "target_label": "instance"},
            {"target_label": "__address__", "replacement": f"127.0.0.1:{exporter}"},
        ],
    }
    span = f"{interval}s"
    timeout = f"{min(10, interval)}s"
    whole = {"scrape_interval": span, "scrape_timeout": timeout}
    return json.dumps({"global": whole, "scrape_configs": [job]})


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port
