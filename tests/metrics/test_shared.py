"""Predicted waits, where endpoints have slots of their own and where they share them."""

import pytest

from bench.metrics.shared import Demand, predicted_waits
from bench.queueing import Share, rotation_wait_s

TURN_S, REJOIN_S = 4.0, 0.2


def _demand(viewers: int, slots: int | None, group: str | None = None, turn_s: float = TURN_S) -> Demand:
    return Demand(viewers, slots, group, Share(viewers, turn_s, REJOIN_S))


def test_endpoints_with_slots_of_their_own_wait_for_themselves() -> None:
    """Each follows the law as if the other were not there; nobody waits where there are slots for all."""
    found = predicted_waits([_demand(6, 2), _demand(3, 5)], 40)
    assert found == [pytest.approx(rotation_wait_s(6, 2, TURN_S, REJOIN_S), abs=1e-4), 0.0]


def test_endpoints_of_one_group_wait_in_one_line() -> None:
    """Three and three viewers on two shared slots wait as six do; a third endpoint is not concerned."""
    found = predicted_waits([_demand(3, 2, "pair"), _demand(1, 5), _demand(3, 2, "pair")], 40)
    together = pytest.approx(rotation_wait_s(6, 2, TURN_S, REJOIN_S), abs=1e-4)
    assert found == [together, 0.0, together]


def test_longer_turns_of_the_others_are_waited_for() -> None:
    """Turns of different lengths in one line make one wait, between those that each would make."""
    first, second = predicted_waits([_demand(3, 1, "pair", 2.0), _demand(3, 1, "pair", 6.0)], 40)
    assert first == second
    assert first is not None
    assert rotation_wait_s(6, 1, 2.0, REJOIN_S) < first < rotation_wait_s(6, 1, 6.0, REJOIN_S)


def test_a_lottery_for_threads_is_not_predicted() -> None:
    """Groups that compete for max_threads are served by lot; one group alone is not, for threads are its slots."""
    assert predicted_waits([_demand(6, 3), _demand(3, 3)], 3) == [None, None]
    alone = pytest.approx(rotation_wait_s(6, 3, TURN_S, REJOIN_S), abs=1e-4)
    assert predicted_waits([_demand(6, 3), _demand(0, 3)], 3) == [alone, None]


def test_what_is_not_known_is_not_predicted() -> None:
    """No limit, no viewers, or turns without an end anywhere in the group: null."""
    endless = Demand(2, 2, "pair", None)
    assert predicted_waits([_demand(3, None), _demand(0, 2)], 40) == [None, None]
    assert predicted_waits([_demand(3, 2, "pair"), endless], 40) == [None, None]
