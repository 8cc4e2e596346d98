"""The life of a round at the built-in provider: what it knows of its bet at BETCORE
(source: betcore/bet-life-cycle; the reactions are those of public code)."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """State of a round."""

    ASKED = "asked"
    """BETCORE was asked to register the bet."""
    OPEN = "open"
    """The bet is registered, the draw is on."""
    REJECTED = "rejected"
    SETTLING = "settling"
    """The outcome is told, and not acknowledged yet."""
    SETTLED = "settled"
    REFUNDING = "refunding"
    """The bet is given up, and that is not acknowledged yet."""
    REFUNDED = "refunded"


class Event(StrEnum):
    """What can happen to a round."""

    REGISTERED = "registered"
    BOOKED = "booked"
    """Registered with its outcome."""
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    """Whether the bet is registered can't be found out."""
    DRAWN = "drawn"
    CANCELLED = "cancelled"
    """The draw failed."""
    ACKNOWLEDGED = "acknowledged"


TRANSITIONS = MappingProxyType(
    {
        (State.ASKED, Event.REGISTERED): State.OPEN,
        (State.ASKED, Event.BOOKED): State.SETTLED,
        (State.ASKED, Event.REJECTED): State.REJECTED,
        (State.ASKED, Event.UNKNOWN): State.REFUNDING,
        (State.OPEN, Event.DRAWN): State.SETTLING,
        (State.OPEN, Event.CANCELLED): State.REFUNDING,
        (State.SETTLING, Event.ACKNOWLEDGED): State.SETTLED,
        (State.SETTLED, Event.CANCELLED): State.REFUNDING,  # BETCORE takes it after payInOut alone
        (State.REFUNDING, Event.ACKNOWLEDGED): State.REFUNDED,
    }
)
