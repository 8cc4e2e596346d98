"""The party that calls, made for one call: with its name and secret, and nothing in its books. There is no
sandbox here: what :mod:`mockserver.bootstrap` puts together for one is put together here for a call."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from mockserver.adapters.alarm import SilentAlarm
from mockserver.adapters.clock import SystemClock
from mockserver.adapters.ids import SeededIds
from mockserver.betcore.aggregator.service import Aggregator
from mockserver.betcore.callbacks import CasinoCaller
from mockserver.betcore.model import PartnerClient
from mockserver.betcore.sessions.callbacks import ProviderCaller
from mockserver.betcore.sessions.launches import Wish, open_session
from mockserver.betcore.sessions.model import Mode, Provider, SessionState
from mockserver.betstack.callbacks import OperatorCaller
from mockserver.betstack.model import Operator
from mockserver.edge.contract import load
from mockserver.kernel.clock import VirtualClock
from mockserver.kernel.courier import Caller, Courier
from mockserver.kernel.faults.forgery import Forged
from mockserver.kernel.journal import Turns
from mockserver.kernel.outbox import OutgoingCall
from mockserver.kernel.ports import Sender, SigningKeys
from mockserver.kernel.secret import Secret
from mockserver.kernel.tenant import Tenant
from mockserver.kernel.tenant_settings import OPERATOR, PARTNER_CLIENT, PROVIDER, tenant_values
from mockserver.kernel.timekeeper import Timekeeper

_NOWHERE = ""


def tenant_for(
    kind: str,
    name: str,
    secret: str | None,
    url: tuple[str, str],
    *,
    sender: Sender,
    keys: SigningKeys | None,
) -> Tenant:
    """A tenant whose outbox calls a partner as the vendor does.

    :param secret: ``None`` for who signs nothing with one
    :param url: the setting with the partner's URL, and that
    :param keys: what a partner client's calls are signed with
    :raises mockserver.kernel.settings.SettingsError: the URL can't be one
    """
    clock = SystemClock()
    setting, value = url
    callers: Mapping[str, Callable[[], Caller]] = {
        OPERATOR: lambda: OperatorCaller(_NOWHERE, clock, _heedless),
        PARTNER_CLIENT: lambda: CasinoCaller(
            _signing(keys), _NOWHERE, clock, Aggregator(load("betcore.casino").callers)
        ),
        PROVIDER: lambda: ProviderCaller(_NOWHERE, None, clock, _heedless),
    }
    makes: Mapping[str, Callable[..., Tenant]] = {
        OPERATOR: Operator,
        PARTNER_CLIENT: PartnerClient,
        PROVIDER: Provider,
    }
    seed = secrets.token_hex(16)
    return makes[kind](
        name=name,
        secret=Secret(secret or seed),
        settings=tenant_values(kind, {setting: value}, {}, source="--to"),
        origin=(),
        seed=seed,
        ids=SeededIds(seed, name, 0),
        timekeeper=Timekeeper(VirtualClock(clock), SilentAlarm()),
        post=Courier(callers[kind](), sender, clock, _stopwatch),
        turns=Turns(),
    )


def know_session(provider: Provider, session: str, game: str) -> None:
    """Have the provider's session in the books: a launch is about one."""
    wish = Wish(
        id=session,
        user_id="",
        currency="",
        game_id=game,
        mode=Mode.REAL,
        language="",
        min_bet=Decimal(0),
        max_bet=Decimal(0),
    )
    open_session(provider, wish, SessionState.LAUNCHING)


def _signing(keys: SigningKeys | None) -> Callable[[PartnerClient, bytes, Forged], str]:
    def sign(_client: PartnerClient, claims: bytes, _forged: Forged) -> str:
        if keys is None:
            raise AssertionError("a partner client's calls are signed with a key")
        return keys.sign(keys.first, claims)

    return sign


def _heedless(_tenant: Any, _call: OutgoingCall) -> None:
    """Nothing hangs on what becomes of the call."""


def _stopwatch() -> float:
    return time.perf_counter() * 1000
