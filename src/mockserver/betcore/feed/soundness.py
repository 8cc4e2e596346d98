"""What a feed that was exported has to be, to be shown and played on."""

from __future__ import annotations

from mockserver.betcore.feed.game_types import GameType
from mockserver.betcore.feed.model import FIRST_ID, MOST_GAMES, FeedBooks, Game
from mockserver.betcore.feed.states import TRANSITIONS
from mockserver.kernel.transitions import IllegalTransition, next_state

_MOST_MADE = 2**48


def require_sound_feed(books: FeedBooks) -> None:
    """See to it that games which were loaded can be shown and played on.

    :raises ValueError: they can't
    """
    if not 0 < books.made < _MOST_MADE:
        raise ValueError("the feed has made a number of games that it can't have")
    if books.current.keys() != set(GameType):
        raise ValueError("the feed has not one current game of each type")
    for kind, game_id in books.current.items():
        if game_id not in books.games or books.games[game_id].type is not kind:
            raise ValueError(f"the feed's current game of type {kind} can't be {game_id}")
    for game_id, game in books.games.items():
        if game.id != game_id or not FIRST_ID <= game_id < FIRST_ID + books.made or game.round < 0:
            raise ValueError(f"the feed can't have a game {game_id}")
        _require_course(game)
    if list(books.games) != sorted(books.games) or len(books.games) > MOST_GAMES:
        raise ValueError("the feed has too many games, or has them out of order")
    if not all(FIRST_ID <= one < FIRST_ID + books.made for one in books.completed.values()):
        raise ValueError("the feed has completed a game that there never was")
    if books.jackpot < 0 or any(count < 0 for one in books.counters.values() for count in one.values()):
        raise ValueError("the feed's jackpot, or a count of its messages, is below zero")


def _require_course(game: Game) -> None:
    """See to it that what is to happen to a game can happen."""
    if game.shown_seconds < 0 or any(step.wait < 0 for step in game.course):
        raise ValueError(f"game {game.id} of the feed has a time below zero")
    phase = game.phase
    for step in game.course:
        try:
            phase = next_state(TRANSITIONS, phase, step.event)
        except IllegalTransition:
            raise ValueError(f"game {game.id} of the feed can't go on as it is to") from None
