"""The lifecycle of a ticket (source: betstack/fields, betstack/paid, betstack/pam-rollback,
betstack/pam-close).

What is not in the table is refused.
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


class Step(StrEnum):
    """What can happen to a ticket."""

    CREATE = "create"
    RESERVE = "reserve"
    FAIL = "fail"
    PAY = "pay"
    LAPSE = "lapse"
    DISCARD = "discard"
    REFUND = "refund"
    UPDATE = "update"
    SETTLE = "settle"
    RESULT = "result"
    ROLLBACK = "rollback"
    CLOSE = "close"


TRANSITIONS = MappingProxyType(
    {
        # The operator's platform has acknowledged, refused or missed it.
        (Status.NEW, Step.CREATE): Status.OPEN,  # BS-CRT-001
        (Status.NEW, Step.RESERVE): Status.RESERVED,  # BS-RSV-001, BS-RSV-002
        (Status.NEW, Step.FAIL): Status.CANCELLED,  # BS-ASM-046
        (Status.RESERVED, Step.PAY): Status.OPEN,  # BS-PAY-001; every other status: BS-PAY-005
        (Status.RESERVED, Step.LAPSE): Status.CANCELLED,  # BS-ASM-029
        (Status.RESERVED, Step.DISCARD): Status.CANCELLED,  # BS-ASM-046
        (Status.RESERVED, Step.REFUND): Status.CANCELLED,  # BS-ASM-054
        (Status.OPEN, Step.REFUND): Status.CANCELLED,  # BS-ASM-054
        (Status.RESERVED, Step.UPDATE): Status.RESERVED,  # jackpots alone (BS-ASM-096)
        (Status.OPEN, Step.UPDATE): Status.OPEN,  # the same
        (Status.OPEN, Step.SETTLE): Status.CALCULATING,  # BS-ASM-053
        (Status.CALCULATING, Step.RESULT): Status.RESULTED,  # BS-LIF-003
        (Status.CALCULATING, Step.ROLLBACK): Status.OPEN,  # before anybody was told of the result
        (Status.RESULTED, Step.ROLLBACK): Status.OPEN,  # BS-CLO-014
        (Status.RESULTED, Step.CLOSE): Status.CLOSED,  # BS-CLO-011
        (Status.CANCELLED, Step.CLOSE): Status.CLOSED,  # BS-CLO-011, of a refunded ticket
        (Status.CLOSED, Step.ROLLBACK): Status.OPEN,  # BS-ASM-092; not of a refunded ticket (BS-ASM-093)
    }
)
