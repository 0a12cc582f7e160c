"""A message as e-mail: HTML, text for who reads no HTML, and the headers that make an incident one thread.

The identity of the first mail of a thread is computed from the thread and from who is told: after a restart,
and from another machine, what follows still refers to it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr, make_msgid

Address = tuple[str, str]  # a name (may be empty) and an address


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is written, before it is addressed. ``thread`` is unique to a conversation; empty: none."""

    subject: str
    text: str
    html: str
    thread: str = ""
    first: bool = False


def thread_of(thread: str, site: str, notifier: str) -> str:
    """Return the left side of the identity that all mails of a thread share; two sites share none."""
    who = hashlib.sha256(f"{site}\n{notifier}".encode()).hexdigest()[:16]
    return f"{thread}.{who}" if thread else ""


def composed(  # noqa: PLR0913  the lines of an envelope
    letter: Letter,
    *,
    sender: Address,
    to: Address,
    copies: Iterable[Address],
    reply_to: Iterable[Address],
    headers: Mapping[str, str],
    at: datetime,
) -> MIMEMultipart:
    """Return the mail to one address. ``headers`` are the operator's; they replace none of ours."""
    mail = MIMEMultipart("alternative")
    mail["Subject"] = _header(letter.subject)
    mail["From"] = _written([sender])
    mail["To"] = _written([to])
    if copies := list(copies):
        mail["Cc"] = _written(copies)
    if reply_to := list(reply_to):
        mail["Reply-To"] = _written(reply_to)
    mail["Date"] = format_datetime(at)
    domain = sender[1].rpartition("@")[2]
    root = f"<{letter.thread}@{domain}>"
    mail["Message-ID"] = root if letter.thread and letter.first else make_msgid(domain=domain)
    if letter.thread and not letter.first:
        mail["In-Reply-To"] = root
        mail["References"] = root
    mail["Auto-Submitted"] = "auto-generated"  # no out-of-office answers
    for name, value in headers.items():
        if name not in mail:
            mail[name] = _header(" ".join(value.split()))
    mail.attach(MIMEText(f"{letter.text}\n", "plain", "utf-8"))
    mail.attach(MIMEText(letter.html, "html", "utf-8"))
    return mail


def _header(text: str) -> str:
    """Python's newer ``EmailMessage`` begins a long line on the second one, and loses a blank in others."""
    return Header(text, "us-ascii" if text.isascii() else "utf-8", header_name="Subject").encode()


def _written(addresses: Iterable[Address]) -> str:
    return ", ".join(formataddr(one, "utf-8") for one in addresses)
