"""The types of games, and their names by language (BC-ASM-092, BC-ASM-099)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType


class GameType(IntEnum):
    """``GameType`` of a subscription, ``t`` of a game. ``FIRST`` is the 1 of the printed sample; no page
    names it."""

    FIRST = 1
    POKER = 3


TRANSLATIONS: Mapping[GameType, Mapping[str, str]] = MappingProxyType(
    {
        GameType.FIRST: MappingProxyType({"en": "Game 1", "de": "Spiel 1", "es": "Juego 1"}),
        GameType.POKER: MappingProxyType({"en": "Poker", "de": "Poker", "es": "Póquer"}),
    }
)
