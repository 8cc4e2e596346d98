"""Nouns of the bet engine. Money is integer cents, percentages and odds are decimals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import ClassVar

from mockserver.betstack.pam.model import PlatformBooks
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
    QUICKTIP = "quicktip"
    SMARTBET = "smartbet"
    QUICKBET = "quickbet"
    SUPERBET = "superbet"
    JACKPOT = "jackpot"


@dataclass(frozen=True, slots=True)
class Bet:
    """One outcome of an event, with its current odds."""

    id: int
    bet_code: str
    bet_name: str
    market_code: str
    market_name: str
    line_code: str | None
    line_name: str | None
    odds: Decimal
    updated: datetime


@dataclass(frozen=True, slots=True)
class Team:
    """One side of an event."""

    id: int
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Category:
    """League and country of an event. The slug of the league begins with the sport."""

    league_id: int
    league_slug: str
    league_name: str
    country_id: int
    country_slug: str
    country_name: str


@dataclass(frozen=True, slots=True)
class Event:
    """A match and the bets on offer."""

    id: int
    starts: datetime
    category: Category
    home_team: Team
    away_team: Team
    bets: Mapping[int, Bet]
    suspended: bool = False

    def takes_bets(self, now: datetime) -> bool:
        """Whether bets are taken: before the start, unless it is suspended (BS-ASM-055)."""
        return not self.suspended and now < self.starts


@dataclass(frozen=True, slots=True)
class CardEvent:
    """An event of a card, with the bet that is tipped, the bets to choose from, or both (BS-ASM-062)."""

    event: Event
    tip: int | None = None
    offered: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An offer of bets that becomes a ticket (BS-ASM-062). A superbet's card has one event. Prizes are
    in cents, and those of a jackpot."""

    code: str
    kind: TicketType
    title: str
    description: str
    sitename: str | None = None
    domain: str | None = None
    preview_img: str | None = None
    events: tuple[CardEvent, ...]
    prize: int = 0
    bonus_prizes: tuple[int, ...] = ()

    def takes_bets(self, now: datetime) -> bool:
        """Whether bets are taken on the card. Those of a smartbet are selected, so one event is enough;
        of any other card every event is played."""
        needed = any if self.kind is TicketType.SMARTBET else all
        return needed(one.event.takes_bets(now) for one in self.events)


Selection = tuple[Event, Bet | None]
"""An event of a ticket and the bet taken on it; a superbet has no single one."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One event of a quicktip as the player sent it."""

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
class EventResult:
    """How an event ended. Of its bets that are in neither set, all are lost."""

    won: frozenset[int] = frozenset()
    void: frozenset[int] = frozenset()
    abandoned: bool = False
    """Whether it was not played to its end, so that every bet is void."""

    def of(self, bet: int) -> Result:
        """Won, lost or void."""
        if self.abandoned or bet in self.void:
            return Result.VOID
        return Result.WON if bet in self.won else Result.LOST


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


@dataclass(frozen=True, slots=True)
class Identified:
    """A player as the operator's platform knows them."""

    id: str
    currency: str


@dataclass(slots=True, kw_only=True, eq=False)
class Operator(Tenant):
    """A tenant of the bet engine. Its ledger is in whole cents."""

    kind: ClassVar[str] = OPERATOR

    tickets: TicketBook = field(default_factory=TicketBook, repr=False)
    results: dict[int, EventResult] = field(default_factory=dict, repr=False)
    """By event id."""
    platform: PlatformBooks = field(default_factory=PlatformBooks, repr=False)
    """Its own side: the built-in PAM."""

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
