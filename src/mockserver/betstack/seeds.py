"""What the sandbox holds after its start: operators, players, events. All of it is made up or
printed by the vendor's public samples; no secret here opens anything but the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from mockserver.betstack.model import Bet, Event, Feature, Team
from mockserver.kernel.players import PlayerSpec
from mockserver.kernel.tenant_settings import OPERATOR
from mockserver.kernel.tenant_spec import TenantSpec

STANDARD_PLAYERS: tuple[PlayerSpec, ...] = (
    PlayerSpec(
        id="1660986605374148608",
        currency="KES",
        tokens=("UnIqUe-ToKeN", "sGhx12skwrXsukbZmWh7bkCC9YPEzYQKtKSe9EfCth3Q"),
        balance=Decimal(1_000_000),
    ),
)
"""Whom an operator has that names no players. Balances are in cents."""


def operators() -> tuple[TenantSpec, ...]:
    """The seeded operators."""
    return (
        TenantSpec(kind=OPERATOR, name="site", secret="12345ABCDE", settings={}),
        TenantSpec(
            kind=OPERATOR,
            name="site-limited",
            secret="67890FGHIJ",
            settings={"features_off": [Feature.RESERVE.value]},
        ),
        TenantSpec(
            kind=OPERATOR,
            name="acme",
            secret="54321KLMNO",
            settings={"utc_offset": "+02:00"},
            players=(
                PlayerSpec(
                    id="1330556611374148608",
                    currency="USD",
                    tokens=("acme-player-token",),
                    balance=Decimal(100_000),
                ),
            ),
        ),
    )


def offer() -> Mapping[int, Event]:
    """The events on offer by id; shared by all operators and never changed."""
    seeded = (
        Event(
            100001,
            datetime(2030, 6, 8, 16, 0, tzinfo=UTC),
            Team(1141060000, "ppj", "PPJ"),
            Team(1222480000, "japs-47", "JaPS/47"),
            _bets("3.10", "3.40", "2.25", "1.95", "1.85", "2.60"),
        ),
        Event(
            390815,
            datetime(2030, 6, 8, 17, 30, tzinfo=UTC),
            Team(1300010000, "gor-mahia", "Gor Mahia"),
            Team(1300020000, "tusker", "Tusker"),
            _bets("1.55", "3.80", "5.50"),
        ),
        Event(
            391814,
            datetime(2030, 6, 9, 13, 0, tzinfo=UTC),
            Team(1300030000, "afc-leopards", "AFC Leopards"),
            Team(1300040000, "bandari", "Bandari"),
            _bets("2.20", "3.10", "3.05", "1.72", "1.50"),
        ),
    )
    return {event.id: event for event in seeded}


_MARKET = (
    ("1", "Home", "MRFT", "Match Result Full Time"),
    ("X", "Draw", "MRFT", "Match Result Full Time"),
    ("2", "Away", "MRFT", "Match Result Full Time"),
    ("O2.5", "Over 2.5", "TGFT", "Total Goals Full Time"),
    ("U2.5", "Under 2.5", "TGFT", "Total Goals Full Time"),
    ("GG", "Both teams to score", "BTS", "Both Teams To Score"),
)


def _bets(*odds: str) -> dict[int, Bet]:
    """Bets 101, 102, … with these odds."""
    return {
        number: Bet(number, *names, Decimal(price))
        for number, (names, price) in enumerate(zip(_MARKET, odds, strict=False), start=101)
    }
