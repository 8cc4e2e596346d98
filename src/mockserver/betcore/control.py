"""What the control plane can do to a partner client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from mockserver.betcore import callbacks, seeds, wire
from mockserver.betcore.model import Bet, Books, PartnerClient
from mockserver.kernel.control import Collection, Drive, Json
from mockserver.kernel.conversion import from_document, to_document
from mockserver.kernel.outbox import OutgoingCall
from mockserver.kernel.players import PlayerSpec
from mockserver.kernel.tenant import Post
from mockserver.kernel.tenant_settings import PARTNER_CLIENT

_PLAYER = {"type": "string", "minLength": 1, "description": "PartnerUserId, known to the casino or not"}
_BET_KEYS = frozenset({"BetId", "betId"})


@dataclass(slots=True)
class _BetOf:
    bet_id: str
    user_id: str
    bet: Bet


@dataclass(slots=True)
class _Books:
    bets: list[_BetOf]


class Betcore:
    """Partner clients, as the control plane meets them."""

    kind = PARTNER_CLIENT
    balance_places = 8
    standard_players: tuple[PlayerSpec, ...] = seeds.STANDARD_PLAYERS

    def __init__(self, post: Post) -> None:
        self.post = post
        self.collections: Mapping[str, Collection] = MappingProxyType(
            {
                "bets": Collection(lambda client: list(client.books), lambda one: wire.bet(*one), _BET_KEYS),
                "sessions": Collection(None, lambda one: one),
            }
        )
        self.drives: Mapping[str, Drive] = MappingProxyType(
            {
                "balance": Drive(
                    "Ask the casino for a player's balance (users/data).",
                    {"player": _PLAYER},
                    ("player",),
                    run=_balance,
                ),
                "bet": Drive("Let BETCORE take a bet from a player.", {"player": _PLAYER}, ("player",)),
                "round": Drive("Let the provider play a round.", {"player": _PLAYER}, ("player",)),
                "keys": Drive("Give BETCORE a new signing key.", {}),
            }
        )

    def new_tenant(self, **common: Any) -> PartnerClient:
        """A client with no bets."""
        return PartnerClient(**common)

    def begin(self, tenant: PartnerClient) -> None:
        """Nothing is there from the beginning."""

    def forget_player(self, tenant: PartnerClient, player_id: str) -> None:
        """Drop the player's bets."""
        tenant.books.forget(player_id)

    def export_books(self, tenant: PartnerClient) -> Json:
        """Every bet with its transactions."""
        document: Json = to_document(_Books([_BetOf(*one) for one in tenant.books]))
        return document

    def load_books(self, tenant: PartnerClient, document: Json) -> None:
        """Put the bets back.

        :raises ValueError: the document holds no bets
        """
        tenant.books = Books()
        for one in from_document(_Books, document).bets:
            tenant.books.keep(one.user_id, one.bet_id, one.bet)


async def _balance(client: PartnerClient, fields: Mapping[str, Any], cause: str) -> list[OutgoingCall]:
    call = client.outbox.put(callbacks.GET_USER_DATA, callbacks.user_data(fields["player"]), cause=cause)
    return [await client.outbox.send(call.id)]
