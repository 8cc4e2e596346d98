"""Use cases of the bet engine. Each is decided without giving up the event loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from mockserver.betstack import rules
from mockserver.betstack.model import Event, Feature, Operator, Reservation, Selection, Ticket
from mockserver.betstack.refusals import Refusal
from mockserver.betstack.states import TRANSITIONS, Result
from mockserver.betstack.states import Event as Happening
from mockserver.kernel.errors import Rejection
from mockserver.kernel.money import payout, total_odds
from mockserver.kernel.transitions import IllegalTransition, next_state

_ID_DIGITS = 24  # BS-ASM-030
_CODE_LENGTH = 6


class TicketDesk:
    """Reserves tickets, takes note of their payment, discards and shows them."""

    def __init__(self, offer: Mapping[int, Event]) -> None:
        self._offer = offer

    def reserve(self, operator: Operator, reservation: Reservation) -> Ticket:
        """Reserve a ticket: it exists, and is not wagered until it is paid.

        :raises Rejection: a rule of :data:`rules.RESERVATION_RULES` does not hold
        """
        player = operator.players.with_token(reservation.token)
        player = rules.check(rules.Context(operator, reservation, self._offer, player))
        now = operator.clock.now()
        selections = self._selections(reservation)
        legs = [bet.odds for _, bet in selections if bet is not None]
        odds = total_odds(legs) if legs else None
        # A superbet's payouts are always 0 when it is reserved (BS-RSV-003).
        pays = payout(reservation.price, odds, ext=operator.ext, wht=operator.wht)
        rules.require_payable(pays)
        ticket = Ticket(
            id=_unused(operator, operator.ids.hex, _ID_DIGITS),
            code=_unused(operator, operator.ids.code, _CODE_LENGTH),
            reservation=reservation,
            payout=pays,
            odds=odds,
            ext=operator.ext,
            wht=operator.wht,
            user_id=player.id,
            selections=selections,
            created=now,
            updated=now,
            zone=operator.zone,
        )
        ticket.status = next_state(TRANSITIONS, ticket.status, Happening.RESERVE)
        operator.tickets.add(ticket)
        return ticket

    def pay(self, operator: Operator, identifier: str) -> Ticket:
        """Take note that a reserved ticket was paid.

        :raises Rejection: feature off, unknown ticket, or a status other than ``reserved``,
            in this order (source: betstack/paid)
        """
        rules.require_feature(operator, Feature.RESERVE)
        ticket = self.read(operator, identifier)
        _change(ticket, Happening.PAY, "only a `reserved` one can be paid", operator.clock.now())
        return ticket

    def discard(self, operator: Operator, identifier: str) -> Ticket:
        """Give a reserved ticket up, as when the operator's platform could not take note of it.

        :raises Rejection: unknown ticket, or a status other than ``reserved``
        """
        ticket = self.read(operator, identifier)
        _change(ticket, Happening.DISCARD, "only a `reserved` one can be discarded", operator.clock.now())
        ticket.result = Result.VOID  # BS-ASM-046
        return ticket

    def read(self, operator: Operator, identifier: str) -> Ticket:
        """Find a ticket of the operator by id or code.

        :raises Rejection: there is none
        """
        ticket = operator.tickets.find(identifier)
        if ticket is None:
            raise Rejection(
                Refusal.UNKNOWN_TICKET,
                f"operator `{operator.name}` has no ticket with the id or code `{identifier}`",
                values={"identifier": identifier},
            )
        return ticket

    def _selections(self, reservation: Reservation) -> tuple[Selection, ...]:
        """The events of the ticket, each with its bet; a superbet's event stands without one."""
        if reservation.event is not None:
            return ((self._offer[reservation.event], None),)
        return tuple(
            (self._offer[leg.event], self._offer[leg.event].bets[leg.bet]) for leg in reservation.legs
        )


def _change(ticket: Ticket, event: Happening, otherwise: str, now: datetime) -> None:
    try:
        ticket.status = next_state(TRANSITIONS, ticket.status, event)
    except IllegalTransition:
        raise Rejection(
            Refusal.WRONG_STATE, f"ticket {ticket.id} is `{ticket.status}`, {otherwise}"
        ) from None
    ticket.updated = now


def _unused(operator: Operator, make: Callable[[int], str], length: int) -> str:
    """An identifier that no ticket of the operator has."""
    while operator.tickets.has(identifier := make(length)):
        pass
    return identifier
