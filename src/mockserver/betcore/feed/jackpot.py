"""The accumulated jackpot: it grows with every game that has a result (BC-ASM-093)."""

from __future__ import annotations

from decimal import Decimal

CURRENCY = "EUR"
START = Decimal("12345.67")
"""What it stands at in the beginning, units of the currency."""

_LEAST_CENTS = 1_000
_SPREAD_CENTS = 9_000
_STRIDE = 7_919  # a prime, so that shares of games in a row look unlike one another
_CENTS = Decimal(100)


def share_of(game: int) -> Decimal:
    """What a game adds to it: from 10.00 to 99.99, always the same for the same game."""
    return (_LEAST_CENTS + game * _STRIDE % _SPREAD_CENTS) / _CENTS
