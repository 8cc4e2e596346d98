"""Expected codes, states and money effects of BETCORE's sessions API for game providers.

Sources: the pages balance, pay-in, pay-out, pay-in-out, refund, the life cycle and the change table of
https://betcore-api-docs.apidog.io. What they leave open follows BC-ASM-065 to BC-ASM-084; codes 2 to 7 are
assumed, 99 and 104 are those of a game provider's public code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

GET_BALANCE: Final = "getBalance"
PAY_IN: Final = "payIn"
PAY_OUT: Final = "payOut"
PAY_IN_OUT: Final = "payInOut"
REFUND: Final = "refundBet"

EVENTS: Final = (PAY_IN, PAY_OUT, PAY_IN_OUT, REFUND)
"""What can happen to a bet."""

REGISTERING: Final = (PAY_IN, PAY_IN_OUT)

SUCCESS: Final = 1
INVALID_REQUEST: Final = 2
UNKNOWN_SESSION: Final = 3
INSUFFICIENT_FUNDS: Final = 4
LIMIT: Final = 5
UNKNOWN_OR_ENDED_BET: Final = 6
BLOCKED: Final = 7
ACCESS_DENIED: Final = 8
OUTCOME_UNKNOWN: Final = 99
REGISTERED: Final = 104

DENIED_STATUS: Final = 401
"""HTTP status of a failed authorisation (change table, 2024-08-16)."""

FINAL_CODES: Final = tuple(range(2, 9))
"""Codes that public code takes for a final rejection."""

LARGEST_BODY: Final = 1024 * 1024
"""Bytes that a server reads."""

FIELDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        PAY_IN: ("betAmount", "betId", "gameRoundId", "sessionId"),
        PAY_OUT: ("betId", "gameRoundId", "sessionId", "winAmount"),
        PAY_IN_OUT: ("betAmount", "betId", "gameRoundId", "sessionId", "winAmount"),
        REFUND: ("betId",),
    }
)
"""Members of a body that public code always sends, in alphabetical order."""

OPTIONAL: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {PAY_IN: (), PAY_OUT: ("winOdd",), PAY_IN_OUT: ("winOdd",), REFUND: ()}
)


class State(StrEnum):
    """What BETCORE holds of a bet. Only ``Acceptance`` is a documented name."""

    UNKNOWN = "unknown"
    OPEN = "Acceptance"
    PAID_OUT = "settled by payOut"
    AT_ONCE = "settled by payInOut"
    REFUNDED = "refunded"
    TOMBSTONE = "refunded before it was seen"


@dataclass(frozen=True, slots=True)
class Life:
    """A bet at a BETCORE that does what is documented and assumed. Amounts in major units."""

    stake: Decimal
    win: Decimal
    state: State = State.UNKNOWN
    made_by: str | None = None
    """The call that registered it."""

    @property
    def moved(self) -> Decimal:
        """What the bet has done to the balance so far."""
        return _effect(self.state, self.stake, self.win)


def _effect(state: State, stake: Decimal, win: Decimal) -> Decimal:
    if state is State.OPEN:
        return -stake
    if state in (State.PAID_OUT, State.AT_ONCE):
        return win - stake
    return Decimal(0)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a call on a bet has to lead to."""

    life: Life
    """After it."""
    code: int = SUCCESS


Row = tuple[State | None, int]
"""The state after an event, ``None`` where it stays, and the code of the answer."""

_TAKEN_BACK: Final[Mapping[str, Row]] = {
    PAY_IN: (None, UNKNOWN_OR_ENDED_BET),
    PAY_OUT: (None, UNKNOWN_OR_ENDED_BET),
    PAY_IN_OUT: (None, UNKNOWN_OR_ENDED_BET),
    REFUND: (None, SUCCESS),
}

TABLE: Final[Mapping[State, Mapping[str, Row]]] = MappingProxyType(
    {
        State.UNKNOWN: {
            PAY_IN: (State.OPEN, SUCCESS),
            PAY_OUT: (None, UNKNOWN_OR_ENDED_BET),  # BC-ASM-070
            PAY_IN_OUT: (State.AT_ONCE, SUCCESS),
            REFUND: (State.TOMBSTONE, SUCCESS),  # BC-ASM-080
        },
        State.OPEN: {
            PAY_IN: (None, REGISTERED),
            PAY_OUT: (State.PAID_OUT, SUCCESS),
            PAY_IN_OUT: (None, INVALID_REQUEST),  # BC-ASM-078: by the other method
            REFUND: (State.REFUNDED, SUCCESS),
        },
        State.PAID_OUT: {
            PAY_IN: (None, REGISTERED),
            PAY_OUT: (None, SUCCESS),  # BC-ASM-079
            PAY_IN_OUT: (None, INVALID_REQUEST),
            REFUND: (None, UNKNOWN_OR_ENDED_BET),  # BC-ASM-081
        },
        State.AT_ONCE: {
            PAY_IN: (None, INVALID_REQUEST),
            PAY_OUT: (None, UNKNOWN_OR_ENDED_BET),
            PAY_IN_OUT: (None, REGISTERED),
            REFUND: (State.REFUNDED, SUCCESS),
        },
        State.REFUNDED: _TAKEN_BACK,
        State.TOMBSTONE: _TAKEN_BACK,
    }
)
"""Every event in every state, for a call that repeats what is known of the bet."""


def expected(life: Life, event: str) -> Expected:
    """What the event has to lead to: answer, state and money."""
    state, code = TABLE[life.state][event]
    if state is None:
        return Expected(life, code)
    return Expected(replace(life, state=state, made_by=life.made_by or _registrar(event)), code)


def _registrar(event: str) -> str | None:
    return event if event in REGISTERING else None


def tolerated(life: Life, event: str) -> tuple[Decimal, ...]:
    """What the bet may have moved if an event that was to be refused is accepted all the same.

    Nothing more may move, or BETCORE undoes a settled bet whole, which creates and loses no money.
    """
    if event == REFUND and life.state is State.PAID_OUT:
        return (life.moved, Decimal(0))
    return (life.moved,)


WAYS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "unknown": (),
        "open": (PAY_IN,),
        "paid_out": (PAY_IN, PAY_OUT),
        "settled_at_once": (PAY_IN_OUT,),
        "refunded": (PAY_IN, REFUND),
        "settled_at_once_and_refunded": (PAY_IN_OUT, REFUND),
        "refunded_before_it_was_seen": (REFUND,),
    }
)
"""The states in which a bet is tried with every event, and how it gets there."""
