"""What the sandbox holds after its start: a partner client and its player, as the samples name them."""

from __future__ import annotations

from decimal import Decimal

from mockserver.kernel.players import PlayerSpec
from mockserver.kernel.tenant_settings import PARTNER_CLIENT
from mockserver.kernel.tenant_spec import TenantSpec

STANDARD_PLAYERS: tuple[PlayerSpec, ...] = (
    PlayerSpec(id="SomeUserId100", currency="EUR", balance=Decimal("7100.5")),
)
"""Whom a partner client has that names no players. Balances are in units of the currency."""


def clients() -> tuple[TenantSpec, ...]:
    """The seeded partner clients."""
    return (
        TenantSpec(kind=PARTNER_CLIENT, name="PartnerClient-1556", secret="PARTNERSECRET1556", settings={}),
    )
