"""Between the documents of the provider's API and its model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from mockserver.betcore.provider.games import Game
from mockserver.betcore.provider.model import Launched
from mockserver.betcore.sessions.refusals import Refusal
from mockserver.kernel.errors import Rejection

_LOBBY = "https://games.example"


def games(listed: Iterable[Game]) -> list[dict[str, Any]]:
    """The list of games, a bare array."""
    return [_game(one) for one in listed]


def _game(it: Game) -> dict[str, Any]:
    odds = {} if it.max_odd is None else {"maxOdd": it.max_odd}
    return {
        "gameId": it.id,
        "name": it.name,
        "gameCategory": it.category,
        **odds,
        "lobbyImgUrl": f"{_LOBBY}/{it.key}.png",
    }


def launch(game_id: str, document: Mapping[str, Any]) -> Launched:
    """Read a launch.

    :param game_id: as the path has it
    :raises Rejection: the currency is not written in letters, or the language does not begin with them
    """
    for name, letters in (("currency", document["currency"]), ("language", document["language"][:2])):
        if not (letters.isascii() and letters.isalpha()):
            raise Rejection(
                Refusal.INVALID_REQUEST, f"body: {name}: is `{document[name][:40]}`, which can't be used"
            )
    return Launched(
        session_id=document["sessionId"],
        user_id=document["userId"],
        game_id=game_id,
        currency=document["currency"],
        mode=document["gameMode"],
    )


def launched(it: Launched) -> dict[str, Any]:
    """Where the game is to be embedded from (BC-ASM-076)."""
    return {"frameUri": f"{_LOBBY}/{it.game_id}?session={quote(it.session_id, safe='')}"}
