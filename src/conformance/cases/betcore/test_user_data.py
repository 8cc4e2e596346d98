"""Reading a player's balance."""

from __future__ import annotations

from conformance.case import control, requirement
from conformance.casino import Casino
from conformance.casino_answer import decimal_of
from conformance.client import expect_equal
from conformance.errors import Mismatch
from conformance.oracle import betcore as oracle


@requirement("BC-USR-001", safety="moves-money")
def test_balance_is_a_decimal_string(casino: Casino) -> None:
    """A known player's data answer 200, Success and the balance as a decimal string, which follows a bet."""
    answer = casino.call("getUserData", casino.user_query()).must_be(oracle.SUCCESS)
    answer.must_say(oracle.MESSAGES[oracle.SUCCESS])
    balance = answer.raw.member("Value", "Balance")
    if decimal_of(balance) is None:
        raise Mismatch(
            f"Value.Balance: expected a decimal string, got {balance!r}",
            expected="a decimal string",
            actual=repr(balance),
        )
    with control("the balance follows a bet"):
        casino.accepted_bet()


@requirement("BC-USR-002", safety="moves-money")
def test_tag_may_be_absent(casino: Casino) -> None:
    """A query without TagId gets the same balance as one with it."""
    casino.accepted_bet()
    balance = casino.read_balance()
    answer = casino.call("getUserData", {"PartnerUserId": casino.target.user}).must_be(oracle.SUCCESS)
    expect_equal("balance without TagId", expected=balance, actual=answer.balance)


@requirement("BC-USR-003", safety="read")
def test_unknown_player_is_refused(casino: Casino) -> None:
    """The data of an unknown player are answered with 102145."""
    with control("a known player"):
        casino.call("getUserData", casino.user_query()).must_be(oracle.SUCCESS)
    unknown = f"unknown-{casino.new_bet()}"
    casino.call("getUserData", casino.user_query(PartnerUserId=unknown)).must_be(oracle.UNKNOWN_USER)


@requirement("BC-USR-004", safety="read")
def test_query_without_player_is_refused(casino: Casino) -> None:
    """Data that lack PartnerUserId are answered with 103752."""
    with control("with PartnerUserId"):
        casino.call("getUserData", casino.user_query()).must_be(oracle.SUCCESS)
    casino.call("getUserData", {"TagId": casino.target.tag}, legal=False).must_be(oracle.INVALID_REQUEST)
