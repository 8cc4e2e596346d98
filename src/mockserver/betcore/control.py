"""What the control plane can do to a partner client."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from mockserver.betcore import archive, seeds, wire
from mockserver.betcore.accounts import Accounts
from mockserver.betcore.aggregator import wire as aggregator_wire
from mockserver.betcore.aggregator.access import CLIENT_NAME
from mockserver.betcore.aggregator.drives import drives
from mockserver.betcore.aggregator.keys import KeyRing
from mockserver.betcore.aggregator.service import Aggregator
from mockserver.betcore.feed import drives as feed_drives
from mockserver.betcore.feed import rounds
from mockserver.betcore.model import PartnerClient
from mockserver.kernel.control import Collection, Drive, Json, Naming
from mockserver.kernel.players import PlayerSpec
from mockserver.kernel.ports import IdSource
from mockserver.kernel.tenant import Post
from mockserver.kernel.tenant_settings import PARTNER_CLIENT
from mockserver.kernel.tenant_spec import put_players

_CURRENCY = "EUR"
_MAGIC_BALANCE = Decimal(1000)
_NUMBER_DIGITS = 10
_BETS = Naming(frozenset({"BetId", "betId"}))
_PLAYER_KEYS = frozenset({"PartnerUserId", "RefreshToken"})


class Betcore:
    """Partner clients, as the control plane meets them."""

    kind = PARTNER_CLIENT
    balance_places = 8
    standard_players: tuple[PlayerSpec, ...] = seeds.STANDARD_PLAYERS

    def __init__(self, post: Post, aggregator: Aggregator, keys: KeyRing, accounts: Accounts) -> None:
        self.post = post
        self._aggregator = aggregator
        self.player_naming = Naming(_PLAYER_KEYS, _names_of_player)
        self.collections: Mapping[str, Collection] = MappingProxyType(
            {
                "bets": Collection(
                    lambda client: list(client.books.bets), lambda one: wire.history(*one), _BETS
                ),
                "cashbacks": Collection(
                    lambda client: list(client.books.cashbacks), lambda one: wire.history(*one), _BETS
                ),
                "transactions": Collection(lambda client: list(client.asked), aggregator_wire.asked, _BETS),
            }
        )
        self.drives: Mapping[str, Drive] = MappingProxyType(
            {
                **drives(aggregator, keys),
                "refresh_token": _issuing_of_refresh_tokens(accounts),
                "round": feed_drives.ROUND,
            }
        )

    def new_tenant(self, **common: Any) -> PartnerClient:
        """A client with nothing booked, whose timers do what they are for, and for whom the feed's games
        wait; with the standard newcomer's token if its players are the standard ones."""
        client = PartnerClient(**common)
        self._aggregator.attach(client)
        rounds.attach(client)
        _expect_newcomer(client)
        return client

    def made_up_name(self, ids: IdSource) -> str:
        """A name with a ``PartnerClientId`` in it (BC-ASM-031)."""
        return CLIENT_NAME.format(int(ids.hex(_NUMBER_DIGITS), 16) + 1)

    def begin(self, tenant: PartnerClient) -> None:
        """Nothing is there from the beginning."""

    def conjure(self, tenant: PartnerClient, name: str, currency: str | None) -> None:
        """A player with the value as id and as a refresh token, which counts each time."""
        if tenant.players.find(name) is None:
            spec = PlayerSpec(id=name, currency=currency or _CURRENCY, balance=_MAGIC_BALANCE)
            put_players(self, tenant.players, tenant.ledger, [spec])
        tenant.issue(name, name, currency or _CURRENCY)

    def forget_player(self, tenant: PartnerClient, player_id: str) -> None:
        """Drop what is booked of the player, and what BETCORE asked for; the tokens are those that the
        player was given, as if anew."""
        tenant.books.forget(player_id)
        self._aggregator.forget_player(tenant, player_id)
        tenant.refresh_tokens.forget(player_id)
        player = tenant.players.find(player_id)
        if player is not None:
            for token in player.tokens:
                tenant.issue(token, player_id, player.currency)
        if player_id == seeds.STANDARD_NEWCOMER.user_id:
            _expect_newcomer(tenant)

    def export_books(self, tenant: PartnerClient) -> Json:
        """What is booked and was issued, what BETCORE asked for, and its keys."""
        return archive.exported(tenant)

    def load_books(self, tenant: PartnerClient, document: Json) -> None:
        """Put the books back.

        :raises ValueError: the document holds none, or what can't be
        """
        archive.load(tenant, document)


def _issuing_of_refresh_tokens(accounts: Accounts) -> Drive:
    def give(client: PartnerClient, fields: Mapping[str, Any]) -> Json:
        known = client.players.find(fields["player"])
        currency = known.currency if known else fields.get("currency", _CURRENCY)
        return {"refresh_token": accounts.issue_refresh_token(client, fields["player"], currency)}

    return Drive(
        "Have the built-in casino issue a refresh token, as before it opens the WebFrame.",
        {
            "player": {
                "type": "string",
                "minLength": 1,
                "description": "PartnerUserId; whom the casino does not know is registered by users/auth",
            },
            "currency": {
                "type": "string",
                "pattern": "^[A-Z]{3}$",
                "description": f"Of a newcomer's account; default: {_CURRENCY}",
            },
        },
        ("player",),
        give=give,
    )


def _names_of_player(client: PartnerClient, name: str) -> frozenset[str]:
    """The id, and the refresh tokens that were issued for it."""
    issued = client.refresh_tokens.find(name)
    user_id = issued.user_id if issued else name
    tokens = (one.token for one in client.refresh_tokens if one.user_id == user_id)
    return client.players.names(user_id) | {name, user_id, *tokens}


def _expect_newcomer(client: PartnerClient) -> None:
    if client.origin == seeds.STANDARD_PLAYERS:
        newcomer = seeds.STANDARD_NEWCOMER
        client.issue(newcomer.token, newcomer.user_id, newcomer.currency)
