"""The kit's own books for one player: what the balance must be, from what the target has accepted."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Movement:
    """One booking, in major units; a credit is positive."""

    bet: int
    kind: int
    amount: Decimal
    """Effect on the balance."""


@dataclass(slots=True)
class Ledger:
    """Opening balance and movements of one player, in major units of the player's currency."""

    opening: Decimal
    movements: list[Movement] = field(default_factory=list)

    @property
    def balance(self) -> Decimal:
        """What the player must have."""
        return self.opening + sum((movement.amount for movement in self.movements), Decimal(0))

    def book(self, bet: int, kind: int, amount: Decimal) -> None:
        """Enter a movement that the target has accepted."""
        self.movements.append(Movement(bet, kind, amount))

    def difference(self, actual: Decimal) -> Decimal:
        """How much more than in these books the player has at the target."""
        return actual - self.balance


def signed(amount: Decimal) -> str:
    """A movement as reports print it: with its sign, and the cents even where there are none."""
    return f"{amount:+.2f}" if amount == round(amount, 2) else f"{amount:+f}"
