"""Use cases of a casino's wallet. Each is decided without giving up the event loop."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from mockserver.betcore.model import Bet, PartnerClient, Payment, Transaction
from mockserver.betcore.refusals import Refusal
from mockserver.betcore.rules import EFFECTS, moved_amount, source_and_destination
from mockserver.betcore.states import EVENT_OF, TRANSITIONS, Event, State, TransactionType
from mockserver.kernel.errors import Rejection
from mockserver.kernel.money import decimal_text
from mockserver.kernel.players import Player, account_of
from mockserver.kernel.transitions import IllegalTransition, next_state

_ID_DIGITS = 32


@dataclass(frozen=True, slots=True)
class Booking:
    """A transaction that was booked, and the player's balance after it."""

    transaction: Transaction
    balance: Decimal


class Wallet:
    """Balances, transactions and bets of the casino's players."""

    def balance(self, client: PartnerClient, user_id: str) -> Decimal:
        """The player's balance, major units.

        :raises Rejection: the casino has no such player
        """
        _player(client, user_id)
        return client.ledger.balance(account_of(user_id))

    def make(self, client: PartnerClient, payment: Payment) -> Booking:
        """Book one transaction, or refuse it and book nothing.

        :raises Rejection: in this order: unknown player, tax beyond the amount, closed or unknown
            bet, the same transaction again, a player who may not bet, not enough money
        """
        player = _player(client, payment.user_id)
        balance = self.balance(client, payment.user_id)
        bet = client.books.bet(payment.user_id, payment.bet_id)
        _require_sound_tax(payment)
        state = _state_after(bet, payment)
        _require_new(bet, payment)
        if payment.type is TransactionType.ACCEPT and not player.may_bet:  # BC-ASM-060
            raise Rejection(Refusal.BLOCKED, f"player `{player.id}` is `{player.state}`")
        overtaken = state is State.RETURNED and payment.type is TransactionType.RETURN
        amount = Decimal(0) if overtaken else moved_amount(payment)
        if EFFECTS[payment.type].takes and amount > balance:
            raise Rejection(
                Refusal.INSUFFICIENT_FUNDS,
                f"balance is {decimal_text(balance)}, to take are {decimal_text(amount)}",
                details={"Balance": decimal_text(balance)},
            )
        transaction = Transaction(client.ids.hex(_ID_DIGITS), payment)
        client.ledger.post(*source_and_destination(payment), amount, transaction.id)
        _fill_slot(bet, transaction)
        bet.state = state
        client.books.keep(payment.user_id, payment.bet_id, bet)
        return Booking(transaction, client.ledger.balance(account_of(payment.user_id)))

    def close(self, client: PartnerClient, bet_id: str, *, closed: bool) -> None:
        """Close or reopen every player's bet of this id; repeating it changes nothing (BC-ASM-021)."""
        event = Event.CLOSE if closed else Event.REOPEN
        for bet in client.books.all_with(bet_id):
            before, bet.state = bet.state, next_state(TRANSITIONS, bet.state, event)
            if event is Event.REOPEN and before is not bet.state:
                bet.slots.clear()  # a reopened bet takes every transaction anew (BC-ASM-013)


def _player(client: PartnerClient, user_id: str) -> Player:
    player = client.players.find(user_id)
    if player is None:
        raise Rejection(
            Refusal.UNKNOWN_USER, f"PartnerUserId: client `{client.name}` has no player `{user_id}`"
        )
    return player


def _require_sound_tax(payment: Payment) -> None:
    if payment.tax > payment.amount:
        raise Rejection(
            Refusal.INCORRECT_AMOUNT,
            f"TaxAmount {decimal_text(payment.tax)} is greater than Amount {decimal_text(payment.amount)}",
        )


def _state_after(bet: Bet, payment: Payment) -> State:
    try:
        return next_state(TRANSITIONS, bet.state, EVENT_OF[payment.type])
    except IllegalTransition:
        kind = f"TransactionType {payment.type.value}"
        if bet.state in (State.UNKNOWN, State.JACKPOT_ONLY):
            raise Rejection(
                Refusal.UNKNOWN_BET,
                f"BetId {payment.bet_id}: no bet of player `{payment.user_id}` was accepted, "
                f"so {kind} is refused",
            ) from None
        raise Rejection(
            Refusal.CLOSED, f"BetId {payment.bet_id} is {bet.state}, so {kind} is refused"
        ) from None


def _require_new(bet: Bet, payment: Payment) -> None:
    booked = bet.slots.get(payment.type)
    if booked is None:
        return
    same = (booked.payment.amount, booked.payment.tax) == (payment.amount, payment.tax)
    raise Rejection(
        Refusal.DUPLICATE if same else Refusal.DUPLICATE_CHANGED,
        f"TransactionType {payment.type.value} of BetId {payment.bet_id} was booked before "
        f"with Amount {decimal_text(booked.payment.amount)}; nothing was booked now",
        details={"PartnerTransactionId": booked.id},
    )


def _fill_slot(bet: Bet, transaction: Transaction) -> None:
    kind: TransactionType = transaction.payment.type
    bet.slots[kind] = transaction
    opposite = EFFECTS[kind].opens
    if opposite is not None:
        bet.slots.pop(opposite, None)
