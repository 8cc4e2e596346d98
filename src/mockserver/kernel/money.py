"""Money arithmetic: integer cents with a stated rounding, and exact decimal text. No floats."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

# Wide enough for 20 digits before the point and 8 after it, multiplied and divided.
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
_CENT = Decimal("0.01")
_ONE = Decimal(1)
_HUNDRED = Decimal(100)
_HIGHEST_ODDS = Decimal(10**18)


def whole(amount: Decimal) -> int:
    """Round to a whole number, half up (BS-ASM-022)."""
    return int(amount.quantize(_ONE, context=_EXACT))


def total_odds(odds: Iterable[Decimal]) -> Decimal:
    """Multiply decimal odds and round the product to two digits, half up (BS-ASM-022). It is cut off at
    10^18, which no payout limit lets through."""
    product = _ONE
    for factor in odds:
        product = min(_EXACT.multiply(product, factor), _HIGHEST_ODDS)
    return product.quantize(_CENT, context=_EXACT)


@dataclass(frozen=True, slots=True)
class Payout:
    """What a ticket costs and would pay, all in cents."""

    stake: int
    ext_amount: int
    gross_payout: int
    wht_amount: int
    net_payout: int


def payout(price: int, odds: Decimal | None, *, ext: Decimal, wht: Decimal) -> Payout:
    """Split a price into stake and excise, and work out what it would pay (BS-ASM-022).

    :param price: what the player pays, cents
    :param odds: total odds, rounded to two digits; ``None`` where the payout is not known yet,
        which leaves the payouts and the withholding tax at 0
    :param ext: excise in percent, inside the price
    :param wht: withholding tax in percent, on the profit
    """
    stake = stake_of(price, ext)
    if odds is None:
        return Payout(stake, price - stake, 0, 0, 0)
    return prize(price, whole(_EXACT.multiply(Decimal(stake), odds)), ext=ext, wht=wht)


def stake_of(price: int, ext: Decimal) -> int:
    """The part of a price that is wagered, cents; the rest is the excise inside it."""
    return whole(_EXACT.divide(_HUNDRED * price, _HUNDRED + ext))


def prize(price: int, gross: int, *, ext: Decimal, wht: Decimal) -> Payout:
    """The same for a ticket that pays a sum, whatever its odds.

    :param gross: before withholding tax, cents; where it is less than the stake, there is no profit to tax
    """
    stake = stake_of(price, ext)
    tax = whole(_EXACT.divide(max(gross - stake, 0) * wht, _HUNDRED))
    return Payout(stake, price - stake, gross, tax, gross - tax)


def decimal_text(amount: Decimal) -> str:
    """Write a decimal without exponent and without trailing zeros: ``7100.5`` (BC-ASM-026)."""
    text = f"{amount:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def is_amount(amount: Decimal) -> bool:
    """Whether a decimal is an amount that a request can have: not negative, at most 20 digits before the
    point and 8 after it."""
    exponent = amount.as_tuple().exponent
    return isinstance(exponent, int) and amount >= 0 and exponent >= -8 and amount.adjusted() < 20
