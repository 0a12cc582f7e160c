"""Parsers of single values. All come as text: YAML's own guesses (`no`, `1:30`) are never asked.

Each returns the value, or raises one plain sentence that quotes nothing that may be secret.
"""

import difflib
import re
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic_core import PydanticCustomError

from monitor.config.tree import Text, kind

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_.])?")
HEADER_NAME = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"  # the name of a header
_TOKEN = re.compile(HEADER_NAME)
_FRAMING = frozenset(
    {"content-length", "transfer-encoding", "connection", "upgrade", "expect", "te", "trailer"}
)
_STATUS = re.compile(r"[1-5][0-9][0-9]|[1-5]xx")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+( *;.*)?")


def wrong(message: str) -> PydanticCustomError:
    """Return an error that says exactly ``message``."""
    return PydanticCustomError("config", "{message}", {"message": message})


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return " (did you mean …?)" where one of the known words is close, else nothing."""
    spelled = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower()[:100], spelled, n=1, cutoff=0.6)
    return f" (did you mean {spelled[close[0]]}?)" if close else ""


def text(value: object) -> Text:
    """Return the text as it stands, or say what stands there instead."""
    if not isinstance(value, Text):
        raise wrong(f"needs text, not {kind(value)}")
    if value.empty or value == "":
        raise wrong("is empty: give it a value, or remove the line")
    return value


def quotable(name: str) -> str:
    """Return a name as an error may say it."""
    return name.shown if isinstance(name, Text) and name.variables else str(name)


def template(value: object) -> str:
    """A text that may be empty, if that is said in quotes."""
    if isinstance(value, Text) and not value.empty:
        return str(value)
    raise wrong("needs text in quotes")


def line(value: object) -> str:
    found = text(value)
    if not found.strip() or len(found) > 500 or not found.isprintable():
        raise wrong("needs one line of at most 500 printable characters")
    return str(found)


def switch(value: object) -> bool:
    """`true`, `false`, `on` or `off`. YAML's other words for them are refused: they surprise."""
    found = text(value)
    if found not in {"true", "false", "on", "off"}:
        raise wrong(f"needs true or false, not {found.shown}")
    return found in {"true", "on"}


def off(value: object) -> tuple[()]:
    """The word `off`, or `false`: none of what could be listed."""
    found = text(value)
    if found not in {"off", "false"}:
        raise wrong(f"needs a mapping (lines of `key: value`), a list of them, or off, not {found.shown}")
    return ()


def one_of(choices: Iterable[str]) -> Callable[[object], str]:
    """Return the parser of a word out of a few."""
    known = tuple(choices)

    def parse(value: object) -> str:
        found = text(value)
        if found not in known:
            hint = "" if found.variables else suggestion(found, known)
            raise wrong(f"{found.shown} is not known{hint}; known: {', '.join(known)}")
        return str(found)

    return parse


def identifier(value: object) -> str:
    """A key, or a text that names one. The text is kept: an error may not quote it if a variable made it."""
    if isinstance(value, str) and _ID.fullmatch(value):
        return value
    raise wrong("is not a name: at most 100 letters, digits, '.', '_' and '-', the first a letter or a digit")


def http_url(value: object) -> str:
    """An absolute http(s) URL with a host. It may hold a secret: never quoted in an error."""
    found = str(text(value))
    if not found.isprintable() or " " in found:
        raise wrong("a URL holds no blanks and no control characters")
    try:
        parts = urlsplit(found)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise wrong("is not a URL: host or port cannot be understood") from None
    if parts.scheme not in {"http", "https"} or not host or port == 0:
        raise wrong("needs a URL such as https://host/path")
    if parts.fragment or found.endswith("#"):
        raise wrong("a #fragment is never sent to a listener: remove it (write %23 for a # in the path)")
    _check_host(host)
    return found


def zone(value: object) -> ZoneInfo:
    """Return a time zone by its name in the tz database."""
    found = text(value)
    known = available_timezones()
    if str(found) not in known:
        shown = quotable(found)
        raise wrong(f"{shown} is no time zone{suggestion(shown, known)}; zones are named like Europe/Berlin")
    return ZoneInfo(str(found))


