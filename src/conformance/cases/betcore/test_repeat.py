"""Transactions that are sent again: each moves its money once."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from conformance.case import control, requirement
from conformance.casino import Casino
from conformance.client import expect_equal
from conformance.oracle import betcore as oracle
from conformance.signing import jwt_body

UP_TO_THERE: Final = {
    oracle.PAYOUT: (),
    oracle.BET_RETURN: (),
    oracle.PAYOUT_RETURN: (oracle.PAYOUT,),
    oracle.JACKPOT: (),
}
"""Type of transaction to what has to come between the bet and it."""


@requirement("BC-PAY-007", safety="moves-money", needs=("bet-return",))
def test_repeated_bet_return_is_booked_once(casino: Casino) -> None:
    """The same return of a bet sent again gives no money a second time."""
    _booked_and_repeated(casino, oracle.BET_RETURN)


@requirement("BC-PAY-007", safety="moves-money", needs=("payout-return",))
def test_repeated_payout_return_is_booked_once(casino: Casino) -> None:
    """The same return of a payout sent again takes no money a second time."""
    _booked_and_repeated(casino, oracle.PAYOUT_RETURN)


@requirement("BC-PAY-007", safety="moves-money", needs=("jackpot",))
def test_repeated_jackpot_is_booked_once(casino: Casino) -> None:
    """The same jackpot sent again pays no money a second time."""
    _booked_and_repeated(casino, oracle.JACKPOT)


@requirement("BC-PAY-007", safety="moves-money")
def test_bet_repeated_after_its_payout_takes_nothing(casino: Casino) -> None:
    """The same bet sent again when its payout is booked takes no money, and the payout again pays none."""
    bet = casino.accepted_bet()
    with control("the payout"):
        casino.transact(bet, oracle.PAYOUT, casino.stake * 2).must_be(oracle.SUCCESS)
    casino.repeat(bet, oracle.BET, casino.stake, "after its payout")
    casino.repeat(bet, oracle.PAYOUT, casino.stake * 2, "after the bet was repeated")


@requirement("BC-PAY-007", "BC-CLS-004", safety="moves-money")
def test_payout_repeated_after_the_closing_pays_nothing(casino: Casino) -> None:
    """The same payout sent again when the bet is closed pays no money a second time."""
    bet = casino.accepted_bet()
    with control("the payout and the closing"):
        casino.transact(bet, oracle.PAYOUT, casino.stake * 2).must_be(oracle.SUCCESS)
        casino.close(bet).must_be(oracle.SUCCESS)
    answer = casino.make(bet, oracle.PAYOUT, casino.stake * 2)
    casino.books_must_agree("the repeat of a payout was sent after the bet was closed")
    if not answer.accepted and not answer.is_code(oracle.DUPLICATE):
        answer.must_be(oracle.CLOSED)


@requirement("BC-PAY-007", safety="moves-money")
def test_ten_simultaneous_equal_payouts_are_booked_once(casino: Casino) -> None:
    """Of ten equal payouts sent at once exactly one pays."""
    casino.make_at_once(10, casino.accepted_bet(), oracle.PAYOUT, casino.stake * 2)


@requirement("BC-PAY-007", safety="moves-money", needs=("bet-return",))
def test_ten_simultaneous_equal_returns_are_booked_once(casino: Casino) -> None:
    """Of ten equal returns of a bet sent at once exactly one gives the stake back."""
    casino.make_at_once(10, casino.accepted_bet(), oracle.BET_RETURN, casino.stake)


@requirement("BC-PAY-007", safety="moves-money", needs=("jackpot",))
def test_ten_simultaneous_equal_jackpots_are_booked_once(casino: Casino) -> None:
    """Of ten equal jackpots sent at once exactly one pays."""
    casino.make_at_once(10, casino.accepted_bet(), oracle.JACKPOT, casino.stake)


@requirement("BC-PAY-008", safety="moves-money")
def test_repeated_payout_with_another_amount_is_refused(casino: Casino) -> None:
    """The same payout with another amount, greater or smaller, is refused; the first booking stands."""
    bet = casino.accepted_bet()
    with control("the payout"):
        casino.transact(bet, oracle.PAYOUT, casino.stake).must_be(oracle.SUCCESS)
    for amount in (casino.stake * 2, casino.stake / 2, Decimal(0)):
        answer = casino.make(bet, oracle.PAYOUT, amount)
        casino.books_must_agree(f"the repeat of a payout over {casino.stake} was sent with {amount}")
        answer.must_be(oracle.DUPLICATE_CHANGED)


@requirement("BC-JWT-025", safety="moves-money")
def test_same_token_may_come_twice(casino: Casino) -> None:
    """The same bytes sent twice are a repeat: the second time is answered as one and moves nothing."""
    casino.open_books(needed=casino.stake)
    bet = casino.new_bet()
    body = jwt_body(casino.token(casino.payment(bet, oracle.BET, casino.stake)))
    first = casino.send("makePayment", body)
    casino.enter(first, bet, oracle.BET, -casino.stake, "a bet")
    first.must_be(oracle.SUCCESS)

    again = casino.send("makePayment", body)
    casino.books_must_agree("the same token was sent a second time")
    expect_equal(
        "the second time is refused for its token", expected=False, actual=again.is_code(oracle.JWT_INVALID)
    )
    if not again.accepted:
        again.must_be(oracle.DUPLICATE)


def _booked_and_repeated(casino: Casino, kind: int) -> None:
    """The transaction is booked for a new bet, then sent again."""
    bet = casino.accepted_bet()
    with control(f"the first {oracle.NAMES[kind]}"):
        for earlier in (*UP_TO_THERE[kind], kind):
            casino.transact(bet, earlier, casino.stake).must_be(oracle.SUCCESS)
    casino.repeat(bet, kind, casino.stake)
