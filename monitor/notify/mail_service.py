"""Apprise's e-mail, with what the mail server said kept: only it tells for ever from for now."""

import contextlib
import smtplib
import threading
from collections.abc import Iterator
from typing import Any

from apprise.plugins.email import NotifyEmail
from apprise.plugins.email.smtp import SMTP_EXCEPTIONS

from monitor.notify.smtp import Session

Refusals = list[smtplib.SMTPResponseException]


class MailService(NotifyEmail):
    """``mailto://``."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401  Apprise's, passed on
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]  # Apprise declares no types here
        # One sending is one thread; one that was given up may still run beside the next.
        self._carried = threading.local()

    @contextlib.contextmanager
    def carrying(self) -> Iterator[Refusals]:
        """Collect what the server says against what this thread sends."""
        self._carried.refusals = []
        try:
            yield self._carried.refusals
        finally:
            del self._carried.refusals

    def send(self, body: str, title: str = "", *_: Any, **given: Any) -> bool:  # noqa: ANN401  Apprise's
        """Send to each address. False if any was refused."""
        self.throttle()  # type: ignore[no-untyped-call]  # Apprise declares no types here
        session = Session(
            host=self.smtp_host,
            port=int(self.port or 0),
            secure_mode=str(self.secure_mode),
            user=self.user,
            password=self.password,
            verify_certificate=self.verify_certificate,
            socket_connect_timeout=self.socket_connect_timeout,
        )
        try:
            with session:
                return self._sent(session, body, title, given.get("body_format"))
        except SMTP_EXCEPTIONS as error:
            self.logger.warning("the mail server cannot be used (%s)", type(error).__name__)
            return False
        finally:
            if session.refusal is not None:
                self._carried.refusals.append(session.refusal)

    def _sent(self, session: Session, body: str, title: str, body_format: Any) -> bool:  # noqa: ANN401  Apprise's
        taken = True
        for mail in self._mails(body, title, body_format):
            if session.sendmail(str(self.from_addr[1]), mail.to_addrs, mail.body):
                self.mark_delivered(mail.recipient)
            else:
                self.logger.warning("the mail server did not take the mail to %s", mail.recipient)
                taken = False
        return taken

    def _mails(self, body: str, title: str, body_format: Any) -> Iterator[Any]:  # noqa: ANN401  Apprise's
        mails: Iterator[Any] = NotifyEmail.prepare_emails(
            subject=title,
            body=body,
            notify_format=self.resolve_format(body_format),
            from_addr=self.from_addr,
            to=self.targets,
            cc=self.cc,
            bcc=self.bcc,
            reply_to=self.reply_to,
            smtp_host=self.smtp_host,
            headers={"X-Application": self.app_id, **self.headers},
            names=self.names,
            pgp=self.pgp,
            pgp_mode=self.pgp_mode,
            inline=self.inline,
            tzinfo=self.tzinfo,
        )
        return mails
