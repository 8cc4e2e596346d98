"""Cashback, and its cancellation."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from conformance.case import control, requirement
from conformance.casino import Casino
from conformance.client import expect_equal
from conformance.errors import Hazard
from conformance.oracle import betcore as oracle

NEEDS: Final = ("cashback",)
PAID, TAKEN_BACK = oracle.CASHBACK, oracle.CASHBACK_CANCELLED
CENT: Final = Decimal("0.01")


@requirement("BC-CSH-001", safety="moves-money", needs=NEEDS)
def test_cashback_can_be_paid(casino: Casino) -> None:
    """A cashback is accepted, and the player has more afterwards."""
    casino.open_books()
    before = casino.read_balance()
    casino.transact_cashback(casino.new_bet(), PAID, casino.stake).must_be(oracle.SUCCESS)
    if (after := casino.read_balance()) <= before:
        raise Hazard(
            f"a cashback of {casino.stake} left the balance at {after}, it was {before}",
            expected=f"more than {before}",
            actual=str(after),
        )


@requirement("BC-CSH-002", safety="moves-money", needs=NEEDS)
def test_paid_cashback_can_be_cancelled(casino: Casino) -> None:
    """A cashback that was paid is cancelled, and the player has what they had before."""
    cashback = _paid(casino)
    casino.transact_cashback(cashback, TAKEN_BACK, casino.stake).must_be(oracle.SUCCESS)


@requirement("BC-CSH-003", safety="moves-money", needs=NEEDS)
def test_booked_cashback_says_success(casino: Casino) -> None:
    """Paying and cancelling a cashback answer ErrorCode 200 and Message Success."""
    casino.open_books()
    cashback = casino.new_bet()
    for kind in (PAID, TAKEN_BACK):
        answer = casino.transact_cashback(cashback, kind, casino.stake).must_be(oracle.SUCCESS)
        answer.must_say(oracle.MESSAGES[oracle.SUCCESS])


@requirement("BC-CSH-005", safety="moves-money", needs=NEEDS)
def test_cashback_moves_its_amount(casino: Casino) -> None:
    """Paying adds exactly Amount, cancelling takes exactly Amount, to the last cent, and may come anew."""
    casino.open_books()
    for amount in (casino.stake, CENT, casino.stake / 3):
        exact, cashback = amount.quantize(CENT), casino.new_bet()
        for kind in (PAID, TAKEN_BACK, PAID, TAKEN_BACK):
            casino.transact_cashback(cashback, kind, exact).must_be(oracle.SUCCESS)


@requirement("BC-CSH-006", safety="moves-money", needs=NEEDS)
def test_cashback_of_an_unknown_player_is_refused(casino: Casino) -> None:
    """A cashback for an unknown player is answered with 102145."""
    with control("a known player"):
        _paid(casino)
    answer = casino.cashback(
        casino.new_bet(), PAID, casino.stake, PartnerUserId=f"unknown-{casino.new_bet()}"
    )
    casino.books_must_agree("a cashback for an unknown player was sent")
    answer.must_be(oracle.UNKNOWN_USER)


@requirement("BC-CSH-007", safety="moves-money", needs=NEEDS)
def test_cashback_that_was_never_paid_is_not_cancelled(casino: Casino) -> None:
    """Cancelling a cashback that was never paid is answered with 990013 and takes nothing."""
    casino.open_books(needed=casino.stake)
    casino.transact_cashback(casino.new_bet(), TAKEN_BACK, casino.stake).must_be(oracle.UNKNOWN_CASHBACK)
    with control("one that was paid"):
        casino.transact_cashback(_paid(casino), TAKEN_BACK, casino.stake).must_be(oracle.SUCCESS)


@requirement("BC-CSH-008", safety="moves-money", needs=NEEDS)
def test_cashback_is_cancelled_as_a_whole(casino: Casino) -> None:
    """Cancelling more or less than was paid is answered with 103801 and takes nothing."""
    cashback = _paid(casino)
    for amount in (casino.stake / 2, casino.stake + 1):
        casino.transact_cashback(cashback, TAKEN_BACK, amount).must_be(oracle.INCORRECT_AMOUNT)
    with control("what was paid"):
        casino.transact_cashback(cashback, TAKEN_BACK, casino.stake).must_be(oracle.SUCCESS)


@requirement("BC-CSH-009", safety="moves-money", needs=NEEDS)
def test_repeated_cashback_is_booked_once(casino: Casino) -> None:
    """A payment or cancellation sent again gets 990002 with the id of the first, and moves no money twice."""
    casino.open_books()
    cashback = casino.new_bet()
    for kind in (PAID, TAKEN_BACK):
        first = casino.transact_cashback(cashback, kind, casino.stake).must_be(oracle.SUCCESS)
        again = casino.cashback(cashback, kind, casino.stake)
        what = "payment" if kind == PAID else "cancellation"
        casino.books_must_agree(f"the {what} of a cashback was repeated")
        again.must_be(oracle.DUPLICATE).must_name_transaction(first.transaction)


@requirement("BC-CSH-010", safety="moves-money", needs=NEEDS)
def test_repeated_cashback_with_another_amount_is_refused(casino: Casino) -> None:
    """A payment sent again with another amount is answered with 990003; the first stands."""
    cashback = _paid(casino)
    answer = casino.cashback(cashback, PAID, casino.stake * 2)
    casino.books_must_agree("the payment of a cashback was repeated with another amount")
    answer.must_be(oracle.DUPLICATE_CHANGED)


@requirement("BC-CSH-011", safety="moves-money", needs=NEEDS)
def test_cancellation_beyond_the_balance_is_refused(casino: Casino) -> None:
    """Cancelling a cashback that is spent is answered with 990001 and takes nothing."""
    cashback = _paid(casino)
    with control("a bet of the balance but a cent"):
        casino.transact(casino.new_bet(), oracle.BET, casino.read_balance() - CENT).must_be(oracle.SUCCESS)
    answer = casino.transact_cashback(cashback, TAKEN_BACK, casino.stake)
    if answer.accepted:
        casino.balance_must_not_be_negative()
    answer.must_be(oracle.INSUFFICIENT_FUNDS)


@requirement("BC-CSH-012", safety="moves-money", needs=NEEDS)
def test_cashback_without_a_required_field_is_refused(casino: Casino) -> None:
    """Data that lack one of the four fields are answered with 103752 and move nothing."""
    casino.open_books()
    cashback = casino.new_bet()
    whole = casino.payment(cashback, PAID, casino.stake)
    for name in oracle.CASHBACK_FIELDS:
        with casino.channel.evidence.during(f"without {name}"):
            data = {key: value for key, value in whole.items() if key != name}
            answer = casino.call("makeCashback", data, legal=False)
            casino.books_must_agree(f"a cashback without {name} was sent")
            answer.must_be(oracle.INVALID_REQUEST)
    with control("with all four"):
        casino.transact_cashback(cashback, PAID, casino.stake).must_be(oracle.SUCCESS)


@requirement("BC-CSH-005", safety="moves-money", needs=NEEDS)
def test_cashback_and_bet_of_one_id_are_two_things(casino: Casino) -> None:
    """A cashback with the id of a closed bet is paid, and the bet is none the wiser."""
    bet = casino.accepted_bet()
    with control("closing the bet"):
        casino.close(bet).must_be(oracle.SUCCESS)
    casino.transact_cashback(bet, PAID, casino.stake).must_be(oracle.SUCCESS)
    answer = casino.transact(bet, oracle.PAYOUT, casino.stake)
    expect_equal("a payout for the closed bet is accepted", expected=False, actual=answer.accepted)


def _paid(casino: Casino) -> int:
    """A cashback of the stake that the casino has paid."""
    if casino.books is None:
        casino.open_books()
    cashback = casino.new_bet()
    with control("paying it"):
        casino.transact_cashback(cashback, PAID, casino.stake).must_be(oracle.SUCCESS)
    return cashback
