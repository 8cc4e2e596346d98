"""Use cases of a casino's wallet. Each is decided without giving up the event loop."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from mockserver.betcore.books import Bet
from mockserver.betcore.model import PartnerClient
from mockserver.betcore.payment import Payment, Transaction
from mockserver.betcore.refusals import Refusal
from mockserver.betcore.rules import (
    EFFECTS,
    INSIDE,
    enter,
    moved_amount,
    reopen,
    returned_by,
    source_and_destination,
)
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
        player_of(client, user_id)
        return client.ledger.balance(account_of(user_id))

    def make(self, client: PartnerClient, payment: Payment) -> Booking:
        """Book one transaction, or refuse it and book nothing.

        :raises Rejection: in this order: unknown player, closed or unknown bet, the same transaction
            again, an amount that can't be, a player who may not bet, not enough money
        """
        player = player_of(client, payment.user_id)
        bet = client.books.bets.find(payment.user_id, payment.bet_id) or Bet()
        state = _state_after(bet, payment)
        _require_new(bet, payment)
        amount = _amount_to_move(bet, payment, state, client.settings["tax_reading"])
        if payment.type is TransactionType.ACCEPT and not player.may_bet:  # BC-ASM-060
            raise Rejection(Refusal.BLOCKED, f"player `{player.id}` is `{player.state}`")
        booking = book(client, payment, amount)
        enter(bet, booking.transaction)
        bet.state = state
        client.books.bets.keep(payment.user_id, payment.bet_id, bet)
        return booking

    def transactions(self, client: PartnerClient, bet_id: str) -> list[Transaction]:
        """Every player's transactions of a bet, in the order of booking (BC-ASM-041, BC-ASM-042).

        :raises Rejection: there is none (BC-ASM-043)
        """
        found = client.books.transactions(bet_id)
        if not found:
            raise Rejection(
                Refusal.UNKNOWN_BET, f"BetId {bet_id}: client `{client.name}` has no transaction of it"
            )
        return found

    def close(self, client: PartnerClient, bet_id: str, *, closed: bool) -> None:
        """Close or reopen every player's bet of this id; repeating it changes nothing (BC-ASM-021)."""
        event = Event.CLOSE if closed else Event.REOPEN
        for bet in client.books.bets.all_with(bet_id):
            before, bet.state = bet.state, next_state(TRANSITIONS, bet.state, event)
            if event is Event.REOPEN and before is not bet.state:
                reopen(bet)


def player_of(client: PartnerClient, user_id: str) -> Player:
    """The client's player.

    :raises Rejection: the casino has no such player
    """
    player = client.players.find(user_id)
    if player is None:
        raise Rejection(
            Refusal.UNKNOWN_USER, f"PartnerUserId: client `{client.name}` has no player `{user_id}`"
        )
    return player


def book(client: PartnerClient, payment: Payment, amount: Decimal) -> Booking:
    """Move the money of a payment that nothing else speaks against.

    :param amount: how much moves; the type says in which direction
    :raises Rejection: the balance is lower than what is to be taken; nothing has changed
    """
    account = account_of(payment.user_id)
    balance = client.ledger.balance(account)
    if EFFECTS[payment.type].takes and amount > balance:
        raise Rejection(
            Refusal.INSUFFICIENT_FUNDS,
            f"balance is {decimal_text(balance)}, to take are {decimal_text(amount)}",
            details={"Balance": decimal_text(balance)},
        )
    client.books.booked += 1
    transaction = Transaction(
        id=client.ids.hex(_ID_DIGITS),
        number=client.books.booked,
        at=client.clock.now(),
        payment=payment,
        moved=amount,
    )
    client.ledger.post(*source_and_destination(payment), amount, transaction.id)
    return Booking(transaction, client.ledger.balance(account))


def repeated(payment: Payment, booked: Transaction) -> Rejection:
    """The refusal of a payment in whose place another one was booked before (BC-ASM-015)."""
    same = (booked.payment.amount, booked.payment.tax) == (payment.amount, payment.tax)
    return Rejection(
        Refusal.DUPLICATE if same else Refusal.DUPLICATE_CHANGED,
        f"TransactionType {payment.type.value} of BetId {payment.bet_id} was booked before "
        f"with Amount {decimal_text(booked.payment.amount)}; nothing was booked now",
        details={"PartnerTransactionId": booked.id},
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
    if booked := bet.slots.get(payment.type):
        raise repeated(payment, booked)


def _amount_to_move(bet: Bet, payment: Payment, state: State, tax_reading: str) -> Decimal:
    """What a new transaction moves. A return moves what the one moved that it takes back; one that
    overtook its bet moves nothing (BC-ASM-016)."""
    if tax_reading == INSIDE and payment.tax > payment.amount:
        raise Rejection(
            Refusal.INCORRECT_AMOUNT,
            f"TaxAmount {decimal_text(payment.tax)} is greater than Amount {decimal_text(payment.amount)}",
        )
    if not EFFECTS[payment.type].returns:
        return moved_amount(payment, tax_reading)
    if state is State.RETURNED:
        return Decimal(0)
    returned = returned_by(bet, payment)
    if returned is None:
        raise Rejection(Refusal.INCORRECT_AMOUNT, _nothing_to_return(bet, payment))
    return returned.moved


def _nothing_to_return(bet: Bet, payment: Payment) -> str:
    """Why no transaction fits a return, for the integrator."""
    opposite = EFFECTS[payment.type].opens
    standing = [one.payment for one in bet.standing if one.payment.type is opposite]
    what = "stake" if opposite is TransactionType.ACCEPT else "payout"
    if not standing:
        return f"BetId {payment.bet_id} has no {what} that could be returned"
    latest = standing[-1]
    tax = f" with TaxAmount {decimal_text(latest.tax)}" if latest.tax or payment.tax else ""
    return (
        f"Amount {decimal_text(payment.amount)} is not that of a {what} of BetId {payment.bet_id} "
        f"that stands; the latest is {decimal_text(latest.amount)}{tax}"
    )
