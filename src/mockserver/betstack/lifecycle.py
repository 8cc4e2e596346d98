"""One step of a ticket's life, and the text that tells the player of it."""

from __future__ import annotations

from mockserver.betstack import actions
from mockserver.betstack.action import Notification
from mockserver.betstack.model import Operator
from mockserver.betstack.refusals import Refusal
from mockserver.betstack.states import TRANSITIONS, Event
from mockserver.betstack.ticket import Ticket
from mockserver.kernel.errors import Rejection
from mockserver.kernel.outbox import OutboxFull, OutgoingCall
from mockserver.kernel.transitions import IllegalTransition, next_state


def change(operator: Operator, ticket: Ticket, event: Event, otherwise: str) -> None:
    """Bring a ticket to its next status.

    :param otherwise: what to say where the ticket's status does not allow it
    :raises Rejection: it does not
    """
    try:
        ticket.status = next_state(TRANSITIONS, ticket.status, event)
    except IllegalTransition:
        raise Rejection(
            Refusal.WRONG_STATE, f"ticket {ticket.id} is `{ticket.status}`, {otherwise}"
        ) from None
    ticket.updated = operator.clock.now()


def text_about(operator: Operator, ticket: Ticket, cause: str | None) -> list[OutgoingCall]:
    """Queue the text that says how the ticket stands: `open` after a payment, `resulted` after a result.

    :returns: the one call; none where the outbox is full, since a text is not worth a ticket
    """
    player = operator.players.find(ticket.user_id)
    msisdn = (player.msisdn if player else None) or operator.settings["msisdn"]
    try:
        return [
            operator.outbox.put(
                Notification.TICKET_STATUS,
                actions.ticket_status(ticket, msisdn),
                subject=ticket.id,
                cause=cause,
            )
        ]
    except OutboxFull:
        return []
