"""What the control plane can do to a partner client."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from mockserver.betcore import archive, callbacks, seeds, wire
from mockserver.betcore.model import PartnerClient
from mockserver.kernel.control import Collection, Drive, Json
from mockserver.kernel.outbox import OutgoingCall
from mockserver.kernel.players import PlayerSpec
from mockserver.kernel.tenant import Post
from mockserver.kernel.tenant_settings import PARTNER_CLIENT

_PLAYER = {"type": "string", "minLength": 1, "description": "PartnerUserId, known to the casino or not"}
_BET_KEYS = frozenset({"BetId", "betId"})


class Betcore:
    """Partner clients, as the control plane meets them."""

    kind = PARTNER_CLIENT
    balance_places = 8
    standard_players: tuple[PlayerSpec, ...] = seeds.STANDARD_PLAYERS

    def __init__(self, post: Post) -> None:
        self.post = post
        self.collections: Mapping[str, Collection] = MappingProxyType(
            {
                "bets": Collection(
                    lambda client: list(client.books.bets), lambda one: wire.bet(*one), _BET_KEYS
                ),
                "cashbacks": Collection(
                    lambda client: list(client.books.cashbacks), lambda one: wire.cashback(*one), _BET_KEYS
                ),
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
        """A client with nothing booked, and with the standard newcomer's token if its players are the
        standard ones."""
        client = PartnerClient(**common)
        _expect_newcomer(client)
        return client

    def forget_player(self, tenant: PartnerClient, player_id: str) -> None:
        """Drop what is booked of the player; the tokens are those that the player was given, as if anew."""
        tenant.books.forget(player_id)
        tenant.refresh_tokens.forget(player_id)
        player = tenant.players.find(player_id)
        if player is not None:
            for token in player.tokens:
                tenant.issue(token, player_id, player.currency)
        if player_id == seeds.STANDARD_NEWCOMER.user_id:
            _expect_newcomer(tenant)

    def export_books(self, tenant: PartnerClient) -> Json:
        """Every bet and cashback with its transactions, and every refresh token."""
        return archive.exported(tenant)

    def load_books(self, tenant: PartnerClient, document: Json) -> None:
        """Put the books back.

        :raises ValueError: the document holds none, or what can't be
        """
        archive.load(tenant, document)


def _expect_newcomer(client: PartnerClient) -> None:
    if client.origin == seeds.STANDARD_PLAYERS:
        newcomer = seeds.STANDARD_NEWCOMER
        client.issue(newcomer.token, newcomer.user_id, newcomer.currency)


async def _balance(client: PartnerClient, fields: Mapping[str, Any], cause: str) -> list[OutgoingCall]:
    call = client.outbox.put(callbacks.GET_USER_DATA, callbacks.user_data(fields["player"]), cause=cause)
    return [await client.outbox.send(call.id)]
