"""Operations of the bet engine's contract, bound to use cases. A handler translates and never decides."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.betstack import identity, wire
from mockserver.betstack.service import TicketDesk
from mockserver.betstack.ticket import TicketRequest
from mockserver.kernel.exchange import Call, Document, Handler


def handlers(desk: TicketDesk) -> Mapping[str, Handler]:
    """Handlers of the bet engine by operationId."""

    def asked_by(call: Call) -> TicketRequest:
        request = wire.ticket_request(call.document)
        identity.require_same_operator(call.tenant, request.operator)
        return request

    async def create_ticket(call: Call) -> Document:
        return wire.ticket(await desk.create(call.tenant, asked_by(call), call.exchange))

    async def reserve_ticket(call: Call) -> Document:
        return wire.ticket(await desk.reserve(call.tenant, asked_by(call), call.exchange))

    async def pay_ticket(call: Call) -> Document:
        desk.pay(call.tenant, call.parameters["identifier"], call.exchange)
        return {}

    async def get_ticket(call: Call) -> Document:
        return wire.ticket(desk.read(call.tenant, call.parameters["identifier"]))

    async def list_tickets(call: Call) -> Document:
        found = desk.list(
            call.tenant,
            call.parameters["limit"],
            call.parameters.get("user_id"),
            call.parameters.get("skip_types", ()),
        )
        return [wire.ticket(one) for one in found]

    return {
        "createTicket": create_ticket,
        "reserveTicket": reserve_ticket,
        "payTicket": pay_ticket,
        "getTicket": get_ticket,
        "listTickets": list_tickets,
    }
