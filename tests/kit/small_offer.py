"""What the small Betstack has on offer: operators, players, events and cards."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class SmallOperator:
    """An operator of the small Betstack; taxes in percent."""

    secret: str
    token: str
    currency: str
    wht: Decimal
    zone_hours: int
    types_off: tuple[str, ...] = ()
    reserves: bool = True


OPERATORS = {
    "site": SmallOperator("12345ABCDE", "UnIqUe-ToKeN", "KES", Decimal(20), 3),
    "acme": SmallOperator("54321KLMNO", "acme-player-token", "USD", Decimal(10), 2),
    "site-limited": SmallOperator(
        "67890FGHIJ", "UnIqUe-ToKeN", "KES", Decimal(20), 3, types_off=("jackpot",), reserves=False
    ),
}
EXT = Decimal("12.5")
POOR, BLOCKED = "second-player-token", "blocked-player-token"

KINDS = ("jackpot", "quicktip", "smartbet", "quickbet", "superbet")
SOURCES = ("desktop", "mobile", "android", "iphone", "ussd", "sms", "telegram")
STARTS, STARTED = "2030-06-08T16:00:00.000000", "2024-07-17T17:00:00.000000"
LONG = tuple(range(500001, 500013))
SUSPENDED, OVER = 396503, 292275

EVENTS: dict[int, dict[int, str]] = {
    100001: {101: "2", 102: "3", 103: "4", 104: "5", 105: "6", 106: "7"},
    390815: {101: "1.55", 102: "3.8"},
    391814: {101: "2.2", 105: "1.5"},
    OVER: {1: "1.95"},
    SUSPENDED: {101: "1.95"},
    **{event: {1: "1.45", 2: "3.05", 3: "7.5"} for event in LONG},
}
CARDS: dict[str, dict[str, tuple[int, ...]]] = {
    "jackpot": {"JACKP1": (390815, 391814)},
    "quicktip": {"QUICT1": (390815, 391814), "QUICT2": (391814,)},
    "smartbet": {"F2964C": LONG},
    "quickbet": {"QUICB1": (390815,)},
    "superbet": {"SUPER1": (100001,), "SUPER2": (390815,)},
}


def start_of(event: int) -> str:
    """When the event begins, in UTC."""
    return STARTED if event == OVER else STARTS


def team(number: int, side: str) -> dict[str, Any]:
    """A team of an event."""
    return {"name": f"{side} {number}", "slug": f"{side.lower()}-{number}", "id": 10 * number + len(side)}


def bet(event: int, number: int) -> dict[str, Any]:
    """A bet of an event in the form of a card."""
    return {
        "id": number,
        "bet_code": str(number),
        "bet_name": f"Bet {number}",
        "market_code": "MRFT",
        "market_name": "Match Result Full Time",
        "line_code": None,
        "line_name": None,
        "odds": float(EVENTS[event][number]),
        "updated": "2026-07-16T06:45:11",
    }


def shifted(moment: str, hours: int) -> str:
    """The moment in a zone that is some hours ahead, within the same day."""
    return f"{moment[:11]}{int(moment[11:13]) + hours:02d}{moment[13:]}"


def event_fields(event: int, zone_hours: int) -> dict[str, Any]:
    """Start and teams of an event."""
    return {
        "starts": start_of(event),
        "operator_time_starts": shifted(start_of(event), zone_hours),
        "home_team": team(event, "Home"),
        "away_team": team(event, "Away"),
        "id": event,
    }
