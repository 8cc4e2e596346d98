"""What the control plane can do to an operator."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from mockserver.betstack import callbacks, seeds, wire
from mockserver.betstack.model import Operator, Ticket, TicketBook
from mockserver.betstack.refusals import Refusal
from mockserver.betstack.service import TicketDesk
from mockserver.kernel.control import Collection, ControlRefusal, Drive, Json, Problem
from mockserver.kernel.conversion import from_document, to_document
from mockserver.kernel.errors import Rejection
from mockserver.kernel.outbox import OutgoingCall
from mockserver.kernel.players import PlayerSpec
from mockserver.kernel.tenant import Post
from mockserver.kernel.tenant_settings import OPERATOR

_TICKET = {"type": "string", "minLength": 1, "description": "Id or code of a ticket"}
_REASON = {"type": "string", "minLength": 1, "maxLength": 500}
_TICKET_KEYS = frozenset({"id", "code", "identifier", "ticket_id", "ticket_code"})
_DEFAULT_REASON = "Ticket not processed · Wettschein ungültig"
"""With spaces and letters beyond ASCII, which signatures have to survive."""


_IDENTIFIER = re.compile("[A-Za-z0-9]{1,64}")


@dataclass(slots=True)
class _Books:
    tickets: list[Ticket]


class Betstack:
    """Operators, as the control plane meets them.

    :param ticket_violation: says how a ticket breaks the contract of the bet engine
    """

    kind = OPERATOR
    balance_places = 0
    standard_players: tuple[PlayerSpec, ...] = seeds.STANDARD_PLAYERS

    def __init__(self, desk: TicketDesk, post: Post, ticket_violation: Callable[[Json], str | None]) -> None:
        self.post = post
        self.collections: Mapping[str, Collection] = MappingProxyType(
            {
                "tickets": Collection(
                    lambda operator: list(operator.tickets),
                    wire.ticket,
                    _TICKET_KEYS,
                    _names_of_ticket,
                    ticket_violation,
                )
            }
        )
        self.drives: Mapping[str, Drive] = MappingProxyType(
            {
                "ping": Drive("Ping the operator's platform.", {}, run=_ping),
                "discard": Drive(
                    "Give a reserved ticket up and tell the operator's platform, as after a reservation "
                    "that it did not answer.",
                    {"ticket": _TICKET, "reason": _REASON},
                    ("ticket",),
                    run=lambda operator, fields, cause: _discard(desk, operator, fields, cause),
                ),
                "settle": Drive("Result a ticket: won, lost or void.", {"ticket": _TICKET}, ("ticket",)),
                "refund": Drive("Give a ticket's price back.", {"ticket": _TICKET}, ("ticket",)),
                "rollback": Drive("Withdraw a ticket's result.", {"ticket": _TICKET}, ("ticket",)),
                "decline": Drive("Decline a ticket after it was taken.", {"ticket": _TICKET}, ("ticket",)),
            }
        )

    def new_tenant(self, **common: Any) -> Operator:
        """An operator with no tickets."""
        return Operator(**common)

    def forget_player(self, tenant: Operator, player_id: str) -> None:
        """Drop the player's tickets."""
        for ticket in [one for one in tenant.tickets if one.user_id == player_id]:
            tenant.tickets.remove(ticket)

    def export_books(self, tenant: Operator) -> Json:
        """Every ticket."""
        document: Json = to_document(_Books(list(tenant.tickets)))
        return document

    def load_books(self, tenant: Operator, document: Json) -> None:
        """Put the tickets back.

        :raises ValueError: the document holds no tickets, or one that can't be
        """
        tenant.tickets = TicketBook()
        for ticket in from_document(_Books, document).tickets:
            if not all(_IDENTIFIER.fullmatch(one) for one in (ticket.id, ticket.code)):
                raise ValueError(f"a ticket can't have the id `{ticket.id}` or the code `{ticket.code}`")
            if any(tenant.tickets.has(one) for one in (ticket.id, ticket.code)):
                raise ValueError(f"two tickets have the id `{ticket.id}` or the code `{ticket.code}`")
            if not ticket.selections or ticket.reservation.price < 0 or min(ticket.ext, ticket.wht) < 0:
                raise ValueError(f"ticket `{ticket.id}` has no event, or a negative price or tax")
            tenant.tickets.add(ticket)


def _names_of_ticket(operator: Operator, identifier: str) -> frozenset[str]:
    ticket = operator.tickets.find(identifier)
    return frozenset({ticket.id, ticket.code} if ticket else {identifier})


async def _ping(operator: Operator, _fields: Mapping[str, Any], cause: str) -> list[OutgoingCall]:
    call = operator.outbox.put(callbacks.PING, callbacks.ping(), cause=cause)
    return [await operator.outbox.send(call.id)]


async def _discard(
    desk: TicketDesk, operator: Operator, fields: Mapping[str, Any], cause: str
) -> list[OutgoingCall]:
    operator.outbox.require_room()
    try:
        ticket = desk.discard(operator, fields["ticket"])
    except Rejection as rejection:
        problem = Problem.NOT_FOUND if rejection.refusal is Refusal.UNKNOWN_TICKET else Problem.CONFLICT
        raise ControlRefusal(problem, rejection.reason) from None
    reason = fields.get("reason", _DEFAULT_REASON)
    call = operator.outbox.put(
        callbacks.TICKET_DISCARD,
        callbacks.ticket_discard(operator.name, ticket.id, reason),
        subject=ticket.id,
        cause=cause,
    )
    return [await operator.outbox.send(call.id)]
