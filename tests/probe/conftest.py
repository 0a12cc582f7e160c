"""The probe door is tested on both event loops: the product runs on uvloop where it can."""

import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from monitor.core.model import Delivery
from monitor.probe import Prober
from tests.makers import NOON

BODY = b'{"id":"evt_probe_1"}'


@pytest.fixture(params=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": request.param == "uvloop"}


@pytest.fixture
async def prober() -> AsyncIterator[Prober]:
    prober = Prober(lambda: NOON)
    yield prober
    await prober.close()


def a_delivery(port: int, *, scheme: str = "http", host: str = "127.0.0.1", **changes: Any) -> Delivery:
    """A delivery to a listener on loopback, patient for five seconds."""
    fields: dict[str, Any] = {
        "event_id": "evt_probe_1",
        "method": "POST",
        "url": f"{scheme}://{host}:{port}/hooks/billing",
        "headers": (("Content-Type", "application/json"),),
        "body": BODY,
        "timeout": timedelta(seconds=5),
    }
    return Delivery(**{**fields, **changes})


@dataclass(frozen=True)
class Authority:
    """A private certificate authority and the files an operator would name."""

    ca: trustme.CA
    path: str
    folder: Path

    def server(self, *names: str, **options: Any) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert(*(names or ("127.0.0.1", "localhost")), **options).configure_cert(context)
        return context

    def client(self, name: str = "monitor@example.com") -> tuple[str, str]:
        """Return the paths of a client certificate and its key."""
        issued = self.ca.issue_cert(name)
        certificate, key = self.folder / "client.pem", self.folder / "client.key"
        issued.cert_chain_pems[0].write_to_path(str(certificate))
        issued.private_key_pem.write_to_path(str(key))
        return str(certificate), str(key)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    folder = tmp_path_factory.mktemp("tls")
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(folder / "ca.pem"))
    return Authority(ca, str(folder / "ca.pem"), folder)
