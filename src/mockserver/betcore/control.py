"""What the control plane can do to a partner client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from mockserver.betcore import callbacks, seeds, wire
from mockserver.betcore.feed import drives as feed_drives
from mockserver.betcore.feed import model as feed_model
from mockserver.betcore.feed import rounds
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
    feed: feed_model.FeedBooks | None = None


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
                "round": feed_drives.ROUND,
                "keys": Drive("Give BETCORE a new signing key.", {}),
            }
        )

    def new_tenant(self, **common: Any) -> PartnerClient:
        """A client with no bets, for whom a game of each type of the feed waits."""
        client = PartnerClient(**common)
        rounds.attach(client)
        return client

    def forget_player(self, tenant: PartnerClient, player_id: str) -> None:
        """Drop the player's bets."""
        tenant.books.forget(player_id)

    def export_books(self, tenant: PartnerClient) -> Json:
        """Every bet with its transactions, and the games of the feed."""
        document: Json = to_document(_Books([_BetOf(*one) for one in tenant.books], tenant.feed))
        return document

    def load_books(self, tenant: PartnerClient, document: Json) -> None:
        """Put the bets and the games back.

        :raises ValueError: the document holds no bets, or a feed that can't be
        """
        tenant.books = Books()
        books = from_document(_Books, document)
        for one in books.bets:
            tenant.books.keep(one.user_id, one.bet_id, one.bet)
        if books.feed is not None:  # older exports have none
            feed_model.require_sound(books.feed)
            tenant.feed = books.feed


async def _balance(client: PartnerClient, fields: Mapping[str, Any], cause: str) -> list[OutgoingCall]:
    call = client.outbox.put(callbacks.GET_USER_DATA, callbacks.user_data(fields["player"]), cause=cause)
    return [await client.outbox.send(call.id)]
