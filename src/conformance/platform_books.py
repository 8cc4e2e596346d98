"""The kit's own books for one player of an operator, in whole cents, and words for what differs from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

from conformance.oracle import pam
from conformance.oracle.pam import Amounts, Life

MANY: Final = 10
"""Up to which multiple of an amount a movement is explained by it: so many calls come at once at most."""


@dataclass(frozen=True, slots=True)
class Movement:
    """One booking in cents; a credit is positive."""

    ticket: str
    action: str
    amount: int


@dataclass(slots=True)
class Books:
    """Opening balance and movements of one player, in cents."""

    opening: int
    movements: list[Movement] = field(default_factory=list)

    @property
    def balance(self) -> int:
        """What the player must have."""
        return self.opening + sum(movement.amount for movement in self.movements)

    def book(self, ticket: str, action: str, amount: int) -> None:
        """Enter what an accepted action has moved."""
        if amount:
            self.movements.append(Movement(ticket, action, amount))

    def of(self, ticket: str) -> int:
        """What the ticket has moved."""
        return sum(movement.amount for movement in self.movements if movement.ticket == ticket)

    def tickets(self) -> list[str]:
        """The tickets that have moved money, in the order of their first movement."""
        return list(dict.fromkeys(movement.ticket for movement in self.movements))


def explained(action: str, life: Life, *, moved: int, wanted: int) -> str:
    """Which amount of the ticket stands behind a wrong movement, with the difference; empty if none does.

    ``moved`` and ``wanted`` are effects on the balance in cents.
    """
    difference = f" ({moved - wanted:+d})"
    right = (_name(abs(wanted), life, action) or str(abs(wanted))) if wanted else "nothing"
    if not moved:
        verb = "took" if wanted < 0 else "credited"
        return f"{action} {verb} nothing instead of {right}{difference}"
    verb = "took" if moved < 0 else "credited"
    for times in range(1, MANY + 1):
        if abs(moved) % times == 0 and (name := _name(abs(moved) // times, life, action)):
            often = "" if times == 1 else f" {times} times"
            return f"{action} {verb} {name}{often} instead of {_signed_name(wanted, right, verb)}{difference}"
    if wanted and abs(moved) in (100 * abs(wanted), abs(wanted) // 100):
        amounts = f"{abs(moved)} instead of {abs(wanted)}"
        return f"{action} {verb} {amounts}: a cent is taken for another unit{difference}"
    return ""


def _signed_name(wanted: int, right: str, verb: str) -> str:
    other = "taking" if wanted < 0 else "crediting"
    agrees = not wanted or (wanted < 0) is (verb == "took")
    return right if agrees else f"{other} {right}"


def _name(amount: int, life: Life, action: str) -> str:
    """The field of the ticket that has this amount; that of the void call first where there is one."""
    sources: Iterable[tuple[str, Amounts]] = (
        ((" of the void", life.void), (" of the ticket", life.amounts))
        if action == pam.VOID
        else (("", life.amounts), (" of the void", life.void))
    )
    for whose, amounts in sources:
        fields = asdict(amounts)
        for name in _PREFERRED:
            if amount and fields[name] == amount:
                return f"{name} {amount}{whose}"
    return ""


_PREFERRED: Sequence[str] = (
    "price", "net_payout", "stake", "gross_payout", "wht_amount", "ext_amount",
)  # fmt: skip
