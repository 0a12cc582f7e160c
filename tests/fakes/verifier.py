"""A listener that verifies, or does not: what the other end of the story does with each event."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

from monitor.core.model import Delivery, Reply
from tests.makers import a_reply

PAGE = "<!doctype html><title>Log in</title>"


def is_signed(delivery: Delivery, secret: str) -> bool:
    """Whether the body is signed with this secret, as ``a_provider`` signs."""
    headers = dict(delivery.headers)
    message = b".".join(filter(None, (headers.get("X-Time", "").encode(), delivery.body)))
    proof = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    return headers.get("X-Signature") == proof


@dataclass
class Verifier:
    """Answers ``yes`` to an event signed with one of its secrets, ``no`` to any other; keeps what it got."""

    secrets: tuple[str, ...] = ("correct-horse-battery",)
    yes: Callable[[], Reply] = lambda: a_reply(200)
    no: Callable[[], Reply] = lambda: a_reply(401)
    valid: list[Delivery] = field(default_factory=list)
    hostile: list[Delivery] = field(default_factory=list)

    def __call__(self, delivery: Delivery) -> Reply:
        if any(is_signed(delivery, secret) for secret in self.secrets):
            self.valid.append(delivery)
            return self.yes()
        self.hostile.append(delivery)
        return self.no()
