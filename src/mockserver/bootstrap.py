"""The one place where everything of a sandbox meets: contracts, vendors, adapters. Tests call the same
function with fakes. A call without a sandbox is put together by :mod:`mockserver.send.tenants`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bet_contracts.schemas import compile_schema
from mockserver.adapters.keys import OwnKeysFirst
from mockserver.betcore import handlers as betcore_handlers
from mockserver.betcore import identity as betcore_identity
from mockserver.betcore import seeds as betcore_seeds
from mockserver.betcore import wire as betcore_wire
from mockserver.betcore.accepts import BetcoreCaller, report
from mockserver.betcore.accounts import Accounts
from mockserver.betcore.aggregator.access import BearerGate, CredentialsGate
from mockserver.betcore.aggregator.handlers import aggregator_handlers
from mockserver.betcore.aggregator.keys import KeyRing
from mockserver.betcore.aggregator.service import Aggregator
from mockserver.betcore.aggregator.verification import Verifier
from mockserver.betcore.callbacks import CasinoCaller
from mockserver.betcore.cashback import CashbackDesk
from mockserver.betcore.control import Betcore
from mockserver.betcore.feed.handlers import feed_handlers
from mockserver.betcore.feed.identity import TokenGate as FeedTokenGate
from mockserver.betcore.feed.live import LiveFeed
from mockserver.betcore.provider import handlers as provider_handlers
from mockserver.betcore.service import Wallet
from mockserver.betcore.sessions import handlers as sessions_handlers
from mockserver.betcore.sessions import identity as sessions_identity
from mockserver.betcore.sessions import launches as sessions_launches
from mockserver.betcore.sessions import seeds as sessions_seeds
from mockserver.betcore.sessions import wire as sessions_wire
from mockserver.betcore.sessions.callbacks import ProviderCaller
from mockserver.betcore.sessions.control import GameProviders
from mockserver.betcore.sessions.service import SessionWallet
from mockserver.betstack import card_handlers
from mockserver.betstack import handlers as betstack_handlers
from mockserver.betstack import identity as betstack_identity
from mockserver.betstack import seeds as betstack_seeds
from mockserver.betstack import sms as betstack_sms
from mockserver.betstack import wire as betstack_wire
from mockserver.betstack.callbacks import OperatorCaller
from mockserver.betstack.cards import CardDesk
from mockserver.betstack.catalogue import Catalogue
from mockserver.betstack.control import Betstack
from mockserver.betstack.pam import bet_engine as pam_bet_engine
from mockserver.betstack.pam import gate as pam_gate
from mockserver.betstack.pam import handlers as pam_handlers
from mockserver.betstack.pam.service import Platform
from mockserver.betstack.partner import Partner
from mockserver.betstack.service import TicketDesk
from mockserver.betstack.settlement import Settlement
from mockserver.catalogue_file import built_in_catalogue
from mockserver.edge.contract import Contract, ErrorRow, load
from mockserver.edge.explanation import Explainer
from mockserver.edge.hub.application import Hub
from mockserver.edge.hub.contract import STREAM, load_hub
from mockserver.edge.open_gate import OpenGate
from mockserver.edge.recording import Recorder
from mockserver.edge.surface import Surface
from mockserver.kernel.courier import Caller, Callers, Courier
from mockserver.kernel.faults.armed import Reach
from mockserver.kernel.faults.catalogue import OF_MESSAGES
from mockserver.kernel.faults.spec import FaultFor
from mockserver.kernel.journal import NOBODY
from mockserver.kernel.ports import Alarm, Clock, IdSource, KeyFinder, Sender, SigningKeys
from mockserver.kernel.tenant import Tenant
from mockserver.kernel.tenant_settings import OPERATOR, PARTNER_CLIENT, PROVIDER
from mockserver.kernel.tenants import Supplies, Tenants


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Every surface, and the tenants behind them."""

    surfaces: tuple[Surface, ...]
    hub: Hub
    tenants: Tenants
    explainer: Explainer

    @property
    def surface_names(self) -> list[str]:
        """The names of the APIs, the live hub among them."""
        return [*(one.contract.surface for one in self.surfaces), self.hub.contract.surface]

    @property
    def operation_names(self) -> set[str]:
        """What exchanges are called by: operations, and actions of calls that are sent."""
        received = {name for one in self.surfaces for name in one.contract.operations}
        sent = {name for vendor in self.tenants.vendors.values() for name in vendor.post.schedules}
        return received | sent | self.hub.operations

    def first_tenant(self, surface: Surface) -> Tenant:
        """A seeded tenant of the surface's vendor."""
        tenant: Tenant = next(iter(self.tenants.of_kind(_kind_of(surface.contract.surface)).values()))
        return tenant


SURFACES = (
    "betstack.bet_engine",
    "betstack.bet_card",
    "betstack.pam",
    "betstack.sms",
    "betcore.casino",
    "betcore.aggregator",
    "betcore.sessions",
    "betcore.provider",
    "betcore.feed",
)
"""The APIs of HTTP."""

