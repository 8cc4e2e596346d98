"""What the casino reports to BETCORE, whose place the kit takes: one accept for each transaction."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final

from conformance.callback_sink import Reply
from conformance.case import control, requirement
from conformance.casino import Casino
from conformance.casino_answer import Answer, decimal_of
from conformance.client import expect_equal, shown
from conformance.errors import Mismatch
from conformance.oracle import betcore as oracle
from conformance.played_betcore import CASHBACK_ACCEPT_PATH, DROPPED, FAILED, Accept

NEEDS: Final = ("accepts",)
PAUSES: Final = (1.0, 2.0)
"""Seconds before the second and the third try, as they are assumed (BC-ASM-058)."""


@requirement(
    *("BC-PAY-025", "BC-ACC-001", "BC-ACC-004"),
    safety="moves-money",
    needs=(*NEEDS, "bet-return", "jackpot"),
)
def test_every_transaction_is_reported(casino: Casino) -> None:
    """A bet, its payout, its jackpot and the return of another bet are each reported within 30 seconds."""
    bet, returned = casino.accepted_bet(), casino.accepted_bet()
    for target, kind in ((bet, oracle.PAYOUT), (bet, oracle.JACKPOT), (returned, oracle.BET_RETURN)):
        casino.transact(target, kind, casino.stake).must_be(oracle.SUCCESS)
    for target, kind in (
        (bet, oracle.BET),
        (bet, oracle.PAYOUT),
        (bet, oracle.JACKPOT),
        (returned, oracle.BET),
        (returned, oracle.BET_RETURN),
    ):
        casino.accepts(target, kind)


@requirement("BC-PAY-025", "BC-ACC-003", safety="moves-money", needs=NEEDS)
def test_accept_tells_success_and_failure(casino: Casino) -> None:
    """The accept of a booked bet says 200, that of a refused one another code, each with a message."""
    booked, refused = casino.accepted_bet(), casino.new_bet()
    with control("a bet beyond the balance is refused"):
        answer = casino.transact(refused, oracle.BET, casino.read_balance() + 1)
        expect_equal("it is accepted", expected=False, actual=answer.accepted)
    for bet, success in ((booked, True), (refused, False)):
        for accept in casino.accepts(bet, oracle.BET):
            code, message = accept.code, accept.fields.get("Message")
            told = isinstance(code, int) and (code == oracle.SUCCESS) is success and isinstance(message, str)
            if not told:
                wanted = f"{'ErrorCode 200' if success else 'another ErrorCode than 200'} and a Message"
                raise Mismatch(
                    f"the accept of a {'booked' if success else 'refused'} bet: expected {wanted}, got "
                    f"{accept.describe()}",
                    expected=wanted,
                    actual=accept.describe(),
                )


@requirement("BC-PAY-025", "BC-ACC-006", safety="moves-money", needs=NEEDS)
def test_accept_repeats_the_answer(casino: Casino) -> None:
    """An accept tells bet, type, code and id as the answer did, once, with a message."""
    casino.open_books(needed=casino.stake)
    bet = casino.new_bet()
    answer = casino.transact(bet, oracle.BET, casino.stake).must_be(oracle.SUCCESS)
    (accept,) = _only(casino.accepts(bet, oracle.BET))
    _must_repeat(accept, answer, bet, casino.stake)


@requirement("BC-PAY-025", "BC-ACC-005", safety="moves-money", needs=NEEDS)
def test_accept_comes_with_an_access_token(casino: Casino) -> None:
    """An accept carries an access token that BETCORE issued to the casino."""
    bet = casino.accepted_bet()
    for accept in casino.accepts(bet, oracle.BET):
        expect_equal("it carries an issued access token", expected=True, actual=accept.authorised)


@requirement("BC-PAY-025", "BC-ACC-002", safety="moves-money", needs=NEEDS)
def test_accept_is_sent_again_after_an_error(casino: Casino) -> None:
    """An accept that was answered with an error comes again with the same outcome, and no money moves."""
    bet = _told_next(casino, FAILED)
    _same_outcome(casino.accepts(bet, oracle.BET, taken=True))
    casino.books_must_agree("an accept was answered with an error and sent again")


@requirement("BC-PAY-025", "BC-ACC-002", safety="moves-money", needs=NEEDS)
def test_accept_is_sent_again_after_a_network_error(casino: Casino) -> None:
    """An accept whose connection broke comes again with the same outcome, and no money moves."""
    bet = _told_next(casino, DROPPED)
    _same_outcome(casino.accepts(bet, oracle.BET, taken=True))
    casino.books_must_agree("the connection of an accept broke and it was sent again")


@requirement("BC-PAY-025", "BC-ACC-002", safety="moves-money", needs=NEEDS)
def test_expired_access_token_is_replaced(casino: Casino) -> None:
    """When its access token has expired in the middle, the casino gets a new one, and the accept is taken."""
    with control("an accept with a good token"):
        casino.accepts(casino.accepted_bet(), oracle.BET, taken=True)
    casino.betcore.expire_tokens()
    bet = casino.accepted_bet()
    found = casino.accepts(bet, oracle.BET, taken=True)
    expect_equal("the accept that was taken says", expected=oracle.SUCCESS, actual=found[-1].code)


@requirement("BC-PAY-025", "BC-ACC-015", safety="moves-money", needs=NEEDS)
def test_accept_waits_one_and_two_seconds(casino: Casino) -> None:
    """An accept that fails twice comes again after a second, and again after two more."""
    bet = _told_next(casino, FAILED, FAILED)
    tries = casino.accepts(bet, oracle.BET, taken=True)
    pauses = [second.received.at - first.received.at for first, second in pairwise(tries)]
    for pause, wanted in zip(pauses, PAUSES, strict=True):
        if not wanted / 2 <= pause <= wanted * 2 + 1:
            raise Mismatch(
                f"an accept came again after {pause:.1f} s, expected {wanted:g} s",
                expected=f"{wanted:g} s",
                actual=f"{pause:.1f} s",
            )


@requirement("BC-PAY-025", "BC-ACC-014", safety="moves-money", needs=(*NEEDS, "make-list"))
def test_each_transaction_of_a_list_is_reported(casino: Casino) -> None:
    """Each of three bets in one list has an accept of its own."""
    casino.open_books(needed=casino.stake * 3)
    items = [casino.payment(casino.new_bet(), oracle.BET, casino.stake) for _ in range(3)]
    with control("the list"):
        casino.transact_list(items).must_be(oracle.SUCCESS)
    for item in items:
        _only(casino.accepts(item["BetId"], oracle.BET))


@requirement("BC-LIF-007", safety="moves-money", needs=NEEDS)
def test_transaction_asked_for_again_since_its_accept_was_lost(casino: Casino) -> None:
    """A bet whose accept got lost is asked for again: it moves no money a second time."""
    bet = _told_next(casino, DROPPED)
    casino.accepts(bet, oracle.BET)
    casino.make(bet, oracle.BET, casino.stake)
    casino.books_must_agree("a bet was asked for again, because its accept was lost")


@requirement("BC-PAY-025", "BC-ACC-016", safety="moves-money", needs=NEEDS)
def test_repeat_is_reported_as_the_success_that_it_repeats(casino: Casino) -> None:
    """A bet that is sent again is reported again: a success, with the id of the first booking."""
    bet = casino.accepted_bet()
    (first,) = _only(casino.accepts(bet, oracle.BET))
    casino.repeat(bet, oracle.BET, casino.stake)
    _, again = casino.accepts(bet, oracle.BET, count=2)[:2]
    expect_equal("its ErrorCode", expected=oracle.SUCCESS, actual=again.code)
    expect_equal("its PartnerTransactionId", expected=first.transaction, actual=again.transaction)


@requirement("BC-PAY-025", "BC-CSH-014", safety="moves-money", needs=(*NEEDS, "cashback"))
def test_cashback_is_reported(casino: Casino) -> None:
    """A cashback and its cancellation are each reported within 30 seconds, as they were answered."""
    casino.open_books()
    cashback = casino.new_bet()
    for kind in (oracle.CASHBACK, oracle.CASHBACK_CANCELLED):
        casino.transact_cashback(cashback, kind, casino.stake).must_be(oracle.SUCCESS)
        for accept in casino.accepts(cashback, kind):
            expect_equal("its path", expected=CASHBACK_ACCEPT_PATH, actual=accept.received.path)
            expect_equal("its ErrorCode", expected=oracle.SUCCESS, actual=accept.code)


@requirement("BC-PAY-025", "BC-CSH-015", safety="moves-money", needs=(*NEEDS, "cashback"))
def test_accept_of_a_cashback_is_sent_again(casino: Casino) -> None:
    """The accept of a cashback that failed comes again with the same outcome, and no money moves."""
    casino.open_books()
    cashback = casino.new_bet()
    casino.betcore.answer_next(cashback, FAILED)
    with control("the cashback"):
        casino.transact_cashback(cashback, oracle.CASHBACK, casino.stake).must_be(oracle.SUCCESS)
    _same_outcome(casino.accepts(cashback, oracle.CASHBACK, taken=True))
    casino.books_must_agree("the accept of a cashback was sent again")


def _told_next(casino: Casino, *replies: Reply) -> int:
    """A new bet whose first accepts get these replies."""
    casino.open_books(needed=casino.stake)
    bet = casino.new_bet()
    casino.betcore.answer_next(bet, *replies)
    with control("the bet"):
        casino.transact(bet, oracle.BET, casino.stake).must_be(oracle.SUCCESS)
    return bet


def _only(accepts: Sequence[Accept]) -> Sequence[Accept]:
    expect_equal("accepts of one transaction", expected=1, actual=len(accepts))
    return accepts


def _same_outcome(accepts: Sequence[Accept]) -> None:
    """Raise :exc:`Mismatch` unless there are several, and all say the same."""
    expect_equal("the accept came again", expected=True, actual=len(accepts) > 1)
    first = accepts[0]
    for accept in accepts[1:]:
        if (accept.code, accept.transaction) != (first.code, first.transaction):
            raise Mismatch(
                f"an accept changed: {first.describe()}, then {accept.describe()}",
                expected=first.describe(),
                actual=accept.describe(),
            )


def _must_repeat(accept: Accept, answer: Answer, bet: int, amount: Decimal) -> None:
    wanted = {
        "BetId": bet,
        "TransactionType": oracle.BET,
        "ErrorCode": oracle.SUCCESS,
        "PartnerTransactionId": answer.transaction,
    }
    for name, value in wanted.items():
        expect_equal(f"{name} of the accept", expected=value, actual=accept.fields.get(name))
    expect_equal("Message is a string", expected=True, actual=isinstance(accept.fields.get("Message"), str))
    if "Amount" in accept.fields and decimal_of(accept.fields.get("Amount")) != amount:
        raise Mismatch(
            f"Amount of the accept: expected {amount}, got {shown(accept.fields['Amount'])}",
            expected=str(amount),
            actual=shown(accept.fields["Amount"]),
        )
