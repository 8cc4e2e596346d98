"""The transactions of a bet, as the casino tells them beside the kit's own books."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from conformance.bet_info import Booked, books_must_agree, moment, must_hold, must_tell, rows_of
from conformance.case import control, requirement
from conformance.casino import Casino
from conformance.client import expect_equal, shown
from conformance.errors import Mismatch
from conformance.oracle import betcore as oracle

NEEDS: Final = ("info",)


@requirement("BC-INF-001", safety="moves-money", needs=NEEDS)
def test_bet_is_asked_for_by_its_id(casino: Casino) -> None:
    """Of two bets each is told by its own BetId, and nothing of the other one."""
    bets = [casino.accepted_bet() for _ in range(2)]
    for bet in bets:
        for row in must_hold(casino, bet, [_placed(casino)]):
            expect_equal("BetId", expected=str(bet), actual=str(row.get("BetId")))


@requirement("BC-INF-002", safety="moves-money", needs=NEEDS)
def test_every_transaction_of_the_bet_is_told(casino: Casino) -> None:
    """A bet and its payout are told once each; what was refused or repeated is not told beside them."""
    bet = casino.accepted_bet()
    booked = [_placed(casino)]
    must_hold(casino, bet, booked)
    casino.transact(bet, oracle.PAYOUT, casino.stake * 2).must_be(oracle.SUCCESS)
    casino.repeat(bet, oracle.PAYOUT, casino.stake * 2)
    booked.append(Booked(oracle.PAYOUT, casino.stake * 2, None))
    must_hold(casino, bet, booked)
    books_must_agree(casino, bet)


@requirement(
    *("BC-INF-002", "BC-INF-003"), safety="moves-money", needs=(*NEEDS, "bet-return", "payout-return")
)
def test_returns_are_told_too(casino: Casino) -> None:
    """After a payout, its return and the return of the bet four transactions are told, which even out."""
    bet = casino.accepted_bet()
    booked = [_placed(casino)]
    for kind in (oracle.PAYOUT, oracle.PAYOUT_RETURN, oracle.BET_RETURN):
        answer = casino.transact(bet, kind, casino.stake).must_be(oracle.SUCCESS)
        booked.append(Booked(kind, casino.stake, answer.transaction))
    rows = must_hold(casino, bet, booked)
    for one in booked:
        if not any(_tells(casino, row, bet, one) for row in rows):
            raise Mismatch(
                f"no transaction of payments/info is the {oracle.NAMES[one.kind]} over {one.amount}",
                expected=f"type {one.kind} over {one.amount}",
                actual="; ".join(shown(dict(row)) for row in rows),
            )
    books_must_agree(casino, bet)


@requirement("BC-INF-003", safety="moves-money", needs=(*NEEDS, "tax"))
def test_transaction_is_told_with_all_that_the_page_names(casino: Casino) -> None:
    """Each transaction has a timestamp, BetId, PartnerTransactionId, its type and amount, and its tax."""
    bet = casino.accepted_bet()
    tax = Decimal("0.5")
    with control("a taxed payout"):
        answer = casino.make(bet, oracle.PAYOUT, casino.stake, TaxAmount=f"{tax}").must_be(oracle.SUCCESS)
    assert casino.books is not None
    moved = casino.read_balance() - casino.books.balance
    casino.books.book(bet, oracle.PAYOUT, moved)
    placed, paid = must_hold(casino, bet, [_placed(casino)] * 2)
    must_tell(placed, bet, _placed(casino), casino.now())
    must_tell(paid, bet, Booked(oracle.PAYOUT, casino.stake, answer.transaction, tax), casino.now())


@requirement("BC-INF-004", safety="moves-money", needs=NEEDS)
def test_known_bet_says_success(casino: Casino) -> None:
    """The question for a bet that was found answers ErrorCode 200 and Message Success."""
    bet = casino.accepted_bet()
    casino.info(bet).must_be(oracle.SUCCESS).must_say(oracle.MESSAGES[oracle.SUCCESS])


@requirement("BC-INF-005", safety="moves-money", needs=NEEDS)
def test_transactions_have_the_ids_that_were_answered(casino: Casino) -> None:
    """PartnerTransactionId is the one that the answer to payments/make told."""
    casino.open_books(needed=casino.stake)
    bet, told = casino.new_bet(), list[object]()
    for kind in (oracle.BET, oracle.PAYOUT):
        answer = casino.transact(bet, kind, casino.stake).must_be(oracle.SUCCESS)
        told.append(answer.transaction)
    rows = must_hold(casino, bet, [_placed(casino)] * 2)
    found = [row.get("PartnerTransactionId") for row in rows]
    expect_equal("PartnerTransactionIds", expected=sorted(map(str, told)), actual=sorted(map(str, found)))


@requirement("BC-INF-007", safety="moves-money", needs=(*NEEDS, "payout-return"))
def test_transactions_stand_in_the_order_of_booking(casino: Casino) -> None:
    """Value is an array in the order of booking, with names as in payments/make and RFC 3339 stamps."""
    bet = casino.accepted_bet()
    kinds = [oracle.BET, oracle.PAYOUT, oracle.PAYOUT_RETURN]
    for kind in kinds[1:]:
        casino.transact(bet, kind, casino.stake).must_be(oracle.SUCCESS)
    rows = must_hold(casino, bet, [_placed(casino)] * len(kinds))
    expect_equal("types in their order", expected=kinds, actual=[row.get("TransactionType") for row in rows])
    stamps = [moment(row.get("Timestamp")) for row in rows]
    if None in stamps:
        raise Mismatch(
            f"Timestamp: expected an RFC 3339 moment, got {shown([row.get('Timestamp') for row in rows])}",
            expected="an RFC 3339 moment",
            actual=shown([row.get("Timestamp") for row in rows]),
        )
    read = [stamp for stamp in stamps if stamp is not None]
    expect_equal("stamps do not go back", expected=sorted(read), actual=read)


@requirement("BC-INF-008", safety="moves-money", needs=NEEDS)
def test_unknown_bet_is_refused(casino: Casino) -> None:
    """A bet without a transaction, never asked for or refused, is answered with 990004."""
    with control("a bet with one"):
        casino.info(casino.accepted_bet()).must_be(oracle.SUCCESS)
    casino.info(casino.new_bet()).must_be(oracle.UNKNOWN_BET)
    refused = casino.new_bet()
    with control("a payout without a bet is refused"):
        casino.transact(refused, oracle.PAYOUT, casino.stake).must_be(oracle.UNKNOWN_BET)
    casino.info(refused).must_be(oracle.UNKNOWN_BET)


@requirement("BC-INF-009", safety="moves-money", needs=NEEDS)
def test_question_without_bet_is_refused(casino: Casino) -> None:
    """Data without BetId are answered with 103752."""
    with control("with BetId"):
        casino.info(casino.accepted_bet()).must_be(oracle.SUCCESS)
    casino.call("getPaymentInfo", {}, legal=False).must_be(oracle.INVALID_REQUEST)


@requirement("BC-INF-002", safety="moves-money", needs=(*NEEDS, "make-list"))
def test_transactions_of_a_list_are_told_too(casino: Casino) -> None:
    """A bet and its payout that came in one list are told like those that came alone."""
    casino.open_books(needed=casino.stake)
    bet = casino.new_bet()
    items = [casino.payment(bet, kind, casino.stake) for kind in (oracle.BET, oracle.PAYOUT)]
    with control("the list"):
        casino.transact_list(items).must_be(oracle.SUCCESS)
    rows_of(casino, bet)
    must_hold(casino, bet, [_placed(casino)] * 2)
    books_must_agree(casino, bet)


def _placed(casino: Casino) -> Booked:
    return Booked(oracle.BET, casino.stake, None)


def _tells(casino: Casino, row: object, bet: int, booked: Booked) -> bool:
    assert isinstance(row, dict)
    try:
        must_tell(row, bet, booked, casino.now())
    except Mismatch:
        return False
    return True