_OPEN = frozenset({"betstack.bet_card", "getJwks"})
"""Surfaces and operations whose callers nobody identifies."""


def _kind_of(surface: str) -> str:
    """The kind of the tenants that a surface has."""
    if surface in ("betcore.sessions", "betcore.provider"):
        return PROVIDER
    return OPERATOR if surface.startswith("betstack.") else PARTNER_CLIENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What the sandbox needs from outside, in the real form or a fake one.

    :param alarm: makes an alarm for each tenant
    :param ids: takes a seed, whose identifiers they are, and how many were made before
    :param new_seed: a seed for a tenant that begins anew
    :param keys: finds the keys that BETCORE's calls to the casino are signed with
    :param signing_keys: BETCORE's own key, whose public half this server publishes
    :param own_url: where this server's own APIs are
    :param pause: waits for so many seconds
    :param betcore_url: another BETCORE, where the built-in casino and provider find what this one has not
        asked them for; ``None`` where there is none
    """

    clock: Clock
    alarm: Callable[[], Alarm]
    ids: Callable[[str, str, int], IdSource]
    new_seed: Callable[[], str]
    keys: KeyFinder
    signing_keys: SigningKeys
    sender: Sender
    stopwatch: Callable[[], float]
    own_url: str
    betcore_url: str | None = None
    pause: Callable[[float], Awaitable[object]] = asyncio.sleep


def build(
    outside: Outside,
    *,
    hints: bool,
    tenant_defaults: Mapping[str, Any] | None = None,
    overrides: Mapping[str, Any] | None = None,
    catalogue: Catalogue | None = None,
    hidden: tuple[str, ...] = (),
    faults: Sequence[FaultFor] = (),
) -> Sandbox:
    """Compile the contracts and bind them to the vendors.

    :param hints: whether answers carry the sandbox's own headers
    :param tenant_defaults: the user's own values of tenants' settings, already read
    :param overrides: what the user's file puts in the place of assumptions
    :param catalogue: the events and cards on offer; the built-in ones where it is ``None``
    :param hidden: what no journal shows, besides the tenants' secrets
    :param faults: those that are armed from the start
    :raises mockserver.edge.contract.ContractError: a contract can't be read or doesn't fit the handlers
    """

    def courier(caller: Caller) -> Courier:
        return Courier(caller, outside.sender, outside.clock, outside.stopwatch, outside.pause)

    contracts = {name: load(name, overrides) for name in SURFACES}
    catalogue = catalogue or built_in_catalogue()
    settlement = Settlement()
    pam_side = pam_handlers.handlers(Platform(pam_bet_engine.net_payout))
    pam = contracts["betstack.pam"]
    rows = pam.operations["sendPamAction"].errors.values()
    desk = TicketDesk(catalogue, Partner({row.code: row.refusal for row in rows}), settlement)
    bet_engine_side = betstack_handlers.handlers(desk)
    bet_engine = contracts["betstack.bet_engine"]
    ticket = bet_engine.operations["getTicket"].responses[200]["content"]["application/json"]["schema"]
    operator_caller = OperatorCaller(outside.own_url, outside.clock, settlement.ended)
    keys = KeyRing(outside.signing_keys, lambda: tenants.of_kind(PARTNER_CLIENT).values())
    accounts = Accounts()
    casino = contracts["betcore.casino"]
    casino_side = betcore_handlers.casino_handlers(
        Wallet(), accounts, CashbackDesk(), _refusals(casino), report
    )
    claims_violation = compile_schema(casino.token_claims)
    aggregator = Aggregator(casino.callers)
    verifier = Verifier(keys, claims_violation, outside.clock)
    aggregator_side = aggregator_handlers(aggregator, keys.jwks, verifier)
    aggregator_contract = contracts["betcore.aggregator"]
    betcore_callers = Callers(
        CasinoCaller(keys.sign, outside.own_url, outside.clock, aggregator),
        BetcoreCaller(
            outside.own_url + aggregator_contract.base_path,
            outside.betcore_url and outside.betcore_url + aggregator_contract.base_path,
            aggregator.asked_for,
            outside.clock,
        ),
    )
    provider_caller = ProviderCaller(
        outside.own_url, outside.betcore_url, outside.clock, sessions_launches.ended
    )
    vendors = (
        Betstack(desk, settlement, courier(operator_caller), compile_schema(ticket)),
        Betcore(courier(betcore_callers), aggregator, keys, accounts),
        GameProviders(courier(provider_caller)),
    )
    callers: dict[str, Caller] = {
        OPERATOR: operator_caller,
        PARTNER_CLIENT: betcore_callers,
        PROVIDER: provider_caller,
    }
    tenants = Tenants(
        {vendor.kind: vendor for vendor in vendors},
        lambda: (*betstack_seeds.operators(), *betcore_seeds.clients(), *sessions_seeds.providers()),
        Supplies(
            clock=outside.clock,
            alarm=outside.alarm,
            ids=outside.ids,
            new_seed=outside.new_seed,
            defaults=tenant_defaults or {},
            hidden=hidden,
            reaches=_reaches(contracts, callers),
            faults=faults,
        ),
    )
    tenants.reset_all()
    recorder = Recorder(
        tenants.nobodys_journal,
        outside.clock,
        outside.stopwatch,
        announce=hints,
        faults=tenants.nobodys_faults,
        road=tenants.nobodys_road,
        pause=outside.pause,
        conjure=tenants.conjure,
    )
    operators, clients = tenants.of_kind(OPERATOR), tenants.of_kind(PARTNER_CLIENT)
    cards_side = card_handlers.handlers(CardDesk(catalogue, operators))
    sms_side = betstack_sms.handlers()
    sessions_side = sessions_handlers.handlers(SessionWallet())
    provider_side = provider_handlers.handlers()
    operator_gate = betstack_identity.OperatorGate(operators)
    feed_side = feed_handlers()
    casino_keys = OwnKeysFirst(keys.published_key, outside.keys)
    token_gate = betcore_identity.TokenGate(clients, casino_keys, claims_violation)

    betstack = partial(Surface, render_refusal=betstack_wire.refusal, recorder=recorder, hints=hints)
    betcore = partial(Surface, render_refusal=betcore_wire.refusal, recorder=recorder, hints=hints)
    x_signed = partial(
        Surface,
        gate=sessions_identity.SignGate(tenants.of_kind(PROVIDER)),
        render_refusal=sessions_wire.refusal,
        recorder=recorder,
        hints=hints,
    )
    surfaces = (
        betstack(contract=bet_engine, gate=operator_gate, handlers=bet_engine_side, docs_path="/docs"),
        betstack(
            contract=contracts["betstack.bet_card"],
            gate=OpenGate(),
            handlers=cards_side,
            docs_path="/docs",
            any_origin=True,
        ),
        betstack(
            contract=pam,
            gate=pam_gate.PlatformGate(operators),
            handlers=pam_side,
            docs_path="/pam/docs",
        ),
        betstack(
            contract=contracts["betstack.sms"],
            gate=operator_gate,
            handlers=sms_side,
            docs_path="/sms/docs",
        ),
        betcore(contract=casino, gate=token_gate, handlers=casino_side, docs_path="/casino/docs"),
        betcore(
            contract=aggregator_contract,
            gate=BearerGate(clients),
            gates={"getJwks": OpenGate(), "issueToken": CredentialsGate(clients)},
            handlers=aggregator_side,
            docs_path="/docs",
        ),
        x_signed(
            contract=contracts["betcore.sessions"],
            handlers=sessions_side,
            docs_path="/sessions/docs",
        ),
        x_signed(
            contract=contracts["betcore.provider"],
            handlers=provider_side,
            docs_path="/games/docs",
        ),
        betcore(
            contract=contracts["betcore.feed"],
            gate=FeedTokenGate(clients),
            gates={"issueFeedToken": CredentialsGate(clients)},
            handlers=feed_side,
            docs_path="/docs",
        ),
    )
    hub = Hub(
        load_hub("betcore.livefeed", overrides),
        LiveFeed(clients),
        render_refusal=betcore_wire.refusal,
        recorder=recorder,
        hints=hints,
    )
    return Sandbox(surfaces, hub, tenants, Explainer(surfaces))


def _refusals(casino: Contract) -> betcore_handlers.TransactionRefusals:
    """How the casino's contract has transactions refused."""

    def told(rows: Mapping[str, ErrorRow]) -> dict[str, tuple[int, str]]:
        return {refusal: (row.code, row.message) for refusal, row in rows.items()}

    operations = casino.operations
    return betcore_handlers.TransactionRefusals(
        payment=told(operations["makePayment"].errors),
        listed=told(operations["makePayments"].item_errors),
        cashback=told(operations["makeCashback"].errors),
    )


def _reaches(contracts: Mapping[str, Contract], callers: Mapping[str, Caller]) -> dict[str, Reach]:
    """What faults can strike, by kind of tenant; what is open to all is nobody's."""
    messages = {PARTNER_CLIENT: {STREAM: STREAM}}
    received: dict[str, dict[str, frozenset[str]]] = {kind: {} for kind in (*callers, NOBODY)}
    for name, one in contracts.items():
        for operation in one.operations.values():
            is_open = name in _OPEN or operation.id in _OPEN
            received[NOBODY if is_open else _kind_of(name)][operation.id] = frozenset(operation.errors)
    return {
        NOBODY: Reach(received=received[NOBODY]),
        **{
            kind: Reach(
                received=received[kind],
                sent={**caller.operations, **messages.get(kind, {})},
                forgeries=caller.forgeries,
                amounts=caller.amounts,
                only=dict.fromkeys(messages.get(kind, {}), OF_MESSAGES),
            )
            for kind, caller in callers.items()
        },
    }
