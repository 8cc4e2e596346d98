"""Expected codes, texts and money effects of BETCORE's casino API.

Sources: the pages data, make and close of https://betcore-api-docs.apidog.io. Codes from 990000 are the
sandbox's own, since the vendor's were not seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SUCCESS: Final = 200
INVALID_REQUEST: Final = 103752
GENERAL_ERROR: Final = 103799
JWT_INVALID: Final = 103811
UNKNOWN_USER: Final = 102145
INSUFFICIENT_FUNDS: Final = 990001
DUPLICATE: Final = 990002
DUPLICATE_CHANGED: Final = 990003
UNKNOWN_BET: Final = 990004
CLOSED: Final = 990005

MESSAGES: Final[Mapping[int, str]] = {
    SUCCESS: "Success",
    INVALID_REQUEST: "Invalid request parameters",
    JWT_INVALID: "JWT token validation failed",
}

BET: Final = -1
PAYOUT: Final = 1
BET_RETURN: Final = 2
PAYOUT_RETURN: Final = -2
JACKPOT: Final = 4

EFFECT: Final[Mapping[int, int]] = {BET: -1, PAYOUT: 1, BET_RETURN: 1, PAYOUT_RETURN: -1, JACKPOT: 1}
"""Transaction type to the sign with which its amount enters the player's balance."""

OPPOSITE: Final[Mapping[int, int]] = {BET: BET_RETURN, PAYOUT: PAYOUT_RETURN}
"""Transaction type to the one that takes it back."""

PAYMENT_FIELDS: Final = ("Amount", "BetId", "PartnerUserId", "TransactionType")
"""Required fields of a transaction."""
