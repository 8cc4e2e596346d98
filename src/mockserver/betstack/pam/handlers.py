"""The one operation of the contract: each action bound to its use case. A handler translates and never
decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from mockserver.betstack.action import Action
from mockserver.betstack.model import Operator
from mockserver.betstack.pam import wire
from mockserver.betstack.pam.gate import require_identified
from mockserver.betstack.pam.service import Platform
from mockserver.kernel.exchange import Call, Document, Handler

Data = Mapping[str, Any]


def handlers(platform: Platform) -> Mapping[str, Handler]:
    """Handlers of the platform by operationId."""

    def identify(operator: Operator, data: Data) -> Document:
        return wire.identified(platform.identify(operator, data["token"]))

    def opened(action: Action, operator: Operator, data: Data) -> Document:
        platform.open(operator, action, data["ticket_id"], wire.content(data))
        return {}

    def updated(operator: Operator, data: Data) -> Document:
        platform.update(operator, data["ticket_id"], wire.update(data))
        return {}

    def voided(operator: Operator, data: Data) -> Document:
        platform.book(operator, Action.VOID, data["ticket_id"], net_payout=wire.cents(data, "net_payout"))
        return {}

    def booked(action: Action, operator: Operator, data: Data) -> Document:
        platform.book(operator, action, data["ticket_id"])
        return {}

    answers: dict[str, Callable[[Operator, Data], Document]] = {
        Action.IDENTIFY: identify,
        Action.CREATE: partial(opened, Action.CREATE),
        Action.RESERVE: partial(opened, Action.RESERVE),
        Action.UPDATE: updated,
        Action.WIN: partial(booked, Action.WIN),
        Action.LOST: partial(booked, Action.LOST),
        Action.VOID: voided,
        Action.REFUND: partial(booked, Action.REFUND),
        Action.DISCARD: partial(booked, Action.DISCARD),
        Action.ROLLBACK: partial(booked, Action.ROLLBACK),
        Action.CLOSED: partial(booked, Action.CLOSED),
    }

    async def send_pam_action(call: Call) -> Document:
        action = call.document["action"]
        if action == Action.PING:
            return {}
        return answers[action](require_identified(call.tenant), call.document["data"])

    return {"sendPamAction": send_pam_action}
