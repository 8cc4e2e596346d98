"""What may come with the question for a balance, and how the balance is written."""

from __future__ import annotations

from decimal import Decimal

from conformance.case import control, requirement
from conformance.casino import Casino
from conformance.client import expect_equal
from conformance.oracle import betcore as oracle


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
