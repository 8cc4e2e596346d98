"""Nouns of the bet engine. Money is integer cents, percentages and odds are decimals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import ClassVar

from mockserver.betstack.states import Result, Status
from mockserver.kernel.money import Payout
from mockserver.kernel.tenant import Tenant
from mockserver.kernel.tenant_settings import OPERATOR


class TicketType(StrEnum):
    """Types of ticket."""

    QUICKTIP = "quicktip"
    SMARTBET = "smartbet"
    QUICKBET = "quickbet"
    SUPERBET = "superbet"
    JACKPOT = "jackpot"


class Feature(StrEnum):
    """What can be switched off for an operator (BS-ASM-013)."""

    RESERVE = "reserve"


@dataclass(frozen=True, slots=True)
class Bet:
    """One outcome of an event, with its current odds."""

    id: int
    bet_code: str
    bet_name: str
    market_code: str
    market_name: str
    odds: Decimal


@dataclass(frozen=True, slots=True)
class Team:
    """One side of an event."""

    id: int
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Event:
    """A match and the bets on offer."""

    id: int
    starts: datetime
    home_team: Team
    away_team: Team
    bets: Mapping[int, Bet]


Selection = tuple[Event, Bet | None]
"""An event of a ticket and the bet taken on it; a superbet has no single one."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One event of a quicktip as the player sent it."""

    event: int
    bet: int
    odds: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """A reservation as it was asked for. A superbet has one event and several bets, a quicktip legs."""

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


@dataclass(slots=True, kw_only=True)
class Ticket:
    """A ticket. Only its status, result and time of change ever change."""

    id: str
    code: str
    reservation: Reservation
    payout: Payout
    odds: Decimal | None
    ext: Decimal
    wht: Decimal
    user_id: str
    selections: tuple[Selection, ...]
    created: datetime
    updated: datetime
    zone: timezone
    status: Status = Status.NEW
    result: Result = Result.PENDING
    approved: bool = True


class TicketBook:
    """Tickets of one operator, found by id or by code in O(1)."""

    def __init__(self) -> None:
        self._by_id: dict[str, Ticket] = {}
        self._by_code: dict[str, Ticket] = {}

    def __iter__(self) -> Iterator[Ticket]:
        return iter(self._by_id.values())

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


@dataclass(slots=True, kw_only=True, eq=False)
class Operator(Tenant):
    """A tenant of the bet engine. Its ledger is in whole cents."""

    kind: ClassVar[str] = OPERATOR

    tickets: TicketBook = field(default_factory=TicketBook, repr=False)

    @property
    def ext(self) -> Decimal:
        """Excise tax in percent."""
        rate: Decimal = self.settings["ext"]
        return rate

    @property
    def wht(self) -> Decimal:
        """Withholding tax in percent."""
        rate: Decimal = self.settings["wht"]
        return rate

    @property
    def zone(self) -> timezone:
        """The operator's time."""
        return _zone(self.settings["utc_offset"])

    def offers(self, feature: Feature) -> bool:
        """Whether a feature is switched on."""
        return feature not in self.settings["features_off"]


@cache
def _zone(utc_offset: str) -> timezone:
    distance = timedelta(hours=int(utc_offset[1:3]), minutes=int(utc_offset[4:6]))
    return timezone(-distance if utc_offset[0] == "-" else distance)
