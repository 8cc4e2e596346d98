"""The course of a game: what happens to it, and how long after what came before (BC-ASM-131)."""

from __future__ import annotations

from dataclasses import dataclass

from mockserver.betcore.feed.states import Event

ROUNDS = 4
"""Rounds that a game is played in; bets are taken before the first."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that will happen to a game."""

    event: Event
    wait: int
    """Seconds after what came before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a game is to be played; times in seconds."""

    review: bool = False
    """Whether its result is disputed and looked at again."""
    cancelled: bool = False
    """Whether it is cancelled: in its last round, or as the outcome of the review."""
    betting_seconds: int = 20
    action_seconds: int = 5
    """Length of a round."""
    result_seconds: int = 10
    """How long a result, a review and a cancellation are shown."""


def course_of(plan: Plan) -> tuple[Step, ...]:
    """The steps that a game takes by this plan."""
    played = (
        Step(Event.START, 0),
        Step(Event.CLOSE_BETS, plan.betting_seconds),
        *[Step(Event.NEXT_ROUND, plan.action_seconds)] * (ROUNDS - 1),
    )
    verdict = Event.CANCEL if plan.cancelled else Event.CONFIRM
    if plan.review:
        finish = Step(Event.FINISH, plan.action_seconds)
        return (*played, finish, Step(Event.DISPUTE, plan.result_seconds), Step(verdict, plan.result_seconds))
    return (*played, Step(Event.CANCEL if plan.cancelled else Event.FINISH, plan.action_seconds))
