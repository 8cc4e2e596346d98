"""The one place where everything meets: contracts, vendors, adapters. Tests call the same function
with fakes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bet_contracts.schemas import compile_schema
from mockserver.betcore import handlers as betcore_handlers
from mockserver.betcore import identity as betcore_identity
from mockserver.betcore import seeds as betcore_seeds
from mockserver.betcore import wire as betcore_wire
from mockserver.betcore.model import PartnerClient
from mockserver.betcore.service import Wallet
from mockserver.betstack import handlers as betstack_handlers
from mockserver.betstack import identity as betstack_identity
from mockserver.betstack import seeds as betstack_seeds
from mockserver.betstack import wire as betstack_wire
from mockserver.betstack.model import Operator
from mockserver.betstack.service import TicketDesk
from mockserver.edge.contract import Contract, load
from mockserver.edge.surface import Surface
from mockserver.kernel.exchange import Document, Handler
from mockserver.kernel.ports import Clock, IdSource, KeyFinder


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Every surface, and the tenants behind them."""

    surfaces: tuple[Surface, ...]
    operators: dict[str, Operator]
    clients: dict[str, PartnerClient]

    def first_tenant(self, surface: Surface) -> Operator | PartnerClient:
        """A seeded tenant of the surface's vendor."""
        if surface.contract.surface.startswith("betstack."):
            return next(iter(self.operators.values()))
        return next(iter(self.clients.values()))

    def reset(self) -> list[str]:
        """Forget everything and go back to the seeds; runs on the event loop.

        :returns: names of the tenants
        """
        # The gates hold these dictionaries, so they are refilled and not replaced.
        self.operators.clear()
        self.operators.update(betstack_seeds.operators())
        self.clients.clear()
        self.clients.update(betcore_seeds.clients())
        return [*self.operators, *self.clients]


def build(
    *,
    clock: Clock,
    ids: IdSource,
    keys: KeyFinder,
    jwks: Callable[[], Document],
    hints: bool,
    overrides: Mapping[str, Any] | None = None,
) -> Sandbox:
    """Compile the contracts and bind them to the vendors.

    :param keys: finds the keys that BETCORE's calls to the casino are signed with
    :param jwks: BETCORE's own key set, as this server publishes it
    :param hints: whether answers carry the sandbox's own headers
    :param overrides: what the user's file puts in the place of assumptions
    :raises mockserver.edge.contract.ContractError: a contract can't be read or doesn't fit the handlers
    """
    operators = betstack_seeds.operators()
    clients = betcore_seeds.clients()
    bet_engine_handlers = betstack_handlers.handlers(TicketDesk(clock, ids, betstack_seeds.offer()))
    casino_handlers = betcore_handlers.casino_handlers(Wallet(ids))
    aggregator_handlers = betcore_handlers.aggregator_handlers(jwks)
    casino = _served("betcore.casino", casino_handlers, overrides)
    surfaces = (
        Surface(
            contract=_served("betstack.bet_engine", bet_engine_handlers, overrides),
            gate=betstack_identity.OperatorGate(operators),
            handlers=bet_engine_handlers,
            render_refusal=betstack_wire.refusal,
            docs_path="/docs",
            hints=hints,
        ),
        Surface(
            contract=casino,
            gate=betcore_identity.TokenGate(clients, keys, clock, compile_schema(casino.token_claims)),
            handlers=casino_handlers,
            render_refusal=betcore_wire.refusal,
            docs_path="/casino/docs",
            hints=hints,
        ),
        Surface(
            contract=_served("betcore.aggregator", aggregator_handlers, overrides),
            gate=betcore_identity.OpenGate(),
            handlers=aggregator_handlers,
            render_refusal=betcore_wire.refusal,
            docs_path="/docs",
            hints=hints,
        ),
    )
    return Sandbox(surfaces, operators, clients)


def _served(surface: str, handlers: Mapping[str, Handler], overrides: Mapping[str, Any] | None) -> Contract:
    """The part of a surface's contract that this server lives."""
    return load(surface, overrides).only(handlers)
