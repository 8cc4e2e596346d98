"""Between the wire's documents and the model. Fields are sent in the order of the vendor's tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, timezone
from decimal import Decimal
from typing import Any

from mockserver.betstack import event_wire
from mockserver.betstack.offer import Event, TicketType
from mockserver.betstack.ticket import Leg, Selection, Ticket, TicketRequest
from mockserver.kernel.json_codec import JsonInvalid, parse

_LONGEST_PLAYER_ID = 200


def refusal(code: int, message: str, _details: Mapping[str, object]) -> dict[str, Any]:
    """Body of every refusal (BS-ASM-034)."""
    return {"code": code, "message": message}


def ticket_request(document: Mapping[str, Any]) -> TicketRequest:
    """Read what creates or reserves a ticket and fits the contract. A field of another type of ticket is
    like any other that the contract does not know: it is ignored."""
    kind = TicketType(document["type"])
    return TicketRequest(
        operator=document["operator"],
        token=document["token"],
        psp=document.get("psp"),
        price=document["price"],
        currency=document["currency"],
        atag=document.get("atag"),
        rtag=document.get("rtag"),
        source=document["source"],
        type=kind,
        **_PICKED.get(kind, _legs)(document),
    )


def _superbet(document: Mapping[str, Any]) -> dict[str, Any]:
    return {"event": document["event"], "bets": tuple(document["bets"])}


def _legs(document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "odds_diff": Decimal(document["odds_diff"]),
        "legs": tuple(Leg(leg["id"], leg["bet"], Decimal(leg["odds"])) for leg in document["events"]),
    }


def _jackpot(document: Mapping[str, Any]) -> dict[str, Any]:
    return _legs(document) | {
        "betcard_code": document["betcard_code"],
        "prize": document["prize"],
        "bonus_prizes": tuple(document["bonus_prizes"]),
    }


_PICKED = {TicketType.SUPERBET: _superbet, TicketType.JACKPOT: _jackpot}


def read_player(body: bytes) -> tuple[str, str]:
    """Id and currency of the player from the answer to ``identify``.

    :raises ValueError: a field of that answer is missing or wrong; the text is one line
    """
    document = _object_in(body)
    for name, sound in _PLAYER_FIELDS.items():
        if not sound(document.get(name)):
            raise ValueError(f"the answer to identify has no {name}, or a wrong one")
    return document["player_id"], document["currency"]


_PLAYER_FIELDS: Mapping[str, Callable[[Any], bool]] = {
    "player_id": lambda value: isinstance(value, str) and 0 < len(value) <= _LONGEST_PLAYER_ID,
    "lang": lambda value: isinstance(value, str) and len(value) == 2,
    "balance": lambda value: isinstance(value, int | Decimal) and not isinstance(value, bool),
    "currency": lambda value: isinstance(value, str) and len(value) == 3,
}


def read_error_code(body: bytes) -> int | None:
    """The code of an error body; ``None`` where there is none."""
    try:
        code = _object_in(body).get("code")
    except ValueError:
        return None
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def _object_in(body: bytes) -> dict[str, Any]:
    try:
        document = parse(body)
    except JsonInvalid as error:
        raise ValueError(f"the answer is no JSON: {error}") from None
    if not isinstance(document, dict):
        raise ValueError("the answer is no JSON object")
    return document


def ticket(it: Ticket) -> dict[str, Any]:
    """A ticket as it is read. Where its currency stands, and its tail, depend on the type."""
    asked, pays = it.request, it.amounts.payout
    superbet = asked.type is TicketType.SUPERBET
    currency = {"currency": asked.currency}
    common = {
        "id": it.id,
        "code": it.code,
        "psp": asked.psp,
        "price": asked.price,
        "stake": pays.stake,
        **({} if superbet else currency),
        "gross_payout": pays.gross_payout,
        "net_payout": pays.net_payout,
        "wht_amount": pays.wht_amount,
        "wht": it.wht,
        "ext_amount": pays.ext_amount,
        "ext": it.ext,
        "ext_type": "inclusive",
        **(currency if superbet else {}),
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
        "created": event_wire.stamp(it.created, UTC),
        "operator_time_created": event_wire.stamp(it.created, it.zone),
        "updated": event_wire.stamp(it.updated, UTC),
        "operator_time_updated": event_wire.stamp(it.updated, it.zone),
    }
    return common | (_superbet_tail(it) if superbet else _tail(it))


def _superbet_tail(it: Ticket) -> dict[str, Any]:
    event, _ = it.selections[0]
    return {"event": _event(event, it.zone), "bets": list(it.request.bets)}


def _tail(it: Ticket) -> dict[str, Any]:
    events = {"events": [_taken(one, it.zone) for one in it.selections]}
    asked = it.request
    if asked.type is not TicketType.JACKPOT:
        return events | {"odds": it.amounts.odds}
    return events | {
        "betcard_code": asked.betcard_code,
        "prize": asked.prize,
        "bonus_prizes": list(asked.bonus_prizes),
    }


def _event(event: Event, zone: timezone) -> dict[str, Any]:
    """The event's category is not among what a ticket shows (BS-ASM-018)."""
    described = event_wire.described(event, zone)
    return {"id": event.id} | {name: value for name, value in described.items() if name != "category"}


def _taken(selection: Selection, zone: timezone) -> dict[str, Any]:
    """The bet's line and time of update are not among what a ticket shows (BS-ASM-018)."""
    event, bet = selection
    document = _event(event, zone)
    if bet is not None:
        document["bet"] = {
            name: value for name, value in event_wire.bet(bet).items() if name not in _NOT_IN_A_TICKET
        }
    return document


_NOT_IN_A_TICKET = frozenset({"line_code", "line_name", "updated"})
