"""Operations of the contract, bound to use cases. A handler translates and never decides."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.betstack import identity, wire
from mockserver.betstack.service import TicketDesk
from mockserver.kernel.exchange import Call, Document, Handler


def handlers(desk: TicketDesk) -> Mapping[str, Handler]:
    """Handlers of the bet engine by operationId."""

    async def reserve_ticket(call: Call) -> Document:
        reservation = wire.reservation(call.document)
        identity.require_same_operator(call.tenant, reservation.operator)
        return wire.ticket(desk.reserve(call.tenant, reservation))

    async def pay_ticket(call: Call) -> Document:
        desk.pay(call.tenant, call.parameters["identifier"])
        return {}

    async def get_ticket(call: Call) -> Document:
        return wire.ticket(desk.read(call.tenant, call.parameters["identifier"]))

    return {"reserveTicket": reserve_ticket, "payTicket": pay_ticket, "getTicket": get_ticket}
