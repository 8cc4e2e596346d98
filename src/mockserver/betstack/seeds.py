"""What the sandbox holds after its start: operators and players. All of it is made up or
printed by the vendor's public samples; no secret here opens anything but the sandbox."""

from __future__ import annotations

from decimal import Decimal

from mockserver.betstack.model import Feature
from mockserver.kernel.players import PlayerSpec, PlayerState
from mockserver.kernel.tenant_settings import OPERATOR
from mockserver.kernel.tenant_spec import TenantSpec

_PLAYER = PlayerSpec(
    id="1660986605374148608",
    currency="KES",
    tokens=("UnIqUe-ToKeN", "sGhx12skwrXsukbZmWh7bkCC9YPEzYQKtKSe9EfCth3Q"),
    balance=Decimal(1_000_000),
    msisdn="254700000001",
)

STANDARD_PLAYERS: tuple[PlayerSpec, ...] = (_PLAYER,)
"""Whom an operator has that names no players. Balances are in cents."""


def magic_player(name: str, currency: str | None) -> PlayerSpec:
    """The player that a magic value names."""
    return PlayerSpec(id=name, currency=currency or _PLAYER.currency, tokens=(name,), balance=_PLAYER.balance)


_SITE_PLAYERS = (
    _PLAYER,
    PlayerSpec(
        id="1660986605374148609",
        currency="KES",
        tokens=("second-player-token",),
        balance=Decimal(100),
        msisdn="254700000002",
    ),
    PlayerSpec(
        id="1660986605374148610",
        currency="KES",
        tokens=("blocked-player-token",),
        balance=Decimal(100_000),
        state=PlayerState.BLOCKED,
    ),
)


def operators() -> tuple[TenantSpec, ...]:
    """The seeded operators."""
    return (
        TenantSpec(kind=OPERATOR, name="site", secret="12345ABCDE", settings={}, players=_SITE_PLAYERS),
        TenantSpec(
            kind=OPERATOR,
            name="site-limited",
            secret="67890FGHIJ",
            settings={"features_off": [Feature.RESERVE.value, Feature.JACKPOT.value]},
        ),
        TenantSpec(
            kind=OPERATOR,
            name="acme",
            secret="54321KLMNO",
            settings={"utc_offset": "+02:00", "wht": "10"},
            players=(
                PlayerSpec(
                    id="1330556611374148608",
                    currency="USD",
                    tokens=("acme-player-token",),
                    balance=Decimal(100_000),
                ),
            ),
        ),
        TenantSpec(
            kind=OPERATOR,
            name="site-ug",
            secret="24680PQRST",
            settings={},
            players=(
                PlayerSpec(
                    id="1990440012345678901",
                    currency="UGX",
                    tokens=("uganda-player-token",),
                    balance=Decimal(50_000_000),
                    msisdn="256700000001",
                ),
            ),
        ),
    )
