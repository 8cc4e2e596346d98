"""Classes of refusal; the contracts' ``x-errors`` say status, code and message of each."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """Why the feed refuses."""

    ACCESS_DENIED = "access_denied"
    EXPIRED_TOKEN = "expired_token"
    UNKNOWN_GAME = "unknown_game"
    INVALID_REQUEST = "invalid_request"
