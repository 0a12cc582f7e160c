"""Apprise's e-mail with our letter, and with the mail server's answer kept.

The letter's text is ours too, and it belongs to a thread. Only the answer tells for ever from for now.
"""

import contextlib
import smtplib
import threading
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from apprise.plugins.email.base import PGP_MODE_DEFAULT, NotifyEmail
from apprise.plugins.email.common import EmailMessage
from apprise.plugins.email.smtp import SMTP_EXCEPTIONS

from monitor.notify.mail import Address, Letter, composed
from monitor.notify.smtp import Session

Refusals = list[smtplib.SMTPResponseException]


class MailService(NotifyEmail):
    """``mailto://``, sending a letter."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401  Apprise's, passed on
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]  # Apprise declares no types here
        # One sending is one thread; one that was given up may still run beside the next.
        self._carried = threading.local()

    @contextlib.contextmanager
    def carrying(self, letter: Letter) -> Iterator[Refusals]:
        """Send ``letter`` instead of what Apprise passes on, in this thread; collect what is refused."""
        self._carried.letter, self._carried.refusals = letter, []
        try:
            yield self._carried.refusals
        finally:
            del self._carried.letter, self._carried.refusals

    def send(self, *args: Any, **kwargs: Any) -> bool:  # noqa: ANN401  Apprise's, passed on
        """Send to each address. False, and a word in Apprise's log, if any was refused."""
        if self.pgp_mode != PGP_MODE_DEFAULT:  # to sign and encrypt, Apprise writes the whole mail
            whole: bool = super().send(*args, **kwargs)  # type: ignore[no-untyped-call]  # Apprise declares no types here
            return whole
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
                return self._sent(session)
        except SMTP_EXCEPTIONS as error:
            self.logger.warning("the mail server cannot be used (%s)", type(error).__name__)
            return False
        finally:
            if session.refusal is not None:
                self._carried.refusals.append(session.refusal)

    def _sent(self, session: Session) -> bool:
        taken = True
        for mail in self._mails():
            if session.sendmail(str(self.from_addr[1]), mail.to_addrs, mail.body):
                self.mark_delivered(mail.recipient)
            else:
                self.logger.warning("the mail server did not take the mail to %s", mail.recipient)
                taken = False
        return taken

    def _mails(self) -> Iterator[EmailMessage]:
        """Address the letter: one mail for each address."""
        for name, address in self.targets:
            copies = self._named(self.cc - self.bcc - {address})
            mail = composed(
                self._carried.letter,
                sender=(str(self.from_addr[0] or ""), str(self.from_addr[1])),
                to=(str(name or ""), address),
                copies=copies,
                reply_to=self._named(self.reply_to - {address}),
                headers=self.headers,
                at=datetime.now(UTC),
            )
            everybody = [address, *(copy for _, copy in copies), *(self.bcc - {address})]
            yield EmailMessage(recipient=address, to_addrs=everybody, body=mail.as_bytes().decode("ascii"))

    def _named(self, addresses: Iterable[str]) -> list[Address]:
        return [(str(self.names.get(address) or ""), address) for address in sorted(addresses)]
