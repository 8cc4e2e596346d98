"""A tenant's clock runs with the server's until it is moved or stopped."""

from datetime import UTC, datetime, timedelta

import pytest

from mockserver.adapters.clock import ManualClock
from mockserver.kernel.clock import VirtualClock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def clocks() -> tuple[ManualClock, VirtualClock]:
    base = ManualClock(NOON)
    return base, VirtualClock(base)


def test_a_new_clock_shows_what_the_server_shows() -> None:
    base, clock = clocks()

    assert (clock.now(), clock.ahead) == (NOON, timedelta(0))
    assert (clock.frozen, clock.frozen_at) == (False, None)
    base.advance(MINUTE)
    assert clock.now() == NOON + MINUTE


def test_a_frozen_clock_stands_while_the_server_goes_on() -> None:
    base, clock = clocks()
    clock.freeze()
    base.advance(5 * MINUTE)

    assert clock.now() == NOON
    assert (clock.frozen, clock.frozen_at) == (True, NOON)
    assert clock.ahead == -5 * MINUTE


def test_freezing_a_frozen_clock_leaves_it_where_it_is() -> None:
    base, clock = clocks()
    clock.freeze()
    base.advance(MINUTE)
    clock.freeze()

    assert clock.frozen_at == NOON


def test_a_resumed_clock_runs_on_from_where_it_stood() -> None:
    base, clock = clocks()
    clock.freeze()
    base.advance(5 * MINUTE)
    clock.resume()

    assert (clock.now(), clock.frozen, clock.frozen_at) == (NOON, False, None)
    base.advance(2 * MINUTE)
    assert (clock.now(), clock.ahead) == (NOON + 2 * MINUTE, -5 * MINUTE)


def test_resuming_a_running_clock_changes_nothing() -> None:
    base, clock = clocks()
    clock.set(NOON + 60 * MINUTE)
    clock.resume()
    base.advance(MINUTE)

    assert (clock.now(), clock.ahead) == (NOON + 61 * MINUTE, 60 * MINUTE)


@pytest.mark.parametrize("away", [60 * MINUTE, -60 * MINUTE])
def test_a_running_clock_that_is_set_runs_on_from_there(away: timedelta) -> None:
    base, clock = clocks()
    clock.set(NOON + away)
    base.advance(MINUTE)

    assert (clock.now(), clock.ahead, clock.frozen) == (NOON + away + MINUTE, away, False)


@pytest.mark.parametrize("away", [60 * MINUTE, -60 * MINUTE])
def test_a_frozen_clock_that_is_set_stands_there(away: timedelta) -> None:
    base, clock = clocks()
    clock.freeze()
    clock.set(NOON + away)
    base.advance(MINUTE)

    assert (clock.now(), clock.ahead, clock.frozen) == (NOON + away, away - MINUTE, True)


def test_a_moved_clock_is_frozen_where_it_was_moved_to() -> None:
    base, clock = clocks()
    clock.set(NOON + 60 * MINUTE)
    clock.freeze()
    base.advance(MINUTE)

    assert clock.frozen_at == NOON + 60 * MINUTE


@pytest.mark.parametrize("frozen", [True, False])
def test_a_restored_clock_goes_on_as_the_other_would_have(frozen: bool) -> None:
    base, old = clocks()
    old.set(NOON + 60 * MINUTE)
    if frozen:
        old.freeze()
    base.advance(MINUTE)
    new = VirtualClock(base)
    new.restore(old.frozen_at, old.ahead)

    assert (new.now(), new.frozen) == (old.now(), frozen)
    old.resume()
    new.resume()
    base.advance(MINUTE)
    assert new.now() == old.now() == NOON + (61 if frozen else 62) * MINUTE


def test_a_restored_clock_forgets_that_it_stood() -> None:
    _, clock = clocks()
    clock.freeze()
    clock.restore(None, 3 * MINUTE)

    assert (clock.now(), clock.frozen) == (NOON + 3 * MINUTE, False)
