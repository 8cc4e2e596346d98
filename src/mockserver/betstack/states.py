"""The lifecycle of a ticket (source: betstack/fields, betstack/paid).

Only the events that the server can cause so far have rows. Statuses without a way out are listed
all the same in :class:`Status`.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType


class Status(StrEnum):
    """``status`` of a ticket."""

    NEW = "new"
    CANCELLED = "cancelled"
    RESERVED = "reserved"
    OPEN = "open"
    CALCULATING = "calculating"
    RESULTED = "resulted"
    CLOSED = "closed"


class Result(StrEnum):
    """``result`` of a ticket."""

    PENDING = "pending"
    WON = "won"
    LOST = "lost"
    VOID = "void"


class Event(StrEnum):
    """What can happen to a ticket."""

    RESERVE = "reserve"
    PAY = "pay"
    DISCARD = "discard"


TRANSITIONS = MappingProxyType(
    {
        (Status.NEW, Event.RESERVE): Status.RESERVED,  # BS-RSV-001, BS-RSV-002
        (Status.RESERVED, Event.PAY): Status.OPEN,  # BS-PAY-001; every other status: BS-PAY-005
        (Status.RESERVED, Event.DISCARD): Status.CANCELLED,  # BS-ASM-046
    }
)
