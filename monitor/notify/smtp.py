"""What a mail server said: some of its refusals no waiting will cure."""

import smtplib
from typing import Any

from apprise.plugins.email.smtp import AppriseSMTPController

TOO_LARGE = 552  # says something of this mail, nothing of its sender


class Session(AppriseSMTPController):
    """One connection to a mail server; ``refusal`` is what it said last against us, if anything."""

    refusal: smtplib.SMTPResponseException | None = None
    _socket: Any  # an smtplib.SMTP, once entered

    def __enter__(self) -> "Session":
        try:
            super().__enter__()
        except smtplib.SMTPResponseException as error:
            self.refusal = error
            raise
        return self

    def sendmail(self, from_addr: str, to_addrs: list[str], message: str) -> bool:
        """Send one mail; return whether every address took it."""
        try:
            return not self._socket.sendmail(from_addr, to_addrs, message)
        except smtplib.SMTPResponseException as error:
            self.refusal = error
        except (OSError, smtplib.SMTPException, RuntimeError):
            pass  # no word of the server's; an address that it does not know may be known tomorrow
        return False


def dead(refusal: smtplib.SMTPResponseException) -> bool:
    """Return whether it is the sender, or its password, that is refused for good (RFC 5321: 5yz)."""
    about_us = isinstance(refusal, smtplib.SMTPAuthenticationError | smtplib.SMTPSenderRefused)
    return about_us and 500 <= refusal.smtp_code <= 599 and refusal.smtp_code != TOO_LARGE


def said(refusal: smtplib.SMTPResponseException) -> str:
    """Return the server's answer; it never quotes a password."""
    answer = refusal.smtp_error
    words = answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer)
    return f"{refusal.smtp_code} {' '.join(words.split())}"
