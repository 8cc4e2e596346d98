"""Games are played: what falls due happens to them, in the time of their partner client."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from mockserver.betcore.feed.course import Plan, course_of
from mockserver.betcore.feed.game_types import GameType
from mockserver.betcore.feed.jackpot import share_of
from mockserver.betcore.feed.model import FeedBooks, Game
from mockserver.betcore.feed.states import COMPLETED, TRANSITIONS, Event, Phase
from mockserver.kernel.transitions import next_state

if TYPE_CHECKING:
    from mockserver.betcore.model import PartnerClient

TIMER = "feed_game"
"""Kind of the timers; their subject is the game type."""


class GameRunning(Exception):
    """A game of the type is being played already. The text says which, in one line."""


def attach(client: PartnerClient) -> None:
    """Open the feed of a client that is new: a game of each type waits."""
    for kind in GameType:
        client.feed.open(kind, client.clock.now())
    client.timekeeper.on(TIMER, partial(_fell_due, client))


def play(client: PartnerClient, kind: GameType, plan: Plan, *, at_once: bool) -> Game:
    """Play the game that waits, or the next one where the result of one is still shown.

    :param at_once: whether it is over when this returns; otherwise it takes the client's time
    :raises GameRunning: one is being played
    """
    books, now = client.feed, client.clock.now()
    game = books.game_of(kind)
    if game.course:
        raise GameRunning(f"game {game.id} of type {kind} is being played; it is {game.phase}")
    if game.phase is not Phase.AWAITING:
        client.timekeeper.cancel(TIMER, str(kind))
        game = books.open(kind, now)
    game.course = course_of(plan)
    game.shown_seconds = plan.result_seconds
    while game.course and (at_once or not game.course[0].wait):
        _step(books, game, now)
    _set_timer(client, game)
    return game


async def _fell_due(client: PartnerClient, subject: str) -> str:
    kind = GameType(int(subject))
    books, now = client.feed, client.clock.now()
    game = books.game_of(kind)
    if not game.course:
        return f"game {books.open(kind, now).id} waits"
    _step(books, game, now)
    while game.course and not game.course[0].wait:
        _step(books, game, now)
    _set_timer(client, game)
    return f"game {game.id} is {game.phase}"


def _set_timer(client: PartnerClient, game: Game) -> None:
    wait = game.course[0].wait if game.course else game.shown_seconds
    due = client.clock.now() + timedelta(seconds=wait)
    client.timekeeper.set_timer(due, TIMER, str(game.type.value))


def _step(books: FeedBooks, game: Game, now: datetime) -> None:
    """Let the next thing happen to a game."""
    step, *rest = game.course
    game.course = tuple(rest)
    game.phase = next_state(TRANSITIONS, game.phase, step.event)
    if step.event is Event.START:
        game.starts_at = now
    if step.event in (Event.START, Event.NEXT_ROUND):
        game.round += 1
    game.bets_until = _end_of_betting(game, now)
    if not game.course and game.phase in COMPLETED:
        books.completed[game.type] = game.id
        books.jackpot += share_of(game.id)


def _end_of_betting(game: Game, now: datetime) -> datetime | None:
    closing = next((step for step in game.course if step.event is Event.CLOSE_BETS), None)
    return now + timedelta(seconds=closing.wait) if closing else None
