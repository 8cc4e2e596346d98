"""Tickets of the bet engine. Money is in cents, percentages and odds are decimals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal

from mockserver.betstack.offer import Bet, Event, TicketType
from mockserver.betstack.states import Result, Status
from mockserver.kernel.money import Payout

Selection = tuple[Event, Bet | None]
"""An event of a ticket and the bet taken on it; a superbet has no single one."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A pick of any ticket but a superbet, as the player sent it: an event, one of its bets, and its odds."""

    event: int
    bet: int
    odds: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRequest:
    """A ticket as it was asked for. A superbet has one event and several bets, every other type legs, and a
    jackpot a card besides. Money in cents."""

    operator: str
    token: str
    psp: str | None
    price: int
    currency: str
    atag: str | None
    rtag: str | None
    source: str
    type: TicketType
    event: int | None = None
    bets: tuple[int, ...] = ()
    odds_diff: Decimal = Decimal(0)
    legs: tuple[Leg, ...] = ()
    betcard_code: str | None = None
    prize: int = 0
    bonus_prizes: tuple[int, ...] = ()

    @property
    def picks(self) -> list[tuple[int, int]]:
        """Event id and bet id of everything that was picked, in the order sent; a superbet's bet counts
        once."""
        if self.event is not None:
            return [(self.event, bet) for bet in dict.fromkeys(self.bets)]
        return [(leg.event, leg.bet) for leg in self.legs]


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a ticket costs and would pay, and the total odds behind it, where its type has them."""

    payout: Payout
    odds: Decimal | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a ticket ends, and what it then pays."""

    result: Result
    amounts: Amounts


@dataclass(slots=True, kw_only=True)
class Ticket:
    """A ticket of the bet engine."""

    id: str
    code: str
    request: TicketRequest
    offered: Amounts
    """Before any result; a rollback goes back to it."""
    amounts: Amounts
    """As they stand: what a settled ticket wins."""
    ext: Decimal
    wht: Decimal
    user_id: str
    selections: tuple[Selection, ...]
    created: datetime
    updated: datetime
    zone: timezone
    reserved: bool
    """Whether it was reserved before it was wagered."""
    status: Status = Status.NEW
    result: Result = Result.PENDING
    approved: bool = True
    was_resulted: bool = False
    """Whether it has a result of its events, and was not merely refunded."""
    verdict: Verdict | None = None
    """What it will be resulted as; only while it is calculated."""
    acknowledged: datetime | None = None
    """When the operator's platform acknowledged its result or refund, from which the 24 hours to its closing
    run (BS-ASM-094)."""
    settle_again: bool = False
    """Whether a result is due as soon as the withdrawal of the old one is acknowledged."""


class TicketBook:
    """Tickets of one operator, found by id or by code in O(1)."""

    def __init__(self) -> None:
        self._by_id: dict[str, Ticket] = {}
        self._by_code: dict[str, Ticket] = {}

    def __iter__(self) -> Iterator[Ticket]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def newest_first(self) -> Iterator[Ticket]:
        """The ticket made last, then the one before it."""
        return reversed(self._by_id.values())

    def add(self, ticket: Ticket) -> None:
        """Keep a ticket whose id and code are new."""
        self._by_id[ticket.id] = ticket
        self._by_code[ticket.code] = ticket

    def remove(self, ticket: Ticket) -> None:
        """Forget a ticket."""
        del self._by_id[ticket.id]
        del self._by_code[ticket.code]

    def has(self, identifier: str) -> bool:
        """Whether an id or a code is taken."""
        return identifier in self._by_id or identifier in self._by_code

    def find(self, identifier: str) -> Ticket | None:
        """The ticket with this id or this code."""
        return self._by_id.get(identifier) or self._by_code.get(identifier)
