"""The other files a configuration names: secrets, bodies, certificates. Each is read once."""

import os
import ssl
import stat
from dataclasses import dataclass, field
from pathlib import Path

from monitor.core.model import Print, Tls

MAX_BYTES = 1_000_000


class Unusable(ValueError):
    """A file cannot be used; the sentence says why."""


@dataclass(slots=True)
class Files:
    """Reads files relative to the directory of monitors.yaml, and remembers which to watch."""

    base: Path
    named: dict[str, Print] = field(default_factory=dict)
    _texts: dict[str, str | Unusable] = field(default_factory=dict)
    _tls: dict[Tls, tuple[str, str] | None] = field(default_factory=dict)

    def path(self, name: str) -> str:
        """Return the absolute path, and remember it. Links are kept: they are what gets replaced.

        What it looks like is noted before it is read: a change from then on is a change.
        """
        path = os.path.abspath(self.base / name)  # noqa: PTH100 - Path.resolve() follows links
        if path not in self.named:
            self.named[path] = print_of(path)
        return path

    def text(self, name: str) -> str:
        """Return the UTF-8 text of a file, or raise Unusable."""
        path = self.path(name)
        if path not in self._texts:
            self._texts[path] = _read(path)
        found = self._texts[path]
        if isinstance(found, Unusable):
            raise found
        return found

    def secret(self, name: str) -> str:
        """Return the secret in a file, without the newline that editors and `echo` put at its end."""
        found = self.text(name)
        found = found.removesuffix("\n").removesuffix("\r")
        if "\n" in found:
            raise Unusable("holds more than one line: a secret is one line")
        return found

    def tls_problem(self, tls: Tls) -> tuple[str, str] | None:
        """Return which of these PEM files cannot be used (its key), and why; None if all can."""
        if tls not in self._tls:
            self._tls[tls] = _tls_problem(tls)
        return self._tls[tls]


def print_of(path: str) -> Print:
    """Return what tells one content of a file from another; None while it cannot be seen."""
    try:
        found = os.stat(path)  # noqa: PTH116 - a name with NUL must not raise twice
    except (OSError, ValueError):
        return None
    return (found.st_dev, found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size)


def _read(path: str) -> str | Unusable:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 - a name with NUL must not raise twice
            return Unusable("is not a file")
        with Path(path).open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return Unusable(f"cannot be read: {error.strerror}")
    except ValueError:
        return Unusable("is not the name of a file")
    if len(content) > MAX_BYTES:
        return Unusable("is larger than 1 MB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Unusable("is not UTF-8 text")


def _tls_problem(tls: Tls) -> tuple[str, str] | None:
    for key, path in (("ca", tls.ca), ("certificate", tls.certificate), ("key", tls.key)):
        content = _read(path) if path else ""
        if isinstance(content, Unusable):
            return key, str(content)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        if tls.ca:
            context.load_verify_locations(tls.ca)
    except OSError:
        return "ca", "is not a PEM file of certificates"
    try:
        if tls.certificate:
            context.load_cert_chain(tls.certificate, tls.key, password="")  # or OpenSSL asks at the terminal
    except (OSError, ValueError):
        return "certificate", "and its key do not belong together, or are not PEM without a passphrase"
    return None
