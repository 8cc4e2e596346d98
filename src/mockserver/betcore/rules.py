"""How transactions move money and which ones open a slot for which, as rows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from mockserver.betcore.model import HOUSE, Payment
from mockserver.betcore.states import TransactionType
from mockserver.kernel.players import account_of


@dataclass(frozen=True, slots=True)
class Effect:
    """What a type of transaction does to the player's balance (BC-ASM-022)."""

    takes: bool
    """Takes from the player; gives otherwise."""
    taxed: bool
    """The amount that moves is ``Amount`` less ``TaxAmount`` (BC-ASM-020)."""
    opens: TransactionType | None
    """The opposite transaction, which may come anew after this one (BC-ASM-013)."""


EFFECTS = MappingProxyType(
    {
        TransactionType.ACCEPT: Effect(takes=True, taxed=False, opens=TransactionType.RETURN),
        TransactionType.RETURN: Effect(takes=False, taxed=False, opens=TransactionType.ACCEPT),
        TransactionType.PAYOUT: Effect(takes=False, taxed=True, opens=TransactionType.PAYOUT_RETURN),
        TransactionType.PAYOUT_RETURN: Effect(takes=True, taxed=True, opens=TransactionType.PAYOUT),
        TransactionType.JACKPOT: Effect(takes=False, taxed=True, opens=None),
    }
)


def moved_amount(payment: Payment) -> Decimal:
    """How much the player's balance moves by, never negative for a payment that passed the rules."""
    return payment.amount - payment.tax if EFFECTS[payment.type].taxed else payment.amount


def source_and_destination(payment: Payment) -> tuple[str, str]:
    """Ledger accounts that the money leaves and reaches."""
    player = account_of(payment.user_id)
    return (player, HOUSE) if EFFECTS[payment.type].takes else (HOUSE, player)
