"""The games of the built-in provider. All of them are made up; the categories are those that public code
sends (BC-ASM-074)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

CRASH = "crash"


@dataclass(frozen=True, slots=True)
class Game:
    """A game. Its id is a number or a text; the written form of either names it in a path."""

    id: int | str
    name: str
    category: str
    max_odd: int | None
    """Greatest odds; ``None`` for a crash game, which has no end."""

    @property
    def key(self) -> str:
        """The id as a path has it."""
        return str(self.id)


GAMES: Mapping[str, Game] = MappingProxyType(
    {
        game.key: game
        for game in (
            Game(101, "Seven Fruits", "slots", 500),
            Game(102, "Pharaoh's Stair", "slots", 2_000),
            Game(118, "Jacks or Better", "video_poker", 800),
            Game(131, "Penalty Shoot", "arcade", 32),
            Game("dice-duel", "Dice Duel", "casual", 98),
            Game("keno-80", "Keno 80", "lottery", 10_000),
            Game(205, "Rocket", CRASH, None),
        )
    }
)
"""By the written form of their ids, in the order of the list."""
