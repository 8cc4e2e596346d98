"""After a case: the player gets back what it took, as far as the API allows."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from conformance.errors import Missing
from conformance.ledger import Movement, signed
from conformance.oracle.betcore import BET, OPPOSITE, PAYOUT

if TYPE_CHECKING:
    from conformance.casino import Casino

CENT: Final = Decimal("0.01")


def give_back(wallet: Casino) -> str | None:
    """Even out what the wallet's books moved; says what remains, ``None`` if nothing does."""
    if wallet.books is None:
        return None
    try:
        with wallet.channel.evidence.during("tidying up"):
            left = _even_out(wallet)
            if left and wallet.books.movements:
                _take_back(wallet, wallet.books.movements)
                left = _even_out(wallet)
    except Missing:
        return f"player {wallet.target.user}: what the case moved could not be given back"
    return f"player {wallet.target.user}: {signed(left)} {wallet.target.currency}" if left else None


def _even_out(wallet: Casino) -> Decimal:
    """Take what is too much by a bet that is lost, give what is missing by a small bet that wins.

    Returns what is too much afterwards.
    """
    assert wallet.books is not None
    left = wallet.read_balance() - wallet.books.opening
    if left > 0:
        wallet.make(wallet.new_bet(), BET, left)
    elif left < 0 and wallet.books.movements:
        bet = wallet.new_bet()
        if wallet.make(bet, BET, CENT).accepted:
            wallet.make(bet, PAYOUT, CENT - left)
    else:
        return left
    return wallet.read_balance() - wallet.books.opening


def _take_back(wallet: Casino, movements: Sequence[Movement]) -> None:
    """Send the opposite of every movement that has none, the latest first; a closed bet is reopened."""
    standing: list[tuple[int, int, Decimal]] = []
    for movement in movements:
        undone = next(
            (one for one in standing if one[0] == movement.bet and OPPOSITE.get(one[1]) == movement.kind),
            None,
        )
        if undone:
            standing.remove(undone)
        elif movement.kind in OPPOSITE and movement.amount:
            standing.append((movement.bet, movement.kind, abs(movement.amount)))
    for bet, kind, amount in reversed(standing):
        if not wallet.make(bet, OPPOSITE[kind], amount).accepted:
            wallet.close(bet, closed=False)
            wallet.make(bet, OPPOSITE[kind], amount)
