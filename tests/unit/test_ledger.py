"""The ledger moves and never makes money."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.kernel.ledger import Ledger


def test_what_one_account_gives_the_other_receives() -> None:
    ledger = Ledger()
    ledger.post("house", "player", Decimal("0.1"), "t1")
    ledger.post("house", "player", Decimal("0.2"), "t2")

    assert ledger.balance("player") == Decimal("0.3")
    assert ledger.balance("house") == Decimal("-0.3")
    assert [posting.reference for posting in ledger.postings()] == ["t1", "t2"]


def test_an_account_never_used_is_empty() -> None:
    assert Ledger().balance("nobody") == 0


@pytest.mark.parametrize(("source", "amount"), [("house", "-1"), ("player", "1")])
def test_negative_and_circular_movements_are_refused(source: str, amount: str) -> None:
    ledger = Ledger()

    with pytest.raises(ValueError, match="no movement"):
        ledger.post(source, "player", Decimal(amount), "t")
    ledger.post("house", "player", Decimal(1), "t")
    assert len(list(ledger.postings())) == 1


AMOUNTS = st.decimals("0", "99999999999999999999", places=8)
ACCOUNTS = st.sampled_from(["a", "b", "c"])


@given(st.lists(st.tuples(ACCOUNTS, ACCOUNTS, AMOUNTS).filter(lambda move: move[0] != move[1]), max_size=40))
def test_the_sum_of_all_accounts_is_always_zero(moves: list[tuple[str, str, Decimal]]) -> None:
    ledger = Ledger()
    for source, destination, amount in moves:
        ledger.post(source, destination, amount, "t")

    assert sum(Fraction(ledger.balance(account)) for account in "abc") == 0
