"""Closing and reopening bets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.case import control, requirement
from conformance.casino import Casino
from conformance.client import NO_JSON
from conformance.errors import Mismatch
from conformance.oracle import betcore as oracle
from conformance.signing import jwt_body, unsigned_token


@requirement("BC-CLS-001", safety="moves-money")
def test_closing_succeeds(casino: Casino) -> None:
    """Closing a bet answers ErrorCode 200 and Message Success."""
    bet = casino.accepted_bet()
    casino.close(bet).must_be(oracle.SUCCESS).must_say(oracle.MESSAGES[oracle.SUCCESS])


@requirement("BC-CLS-002", safety="moves-money", needs=("reopen",))
def test_reopening_succeeds(casino: Casino) -> None:
    """Reopening a closed bet answers ErrorCode 200 and Message Success."""
    bet = casino.accepted_bet()
    with control("closing it"):
        casino.close(bet).must_be(oracle.SUCCESS)
    casino.close(bet, closed=False).must_be(oracle.SUCCESS).must_say(oracle.MESSAGES[oracle.SUCCESS])


@requirement("BC-CLS-003", safety="moves-money", needs=("reopen",))
def test_reopened_bet_takes_transactions(casino: Casino) -> None:
    """After a bet is closed and reopened a payout for it runs and adds its Amount."""
    bet = casino.accepted_bet()
    with control("closing and reopening it"):
        casino.close(bet).must_be(oracle.SUCCESS)
        casino.close(bet, closed=False).must_be(oracle.SUCCESS)
    casino.transact(bet, oracle.PAYOUT, casino.stake).must_be(oracle.SUCCESS)


@requirement("BC-CLS-004", safety="moves-money")
def test_payment_on_a_closed_bet_is_refused(casino: Casino) -> None:
    """A payout for a closed bet is refused and moves nothing."""
    bet = casino.accepted_bet()
    with control("closing it"):
        casino.close(bet).must_be(oracle.SUCCESS)
    casino.transact(bet, oracle.PAYOUT, casino.stake).must_be(oracle.CLOSED)


@requirement("BC-CLS-005", safety="moves-money")
def test_closing_without_bet_id_is_refused(casino: Casino) -> None:
    """Data that lack BetId are answered with 103752."""
    _refused_data(casino, lambda closing: {"Closed": closing["Closed"]})


@requirement("BC-CLS-005", safety="moves-money")
def test_closing_without_closed_is_refused(casino: Casino) -> None:
    """Data that lack Closed are answered with 103752, and the bet stays open."""
    _refused_data(casino, lambda closing: {"BetId": closing["BetId"]})


@requirement("BC-CLS-005", safety="moves-money")
def test_closed_of_a_wrong_type_is_refused(casino: Casino) -> None:
    """Data whose Closed is a string are answered with 103752, and the bet stays open."""
    _refused_data(casino, lambda closing: {**closing, "Closed": "true"})


@requirement("BC-CLS-007", safety="moves-money", needs=("reopen",))
def test_repeated_closing_and_reopening_succeed(casino: Casino) -> None:
    """Closing a closed bet, or reopening an open one, succeeds and moves nothing."""
    bet = casino.accepted_bet()
    for closed in (False, True, True, False, False):
        casino.close(bet, closed=closed).must_be(oracle.SUCCESS)
        casino.books_must_agree("a bet was closed or reopened")
    with control("the bet is open: a payout for it runs"):
        casino.transact(bet, oracle.PAYOUT, casino.stake).must_be(oracle.SUCCESS)


@requirement("BC-CLS-013", safety="moves-money")
def test_digits_of_a_closing_mean_the_bet_of_that_number(casino: Casino) -> None:
    """The string of a closing means the bet with this number: its payout is refused, another bet's is not."""
    closed, other = casino.accepted_bet(), casino.accepted_bet()
    with control("closing one of them"):
        casino.close(closed).must_be(oracle.SUCCESS)
    casino.transact(closed, oracle.PAYOUT, casino.stake).must_be(oracle.CLOSED)
    with control("a payout for the other one"):
        casino.transact(other, oracle.PAYOUT, casino.stake).must_be(oracle.SUCCESS)


@requirement("BC-CLS-008", safety="moves-money")
def test_answer_has_code_and_message(casino: Casino) -> None:
    """The answer to a success and to a refusal is an object with a number ErrorCode and a string Message."""
    bet = casino.accepted_bet()
    success = casino.close(bet).must_be(oracle.SUCCESS)
    refusal = casino.call("closeBet", {"Closed": True}, legal=False).must_be(oracle.INVALID_REQUEST)
    for answer in (success, refusal):
        value = answer.raw.value
        if value is NO_JSON or not isinstance(answer.raw.member("Message"), str):
            raise Mismatch(
                f"expected a string Message, got {answer.raw.describe()}",
                expected="an object with a number ErrorCode and a string Message",
                actual=answer.raw.describe(),
            )


@requirement("BC-CLS-009", safety="moves-money")
def test_message_of_200_has_the_documented_wording(casino: Casino) -> None:
    """The message of 200 is Success, for closing and for reopening."""
    bet = casino.accepted_bet()
    for closed in (True, False):
        casino.close(bet, closed=closed).must_be(oracle.SUCCESS).must_say(oracle.MESSAGES[oracle.SUCCESS])


@requirement("BC-CLS-009", safety="moves-money")
def test_message_of_103752_has_the_documented_wording(casino: Casino) -> None:
    """The message of 103752 has the documented wording."""
    casino.accepted_bet()
    refused = casino.call("closeBet", {"Closed": True}, legal=False).must_be(oracle.INVALID_REQUEST)
    refused.must_say(oracle.MESSAGES[oracle.INVALID_REQUEST])


@requirement("BC-CLS-009", safety="moves-money")
def test_message_of_103811_has_the_documented_wording(casino: Casino) -> None:
    """The message of 103811 has the documented wording."""
    bet = casino.accepted_bet()
    body = jwt_body(unsigned_token(casino.key, casino.claims(casino.closing(bet, closed=True))))
    casino.send("closeBet", body).must_be(oracle.JWT_INVALID).must_say(oracle.MESSAGES[oracle.JWT_INVALID])


def _refused_data(casino: Casino, spoil: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Spoilt data get 103752 and leave the bet open; whole ones close it."""
    bet = casino.accepted_bet()
    casino.call("closeBet", spoil(casino.closing(bet, closed=True)), legal=False).must_be(
        oracle.INVALID_REQUEST
    )
    with control("the bet is still open: a payout for it runs"):
        casino.transact(bet, oracle.PAYOUT, casino.stake).must_be(oracle.SUCCESS)
    with control("whole data"):
        casino.close(bet).must_be(oracle.SUCCESS)
