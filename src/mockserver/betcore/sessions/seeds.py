"""What the sandbox holds after its start: a game provider, its players, and sessions that are launched. The
counterparty and the first player are those of the samples; the rest is made up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from mockserver.betcore.sessions.model import Mode
from mockserver.kernel.players import PlayerSpec, PlayerState
from mockserver.kernel.tenant_settings import PROVIDER
from mockserver.kernel.tenant_spec import TenantSpec

STANDARD_PLAYERS: tuple[PlayerSpec, ...] = (
    PlayerSpec(id="553314AA2", currency="EUR", balance=Decimal("750.5")),
    PlayerSpec(id="553314AA3", currency="EUR", balance=Decimal("750.5"), state=PlayerState.BLOCKED),
)
"""Whom a provider has that names no players. Balances are in units of the currency."""


@dataclass(frozen=True, slots=True)
class StandardSession:
    """A session that is launched from the beginning, in the first game."""

    id: str
    user_id: str
    mode: Mode


STANDARD_GAME = "101"
STANDARD_SESSIONS = (
    StandardSession("6f1c1f62-5a0b-4f0e-9f6d-0b6f6f6a7c11", "553314AA2", Mode.REAL),
    StandardSession("0b8d5f0e-3c5e-4e0e-8a53-2a9d2f6f9b52", "553314AA2", Mode.DEMO),
    StandardSession("c2a4de1b-6a2e-4a0c-8d3e-5a6f7b8c9d01", "553314AA3", Mode.REAL),
)
"""Those that every provider has whose players are these."""


def providers() -> tuple[TenantSpec, ...]:
    """The seeded game providers."""
    return (
        TenantSpec(
            kind=PROVIDER,
            name="933a215f-a9e6-4f88-9d91-52a87cd50499",
            secret="PROVIDERSECRET933A",
            settings={},
        ),
    )
