"""The life of a game of the feed (source: betcore/sub-on-whole-games-info; BC-ASM-096).

``FINISHED`` may still be disputed; what comes out of a review is ``CONFIRMED`` or ``CANCELLED``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Phase(StrEnum):
    """Where a game is."""

    AWAITING = "awaiting"
    BETTING = "betting"
    ACTION = "action"
    FINISHED = "finished"
    REVIEW = "review"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class Event(StrEnum):
    """What can happen to a game."""

    START = "start"
    CLOSE_BETS = "close_bets"
    NEXT_ROUND = "next_round"
    FINISH = "finish"
    DISPUTE = "dispute"
    CONFIRM = "confirm"
    CANCEL = "cancel"


TRANSITIONS = MappingProxyType(
    {
        (Phase.AWAITING, Event.START): Phase.BETTING,
        (Phase.AWAITING, Event.CANCEL): Phase.CANCELLED,
        (Phase.BETTING, Event.CLOSE_BETS): Phase.ACTION,
        (Phase.BETTING, Event.CANCEL): Phase.CANCELLED,
        (Phase.ACTION, Event.NEXT_ROUND): Phase.ACTION,
        (Phase.ACTION, Event.FINISH): Phase.FINISHED,
        (Phase.ACTION, Event.CANCEL): Phase.CANCELLED,
        (Phase.FINISHED, Event.DISPUTE): Phase.REVIEW,
        (Phase.FINISHED, Event.CANCEL): Phase.CANCELLED,
        (Phase.REVIEW, Event.CONFIRM): Phase.CONFIRMED,
        (Phase.REVIEW, Event.CANCEL): Phase.CANCELLED,
    }
)

COMPLETED = frozenset({Phase.FINISHED, Phase.CONFIRMED})
"""Phases in which a game has a result that counts, once nothing more is to happen to it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How a phase is written on the wire."""

    state: int
    """``s``"""
    play_status: int
    """``ps``"""


SHOWN = MappingProxyType(
    {
        Phase.AWAITING: Shown(state=1, play_status=1),
        Phase.BETTING: Shown(state=2, play_status=1),
        Phase.ACTION: Shown(state=2, play_status=2),
        Phase.FINISHED: Shown(state=3, play_status=2),
        Phase.REVIEW: Shown(state=4, play_status=2),
        Phase.CONFIRMED: Shown(state=3, play_status=2),
        Phase.CANCELLED: Shown(state=5, play_status=2),
    }
)
