"""What the control plane can do to an operator."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from mockserver.betstack import seeds, wire
from mockserver.betstack.drives import drives
from mockserver.betstack.model import Operator
from mockserver.betstack.offer import EventResult
from mockserver.betstack.pam.model import PlatformTicket
from mockserver.betstack.service import TicketDesk
from mockserver.betstack.settlement import Settlement
from mockserver.betstack.states import Status
from mockserver.betstack.ticket import Ticket, TicketBook
from mockserver.kernel.control import Collection, Drive, Json, Naming
from mockserver.kernel.conversion import from_document, to_document
from mockserver.kernel.players import PlayerSpec
from mockserver.kernel.ports import IdSource
from mockserver.kernel.tenant import Post
from mockserver.kernel.tenant_settings import OPERATOR
from mockserver.kernel.tenant_spec import put_players

_TICKET_KEYS = frozenset({"id", "code", "identifier", "ticket_id", "ticket_code"})
_PLAYER_KEYS = frozenset({"player_id", "user_id", "token", "msisdn"})
_NAME_DIGITS = 12
_IDENTIFIER = re.compile("[A-Za-z0-9]{1,64}")


@dataclass(slots=True)
class _Books:
    tickets: list[Ticket]
    results: dict[int, EventResult]
    platform: list[PlatformTicket]


class Betstack:
    """Operators, as the control plane meets them.

    :param ticket_violation: says how a ticket breaks the contract of the bet engine
    """

    kind = OPERATOR
    balance_places = 0
    standard_players: tuple[PlayerSpec, ...] = seeds.STANDARD_PLAYERS

    def __init__(
        self,
        desk: TicketDesk,
        settlement: Settlement,
        post: Post,
        ticket_violation: Callable[[Json], str | None],
    ) -> None:
        self.post = post
        self.player_naming = Naming(_PLAYER_KEYS, _names_of_player)
        self._desk = desk
        self._settlement = settlement
        self.collections: Mapping[str, Collection] = MappingProxyType(
            {
                "tickets": Collection(
                    lambda operator: list(operator.tickets),
                    wire.ticket,
                    Naming(_TICKET_KEYS, _names_of_ticket),
                    ticket_violation,
                )
            }
        )
        self.drives: Mapping[str, Drive] = drives(desk, settlement)

    def new_tenant(self, **common: Any) -> Operator:
        """An operator with no tickets, whose timers do what they are for."""
        operator = Operator(**common)
        self._settlement.attach(operator)
        self._desk.attach(operator)
        return operator

    def made_up_name(self, ids: IdSource) -> str:
        """A name that nobody else has."""
        return f"operator-{ids.hex(_NAME_DIGITS)}"

    def begin(self, tenant: Operator) -> None:
        """Nothing is there from the beginning."""

    def conjure(self, tenant: Operator, name: str, currency: str | None) -> None:
        """A player with the value as id and token."""
        if tenant.players.with_token(name) is None:
            spec = seeds.magic_player(name, currency)
            put_players(self, tenant.players, tenant.ledger, [spec])

    def forget_player(self, tenant: Operator, player_id: str) -> None:
        """Drop the player's tickets, also those that the platform holds, and the calls about them."""
        for ticket in [one for one in tenant.tickets if one.user_id == player_id]:
            tenant.tickets.remove(ticket)
            tenant.outbox.forget(ticket.id)
        tenant.platform.forget(player_id)

    def export_books(self, tenant: Operator) -> Json:
        """Every ticket, how events ended, and what the operator's platform holds."""
        document: Json = to_document(_Books(list(tenant.tickets), tenant.results, tenant.platform.tickets()))
        return document

    def load_books(self, tenant: Operator, document: Json) -> None:
        """Put the tickets back.

        :raises ValueError: the document holds no tickets, or one that can't be
        """
        books = from_document(_Books, document)
        tenant.tickets = TicketBook()
        tenant.results = books.results
        tenant.platform.restore(books.platform)
        for ticket in books.tickets:
            if not all(_IDENTIFIER.fullmatch(one) for one in (ticket.id, ticket.code)):
                raise ValueError(f"a ticket can't have the id `{ticket.id}` or the code `{ticket.code}`")
            if any(tenant.tickets.has(one) for one in (ticket.id, ticket.code)):
                raise ValueError(f"two tickets have the id `{ticket.id}` or the code `{ticket.code}`")
            _require_sound(ticket)
            tenant.tickets.add(ticket)


def _require_sound(ticket: Ticket) -> None:
    """See to it that a ticket can be shown and settled.

    :raises ValueError: it can't
    """
    request = ticket.request
    if not ticket.selections or request.price < 0 or min(ticket.ext, ticket.wht) < 0:
        raise ValueError(f"ticket `{ticket.id}` has no event, or a negative price or tax")
    taken = {event.id: event.bets for event, _ in ticket.selections}
    if not request.picks or any(bet not in taken.get(event, ()) for event, bet in request.picks):
        raise ValueError(f"ticket `{ticket.id}` picks nothing, or what none of its events has")
    if (ticket.verdict is not None) != (ticket.status is Status.CALCULATING):
        raise ValueError(f"ticket `{ticket.id}` is `{ticket.status}`, which does not fit its verdict")


def _names_of_player(operator: Operator, name: str) -> frozenset[str]:
    """Id, tokens, and the phone number as either notification writes it (BS-ASM-103)."""
    player = operator.players.find(name) or operator.players.with_token(name)
    number = ((player and player.msisdn) or "").removeprefix("+")
    return operator.players.names(name) | ({number, f"+{number}"} if number else set())


def _names_of_ticket(operator: Operator, identifier: str) -> frozenset[str]:
    ticket = operator.tickets.find(identifier)
    return frozenset({ticket.id, ticket.code} if ticket else {identifier})
