"""What Betstack says to an operator: the documents of its calls to the platform and of its text
notifications, with the fields in the documented order, which is the order that is signed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from mockserver.betstack.action import Action, Notification
from mockserver.betstack.ticket import Ticket
from mockserver.kernel.json_codec import dump


def ping() -> bytes:
    """A ping, whose data is ours (BS-ASM-076)."""
    return _action(Action.PING, {})


def identify(operator: str, token: str) -> bytes:
    """The question whose token it is."""
    return _action(Action.IDENTIFY, {"operator": operator, "token": token})


def ticket_create(ticket: Ticket) -> bytes:
    """A ticket to be paid for. There is no ``psp`` in it (BS-ASM-077)."""
    return _action(Action.CREATE, _head(ticket) | _amounts(ticket) | _tail(ticket))


def ticket_reserve(ticket: Ticket) -> bytes:
    """A ticket that is not wagered yet."""
    return _action(Action.RESERVE, _with_psp(ticket))


def ticket_update(ticket: Ticket) -> bytes:
    """New amounts of a jackpot (BS-ASM-096)."""
    return _action(Action.UPDATE, _with_psp(ticket))


def ticket_void(ticket: Ticket) -> bytes:
    """A void ticket, the one result that carries amounts."""
    return _action(Action.VOID, _reference(ticket) | _amounts(ticket))


def about(action: Action, ticket: Ticket) -> bytes:
    """A win, a loss or the closing, which say nothing but whose ticket it is."""
    return _action(action, _reference(ticket))


def about_with_reason(action: Action, ticket: Ticket, reason: str) -> bytes:
    """A refund, a discard or a rollback."""
    return _action(action, _reference(ticket) | {"reason": reason})


def otp(code: str, msisdn: str) -> bytes:
    """A one-time password; the number is sent with ``+`` (BS-ASM-104)."""
    return _notification(Notification.OTP, {"code": code, "msisdn": f"+{msisdn.removeprefix('+')}"})


def ticket_status(ticket: Ticket, msisdn: str) -> bytes:
    """The state of a ticket; the number is sent without ``+`` (BS-ASM-104)."""
    data = {
        "ticket_code": ticket.code,
        "ticket_id": ticket.id,
        "msisdn": msisdn.removeprefix("+"),
        "status": ticket.status,
        "result": ticket.result,
    }
    return _notification(Notification.TICKET_STATUS, data)


def _action(action: Action, data: dict[str, Any]) -> bytes:
    return dump({"action": action, "data": data})


def _notification(kind: Notification, data: dict[str, Any]) -> bytes:
    return dump({"type": kind, "data": data})


def _reference(ticket: Ticket) -> dict[str, Any]:
    return {"operator": ticket.request.operator, "ticket_id": ticket.id}


def _head(ticket: Ticket) -> dict[str, Any]:
    return _reference(ticket) | {"ticket_code": ticket.code, "player_id": ticket.user_id}


def _with_psp(ticket: Ticket) -> dict[str, Any]:
    """``psp`` is null where the request had none (BS-ASM-078)."""
    return _head(ticket) | {"psp": ticket.request.psp} | _amounts(ticket) | _tail(ticket)


def _amounts(ticket: Ticket) -> dict[str, Any]:
    pays = ticket.amounts.payout
    return {
        "price": ticket.request.price,
        "stake": pays.stake,
        "wht_amount": pays.wht_amount,
        "wht": _percent(ticket.wht),
        "ext_amount": pays.ext_amount,
        "ext": _percent(ticket.ext),
        "ext_type": "inclusive",
        "gross_payout": pays.gross_payout,
        "net_payout": pays.net_payout,
    }


def _tail(ticket: Ticket) -> dict[str, Any]:
    asked = ticket.request
    return {
        "currency": asked.currency,
        "atag": asked.atag,
        "rtag": asked.rtag,
        "ticket_type": asked.type,
    }


def _percent(rate: Decimal) -> int | Decimal:
    """Without a fraction where there is none (BS-ASM-079)."""
    return int(rate) if rate == rate.to_integral_value() else rate.normalize()
