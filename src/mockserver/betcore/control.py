"""What the control plane can do to a partner client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from mockserver.betcore import seeds, wire
from mockserver.betcore.aggregator import wire as aggregator_wire
from mockserver.betcore.aggregator.access import CLIENT_NAME, AccessTokens
from mockserver.betcore.aggregator.asked import Asked
from mockserver.betcore.aggregator.drives import drives
from mockserver.betcore.aggregator.keys import ClientKeys, KeyRing
from mockserver.betcore.aggregator.service import Aggregator
from mockserver.betcore.model import Bet, Books, PartnerClient
from mockserver.kernel.control import Collection, Drive, Json
from mockserver.kernel.conversion import from_document, to_document
from mockserver.kernel.players import PlayerSpec
from mockserver.kernel.ports import IdSource
from mockserver.kernel.tenant import Post
from mockserver.kernel.tenant_settings import PARTNER_CLIENT

_NUMBER_DIGITS = 10
_BET_KEYS = frozenset({"BetId", "betId"})


@dataclass(slots=True)
class _BetOf:
    bet_id: str
    user_id: str
    bet: Bet


@dataclass(slots=True)
class _Books:
    bets: list[_BetOf]
    asked: list[Asked]
    keys: ClientKeys
    tokens: AccessTokens


class Betcore:
    """Partner clients, as the control plane meets them."""

    kind = PARTNER_CLIENT
    balance_places = 8
    standard_players: tuple[PlayerSpec, ...] = seeds.STANDARD_PLAYERS

    def __init__(self, post: Post, aggregator: Aggregator, keys: KeyRing) -> None:
        self.post = post
        self._aggregator = aggregator
        self.collections: Mapping[str, Collection] = MappingProxyType(
            {
                "bets": Collection(lambda client: list(client.books), lambda one: wire.bet(*one), _BET_KEYS),
                "transactions": Collection(
                    lambda client: list(client.asked), aggregator_wire.asked, _BET_KEYS
                ),
                "sessions": Collection(None, lambda one: one),
            }
        )
        self.drives: Mapping[str, Drive] = drives(aggregator, keys)

    def new_tenant(self, **common: Any) -> PartnerClient:
        """A client with no bets, whose timers do what they are for."""
        client = PartnerClient(**common)
        self._aggregator.attach(client)
        return client

    def made_up_name(self, ids: IdSource) -> str:
        """A name with a ``PartnerClientId`` in it (BC-ASM-031)."""
        return CLIENT_NAME.format(int(ids.hex(_NUMBER_DIGITS), 16) + 1)

    def forget_player(self, tenant: PartnerClient, player_id: str) -> None:
        """Drop the player's bets, also what BETCORE asked for."""
        tenant.books.forget(player_id)
        self._aggregator.forget_player(tenant, player_id)

    def export_books(self, tenant: PartnerClient) -> Json:
        """Every bet with its transactions, what BETCORE asked for, its keys and the client's tokens."""
        document: Json = to_document(
            _Books([_BetOf(*one) for one in tenant.books], list(tenant.asked), tenant.keys, tenant.tokens)
        )
        return document

    def load_books(self, tenant: PartnerClient, document: Json) -> None:
        """Put the bets back.

        :raises ValueError: the document holds no bets
        """
        books = from_document(_Books, document)
        tenant.books, tenant.keys, tenant.tokens = Books(), books.keys, books.tokens
        tenant.asked.restore(books.asked)
        for one in books.bets:
            tenant.books.keep(one.user_id, one.bet_id, one.bet)
