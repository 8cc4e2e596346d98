"""Texts that tell a player how a ticket stands (source: betstack/sms-ticket-status)."""

from __future__ import annotations

from mockserver.betstack import actions
from mockserver.betstack.action import Notification
from mockserver.betstack.model import Operator
from mockserver.betstack.ticket import Ticket
from mockserver.kernel.outbox import OutboxFull, OutgoingCall


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
