"""Transactions in every order: what a bet takes, and that no order makes or loses money."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from conformance.case import control, requirement
from conformance.casino import Casino
from conformance.casino_answer import Answer
from conformance.errors import Hazard, Mismatch
from conformance.oracle import betcore as oracle

CENT: Final = Decimal("0.01")


@requirement("BC-LIF-001", safety="moves-money")
def test_accepted_bet_opens(casino: Casino) -> None:
    """An accepted bet is open: its payout is booked."""
    bet = casino.accepted_bet()
    casino.transact(bet, oracle.PAYOUT, casino.stake).must_be(oracle.SUCCESS)


@requirement("BC-LIF-002", safety="moves-money")
def test_refused_bet_is_none(casino: Casino) -> None:
    """A payout for a bet that was refused is refused with 990004 and pays nothing."""
    bet = _refused_bet(casino)
    casino.transact(bet, oracle.PAYOUT, casino.stake).must_be(oracle.UNKNOWN_BET)
    with control("a payout for an accepted bet"):
        casino.transact(casino.accepted_bet(), oracle.PAYOUT, casino.stake).must_be(oracle.SUCCESS)


@requirement("BC-PAY-022", safety="moves-money", needs=("bet-return",))
def test_return_of_a_refused_bet_gives_nothing(casino: Casino) -> None:
    """The return of a bet that was refused gives no money: nothing was taken."""
    bet = _refused_bet(casino)
    answer = casino.make(bet, oracle.BET_RETURN, casino.stake)
    casino.books_must_agree("the return of a bet that was refused was sent")
    answer.must_be(oracle.SUCCESS)
    with control("the return of an accepted bet"):
        casino.transact(casino.accepted_bet(), oracle.BET_RETURN, casino.stake).must_be(oracle.SUCCESS)


@requirement("BC-LIF-003", safety="moves-money", needs=("bet-return", "payout-return", "jackpot"))
def test_bet_stays_open_after_every_transaction(casino: Casino) -> None:
    """After a payout, its return, a jackpot and the return of the bet further transactions are booked."""
    bet = casino.accepted_bet()
    for kind in (
        oracle.PAYOUT,
        oracle.PAYOUT_RETURN,
        oracle.PAYOUT,
        oracle.JACKPOT,
        oracle.PAYOUT_RETURN,
        oracle.BET_RETURN,
        oracle.BET,
        oracle.PAYOUT,
    ):
        casino.transact(bet, kind, casino.stake).must_be(oracle.SUCCESS)


@requirement("BC-LIF-004", safety="moves-money", needs=("reopen",))
def test_reopened_bet_takes_every_transaction_anew(casino: Casino) -> None:
    """A payout that was booked is a repeat while the bet is open, and a new one when it was reopened."""
    bet = casino.accepted_bet()
    with control("the payout, and its repeat"):
        casino.transact(bet, oracle.PAYOUT, casino.stake).must_be(oracle.SUCCESS)
        casino.repeat(bet, oracle.PAYOUT, casino.stake)
    with control("closing and reopening"):
        casino.close(bet).must_be(oracle.SUCCESS)
        casino.close(bet, closed=False).must_be(oracle.SUCCESS)
    casino.transact(bet, oracle.PAYOUT, casino.stake).must_be(oracle.SUCCESS)
    casino.repeat(bet, oracle.PAYOUT, casino.stake, "after the reopening")


@requirement("BC-PAY-022", safety="moves-money", needs=("bet-return",))
def test_bet_after_its_return_takes_nothing(casino: Casino) -> None:
    """A return that overtakes its bet succeeds and moves nothing; the bet that comes late is refused."""
    casino.open_books(needed=casino.stake)
    bet = casino.new_bet()
    returned = casino.make(bet, oracle.BET_RETURN, casino.stake)
    casino.books_must_agree("the return of a bet that has not come yet was sent")
    late = casino.make(bet, oracle.BET, casino.stake)
    if returned.accepted:
        casino.books_must_agree("a bet was sent whose return had been accepted before")
    else:
        casino.enter(late, bet, oracle.BET, -casino.stake, "the late bet")
    returned.must_be(oracle.SUCCESS)
    late.must_be(oracle.CLOSED)
    with control("another bet"):
        casino.accepted_bet()


@requirement("BC-PAY-022", safety="moves-money", needs=("bet-return",))
def test_bet_and_its_return_at_once_leave_no_debit(casino: Casino) -> None:
    """A bet and its return sent at once: where the return is accepted, nothing is taken in the end."""
    books = casino.open_books(needed=casino.stake * 2)
    with control("a bet and its payout"):
        casino.transact(casino.accepted_bet(), oracle.PAYOUT, casino.stake).must_be(oracle.SUCCESS)
    for _ in range(5):
        bet = casino.new_bet()
        taken, given = casino.together(
            [(bet, kind, casino.stake) for kind in (oracle.BET, oracle.BET_RETURN)]
        )
        if taken.accepted and not given.accepted:
            books.book(bet, oracle.BET, -casino.stake)
        casino.books_must_agree(
            f"a bet ({_word(taken)}) and its return ({_word(given)}) were sent at once",
            -casino.stake if taken.accepted and not given.accepted else Decimal(0),
        )
        given.must_be(oracle.SUCCESS)
        if not taken.accepted:
            taken.must_be(oracle.CLOSED)


@requirement("BC-PAY-023", safety="moves-money", needs=("jackpot",))
def test_jackpot_may_come_alone(casino: Casino) -> None:
    """A jackpot for a bet that was never accepted is booked, and its repeat pays nothing."""
    casino.open_books()
    bet = casino.new_bet()
    casino.transact(bet, oracle.JACKPOT, casino.stake).must_be(oracle.SUCCESS)
    casino.repeat(bet, oracle.JACKPOT, casino.stake)


@requirement("BC-PAY-009", safety="moves-money")
def test_payout_without_a_bet_is_not_paid_twice(casino: Casino) -> None:
    """A payout for a bet that was never accepted, sent twice, pays once at most."""
    casino.open_books()
    bet = casino.new_bet()
    first = casino.transact(bet, oracle.PAYOUT, casino.stake)
    second = casino.make(bet, oracle.PAYOUT, casino.stake)
    casino.books_must_agree("a payout without a bet was sent a second time")
    first.must_be(oracle.UNKNOWN_BET)
    second.must_be(oracle.UNKNOWN_BET)
    with control("a payout for an accepted bet"):
        casino.transact(casino.accepted_bet(), oracle.PAYOUT, casino.stake).must_be(oracle.SUCCESS)


@requirement(
    *("BC-PAY-012", "BC-PAY-022"),
    safety="moves-money",
    needs=("bet-return", "payout-return", "jackpot"),
)
def test_every_pair_of_transactions_moves_what_its_answers_say(casino: Casino) -> None:
    """After any two transactions of a new bet the balance has moved by what was accepted, and by no more."""
    books = casino.open_books(needed=casino.stake * 10)
    with control("a bet and its payout"):
        casino.transact(casino.accepted_bet(), oracle.PAYOUT, casino.stake).must_be(oracle.SUCCESS)
    for first in oracle.EFFECT:
        for second in oracle.EFFECT:
            bet, seen = casino.new_bet(), list[int]()
            for kind in (first, second):
                answer = casino.make(bet, kind, casino.stake)
                told = f"{' after '.join(oracle.NAMES[one] for one in (kind, *reversed(seen)))}"
                if answer.raw.status is None:
                    raise Mismatch(f"{told} got no answer", expected="an answer", actual="none")
                # What was never taken can't be given back (BC-ASM-016), what was taken comes back once.
                move = Decimal(0)
                if answer.accepted and not (kind == oracle.BET_RETURN and oracle.BET not in seen):
                    move = oracle.effect(kind, casino.stake)
                if answer.accepted and kind in seen:
                    move = Decimal(0)
                if answer.accepted and kind == oracle.BET and oracle.BET_RETURN in seen:
                    raise Hazard(
                        f"{told}: the late bet was accepted although its return had been",
                        expected="a refusal",
                        actual=answer.raw.describe(),
                    )
                if move:
                    books.book(bet, kind, move)
                casino.books_must_agree(f"{told} was {_word(answer)}", move)
                if answer.accepted:
                    seen.append(kind)


@requirement("BC-PAY-029", safety="moves-money", needs=("bet-return", "payout-return"))
def test_return_of_another_amount_is_refused(casino: Casino) -> None:
    """A return over less or more than what it takes back, or of nothing, gets 103801 and moves nothing."""
    bet = casino.accepted_bet()
    for amount in (casino.stake / 2, casino.stake * 2):
        casino.transact(bet, oracle.BET_RETURN, amount).must_be(oracle.INCORRECT_AMOUNT)
    casino.transact(bet, oracle.PAYOUT_RETURN, casino.stake).must_be(oracle.INCORRECT_AMOUNT)
    with control("the payout"):
        casino.transact(bet, oracle.PAYOUT, casino.stake).must_be(oracle.SUCCESS)
    for amount in (casino.stake / 2, casino.stake * 2):
        casino.transact(bet, oracle.PAYOUT_RETURN, amount).must_be(oracle.INCORRECT_AMOUNT)
    with control("returns over what was booked"):
        for kind in (oracle.PAYOUT_RETURN, oracle.BET_RETURN):
            casino.transact(bet, kind, casino.stake).must_be(oracle.SUCCESS)


def _refused_bet(casino: Casino) -> int:
    """A bet that the casino has refused, because the balance does not pay for it."""
    casino.open_books(needed=casino.stake)
    bet = casino.new_bet()
    with control("a bet beyond the balance is refused"):
        casino.transact(bet, oracle.BET, casino.read_balance() + CENT).must_be(oracle.INSUFFICIENT_FUNDS)
    return bet


def _word(answer: Answer) -> str:
    return "accepted" if answer.accepted else "refused"
