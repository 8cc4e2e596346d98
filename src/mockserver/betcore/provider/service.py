"""Use cases of the built-in provider that BETCORE calls: the list of games, and the launch."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from mockserver.betcore.provider.games import GAMES, Game
from mockserver.betcore.provider.model import Launched, Studio
from mockserver.betcore.sessions.refusals import Refusal
from mockserver.kernel.errors import Rejection
from mockserver.kernel.money import decimal_text
from mockserver.kernel.settings import nearest


def listed() -> Iterable[Game]:
    """Every game, all of which can be launched."""
    return GAMES.values()


def launch(studio: Studio, asked: Launched, *, min_bet: Decimal, max_bet: Decimal) -> Launched:
    """Take note of a session. The same launch again is answered likewise (BC-ASM-076).

    :raises Rejection: in this order: unknown game, a session that was launched for another user, game,
        currency or mode, limits that can't be kept
    """
    if asked.game_id not in GAMES:
        raise Rejection(
            Refusal.UNKNOWN_GAME,
            f"gameId: there is no game `{asked.game_id}`; {nearest(asked.game_id, GAMES)}",
        )
    before = studio.launched.get(asked.session_id, asked)
    if before != asked:
        raise Rejection(
            Refusal.DUPLICATE_CHANGED,
            f"session `{asked.session_id}` was launched before: {_difference(before, asked)}",
        )
    if min_bet > max_bet:
        raise Rejection(
            Refusal.LIMIT,
            f"minBet {decimal_text(min_bet)} is greater than maxBet {decimal_text(max_bet)}",
        )
    studio.launched[asked.session_id] = asked
    return asked


def _difference(before: Launched, now: Launched) -> str:
    """The first thing in which two launches differ."""
    pairs = {
        "userId": (before.user_id, now.user_id),
        "gameId": (before.game_id, now.game_id),
        "currency": (before.currency, now.currency),
        "gameMode": (before.mode, now.mode),
    }
    return next(f"{name} was `{was}`, and is `{is_}`" for name, (was, is_) in pairs.items() if was != is_)
