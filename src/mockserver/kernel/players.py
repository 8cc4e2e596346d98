"""Players, as both vendors have them: an id, tokens, a currency, a state, and money in the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from mockserver.kernel.ledger import Ledger

FUNDING = "funding"
"""The account that seeded balances come from and go back to."""


class PlayerState(StrEnum):
    """Whether a player may bet. Winnings and refunds are booked in every state."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    SELF_EXCLUDED = "self_excluded"
    LIMIT_REACHED = "limit_reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerSpec:
    """A player as asked for. ``balance`` is in the vendor's unit: cents of Betstack, units of BETCORE."""

    id: str
    currency: str
    tokens: tuple[str, ...] = ()
    balance: Decimal = Decimal(0)
    state: PlayerState = PlayerState.ACTIVE
    msisdn: str | None = None
    """Phone number that texts go to."""


@dataclass(slots=True, kw_only=True)
class Player:
    """A player. The balance stands in the ledger."""

    id: str
    currency: str
    tokens: tuple[str, ...]
    state: PlayerState
    msisdn: str | None = None

    @property
    def may_bet(self) -> bool:
        """Only an active player may."""
        return self.state is PlayerState.ACTIVE


class TokenTaken(Exception):
    """A token belongs to another player. The text is one line."""


class Players:
    """Players of one tenant, found by id or by token in O(1)."""

    def __init__(self) -> None:
        self._by_id: dict[str, Player] = {}
        self._by_token: dict[str, Player] = {}

    def __iter__(self) -> Iterator[Player]:
        return iter(self._by_id.values())

    def find(self, player_id: str) -> Player | None:
        """The player with this id."""
        return self._by_id.get(player_id)

    def with_token(self, token: str) -> Player | None:
        """The player that this token identifies."""
        return self._by_token.get(token)

    def names(self, name: str) -> frozenset[str]:
        """Id and tokens of the player who has this id or token, and the name itself."""
        player = self.find(name) or self.with_token(name)
        return frozenset({name, player.id, *player.tokens} if player else {name})

    def put(self, player: Player) -> None:
        """Add a player, or replace the one with the same id.

        :raises TokenTaken: one of the tokens is another player's; nothing has changed
        """
        for token in player.tokens:
            owner = self._by_token.get(token)
            if owner is not None and owner.id != player.id:
                raise TokenTaken(f"player `{owner.id}` has one of the tokens already")
        if old := self._by_id.get(player.id):
            self._forget_tokens(old)
        self._by_id[player.id] = player
        self._by_token.update(dict.fromkeys(player.tokens, player))

    def remove(self, player_id: str) -> None:
        """Forget a player; nothing happens where there is none."""
        if player := self._by_id.pop(player_id, None):
            self._forget_tokens(player)

    def _forget_tokens(self, player: Player) -> None:
        for token in set(player.tokens):
            del self._by_token[token]


def account_of(player_id: str) -> str:
    """Ledger account of a player."""
    return f"player:{player_id}"


def seed(players: Players, ledger: Ledger, specs: Iterable[PlayerSpec]) -> None:
    """Put players in with the balances that are asked for, by postings.

    :raises TokenTaken: a token is another player's; those before it are in
    """
    for spec in specs:
        players.put(
            Player(
                id=spec.id,
                currency=spec.currency,
                tokens=spec.tokens,
                state=spec.state,
                msisdn=spec.msisdn,
            )
        )
        account = account_of(spec.id)
        missing = spec.balance - ledger.balance(account)
        if missing > 0:
            ledger.post(FUNDING, account, missing, "seeded balance")
        elif missing < 0:
            ledger.post(account, FUNDING, -missing, "seeded balance")
