"""Refresh tokens that the casino hands to the WebFrame (source: betcore/users-auth; BC-ASM-034,
BC-ASM-111)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from mockserver.kernel.players import Player, Players, TokenTaken


@dataclass(slots=True, kw_only=True)
class RefreshToken:
    """A token, and whom it was issued for; the wallet may not know them yet."""

    token: str
    user_id: str
    currency: str
    """Of the account that a newcomer gets."""
    issued_at: datetime
    expires_at: datetime
    exchanged: bool = False


@dataclass(slots=True)
class RefreshTokens:
    """The refresh tokens of one client, found in O(1)."""

    _by_token: dict[str, RefreshToken] = field(default_factory=dict)

    def find(self, token: str) -> RefreshToken | None:
        """The token, if it was ever issued."""
        return self._by_token.get(token)

    def keep(self, it: RefreshToken) -> None:
        """Remember a token."""
        self._by_token[it.token] = it

    def drop(self, token: str) -> None:
        """Forget a token; nothing happens where there is none."""
        self._by_token.pop(token, None)

    def forget(self, user_id: str) -> None:
        """Drop the tokens of one user."""
        self._by_token = {key: one for key, one in self._by_token.items() if one.user_id != user_id}

    def restore(self, tokens: Iterable[RefreshToken]) -> None:
        """Put tokens, no two of them the same, in the place of those that there are."""
        self._by_token = {one.token: one for one in tokens}

    def __iter__(self) -> Iterator[RefreshToken]:
        return iter(self._by_token.values())


class TokenHolders(Players):
    """A casino's players: a token that one is given is a refresh token, issued at that moment.

    :param tokens: the client's refresh tokens
    :param issue: issues a token for a player
    """

    def __init__(self, tokens: RefreshTokens, issue: Callable[[str, Player], None]) -> None:
        super().__init__()
        self._tokens = tokens
        self._issue = issue

    def put(self, player: Player) -> None:
        """Add or replace a player. A token that the player had before is as it was, one that is taken
        away counts no more.

        :raises TokenTaken: one of the tokens was issued for somebody else; nothing has changed
        """
        for token in player.tokens:
            issued = self._tokens.find(token)
            if issued is not None and issued.user_id != player.id:
                raise TokenTaken(f"one of the tokens was issued for player `{issued.user_id}`")
        old = self.find(player.id)
        before = set(old.tokens if old else ())
        super().put(player)
        for token in before.difference(player.tokens):
            self._tokens.drop(token)
        for token in player.tokens:
            if token not in before:
                self._issue(token, player)
