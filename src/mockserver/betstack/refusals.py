"""Classes of refusal; the contract's ``x-errors`` says status, code and message of each."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """Why the bet engine or the operator's platform refuses."""

    ACCESS_DENIED = "access_denied"
    UNKNOWN_OPERATOR = "unknown_operator"
    FEATURE_OFF = "feature_off"
    UNKNOWN_PLAYER = "unknown_player"
    PLAYER_BLOCKED = "player_blocked"
    CURRENCY_MISMATCH = "currency_mismatch"
    UNKNOWN_CARD = "unknown_card"
    INVALID_RISK = "invalid_risk"
    WIN_OUT_OF_REACH = "win_out_of_reach"
    WRONG_NUMBER_OF_PICKS = "wrong_number_of_picks"
    UNKNOWN_EVENT = "unknown_event"
    EVENT_STARTED = "event_started"
    EVENT_SUSPENDED = "event_suspended"
    UNKNOWN_BET = "unknown_bet"
    DUPLICATE_EVENT = "duplicate_event"
    TOO_FEW_LEGS = "too_few_legs"
    TOO_MANY_LEGS = "too_many_legs"
    ODDS_CHANGED = "odds_changed"
    PRICE_TOO_LOW = "price_too_low"
    PRICE_TOO_HIGH = "price_too_high"
    PAYOUT_LIMIT = "payout_limit"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    PLATFORM_REFUSED = "platform_refused"
    PLATFORM_UNREACHABLE = "platform_unreachable"
    UNKNOWN_TICKET = "unknown_ticket"
    WRONG_STATE = "wrong_state"
    TICKET_DISCARDED = "ticket_discarded"
    DUPLICATE_CHANGED = "duplicate_changed"
