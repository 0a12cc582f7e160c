"""Providers of kinds that not every file has: each takes the place of a row, for one test."""

from dataclasses import replace

import pytest

from monitor.core.model import Handshake, Provider, Scheme
from monitor.core.providers import PROVIDERS

NOBODY_CAN_SIGN = replace(
    PROVIDERS["svix"],
    title="Notifications",
    scheme=Scheme(hash="provider", digest="base64", headers=(("X-Signature", "{sig}"),), covers=frozenset()),
)
PEM_KEY = replace(
    PROVIDERS["svix"],
    title="Mailer",
    scheme=Scheme(hash="ecdsa", key="pem", digest="base64", headers=(("X-Signature", "{sig}"),)),
)
SHOWS_TOKEN = replace(
    PROVIDERS["svix"],
    title="Social",
    handshake=Handshake(
        title="verification", method="GET", query=(("hub.verify_token", "{token}"),), needs_token=True
    ),
)
SHAKES_HANDS = replace(PROVIDERS["svix"], title="Chat", handshake=Handshake(title="challenge", body="{}"))


def take_place(row: Provider, patch: pytest.MonkeyPatch) -> None:
    """Let `provider: svix` mean this row."""
    patch.setitem(PROVIDERS, "svix", row)
