"""Between the wire's documents and the model."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from math import ceil
from typing import Any

from mockserver.betcore.feed import jackpot, tokens
from mockserver.betcore.feed.game_types import TRANSLATIONS
from mockserver.betcore.feed.model import FeedBooks, Game
from mockserver.betcore.feed.states import SHOWN
from mockserver.kernel.moments import in_milliseconds


def access_token(token: str) -> dict[str, Any]:
    """A token with what its holder has to know (BC-ASM-087)."""
    return {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": int(tokens.LIFETIME.total_seconds()),
        "scope": tokens.SCOPE,
    }


def game(it: Game) -> dict[str, Any]:
    """A game in the fields of the live feed (BC-ASM-091)."""
    shown = SHOWN[it.phase]
    return {
        "i": it.id,
        "t": it.type.value,
        "ge": it.edition,
        "s": shown.state,
        "ps": shown.play_status,
        "cr": it.round,
        "sdt": in_milliseconds(it.starts_at),
    }


def games_info(
    books: FeedBooks, it: Game, *, number: int, maintenance: bool, now: datetime
) -> dict[str, Any]:
    """A message of the stream.

    :param number: its place among those of the same token and game type
    """
    return {
        "sId": number,
        "tst": in_milliseconds(now),
        "im": maintenance,
        "bt": _seconds_left(it.bets_until, now),
        "wgi": [game(it) | {"lrId": books.completed.get(it.type, 0)}],
    }


def translations() -> list[dict[str, Any]]:
    """The names of the game types."""
    return [{"t": kind.value, "translations": dict(names)} for kind, names in TRANSLATIONS.items()]


def accumulated_jackpot(amount: Decimal) -> dict[str, Any]:
    """The jackpot; its amount with two digits after the point."""
    return {"Amount": f"{amount:.2f}", "CurrencyCode": jackpot.CURRENCY}


def _seconds_left(until: datetime | None, now: datetime) -> int:
    """Whole seconds, the one that has begun among them (BC-ASM-098)."""
    return max(ceil((until - now).total_seconds()), 0) if until else 0
