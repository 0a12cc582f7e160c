"""PEM files are tried at load: a bad one is a sentence now, not a failing probe later."""

from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from tests.config.files import a_loaded_monitor, loaded, problems_of

NO_PAIR = (
    "tls.certificate: 'cert.pem' and its key do not belong together, or are not PEM without a passphrase"
)


@pytest.fixture
def pems(tmp_path: Path) -> Path:
    authority = trustme.CA()
    ours, others = authority.issue_cert("client.example"), authority.issue_cert("other.example")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    ours.private_key_and_cert_chain_pem.write_to_path(tmp_path / "both.pem")
    ours.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    ours.private_key_pem.write_to_path(tmp_path / "key.pem")
    others.private_key_pem.write_to_path(tmp_path / "other.pem")
    key = serialization.load_pem_private_key(ours.private_key_pem.bytes(), password=None)
    (tmp_path / "locked.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"passphrase"),
        )
    )
    (tmp_path / "not.pem").write_text("hello")
    return tmp_path


def test_good_files_become_absolute_paths_and_are_watched(pems: Path) -> None:
    monitor = a_loaded_monitor(pems, "tls: {ca: ca.pem, certificate: cert.pem, key: key.pem}")
    assert (monitor.tls.ca, monitor.tls.certificate) == (str(pems / "ca.pem"), str(pems / "cert.pem"))
    assert monitor.tls.key == str(pems / "key.pem")
    assert a_loaded_monitor(pems, "tls: {certificate: both.pem}").tls.key is None
    text = (
        "monitors: {m: {url: 'https://a.example', provider: stripe, secret: '${SECRET}', tls: {ca: ca.pem}}}"
    )
    assert str(pems / "ca.pem") in loaded(pems, text).files


@pytest.mark.parametrize(
    ("tls", "problem"),
    [
        ("{ca: gone.pem}", "tls.ca: 'gone.pem' cannot be read: No such file or directory"),
        ("{ca: not.pem}", "tls.ca: 'not.pem' is not a PEM file of certificates"),
        (
            "{certificate: cert.pem, key: other.pem}",
            NO_PAIR,
        ),
        (
            "{certificate: cert.pem, key: locked.pem}",
            NO_PAIR,
        ),
        (
            "{certificate: cert.pem}",
            NO_PAIR,
        ),
        ("{key: key.pem}", "tls.key: a key without its certificate: name it in `certificate:`"),
        ("{ca: ca.pem, verify: false}", "tls.verify: `verify: false` makes `ca:` pointless: remove one"),
    ],
)
def test_bad_files_are_refused(pems: Path, tls: str, problem: str) -> None:
    assert problems_of(pems, f"tls: {tls}") == [problem]
