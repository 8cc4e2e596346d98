"""One step of a ticket's life."""

from __future__ import annotations

from mockserver.betstack.model import Operator
from mockserver.betstack.refusals import Refusal
from mockserver.betstack.states import TRANSITIONS, Step
from mockserver.betstack.ticket import Ticket
from mockserver.kernel.errors import Rejection
from mockserver.kernel.transitions import IllegalTransition, next_state


def change(operator: Operator, ticket: Ticket, step: Step, otherwise: str) -> None:
    """Bring a ticket to its next status.

    :param otherwise: what to say where the ticket's status does not allow it
    :raises Rejection: it does not
    """
    try:
        ticket.status = next_state(TRANSITIONS, ticket.status, step)
    except IllegalTransition:
        raise Rejection(
            Refusal.WRONG_STATE, f"ticket {ticket.id} is `{ticket.status}`, {otherwise}"
        ) from None
    ticket.updated = operator.clock.now()
