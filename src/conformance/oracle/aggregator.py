"""What BETCORE answers to a casino, and what it owes a casino that keeps silent.

Sources: the pages jwks, token and accept of https://betcore-api-docs.apidog.io. Codes from 990000 are the
sandbox's own, since the vendor's were not seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

SUCCESS: Final = 200
INVALID_REQUEST: Final = 103752
GENERAL_ERROR: Final = 103799
JWT_INVALID: Final = 103811
UNKNOWN_USER: Final = 102145
INCORRECT_AMOUNT: Final = 103801
ADDING_FAILED: Final = 102823
BOOKED_BEFORE: Final = 103779
"""Its description was cut off; taken for a success that was booked before."""
REPEATED: Final = 990002
"""What the answer to a repeated request says, if the sandbox's assumption is right; the same."""
UNKNOWN_BET: Final = 990004
TOO_LATE: Final = 990008
DENIED: Final = 990009
EXPIRED: Final = 990011
OTHER_OUTCOME: Final = 990012
UNKNOWN_CASHBACK: Final = 990013

FAILURES: Final[Mapping[int, str]] = {
    UNKNOWN_USER: "User not found",
    INCORRECT_AMOUNT: "Incorrect amount",
    ADDING_FAILED: "Error adding transaction",
}
"""Codes by which an accept reports a failure, as far as the page's table was seen."""

ACCEPT_SECONDS: Final = 30
"""How long after the request an accept is in time."""

TOKEN_SECONDS: Final = 3600
"""How long an access token lives."""

REPEATS: Final = (60, 300, 900, 3600)
"""Seconds from a try without an answer to the next one. The acceptance of a bet alone is not repeated."""


class Outcome(Enum):
    """What BETCORE knows of a transaction."""

    OPEN = "open"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


def outcome(code: int) -> Outcome:
    """What an ``ErrorCode`` of the casino says."""
    return Outcome.SUCCEEDED if code in (SUCCESS, BOOKED_BEFORE, REPEATED) else Outcome.FAILED


def answer_to_accept(known: Outcome, told: int, *, same_transaction: bool = True) -> int:
    """``ErrorCode`` of the answer to an accept in time that reports the code ``told``.

    ``same_transaction``: its ``PartnerTransactionId`` is the one that a known success had.
    """
    if known is Outcome.OPEN:
        return SUCCESS
    contradicts = outcome(told) is not known
    renamed = known is Outcome.SUCCEEDED and not same_transaction
    return OTHER_OUTCOME if contradicts or renamed else SUCCESS
