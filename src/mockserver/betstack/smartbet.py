"""Selects the bets of a smartbet (BS-ASM-073). Odds are counted in hundredths, so that products are exact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import prod

from mockserver.betstack.offer import Bet, Event
from mockserver.kernel.money import payout

Pick = tuple[Event, Bet]
"""An event and the bet taken on it."""

_HUNDRED = 100
_CENT = Decimal("0.01")
_MOST_WORK = 200_000
"""Changes of a pick that are tried for one smartbet: a fraction of a second, whatever the card holds."""


def odds_needed(
    price: int, win: int, *, most: int, ext: Decimal, wht: Decimal
) -> tuple[Decimal, Decimal] | None:
    """The lowest total odds that pay at least ``win`` net, and the highest that pay at most ``most``.

    :param price: what the player pays, cents
    :param win: net payout, cents
    :param most: gross payout, cents
    :param ext: excise in percent
    :param wht: withholding tax in percent
    :returns: two digits after the point; ``None`` where no total odds do both
    """

    def pays_too_much(hundredths: int) -> bool:
        return payout(price, hundredths * _CENT, ext=ext, wht=wht).gross_payout > most

    def wins(hundredths: int) -> bool:
        return payout(price, hundredths * _CENT, ext=ext, wht=wht).net_payout >= win

    # The stake is a cent or more, so odds above `most` pay more than that.
    highest = _first(pays_too_much, _HUNDRED, (most + 2) * _HUNDRED) - 1
    if highest < _HUNDRED or not wins(highest):
        return None
    return _first(wins, _HUNDRED, highest) * _CENT, highest * _CENT


def select(
    offered: Sequence[tuple[Event, Sequence[Bet]]], least: Decimal, most: Decimal
) -> list[Pick] | None:
    """Pick at most one bet of each event, so that the total odds are not below ``least`` and not above
    ``most``: of as few events as reach it, and then as near to ``least`` as changing one pick at a time
    comes within a bounded number of tries. The same offer gives the same picks.

    :param offered: the events with the bets that may be taken on them
    :param least: total odds, two digits after the point
    :param most: total odds, two digits after the point
    :returns: in the order of the offer; ``None`` if there are no such picks. Where ``most`` is close to
        ``least`` there may be some all the same.
    """
    choices = [
        _Choice(place, event, bet, _hundredths(bet.odds))
        for place, (event, bets) in enumerate(offered)
        for bet in bets
    ]
    highest: dict[int, _Choice] = {}
    for one in choices:
        if one.place not in highest or one.odds > highest[one.place].odds:
            highest[one.place] = one
    longest = sorted(highest.values(), key=lambda one: -one.odds)
    left = _MOST_WORK
    for number in range(1, len(longest) + 1):
        round_of_tries = number * len(choices)
        picked, rounds = _lowered(longest[:number], choices, least, left // round_of_tries)
        left -= rounds * round_of_tries
        if picked and _rounded(prod(one.odds for one in picked), number) <= _hundredths(most):
            return [(one.event, one.bet) for one in sorted(picked, key=lambda one: one.place)]
    return None


@dataclass(frozen=True, slots=True)
class _Choice:
    place: int
    event: Event
    bet: Bet
    odds: int


def _hundredths(odds: Decimal) -> int:
    return int(odds / _CENT)


def _rounded(product: int, factors: int) -> int:
    """Total odds in hundredths, half up (BS-ASM-022)."""
    unit = _HUNDRED ** (factors - 1)
    rounded: int = (2 * product + unit) // (2 * unit)
    return rounded


def _lowered(
    picked: list[_Choice], choices: Sequence[_Choice], least: Decimal, most_rounds: int
) -> tuple[list[_Choice] | None, int]:
    """Change one pick at a time, always to the lowest total odds that still reach ``least``.

    :returns: the picks, ``None`` if they don't reach it as they are; and how many rounds it took
    """
    now = prod(one.odds for one in picked)
    if _rounded(now, len(picked)) < _hundredths(least):
        return None, 0
    for rounds in range(most_rounds):
        best: tuple[int, int, _Choice] | None = None
        for index, one in enumerate(picked):
            rest = now // one.odds
            taken = {other.place for other in picked if other is not one}
            for other in choices:
                total = rest * other.odds
                if other.place in taken or total >= (best[0] if best else now):
                    continue
                if _rounded(total, len(picked)) >= _hundredths(least):
                    best = (total, index, other)
        if best is None:
            return picked, rounds + 1
        now, index, other = best
        picked = [*picked[:index], other, *picked[index + 1 :]]
    return picked, most_rounds


def _first(holds: Callable[[int], bool], low: int, high: int) -> int:
    """The lowest number for which it holds; it holds for ``high``, and from the first one on."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low
