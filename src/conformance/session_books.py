"""The kit's own books for one player of a session, in major units, and words for what differs from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from conformance.oracle.sessions import Life

MANY: Final = 10
"""Up to which multiple of an amount a movement is explained by it: so many calls come at once at most."""


@dataclass(frozen=True, slots=True)
class Movement:
    """One booking; a credit is positive."""

    bet: str
    event: str
    amount: Decimal


@dataclass(slots=True)
class Books:
    """Opening balance and movements of one player."""

    opening: Decimal
    movements: list[Movement] = field(default_factory=list)

    @property
    def balance(self) -> Decimal:
        """What the player must have."""
        return self.opening + sum((movement.amount for movement in self.movements), Decimal(0))

    def book(self, bet: str, event: str, amount: Decimal) -> None:
        """Enter what a call has moved."""
        if amount:
            self.movements.append(Movement(bet, event, amount))

    def of(self, bet: str) -> Decimal:
        """What the bet has moved."""
        return sum((one.amount for one in self.movements if one.bet == bet), Decimal(0))

    def bets(self) -> list[str]:
        """The bets that have moved money, in the order of their first movement."""
        return list(dict.fromkeys(movement.bet for movement in self.movements))


def signed(amount: Decimal) -> str:
    """An amount with its sign, and two decimals where that is all of it."""
    return f"{amount:+.2f}" if amount == round(amount, 2) else f"{amount:+f}"


def plain(amount: Decimal) -> str:
    """An amount without an exponent and without zeros that say nothing."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def explained(event: str, life: Life, *, moved: Decimal, wanted: Decimal) -> str:
    """Which amount of the bet stands behind a wrong movement, with the difference; empty if none does."""
    difference = f" ({signed(moved - wanted)})"
    right = _named(abs(wanted), life) if wanted else "nothing"
    if not moved:
        return f"{event} {_verb(wanted)} nothing instead of {right}{difference}"
    for times in range(1, MANY + 1):
        share = abs(moved) / times
        if name := _name(share, life):
            often = "" if times == 1 else f" {times} times"
            other = right if not wanted or (wanted < 0) is (moved < 0) else f"{_doing(wanted)} {right}"
            return f"{event} {_verb(moved)} {name}{often} instead of {other}{difference}"
    if wanted and abs(moved) in (100 * abs(wanted), abs(wanted) / 100):
        return f"{event} {_verb(moved)} {plain(abs(moved))} instead of {right}: another unit{difference}"
    return ""


def _verb(amount: Decimal) -> str:
    return "took" if amount < 0 else "credited"


def _doing(amount: Decimal) -> str:
    return "taking" if amount < 0 else "crediting"


def _named(amount: Decimal, life: Life) -> str:
    return _name(amount, life) or plain(amount)


def _name(amount: Decimal, life: Life) -> str:
    """The amount of the bet that this is."""
    amounts = {
        "betAmount": life.stake,
        "winAmount": life.win,
        "betAmount and winAmount": life.stake + life.win,
        "the difference of winAmount and betAmount": abs(life.win - life.stake),
    }
    return next((f"{name} {plain(one)}" for name, one in amounts.items() if one and one == amount), "")
