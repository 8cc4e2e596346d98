"""What the sandbox holds after its start: a partner client and its player, as the samples name them."""

from __future__ import annotations

from decimal import Decimal

from mockserver.betcore.model import PartnerClient, User, account_of

FUNDING = "funding"
"""The account that opening balances come from."""

_OPENING_BALANCE = Decimal("7100.5")


def clients() -> dict[str, PartnerClient]:
    """The seeded partner clients by ``client_id``, each with opening balances and no bets."""
    user = User("SomeUserId100", "EUR")
    client = PartnerClient(client_id="PartnerClient-1556", users={user.id: user})
    client.ledger.post(FUNDING, account_of(user.id), _OPENING_BALANCE, "opening balance")
    return {client.client_id: client}
