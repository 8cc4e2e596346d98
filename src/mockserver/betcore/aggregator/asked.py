"""What BETCORE asked a casino for, and what is known of the outcome."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from mockserver.betcore.states import TransactionType


class Kind(StrEnum):
    """What a transaction belongs to; ids of bets and of cashback are apart (BC-ASM-056)."""

    PAYMENT = "payment"
    CASHBACK = "cashback"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a casino said of a transaction: its ``ErrorCode``, and its own id where it booked one."""

    booked: bool
    code: int
    transaction_id: str | None

    def is_the_same_as(self, other: Outcome) -> bool:
        """Whether both say the same of one transaction."""
        if self.booked:
            return other.booked and self.transaction_id == other.transaction_id
        return not other.booked and self.code == other.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A transaction to ask for. Amounts are decimal text in the player's currency, as they are sent."""

    kind: Kind
    bet_id: int
    user_id: str
    type: TransactionType
    amount: str
    tax: str | None = None
    promo_code: str | None = None
    tag_id: int | None = None


@dataclass(slots=True, kw_only=True)
class Asked:
    """A transaction that BETCORE asked for."""

    id: str
    wish: Wish
    at: datetime
    """When it was first asked for; the time for the accept runs from here (BC-ASM-064)."""
    call: str
    """Id of the call in the outbox that asks for it now."""
    listed: bool = False
    """Whether that call asks for others too."""
    outcome: Outcome | None = None
    """The first one that ends the matter; nothing changes it."""
    overdue: bool = False
    """Whether it was given up because no outcome came in time."""


@dataclass(slots=True)
class AskedBook:
    """Transactions of one client, found in O(1) by id, by call, and by what an accept names."""

    _by_id: dict[str, Asked] = field(default_factory=dict)
    _by_call: dict[str, dict[str, Asked]] = field(default_factory=dict)
    _by_name: dict[tuple[Kind, int, TransactionType], list[Asked]] = field(default_factory=dict)
    _latest: dict[tuple[Kind, int], Asked] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Asked]:
        return iter(self._by_id.values())

    def add(self, asked: Asked) -> None:
        """Remember a transaction."""
        wish = asked.wish
        self._by_id[asked.id] = asked
        self._by_call.setdefault(asked.call, {})[asked.id] = asked
        self._by_name.setdefault((wish.kind, wish.bet_id, wish.type), []).append(asked)
        self._latest[wish.kind, wish.bet_id] = asked

    def find(self, asked_id: str) -> Asked | None:
        """The transaction with this id of BETCORE's own."""
        return self._by_id.get(asked_id)

    def of_call(self, call_id: str) -> list[Asked]:
        """What a call asks for, in the order of the call."""
        return list(self._by_call.get(call_id, {}).values())

    def ask_by(self, asked: Asked, call_id: str) -> None:
        """Have another call ask for it from now on, alone."""
        self._by_call[asked.call].pop(asked.id)
        asked.call, asked.listed = call_id, False
        self._by_call.setdefault(call_id, {})[asked.id] = asked

    def named(self, kind: Kind, bet_id: int, type_: TransactionType) -> list[Asked]:
        """Everything that an accept may mean, the oldest first; several players may have one bet."""
        return self._by_name.get((kind, bet_id, type_), [])

    def latest(self, kind: Kind, bet_id: int) -> Asked | None:
        """What was asked for last of a bet or cashback."""
        return self._latest.get((kind, bet_id))

    def meant(
        self, kind: Kind, bet_id: int, type_: TransactionType, told: Outcome, amount: Decimal | None
    ) -> Asked | None:
        """What an accept means: the oldest such transaction of this amount whose outcome is open, else the
        latest with this very outcome, else the latest one (BC-ASM-044).

        :param amount: ``None`` where the accept tells none
        """
        same = self.named(kind, bet_id, type_)
        still_open = [one for one in same if one.outcome is None and not one.overdue]
        if fitting := [one for one in still_open if Decimal(one.wish.amount) == amount] or still_open:
            return fitting[0]
        known = [one for one in same if one.outcome is not None and one.outcome.is_the_same_as(told)]
        found = known or same
        return found[-1] if found else None

    def forget(self, user_id: str) -> list[Asked]:
        """Drop what concerns one player.

        :returns: what was dropped
        """
        gone = [one for one in self if one.wish.user_id == user_id]
        kept = [one for one in self if one.wish.user_id != user_id]
        self.restore(kept)
        return gone

    def restore(self, all_of_them: Iterable[Asked]) -> None:
        """Put transactions in the place of all that there are."""
        self._by_id.clear()
        self._by_call.clear()
        self._by_name.clear()
        self._latest.clear()
        for one in all_of_them:
            self.add(one)
