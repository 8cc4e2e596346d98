"""What the sandbox holds after its start: a partner client and its players, as the samples name them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from mockserver.kernel.players import PlayerSpec, PlayerState
from mockserver.kernel.tenant_settings import PARTNER_CLIENT
from mockserver.kernel.tenant_spec import TenantSpec

STANDARD_PLAYERS: tuple[PlayerSpec, ...] = (
    PlayerSpec(
        id="SomeUserId100",
        currency="EUR",
        tokens=("8f14e45fceea167a5a36dedd4bea2543",),
        balance=Decimal("7100.5"),
    ),
    PlayerSpec(
        id="SomeUserId200",
        currency="EUR",
        tokens=("1c383cd30b7c298ab50293adfecb7b18",),
        balance=Decimal("7100.5"),
        state=PlayerState.BLOCKED,
    ),
)
"""Whom a partner client has that names no players. Balances are in units of the currency."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who has a refresh token, and no account yet."""

    token: str
    user_id: str
    currency: str


STANDARD_NEWCOMER = Newcomer("19ca14e7ea6328a42e0eb13d585e4c22", "SomeUserId300", "EUR")
"""Who comes to the client with the standard players."""


def clients() -> tuple[TenantSpec, ...]:
    """The seeded partner clients."""
    return (
        TenantSpec(kind=PARTNER_CLIENT, name="PartnerClient-1556", secret="PARTNERSECRET1556", settings={}),
    )
