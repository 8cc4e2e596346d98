"""Documents of the Bet Card API. Fields are sent in the order of the vendor's samples."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timezone
from typing import Any

from mockserver.betstack import event_wire
from mockserver.betstack.cards import FinanceDetails, Smartbet, Wish
from mockserver.betstack.offer import Card, CardEvent, TicketType


def wish(document: Mapping[str, Any]) -> Wish:
    """Read what a smartbet should be. Its ``stake`` is what the player pays (BS-ASM-073)."""
    return Wish(price=document["stake"], win=document["win"], risk=document["risk"])


def finance_details(it: FinanceDetails) -> dict[str, Any]:
    """The calculator's answer (source: betstack/finance-details)."""
    return {
        "price": it.price,
        "total_odds": it.total_odds,
        "stake": it.payout.stake,
        "ext": it.ext,
        "ext_amount": it.payout.ext_amount,
        "ext_type": "inclusive",
        "wht": it.wht,
        "wht_amount": it.payout.wht_amount,
        "gross_payout": it.payout.gross_payout,
        "net_payout": it.payout.net_payout,
    }


def smartbet(it: Smartbet, zone: timezone) -> dict[str, Any]:
    """A generated smartbet (source: betstack/generate-smartbet); it has no ``ext_type``.

    :param zone: the operator's time
    """
    finance = it.finance
    return {
        "price": finance.price,
        "stake": finance.payout.stake,
        "total_odds": finance.total_odds,
        "ext": finance.ext,
        "ext_amount": finance.payout.ext_amount,
        "wht": finance.wht,
        "wht_amount": finance.payout.wht_amount,
        "gross_payout": finance.payout.gross_payout,
        "net_payout": finance.payout.net_payout,
        "risk": it.risk,
        "events": [
            event_wire.described(event, zone) | {"bet": event_wire.bet(bet), "id": event.id}
            for event, bet in it.picks
        ],
    }


def card(it: Card, operator: str, zone: timezone) -> dict[str, Any]:
    """A card (source: betstack/get-smartbet-card, BS-ASM-062).

    :param operator: name of the operator whose card it is
    :param zone: the operator's time
    """
    document: dict[str, Any] = {
        "code": it.code,
        "title": it.title,
        "description": it.description,
        "sitename": it.sitename,
        "domain": it.domain,
        "preview_img": it.preview_img,
        "operator": operator,
    }
    events = [_event(one, zone) for one in it.events]
    if it.kind is TicketType.SUPERBET:
        return document | {"event": events[0]}
    document |= {"events": events}
    if it.kind is TicketType.JACKPOT:
        document |= {"prize": it.prize, "bonus_prizes": list(it.bonus_prizes)}
    return document


def _event(it: CardEvent, zone: timezone) -> dict[str, Any]:
    document = event_wire.described(it.event, zone)
    if it.tip is not None:
        document["bet"] = event_wire.bet(it.event.bets[it.tip])
    if it.offered:
        document["bets"] = [event_wire.bet(it.event.bets[bet]) for bet in it.offered]
    return document | {"id": it.event.id}
