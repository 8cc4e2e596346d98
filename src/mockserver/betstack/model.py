"""Operators: the tenants of the bet engine, and their own side of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import ClassVar

from mockserver.betstack.offer import EventResult
from mockserver.betstack.pam.model import PlatformBooks
from mockserver.betstack.ticket import TicketBook
from mockserver.kernel.tenant import Tenant
from mockserver.kernel.tenant_settings import OPERATOR


class Feature(StrEnum):
    """What can be switched off for an operator (BS-ASM-013)."""

    RESERVE = "reserve"
    QUICKTIP = "quicktip"
    SMARTBET = "smartbet"
    QUICKBET = "quickbet"
    SUPERBET = "superbet"
    JACKPOT = "jackpot"


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
