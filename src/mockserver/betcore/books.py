"""What a casino has booked: bets and cashbacks of one client, with every transaction of theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from mockserver.betcore.payment import Transaction
from mockserver.betcore.states import CashbackState, State, TransactionType


@dataclass(slots=True)
class Bet:
    """One player's bet."""

    state: State = State.UNKNOWN
    history: list[Transaction] = field(default_factory=list)
    """Every transaction, in the order of booking."""
    anew_from: int = 0
    """How many transactions were booked before the bet was reopened last."""
    slots: dict[TransactionType, Transaction] = field(default_factory=dict)
    """The transaction that a repeat would repeat (BC-ASM-013); none from before a reopening."""
    standing: list[Transaction] = field(default_factory=list)
    """Stakes and payouts that were not returned, also those from before a reopening (BC-ASM-110)."""


@dataclass(slots=True)
class Cashback:
    """One player's cashback."""

    state: CashbackState = CashbackState.UNKNOWN
    history: list[Transaction] = field(default_factory=list)
    """Every payment and cancellation, in the order of booking; they take turns."""


T = TypeVar("T", Bet, Cashback)


@dataclass(slots=True)
class Shelf(Generic[T]):
    """Bets or cashbacks, found in O(1) by player and id, or all players' by id."""

    _by_id: dict[str, dict[str, T]] = field(default_factory=dict)

    def find(self, user_id: str, bet_id: str) -> T | None:
        """The player's."""
        return self._by_id.get(bet_id, {}).get(user_id)

    def keep(self, user_id: str, bet_id: str, it: T) -> None:
        """Remember the player's."""
        self._by_id.setdefault(bet_id, {})[user_id] = it

    def all_with(self, bet_id: str) -> list[T]:
        """Every player's of this id."""
        return list(self._by_id.get(bet_id, {}).values())

    def forget(self, user_id: str) -> None:
        """Drop those of one player."""
        for by_user in self._by_id.values():
            by_user.pop(user_id, None)

    def __iter__(self) -> Iterator[tuple[str, str, T]]:
        """Each with its id and its player's id; those of one id stand together."""
        for bet_id, by_user in self._by_id.items():
            for user_id, it in by_user.items():
                yield bet_id, user_id, it


@dataclass(slots=True)
class Books:
    """The books of one client. Ids of bets and of cashbacks are apart (BC-ASM-056)."""

    bets: Shelf[Bet] = field(default_factory=Shelf)
    cashbacks: Shelf[Cashback] = field(default_factory=Shelf)
    booked: int = 0
    """How many transactions were ever booked."""

    def transactions(self, bet_id: str) -> list[Transaction]:
        """Every player's transactions of the bet, in the order of booking."""
        every = (one for bet in self.bets.all_with(bet_id) for one in bet.history)
        return sorted(every, key=lambda one: one.number)

    def forget(self, user_id: str) -> None:
        """Drop what is one player's."""
        self.bets.forget(user_id)
        self.cashbacks.forget(user_id)
