"""Betstack's calculator and bet cards as a front end calls them: without identity."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from conformance.betstack import Answer, Betstack
from conformance.channel import Channel
from conformance.client import shown
from conformance.errors import Mismatch, Missing
from conformance.oracle.bet_cards import KINDS
from conformance.signing import betstack_body
from conformance.target import BetstackTarget, Leg, Operator

LIST: Final[Mapping[str, str]] = {
    "jackpot": "listJackpotCards",
    "quicktip": "listQuicktipCards",
    "smartbet": "listSmartbetCards",
    "quickbet": "listQuickbetCards",
    "superbet": "listSuperbetCards",
}
READ: Final[Mapping[str, str]] = {
    "jackpot": "getJackpotCard",
    "quicktip": "getQuicktipCard",
    "smartbet": "getSmartbetCard",
    "quickbet": "getQuickbetCard",
    "superbet": "getSuperbetCard",
}
"""Kind of a card to the operation that lists such cards, and to the one that reads one."""

JSON_TYPE: Final = {"content-type": "application/json"}


@dataclass(frozen=True, slots=True)
class BetCards:
    """The Bet Card API, asked about ``operator``."""

    channel: Channel
    target: BetstackTarget
    operator: Operator
    codes: MutableMapping[str, str]
    """Kind to the code of a card that this run has seen."""

    def kinds(self) -> tuple[str, ...]:
        """The kinds of cards that the target has."""
        return tuple(kind for kind in KINDS if kind not in self.target.lacks)

    def of(self, operator: Operator | None, table: str) -> BetCards:
        """The same API, asked about another operator. Raises :exc:`Missing`."""
        if operator is None:
            raise Missing(f"needs [betstack.{table}] in the target file")
        return replace(self, operator=operator)

    def ask(
        self,
        operation_id: str,
        *,
        code: str | None = None,
        query: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """One call with exactly this query, these headers and this body."""
        raw = self.channel.call(
            operation_id,
            values=None if code is None else {"code": code},
            query=query,
            headers=headers,
            body=body,
        )
        return Answer(raw, self.channel.refusals(operation_id))

    def finance_details(
        self, price: int, odds: Sequence[Decimal], *, operator: str | None = None, **headers: str
    ) -> Answer:
        """The amounts of a price in cents at these odds."""
        query = self.calculation(price, odds, operator=operator)
        self.channel.require_legal_query("getFinanceDetails", query)
        return self.ask("getFinanceDetails", query=query, headers=headers)

    def calculation(
        self, price: object, odds: Sequence[object], *, operator: str | None = None
    ) -> list[tuple[str, str]]:
        """The query of a calculation, in the order of the page's table."""
        return [
            ("operator", self.operator.name if operator is None else operator),
            ("price", str(price)),
            *(("odds", str(one)) for one in odds),
        ]

    def list_cards(self, kind: str, *, operator: str | None = None, **headers: str) -> Answer:
        """The cards of this kind."""
        query = [("operator", self.operator.name if operator is None else operator)]
        self.channel.require_legal_query(LIST[kind], query)
        return self.ask(LIST[kind], query=query, headers=headers)

    def read(self, kind: str, code: str, **headers: str) -> Answer:
        """The card of this kind with this code."""
        return self.ask(READ[kind], code=code, headers=headers)

    def pick(self, code: str) -> Answer:
        """A bet for each event of a jackpot card."""
        return self.ask("pickJackpotBets", code=code)

    def generate(self, code: str, wish: Mapping[str, Any], *, legal: bool = True) -> Answer:
        """A smartbet from the card."""
        if legal:
            self.channel.require_legal("generateSmartbet", dict(wish))
        return self.ask("generateSmartbet", code=code, headers=JSON_TYPE, body=betstack_body(wish))

    def listed(self, kind: str) -> list[dict[str, Any]]:
        """The cards of this kind, each an object with a code. Raises :exc:`Mismatch` otherwise."""
        answer = self.list_cards(kind).must_be(200)
        cards = answer.raw.value
        if not isinstance(cards, list) or not all(
            isinstance(card, dict) and isinstance(card.get("code"), str) for card in cards
        ):
            raise Mismatch(
                f"expected a bare array of cards with a code, got {answer.raw.describe()}",
                expected="a bare array of cards",
                actual=answer.raw.describe(),
            )
        if cards:
            self.codes[kind] = cards[0]["code"]
        return cards

    def card(self, kind: str) -> dict[str, Any]:
        """A card of this kind as it is read: the target file's, else the first of the list.

        Raises :exc:`Missing` where there is none.
        """
        with self.channel.evidence.during("preparation"):
            code = self.code(kind)
            answer = self.read(kind, code)
        card = answer.raw.value
        if answer.raw.status != 200 or not isinstance(card, dict):
            raise Missing(f"needs the {kind} card {code}, but reading it got {answer.raw.describe()}")
        return card

    def code(self, kind: str) -> str:
        """The code of a card of this kind: the target file's, else one of the list. Raises :exc:`Missing`."""
        named = {"jackpot": self.target.jackpot_card, "smartbet": self.target.smartbet_card}.get(kind)
        if known := named or self.codes.get(kind):
            return known
        with self.channel.evidence.during("preparation"):
            answer = self.list_cards(kind)
        cards = answer.raw.value if answer.raw.status == 200 else None
        first = cards[0] if isinstance(cards, list) and cards else None
        code = first.get("code") if isinstance(first, dict) else None
        if not isinstance(code, str) or not code:
            raise Missing(f"needs a {kind} card, but listing them got {answer.raw.describe()}")
        self.codes[kind] = code
        return code


def bets_of(event: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The bets of a card's event: those to choose from, else the one that is tipped."""
    bets = event.get("bets")
    found = bets if isinstance(bets, list) and bets else [event.get("bet")]
    return [bet for bet in found if isinstance(bet, dict)]


def events_of(card: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The events of a card, the one of a superbet card too. Raises :exc:`Mismatch` where they are none."""
    events = card.get("events", [card["event"]] if "event" in card else None)
    if not isinstance(events, list) or not events or not all(isinstance(event, dict) for event in events):
        raise Mismatch(
            f"card {shown(card.get('code'))}: expected events, got {shown(events)}",
            expected="an array of events",
            actual=shown(events),
        )
    return events


def leg_of(event: Mapping[str, Any], bet: Mapping[str, Any]) -> Leg:
    """The selection of this bet. Raises :exc:`Missing` where ids or odds are not to be had."""
    ids, odds = (event.get("id"), bet.get("id")), bet.get("odds")
    if not all(isinstance(one, int) for one in ids) or not isinstance(odds, int | Decimal):
        raise Missing(f"needs ids and odds of a card's bets, got {shown(dict(bet))}")
    return Leg(int(event["id"]), int(bet["id"]), Decimal(odds))


def first_legs(card: Mapping[str, Any]) -> Sequence[Leg]:
    """The first bet of each event of a card. Raises as :func:`events_of` and :func:`leg_of`."""
    return [leg_of(event, bets_of(event)[0] if bets_of(event) else {}) for event in events_of(card)]


def a_jackpot(betstack: Betstack, cards: BetCards, **changes: Any) -> dict[str, Any]:
    """The fields of a jackpot on the target's card, in documented order. Raises :exc:`Missing`."""
    card = cards.card("jackpot")
    return betstack.jackpot(card, first_legs(card), **changes)