def _check_host(host: str) -> None:
    if ":" in host or _HOST.fullmatch(host):
        return
    try:
        host.encode("idna")
    except UnicodeError:
        raise wrong("the host of the URL is not a host name") from None
    if host.isascii():
        raise wrong("the host of the URL is not a host name")


def upstream(value: object) -> str:
    """What stands before listeners: an address to GET, or `host:port` to connect to (returned as tcp://…)."""
    found = text(value)
    if "://" in found:
        return http_url(value)
    host, port = host_port(value)
    return f"tcp://[{host}]:{port}" if ":" in host else f"tcp://{host}:{port}"


def host_port(value: object) -> tuple[str, int]:
    """`host:port`; an IPv6 address stands in brackets."""
    found = text(value)
    host, colon, port = found.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
        good = ":" in host and all(character in "0123456789abcdefABCDEF:." for character in host)
    else:
        good = _HOST.fullmatch(host) is not None
    if not (
        good and colon and port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) < 65536
    ):
        raise wrong(f"needs host:port (an IPv6 address in brackets: [::1]:443), not {found.shown}")
    return host, int(port)


def header_name(value: object) -> str:
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise wrong("is not the name of a header")
    if value.lower() in _FRAMING:
        raise wrong("this header belongs to the connection: we set it ourselves")
    return str(value)


def header_value(value: object) -> str:
    found = text(value)
    if not (found.isascii() and found.isprintable()) or found != found.strip():
        raise wrong("a header holds printable ASCII on one line, with no blank at either end")
    return str(found)


def media_type(value: object) -> str:
    found = header_value(value)
    if not _MEDIA_TYPE.fullmatch(found):
        raise wrong("needs a type such as application/json, or text/xml; charset=utf-8")
    return found


def status(value: object) -> str:
    found = text(value)
    if not _STATUS.fullmatch(found):
        raise wrong(f"needs a status such as 202, or a class such as 2xx, not {found.shown}")
    return str(found)


def json_path(value: object) -> str:
    """Keys and list indexes joined by dots."""
    if isinstance(value, str) and value and all(value.split(".")):
        return str(value)
    raise wrong("is not a path: write keys and indexes joined by dots, such as data.0.id")


def place(value: object) -> str:
    """Where something stands in an event: the name of a header, or `body:` and a path."""
    found = text(value)
    where, colon, path = found.partition(":")
    if (where == "body" and all(path.split("."))) if colon else _TOKEN.fullmatch(found):
        return str(found)
    raise wrong("needs the name of a header, or body: and a path, such as body:id")


def timestamp_form(forms: tuple[str, ...]) -> Callable[[object], str]:
    """Return the parser of how a timestamp is written: a form, or `body:`, a path into the body, and one."""

    def parse(value: object) -> str:
        found = text(value)
        path, form = in_body(found)
        if found in forms or (path and all(path.split(".")) and form in forms and form != "none"):
            return str(found)
        hint = "" if found.variables or ":" in found else suggestion(found, forms)
        raise wrong(
            f"{found.shown} is no form of a timestamp{hint}: write {', '.join(forms)},"
            " or its place in the body and a form, such as body:created:s"
        )

    return parse


def in_body(timestamp: str) -> tuple[str, str]:
    """Split `body:PATH:FORM` into path and form; a form alone has no path."""
    where, colon, rest = timestamp.partition(":")
    if where != "body" or not colon:
        return "", timestamp
    path, _, form = rest.rpartition(":")
    return path, form


def json_scalar(value: object) -> str | int | float | bool | None:
    """What a plain scalar means in JSON. Quoted, or from the environment, it stays text."""
    if not isinstance(value, Text):
        raise wrong(f"needs one value to compare with, not {kind(value)}")
    if not value.plain or value.variables:
        return str(value)
    return meaning(value)


_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


def meaning(plain: str) -> str | int | float | bool | None:
    """Return what an unquoted text means in JSON."""
    if plain in _WORDS:
        return _WORDS[plain]
    number = _NUMBER.fullmatch(plain)
    if number is None:
        return str(plain)
    return float(plain) if number[1] or number[2] else int(plain)
