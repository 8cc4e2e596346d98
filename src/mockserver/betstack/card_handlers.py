"""Operations of the Bet Card API, bound to use cases. A handler translates and never decides."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.betstack import card_wire
from mockserver.betstack.cards import CardDesk
from mockserver.betstack.model import Operator
from mockserver.betstack.offer import Card, TicketType
from mockserver.kernel.exchange import Call, Document, Handler


def handlers(desk: CardDesk) -> Mapping[str, Handler]:
    """Handlers of the Bet Card API by operationId."""

    async def get_finance_details(call: Call) -> Document:
        asked = call.parameters
        return card_wire.finance_details(
            desk.finance_details(asked["operator"], asked["price"], asked["odds"])
        )

    async def pick_jackpot_bets(call: Call) -> Document:
        return _shown(*desk.pick(call.parameters["code"]))

    async def generate_smartbet(call: Call) -> Document:
        operator, smartbet = desk.generate(call.parameters["code"], card_wire.wish(call.document))
        return card_wire.smartbet(smartbet, operator.zone)

    bound: dict[str, Handler] = {
        "getFinanceDetails": get_finance_details,
        "pickJackpotBets": pick_jackpot_bets,
        "generateSmartbet": generate_smartbet,
    }
    for kind in TicketType:
        name = kind.value.capitalize()
        bound[f"list{name}Cards"] = _listing(desk, kind)
        bound[f"get{name}Card"] = _reading(desk, kind)
    return bound


def _listing(desk: CardDesk, kind: TicketType) -> Handler:
    async def list_cards(call: Call) -> Document:
        operator, cards = desk.cards(call.parameters["operator"], kind)
        return [_shown(operator, card) for card in cards]

    return list_cards


def _reading(desk: CardDesk, kind: TicketType) -> Handler:
    async def get_card(call: Call) -> Document:
        return _shown(*desk.card(kind, call.parameters["code"]))

    return get_card


def _shown(operator: Operator, card: Card) -> Document:
    return card_wire.card(card, operator.name, operator.zone)
