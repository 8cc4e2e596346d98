"""After a case: the player gets back what it took, as far as the API allows."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from conformance.errors import Missing
from conformance.ledger import signed
from conformance.oracle.betcore import BET, EFFECT, OPPOSITE, PAYOUT

if TYPE_CHECKING:
    from conformance.casino import Casino

CENT: Final = Decimal("0.01")


def give_back(wallet: Casino) -> str | None:
    """Take back every movement of the wallet's books; says what remains, ``None`` if nothing does."""
    if wallet.books is None:
        return None
    open_movements: list[tuple[int, int, Decimal]] = []
    for movement in wallet.books.movements:
        if movement.kind not in EFFECT:
            continue  # evened out below
        undone = next(
            (
                entry
                for entry in open_movements
                if entry[0] == movement.bet and OPPOSITE.get(entry[1]) == movement.kind
            ),
            None,
        )
        if undone:
            open_movements.remove(undone)
        else:
            open_movements.append((movement.bet, movement.kind, abs(movement.amount)))
    try:
        with wallet.channel.evidence.during("tidying up"):
            for bet, kind, amount in reversed(open_movements):
                if kind in OPPOSITE and amount and not wallet.make(bet, OPPOSITE[kind], amount).accepted:
                    wallet.close(bet, closed=False)
                    wallet.make(bet, OPPOSITE[kind], amount)
            left = wallet.read_balance() - wallet.books.opening
            if left > 0:  # a jackpot can't be taken back: a bet of the same amount, lost, evens it out
                wallet.make(wallet.new_bet(), BET, left)
                left = wallet.read_balance() - wallet.books.opening
            elif left < 0 and wallet.books.movements:
                # Taken where it should have been given: a small bet that wins evens it out.
                bet = wallet.new_bet()
                if wallet.make(bet, BET, CENT).accepted:
                    wallet.make(bet, PAYOUT, CENT - left)
                left = wallet.read_balance() - wallet.books.opening
    except Missing:
        return f"player {wallet.target.user}: what the case moved could not be given back"
    return f"player {wallet.target.user}: {signed(left)} {wallet.target.currency}" if left else None
