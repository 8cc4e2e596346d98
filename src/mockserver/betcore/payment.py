"""Transactions of a casino's wallet. Amounts are decimals in the player's currency, major units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from mockserver.betcore.states import TransactionType


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A transaction as BETCORE asks for it. ``bet_id`` is text, whatever the wire had (BC-ASM-003); of a
    cashback it is the cashback's id (BC-ASM-055)."""

    user_id: str
    bet_id: str
    type: TransactionType
    amount: Decimal
    tax: Decimal = Decimal(0)
    promo_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """A payment that was booked."""

    id: str
    """The casino's own, ``PartnerTransactionId``."""
    number: int
    """Counts what the casino has booked for its client; tells the order of booking."""
    at: datetime
    payment: Payment
    moved: Decimal
    """How much the balance moved by, never negative; the type says in which direction."""
