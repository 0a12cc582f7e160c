"""Receipt addresses: nobody guesses one, changes one, or reads in one what the event is a test of."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.model import Check, Secret
from monitor.core.tokens import (
    LONGEST,
    RECEIPT_LIFE,
    SENT_AS,
    Claim,
    Keyring,
    by_id_key,
    opens_by_id,
    read_receipt,
    receipt_token,
)
from tests.makers import NOON, SECOND

OLD, NEW = Secret("o" * 32), Secret("n" * 32)
KEYS = Keyring((NEW,))
CLAIM = Claim(monitor="billing", event_id="evt_probe_1", kind=Check.DELIVERY, sent_at=NOON)


@pytest.mark.parametrize("kind", SENT_AS)
def test_a_token_says_what_it_is_about(kind: Check) -> None:
    claim = replace(CLAIM, kind=kind)
    assert read_receipt(KEYS, receipt_token(KEYS, claim), NOON + SECOND) == claim


def test_the_kind_of_an_event_cannot_be_read_in_its_address() -> None:
    """All that differs is the HMAC, and that is noise without the key."""
    tokens = [receipt_token(KEYS, replace(CLAIM, kind=kind)) for kind in SENT_AS]
    assert len({token.partition(".")[0] for token in tokens}) == 1
    assert len({len(token) for token in tokens}) == 1
    assert len(set(tokens)) == len(SENT_AS)


def test_it_lives_for_a_day() -> None:
    token = receipt_token(KEYS, CLAIM)
    assert read_receipt(KEYS, token, NOON + RECEIPT_LIFE) == CLAIM
    assert read_receipt(KEYS, token, NOON + RECEIPT_LIFE + SECOND) is None


def test_while_keys_rotate_the_first_signs_and_all_verify() -> None:
    token = receipt_token(Keyring((OLD,)), CLAIM)
    assert read_receipt(Keyring((NEW, OLD)), token, NOON) == CLAIM
    assert read_receipt(KEYS, token, NOON) is None
    assert receipt_token(Keyring((NEW, OLD)), CLAIM) == receipt_token(KEYS, CLAIM)


@given(st.data())
def test_a_token_with_one_character_changed_is_nobodys(data: st.DataObject) -> None:
    token = receipt_token(KEYS, CLAIM)
    place = data.draw(st.integers(0, len(token) - 2))  # the last bits of base64 may mean nothing
    other = data.draw(st.sampled_from("abcdefXYZ0123456789-_."))
    changed = token[:place] + other + token[place + 1 :]
    assert (read_receipt(KEYS, changed, NOON) is None) == (changed != token)


@given(st.text(max_size=500))
def test_no_text_whatever_raises(text: str) -> None:
    assert read_receipt(KEYS, text, NOON) is None


def test_an_address_fits_into_what_workers_take() -> None:
    claim = replace(CLAIM, monitor="m" * 100, event_id="evt_probe_" + "f" * 32)
    assert len(receipt_token(KEYS, claim)) <= LONGEST
    assert read_receipt(KEYS, receipt_token(KEYS, claim), NOON) == claim


def test_the_key_of_one_monitor_opens_no_other() -> None:
    key = by_id_key(KEYS, "billing")
    assert opens_by_id(KEYS, "billing", key)
    assert not opens_by_id(KEYS, "orders", key)
    assert not opens_by_id(KEYS, "billing", receipt_token(KEYS, CLAIM))
    assert not opens_by_id(KEYS, "billing", "ü" * 24)


def test_no_token_holds_the_key() -> None:
    assert "nnnn" not in receipt_token(KEYS, CLAIM) + by_id_key(KEYS, "billing")
    assert timedelta(hours=24) == RECEIPT_LIFE
