"""So many may wait for exchanges, and no more."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from mockserver.admin.seats import MOST_OF_ONE_TENANT, MOST_WAITING, Seats
from mockserver.kernel.control import ControlRefusal, Problem


def test_one_tenant_gets_its_share_and_leaves_room_for_others() -> None:
    seats = Seats()
    with ExitStack() as taken:
        for _ in range(MOST_OF_ONE_TENANT):
            taken.enter_context(seats.seat("site"))
        with pytest.raises(ControlRefusal) as error:
            taken.enter_context(seats.seat("site"))
        taken.enter_context(seats.seat("other"))

    assert error.value.problem is Problem.BUSY
    with seats.seat("site"):
        pass


def test_all_together_get_no_more_than_there_is() -> None:
    seats = Seats()
    with ExitStack() as taken:
        for number in range(MOST_WAITING):
            taken.enter_context(seats.seat(str(number)))
        with pytest.raises(ControlRefusal):
            taken.enter_context(seats.seat(None))
    with seats.seat(None):
        pass
