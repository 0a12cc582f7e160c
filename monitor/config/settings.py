"""How the service itself runs: command line over environment (`WEBHOOK_MONITOR_…`) over defaults."""

import ipaddress
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, InstanceOf, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from monitor.core.model import Secret
from monitor.errors import UsageError

PREFIX = "WEBHOOK_MONITOR_"
SHORTEST_TOKEN = 8

# A token in `ps` is no secret.
_ENVIRONMENT_ONLY = {"operator_token", "operator_token_file", "key", "key_file", "log_format"}

Port = Annotated[int, Field(ge=1, le=65535)]
Token = Annotated[
    InstanceOf[Secret], BeforeValidator(lambda value: Secret(value) if isinstance(value, str) else value)
]


class Settings(BaseSettings):
    """Where things are. Made by ``settings_from``, which speaks in sentences."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid")

    config: Path = Path("monitors.yaml")
    database: str = "sqlite:///webhook-monitor.db"
    host: str = "127.0.0.1"
    port: Port = 8080
    operator_host: str = "127.0.0.1"
    operator_port: Port = 8081
    operator_token: Token | None = None
    operator_token_file: Path | None = None
    key: Token | None = None
    key_file: Path | None = None
    log_format: Literal["console", "json"] = "console"
    standby: bool = False

    @model_validator(mode="before")
    @classmethod
    def _token_from_file(cls, values: dict[str, Any]) -> dict[str, Any]:
        name = values.get("operator_token_file")
        if not name:
            return values
        if values.get("operator_token"):
            raise ValueError(f"{PREFIX}OPERATOR_TOKEN and {PREFIX}OPERATOR_TOKEN_FILE are both set: keep one")
        try:
            token = Path(name).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
            raise ValueError(f"{PREFIX}OPERATOR_TOKEN_FILE: {name} cannot be read: {reason}") from None
        return {**values, "operator_token": token}

    @model_validator(mode="after")
    def _operator_is_guarded(self) -> "Settings":
        if self.operator_token is None:
            if is_loopback(self.operator_host):
                return self
            raise ValueError(
                f"the operator's socket on {self.operator_host} can be reached from outside: set "
                f"{PREFIX}OPERATOR_TOKEN (or _FILE), or bind it to 127.0.0.1"
            )
        token = self.operator_token.reveal()
        if len(token) < SHORTEST_TOKEN or not (token.isascii() and token.isprintable()) or " " in token:
            raise ValueError(
                f"the operator token needs at least {SHORTEST_TOKEN} ASCII characters, without blanks"
            )
        return self


def settings_from(**given: Any) -> Settings:  # noqa: ANN401 - any field, as text or as its type
    """Return the settings; ``given`` (None: not given) wins over the environment. Raise UsageError."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise UsageError("; ".join(_sentence(detail) for detail in error.errors())) from None


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach a socket bound to ``host``."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _sentence(detail: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails, whose ctx may be anything
    if not detail["loc"]:
        return str(detail["ctx"]["error"])
    name = str(detail["loc"][0])
    where = f"{PREFIX}{name.upper()}"
    if name not in _ENVIRONMENT_ONLY:
        where = f"--{name.replace('_', '-')} (or {where})"
    match detail["type"]:
        case "int_parsing" | "int_type" | "greater_than_equal" | "less_than_equal":
            links = " (Kubernetes sets it for a Service of this name: say enableServiceLinks: false)"
            linked = str(detail["input"]).startswith("tcp://")
            return f"{where} needs a whole number from 1 to 65535{links if linked else ''}"
        case "literal_error":
            return f"{where} needs one of {detail['ctx']['expected']}"
        case "bool_parsing" | "bool_type":
            return f"{where} needs true or false"
    return f"{where} cannot be understood"
