"""Cashback: what BETCORE asks for, and the accepts of it."""

from __future__ import annotations

from typing import Final

from conformance.aggregator import Aggregator
from conformance.aggregator_checks import (
    must_be_all,
    must_follow,
    must_have_moved,
    must_hold_the_first,
    must_keep_its_id,
    must_need_whole_bodies,
    must_repeat,
)
from conformance.aggregator_target import CASINO_CALLS
from conformance.case import control, requirement
from conformance.cases.betcore_aggregator.test_accept import SPOILT
from conformance.client import expect_equal
from conformance.errors import Mismatch
from conformance.oracle import aggregator as oracle
from conformance.oracle.betcore import PAYOUT, PAYOUT_RETURN
from conformance.played_casino import CASHBACK, LOST, SILENT

NEEDS: Final = (CASINO_CALLS, "cashback")

FIRST_REPEAT: Final = oracle.REPEATS[0] + 1
"""Seconds."""


@requirement("BC-CSH-004", safety="moves-money", needs=NEEDS, hooks=("cashback",))
def test_request_has_its_fields(aggregator: Aggregator) -> None:
    """The request has BetId, PartnerUserId, TransactionType 1 and Amount; a cancellation has -2 instead."""
    paid = aggregator.cashback()
    cancelled = aggregator.cancel(paid)
    for call, kind in ((paid, PAYOUT), (cancelled, PAYOUT_RETURN)):
        assert call.transaction is not None
        for name in ("BetId", "PartnerUserId", "TransactionType", "Amount"):
            if name not in call.data:
                raise Mismatch(f"{name} is missing", expected=name, actual=call.describe())
        expect_equal("TransactionType", expected=kind, actual=call.transaction.kind)
        expect_equal("PartnerUserId", expected=aggregator.target.user, actual=call.transaction.user)
        expect_equal("Amount", expected=aggregator.target.stake, actual=call.transaction.amount)
        expect_equal("BetId", expected=paid.data["BetId"], actual=call.data["BetId"])


@requirement("BC-CSH-020", safety="moves-money", needs=NEEDS, hooks=("cashback",))
def test_accept_names_the_cashback(aggregator: Aggregator) -> None:
    """The accept of a cashback names it by BetId, and is not taken for that of a bet."""
    paid = aggregator.cashback()
    aggregator.accept(paid).must_be(oracle.SUCCESS)
    aggregator.call("acceptPayment", aggregator.acceptance(paid)).must_be(oracle.UNKNOWN_BET)


@requirement("BC-CSH-020", safety="moves-money", needs=NEEDS, hooks=("cashback",))
def test_accept_of_a_cancellation_is_taken(aggregator: Aggregator) -> None:
    """The accept of a cancellation, TransactionType -2, is taken once it was asked for, and not before."""
    watch = aggregator.arrivals()
    paid = aggregator.cashback()
    early = {**aggregator.acceptance(paid), "TransactionType": PAYOUT_RETURN}
    aggregator.call("acceptCashback", early).must_be(oracle.UNKNOWN_CASHBACK)
    cancelled = aggregator.cancel(paid)
    aggregator.accept(cancelled).must_be(oracle.SUCCESS)
    must_have_moved(watch, paid, aggregator.target.stake * 0, "it was paid and cancelled")


@requirement("BC-CSH-017", safety="moves-money", needs=NEEDS, hooks=("cashback",))
def test_each_documented_code_is_taken(aggregator: Aggregator) -> None:
    """200, 102145, 103801 and 102823 are each taken as the outcome of a cashback without an answer."""
    for code in (oracle.SUCCESS, *oracle.FAILURES):
        call = aggregator.cashback(SILENT if code == oracle.SUCCESS else LOST)
        with aggregator.channel.evidence.during(f"ErrorCode {code}"):
            aggregator.accept(call, code).must_be(oracle.SUCCESS)
    with control("an unknown cashback is told from them"):
        answer = aggregator.accept_unknown("acceptCashback")
        if answer.accepted:
            raise Mismatch(
                f"an unknown cashback is taken too: {answer.raw.describe()}",
                expected="a refusal",
                actual=answer.raw.describe(),
            )


@requirement("BC-CSH-021", safety="creates", needs=("cashback",))
def test_accept_of_an_unknown_cashback_is_refused(aggregator: Aggregator) -> None:
    """An accept of a cashback that BETCORE never asked for is answered with 990013, which is no 103752."""
    aggregator.accept_unknown("acceptCashback").must_be(oracle.UNKNOWN_CASHBACK)
    with control("a body that can't be read is told from it"):
        aggregator.call("acceptCashback", {}, legal=False).must_be(oracle.INVALID_REQUEST)


@requirement("BC-CSH-022", safety="moves-money", needs=NEEDS, hooks=("cashback",))
def test_other_outcome_is_refused(aggregator: Aggregator) -> None:
    """After a success, a failure and another PartnerTransactionId get 990012; the first can be repeated."""
    must_hold_the_first(aggregator, aggregator.cashback(), oracle.SUCCESS)


@requirement("BC-CSH-023", safety="creates", needs=("cashback",))
def test_accept_that_cannot_be_read_is_refused(aggregator: Aggregator) -> None:
    """An accept that lacks a field, or has one of a wrong type, is answered with 103752."""
    must_need_whole_bodies(aggregator, "acceptCashback", spoilt=SPOILT)


@requirement("BC-CSH-016", "BC-LIF-006", safety="moves-money", needs=NEEDS, hooks=("cashback", "advance"))
def test_cashback_that_got_lost_is_paid(aggregator: Aggregator) -> None:
    """A cashback that got no answer and no accept is submitted anew after a minute, with the same data."""
    watch = aggregator.arrivals()
    first = aggregator.cashback(LOST)
    later = aggregator.arrivals()
    aggregator.advance(FIRST_REPEAT)
    second = must_follow(aggregator, later, first, PAYOUT, lost="the player never gets it")
    must_have_moved(watch, first, aggregator.target.stake, "it was submitted anew")
    must_repeat(first, second)


@requirement("BC-CSH-016", safety="moves-money", needs=NEEDS, hooks=("cashback", "advance"))
def test_cashback_without_an_answer_is_paid_once(aggregator: Aggregator) -> None:
    """A cashback that was booked without an answer may be submitted anew, but under no other id."""
    watch = aggregator.arrivals()
    first = aggregator.cashback(SILENT)
    later = aggregator.arrivals()
    aggregator.advance(FIRST_REPEAT)
    aggregator.cashback()
    must_keep_its_id(aggregator, later, first)
    must_have_moved(watch, first, aggregator.target.stake, "it was submitted anew")


@requirement("BC-ACC-012", safety="moves-money", needs=NEEDS, hooks=("cashback", "advance"))
def test_late_accept_is_taken(aggregator: Aggregator) -> None:
    """The accept of a cashback after 30 seconds is taken, so that it is not submitted anew."""
    watch = aggregator.arrivals()
    paid = aggregator.cashback(SILENT)
    aggregator.advance(oracle.ACCEPT_SECONDS + 1)
    aggregator.accept(paid).must_be(oracle.SUCCESS)
    aggregator.advance(FIRST_REPEAT)
    aggregator.cashback()
    must_be_all(watch, paid, [(CASHBACK, PAYOUT)])
    with control("an unknown cashback is told from it"):
        aggregator.accept_unknown("acceptCashback").must_be(oracle.UNKNOWN_CASHBACK)
