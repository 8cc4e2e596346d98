"""Operations of the provider's API, bound to use cases. A handler translates and never decides."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from mockserver.betcore.provider import service, wire
from mockserver.betcore.provider.play import tell_late
from mockserver.kernel.exchange import Call, Document, Handler


def handlers() -> Mapping[str, Handler]:
    """Handlers of the provider by operationId."""

    async def list_games(_call: Call) -> Document:
        return wire.games(service.listed())

    async def launch_game(call: Call) -> Document:
        asked = wire.launch(call.parameters["gameId"], call.document)
        launched = service.launch(
            call.tenant.studio,
            asked,
            min_bet=Decimal(call.document["minBet"]),
            max_bet=Decimal(call.document["maxBet"]),
        )
        tell_late(call.tenant, launched.user_id)
        return wire.launched(launched)

    return {"listGames": list_games, "launchGame": launch_game}
