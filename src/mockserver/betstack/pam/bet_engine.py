"""What the platform reads at the bet engine."""

from __future__ import annotations

from mockserver.betstack.model import Operator


def net_payout(operator: Operator, ticket_id: str) -> int | None:
    """The payout after withholding tax that a ticket shows now, cents; ``None`` for one that the bet engine
    does not know."""
    ticket = operator.tickets.find(ticket_id)
    return ticket.amounts.payout.net_payout if ticket else None
