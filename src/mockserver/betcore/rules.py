"""How transactions move money, which ones open a slot for which and which one takes which back, as rows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from mockserver.betcore.books import Bet
from mockserver.betcore.model import HOUSE
from mockserver.betcore.payment import Payment, Transaction
from mockserver.betcore.states import TransactionType
from mockserver.kernel.players import account_of


@dataclass(frozen=True, slots=True)
class Effect:
    """What a type of transaction does to the player's balance (BC-ASM-022)."""

    takes: bool
    """Takes from the player; gives otherwise."""
    taxed: bool
    """The amount that moves is ``Amount`` less ``TaxAmount``, if that is inside (BC-ASM-020)."""
    opens: TransactionType | None
    """The opposite transaction, which may come anew after this one (BC-ASM-013)."""
    returns: bool = False
    """Takes the opposite transaction back (BC-ASM-110)."""


EFFECTS = MappingProxyType(
    {
        TransactionType.ACCEPT: Effect(True, False, TransactionType.RETURN),
        TransactionType.RETURN: Effect(False, False, TransactionType.ACCEPT, returns=True),
        TransactionType.PAYOUT: Effect(False, True, TransactionType.PAYOUT_RETURN),
        TransactionType.PAYOUT_RETURN: Effect(True, True, TransactionType.PAYOUT, returns=True),
        TransactionType.JACKPOT: Effect(False, True, None),
    }
)

INSIDE, ON_TOP = "inside", "on_top"
"""Readings of ``TaxAmount``: a part of ``Amount``, or on top of it (BC-ASM-020)."""


def moved_amount(payment: Payment, tax_reading: str) -> Decimal:
    """How much the player's balance moves by, never negative for a payment that passed the rules."""
    withheld = EFFECTS[payment.type].taxed and tax_reading == INSIDE
    return payment.amount - payment.tax if withheld else payment.amount


def source_and_destination(payment: Payment) -> tuple[str, str]:
    """Ledger accounts that the money leaves and reaches."""
    player = account_of(payment.user_id)
    return (player, HOUSE) if EFFECTS[payment.type].takes else (HOUSE, player)


def returned_by(bet: Bet, payment: Payment) -> Transaction | None:
    """The latest stake or payout of the bet that stands and that this return can take back: one of the
    same amount, and of the same tax where tax counts (BC-ASM-110)."""
    effect = EFFECTS[payment.type]
    for standing in reversed(bet.standing):
        it = standing.payment
        taxed_alike = not effect.taxed or it.tax == payment.tax
        if it.type is effect.opens and it.amount == payment.amount and taxed_alike:
            return standing
    return None


def enter(bet: Bet, transaction: Transaction) -> None:
    """Write a transaction into its bet: the history, its slot, and what stands."""
    kind = transaction.payment.type
    effect = EFFECTS[kind]
    bet.history.append(transaction)
    bet.slots[kind] = transaction
    if effect.opens is not None:
        bet.slots.pop(effect.opens, None)
    if not effect.returns:
        if effect.opens is not None:
            bet.standing.append(transaction)
    elif (returned := returned_by(bet, transaction.payment)) is not None:
        bet.standing = [one for one in bet.standing if one is not returned]


def reopen(bet: Bet) -> None:
    """Let the bet take every transaction anew (BC-ASM-013); what stands stays."""
    bet.slots.clear()
    bet.anew_from = len(bet.history)
