"""The refresh tokens of the small casino."""

from __future__ import annotations

import secrets

from small_casino_bets import Refused

FIRST = "8f14e45fceea167a5a36dedd4bea2543"
OF_BLOCKED = "1c383cd30b7c298ab50293adfecb7b18"
OF_NEWCOMER = "19ca14e7ea6328a42e0eb13d585e4c22"
EXPIRED = "a87ff679a2f3e71d9181a67b7542122c"


class SmallRefreshTokens:
    """Who each token was issued for, and whether it is good."""

    def __init__(self, faults: frozenset[str], player: str, blocked: str) -> None:
        self.faults = faults
        self.owners = {FIRST: player, OF_BLOCKED: blocked, OF_NEWCOMER: "SomeUserId300", EXPIRED: player}
        self.used = {EXPIRED}
        self.blocked = {blocked}

    def exchange(self, token: str) -> tuple[str, str]:
        """The player and a new token. Raises :exc:`Refused`."""
        if token not in self.owners:
            raise Refused(990010)
        again = "tokens_work_again" in self.faults and token != EXPIRED
        if token in self.used and not again and not ("stale_tokens" in self.faults and token == EXPIRED):
            raise Refused(990006)
        user = self.owners[token]
        if user in self.blocked and "blocked_may_sign_in" not in self.faults:
            if "blocked_token_spent" in self.faults:
                self.used.add(token)
            raise Refused(990007)
        if "old_token_again" in self.faults:
            return user, token
        self.used.add(token)
        new = secrets.token_hex(16)
        self.owners[new] = user
        return user, new
