"""A real SMTP server on loopback that keeps its mail."""

from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.fakes.ports import free_port


@dataclass
class FakeSmtp:
    """``refusals``: answers to give to the next messages instead of taking them, e.g. "451 busy".

    ``senders``: answers to give to the next senders. ``password``: what a login must show.
    """

    mails: list[EmailMessage] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    senders: list[str] = field(default_factory=list)
    password: str = ""

    def __post_init__(self) -> None:
        self.port = free_port()  # aiosmtpd cannot say which port 0 became
        login: dict[str, Any] = (
            {"authenticator": self._login, "auth_require_tls": False} if self.password else {}
        )
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **login)

    def _login(self, *said: object) -> AuthResult:
        shown = said[-1]
        assert isinstance(shown, LoginPassword)
        return AuthResult(success=shown.password.decode() == self.password, handled=False)

    async def handle_MAIL(  # noqa: N802  aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.senders:
            return self.senders.pop(0)
        envelope.mail_from = address
        return "250 known"

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.unknown:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 known"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        if self.refusals:
            return self.refusals.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.append(message_from_bytes(content, policy=policy.default))
        return "250 taken"

    @property
    def url(self) -> str:
        ends = "from=monitor@acme.example&to=team@acme.example"
        return f"mailto://127.0.0.1:{self.port}?{ends}&mode=insecure"

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._controller.stop()
