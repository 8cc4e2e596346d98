"""Classes of refusal; the contract's ``x-errors`` says status, code and message of each."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """Why the bet engine refuses."""

    ACCESS_DENIED = "access_denied"
    FEATURE_OFF = "feature_off"
    UNKNOWN_PLAYER = "unknown_player"
    PLAYER_BLOCKED = "player_blocked"
    CURRENCY_MISMATCH = "currency_mismatch"
    UNKNOWN_EVENT = "unknown_event"
    UNKNOWN_BET = "unknown_bet"
    DUPLICATE_EVENT = "duplicate_event"
    ODDS_CHANGED = "odds_changed"
    PAYOUT_LIMIT = "payout_limit"
    UNKNOWN_TICKET = "unknown_ticket"
    WRONG_STATE = "wrong_state"
