"""Classes of refusal; the contracts' ``x-errors`` say status and code of each."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """Why BETCORE refuses a game provider, or a game provider BETCORE."""

    ACCESS_DENIED = "access_denied"
    INVALID_REQUEST = "invalid_request"
    UNKNOWN_SESSION = "unknown_session"
    UNKNOWN_BET = "unknown_bet"
    CLOSED = "closed"
    DUPLICATE = "duplicate"
    DUPLICATE_CHANGED = "duplicate_changed"
    SESSION_ENDED = "session_ended"
    BLOCKED = "blocked"
    LIMIT = "limit"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    UNKNOWN_GAME = "unknown_game"
