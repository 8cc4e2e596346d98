"""A double-entry ledger in exact decimals.

Every movement takes from one account what it gives to another, so the sum over all accounts is
always zero. Balances follow from postings alone; nothing sets one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, Rounded

# Sums of amounts with at most 20 digits before the point and 8 after it are exact; anything that
# would be rounded raises instead.
_EXACT = Context(prec=60, traps=[Inexact, Rounded])


@dataclass(frozen=True, slots=True)
class Posting:
    """One movement of ``amount`` (never negative, major units) from one account to another."""

    source: str
    destination: str
    amount: Decimal
    reference: str


class Ledger:
    """Accounts of one tenant. Reading and posting are O(1)."""

    def __init__(self) -> None:
        self._balances: dict[str, Decimal] = {}
        self._postings: list[Posting] = []

    def post(self, source: str, destination: str, amount: Decimal, reference: str) -> Posting:
        """Move an amount.

        :raises ValueError: the amount is negative, or both accounts are the same
        """
        if amount < 0 or source == destination:
            raise ValueError(f"no movement of {amount} from {source} to {destination}")
        posting = Posting(source, destination, amount, reference)
        self._balances[source] = _EXACT.subtract(self.balance(source), amount)
        self._balances[destination] = _EXACT.add(self.balance(destination), amount)
        self._postings.append(posting)
        return posting

    def balance(self, account: str) -> Decimal:
        """Sum of what the account received less what it gave; 0 for an account never used."""
        return self._balances.get(account, Decimal(0))

    def balances(self) -> dict[str, Decimal]:
        """The balance of every account that was ever used."""
        return dict(self._balances)

    def postings(self) -> Iterator[Posting]:
        """All movements, oldest first."""
        return iter(self._postings)
