"""Whether bets that were loaded are those that the ledger has moved money for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from mockserver.betcore.sessions.model import Bet, Provider
from mockserver.betcore.sessions.states import Event, State
from mockserver.kernel.players import account_of

_DEMO = "demo:"
_EVENTS = frozenset(Event)


def require_booked(provider: Provider, bets: Iterable[Bet]) -> None:
    """See to it that each bet is a known player's, and that it moved what the ledger has of it.

    :raises ValueError: one is not, or did not
    """
    moved: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for posting in provider.ledger.postings():
        event, _, bet_id = posting.reference.partition(" ")
        if event in _EVENTS:
            moved[posting.destination, bet_id] += posting.amount
            moved[posting.source, bet_id] -= posting.amount
    for bet in bets:
        if provider.players.find(bet.user_id) is None:
            raise ValueError(f"bet `{bet.id[:40]}` is one of a player whom nobody knows")
        if bet.account != account_of(bet.user_id) and not bet.account.startswith(_DEMO):
            raise ValueError(f"bet `{bet.id[:40]}` is paid from an account that is not its player's")
        if moved[bet.account, bet.id] != _moves(bet):
            raise ValueError(f"the ledger has not what bet `{bet.id[:40]}` moved")


def _moves(bet: Bet) -> Decimal:
    """What the player has gained by a bet so far; below zero is a loss."""
    if bet.registration is None or bet.state is State.REFUNDED:
        return Decimal(0)
    return (bet.win or Decimal(0)) - bet.registration.stake
