"""Classes of refusal; the contract's ``x-errors`` says status, code and message of each."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """Why a casino or BETCORE refuses."""

    JWT_INVALID = "jwt_invalid"
    UNKNOWN_TOKEN = "unknown_token"
    EXPIRED_TOKEN = "expired_token"
    UNKNOWN_USER = "unknown_user"
    INCORRECT_AMOUNT = "incorrect_amount"
    CLOSED = "closed"
    UNKNOWN_BET = "unknown_bet"
    UNKNOWN_CASHBACK = "unknown_cashback"
    DUPLICATE = "duplicate"
    DUPLICATE_CHANGED = "duplicate_changed"
    BLOCKED = "blocked"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    ACCESS_DENIED = "access_denied"
    TOO_LATE = "too_late"
