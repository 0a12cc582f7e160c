"""The key of the house: from the environment, from a file, or made beside an embedded database."""

import os
import secrets
from pathlib import Path

import structlog

from monitor.config import Settings
from monitor.core.model import Secret
from monitor.core.tokens import Keyring
from monitor.errors import UsageError

log = structlog.get_logger()

SHORTEST = 32  # characters
SQLITE = "sqlite:///"


def keyring_of(settings: Settings) -> Keyring:
    """Return the keys: the first signs, all verify. Raises UsageError where there is none to be had."""
    if settings.key is not None:
        return _keyring(settings.key.reveal(), "WEBHOOK_MONITOR_KEY")
    if settings.key_file is not None:
        return _keyring(_read(settings.key_file), f"WEBHOOK_MONITOR_KEY_FILE: {settings.key_file}")
    if not settings.database.startswith(SQLITE):
        raise UsageError(
            "set WEBHOOK_MONITOR_KEY (or _KEY_FILE) to at least 32 random characters: every process that "
            "may own this database must have the same key"
        )
    return _beside(Path(settings.database.removeprefix(SQLITE)))


def _beside(database: Path) -> Keyring:
    """Make the key once, readable by its owner alone, and say where it is."""
    place = database.with_name(f"{database.name}.key")
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _keyring(_read(place), str(place))
    except OSError as error:
        raise UsageError(f"{place}: the key of the house cannot be written: {error.strerror}") from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
    log.info("made the key of the house; keep it with the database", file=str(place))
    return _keyring(_read(place), str(place))


def _read(place: Path) -> str:
    try:
        return place.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise UsageError(f"{place}: the key of the house cannot be read: {why}") from None


def _keyring(text: str, where: str) -> Keyring:
    """One key a line, or with commas between; the first signs."""
    keys = [key for key in text.replace(",", "\n").split() if key]
    if not keys or any(len(key) < SHORTEST for key in keys):
        raise UsageError(f"{where}: a key has at least {SHORTEST} characters")
    return Keyring(tuple(Secret(key) for key in keys))
