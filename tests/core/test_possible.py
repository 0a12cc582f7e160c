"""Which checks cannot exist, and are skipped with the reason."""

import pytest

from monitor.core.model import HOSTILE, Check, Secret
from monitor.core.possible import AFTER_ANSWER, impossible
from tests.makers import a_monitor, a_provider


@pytest.mark.parametrize("check", sorted(HOSTILE | {Check.ROTATION, Check.FIDELITY}))
def test_who_verifies_after_the_answer_is_asked_nothing_about_signatures(check: Check) -> None:
    """It says 200 to a retired secret, too: that would be a false alarm."""
    monitor = a_monitor(
        provider=a_provider(respaced="indented"),
        secrets=(Secret("correct-horse-battery"), Secret("battery-horse-correct")),
        verifies_later=True,
    )
    assert impossible(check, monitor) == AFTER_ANSWER


@pytest.mark.parametrize("check", [Check.DELIVERY, Check.DUPLICATE])
def test_whether_it_acknowledges_is_asked_all_the_same(check: Check) -> None:
    assert impossible(check, a_monitor(verifies_later=True)) is None
