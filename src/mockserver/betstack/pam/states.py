"""The lifecycle of a ticket on the operator's platform (BS-ASM-088, -089, -092, -093, -097).

A row that leads back to its own state is a repetition: it is answered, and moves nothing. Only an update
does something there. A creation or reservation that comes again is known by its content, and has no row.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from mockserver.betstack.action import Action


class State(StrEnum):
    """What the platform knows of a ticket."""

    UNSEEN = "unseen"
    """Never heard of."""
    GIVEN_UP = "given_up"
    """Discarded or refunded before it was heard of; it can't be created any more."""
    RESERVED = "reserved"
    OPEN = "open"
    """Created, its price taken."""
    REOPENED = "reopened"
    """Its result was withdrawn."""
    WON = "won"
    LOST = "lost"
    VOID = "void"
    REFUNDED = "refunded"
    DISCARDED = "discarded"
    CLOSED_WON = "closed_won"
    CLOSED_LOST = "closed_lost"
    CLOSED_VOID = "closed_void"
    CLOSED_REFUNDED = "closed_refunded"


ENDED = frozenset({State.GIVEN_UP, State.REFUNDED, State.CLOSED_REFUNDED, State.DISCARDED})
"""A creation or reservation comes too late here (BS-ASM-089)."""

TRANSITIONS = MappingProxyType(
    {
        (State.UNSEEN, Action.CREATE): State.OPEN,  # BS-ACT-001
        (State.UNSEEN, Action.RESERVE): State.RESERVED,  # BS-ACT-005
        (State.UNSEEN, Action.DISCARD): State.GIVEN_UP,  # BS-CLO-006
        (State.UNSEEN, Action.REFUND): State.GIVEN_UP,
        (State.GIVEN_UP, Action.DISCARD): State.GIVEN_UP,
        (State.GIVEN_UP, Action.REFUND): State.GIVEN_UP,
        (State.RESERVED, Action.UPDATE): State.RESERVED,  # jackpots alone, here and below (BS-ASM-096)
        (State.RESERVED, Action.WIN): State.WON,
        (State.RESERVED, Action.LOST): State.LOST,
        (State.RESERVED, Action.VOID): State.VOID,
        (State.RESERVED, Action.REFUND): State.REFUNDED,
        (State.RESERVED, Action.DISCARD): State.DISCARDED,
        (State.OPEN, Action.UPDATE): State.OPEN,
        (State.OPEN, Action.WIN): State.WON,
        (State.OPEN, Action.LOST): State.LOST,
        (State.OPEN, Action.VOID): State.VOID,
        (State.OPEN, Action.REFUND): State.REFUNDED,
        (State.OPEN, Action.DISCARD): State.DISCARDED,
        (State.REOPENED, Action.ROLLBACK): State.REOPENED,
        (State.REOPENED, Action.UPDATE): State.REOPENED,
        (State.REOPENED, Action.WIN): State.WON,  # BS-CLO-016
        (State.REOPENED, Action.LOST): State.LOST,
        (State.REOPENED, Action.VOID): State.VOID,
        (State.REOPENED, Action.REFUND): State.REFUNDED,
        (State.REOPENED, Action.DISCARD): State.DISCARDED,
        (State.WON, Action.WIN): State.WON,
        (State.WON, Action.ROLLBACK): State.REOPENED,  # BS-CLO-014
        (State.WON, Action.CLOSED): State.CLOSED_WON,  # BS-CLO-011
        (State.LOST, Action.LOST): State.LOST,
        (State.LOST, Action.ROLLBACK): State.REOPENED,
        (State.LOST, Action.CLOSED): State.CLOSED_LOST,
        (State.VOID, Action.VOID): State.VOID,
        (State.VOID, Action.ROLLBACK): State.REOPENED,
        (State.VOID, Action.CLOSED): State.CLOSED_VOID,
        (State.CLOSED_WON, Action.WIN): State.CLOSED_WON,
        (State.CLOSED_WON, Action.CLOSED): State.CLOSED_WON,
        (State.CLOSED_WON, Action.ROLLBACK): State.REOPENED,  # BS-CLO-017
        (State.CLOSED_LOST, Action.LOST): State.CLOSED_LOST,
        (State.CLOSED_LOST, Action.CLOSED): State.CLOSED_LOST,
        (State.CLOSED_LOST, Action.ROLLBACK): State.REOPENED,
        (State.CLOSED_VOID, Action.VOID): State.CLOSED_VOID,
        (State.CLOSED_VOID, Action.CLOSED): State.CLOSED_VOID,
        (State.CLOSED_VOID, Action.ROLLBACK): State.REOPENED,
        (State.REFUNDED, Action.REFUND): State.REFUNDED,
        (State.REFUNDED, Action.CLOSED): State.CLOSED_REFUNDED,
        (State.CLOSED_REFUNDED, Action.REFUND): State.CLOSED_REFUNDED,
        (State.CLOSED_REFUNDED, Action.CLOSED): State.CLOSED_REFUNDED,
        (State.DISCARDED, Action.DISCARD): State.DISCARDED,
    }
)
