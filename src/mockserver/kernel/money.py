"""Money arithmetic: integer cents with a stated rounding, and exact decimal text. No floats."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

# Wide enough for 20 digits before the point and 8 after it, multiplied and divided.
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
_CENT = Decimal("0.01")
_ONE = Decimal(1)
_HUNDRED = Decimal(100)


def whole(amount: Decimal) -> int:
    """Round to a whole number, half up (BS-ASM-022)."""
    return int(amount.quantize(_ONE, context=_EXACT))


def total_odds(odds: list[Decimal]) -> Decimal:
    """Multiply decimal odds and round the product to two digits, half up (BS-ASM-022)."""
    product = _ONE
    for factor in odds:
        product = _EXACT.multiply(product, factor)
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
    stake = whole(_EXACT.divide(_HUNDRED * price, _HUNDRED + ext))
    if odds is None:
        return Payout(stake, price - stake, 0, 0, 0)
    gross = whole(_EXACT.multiply(Decimal(stake), odds))
    tax = whole(_EXACT.divide((gross - stake) * wht, _HUNDRED))
    return Payout(stake, price - stake, gross, tax, gross - tax)


def decimal_text(amount: Decimal) -> str:
    """Write a decimal without exponent and without trailing zeros: ``7100.5`` (BC-ASM-026)."""
    text = f"{amount:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
