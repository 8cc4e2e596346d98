"""What a ticket costs and pays, worked out a second time (BS-ASM-022, BS-ASM-042, BS-ASM-084, BS-ASM-112,
BS-ASM-113). Money in cents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import floor, prod


@dataclass(frozen=True)
class Rates:
    """Taxes in percent: inside the price, and on the profit."""

    ext: Decimal
    wht: Decimal


@dataclass(frozen=True)
class Amounts:
    """The amounts of a ticket. ``odds`` are ``None`` for the types that have none."""

    price: int
    stake: int
    gross_payout: int
    wht_amount: int
    net_payout: int
    odds: Decimal | None = None

    @property
    def ext_amount(self) -> int:
        return self.price - self.stake


def half_up(number: Fraction) -> int:
    """The nearest whole number; what lies in the middle goes up."""
    return floor(number + Fraction(1, 2))


def unknown(price: int, rates: Rates) -> Amounts:
    """Before it is known what the ticket would pay."""
    return Amounts(price, half_up(Fraction(price) * 100 / (100 + Fraction(rates.ext))), 0, 0, 0)


def prize(price: int, gross: int, rates: Rates) -> Amounts:
    """A ticket that pays a sum, less the tax on what it exceeds the stake by."""
    before = unknown(price, rates)
    tax = half_up(Fraction(max(gross - before.stake, 0)) * Fraction(rates.wht) / 100)
    return replace(before, gross_payout=gross, wht_amount=tax, net_payout=gross - tax)


def at_odds(price: int, odds: Iterable[Decimal], rates: Rates) -> Amounts:
    """A ticket that pays its stake times the odds."""
    total = Fraction(half_up(prod(map(Fraction, odds), start=Fraction(1)) * 100), 100)
    stake = unknown(price, rates).stake
    shown = Decimal(total.numerator) / total.denominator
    return replace(prize(price, half_up(stake * total), rates), odds=shown)


def untaxed(before: Amounts, pays: int) -> Amounts:
    """A ticket that pays a sum without tax, as a void or a cashed-out one does."""
    return replace(before, gross_payout=pays, wht_amount=0, net_payout=pays)
