"""Nouns of the feed: games, and what a partner client's feed holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from mockserver.betcore.feed import jackpot
from mockserver.betcore.feed.course import Step
from mockserver.betcore.feed.game_types import GameType
from mockserver.betcore.feed.states import Phase

MOST_GAMES = 200
"""Games that are remembered; the oldest go first."""

MOST_TOKENS = 1_000
"""Tokens whose messages are counted; those that subscribed longest ago go first."""

FIRST_ID = 700_001
_FIRST_EDITION = 41_001


@dataclass(slots=True, kw_only=True)
class Game:
    """One game, from the moment when it is the next of its type."""

    id: int
    edition: int
    """Its public number."""
    type: GameType
    phase: Phase = Phase.AWAITING
    round: int = 0
    """The one being played; 0 before the first."""
    starts_at: datetime
    """While it waits, the moment from which it did (BC-ASM-131)."""
    bets_until: datetime | None = None
    """``None`` while no bet can be placed."""
    course: tuple[Step, ...] = ()
    """What is still to happen to it."""
    shown_seconds: int = 0
    """How long its end is shown before the next game."""


@dataclass(slots=True)
class FeedBooks:
    """Games of one partner client, found in O(1) by id; one of each type is the current one."""

    games: dict[int, Game] = field(default_factory=dict)
    current: dict[GameType, int] = field(default_factory=dict)
    completed: dict[GameType, int] = field(default_factory=dict)
    """The game of each type that was completed last."""
    jackpot: Decimal = jackpot.START
    made: int = 0
    """How many games there have been."""
    counters: dict[str, dict[GameType, int]] = field(default_factory=dict)
    """Messages streamed, by token and game type (BC-ASM-102)."""

    def open(self, kind: GameType, now: datetime) -> Game:
        """Make the next game of a type the current one."""
        game = Game(id=FIRST_ID + self.made, edition=_FIRST_EDITION + self.made, type=kind, starts_at=now)
        self.made += 1
        self.games[game.id] = game
        self.current[kind] = game.id
        while len(self.games) > MOST_GAMES:
            del self.games[next(one for one in self.games if one not in self.current.values())]
        return game

    def game_of(self, kind: GameType) -> Game:
        """The current game of a type."""
        return self.games[self.current[kind]]

    def newest_first(self) -> list[Game]:
        """Every game that is remembered."""
        return list(reversed(self.games.values()))

    def counter_of(self, token: str) -> dict[GameType, int]:
        """How many messages a token was streamed of each type; to be added to."""
        counter = self.counters.pop(token, {})
        self.counters[token] = counter  # the last one now
        while len(self.counters) > MOST_TOKENS:
            del self.counters[next(iter(self.counters))]
        return counter
