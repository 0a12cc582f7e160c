"""The known answers, put to the providers' own libraries: what they accept, refuse, and crash on."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.sdk.oracle import SIDES, Oracle
from tests.sdk.vectors import VECTORS, listener

pytestmark = pytest.mark.real

Oracles = Mapping[str, Oracle]
WELL_FORMED = {"tampered-body", "flipped-signature", "other-url"}


def asked() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every known answer with every library that knows its scheme."""
    for name, side in SIDES.items():
        for vector in VECTORS:
            for library in side.libraries.get(vector["scheme"], ()):
                yield name, library, vector


VALID = [
    pytest.param(side, library, vector, id=f"{vector['name']}-{library}", marks=SIDES[side].skip)
    for side, library, vector in asked()
]
CASES = [
    pytest.param(
        side, library, vector, case, id=f"{vector['name']}-{library}-{case['case']}", marks=SIDES[side].skip
    )
    for side, library, vector in asked()
    for case in vector["negatives"]
]


def answer(oracle: Oracle, library: str, vector: dict[str, Any], case: dict[str, Any]) -> tuple[int, str]:
    """Ask about one form of a vector; its length is the client's business."""
    headers = {name: value for name, value in case["headers"].items() if name != "Content-Length"}
    return oracle.post(listener(vector, case["url"]), library, headers, case["body"].encode())


@pytest.mark.parametrize(("side", "library", "vector"), VALID)
def test_a_true_event_is_accepted(oracles: Oracles, side: str, library: str, vector: dict[str, Any]) -> None:
    assert answer(oracles[side], library, vector, vector) == (200, "")


@pytest.mark.parametrize(("side", "library", "vector", "case"), CASES)
def test_a_changed_event_is_refused_unless_the_signature_covers_less(
    oracles: Oracles, side: str, library: str, vector: dict[str, Any], case: dict[str, Any]
) -> None:
    """A crash is a refusal too, but never for an event that is well formed: a forger's is."""
    status, error = answer(oracles[side], library, vector, case)
    if case["expect"] != "refused":
        assert status == 200, error
    elif case["case"] in WELL_FORMED:
        assert status == 401, error
    else:
        assert status in {401, 500}
