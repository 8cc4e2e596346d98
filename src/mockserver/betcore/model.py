"""Nouns of a casino's wallet. Amounts are decimals in the player's currency, major units."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from mockserver.betcore.aggregator.access import AccessTokens
from mockserver.betcore.aggregator.asked import AskedBook
from mockserver.betcore.aggregator.keys import ClientKeys
from mockserver.betcore.casino_access import Access
from mockserver.betcore.states import State, TransactionType
from mockserver.kernel.tenant import Tenant
from mockserver.kernel.tenant_settings import PARTNER_CLIENT

_NAME = re.compile("PartnerClient-([1-9][0-9]{0,17})")

HOUSE = "house"
"""The casino's own account, the other side of every movement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A transaction as BETCORE asks for it. ``bet_id`` is text, whatever the wire had (BC-ASM-003)."""

    user_id: str
    bet_id: str
    type: TransactionType
    amount: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Transaction:
    """A payment that was booked, with the casino's own id."""

    id: str
    payment: Payment


@dataclass(slots=True)
class Bet:
    """One player's bet: its state, and the transaction that fills each slot (BC-ASM-013)."""

    state: State = State.UNKNOWN
    slots: dict[TransactionType, Transaction] = field(default_factory=dict)


@dataclass(slots=True)
class Books:
    """Bets of one client, found in O(1) by player and bet id, or all players' bets by bet id."""

    _bets: dict[str, dict[str, Bet]] = field(default_factory=dict)

    def bet(self, user_id: str, bet_id: str) -> Bet:
        """The player's bet; one in state ``unknown`` where there is none."""
        return self._bets.get(bet_id, {}).get(user_id) or Bet()

    def keep(self, user_id: str, bet_id: str, bet: Bet) -> None:
        """Remember the player's bet."""
        self._bets.setdefault(bet_id, {})[user_id] = bet

    def __iter__(self) -> Iterator[tuple[str, str, Bet]]:
        """Every bet with its bet id and its player's id."""
        for bet_id, by_user in self._bets.items():
            for user_id, bet in by_user.items():
                yield bet_id, user_id, bet

    def forget(self, user_id: str) -> None:
        """Drop the bets of one player."""
        for by_user in self._bets.values():
            by_user.pop(user_id, None)

    def all_with(self, bet_id: str) -> list[Bet]:
        """Every player's bet of this id."""
        return list(self._bets.get(bet_id, {}).values())


@dataclass(slots=True, kw_only=True, eq=False)
class PartnerClient(Tenant):
    """A tenant of the casino API. Its ledger is in units of the players' currencies."""

    kind: ClassVar[str] = PARTNER_CLIENT

    books: Books = field(default_factory=Books, repr=False)
    asked: AskedBook = field(default_factory=AskedBook, repr=False)
    """What BETCORE asked the casino for."""
    keys: ClientKeys = field(default_factory=ClientKeys, repr=False)
    """What BETCORE's calls are signed with."""
    tokens: AccessTokens = field(default_factory=AccessTokens, repr=False)
    """Access to BETCORE that was issued to the client."""
    access: Access = field(default_factory=Access, repr=False)
    """The access that the built-in casino uses."""

    @property
    def partner_client_id(self) -> int | None:
        """``PartnerClientId``, the number in the name (BC-ASM-031); ``None`` where there is none."""
        found = _NAME.fullmatch(self.name)
        return int(found[1]) if found else None
