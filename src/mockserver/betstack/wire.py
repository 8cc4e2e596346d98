"""Between the wire's documents and the model. Fields are sent in the order of the vendor's tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, timezone
from decimal import Decimal
from typing import Any

from mockserver.betstack import event_wire
from mockserver.betstack.offer import Event, TicketType
from mockserver.betstack.ticket import Leg, Selection, Ticket, TicketRequest
from mockserver.kernel.json_codec import JsonInvalid, dump, parse

_LONGEST_PLAYER_ID = 200
_LONGEST_SHOWN = 40


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

    :raises ValueError: fields of that answer are missing or wrong; the text is one line and names them all
    """
    document = _object_in(body)
    wrong = [
        f"{name} {f'is {_shown(document[name])}' if name in document else 'is missing'}, it has to be {what}"
        for name, (what, sound) in _PLAYER_FIELDS.items()
        if not sound(document.get(name))
    ]
    if wrong:
        raise ValueError(f"the answer to identify: {'; '.join(wrong)}")
    return document["player_id"], document["currency"]


_PLAYER_FIELDS: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "player_id": (
        f"a text of 1 to {_LONGEST_PLAYER_ID} characters",
        lambda value: isinstance(value, str) and 0 < len(value) <= _LONGEST_PLAYER_ID,
    ),
    "lang": ("two letters", lambda value: _is_letters(value, 2)),
    "balance": (
        "a whole number of cents",
        lambda value: (
            isinstance(value, int | Decimal)
            and not isinstance(value, bool)
            and Decimal(value) == Decimal(value).to_integral_value()
        ),
    ),
    "currency": ("three letters", lambda value: _is_letters(value, 3)),
    "feature_flags": (
        "an object of true and false, or absent",
        lambda value: (
            value is None
            or (isinstance(value, dict) and all(isinstance(flag, bool) for flag in value.values()))
        ),
    ),
}


def _is_letters(value: Any, count: int) -> bool:
    return isinstance(value, str) and len(value) == count and value.isascii() and value.isalpha()


def read_refusal(body: bytes) -> tuple[int, str] | None:
    """Code and message of an error body; ``None`` where it is none."""
    try:
        document = _object_in(body)
    except ValueError:
        return None
    code, message = document.get("code"), document.get("message")
    if not isinstance(code, int) or isinstance(code, bool):
        return None
    return code, message if isinstance(message, str) else ""


def _object_in(body: bytes) -> dict[str, Any]:
    try:
        document = parse(body)
    except JsonInvalid as error:
        raise ValueError(f"the answer is no JSON: {error}") from None
    if not isinstance(document, dict):
        raise ValueError("the answer is no JSON object")
    return document


def _shown(value: Any) -> str:
    shown = dump(value).decode()
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}..."


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
