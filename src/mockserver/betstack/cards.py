"""Use cases of the Bet Card API: the calculator, and the cards of each operator."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from mockserver.betstack.catalogue import Catalogue
from mockserver.betstack.model import Feature, Operator
from mockserver.betstack.offer import Card, CardEvent, TicketType
from mockserver.betstack.refusals import Refusal
from mockserver.betstack.rules import require_feature, require_payable
from mockserver.betstack.smartbet import Pick, odds_needed, select
from mockserver.kernel.errors import Rejection
from mockserver.kernel.money import Payout, payout, total_odds
from mockserver.kernel.settings import nearest

_SEED_DIGITS = 32


@dataclass(frozen=True, slots=True)
class FinanceDetails:
    """What a bet costs and would pay: price in cents, rates in percent."""

    price: int
    total_odds: Decimal
    ext: Decimal
    wht: Decimal
    payout: Payout


@dataclass(frozen=True, slots=True)
class Smartbet:
    """A generated selection with its amounts."""

    finance: FinanceDetails
    picks: Sequence[Pick]

    @property
    def risk(self) -> str:
        """The range of odds that the bets were taken from, which is theirs (BS-ASM-073)."""
        odds = [bet.odds for _, bet in self.picks]
        return f"{min(odds)}-{max(odds)}"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a smartbet should be: price and least net payout in cents, and the lowest and highest odds of a
    bet, joined by a hyphen (BS-ASM-073)."""

    price: int
    win: int
    risk: str

    @property
    def range(self) -> tuple[Decimal, Decimal]:
        """The lowest and the highest odds."""
        low, _, high = self.risk.partition("-")
        return Decimal(low), Decimal(high)


class CardDesk:
    """Calculates, lists and shows cards, and makes selections from them.

    :param operators: by name
    """

    def __init__(self, catalogue: Catalogue, operators: Mapping[str, Operator]) -> None:
        self._catalogue = catalogue
        self._operators = operators

    def finance_details(self, operator_name: str, price: int, odds: Sequence[Decimal]) -> FinanceDetails:
        """Stake, taxes and payouts of a price at these odds, by the operator's rates (BS-ASM-022, -065).

        :param price: cents
        :raises Rejection: no such operator, or a payout above the limit (BS-ASM-074)
        """
        return _finance(self._operator(operator_name), price, odds)

    def cards(self, operator_name: str, kind: TicketType) -> tuple[Operator, list[Card]]:
        """An operator, and its cards of one kind on which bets are taken now (BS-ASM-069).

        :raises Rejection: no such operator, or the kind is switched off for it (BS-ASM-070)
        """
        operator = self._operator(operator_name)
        require_feature(operator, Feature(kind.value))
        now = operator.clock.now()
        cards = self._catalogue.cards_of(operator_name)
        return operator, [
            card for card in cards if card.kind is kind and card.takes_bets(operator.results, now)
        ]

    def card(self, kind: TicketType, code: str) -> tuple[Operator, Card]:
        """A card, and whose it is.

        :raises Rejection: no operator has a card of this kind with this code (BS-ASM-072)
        """
        found = self._catalogue.owned(code, self._operators)
        if found is None or found[1].kind is not kind:
            other = f"; it is that of a {found[1].kind} card" if found else ""
            raise Rejection(
                Refusal.UNKNOWN_CARD, f"no {kind} card has the code `{code}`{other}", values={"code": code}
            )
        name, card = found
        return self._operators[name], card

    def pick(self, code: str) -> tuple[Operator, Card]:
        """A jackpot card with a bet picked in each event (BS-ASM-061, -062). Which ones, follows from an
        identifier that is made for it: they differ from call to call, and repeat with the operator's seed.

        :raises Rejection: no such card
        """
        operator, card = self.card(TicketType.JACKPOT, code)
        seed = operator.ids.hex(_SEED_DIGITS)
        return operator, replace(card, events=tuple(_picked(one, seed) for one in card.events))

    def generate(self, code: str, wish: Wish) -> tuple[Operator, Smartbet]:
        """Select bets of a smartbet card (BS-ASM-073): at most one of each event on which bets are taken now
        (BS-ASM-055), within the risk, so that the net payout is at least the win.

        :raises Rejection: no such card, a risk that is no range, or a win that nothing reaches (BS-ASM-074)
        """
        operator, card = self.card(TicketType.SMARTBET, code)
        low, high = wish.range
        if not 1 <= low <= high:
            raise Rejection(
                Refusal.INVALID_RISK,
                f"risk goes from {low} to {high}; it has to begin at 1 or more, and not above its end",
                values={"risk": wish.risk},
            )
        now = operator.clock.now()
        offered = [
            (
                one.event,
                [bet for bet in map(one.event.bets.__getitem__, one.offered) if low <= bet.odds <= high],
            )
            for one in card.events
            if one.event.why_closed(operator.results, now) is None
        ]
        most: int = operator.settings["payout_max"]
        bounds = odds_needed(wish.price, wish.win, most=most, ext=operator.ext, wht=operator.wht)
        picks = bounds and select(offered, *bounds)
        if not picks:
            needed = f"it takes total odds of {bounds[0]}" if bounds else f"it pays more than {most} cents"
            playable = sum(bool(bets) for _, bets in offered)
            raise Rejection(
                Refusal.WIN_OUT_OF_REACH,
                f"win: {needed}; {playable} events of the card have a bet within the risk",
                values={"win": wish.win, "risk": wish.risk},
            )
        return operator, Smartbet(_finance(operator, wish.price, [bet.odds for _, bet in picks]), picks)

    def _operator(self, name: str) -> Operator:
        operator = self._operators.get(name)
        if operator is None:
            raise Rejection(
                Refusal.UNKNOWN_OPERATOR,
                f"operator: no operator is called `{name}`; {nearest(name, self._operators)}",
                values={"operator": name},
            )
        return operator


def _finance(operator: Operator, price: int, odds: Sequence[Decimal]) -> FinanceDetails:
    total = total_odds(odds)
    pays = payout(price, total, ext=operator.ext, wht=operator.wht)
    require_payable(operator, pays.gross_payout)
    return FinanceDetails(price, total, operator.ext, operator.wht, pays)


def _picked(one: CardEvent, seed: str) -> CardEvent:
    digest = hashlib.sha256(f"{seed}/{one.event.id}".encode()).digest()
    return replace(one, tip=one.offered[int.from_bytes(digest) % len(one.offered)])
