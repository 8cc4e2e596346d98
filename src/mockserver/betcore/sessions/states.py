"""The lifecycle of a bet in a session's wallet (source: betcore/bet-life-cycle).

Every pair of state and event stands in one of the two tables: what it leads to, or why it is refused.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from mockserver.betcore.sessions.refusals import Refusal


class State(StrEnum):
    """State of a bet. Only ``acceptance`` is the vendor's word."""

    NONE = "none"
    """Never heard of."""
    ACCEPTANCE = "acceptance"
    """Its stake is taken, its outcome is open."""
    SETTLED = "settled"
    """By a pay-out, which a loss has too."""
    SETTLED_AT_ONCE = "settled_at_once"
    """By the call that registered it."""
    REFUNDED = "refunded"
    """Also a bet that was refunded before it was heard of."""


class Event(StrEnum):
    """What a provider can do with a bet, by the names of the operations."""

    PAY_IN = "payIn"
    PAY_OUT = "payOut"
    PAY_IN_OUT = "payInOut"
    REFUND = "refundBet"


TRANSITIONS = MappingProxyType(
    {
        (State.NONE, Event.PAY_IN): State.ACCEPTANCE,
        (State.NONE, Event.PAY_IN_OUT): State.SETTLED_AT_ONCE,  # BC-ASM-082
        (State.NONE, Event.REFUND): State.REFUNDED,  # BC-ASM-080
        (State.ACCEPTANCE, Event.PAY_OUT): State.SETTLED,
        (State.ACCEPTANCE, Event.REFUND): State.REFUNDED,
        (State.SETTLED, Event.PAY_OUT): State.SETTLED,  # the same win again (BC-ASM-079)
        (State.SETTLED_AT_ONCE, Event.REFUND): State.REFUNDED,  # BC-ASM-081
        (State.REFUNDED, Event.REFUND): State.REFUNDED,  # BC-ASM-080
    }
)

REFUSED = MappingProxyType(
    {
        (State.NONE, Event.PAY_OUT): Refusal.UNKNOWN_BET,
        (State.ACCEPTANCE, Event.PAY_IN): Refusal.DUPLICATE,  # or changed, here and below (BC-ASM-078)
        (State.ACCEPTANCE, Event.PAY_IN_OUT): Refusal.DUPLICATE,
        (State.SETTLED, Event.PAY_IN): Refusal.DUPLICATE,
        (State.SETTLED, Event.PAY_IN_OUT): Refusal.DUPLICATE,
        (State.SETTLED, Event.REFUND): Refusal.CLOSED,  # BC-ASM-081
        (State.SETTLED_AT_ONCE, Event.PAY_IN): Refusal.DUPLICATE,
        (State.SETTLED_AT_ONCE, Event.PAY_IN_OUT): Refusal.DUPLICATE,
        (State.SETTLED_AT_ONCE, Event.PAY_OUT): Refusal.CLOSED,  # BC-ASM-079
        (State.REFUNDED, Event.PAY_IN): Refusal.CLOSED,  # BC-ASM-080
        (State.REFUNDED, Event.PAY_IN_OUT): Refusal.CLOSED,
        (State.REFUNDED, Event.PAY_OUT): Refusal.CLOSED,  # BC-ASM-079
    }
)
