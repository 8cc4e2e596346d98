"""Accepts: what a casino reports of the transactions that BETCORE asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from conformance.aggregator import Aggregator
from conformance.aggregator_checks import (
    must_be_all,
    must_have_moved,
    must_hold_the_first,
    must_need_whole_bodies,
)
from conformance.aggregator_target import CASINO_CALLS
from conformance.case import control, requirement
from conformance.oracle import aggregator as oracle
from conformance.oracle.betcore import BET, PAYOUT
from conformance.played_casino import MAKE, Told

NEEDS: Final = (CASINO_CALLS,)

NO_OBJECTS: Final[tuple[bytes, ...]] = (b"", b"{", b"[]", b'"accept"', b"null")
"""Bodies that are no JSON object."""


def _without(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda document: {key: value for key, value in document.items() if key != name}


def _with(name: str, value: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda document: {**document, name: value}


SPOILT: Final[Sequence[tuple[str, Callable[[dict[str, Any]], Any]]]] = (
    *((f"without {name}", _without(name)) for name in ("BetId", "TransactionType", "ErrorCode", "Message")),
    ("a success without PartnerTransactionId", _without("PartnerTransactionId")),
    ("a type that there is not", _with("TransactionType", 3)),
    ("BetId as text", _with("BetId", "900001")),
    ("ErrorCode as text", _with("ErrorCode", "200")),
    ("Message as a number", _with("Message", 1)),
    ("an empty PartnerTransactionId", _with("PartnerTransactionId", "")),
)


@requirement("BC-ACC-007", safety="creates")
def test_body_that_cannot_be_read_is_refused(aggregator: Aggregator) -> None:
    """An accept that lacks a field, or has one of a wrong type, is answered with 103752 beside HTTP 200."""
    must_need_whole_bodies(aggregator, "acceptPayment", spoilt=SPOILT)


@requirement("BC-ACC-007", safety="creates")
def test_body_that_is_no_object_is_refused(aggregator: Aggregator) -> None:
    """An accept that is no JSON object is answered with 103752 beside HTTP 200."""
    with control("an object"):
        aggregator.accept_unknown().must_be(oracle.UNKNOWN_BET)
    for body in NO_OBJECTS:
        with aggregator.channel.evidence.during(f"body {body.decode() or 'empty'}"):
            answer = aggregator.send("acceptPayment", body, token=aggregator.access_token())
            answer.must_be(oracle.INVALID_REQUEST).must_have_http_status(200)


@requirement("BC-ACC-010", safety="creates")
def test_accept_of_an_unknown_bet_is_refused(aggregator: Aggregator) -> None:
    """An accept of a bet that BETCORE never asked for is answered with 990004, which is no 103752."""
    aggregator.accept_unknown().must_be(oracle.UNKNOWN_BET)
    with control("a body that can't be read is told from it"):
        aggregator.call("acceptPayment", {}, legal=False).must_be(oracle.INVALID_REQUEST)


@requirement("BC-ACC-010", safety="moves-money", needs=NEEDS, hooks=("bet",))
def test_accept_of_another_transaction_is_refused(aggregator: Aggregator) -> None:
    """An accept of a payout is answered with 990004 where BETCORE asked only for the bet's acceptance."""
    bet = aggregator.bet()
    document = {**aggregator.acceptance(bet), "TransactionType": PAYOUT}
    aggregator.call("acceptPayment", document).must_be(oracle.UNKNOWN_BET)
    with control("of the bet's acceptance"):
        aggregator.accept(bet).must_be(oracle.SUCCESS)


@requirement("BC-ACC-010", safety="moves-money", needs=(*NEEDS, "second-client"), hooks=("bet",))
def test_accept_by_another_client_is_refused(aggregator: Aggregator) -> None:
    """An accept with the access token of another client is answered with 990004, and changes nothing."""
    second = aggregator.target.second_client
    assert second is not None
    bet = aggregator.bet()
    document = aggregator.acceptance(bet, oracle.ADDING_FAILED)
    token = aggregator.token_of(second)
    aggregator.call("acceptPayment", document, token=token).must_be(oracle.UNKNOWN_BET)
    with control("with its own"):
        aggregator.accept(bet).must_be(oracle.SUCCESS)


@requirement("BC-ACC-008", safety="moves-money", needs=NEEDS, hooks=("bet",))
def test_same_outcome_again_is_a_success(aggregator: Aggregator) -> None:
    """An outcome that the answer told already is taken twice more, and BETCORE asks for nothing again."""
    watch = aggregator.arrivals()
    bet = aggregator.bet()
    for _ in range(2):
        aggregator.accept(bet).must_be(oracle.SUCCESS)
    aggregator.fence()
    must_be_all(watch, bet, [(MAKE, BET)])
    must_have_moved(watch, bet, -aggregator.target.stake, "its outcome was told again")
    with control("an unknown bet is told from it"):
        aggregator.accept_unknown().must_be(oracle.UNKNOWN_BET)


@requirement("BC-ACC-008", safety="moves-money", needs=NEEDS, hooks=("bet", "payout"))
def test_payout_accepted_again_is_a_success(aggregator: Aggregator) -> None:
    """The accepts of a payout and of its bet are told apart, and each may be repeated."""
    watch = aggregator.arrivals()
    bet = aggregator.bet()
    payout = aggregator.pay(bet, PAYOUT, aggregator.target.stake)
    for call in (payout, bet, payout):
        aggregator.accept(call).must_be(oracle.SUCCESS)
    aggregator.accept(payout, transaction=bet.booked.id if bet.booked else None).must_be(oracle.OTHER_OUTCOME)
    must_have_moved(watch, bet, aggregator.target.stake * 0, "its payout was accepted again")


@requirement("BC-ACC-009", safety="moves-money", needs=NEEDS, hooks=("bet",))
def test_other_outcome_than_success_is_refused(aggregator: Aggregator) -> None:
    """After the answer told a success, a failure and another PartnerTransactionId get 990012."""
    must_hold_the_first(aggregator, aggregator.bet(), oracle.SUCCESS)


@requirement("BC-ACC-009", safety="moves-money", needs=NEEDS, hooks=("bet",))
def test_other_outcome_than_failure_is_refused(aggregator: Aggregator) -> None:
    """After the answer refused a bet, an accept that tells a success is answered with 990012."""
    bet = aggregator.bet(Told(refusal=oracle.UNKNOWN_USER))
    must_hold_the_first(aggregator, bet, oracle.UNKNOWN_USER)


@requirement("BC-CSH-019", safety="moves-money", needs=NEEDS, hooks=("bet",))
def test_unknown_code_is_a_failure(aggregator: Aggregator) -> None:
    """An accept with any other number is a failure, but 103779 a success that was booked before."""
    for code in (1, 777777):
        must_hold_the_first(
            aggregator, aggregator.bet(Told(refusal=oracle.UNKNOWN_USER, answers=False)), code
        )
    booked = aggregator.bet(Told(answers=False))
    aggregator.accept(booked, oracle.BOOKED_BEFORE).must_be(oracle.SUCCESS)
    aggregator.accept(booked, oracle.ADDING_FAILED).must_be(oracle.OTHER_OUTCOME)
    aggregator.accept(booked).must_be(oracle.SUCCESS)
