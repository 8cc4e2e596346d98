"""Reading a player's balance."""

from __future__ import annotations

from decimal import Decimal

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


@requirement("BC-USR-005", safety="moves-money")
def test_tag_may_be_present(casino: Casino) -> None:
    """A query with a TagId, whatever number it is, gets the balance."""
    casino.accepted_bet()
    assert casino.books is not None
    for tag in (casino.target.tag, 0, 2147483647):
        answer = casino.call("getUserData", casino.user_query(TagId=tag)).must_be(oracle.SUCCESS)
        expect_equal(f"balance with TagId {tag}", expected=casino.books.balance, actual=answer.balance)


@requirement("BC-USR-006", safety="moves-money")
def test_extra_data_may_be_present(casino: Casino) -> None:
    """A query with an object ExtraData, empty or not, gets the balance."""
    casino.accepted_bet()
    assert casino.books is not None
    for extra in ({}, {"Channel": "mobile", "Nested": {"Depth": 2}}):
        answer = casino.call("getUserData", casino.user_query(ExtraData=extra)).must_be(oracle.SUCCESS)
        expect_equal("balance with ExtraData", expected=casino.books.balance, actual=answer.balance)


@requirement("BC-USR-007", safety="moves-money")
def test_balance_has_no_trailing_zeros(casino: Casino) -> None:
    """A balance is written with as many digits as it needs: none after the point where it is whole."""
    books = casino.open_books(needed=casino.stake)
    for amount in (books.opening % 1 or casino.stake, Decimal("0.01"), Decimal("0.09"), Decimal("0.9")):
        casino.transact(casino.new_bet(), oracle.BET, amount).must_be(oracle.SUCCESS)
        answer = casino.call("getUserData", casino.user_query()).must_be(oracle.SUCCESS)
        with control("the balance is right"):
            expect_equal("balance", expected=books.balance, actual=answer.balance)
        plain = f"{books.balance.normalize():f}"
        expect_equal("Value.Balance", expected=plain, actual=answer.raw.member("Value", "Balance"))
