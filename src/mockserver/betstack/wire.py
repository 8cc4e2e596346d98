"""Between the wire's documents and the model. Fields are sent in the order of the vendor's tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timezone
from decimal import Decimal
from typing import Any

from mockserver.betstack.model import Event, Leg, Reservation, Selection, Team, Ticket, TicketType


def refusal(code: int, message: str, _details: Mapping[str, object]) -> dict[str, Any]:
    """Body of every refusal (BS-ASM-034)."""
    return {"code": code, "message": message}


def reservation(document: Mapping[str, Any]) -> Reservation:
    """Read a reservation that fits the contract. A field of another type of ticket is like any other
    that the contract does not know: it is ignored."""
    kind = TicketType(document["type"])
    return Reservation(
        operator=document["operator"],
        token=document["token"],
        psp=document.get("psp"),
        price=document["price"],
        currency=document["currency"],
        atag=document.get("atag"),
        rtag=document.get("rtag"),
        source=document["source"],
        type=kind,
        **_SELECTIONS.get(kind, _nothing)(document),
    )


def _superbet(document: Mapping[str, Any]) -> dict[str, Any]:
    return {"event": document["event"], "bets": tuple(document["bets"])}


def _quicktip(document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "odds_diff": Decimal(document["odds_diff"]),
        "legs": tuple(Leg(leg["id"], leg["bet"], Decimal(leg["odds"])) for leg in document["events"]),
    }


def _nothing(_document: Mapping[str, Any]) -> dict[str, Any]:
    """What a type that is not sold has picked does not matter."""
    return {}


_SELECTIONS = {TicketType.SUPERBET: _superbet, TicketType.QUICKTIP: _quicktip}


def ticket(it: Ticket) -> dict[str, Any]:
    """A ticket as it is read; superbets and quicktips differ in their tail."""
    asked, pays = it.reservation, it.payout
    quicktip = asked.type is TicketType.QUICKTIP
    currency = {"currency": asked.currency}
    common = {
        "id": it.id,
        "code": it.code,
        "psp": asked.psp,
        "price": asked.price,
        "stake": pays.stake,
        **(currency if quicktip else {}),
        "gross_payout": pays.gross_payout,
        "net_payout": pays.net_payout,
        "wht_amount": pays.wht_amount,
        "wht": it.wht,
        "ext_amount": pays.ext_amount,
        "ext": it.ext,
        "ext_type": "inclusive",
        **({} if quicktip else currency),
        "status": it.status,
        "result": it.result,
        "approved": it.approved,
        "source": asked.source,
        "type": asked.type,
        "atag": asked.atag,
        "rtag": asked.rtag,
        "aff_instant_comm_amt": None,
        "aff_instant_comm_pct": None,
        "user_id": it.user_id,
        "created": _stamp(it.created, UTC),
        "operator_time_created": _stamp(it.created, it.zone),
        "updated": _stamp(it.updated, UTC),
        "operator_time_updated": _stamp(it.updated, it.zone),
    }
    if quicktip:
        return common | {"events": [_taken(one, it.zone) for one in it.selections], "odds": it.odds}
    event, _ = it.selections[0]
    return common | {"event": _event(event, it.zone), "bets": list(asked.bets)}


def _stamp(moment: datetime, zone: timezone) -> str:
    """Microseconds, no offset: ``2024-01-28T14:33:01.000000``."""
    return moment.astimezone(zone).replace(tzinfo=None).isoformat(timespec="microseconds")


def _event(event: Event, zone: timezone) -> dict[str, Any]:
    return {
        "id": event.id,
        "starts": _stamp(event.starts, UTC),
        "operator_time_starts": _stamp(event.starts, zone),
        "home_team": _team(event.home_team),
        "away_team": _team(event.away_team),
    }


def _taken(selection: Selection, zone: timezone) -> dict[str, Any]:
    event, bet = selection
    document = _event(event, zone)
    if bet is not None:
        document["bet"] = {
            "id": bet.id,
            "bet_code": bet.bet_code,
            "bet_name": bet.bet_name,
            "market_code": bet.market_code,
            "market_name": bet.market_name,
            "odds": bet.odds,
        }
    return document


def _team(team: Team) -> dict[str, Any]:
    return {"slug": team.slug, "name": team.name, "id": team.id}
