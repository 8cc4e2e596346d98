"""When a stake is refused though its bet is new, as rows in the order of the contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from mockserver.betcore.sessions.model import Session
from mockserver.betcore.sessions.refusals import Refusal
from mockserver.kernel.errors import Rejection
from mockserver.kernel.money import decimal_text
from mockserver.kernel.players import Player


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """A stake that is to be taken, and what has to be known about it."""

    session: Session
    player: Player
    stake: Decimal
    balance: Decimal
    now: datetime
    session_life: timedelta | None


def _ended(it: Placing) -> str | None:
    if not it.session.is_over(it.now, it.session_life):
        return None
    return f"session `{it.session.id}` has ended; it takes no bets any more"


def _blocked(it: Placing) -> str | None:
    return None if it.player.may_bet else f"player `{it.player.id}` is `{it.player.state}`"


def _out_of_limits(it: Placing) -> str | None:
    least, most = it.session.min_bet, it.session.max_bet
    if least <= it.stake <= most:
        return None
    return f"betAmount: is {decimal_text(it.stake)}; the session takes {decimal_text(least)} to " + (
        decimal_text(most)
    )


def _beyond_the_balance(it: Placing) -> str | None:
    if it.stake <= it.balance:
        return None
    return f"balance is {decimal_text(it.balance)}, the stake is {decimal_text(it.stake)}"


RULES: tuple[tuple[Refusal, Callable[[Placing], str | None]], ...] = (
    (Refusal.SESSION_ENDED, _ended),  # BC-ASM-121
    (Refusal.BLOCKED, _blocked),  # BC-ASM-084
    (Refusal.LIMIT, _out_of_limits),  # BC-ASM-084
    (Refusal.INSUFFICIENT_FUNDS, _beyond_the_balance),
)
"""Each with a function that says what is wrong, or nothing."""


def require_placeable(placing: Placing) -> None:
    """See to it that a stake can be taken.

    :raises Rejection: it can't; of several reasons the first row counts
    """
    for refusal, wrong in RULES:
        if reason := wrong(placing):
            raise Rejection(refusal, reason)
