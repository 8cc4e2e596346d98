"""Amounts of BETCORE, which are sent as text."""

from __future__ import annotations

from decimal import Decimal

__tracebackhide__ = True  # pytest shows the line of the test that called

Amount = Decimal | int | str


def amount_text(amount: Amount | None) -> str | None:
    """An amount as it is sent: text as it is, numbers without an exponent.

    :raises TypeError: it is a float, which may stand for another amount than the one that was meant
    """
    if amount is None or isinstance(amount, str):
        return amount
    if isinstance(amount, float | bool):
        raise TypeError(f'an amount is text, a Decimal or an integer, not {amount!r}; write "10.50"')
    return format(Decimal(amount), "f")
