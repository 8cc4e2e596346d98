"""What a game of the feed goes through, and what it adds to the jackpot."""

from decimal import Decimal
from itertools import product

import pytest

from mockserver.betcore.feed.course import Plan, course_of
from mockserver.betcore.feed.jackpot import share_of
from mockserver.betcore.feed.states import SHOWN, TRANSITIONS, Phase
from mockserver.kernel.transitions import next_state


def phases_of(plan: Plan) -> list[str]:
    phase, passed = Phase.AWAITING, []
    for step in course_of(plan):
        phase = next_state(TRANSITIONS, phase, step.event)
        passed.append(phase.value)
    return passed


PLAYED = ["betting", "action", "action", "action", "action"]


@pytest.mark.parametrize(
    ("plan", "ends"),
    [
        (Plan(), ["finished"]),
        (Plan(cancelled=True), ["cancelled"]),
        (Plan(review=True), ["finished", "review", "confirmed"]),
        (Plan(review=True, cancelled=True), ["finished", "review", "cancelled"]),
    ],
)
def test_a_plan_leads_through_the_table_to_its_end(plan: Plan, ends: list[str]) -> None:
    assert phases_of(plan) == PLAYED + ends


def test_a_course_takes_the_times_of_its_plan() -> None:
    plan = Plan(betting_seconds=7, action_seconds=3, result_seconds=11, review=True)

    assert [step.wait for step in course_of(plan)] == [0, 7, 3, 3, 3, 3, 11, 11]


def test_what_is_shown_follows_the_documented_order() -> None:
    order = {1: {2, 5}, 2: {2, 3, 5}, 3: {4, 5}, 4: {3, 5}, 5: set()}
    for review, cancelled in product([False, True], repeat=2):
        states = [SHOWN[Phase(one)].state for one in phases_of(Plan(review=review, cancelled=cancelled))]
        assert all(after in order[before] for before, after in zip([1, *states], states, strict=False))


def test_a_final_state_is_left_no_more() -> None:
    assert not [phase for phase, _ in TRANSITIONS if phase in (Phase.CONFIRMED, Phase.CANCELLED)]


def test_a_share_of_the_jackpot_is_an_amount_with_cents_and_the_games_own() -> None:
    shares = [share_of(game) for game in range(700_001, 700_201)]

    assert all(Decimal("10.00") <= share <= Decimal("99.99") for share in shares)
    assert all(share == share.quantize(Decimal("0.01")) for share in shares)
    assert len(set(shares)) == 200
    assert share_of(700_001) == Decimal("19.19")
