"""Bets that are taken: what each call moves, what it says, and in which forms it may be written."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from conformance.case import control, requirement
from conformance.client import shown
from conformance.code_answer import Answer
from conformance.errors import Mismatch
from conformance.oracle import sessions as oracle
from conformance.session_books import plain
from conformance.session_wallet import Wallet

TENTH: Final = Decimal("0.1")
"""No binary fraction: three of them added up as floats are no 0.3."""


@requirement("BC-BET-001", "BC-BET-002", safety="moves-money")
def test_registration_takes_the_stake(wallet: Wallet) -> None:
    """A bet that is registered takes its stake, before the outcome is known."""
    wallet.open_books(needed=wallet.stake)
    wallet.step(oracle.PAY_IN, wallet.new_bet()).must_be(oracle.SUCCESS)


@requirement("BC-BET-005", "BC-BLC-003", "BC-BET-002", safety="moves-money")
def test_outcome_pays_the_win(wallet: Wallet) -> None:
    """Paying out a win adds it to the balance, and settles the open bet: a refund gives nothing after it."""
    bet = wallet.brought(oracle.PAY_IN)
    wallet.step(oracle.PAY_OUT, bet).must_be(oracle.SUCCESS)
    wallet.step(oracle.REFUND, bet)


@requirement("BC-BET-006", safety="moves-money")
def test_outcome_of_0_is_a_loss(wallet: Wallet) -> None:
    """A win of 0 adds nothing, and ends the bet: a win after it is not paid."""
    bet = wallet.brought(oracle.PAY_IN, bet=wallet.new_bet(win=Decimal(0)))
    wallet.step(oracle.PAY_OUT, bet).must_be(oracle.SUCCESS)
    wallet.step(oracle.PAY_OUT, bet, winAmount=plain(wallet.stake))


@requirement("BC-BET-008", "BC-BET-002", safety="moves-money", needs=("pay-in-out",))
def test_bet_with_its_outcome_takes_and_pays(wallet: Wallet) -> None:
    """Bet and outcome in one call take the stake and give the win; a win of 0 is a loss."""
    wallet.open_books(needed=2 * wallet.stake)
    for win in (2 * wallet.stake, Decimal(0)):
        wallet.step(oracle.PAY_IN_OUT, wallet.new_bet(win=win)).must_be(oracle.SUCCESS)


@requirement("BC-BLC-004", "BC-BLC-005", "BC-BET-002", safety="moves-money")
def test_refund_gives_the_stake_back(wallet: Wallet) -> None:
    """The refund of an open bet, whose draw failed, gives its stake back."""
    bet = wallet.brought(oracle.PAY_IN)
    wallet.step(oracle.REFUND, bet).must_be(oracle.SUCCESS)


@requirement("BC-BLC-008", "BC-BLC-009", safety="moves-money", needs=("pay-in-out",))
def test_refund_undoes_a_bet_with_its_outcome(wallet: Wallet) -> None:
    """The refund of a bet of payInOut, whose draw failed, gives the stake back and takes the win."""
    for win in (3 * wallet.stake, Decimal(0)):
        bet = wallet.brought(oracle.PAY_IN_OUT, bet=wallet.new_bet(win=win))
        wallet.step(oracle.REFUND, bet).must_be(oracle.SUCCESS)


@requirement("BC-BLC-002", safety="moves-money")
def test_bet_without_an_outcome_stays_open(wallet: Wallet) -> None:
    """Without an outcome a bet stays open, whatever other bets do; its own outcome settles it."""
    first = wallet.brought(oracle.PAY_IN)
    for ending in (oracle.PAY_OUT, oracle.REFUND):
        wallet.brought(oracle.PAY_IN, ending)
    wallet.step(oracle.PAY_OUT, first).must_be(oracle.SUCCESS)


@requirement("BC-BLC-007", safety="moves-money", needs=("pay-in-out",))
def test_nothing_follows_the_draw_of_a_bet_with_its_outcome(wallet: Wallet) -> None:
    """A bet of payInOut is settled by the call: an outcome after it is refused and pays nothing."""
    bet = wallet.brought(oracle.PAY_IN_OUT)
    wallet.step(oracle.PAY_OUT, bet).must_be(oracle.UNKNOWN_OR_ENDED_BET)


@requirement("BC-BET-003", safety="moves-money")
def test_success_tells_the_balance_after_it(wallet: Wallet) -> None:
    """A successful call on a bet tells the balance after it, as a number."""
    wallet.open_books(needed=wallet.stake)
    ways = [way for way in oracle.WAYS.values() if set(way) <= set(wallet.events())]
    for way in ways:
        bet = wallet.new_bet()
        for event in way:
            answer = wallet.step(event, bet).must_be(oracle.SUCCESS)
            _tells(answer, event, wallet.balance)


@requirement("BC-BET-004", "BC-BET-007", "BC-BET-013", safety="moves-money")
def test_members_as_in_public_code_are_taken(wallet: Wallet) -> None:
    """A bet and its outcome with the members of public code, and a refund by betId alone, are taken."""
    wallet.open_books(needed=wallet.stake)
    for way in ((oracle.PAY_IN, oracle.PAY_OUT), (oracle.PAY_IN, oracle.REFUND)):
        bet = wallet.new_bet()
        for event in way:
            wallet.step(event, bet).must_be(oracle.SUCCESS)


@requirement("BC-BET-009", safety="moves-money", needs=("pay-in-out",))
def test_bet_with_its_outcome_as_in_public_code_is_taken(wallet: Wallet) -> None:
    """A bet with its outcome is taken with the members of public code, with and without the coefficient."""
    wallet.open_books(needed=2 * wallet.stake)
    wallet.step(oracle.PAY_IN_OUT, wallet.new_bet()).must_be(oracle.SUCCESS)
    wallet.step(oracle.PAY_IN_OUT, wallet.new_bet(), winOdd="2").must_be(oracle.SUCCESS)


@requirement("BC-BET-010", safety="moves-money")
def test_outcome_may_carry_the_coefficient(wallet: Wallet) -> None:
    """An outcome is taken with and without the winning coefficient; the win is what is paid."""
    with control("without the coefficient"):
        wallet.step(oracle.PAY_OUT, wallet.brought(oracle.PAY_IN)).must_be(oracle.SUCCESS)
    bet = wallet.brought(oracle.PAY_IN)
    wallet.step(oracle.PAY_OUT, bet, winOdd="2").must_be(oracle.SUCCESS)


@requirement("BC-BET-011", safety="moves-money")
def test_bets_of_one_round_are_told_apart_by_their_ids(wallet: Wallet) -> None:
    """Of two bets in one round the outcome and the refund mean the one whose betId they carry."""
    wallet.open_books(needed=3 * wallet.stake)
    first, second = wallet.new_bet(), wallet.new_bet(stake=2 * wallet.stake, win=Decimal(0))
    second.round = first.round
    for event, bet in (
        (oracle.PAY_IN, first),
        (oracle.PAY_IN, second),
        (oracle.PAY_OUT, first),
        (oracle.REFUND, second),
    ):
        wallet.step(event, bet).must_be(oracle.SUCCESS)


@requirement("BC-BET-014", safety="moves-money")
def test_amounts_are_taken_as_text_and_as_numbers(wallet: Wallet) -> None:
    """Amounts are taken as decimal text and as numbers, with and without digits after the point."""
    wallet.open_books(needed=wallet.stake)
    exact = wallet.stake
    written = (plain(exact), f"{exact:.8f}", exact, exact + Decimal("0.00"))
    for amount in written:
        bet = wallet.new_bet()
        wallet.step(oracle.PAY_IN, bet, betAmount=amount).must_be(oracle.SUCCESS)
        double = str(2 * Decimal(amount)) if isinstance(amount, str) else 2 * amount
        wallet.step(oracle.PAY_OUT, bet, winAmount=double).must_be(oracle.SUCCESS)


@requirement("BC-BET-014", safety="moves-money")
def test_fractions_are_booked_exactly(wallet: Wallet) -> None:
    """Three stakes with a fraction take exactly three times the stake, as text and as numbers."""
    stake = wallet.stake + TENTH
    wallet.open_books(needed=6 * stake)
    for as_number in (False, True):
        for _ in range(3):
            amount = stake if as_number else plain(stake)
            wallet.step(oracle.PAY_IN, wallet.new_bet(stake), betAmount=amount).must_be(oracle.SUCCESS)


def _tells(answer: Answer, event: str, balance: Decimal) -> None:
    """Raise :exc:`Mismatch` unless the answer tells this balance as a number."""
    if answer.balance != balance:
        told = shown(answer.raw.member("balance"))
        raise Mismatch(
            f"balance in the answer to {event}: expected {plain(balance)}, got {told}",
            expected=plain(balance),
            actual=told,
        )
