"""Players: list, read, seed, reset."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from mockserver.admin.plane import Plane, page
from mockserver.kernel.control import ControlRefusal, Json, Problem
from mockserver.kernel.money import decimal_text
from mockserver.kernel.players import Player, PlayerSpec, PlayerState, account_of
from mockserver.kernel.tenant import Tenant


def handlers(plane: Plane) -> dict[str, Callable[..., Any]]:
    """By operationId."""
    tenants = plane.tenants

    def list_players(tenant: str, limit: int, offset: int) -> Json:
        def on_loop() -> Json:
            found = tenants.find(tenant)
            return page(list(found.players), limit, offset, lambda one: _document(found, one))

        return plane.bridge.run(on_loop)

    def read_one(tenant: str, player: str) -> Json:
        def on_loop() -> Json:
            found = tenants.find(tenant)
            return _document(found, _find(found, player))

        return plane.bridge.run(on_loop)

    def seed_player(tenant: str, player: str, body: Json) -> Json:
        def on_loop() -> Json:
            found = tenants.find(tenant)
            tenants.seed_player(tenant, _changed(found, player, body))
            return _document(found, _find(found, player))

        return plane.bridge.run(on_loop)

    def reset_player(tenant: str, player: str) -> None:
        plane.bridge.run(lambda: tenants.reset_player(tenant, player))

    return {
        "listPlayers": list_players,
        "readPlayer": read_one,
        "seedPlayer": seed_player,
        "resetPlayer": reset_player,
    }


def read_player(player_id: str, document: Mapping[str, Any]) -> PlayerSpec:
    """A player as a document of the contract describes one, ``currency`` included."""
    return replace(PlayerSpec(id=player_id, currency=""), **_given(document))


def _changed(tenant: Tenant, player_id: str, document: Mapping[str, Any]) -> PlayerSpec:
    """The player as it is, with what the document says."""
    player = tenant.players.find(player_id)
    if player is None:
        if "currency" not in document:
            raise ControlRefusal(Problem.INVALID, f"currency: the new player `{player_id}` needs one")
        return read_player(player_id, document)
    spec = PlayerSpec(
        id=player.id,
        currency=player.currency,
        tokens=player.tokens,
        balance=tenant.ledger.balance(account_of(player.id)),
        state=player.state,
        msisdn=player.msisdn,
    )
    return replace(spec, **_given(document))


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "currency": str,
    "tokens": tuple,
    "balance": lambda value: Decimal(str(value)),
    "state": PlayerState,
    "msisdn": str,
}


def _given(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: read(document[name]) for name, read in _READERS.items() if name in document}


def _find(tenant: Tenant, player_id: str) -> Player:
    player = tenant.players.find(player_id)
    if player is None:
        raise ControlRefusal(Problem.NOT_FOUND, f"tenant `{tenant.name}` has no player `{player_id}`")
    return player


def _document(tenant: Tenant, player: Player) -> Json:
    return {
        "id": player.id,
        "currency": player.currency,
        "tokens": list(player.tokens),
        "balance": decimal_text(tenant.ledger.balance(account_of(player.id))),
        "state": player.state.value,
        "msisdn": player.msisdn,
    }
