"""Taxed payouts: which of the amounts reaches the player."""

from __future__ import annotations

from decimal import Decimal

from conformance.case import control, requirement
from conformance.casino import Casino
from conformance.casino_answer import Answer
from conformance.errors import Hazard, Mismatch
from conformance.ledger import signed
from conformance.oracle import betcore as oracle


@requirement("BC-PAY-021", safety="moves-money", needs=("tax",))
def test_tax_is_taken_off_a_payout(casino: Casino) -> None:
    """A payout with a TaxAmount adds Amount less TaxAmount."""
    bet = casino.accepted_bet()
    _as_assumed(casino, _credit(casino, bet, oracle.PAYOUT))


@requirement("BC-PAY-021", safety="moves-money", needs=("tax", "jackpot"))
def test_tax_of_payout_and_jackpot_is_read_alike(casino: Casino) -> None:
    """A jackpot with a TaxAmount is read as a payout with one is, and each moves its amount once."""
    bet = casino.accepted_bet()
    payout, jackpot = (_credit(casino, bet, kind) for kind in (oracle.PAYOUT, oracle.JACKPOT))
    if payout != jackpot:
        raise Hazard(
            f"one run, two readings of TaxAmount: a payout credited {payout}, a jackpot {jackpot}",
            expected=payout,
            actual=jackpot,
        )
    _as_assumed(casino, payout)


@requirement("BC-PAY-021", safety="moves-money", needs=("tax", "payout-return"))
def test_return_of_a_taxed_payout_takes_what_it_gave(casino: Casino) -> None:
    """The return of a taxed payout, with the same amounts, takes back exactly what the payout gave."""
    bet = casino.accepted_bet()
    before = casino.read_balance()
    _credit(casino, bet, oracle.PAYOUT)
    answer = casino.make(bet, oracle.PAYOUT_RETURN, casino.stake * 2, TaxAmount=_tax(casino))
    after = casino.read_balance()
    assert casino.books is not None
    casino.books.book(bet, oracle.PAYOUT_RETURN, casino.books.difference(after))
    answer.must_be(oracle.SUCCESS)
    if after != before:
        raise Hazard(
            f"a taxed payout and its return moved the balance by {signed(after - before)}",
            expected=f"balance {before}",
            actual=f"balance {after}",
        )


@requirement("BC-PAY-021", safety="moves-money", needs=("tax",))
def test_tax_does_not_change_what_a_bet_takes(casino: Casino) -> None:
    """A bet with a TaxAmount takes its Amount."""
    casino.open_books(needed=casino.stake)
    answer = casino.transact(casino.new_bet(), oracle.BET, casino.stake, TaxAmount="1")
    answer.must_be(oracle.SUCCESS)


@requirement("BC-PAY-015", safety="moves-money", needs=("tax", "jackpot"))
def test_tax_beyond_the_amount_is_refused(casino: Casino) -> None:
    """A payout or jackpot whose TaxAmount is greater than its Amount gets 103801 and moves nothing."""
    bet = casino.accepted_bet()
    for kind in (oracle.PAYOUT, oracle.JACKPOT):
        answer = casino.make(bet, kind, casino.stake, TaxAmount=f"{casino.stake + 1}")
        casino.books_must_agree(f"a {oracle.NAMES[kind]} with a tax beyond its amount was sent")
        answer.must_be(oracle.INCORRECT_AMOUNT)
    with control("a tax of the whole amount, which pays nothing"):
        answer = casino.make(bet, oracle.PAYOUT, casino.stake, TaxAmount=f"{casino.stake}")
        casino.books_must_agree("a payout was sent whose tax is its whole amount")
        answer.must_be(oracle.SUCCESS)


@requirement("BC-PAY-008", safety="moves-money", needs=("tax",))
def test_repeat_with_another_tax_is_refused(casino: Casino) -> None:
    """The same payout with another TaxAmount is refused, and the first booking stands."""
    bet = casino.accepted_bet()
    with control("the payout"):
        _credit(casino, bet, oracle.PAYOUT)
    answer = casino.make(bet, oracle.PAYOUT, casino.stake * 2, TaxAmount="0.01")
    casino.books_must_agree("the repeat of a payout with another tax was sent")
    answer.must_be(oracle.DUPLICATE_CHANGED)


def _tax(casino: Casino) -> str:
    return f"{(casino.stake / 5).normalize():f}"


def _credit(casino: Casino, bet: int, kind: int) -> str:
    """Send a taxed credit, and say which reading of its amounts the balance shows.

    Raises :exc:`Hazard` when it shows none of them.
    """
    amount, tax = casino.stake * 2, Decimal(_tax(casino))
    readings = oracle.tax_readings(amount, tax)
    before = casino.read_balance()
    answer: Answer = casino.make(bet, kind, amount, TaxAmount=_tax(casino))
    moved = casino.read_balance() - before
    answer.must_be(oracle.SUCCESS)
    found = next((name for name, credit in readings.items() if credit == moved), None)
    if found is None:
        raise Hazard(
            f"a {oracle.NAMES[kind]} with Amount {amount} and TaxAmount {tax} moved the balance by "
            f"{signed(moved)}",
            expected=f"{amount - tax:+f} (Amount less TaxAmount)",
            actual=signed(moved),
        )
    assert casino.books is not None
    casino.books.book(bet, kind, moved)
    return found


def _as_assumed(casino: Casino, reading: str) -> None:
    wanted = next(iter(oracle.tax_readings(casino.stake, Decimal(1))))
    if reading != wanted:
        raise Mismatch(f"credited {reading} instead of {wanted}", expected=wanted, actual=reading)
