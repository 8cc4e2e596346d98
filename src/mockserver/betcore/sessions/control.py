"""What the control plane can do to a game provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from mockserver.betcore.provider.model import Launched, Round
from mockserver.betcore.provider.play import uuid_text
from mockserver.betcore.sessions import seeds, wire
from mockserver.betcore.sessions.drives import DRIVES
from mockserver.betcore.sessions.launches import Wish, open_session
from mockserver.betcore.sessions.model import Bet, Mode, Provider, Session, SessionState
from mockserver.betcore.sessions.soundness import require_booked
from mockserver.kernel.control import Collection, Drive, Json, Naming
from mockserver.kernel.conversion import from_document, to_document
from mockserver.kernel.players import Player, PlayerSpec
from mockserver.kernel.ports import IdSource
from mockserver.kernel.tenant import Post
from mockserver.kernel.tenant_settings import PROVIDER
from mockserver.kernel.tenant_spec import put_players

_CURRENCY = "EUR"
_MAGIC_BALANCE = Decimal(1000)

_PLAYER_KEYS = frozenset({"userId", "sessionId"})


@dataclass(slots=True)
class _Books:
    sessions: list[Session]
    bets: list[Bet]
    launched: list[Launched]
    rounds: list[Round]


class GameProviders:
    """Game providers, as the control plane meets them."""

    kind = PROVIDER
    balance_places = 8
    standard_players: tuple[PlayerSpec, ...] = seeds.STANDARD_PLAYERS
    drives: Mapping[str, Drive] = DRIVES

    def __init__(self, post: Post) -> None:
        self.post = post
        self.player_naming = Naming(_PLAYER_KEYS, _names_of_player)
        self.collections: Mapping[str, Collection] = MappingProxyType(
            {
                "bets": Collection(
                    lambda provider: list(provider.books.bets()), wire.bet, Naming(frozenset({"betId"}))
                ),
                "sessions": Collection(
                    lambda provider: [
                        (one, provider.ledger.balance(one.account)) for one in provider.books.sessions()
                    ],
                    lambda one: wire.session(*one),
                    Naming(frozenset({"sessionId"})),
                ),
            }
        )

    def new_tenant(self, **common: Any) -> Provider:
        """A provider with no sessions."""
        return Provider(**common)

    def made_up_name(self, ids: IdSource) -> str:
        """A counterparty id as in the samples."""
        return uuid_text(ids.hex(32))

    def begin(self, tenant: Provider) -> None:
        """Open the standard sessions of those players whom the provider has, at BETCORE as at the built-in
        provider."""
        for one in seeds.STANDARD_SESSIONS:
            player = tenant.players.find(one.user_id)
            if player is None or tenant.books.session(one.id):
                continue
            open_session(tenant, _wish(tenant, one.id, player, one.mode), SessionState.OPEN)
            tenant.studio.launched[one.id] = Launched(
                session_id=one.id,
                user_id=player.id,
                game_id=seeds.STANDARD_GAME,
                currency=player.currency,
                mode=one.mode.value,
            )

    def conjure(self, tenant: Provider, name: str, currency: str | None) -> None:
        """A session with the value as its id, and a player for it."""
        if tenant.books.session(name) is not None:
            return
        if tenant.players.find(name) is None:
            spec = PlayerSpec(id=name, currency=currency or _CURRENCY, balance=_MAGIC_BALANCE)
            put_players(self, tenant.players, tenant.ledger, [spec])
        player = tenant.players.find(name)
        if player is not None:
            open_session(tenant, _wish(tenant, name, player, Mode.REAL), SessionState.OPEN)

    def forget_player(self, tenant: Provider, player_id: str) -> None:
        """Drop the player's sessions and bets, the calls about them, and what the built-in provider knows."""
        subjects = [one.id for one in tenant.books.sessions() if one.user_id == player_id]
        subjects += [one.bet_id for one in tenant.studio.rounds.values() if one.user_id == player_id]
        for subject in subjects:
            tenant.outbox.forget(subject)
        tenant.books.forget(player_id)
        tenant.studio.forget(player_id)

    def export_books(self, tenant: Provider) -> Json:
        """Sessions and bets at BETCORE, and what the built-in provider holds."""
        books, studio = tenant.books, tenant.studio
        document: Json = to_document(
            _Books(
                list(books.sessions()),
                list(books.bets()),
                list(studio.launched.values()),
                list(studio.rounds.values()),
            )
        )
        return document

    def load_books(self, tenant: Provider, document: Json) -> None:
        """Put sessions and bets back.

        :raises ValueError: the document holds none, or one that can't be
        """
        books = from_document(_Books, document)
        for session in books.sessions:
            if tenant.players.find(session.user_id) is None:
                raise ValueError(f"session `{session.id[:40]}` is one of a player whom nobody knows")
        require_booked(tenant, books.bets)
        tenant.books.restore(books.sessions, books.bets)
        tenant.studio.restore(books.launched, books.rounds)


def _wish(provider: Provider, session_id: str, player: Player, mode: Mode) -> Wish:
    return Wish(
        id=session_id,
        user_id=player.id,
        currency=player.currency,
        game_id=seeds.STANDARD_GAME,
        mode=mode,
        language="en",
        min_bet=provider.settings["min_bet"],
        max_bet=provider.settings["max_bet"],
    )


def _names_of_player(provider: Provider, name: str) -> frozenset[str]:
    """The id, and the sessions that were opened for it."""
    sessions = list(provider.books.sessions())
    user_id = next((one.user_id for one in sessions if one.id == name), name)
    return provider.players.names(user_id) | {name, *(one.id for one in sessions if one.user_id == user_id)}
