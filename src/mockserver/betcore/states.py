"""The lifecycles of a bet and of a cashback in a casino's books (source: betcore/payments-make,
betcore/payments-close, betcore/cashback-make).

``RETURNED`` is a bet whose stake was given back before it was ever taken; ``JACKPOT_ONLY`` and
``JACKPOT_CLOSED`` are bets known by a jackpot alone (BC-ASM-016).
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from types import MappingProxyType


class TransactionType(IntEnum):
    """``TransactionType`` of a payment, with the vendor's numbers."""

    ACCEPT = -1
    PAYOUT = 1
    RETURN = 2
    PAYOUT_RETURN = -2
    JACKPOT = 4


class State(StrEnum):
    """State of one player's bet."""

    UNKNOWN = "unknown"
    OPEN = "open"
    CLOSED = "closed"
    RETURNED = "returned"
    JACKPOT_ONLY = "jackpot_only"
    JACKPOT_CLOSED = "jackpot_closed"


class Event(StrEnum):
    """What can happen to a bet."""

    ACCEPT = "accept"
    PAYOUT = "payout"
    RETURN = "return"
    PAYOUT_RETURN = "payout_return"
    JACKPOT = "jackpot"
    CLOSE = "close"
    REOPEN = "reopen"


EVENT_OF = MappingProxyType({kind: Event[kind.name] for kind in TransactionType})

TRANSITIONS = MappingProxyType(
    {
        (State.UNKNOWN, Event.ACCEPT): State.OPEN,
        (State.UNKNOWN, Event.RETURN): State.RETURNED,  # BC-ASM-016
        (State.UNKNOWN, Event.JACKPOT): State.JACKPOT_ONLY,  # BC-ASM-016
        (State.UNKNOWN, Event.CLOSE): State.UNKNOWN,  # BC-ASM-021
        (State.UNKNOWN, Event.REOPEN): State.UNKNOWN,
        (State.OPEN, Event.ACCEPT): State.OPEN,
        (State.OPEN, Event.PAYOUT): State.OPEN,
        (State.OPEN, Event.RETURN): State.OPEN,
        (State.OPEN, Event.PAYOUT_RETURN): State.OPEN,
        (State.OPEN, Event.JACKPOT): State.OPEN,
        (State.OPEN, Event.CLOSE): State.CLOSED,
        (State.OPEN, Event.REOPEN): State.OPEN,  # BC-ASM-021
        (State.CLOSED, Event.CLOSE): State.CLOSED,  # BC-ASM-021
        (State.CLOSED, Event.REOPEN): State.OPEN,
        (State.RETURNED, Event.RETURN): State.RETURNED,
        (State.RETURNED, Event.JACKPOT): State.RETURNED,
        (State.RETURNED, Event.CLOSE): State.RETURNED,
        (State.RETURNED, Event.REOPEN): State.RETURNED,
        (State.JACKPOT_ONLY, Event.ACCEPT): State.OPEN,
        (State.JACKPOT_ONLY, Event.RETURN): State.RETURNED,
        (State.JACKPOT_ONLY, Event.JACKPOT): State.JACKPOT_ONLY,
        (State.JACKPOT_ONLY, Event.CLOSE): State.JACKPOT_CLOSED,
        (State.JACKPOT_ONLY, Event.REOPEN): State.JACKPOT_ONLY,
        (State.JACKPOT_CLOSED, Event.CLOSE): State.JACKPOT_CLOSED,
        (State.JACKPOT_CLOSED, Event.REOPEN): State.JACKPOT_ONLY,
    }
)


class CashbackState(StrEnum):
    """State of one player's cashback."""

    UNKNOWN = "unknown"
    PAID = "paid"
    CANCELLED = "cancelled"


# A payment of what is paid, and a cancellation of what is cancelled, repeat what was booked.
CASHBACK_TRANSITIONS = MappingProxyType(
    {
        (CashbackState.UNKNOWN, Event.PAYOUT): CashbackState.PAID,
        (CashbackState.PAID, Event.PAYOUT_RETURN): CashbackState.CANCELLED,
        (CashbackState.CANCELLED, Event.PAYOUT): CashbackState.PAID,  # BC-ASM-056
    }
)
