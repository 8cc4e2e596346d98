"""Cashback of a casino's players, paid and cancelled (source: betcore/cashback-make; BC-ASM-055,
BC-ASM-056). It is decided without giving up the event loop."""

from __future__ import annotations

from mockserver.betcore.books import Cashback
from mockserver.betcore.model import PartnerClient
from mockserver.betcore.payment import Payment
from mockserver.betcore.refusals import Refusal
from mockserver.betcore.service import Booking, book, player_of, repeated
from mockserver.betcore.states import (
    CASHBACK_TRANSITIONS,
    EVENT_OF,
    CashbackState,
    TransactionType,
)
from mockserver.kernel.errors import Rejection
from mockserver.kernel.money import decimal_text
from mockserver.kernel.transitions import IllegalTransition, next_state


class CashbackDesk:
    """Cashbacks of the casino's players, whatever their state (BC-ASM-060)."""

    def make(self, client: PartnerClient, payment: Payment) -> Booking:
        """Pay a cashback or cancel it, or refuse that and book nothing.

        :raises Rejection: in this order: unknown player, unknown cashback, another amount than was paid,
            the same again, not enough money to take back
        """
        player_of(client, payment.user_id)
        cashback = client.books.cashbacks.find(payment.user_id, payment.bet_id) or Cashback()
        if payment.type is TransactionType.PAYOUT_RETURN:
            _require_paid(cashback, payment)
        try:
            state = next_state(CASHBACK_TRANSITIONS, cashback.state, EVENT_OF[payment.type])
        except IllegalTransition:
            raise repeated(payment, cashback.history[-1]) from None
        booking = book(client, payment, payment.amount)
        cashback.history.append(booking.transaction)
        cashback.state = state
        client.books.cashbacks.keep(payment.user_id, payment.bet_id, cashback)
        return booking


def _require_paid(cashback: Cashback, cancellation: Payment) -> None:
    if cashback.state is CashbackState.UNKNOWN:
        raise Rejection(
            Refusal.UNKNOWN_CASHBACK,
            f"BetId {cancellation.bet_id}: no cashback of this id was paid to player "
            f"`{cancellation.user_id}`",
        )
    paid = cashback.history[-1].payment.amount  # a cancellation names the same
    if cancellation.amount != paid:
        raise Rejection(
            Refusal.INCORRECT_AMOUNT,
            f"Amount {decimal_text(cancellation.amount)}: cashback {cancellation.bet_id} "
            f"was {decimal_text(paid)}",
        )
