"""Operations of the feed's contract, bound to use cases. A handler translates and never decides."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.betcore.aggregator.access import require_secret
from mockserver.betcore.feed import tokens, wire
from mockserver.betcore.feed.model import FeedBooks, Game
from mockserver.betcore.feed.refusals import Refusal
from mockserver.kernel.errors import Rejection
from mockserver.kernel.exchange import Call, Document, Handler


def feed_handlers() -> Mapping[str, Handler]:
    """By operationId."""

    async def issue_feed_token(call: Call) -> Document:
        client = require_secret(call.tenant, call.document["PartnerClientId"], call.document["Secret"])
        return wire.access_token(tokens.issue(client))

    async def list_feed_games(call: Call) -> Document:
        return [wire.game(one) for one in call.tenant.feed.newest_first()]

    async def get_game_info(call: Call) -> Document:
        return wire.game(_known_game(call.tenant.feed, call.parameters["id"]))

    async def list_translations(_call: Call) -> Document:
        return wire.translations()

    async def get_accumulated_jackpot(call: Call) -> Document:
        return wire.accumulated_jackpot(call.tenant.feed.jackpot)

    return {
        "issueFeedToken": issue_feed_token,
        "listFeedGames": list_feed_games,
        "getGameInfo": get_game_info,
        "listTranslations": list_translations,
        "getAccumulatedJackpot": get_accumulated_jackpot,
    }


def _known_game(books: FeedBooks, game_id: int) -> Game:
    """The game with this id.

    :raises Rejection: there is none, or it was too long ago
    """
    game = books.games.get(game_id)
    if game is None:
        kept = ", ".join(str(one) for one in books.current.values())
        raise Rejection(Refusal.UNKNOWN_GAME, f"id: there is no game {game_id}; the current ones are {kept}")
    return game
