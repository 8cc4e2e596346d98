"""Expected codes, texts and money effects of BETCORE's casino API.

Sources: the pages auth, data, make, make-list, info, close and both pages accept of
https://betcore-api-docs.apidog.io. Codes from 990000 are the
sandbox's own, since the vendor's were not seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
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
TOKEN_EXPIRED: Final = 990006
BLOCKED: Final = 990007
TOKEN_UNKNOWN: Final = 990010
UNKNOWN_CASHBACK: Final = 990013
INCORRECT_AMOUNT: Final = 103801
ACCESS_DENIED: Final = 990009
ACCESS_EXPIRED: Final = 990011

PRINTED_TOKEN: Final = (
    "eyJhbGciOiJSUzI1NiIsImtpZCI6IkQyNTk5NTU5REMxNkI5NkZGNkU5OTI2NkQ2MTdBMDgyQjk2MjdDNUEiLCJ0"
    "eXAiOiJKV1QiLCJ4NXQiOiIwbG1WV2R3V3VXXzI2WkptMWhlZ2dybGlmRm8ifQ"
    "."
    "eyJuYmYiOjE2MjA5ODk0NTMsImV4cCI6MTYyMDk4OTQ2MywiaXNzIjoiaHR0cHM6Ly90ZXN0LnR2YmV0YXBpLm5l"
    "dC9pZGVudGl0eS1hcGkiLCJkYXRhIjoie1wiUGFydG5lclVzZXJJZFwiOlwiU29tZVVzZXJJZDEwMFwifSIsImNs"
    "aWVudF9pZCI6IlBhcnRuZXJDbGllbnQtMTU1NiJ9"
)
"""The body of the call that the page of users/data prints: header and payload, no signature part."""

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

NAMES: Final[Mapping[int, str]] = {
    BET: "bet",
    PAYOUT: "payout",
    BET_RETURN: "bet return",
    PAYOUT_RETURN: "payout return",
    JACKPOT: "jackpot",
}

EFFECT: Final[Mapping[int, int]] = {BET: -1, PAYOUT: 1, BET_RETURN: 1, PAYOUT_RETURN: -1, JACKPOT: 1}
"""Transaction type to the sign with which its amount enters the player's balance."""

OPPOSITE: Final[Mapping[int, int]] = {BET: BET_RETURN, PAYOUT: PAYOUT_RETURN}
"""Transaction type to the one that takes it back."""

PAYMENT_FIELDS: Final = ("Amount", "BetId", "PartnerUserId", "TransactionType")
"""Required fields of a transaction."""

TAXED: Final = (PAYOUT, PAYOUT_RETURN, JACKPOT)
"""Transaction types from whose amount a tax is taken off."""

CASHBACK: Final = PAYOUT
"""``TransactionType`` that pays a cashback."""

CASHBACK_CANCELLED: Final = PAYOUT_RETURN

CASHBACK_FIELDS: Final = ("BetId", "PartnerUserId", "TransactionType", "Amount")
"""Required fields of a cashback payment."""

ACCEPT_FIELDS: Final = ("BetId", "TransactionType", "ErrorCode", "Message", "PartnerTransactionId")
"""Fields of the accept of a success."""

ACCEPT_SECONDS: Final = 30
"""Until the accept of a transaction must have been sent."""


def effect(kind: int, amount: Decimal, tax: Decimal = Decimal(0)) -> Decimal:
    """What a transaction does to the player's balance; ``amount`` and ``tax`` in major units."""
    return EFFECT[kind] * (amount - tax if kind in TAXED else amount)


def tax_readings(amount: Decimal, tax: Decimal) -> Mapping[str, Decimal]:
    """What a taxed payout may credit, by how ``TaxAmount`` is read; the first is the one that is assumed."""
    return {
        "Amount less TaxAmount": amount - tax,
        "Amount, TaxAmount being for information": amount,
        "Amount and TaxAmount on top": amount + tax,
    }
