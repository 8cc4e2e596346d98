"""What is on offer: events with their bets, cards made of them, and how an event ended. Odds are decimals,
prizes in cents."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum, StrEnum, auto

from mockserver.betstack.states import Result


class TicketType(StrEnum):
    """Types of ticket."""

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


class Closed(Enum):
    """Why an event takes no bets."""

    ENDED = auto()
    STARTED = auto()
    SUSPENDED = auto()


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

    def why_closed(self, results: Container[int], now: datetime) -> Closed | None:
        """Why no bets are taken; ``None`` while they are (BS-ASM-055).

        :param results: ids of the events that have ended
        """
        if self.id in results:
            return Closed.ENDED
        if self.starts <= now:
            return Closed.STARTED
        return Closed.SUSPENDED if self.suspended else None


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

    def takes_bets(self, results: Container[int], now: datetime) -> bool:
        """Whether bets are taken on the card. Those of a smartbet are selected, so one event is enough;
        of any other card every event is played.

        :param results: ids of the events that have ended
        """
        needed = any if self.kind is TicketType.SMARTBET else all
        return needed(one.event.why_closed(results, now) is None for one in self.events)


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
